"""The lists of an authorization-details dump, element by element, in bounded memory whatever its size.

A small dump is parsed at once, which is twice as fast; a large one, and any in which something is unusual, is streamed,
once for each list.
"""

from __future__ import annotations

import json
import re
from typing import IO, TYPE_CHECKING, Any, Final

from bedrock_o11y.errors import UsageError

from .json_depth import DEEPEST, Depth, TooDeepError
from .json_object import noticing_objects, noticing_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SMALL: Final = 8 * 1024 * 1024
"""In bytes; parsed, a dump takes about three times as much."""
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_HALF_A_CHARACTER: Final = re.compile(rb"\\u[dD][89a-fA-F]")
"""Half of a surrogate pair, perhaps without the other half: the two parsers differ about those."""
_LONG: Final = 18
"""Digits of a number that every parser takes."""
_CUT_MARKS: Final = (b'"IsTruncated"', b'"NextToken"')


class BrokenDumpError(Exception):
    """The file is no JSON behind what was read of it."""


def open_dump(path: Path) -> IO[bytes]:
    """Opens a dump behind the byte order mark that programs of Windows put at its beginning.

    Raises:
        OSError: it cannot be read.
    """
    file = path.open("rb")
    if file.read(len(_BYTE_ORDER_MARK)) != _BYTE_ORDER_MARK:
        file.seek(0)
    return file


class DumpFile:
    """A dump, or a list of its pages.

    Attributes:
        noticed: the keys that stood twice in elements read since it was last cleared.
        may_be_cut: words by which a dump says that more follows occur in what was read.
    """

    def __init__(self, path: Path, *, pages: bool = False) -> None:
        """Reads it, if it is small.

        Args:
            path: of the file.
            pages: the file is a list of dumps, as paging programs save them.

        Raises:
            OSError: it cannot be read.
        """
        self._path = path
        self._page = "item." if pages else ""
        self.noticed: list[str] = []
        self.may_be_cut = False
        self._pages = self._whole(pages=pages)

    def elements(self, name: str) -> Iterator[Any]:
        """The elements of a list of the dump, or of each of its pages.

        Args:
            name: the key of the list.

        Raises:
            OSError: it cannot be read.
            BrokenDumpError: it is not JSON behind the elements that were given.
            UsageError: it is nested too deeply.
        """
        if self._pages is None:
            yield from self._streamed(f"{self._page}{name}.item")
            return
        for page in self._pages:
            listed = page.get(name)
            if isinstance(listed, list):
                yield from listed

    def values(self, name: str) -> Iterator[Any]:
        """The value of a key of the dump, or of each of its pages that has it.

        Raises:
            OSError: it cannot be read.
            BrokenDumpError: it is not JSON.
            UsageError: it is nested too deeply.
        """
        if self._pages is None:
            yield from self._streamed(f"{self._page}{name}")
            return
        yield from (page[name] for page in self._pages if name in page)

    def _whole(self, *, pages: bool) -> list[dict[str, Any]] | None:
        """A small dump; None for one that must be streamed."""
        with open_dump(self._path) as file:
            data = file.read(_SMALL + 1)
        if len(data) > _SMALL or _HALF_A_CHARACTER.search(data):
            return None
        made, noticed = noticing_pairs()
        try:
            Depth().feed(data)
            value = json.loads(
                data, object_pairs_hook=made, parse_constant=_unusual, parse_float=_number, parse_int=_number
            )
        except (ValueError, RecursionError, TooDeepError):
            return None  # the stream gives what stands before the break
        listed = value if pages else [value]
        if noticed or not isinstance(listed, list) or not all(isinstance(page, dict) for page in listed):
            return None
        self.may_be_cut = any(mark in data for mark in _CUT_MARKS)
        return listed

    def _streamed(self, prefix: str) -> Iterator[Any]:
        import ijson  # it would slow the start of everything that streams no dump

        objects, self.noticed = noticing_objects()
        with open_dump(self._path) as file:
            watched = _Watched(file)
            try:
                yield from ijson.items(watched, prefix, map_type=objects, use_float=True)
            except (ijson.JSONError, UnicodeDecodeError) as error:
                raise BrokenDumpError from error
            except TooDeepError:
                raise UsageError(f"{self._path}: nested more than {DEEPEST} levels deep, which no dump is") from None
            finally:
                self.may_be_cut = self.may_be_cut or watched.marked


class _Watched:
    """A binary file that is looked at while others read it: for marks of a cut dump, and how deep it is nested."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._tail = b""
        self._depth = Depth()
        self.marked = False

    def read(self, size: int = -1) -> bytes:
        """Reads on.

        Raises:
            TooDeepError: what was read is nested too deeply.
        """
        chunk = self._file.read(size)
        self._depth.feed(chunk)
        if not self.marked:
            window = self._tail + chunk
            self.marked = any(mark in window for mark in _CUT_MARKS)
            self._tail = chunk[-max(map(len, _CUT_MARKS)) :]
        return chunk


def _unusual(text: str) -> Any:
    raise ValueError(text)


def _number(text: str) -> int | float:
    """The number, unless it is so long that the stream should say what to make of it."""
    if len(text) > _LONG or "e" in text.lower():
        _unusual(text)
    return float(text) if "." in text else int(text)
