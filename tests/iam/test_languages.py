"""One text for every way in which languages can be told apart: compared with every text over a small alphabet."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedrock_o11y.iam.languages import ANY, ANY_RUN, DIGIT, Language, arn_steps, glob_steps, regions, text_steps
from bedrock_o11y.iam.operators import arn_like
from bedrock_o11y.iam.patterns import matches

PATTERNS = st.text("ab*?", max_size=5)


def texts(alphabet: str, longest: int) -> list[str]:
    return ["".join(one) for length in range(longest + 1) for one in product(alphabet, repeat=length)]


TEXTS = texts("abc", 6)


@given(st.lists(st.lists(PATTERNS, min_size=1, max_size=2), min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_no_text_is_told_apart_in_a_way_that_is_not_found(unions: list[list[str]]) -> None:
    found = regions([Language(glob_steps(pattern) for pattern in union) for union in unions])
    assert found is not None
    seen = {tuple(any(matches(one, text) for one in union) for union in unions) for text in TEXTS}
    assert seen <= set(found)
    for combination, text in found.items():
        assert tuple(any(matches(one, text) for one in union) for union in unions) == combination


ARN_PATTERNS = st.builds(
    lambda fields: ":".join(fields), st.lists(st.sampled_from(["a", "*", "?", "", "a*"]), min_size=4, max_size=7)
)
ARNS = [":".join(fields) for length in (5, 6, 7) for fields in product(["", "a", "ab"], repeat=length)]


@given(st.lists(ARN_PATTERNS, min_size=1, max_size=3))
@settings(max_examples=40, deadline=None)
def test_fields_of_an_arn_are_told_apart_as_arn_like_does(patterns: list[str]) -> None:
    found = regions([Language([steps] if (steps := arn_steps(one)) else []) for one in patterns])
    assert found is not None
    assert {tuple(arn_like(one, arn) for one in patterns) for arn in ARNS} <= set(found)
    for combination, text in found.items():
        assert tuple(arn_like(one, text) for one in patterns) == combination


def test_only_texts_of_the_universe_count() -> None:
    found = regions([Language([glob_steps("1*")])], universe=Language([(DIGIT,) * 3]))
    assert found is not None
    assert sorted(found) == [(False,), (True,)]
    assert all(len(text) == 3 and text.isdigit() for text in found.values())


def test_case_is_ignored_where_it_is_to_be() -> None:
    found = regions([Language([text_steps("aB", ignore_case=True)]), Language([text_steps("ab")])])
    assert found is not None
    assert set(found) == {(False, False), (True, False), (True, True)}


def test_the_empty_text_stands_only_for_itself() -> None:
    found = regions([Language([glob_steps("")]), Language([glob_steps("*")])])
    assert found is not None
    assert found[True, True] == ""
    assert found[False, True] != ""


def test_a_text_beside_every_named_character_is_found() -> None:
    named = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    found = regions([Language([(ANY,)]), Language([text_steps(character) for character in named])])
    assert found is not None
    assert (True, False) in found


@pytest.mark.parametrize(
    "patterns",
    [
        [f"*{letter}{'?' * 20}" for letter in "abc"],
        ["*a?b*" * 1200, "*b?a*" * 1200],
        [f"*{letter}*{other}*{letter}{other}*" for letter in "abcde" for other in "fgh"],
    ],
)
def test_too_much_is_none_and_quick(patterns: list[str]) -> None:
    assert regions([Language([glob_steps(pattern)]) for pattern in patterns]) is None


def test_forty_stars_are_not_too_much() -> None:
    found = regions([Language([glob_steps("*a" * 40 + "*")])])
    assert found is not None
    assert found[(True,)] == "a" * 40


def test_no_language_is_told_apart_from_nothing() -> None:
    assert regions([]) == {(): "a"}
    assert regions([Language([])]) == {(False,): "a"}
    assert regions([Language([[ANY_RUN]])]) == {(True,): "a"}
