"""How deep JSON is nested, counted while it is read.

A stream of JSON keeps the path of every value: a file of some hundred kilobytes of open brackets takes all the memory
of a machine. So the depth is counted before the stream sees the bytes.
"""

from __future__ import annotations

import re
from typing import Final

DEEPEST: Final = 200
"""A policy in a dump lies about ten levels deep."""

_ALL_BUT_BRACKETS: Final = bytes(set(range(256)) - set(b'[]{}"'))
_ESCAPED: Final = re.compile(rb"\\.", re.DOTALL)
_STRING: Final = re.compile(rb'"[^"]*"')


class TooDeepError(Exception):
    """JSON is nested more deeply than is allowed."""


class Depth:
    """Counts the levels of JSON that comes in pieces: never fewer than there are, and not three times as many."""

    def __init__(self, deepest: int = DEEPEST) -> None:
        """Nothing is read yet.

        Args:
            deepest: how many levels are allowed.
        """
        self._deepest = deepest
        self._open = 0
        self._in_string = False
        self._escaping = False

    def feed(self, data: bytes) -> None:
        """Reads on.

        Raises:
            TooDeepError: it is nested too deeply.
        """
        brackets = self._brackets(data)
        # Each round takes away the innermost pairs, so there are as many rounds as levels.
        levels = 0
        while (fewer := brackets.replace(b"[]", b"").replace(b"{}", b"")) != brackets:
            brackets = fewer
            levels += 1
            if levels > self._deepest:
                raise TooDeepError
        opened = brackets.count(b"[") + brackets.count(b"{")
        if self._open + levels + opened > self._deepest:
            raise TooDeepError
        self._open = max(0, self._open + 2 * opened - len(brackets))

    def _brackets(self, data: bytes) -> bytes:
        """The brackets outside strings."""
        if self._escaping:
            data = data[1:]
        self._escaping = False
        if b"\\" in data:
            data = _ESCAPED.sub(b"", data)
            self._escaping = data.endswith(b"\\")
        marks = data.translate(None, _ALL_BUT_BRACKETS)
        if self._in_string:
            marks = b'"' + marks
        marks = _STRING.sub(b"", marks)
        outside, quote, _ = marks.partition(b'"')
        self._in_string = bool(quote)
        return outside
