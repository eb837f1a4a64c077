"""Condition operators, value against value.

Typed from the IAM User Guide, "IAM JSON policy elements: Condition operators".
"""

from __future__ import annotations

import pytest

from bedrock_o11y.iam.operators import Family, Quantifier, compare, instant, number, operator

ROLE = "arn:aws:iam::123456789012:role/agent"

MATCHES: list[tuple[str, str, str, bool | None]] = [
    ("StringEquals", "agent", "agent", True),
    ("StringEquals", "agent", "Agent", False),
    ("StringEquals", "agent*", "agent-7", False),
    ("StringEquals", "agent*", "agent*", True),
    ("StringEqualsIgnoreCase", "AGENT", "agent", True),
    ("StringEqualsIgnoreCase", "AGENT", "agents", False),
    ("StringLike", "agent*", "agent", True),
    ("StringLike", "agent?", "agent", False),
    ("StringLike", "a*t?x", "agent-x", True),
    ("StringLike", "Agent*", "agent", False),
    ("StringLike", "[a]*", "a", False),
    ("NumericEquals", "10", "10.0", True),
    ("NumericEquals", "10", "10.5", False),
    ("NumericEquals", "10", "ten", None),
    ("NumericEquals", "ten", "10", None),
    ("NumericEquals", "1e3", "1000", None),
    ("NumericLessThan", "10", "9.99", True),
    ("NumericLessThan", "10", "10", False),
    ("NumericLessThanEquals", "10", "10", True),
    ("NumericLessThanEquals", "10", "10.01", False),
    ("NumericGreaterThan", "-1", "0", True),
    ("NumericGreaterThan", "10", "10", False),
    ("NumericGreaterThanEquals", "10", "10", True),
    ("NumericGreaterThanEquals", "10", "9", False),
    ("NumericGreaterThan", "9", "10", True),  # as text "10" would be smaller
    ("DateEquals", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", True),
    ("DateEquals", "2026-01-01T00:00:00Z", "1767225600", True),
    ("DateEquals", "2026-01", "2026-01-01T00:00:00Z", True),
    ("DateLessThan", "2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z", True),
    ("DateLessThan", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", False),
    ("DateLessThanEquals", "2026-01-01", "2026-01-01T00:00:00Z", True),
    ("DateGreaterThan", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.500Z", True),
    ("DateGreaterThanEquals", "1767225600", "2026-01-01T00:00:00Z", True),
    ("DateGreaterThan", "2026", "2026-01-01T00:00:00Z", None),  # a year, or seconds after 1970
    ("DateGreaterThan", "soon", "2026-01-01T00:00:00Z", None),
    ("Bool", "true", "true", True),
    ("Bool", "TRUE", "true", True),
    ("Bool", "true", "false", False),
    ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", True),
    ("BinaryEquals", "QmluYXJ5", "QmluYXJ6", False),
    ("BinaryEquals", "QmluYXJ5", "not base64!", None),
    ("IpAddress", "203.0.113.0/24", "203.0.113.77", True),
    ("IpAddress", "203.0.113.0/24", "203.0.114.1", False),
    ("IpAddress", "203.0.113.7", "203.0.113.7", True),
    ("IpAddress", "203.0.113.7", "203.0.113.8", False),
    ("IpAddress", "203.0.113.9/24", "203.0.113.1", True),
    ("IpAddress", "2001:db8:1234:5678::/64", "2001:db8:1234:5678:1::1", True),
    ("IpAddress", "2001:db8:1234:5678::/64", "2001:db8:1234:5679::1", False),
    ("IpAddress", "0.0.0.0/0", "2001:db8::1", False),
    ("IpAddress", "203.0.113.0/33", "203.0.113.7", None),
    ("IpAddress", "203.0.113.0/24", "somewhere", None),
    ("ArnEquals", "arn:aws:iam::123456789012:role/*", ROLE, True),
    ("ArnLike", "arn:aws:iam::123456789012:role/*", ROLE, True),
    ("ArnLike", "arn:aws:iam::*:role/agent", ROLE, True),
    ("ArnLike", "arn:aws:iam::??????789012:role/agent", ROLE, True),
    ("ArnLike", "arn:*:role/agent", ROLE, False),  # a star stays in its field
    ("ArnLike", "arn:aws:iam:*:role/agent", ROLE, False),
    ("ArnLike", "*", ROLE, False),  # one field
    ("ArnLike", "arn:aws:iam::123456789012:role/*", "agent", False),
    ("ArnLike", "arn:aws:logs:*:*:log-group:*", "arn:aws:logs:eu-west-1:123456789012:log-group:a:*", True),
    ("ArnLike", "arn:aws:iam::123456789012:Role/*", ROLE, False),
]


@pytest.mark.parametrize(("name", "expected", "actual", "matching"), MATCHES)
def test_a_value_matches_as_the_guide_has_it(name: str, expected: str, actual: str, matching: bool | None) -> None:
    meaning = operator(name)
    assert meaning is not None
    assert compare(meaning, expected, actual) is matching


NEGATIONS = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}


@pytest.mark.parametrize(("negated", "plain"), NEGATIONS.items())
def test_a_negated_operator_compares_as_the_one_it_negates(negated: str, plain: str) -> None:
    one, other = operator(negated), operator(plain)
    assert one is not None and other is not None
    assert (one.family, one.comparison) == (other.family, other.comparison)
    assert one.negated and not other.negated


def test_arn_equals_is_arn_like() -> None:
    assert operator("ArnEquals") == operator("ArnLike")
    assert operator("ArnNotEquals") == operator("ArnNotLike")


def test_qualifier_and_suffix_are_read_from_the_name() -> None:
    meaning = operator("ForAllValues:StringLikeIfExists")
    assert meaning is not None
    assert (meaning.quantifier, meaning.if_exists, meaning.family) == (Quantifier.ALL, True, Family.STRING)


@pytest.mark.parametrize("name", ["stringequals", "STRINGEQUALS", "foranyvalue:stringequalsIFEXISTS"])
def test_names_are_read_without_regard_to_case(name: str) -> None:
    assert operator(name) is not None


@pytest.mark.parametrize(
    "name",
    [
        "StringMatches",
        "NullIfExists",
        "ForAnyValue:Null",
        "ForEachValue:StringEquals",
        "ForAllValues:ForAnyValue:StringEquals",
        "BinaryNotEquals",
        "IfExists",
        "",
    ],
)
def test_a_name_that_is_not_documented_means_nothing(name: str) -> None:
    assert operator(name) is None


@pytest.mark.parametrize("name", ["StringEquals", "StringLike", "ArnLike"])
def test_only_text_and_arns_have_variables(name: str) -> None:
    meaning = operator(name)
    assert meaning is not None and meaning.has_variables


@pytest.mark.parametrize("name", ["NumericEquals", "DateEquals", "Bool", "BinaryEquals", "IpAddress", "Null"])
def test_nothing_else_has_variables(name: str) -> None:
    meaning = operator(name)
    assert meaning is not None and not meaning.has_variables


@pytest.mark.parametrize("text", ["", "1_000", "0x10", "NaN", "Infinity", "1e999999999", "٣", "9" * 401])
def test_what_is_no_decimal_number_is_none(text: str) -> None:
    assert number(text) is None


@pytest.mark.parametrize("text", ["", "2026", "2026-13-01", "20260101", "0000-01-01", "2026-W01-1", "yesterday"])
def test_what_is_no_date_is_none_or_seconds(text: str) -> None:
    assert instant(text) == (20260101 if text == "20260101" else None)


def test_a_date_keeps_its_microseconds_and_its_offset() -> None:
    assert instant("1970-01-01T01:00:00.25+01:00") == instant("0.25")


def test_a_pattern_of_stars_is_not_slow() -> None:
    meaning = operator("StringLike")
    assert meaning is not None
    assert compare(meaning, "*a" * 3000 + "b", "a" * 3000) is False
