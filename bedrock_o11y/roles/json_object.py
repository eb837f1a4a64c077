"""JSON objects that remember a key written twice, of which plain JSON readers silently take the last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class JsonObject(dict[str, Any]):
    """A JSON object; ``twice`` is set once a key is set a second time."""

    __slots__ = ("twice",)
    twice: str

    def __setitem__(self, key: str, value: Any) -> None:
        if key in self:
            self.twice = key
        dict.__setitem__(self, key, value)


@dataclass(frozen=True, slots=True)
class KeyTwice:
    """A key that stands twice.

    Attributes:
        key: which.
        pointer: JSON pointer of its object.
    """

    key: str
    pointer: str


def noticing_objects() -> tuple[type[JsonObject], list[str]]:
    """A class of objects for one reading, and the list to which it adds each key that it meets twice.

    Looking at the list is cheap; walking through every object of a large file to find none is not.
    """
    noticed: list[str] = []

    class Noticing(JsonObject):
        __slots__ = ()

        def __setitem__(self, key: str, value: Any) -> None:
            if key in self:
                self.twice = key
                noticed.append(key)
            dict.__setitem__(self, key, value)

    return Noticing, noticed


def noticing_pairs() -> tuple[Callable[[list[tuple[str, Any]]], dict[str, Any]], list[str]]:
    """The same for ``json.loads``, as its ``object_pairs_hook``: plain objects, and the keys that stand twice."""
    noticed: list[str] = []

    def made(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) != len(pairs):
            noticed.extend(key for key, _ in pairs)
        return value

    return made, noticed


def json_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """What ``json.loads`` takes as ``object_pairs_hook``."""
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    marked = JsonObject()
    for key, value in pairs:
        marked[key] = value
    return marked


def key_twice(value: Any, pointer: str = "") -> KeyTwice | None:
    """The first key that stands twice in a value; None when each stands once.

    Args:
        value: as read with :class:`JsonObject` or :func:`json_object`.
        pointer: of the value.
    """
    if isinstance(value, dict):
        if twice := getattr(value, "twice", ""):
            return KeyTwice(twice, pointer)
        for key, child in value.items():
            if isinstance(child, (dict, list)) and (
                found := key_twice(child, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
            ):
                return found
    elif isinstance(value, list):
        for index, child in enumerate(value):
            if isinstance(child, (dict, list)) and (found := key_twice(child, f"{pointer}/{index}")):
                return found
    return None
