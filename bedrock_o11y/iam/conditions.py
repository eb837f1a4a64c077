"""Whether the conditions of a statement hold in a request, as far as the request is known.

Three values: True, False, and None for what cannot be said. Source: IAM User Guide, "IAM JSON policy elements:
Condition operators" and "Conditions with multiple context keys or values".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .operators import Comparison, Family, Operator, Quantifier, compare, operator
from .patterns import matches
from .request_context import UNKNOWN, Context, World
from .unknown_text import UNKNOWN_START
from .variables import Text, as_literal, holes, substitute

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .statement import Condition

__all__ = ["UNKNOWN", "Context", "World", "holds", "open_conditions"]


def holds(conditions: Sequence[Condition], context: Context, *, variables: bool) -> bool | None:
    """Whether all conditions hold: false when one is false, unknown when none is false and one is unknown.

    Args:
        conditions: of one statement.
        context: of the request.
        variables: whether the document's version has policy variables.
    """
    return _all(truth(condition, context, variables=variables) for condition in conditions)


def open_conditions(conditions: Sequence[Condition], context: Context, *, variables: bool) -> tuple[Condition, ...]:
    """Those conditions of which it cannot be said whether they hold."""
    return tuple(condition for condition in conditions if truth(condition, context, variables=variables) is None)


def truth(condition: Condition, context: Context, *, variables: bool) -> bool | None:
    """Whether one condition holds. An operator that IAM does not document is unknown, never true."""
    meaning = operator(condition.operator)
    if meaning is None or UNKNOWN_START in condition.key:
        return None
    actual = context.get(condition.key)
    if actual is UNKNOWN:
        return None
    if meaning.family is Family.NULL:
        return _null(condition.values, actual)
    if actual is None:
        return _when_absent(meaning)
    expected = tuple(_expected(condition.values, meaning, context, variables=variables))
    each = (_negate(_any(_matches(meaning, value, one) for value in expected), meaning.negated) for one in actual)
    match meaning.quantifier:
        case Quantifier.ALL:
            return _all(each)
        case Quantifier.ANY:
            return _any(each)
        case Quantifier.NONE:
            return _all(each) if meaning.negated else _any(each)


def _when_absent(meaning: Operator) -> bool:
    """The guide: positive operators are false, negated ones true, …IfExists and ForAllValues true, ForAnyValue false.

    Of ForAnyValue:…IfExists it says nothing by itself. "If the key is not present, evaluate the condition element as
    true" is said of every …IfExists, so it holds there too.
    """
    if meaning.if_exists:
        return True
    return meaning.quantifier is Quantifier.ALL or (meaning.quantifier is Quantifier.NONE and meaning.negated)


def _null(values: Iterable[str], actual: tuple[str, ...] | None) -> bool | None:
    """Null "true" asks for a key that is absent. A key without any value is null to it, as the guide has it."""
    absent = not actual
    return _any(
        None if value.lower() not in ("true", "false") else (value.lower() == "true") is absent for value in values
    )


def _expected(values: Iterable[str], meaning: Operator, context: Context, *, variables: bool) -> Iterable[str]:
    """The values of the policy with their variables replaced. One that has no value is equal to nothing: left out."""
    for value in values:
        text = substitute(value, context) if variables and meaning.has_variables else value
        if text is not None:
            yield text


def _matches(meaning: Operator, expected: str, actual: str) -> bool | None:
    """One value against one value; an unknown piece decides unless the text around it already excludes a match."""
    if UNKNOWN_START not in expected:
        return compare(meaning, expected, actual)
    if meaning.family not in (Family.STRING, Family.ARN):
        return None
    if meaning.comparison is Comparison.IGNORE_CASE:
        expected, actual = expected.lower(), actual.lower()
    return None if matches(_widest(expected, meaning), actual) else False


def _widest(expected: str, meaning: Operator) -> str:
    """A pattern of everything that a text with unknown pieces may match.

    Its fields do not count: an unknown piece of an ARN may contain colons, and what matches field by field matches as a
    whole.
    """
    literal = meaning.comparison is not Comparison.LIKE
    return "".join(
        (as_literal(piece.pattern) if literal else piece.pattern) if isinstance(piece, Text) else "*"
        for piece in holes(expected, variables=False)
    )


def _negate(value: bool | None, negated: bool) -> bool | None:
    return not value if negated and value is not None else value


def _all(values: Iterable[bool | None]) -> bool | None:
    result: bool | None = True
    for value in values:
        if value is False:
            return False
        if value is None:
            result = None
    return result


def _any(values: Iterable[bool | None]) -> bool | None:
    result: bool | None = False
    for value in values:
        if value:
            return True
        if value is None:
            result = None
    return result
