"""Contexts show everything that conditions can do together: compared with every context over small alphabets."""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedrock_o11y.iam.conditions import Context, World, holds
from bedrock_o11y.iam.contexts import contexts
from bedrock_o11y.iam.document import Condition, unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Block = tuple[Condition, ...]
Truth = tuple[bool | None, ...]


def shown(blocks: Sequence[Block], found: Iterable[Context]) -> set[Truth]:
    return {tuple(holds(block, context, variables=False) for block in blocks) for context in found}


def every(keys: dict[str, Sequence[tuple[str, ...] | None]]) -> Iterable[Context]:
    for values in product(*keys.values()):
        yield Context(dict(zip(keys, values, strict=True)), World.CLOSED)


def singles(values: Iterable[str]) -> list[tuple[str, ...] | None]:
    return [None, *((value,) for value in values)]


def conditions(operators: Sequence[str], key: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[Condition]:
    return st.builds(
        Condition,
        st.sampled_from(operators),
        st.just(key),
        st.lists(values, min_size=1, max_size=2).map(tuple),
    )


TEXT_OPERATORS = [
    *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    *("StringLike", "StringNotLike", "StringEqualsIfExists", "StringNotLikeIfExists", "Bool"),
]
ON_TEXT = conditions(TEXT_OPERATORS, "k:text", st.text("aA*?", max_size=3)) | conditions(
    ["Null"], "k:text", st.sampled_from(["true", "false"])
)
SMALL_TEXTS = ["".join(one) for length in range(5) for one in product("aAb*?", repeat=length)]
TEXTS = singles(SMALL_TEXTS)


@given(st.lists(ON_TEXT, min_size=1, max_size=3))
@settings(max_examples=40, deadline=None)
def test_nothing_that_texts_can_do_is_missed(on_text: list[Condition]) -> None:
    blocks = [(one,) for one in on_text]
    found = contexts(blocks, cap=1000)
    assert found is not None
    assert shown(blocks, every({"k:text": TEXTS})) <= shown(blocks, found)


SET_OPERATORS = [
    f"{quantifier}:{operator}"
    for quantifier in ("ForAllValues", "ForAnyValue")
    for operator in ("StringEquals", "StringNotEquals", "StringLike", "StringNotLikeIfExists")
]
ON_SETS = conditions([*SET_OPERATORS, "StringEquals", "StringNotLike"], "k:set", st.text("ab*", max_size=2)) | (
    conditions(["Null"], "k:set", st.sampled_from(["true", "false"]))
)
MEMBERS = ["", "a", "b", "c", "aa", "ab", "ba", "bb", "ac"]
SETS = [None, *(found for size in range(4) for found in combinations(MEMBERS, size))]


@given(ON_SETS.filter(lambda one: ":" in one.operator), st.lists(ON_SETS, max_size=2))
@settings(max_examples=60, deadline=None)
def test_nothing_that_sets_of_values_can_do_is_missed(first: Condition, more: list[Condition]) -> None:
    blocks = [(one,) for one in (first, *more)]
    found = contexts(blocks, cap=1000)
    assert found is not None
    assert shown(blocks, every({"k:set": SETS})) <= shown(blocks, found)


ORDERED = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"]
NUMBERS = ["-1", "0", "0.5", "1", "1.0", "2"]
ON_NUMBERS = conditions([f"Numeric{name}" for name in ORDERED], "k:number", st.sampled_from(NUMBERS))
MORE_NUMBERS = ["-2", "-1", "-0.5", "0", "0.25", "0.5", "0.75", "1", "1.5", "2", "3"]


@given(st.lists(ON_NUMBERS, min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_nothing_that_numbers_can_do_is_missed(on_numbers: list[Condition]) -> None:
    blocks = [(one,) for one in on_numbers]
    found = contexts(blocks, cap=1000)
    assert found is not None
    assert shown(blocks, every({"k:number": singles(MORE_NUMBERS)})) <= shown(blocks, found)


DATES = ["2026-01-01", "2026-01-01T00:00:01Z", "1767225602", "2025-12-31T23:00:00-01:00"]
ON_DATES = conditions([f"Date{name}" for name in ORDERED], "aws:CurrentTime", st.sampled_from(DATES))
MORE_DATES = [
    *("1767225599", "1767225600", "1767225600.5", "1767225601", "1767225601.5", "1767225602", "1767225603", "0.0"),
]


@given(st.lists(ON_DATES, min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_nothing_that_dates_can_do_is_missed(on_dates: list[Condition]) -> None:
    blocks = [(one,) for one in on_dates]
    found = contexts(blocks, cap=1000)
    assert found is not None
    assert shown(blocks, every({"aws:CurrentTime": singles(MORE_DATES)})) <= shown(blocks, found)


NETWORKS = ["0.0.0.0/0", "10.0.0.0/30", "10.0.0.1", "10.0.0.2/31", "::/0", "2001:db8::/126", "255.255.255.255"]
ON_ADDRESSES = conditions(["IpAddress", "NotIpAddress"], "aws:SourceIp", st.sampled_from(NETWORKS))
ADDRESSES = [*(f"10.0.0.{i}" for i in range(6)), "9.255.255.255", "255.255.255.255", "2001:db8::3", "2001:db8::4"]


@given(st.lists(ON_ADDRESSES, min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_nothing_that_addresses_can_do_is_missed(on_addresses: list[Condition]) -> None:
    blocks = [(one,) for one in on_addresses]
    found = contexts(blocks, cap=1000)
    assert found is not None
    assert shown(blocks, every({"aws:SourceIp": singles(ADDRESSES)})) <= shown(blocks, found)


FEW_TEXTS = singles(["", "a", "A", "aa", "b"])
ANY_CONDITION = (
    conditions(TEXT_OPERATORS, "k:text", st.text("aA*", max_size=2))
    | ON_SETS.filter(lambda one: ":" in one.operator)
    | ON_NUMBERS
    | conditions(["BoolIfExists", "Bool"], "k:bool", st.sampled_from(["true", "false"]))
)


@given(st.lists(st.lists(ANY_CONDITION, max_size=3).map(tuple), min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_nothing_that_statements_can_do_together_is_missed(blocks: list[Block]) -> None:
    found = contexts(blocks, cap=5000)
    assert found is not None
    keys = {
        "k:text": FEW_TEXTS,
        "k:set": [None, (), ("a",), ("b",), ("a", "b"), ("c",), ("a", "c")],
        "k:number": singles(["-2", "-1", "0", "0.5", "1", "3"]),
        "k:bool": singles(["true", "false", "other"]),
    }
    used = {one.key for block in blocks for one in block}
    assert shown(blocks, every({key: values for key, values in keys.items() if key in used})) <= shown(blocks, found)


@given(st.lists(st.lists(ANY_CONDITION, max_size=3).map(tuple), min_size=1, max_size=3))
@settings(max_examples=40, deadline=None)
def test_no_two_contexts_show_the_same(blocks: list[Block]) -> None:
    found = contexts(blocks, cap=5000)
    assert found is not None
    assert len(shown(blocks, found)) == len(found)


NOT_EXACT = {
    "a variable": ("StringEquals", "k:a", ("${aws:username}",)),
    "an escaped star, which may be text": ("StringLike", "k:a", ("a${*}",)),
    "an unknown piece": ("StringEquals", "k:a", (unknown("Group"),)),
    "an unknown key": ("StringEquals", f"aws:PrincipalTag/{unknown('Tag')}", ("a",)),
    "an operator nobody knows": ("StringMatches", "k:a", ("a",)),
    "no number": ("NumericEquals", "k:a", ("many",)),
    "no date": ("DateEquals", "k:a", ("soon",)),
    "no network": ("IpAddress", "k:a", ("here",)),
    "no base64": ("BinaryEquals", "k:a", ("not base64!",)),
    "no truth": ("Null", "k:a", ("perhaps",)),
}


@pytest.mark.parametrize("condition", NOT_EXACT.values(), ids=NOT_EXACT)
def test_what_cannot_be_listed_exactly_is_none(condition: tuple[str, str, tuple[str, ...]]) -> None:
    assert contexts([[Condition(*condition)]], cap=100) is None


def test_a_key_compared_as_two_kinds_of_value_is_none() -> None:
    number, text = Condition("NumericEquals", "k:a", ("1",)), Condition("StringEquals", "K:A", ("1",))
    assert contexts([[number], [text]], cap=100) is None


def test_a_dollar_is_no_variable_where_there_are_none() -> None:
    assert contexts([[Condition("Bool", "k:a", ("${x}",))]], cap=100) is not None


def test_too_many_are_none() -> None:
    blocks = [[Condition("StringEquals", f"k:{i}", ("a",))] for i in range(4)]
    found = contexts(blocks, cap=16)
    assert found is not None
    assert len(found) == 16
    assert contexts(blocks, cap=15) is None


def test_nothing_to_tell_apart_is_one_empty_context() -> None:
    assert contexts([], cap=10) == (Context({}, World.CLOSED),)
    assert contexts([[]], cap=10) == (Context({}, World.CLOSED),)


def test_a_key_is_absent_where_that_shows_as_much() -> None:
    found = contexts([[Condition("StringEquals", "aws:username", ("ann",))]], cap=10)
    assert found is not None
    assert [context.present() for context in found] == [{}, {"aws:username": "ann"}]


@pytest.mark.parametrize(
    ("operator", "value", "others"),
    [
        ("Bool", "true", "false"),
        ("Bool", "false", "true"),
        ("ArnLike", "arn:aws:iam::123456789012:role/*", "arn:aws:service:us-east-1:000000000000:resource"),
    ],
)
def test_the_values_are_such_as_one_meets(operator: str, value: str, others: str) -> None:
    found = contexts([[Condition(f"{operator}IfExists", "k:a", (value,))]], cap=10)
    assert found is not None
    assert [context.present() for context in found] == [{}, {"k:a": others}]


def test_keys_are_the_same_key_in_any_case() -> None:
    blocks = [[Condition("StringEquals", "aws:username", ("a",))], [Condition("StringEquals", "AWS:UserName", ("b",))]]
    found = contexts(blocks, cap=10)
    assert found is not None
    assert (True, True) not in shown([tuple(block) for block in blocks], found)


def test_patterns_of_stars_end_soon() -> None:
    blocks = [[Condition("StringLike", f"k:{i % 2}", (f"*{i}" * 20 + "?" * 30,))] for i in range(6)]
    assert contexts(blocks, cap=500) is None
