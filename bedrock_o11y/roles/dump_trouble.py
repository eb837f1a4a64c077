"""Where exactly a dump is broken. Only read when it is: the reader of roles knows that, but not where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from .dump_file import open_dump

if TYPE_CHECKING:
    from pathlib import Path

_CHUNK: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Trouble:
    """Where a file is broken.

    Attributes:
        path: the file.
        line: of the first character that cannot be read, from 1.
        column: of it, from 1, in bytes.
        truncated: the file is well-formed as far as it goes, and ends too early.
    """

    path: Path
    line: int
    column: int
    truncated: bool

    def __str__(self) -> str:
        what = "the file breaks off" if self.truncated else "not JSON"
        return f"{self.path}:{self.line}:{self.column}: {what}"


def trouble_in(path: Path) -> Trouble:
    """Finds the first character at which a file stops to be JSON, in bounded memory.

    Args:
        path: a file that could not be read to its end.
    """
    import ijson  # see DumpFile._streamed

    line, column, good = 1, 1, 0
    with open_dump(path) as file:
        begin = file.tell()
        while True:
            chunk = file.read(_CHUNK)
            if not chunk:
                return Trouble(path, line, column, truncated=True)
            if good == 0:
                parser = ijson.basic_parse_coro(_Nowhere())
            if not _takes(parser, chunk):
                break
            line, column = _moved(line, column, chunk)
            good += len(chunk)
        # It is in this chunk: once more to where the chunk begins, then byte by byte.
        parser = ijson.basic_parse_coro(_Nowhere())
        file.seek(begin)
        for read in range(0, good, _CHUNK):
            parser.send(file.read(min(_CHUNK, good - read)))
        at = next((at for at in range(len(chunk)) if not _takes(parser, chunk[at : at + 1])), len(chunk))
    return Trouble(path, *_moved(line, column, chunk[:at]), truncated=False)


class _Nowhere:
    """Takes what a parser sends and forgets it."""

    def send(self, _: Any) -> None:
        """Forgets."""


def _takes(parser: Any, data: bytes) -> bool:
    import ijson  # see DumpFile._streamed

    try:
        parser.send(data)
    except (ijson.JSONError, StopIteration, UnicodeDecodeError, SystemError):  # the last of a number of many digits
        return False
    return True


def _moved(line: int, column: int, data: bytes) -> tuple[int, int]:
    newlines = data.count(b"\n")
    return (line + newlines, len(data) - data.rfind(b"\n")) if newlines else (line, column + len(data))
