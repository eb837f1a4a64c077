"""Role against blueprint, side by side."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from .escape import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .audit import DiffLine

_HEAD: Final = "Role against blueprint: = the same, - missing, + too much, ~ different."
_TITLES: Final = ("need", "recommended", "actual")
_GAP: Final = "  "
_SAME: Final = "="
_PIECE: Final = re.compile(r"[^\s:/,]*[\s:/,]*")
"""An ARN is broken where its parts end, if it must be."""


def side_by_side(lines: Sequence[DiffLine], width: int) -> Iterator[tuple[str, str]]:
    """Yields role against blueprint in three columns: need, recommended, actual.

    Args:
        lines: in the order of the blueprint.
        width: columns in all.

    Yields:
        The mark of the line that it belongs to (empty for the head), and a row of text that begins with it.
    """
    if not lines:
        return
    need = min(width // 4, max(len(_TITLES[0]), *(len(plain(line.need)) for line in lines)))
    side = (width - need - len("= ") - 2 * len(_GAP)) // 2
    sizes = (1, need, side, side)
    yield "", _HEAD
    yield "", _row(("", *_TITLES), sizes)
    yield "", _row([" ", *("-" * size for size in sizes[1:])], sizes)
    for line in lines:
        cells = (line.need, line.recommended, line.actual)
        columns = [list(_folded(plain(cell), size)) for cell, size in zip(cells, sizes[1:], strict=True)]
        for number, row in enumerate(zip_longest(*columns, fillvalue="")):
            # What goes on is marked too, so that a filter by the first column keeps it whole.
            mark = "" if number and line.mark == _SAME else line.mark
            yield line.mark, _row((mark, *row), sizes)


def _row(cells: Sequence[str], sizes: Sequence[int]) -> str:
    mark, *rest = (cell.ljust(size) for cell, size in zip(cells, sizes, strict=True))
    return f"{mark} {_GAP.join(rest)}".rstrip()


def _folded(text: str, width: int) -> Iterator[str]:
    line = ""
    for piece in _PIECE.findall(text):
        if len(line) + len(piece.rstrip()) > width:
            if line:
                yield line.rstrip()
            line = piece
        else:
            line += piece
        while len(line.rstrip()) > width:
            yield line[:width]
            line = line[width:]
    yield line.rstrip()
