"""The condition operators of IAM: what a name means, and how one value of a request compares with one of a policy.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Single-valued vs. multivalued context
keys". The guide does not say whether operator names have a case of their own; a policy that IAM accepted can mean
nothing else, so they are read without regard to case.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from .patterns import matches
from .variables import as_plain

if TYPE_CHECKING:
    from collections.abc import Callable

ARN_FIELDS: Final = 6


class Family(Enum):
    """What an operator compares."""

    STRING = "String"
    NUMERIC = "Numeric"
    DATE = "Date"
    BOOL = "Bool"
    BINARY = "Binary"
    ADDRESS = "IpAddress"
    ARN = "Arn"
    NULL = "Null"


class Comparison(Enum):
    """How it compares; a negated operator has the comparison that it negates."""

    EQUALS = "equals"
    IGNORE_CASE = "ignore case"
    LIKE = "like"
    LESS = "less than"
    LESS_OR_EQUAL = "less than or equals"
    GREATER = "greater than"
    GREATER_OR_EQUAL = "greater than or equals"


class Quantifier(Enum):
    """How many of the values of a request must match."""

    NONE = ""
    """The key has one value. Of several, which the guide leaves open, one is enough (and under a negated operator none
    may match)."""
    ALL = "ForAllValues"
    ANY = "ForAnyValue"


@dataclass(frozen=True, slots=True)
class Operator:
    """What the name of an operator means.

    Attributes:
        family: what it compares.
        comparison: how.
        negated: it is true when no value of the policy matches.
        quantifier: how many of the values of the request must match.
        if_exists: it is true when the key is absent.
    """

    family: Family
    comparison: Comparison
    negated: bool = False
    quantifier: Quantifier = Quantifier.NONE
    if_exists: bool = False

    @property
    def has_variables(self) -> bool:
        """Whether ``${…}`` in its values is a policy variable: only text and ARNs have them."""
        return self.family in (Family.STRING, Family.ARN)


_ORDERED: Final = (
    ("equals", Comparison.EQUALS, False),
    ("notequals", Comparison.EQUALS, True),
    ("lessthan", Comparison.LESS, False),
    ("lessthanequals", Comparison.LESS_OR_EQUAL, False),
    ("greaterthan", Comparison.GREATER, False),
    ("greaterthanequals", Comparison.GREATER_OR_EQUAL, False),
)
_BASE: Final[dict[str, tuple[Family, Comparison, bool]]] = {
    "stringequals": (Family.STRING, Comparison.EQUALS, False),
    "stringnotequals": (Family.STRING, Comparison.EQUALS, True),
    "stringequalsignorecase": (Family.STRING, Comparison.IGNORE_CASE, False),
    "stringnotequalsignorecase": (Family.STRING, Comparison.IGNORE_CASE, True),
    "stringlike": (Family.STRING, Comparison.LIKE, False),
    "stringnotlike": (Family.STRING, Comparison.LIKE, True),
    "bool": (Family.BOOL, Comparison.EQUALS, False),
    "binaryequals": (Family.BINARY, Comparison.EQUALS, False),
    "ipaddress": (Family.ADDRESS, Comparison.EQUALS, False),
    "notipaddress": (Family.ADDRESS, Comparison.EQUALS, True),
    # ArnEquals and ArnLike are the same, with wildcards in both.
    "arnequals": (Family.ARN, Comparison.LIKE, False),
    "arnlike": (Family.ARN, Comparison.LIKE, False),
    "arnnotequals": (Family.ARN, Comparison.LIKE, True),
    "arnnotlike": (Family.ARN, Comparison.LIKE, True),
    "null": (Family.NULL, Comparison.EQUALS, False),
    **{f"numeric{name}": (Family.NUMERIC, comparison, negated) for name, comparison, negated in _ORDERED},
    **{f"date{name}": (Family.DATE, comparison, negated) for name, comparison, negated in _ORDERED},
}
_QUANTIFIERS: Final = {quantifier.value.lower(): quantifier for quantifier in Quantifier}


@lru_cache(maxsize=512)
def operator(name: str) -> Operator | None:
    """What an operator's name means; None for one that IAM does not document, such as ``NullIfExists``."""
    prefix, _, base = name.lower().rpartition(":")
    quantifier = _QUANTIFIERS.get(prefix)
    if_exists = base.endswith("ifexists")
    known = _BASE.get(base.removesuffix("ifexists"))
    if known is None or quantifier is None:
        return None
    family, comparison, negated = known
    if family is Family.NULL and (if_exists or quantifier is not Quantifier.NONE):
        return None
    return Operator(family, comparison, negated, quantifier, if_exists)


def compare(meaning: Operator, expected: str, actual: str) -> bool | None:
    """Whether one value of a request matches one value of a policy, before any negation.

    Args:
        meaning: the operator; not Null, which looks at no value.
        expected: the value of the policy, its variables replaced, without unknown pieces.
        actual: the value of the request.

    Returns:
        None when it cannot be said: a number, date, address or base64 text that is none, on either side.
    """
    if meaning.comparison is Comparison.LIKE:
        return arn_like(expected, actual) if meaning.family is Family.ARN else matches(expected, actual)
    return _COMPARE[meaning.family](meaning.comparison, as_plain(expected), actual)


def arn_like(pattern: str, arn: str) -> bool:
    """Whether an ARN matches a pattern of ARNs, field by field; the sixth field is the rest, colons and all.

    The guide has each of the six fields checked separately. From that follows, and is not said in so many words, that a
    wildcard cannot stand for several fields: a pattern of fewer fields, and a text that is no ARN, match nothing.
    """
    expected = pattern.split(":", ARN_FIELDS - 1)
    actual = arn.split(":", ARN_FIELDS - 1)
    return len(expected) == len(actual) == ARN_FIELDS and all(map(matches, expected, actual))


def _ordered(comparison: Comparison, expected: Fraction | None, actual: Fraction | None) -> bool | None:
    if expected is None or actual is None:
        return None
    match comparison:
        case Comparison.LESS:
            return actual < expected
        case Comparison.LESS_OR_EQUAL:
            return actual <= expected
        case Comparison.GREATER:
            return actual > expected
        case Comparison.GREATER_OR_EQUAL:
            return actual >= expected
        case _:
            return actual == expected


_NUMBER: Final = re.compile(r"[+-]?(?:\d{1,400}(?:\.\d{0,400})?|\.\d{1,400})", re.ASCII)
_EPOCH: Final = re.compile(r"[+-]?\d{1,20}(?:\.\d{1,20})?", re.ASCII)
_YEAR: Final = re.compile(r"\d{4}", re.ASCII)
_MONTH: Final = re.compile(r"\d{4}-\d{2}", re.ASCII)
_ISO_START: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?:[Tt ]|$)", re.ASCII)


def number(text: str) -> Fraction | None:
    """An integer or decimal number; None for anything else."""
    return Fraction(text) if _NUMBER.fullmatch(text) else None


def instant(text: str) -> Fraction | None:
    """A date in seconds since 1970: a W3C profile of ISO 8601 (without offset: UTC), or epoch seconds.

    None for anything else, and for four digits, which may be a year and may be seconds.
    """
    if _YEAR.fullmatch(text):
        return None
    if _EPOCH.fullmatch(text):
        return Fraction(text)
    if _MONTH.fullmatch(text):
        text += "-01"
    if not _ISO_START.match(text):
        return None
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return Fraction(since.days * 86_400 + since.seconds) + Fraction(since.microseconds, 1_000_000)


Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def network(text: str) -> Network | None:
    """An address or a CIDR range, of either family; host bits are dropped, as IAM does. None for anything else."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _address(text: str) -> Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _within(_: Comparison, expected: str, actual: str) -> bool | None:
    outer, inner = network(expected), _address(actual)
    return None if outer is None or inner is None else inner in outer


def _same_bytes(_: Comparison, expected: str, actual: str) -> bool | None:
    if expected == actual:
        return True
    try:
        return base64.b64decode(expected, validate=True) == base64.b64decode(actual, validate=True)
    except (binascii.Error, ValueError):
        return None


def _same_text(comparison: Comparison, expected: str, actual: str) -> bool:
    if comparison is Comparison.IGNORE_CASE:
        return expected.lower() == actual.lower()
    return expected == actual


_COMPARE: Final[dict[Family, Callable[[Comparison, str, str], bool | None]]] = {
    Family.STRING: _same_text,
    Family.NUMERIC: lambda comparison, expected, actual: _ordered(comparison, number(expected), number(actual)),
    Family.DATE: lambda comparison, expected, actual: _ordered(comparison, instant(expected), instant(actual)),
    Family.BOOL: lambda _, expected, actual: expected.lower() == actual.lower(),
    Family.BINARY: _same_bytes,
    Family.ADDRESS: _within,
}
