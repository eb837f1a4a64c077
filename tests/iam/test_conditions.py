"""Whether conditions hold.

Typed from the IAM User Guide: "IAM JSON policy elements: Condition operators", "Conditions with multiple context keys
or values", "Single-valued vs. multivalued context keys" (with its tables of ForAllValues and ForAnyValue), and "IAM
policy elements: Variables and tags" ("Policy variables with no value").
"""

from __future__ import annotations

from typing import Any

import pytest

from bedrock_o11y.iam.conditions import Context, World, holds, open_conditions
from bedrock_o11y.iam.document import Condition, unknown
from bedrock_o11y.iam.request_context import UNKNOWN

KEY = "aws:PrincipalTag/team"
TAGS = "aws:TagKeys"


def one(
    operator: str, values: str | tuple[str, ...], keys: dict[str, Any], *, key: str = KEY, world: World = World.CLOSED
) -> bool | None:
    values = (values,) if isinstance(values, str) else values
    return holds([Condition(operator, key, values)], Context(keys, world), variables=True)


POSITIVE = {
    "StringEquals": "red",
    "StringEqualsIgnoreCase": "red",
    "StringLike": "r*",
    "NumericEquals": "1",
    "NumericLessThan": "1",
    "NumericLessThanEquals": "1",
    "NumericGreaterThan": "1",
    "NumericGreaterThanEquals": "1",
    "DateEquals": "2026-01-01",
    "DateLessThan": "2026-01-01",
    "DateLessThanEquals": "2026-01-01",
    "DateGreaterThan": "2026-01-01",
    "DateGreaterThanEquals": "2026-01-01",
    "Bool": "false",
    "BinaryEquals": "QQ==",
    "IpAddress": "203.0.113.0/24",
    "ArnEquals": "arn:aws:iam::123456789012:role/*",
    "ArnLike": "arn:aws:iam::123456789012:role/*",
}
NEGATED = {
    "StringNotEquals": "red",
    "StringNotEqualsIgnoreCase": "red",
    "StringNotLike": "r*",
    "NumericNotEquals": "1",
    "DateNotEquals": "2026-01-01",
    "NotIpAddress": "203.0.113.0/24",
    "ArnNotEquals": "arn:aws:iam::123456789012:role/*",
    "ArnNotLike": "arn:aws:iam::123456789012:role/*",
}


@pytest.mark.parametrize(("operator", "value"), POSITIVE.items())
def test_a_missing_key_makes_a_positive_operator_false(operator: str, value: str) -> None:
    assert one(operator, value, {}) is False


@pytest.mark.parametrize(("operator", "value"), NEGATED.items())
def test_a_missing_key_makes_a_negated_operator_true(operator: str, value: str) -> None:
    assert one(operator, value, {}) is True


@pytest.mark.parametrize(("operator", "value"), (POSITIVE | NEGATED).items())
def test_a_missing_key_satisfies_if_exists(operator: str, value: str) -> None:
    for quantifier in ("", "ForAllValues:", "ForAnyValue:"):
        assert one(f"{quantifier}{operator}IfExists", value, {}) is True


@pytest.mark.parametrize(("operator", "value"), (POSITIVE | NEGATED).items())
def test_a_missing_key_satisfies_for_all_values_and_not_for_any_value(operator: str, value: str) -> None:
    assert one(f"ForAllValues:{operator}", value, {}) is True
    assert one(f"ForAnyValue:{operator}", value, {}) is False


@pytest.mark.parametrize(("operator", "value"), (POSITIVE | NEGATED).items())
def test_no_values_satisfy_for_all_values_and_not_for_any_value(operator: str, value: str) -> None:
    assert one(f"ForAllValues:{operator}", value, {KEY: []}) is True
    assert one(f"ForAnyValue:{operator}", value, {KEY: []}) is False


@pytest.mark.parametrize(("operator", "value"), (POSITIVE | NEGATED).items())
def test_a_key_of_which_nothing_is_known_decides_nothing(operator: str, value: str) -> None:
    for name in (operator, f"{operator}IfExists", f"ForAllValues:{operator}", f"ForAnyValue:{operator}"):
        assert one(name, value, {}, world=World.OPEN) is None


TRUTHS: list[tuple[str, str | tuple[str, ...], Any, bool | None]] = [
    # Several values: OR, and NOR under a negated operator.
    ("StringEquals", ("red", "blue"), "blue", True),
    ("StringEquals", ("red", "blue"), "green", False),
    ("StringNotEquals", ("red", "blue"), "blue", False),
    ("StringNotEquals", ("red", "blue"), "green", True),
    ("StringNotLike", ("r*", "b*"), "blue", False),
    ("StringNotLike", ("r*", "b*"), "green", True),
    ("NotIpAddress", ("203.0.113.0/24", "2001:db8::/32"), "2001:db8::1", False),
    ("NotIpAddress", ("203.0.113.0/24", "2001:db8::/32"), "198.51.100.1", True),
    ("ArnNotLike", ("arn:aws:iam::123456789012:role/*",), "arn:aws:iam::111122223333:role/a", True),
    ("StringEquals", (), "red", False),
    ("StringNotEquals", (), "red", True),
    # IfExists of a key that is there is the operator itself.
    ("StringEqualsIfExists", "red", "red", True),
    ("StringEqualsIfExists", "red", "blue", False),
    ("BoolIfExists", "false", "true", False),
    # Null.
    ("Null", "true", "red", False),
    ("Null", "false", "red", True),
    ("Null", "TRUE", None, True),
    ("Null", "false", None, False),
    ("Null", "false", [], False),
    ("Null", ("true", "false"), "red", True),
    ("Null", "perhaps", "red", None),
    # Values as Python has them.
    ("Bool", "true", True, True),
    ("Bool", "false", True, False),
    ("NumericLessThan", "3600", 900, True),
    # The tables of the guide.
    ("ForAllValues:StringEquals", ("environment", "cost-center"), ["environment"], True),
    ("ForAllValues:StringEquals", ("environment", "cost-center"), ["environment", "cost-center"], True),
    ("ForAllValues:StringEquals", ("environment", "cost-center"), ["environment", "dept"], False),
    ("ForAnyValue:StringEquals", ("environment", "cost-center"), ["cost-center"], True),
    ("ForAnyValue:StringEquals", ("environment", "cost-center"), ["environment", "dept"], True),
    ("ForAnyValue:StringEquals", ("environment", "cost-center"), ["dept"], False),
    # Negated, value by value: none of the policy's values matches it.
    ("ForAllValues:StringNotEquals", ("red", "blue"), ["green", "black"], True),
    ("ForAllValues:StringNotEquals", ("red", "blue"), ["green", "red"], False),
    ("ForAnyValue:StringNotEquals", ("red", "blue"), ["green", "red"], True),
    ("ForAnyValue:StringNotEquals", ("red", "blue"), ["blue", "red"], False),
    # Several values under an operator for one, which the guide leaves open: one that matches is enough.
    ("StringEquals", "red", ["red", "blue"], True),
    ("StringNotEquals", "red", ["red", "blue"], False),
    # What cannot be compared is not decided, unless another value decides.
    ("NumericEquals", "one", "1", None),
    ("NumericEquals", ("one", "1"), "1", True),
    ("NumericNotEquals", "one", "1", None),
    ("NumericNotEquals", ("one", "1"), "1", False),
    ("StringMatches", "red", "red", None),
]


@pytest.mark.parametrize(("operator", "values", "actual", "truth"), TRUTHS)
def test_a_condition_holds_as_the_guide_has_it(
    operator: str, values: str | tuple[str, ...], actual: Any, truth: bool | None
) -> None:
    assert one(operator, values, {KEY: actual}) is truth


def test_an_operator_nobody_knows_is_undecided_for_a_missing_key_too() -> None:
    assert one("StringMatches", "red", {}) is None


def test_keys_are_compared_without_regard_to_case() -> None:
    assert one("StringEquals", "red", {KEY.upper(): "red"}) is True


GROUP = unknown("Group.Arn")

UNKNOWN_TEXTS: list[tuple[str, str | tuple[str, ...], str, bool | None]] = [
    ("StringEquals", GROUP, "x", None),
    ("StringEquals", (GROUP, "x"), "x", True),
    ("StringNotEquals", (GROUP, "x"), "x", False),
    ("StringNotEquals", GROUP, "x", None),
    ("StringEquals", f"a{GROUP}", "b", False),
    ("StringEquals", f"a{GROUP}", "ab", None),
    ("StringEquals", f"*{GROUP}", "ab", False),  # a star is a star there
    ("StringNotEquals", f"a{GROUP}", "b", True),
    ("StringLike", f"a*{GROUP}", "b", False),
    ("StringLike", f"a*{GROUP}", "ab", None),
    ("StringEqualsIgnoreCase", f"A{GROUP}", "ab", None),
    ("StringEqualsIgnoreCase", f"A{GROUP}", "b", False),
    ("ArnLike", f"{GROUP}:*", "arn:aws:logs:eu-west-1:123456789012:log-group:a:b", None),
    ("ArnLike", f"arn:aws:s3:{GROUP}", "arn:aws:logs:eu-west-1:123456789012:log-group:a", False),
    ("NumericEquals", GROUP, "1", None),
    ("IpAddress", (GROUP, "203.0.113.0/24"), "203.0.113.1", True),
    ("Null", GROUP, "x", None),
]


@pytest.mark.parametrize(("operator", "values", "actual", "truth"), UNKNOWN_TEXTS)
def test_an_unknown_piece_decides_nothing_unless_the_text_around_it_does(
    operator: str, values: str | tuple[str, ...], actual: str, truth: bool | None
) -> None:
    assert one(operator, values, {KEY: actual}) is truth


def test_a_key_with_an_unknown_piece_is_undecided() -> None:
    assert one("StringEquals", "red", {}, key=f"aws:PrincipalTag/{GROUP}") is None


MINE = "${aws:PrincipalTag/team}"

VARIABLES: list[tuple[str, str, dict[str, Any], bool | None]] = [
    ("StringEquals", MINE, {KEY: "red", "aws:ResourceTag/team": "red"}, True),
    ("StringEquals", MINE, {KEY: "red", "aws:ResourceTag/team": "blue"}, False),
    # No value: nothing is equal to it or like it, so the negated operators hold.
    ("StringEquals", MINE, {"aws:ResourceTag/team": "red"}, False),
    ("StringLike", f"*{MINE}", {"aws:ResourceTag/team": "red"}, False),
    ("StringNotEquals", MINE, {"aws:ResourceTag/team": "red"}, True),
    ("StringEquals", "${aws:PrincipalTag/team, 'red'}", {"aws:ResourceTag/team": "red"}, True),
    # A value is text.
    ("StringLike", MINE, {KEY: "*", "aws:ResourceTag/team": "red"}, False),
    ("StringLike", MINE, {KEY: "*", "aws:ResourceTag/team": "*"}, True),
    ("StringEquals", MINE, {KEY: "*", "aws:ResourceTag/team": "*"}, True),
    ("StringEquals", "${*}", {"aws:ResourceTag/team": "*"}, True),
    ("StringLike", "a${*}b", {"aws:ResourceTag/team": "axb"}, False),
    ("ArnLike", "arn:aws:iam::${aws:PrincipalTag/team}:role/*", {KEY: "1:2", "aws:ResourceTag/team": "x"}, False),
    # Only text and ARNs have variables.
    ("NumericEquals", MINE, {KEY: "1", "aws:ResourceTag/team": "1"}, None),
]


@pytest.mark.parametrize(("operator", "value", "keys", "truth"), VARIABLES)
def test_a_variable_in_a_value_has_the_value_of_the_request(
    operator: str, value: str, keys: dict[str, Any], truth: bool | None
) -> None:
    assert one(operator, value, keys, key="aws:ResourceTag/team") is truth


def test_a_variable_of_an_unknown_key_decides_nothing_unless_the_text_around_it_does() -> None:
    keys = {"aws:ResourceTag/team": "red"}
    assert one("StringEquals", MINE, keys, key="aws:ResourceTag/team", world=World.OPEN) is None
    assert one("StringEquals", f"x{MINE}", keys, key="aws:ResourceTag/team", world=World.OPEN) is False


def test_a_version_without_variables_reads_them_as_text() -> None:
    condition = Condition("StringEquals", "aws:ResourceTag/team", (MINE,))
    keys = {KEY: "red", "aws:ResourceTag/team": MINE}
    assert holds([condition], Context(keys, World.CLOSED), variables=False) is True
    assert holds([condition], Context(keys, World.CLOSED), variables=True) is False


RED = Condition("StringEquals", KEY, ("red",))
SEVEN = Condition("NumericEquals", "custom:size", ("7",))


@pytest.mark.parametrize(
    ("keys", "truth", "open_ones"),
    [
        ({KEY: "red", "custom:size": 7}, True, ()),
        ({KEY: "red"}, None, (SEVEN,)),
        ({KEY: "blue"}, False, (SEVEN,)),
        ({}, None, (RED, SEVEN)),
        ({KEY: "red", "custom:size": None}, False, ()),
    ],
)
def test_all_conditions_must_hold_and_one_false_is_enough(
    keys: dict[str, Any], truth: bool | None, open_ones: tuple[Condition, ...]
) -> None:
    context = Context(keys, World.OPEN)
    assert holds([RED, SEVEN], context, variables=True) is truth
    assert open_conditions([RED, SEVEN], context, variables=True) == open_ones


def test_no_conditions_hold() -> None:
    assert holds([], Context({}, World.OPEN), variables=True) is True


def test_a_deny_of_sessions_without_mfa_bites_only_with_if_exists() -> None:
    """The guide's example: the key is absent from a session with long-term credentials."""
    assert one("Bool", "false", {}, key="aws:MultiFactorAuthPresent") is False
    assert one("BoolIfExists", "false", {}, key="aws:MultiFactorAuthPresent") is True


def test_a_context_tells_absent_from_empty_from_unknown() -> None:
    context = Context({"a": None, "b": [], "C": ("x", 1, False)}, World.OPEN)
    assert (context.get("A"), context.get("b"), context.get("c")) == (None, (), ("x", "1", "false"))
    assert context.get("d") is UNKNOWN
    assert context.present() == {"b": (), "C": ("x", "1", "false")}
    assert Context({}, World.CLOSED).get("d") is None
