"""How Logs Insights compares the value of a field with what a filter wants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Condition = Callable[[Mapping[str, Any]], bool]


def present(name: str, test: Callable[[Any], bool], *, negated: bool) -> Condition:
    """A condition on a field that is there.

    Args:
        name: of the field.
        test: of its value.
        negated: whether the test must fail.

    Returns:
        the condition; false when the field is missing.
    """

    def condition(row: Mapping[str, Any]) -> bool:
        value = row.get(name)
        return value is not None and test(value) is not negated

    return condition


def number(value: Any) -> float | None:
    """The number in a value.

    Args:
        value: of a field.

    Returns:
        the number, or None when it holds none.
    """
    try:
        return None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None


def equal(value: Any, wanted: str | float) -> bool:
    """Whether a value is what is wanted: as numbers when a number is wanted, else as text.

    Args:
        value: of a field.
        wanted: a literal of the query.

    Returns:
        True when they are equal.
    """
    return number(value) == wanted if isinstance(wanted, float) else str(value) == wanted


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, str | float], bool]:
    def test(value: Any, wanted: str | float) -> bool:
        known = number(value) if isinstance(wanted, float) else str(value)
        return known is not None and compare(known, wanted)

    return test


COMPARE: dict[str, Callable[[Any, str | float], bool]] = {
    "=": equal,
    "!=": lambda value, wanted: not equal(value, wanted),
    "<": _ordered(lambda a, b: a < b),
    "<=": _ordered(lambda a, b: a <= b),
    ">": _ordered(lambda a, b: a > b),
    ">=": _ordered(lambda a, b: a >= b),
}
"""The comparisons of ``filter``, by their sign."""
