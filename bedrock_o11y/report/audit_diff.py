"""Role against blueprint, side by side."""

from __future__ import annotations

import textwrap
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from .audit_words import DIFF_MARKS
from .escape import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.table import Table

    from .audit import DiffLine

_NEED: Final = 24
_SAME: Final = "="
_STYLES: Final = {"=": "dim", "-": "red", "+": "yellow", "~": "cyan"}


def diff_text(lines: Sequence[DiffLine], width: int) -> Iterator[str]:
    """Yields role against blueprint in three columns: need, recommended, actual.

    Args:
        lines: in the order of the blueprint.
        width: columns in all.
    """
    if not lines:
        return
    side = (width - _NEED - len("  " * 3)) // 2
    yield f"Role against blueprint: {DIFF_MARKS}."
    yield _row(" ", "need", "recommended", "actual", side)
    yield _row(" ", "-" * (_NEED - 2), "-" * side, "-" * side, side)
    for line in lines:
        cells = (line.need, line.recommended, line.actual)
        columns = [_folded(cell, size) for cell, size in zip(cells, (_NEED - 2, side, side), strict=True)]
        mark = line.mark
        for need, recommended, actual in zip_longest(*columns, fillvalue=""):
            yield _row(mark, need, recommended, actual, side)
            # A cell that goes on is marked too, so that a filter by the first column keeps it whole.
            mark = "" if line.mark == _SAME else line.mark


def _row(mark: str, need: str, recommended: str, actual: str, side: int) -> str:
    return f"{mark:<1} {need:<{_NEED}}{recommended:<{side}}  {actual}".rstrip()


def _folded(text: str, width: int) -> list[str]:
    # Side by side there is no room for a whole ARN; it is broken where it must.
    return textwrap.wrap(plain(text), width, break_on_hyphens=False) or [""]


def diff_table(lines: Sequence[DiffLine]) -> Table:
    """Role against blueprint as a table for a terminal.

    Args:
        lines: in the order of the blueprint.
    """
    from rich import box  # rich costs time, and a pipe needs none of it
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True, title=DIFF_MARKS, title_justify="left")
    table.add_column("", width=1)
    table.add_column("Need", overflow="fold", ratio=2)
    table.add_column("Recommended", overflow="fold", ratio=5)
    table.add_column("Actual", overflow="fold", ratio=5)
    for line in lines:
        style = _STYLES.get(line.mark, "default")
        cells = (line.mark, line.need, line.recommended, line.actual)
        table.add_row(*(Text(plain(cell), style=style) for cell in cells))
    return table
