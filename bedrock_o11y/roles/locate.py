"""Where in a file a JSON pointer points: the lines and columns of a statement, for people and for SARIF.

JSON is skipped value by value, never parsed as a whole; YAML is read as nodes, which carry their marks.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]', re.DOTALL)
_STRING: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_SCALAR: Final = re.compile(r"[^\s,:{}\[\]\"]+")
_SPACE: Final = re.compile(r"[\s,:]*")


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a text file. Lines and columns count from 1, columns in characters.

    Attributes:
        start_line: line of the first character.
        start_column: column of the first character.
        end_line: line of the last character.
        end_column: column after the last character, as SARIF counts.
    """

    start_line: int
    start_column: int
    end_line: int
    end_column: int


class Locator:
    """Finds many pointers in one text; what was skipped once is remembered."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self._children: dict[int, dict[str, tuple[int, int]]] = {}
        self._root: tuple[int, int] | None = None
        self._node: Any = None
        try:
            json_start = _past_space(text, 0)
            if text[json_start : json_start + 1] in ("{", "["):
                self._root = (json_start, _value_end(text, json_start))
        except ValueError:
            self._root = None
        if self._root is not None and text[self._root[1] :].strip():
            self._root = None

    def locate(self, pointer: str) -> Region:
        """The region of the value at a pointer.

        A pointer that leads into a string, such as a policy that is written as text, gives the region of the string;
        one that leads to nothing gives the region of the last value on its way that is there.

        Args:
            pointer: a JSON pointer; empty for the whole file.
        """
        path = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
        if self._root is None:
            return self._in_yaml(path)
        start, end = self._root
        try:
            for part in path:
                found = self._children_of(start).get(part)
                if found is None:
                    break
                start, end = found
        except ValueError:
            return self._in_yaml(path)
        return Region(*self._position(start), *self._position(end))

    def _position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def _children_of(self, start: int) -> dict[str, tuple[int, int]]:
        known = self._children.get(start)
        if known is None:
            # A key that stands twice: the last one counts, as in json.
            known = self._children[start] = dict(_children(self._text, start))
        return known

    def _in_yaml(self, path: list[str]) -> Region:
        import yaml  # only for a YAML file: it would slow the start of every other command

        if self._node is None:
            loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
            try:
                self._node = yaml.compose(self._text, Loader=loader)
            except yaml.YAMLError:
                self._node = None
        node = self._node
        if node is None:
            return Region(1, 1, *self._position(len(self._text)))
        for part in path:
            child = _yaml_child(node, part)
            if child is None:
                break
            node = child
        start, end = node.start_mark, node.end_mark
        # A block ends where the next token begins: what is only space between is not part of it.
        finish = start.index + len(self._text[start.index : end.index].rstrip())
        return Region(*self._position(start.index), *self._position(finish))


def locate(text: str, pointer: str) -> Region:
    """The region of the value at a pointer in a JSON or YAML text; :class:`Locator` for more than one.

    Args:
        text: of the whole file.
        pointer: a JSON pointer; empty for the whole file.
    """
    return Locator(text).locate(pointer)


def _past_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _value_end(text: str, start: int) -> int:
    """The offset after the value that begins at ``start``.

    Raises:
        ValueError: the text is no JSON value there.
    """
    first = text[start : start + 1]
    if first == '"':
        string = _STRING.match(text, start)
        if string is None:
            raise ValueError("a string does not end")
        return string.end()
    if first in ("{", "["):
        depth = 0
        for token in _TOKEN.finditer(text, start):
            kind = text[token.start()]
            if kind in "{[":
                depth += 1
            elif kind in "}]":
                depth -= 1
                if depth == 0:
                    return token.end()
        raise ValueError("a list or an object does not end")
    scalar = _SCALAR.match(text, start)
    if scalar is None:
        raise ValueError("no value")
    return scalar.end()


def _children(text: str, start: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """Key or index of each child of the container at ``start``, and where its value begins and ends."""
    kind = text[start]
    if kind not in "{[":
        return
    at, index = _past_space(text, start + 1), 0
    while text[at : at + 1] not in ("}", "]"):
        if kind == "{":
            end_of_key = _value_end(text, at)
            key = json.loads(text[at:end_of_key])
            at = _past_space(text, end_of_key)
            if not isinstance(key, str):
                raise ValueError("a key that is no string")
        else:
            key = str(index)
            index += 1
        end = _value_end(text, at)
        yield key, (at, end)
        at = _past_space(text, end)


def _yaml_child(node: Any, part: str) -> Any:
    """The child of a YAML node; the long name of an intrinsic leads through its short tag (``!If`` is ``Fn::If``)."""
    if part in (f"Fn::{node.tag[1:]}", node.tag[1:]) and node.tag.startswith("!"):
        return node
    if isinstance(node.value, list):
        if node.id == "mapping":
            return next((value for key, value in reversed(node.value) if key.value == part), None)
        if part.isdecimal() and int(part) < len(node.value):
            return node.value[int(part)]
    return None
