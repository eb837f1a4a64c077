from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedrock_o11y.iam.automaton import STATES, Automaton
from bedrock_o11y.iam.budget import TooManyStatesError
from bedrock_o11y.iam.patterns import Bound, Reading, glob, resource
from bedrock_o11y.iam.variables import Hole, HoleKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bedrock_o11y.iam.pattern import Pattern

WORDS = ["".join(letters) for length in range(7) for letters in itertools.product("abx", repeat=length)]
PATTERNS = st.text("ab*?", max_size=5)


def escapee(inner: Sequence[str], but: Sequence[str], outer: Sequence[str]) -> str | None:
    """A word inside ``inner``, outside ``but`` and outside ``outer``."""
    automaton = Automaton()
    masks = [0, 0, 0]
    for i, patterns in enumerate((inner, but, outer)):
        for pattern in patterns:
            masks[i] |= automaton.add(glob(pattern))
    word = automaton.search(
        lambda matching, unmatching: bool(matching & masks[0]) and not unmatching & (masks[1] | masks[2]),
        required=masks[0],
    )
    return None if word is None else "".join(map(str, word))


@settings(max_examples=500, deadline=None)
@given(st.lists(PATTERNS, min_size=1, max_size=2), st.lists(PATTERNS, max_size=2), st.lists(PATTERNS, max_size=3))
def test_a_word_is_found_exactly_when_one_exists(inner: list[str], but: list[str], outer: list[str]) -> None:
    def inside(patterns: Sequence[str], word: str) -> bool:
        return any(glob(pattern).matches(word) for pattern in patterns)

    expected = [w for w in WORDS if inside(inner, w) and not inside(but, w) and not inside(outer, w)]
    found = escapee(inner, but, outer)
    if found is None:
        assert not expected
    else:
        assert inside(inner, found)
        assert not inside(but, found)
        assert not inside(outer, found)
        if expected:
            assert len(found) <= len(expected[0])


def test_a_union_holds_what_none_of_its_members_holds() -> None:
    assert escapee(["x*"], [], ["x", "x?*"]) is None
    assert escapee(["x*"], [], ["x"]) is not None
    assert escapee(["x*"], [], ["x?*"]) == "x"


def test_the_shortest_word_is_found_and_it_is_readable() -> None:
    assert escapee(["*"], [], ["", "x", "y*"]) == "z"
    assert escapee(["log-group:*"], [], ["log-group:x*"]) == "log-group:"


def test_a_star_of_a_field_never_reads_a_colon() -> None:
    automaton = Automaton()
    fields = automaton.add(resource("arn:aws:s3:*:*:x", Reading.FIELDS, Bound.LOWER, variables=False))
    whole = automaton.add(resource("arn:aws:s3:*:*:x", Reading.WHOLE, Bound.LOWER, variables=False))

    def only_whole(matching: int, unmatching: int, /) -> bool:
        return bool(matching & whole) and not unmatching & fields

    def only_fields(matching: int, unmatching: int, /) -> bool:
        return bool(matching & fields) and not unmatching & whole

    word = automaton.search(only_whole, required=whole)
    assert word is not None
    assert "".join(map(str, word)).count(":") > 5
    assert automaton.search(only_fields, required=fields) is None


def test_one_word_for_each_set_of_patterns_that_match() -> None:
    automaton = Automaton()
    masks = [automaton.add(glob(text)) for text in ("a*", "*b", "ab")]
    found = {
        tuple(bool(accepted & mask) for mask in masks): "".join(map(str, word))
        for word, accepted in automaton.words(lambda *_: True, distinct=True)
    }
    assert found == {
        (False, False, False): "",
        (True, False, False): "a",
        (False, True, False): "b",
        (True, True, True): "ab",
        (True, True, False): found[True, True, False],
    }
    assert len(found[True, True, False]) == 3


NAME = Hole("aws:username", HoleKind.VARIABLE)


def patterns_with_holes(*texts: str) -> list[Pattern]:
    return [resource(f"arn:aws:s3:::{text}", Reading.FIELDS, Bound.LOWER, variables=True) for text in texts]


@pytest.mark.parametrize(
    ("inner", "outer", "escapes"),
    [
        ("${aws:username}/*", "${aws:username}/*", False),
        ("${aws:username}/*", "*", False),
        ("a${aws:username}", "a*", False),
        ("${aws:username}/*", "${aws:PrincipalTag/x}/*", True),
        ("${aws:username}", "?*", True),
        ("${aws:username}", "a", True),
    ],
)
def test_a_hole_is_matched_by_itself_and_by_a_star(inner: str, outer: str, escapes: bool) -> None:
    automaton = Automaton()
    one, other = (automaton.add(pattern) for pattern in patterns_with_holes(inner, outer))

    def goal(matching: int, unmatching: int, /) -> bool:
        return bool(matching & one) and not unmatching & other

    assert (automaton.search(goal, required=one, symbols=[NAME]) is not None) is escapes


def test_under_a_deny_that_may_bite_a_hole_is_whatever_it_needs_to_be() -> None:
    automaton = Automaton()
    inner, deny = patterns_with_holes("b/${aws:username}/x", "b/secret/x")
    mask, denied = automaton.add(inner), automaton.add(deny, holes_match_anything=True)

    def denied_word(matching: int, _: int, /) -> bool:
        return bool(matching & mask) and bool(matching & denied)

    assert automaton.search(denied_word, required=mask, symbols=[NAME]) is not None


def test_a_union_of_many_patterns_that_have_matched_counts_once() -> None:
    automaton = Automaton()
    inner = automaton.add(glob("*z"))
    kinds = [f"{chr(97 + i)}{chr(98 + i)}" for i in range(20)]
    union = automaton.union([glob(f"*{kind}*") for kind in kinds])
    refused = automaton.union([glob("*zz*")])

    def goal(matching: int, unmatching: int, /) -> bool:
        return bool(matching & inner) and bool(matching & union) and bool(matching & refused)

    word = automaton.search(goal, required=inner)
    assert word is not None
    text = "".join(map(str, word))
    assert "zz" in text
    assert any(kind in text for kind in kinds)


def test_a_search_may_begin_where_its_words_part() -> None:
    automaton = Automaton("log-group:")
    inner = automaton.add(glob("log-group:*"))
    outer = automaton.union([glob("log-*:?*"), glob("other:*")])

    def goal(matching: int, unmatching: int, /) -> bool:
        return bool(matching & inner) and not unmatching & outer

    word = automaton.search(goal, required=inner)
    assert word is not None
    assert "".join(map(str, word)) == "log-group:"


@pytest.mark.parametrize("stars", [10, 20, 40])
def test_many_stars_stay_linear(stars: int) -> None:
    started = time.perf_counter()
    assert escapee(["*a" * stars + "*"], [], ["*b*", "*a" * (stars - 1) + "*"]) is None
    assert escapee(["*a" * stars], [], ["*a" * (stars + 1)]) is not None
    assert time.perf_counter() - started < 2


def test_a_search_that_grows_too_large_is_given_up_and_nothing_is_said() -> None:
    started = time.perf_counter()
    with pytest.raises(TooManyStatesError):
        escapee(["*b" + "?" * 30], [], ["*a" + "?" * 30])
    assert time.perf_counter() - started < 5
    assert STATES <= 20_000
