"""A check for a person at a terminal: a table, coloured when colours are wanted."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .ladder import State
from .ladder_text import LABELS, heading, verdict

if TYPE_CHECKING:
    from .ladder import LadderReport, Rung

_COLOURS: Final = {
    State.PASS: "green",
    State.FAIL: "bold red",
    State.UNKNOWN: "yellow",
    State.NOT_APPLICABLE: "bright_black",
}


def ladder_table(report: LadderReport, *, width: int, colour: bool) -> str:
    """A check as a table.

    Args:
        report: the result.
        width: columns of the terminal.
        colour: whether to write colours.

    Returns:
        Text with line breaks, and with escape sequences when ``colour`` is true.
    """
    console = Console(
        file=StringIO(), width=max(width, 60), force_terminal=colour, no_color=not colour, highlight=False, emoji=False
    )
    console.print(Text(heading(report), style="bold"))
    console.print(Text(report.basis))
    table = Table(box=box.SIMPLE_HEAD, show_lines=False, pad_edge=False, expand=True)
    table.add_column("State", no_wrap=True, width=7)
    # Names of AWS are long: one wide column keeps more of them whole than two narrow ones.
    table.add_column("Rung and evidence", overflow="fold", ratio=1)
    for rung in report.rungs:
        table.add_row(Text(LABELS[rung.state], style=_COLOURS[rung.state]), _evidence(rung))
    console.print(table)
    worst = next((state for state in (State.FAIL, State.UNKNOWN) if report.count(state)), State.PASS)
    console.print(Text(verdict(report), style=_COLOURS[worst]))
    output = console.file
    if not isinstance(output, StringIO):  # pragma: no cover  the console was given one above
        raise TypeError("the console lost its buffer")
    return "\n".join(line.rstrip() for line in output.getvalue().splitlines())


def _evidence(rung: Rung) -> Text:
    text = Text()
    text.append(rung.id, style="bold")
    text.append(f"  {rung.title}")
    quiet = rung.state in (State.PASS, State.NOT_APPLICABLE)
    for sentence in rung.evidence:
        text.append(f"\n{sentence}", style="dim" if quiet else "default")
    if rung.next:
        text.append(f"\nNext: {rung.next}", style="bold")
    return text
