"""The condition keys of a request and what is known of their values."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class World(Enum):
    """What a key that a context does not list is."""

    CLOSED = "closed"
    """Absent from the request: the context is one concrete request."""
    OPEN = "open"
    """Unknown: it may be absent or have any value."""


class Unknown(Enum):
    """The value of a key of which nothing is known; not to be confused with None, which is known to be absent."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN


class Context:
    """Condition keys and their values. Keys are compared without regard to case.

    Example:
        >>> Context({"aws:SourceAccount": "123456789012"}, World.CLOSED).get("AWS:sourceaccount")
        ('123456789012',)
    """

    __slots__ = ("_names", "_values", "world")

    def __init__(self, mapping: Mapping[str, Any], world: World) -> None:
        """Takes a mapping as callers write it.

        Args:
            mapping: a value is text, bool, number, a list or tuple of those (an empty one is present but empty), or
                None for a key that is known to be absent.
            world: what a key that is not in the mapping is.
        """
        self.world = world
        self._names = {key.lower(): key for key in mapping}
        self._values = {key.lower(): _values(value) for key, value in mapping.items()}

    def extended(self, mapping: Mapping[str, Any]) -> Context:
        """The same with further keys, or other values of its keys."""
        more = Context(mapping, self.world)
        more._names = {**self._names, **more._names}
        more._values = {**self._values, **more._values}
        return more

    def get(self, key: str) -> tuple[str, ...] | Unknown | None:
        """The values of a key; None when it is absent, UNKNOWN when nothing is known of it."""
        lowered = key.lower()
        if lowered in self._values:
            return self._values[lowered]
        return None if self.world is World.CLOSED else UNKNOWN

    def present(self) -> dict[str, str | tuple[str, ...]]:
        """The keys that are present, as first written, and their value or values: the context of a witness."""
        return {
            self._names[key]: values[0] if len(values) == 1 else values
            for key, values in self._values.items()
            if values is not None
        }

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Context):
            return NotImplemented
        return self.world is other.world and self._values == other._values

    def __hash__(self) -> int:
        return hash((self.world, frozenset(self._values.items())))

    def __repr__(self) -> str:
        return f"Context({self._values!r}, {self.world})"


def _values(value: Any) -> tuple[str, ...] | None:
    if value is None:
        return None
    if isinstance(value, list | tuple | set | frozenset):
        return tuple(_text(item) for item in value)
    return (_text(value),)


def _text(value: Any) -> str:
    """IAM writes booleans as JSON does."""
    return str(value).lower() if isinstance(value, bool) else str(value)
