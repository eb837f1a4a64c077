"""An audit for a person at a terminal: a table for each role, coloured by severity when colours are wanted."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from . import audit_words as words
from .audit_diff import side_by_side
from .escape import plain

if TYPE_CHECKING:
    from .audit import AuditReport, RoleReport

_COLOURS: Final = {
    "CRITICAL": "bold white on red",
    "HIGH": "bold red",
    "MEDIUM": "yellow",
    "LOW": "cyan",
    "INFO": "bright_black",
    "UNKNOWN": "bold magenta",
    "UNREAD": "bold magenta",
    "PARTIAL": "bold magenta",
    "EXPIRED": "yellow",
    "UNUSED": "bright_black",
    "accepted": "bright_black",
    "CLEAN": "green",
}
_MARKS: Final = {"": "bold", "=": "dim", "-": "red", "+": "yellow", "~": "cyan"}
_NARROWEST: Final = 60
_NAMES: Final = len("Statement  ")


def audit_table(report: AuditReport, *, width: int, colour: bool, diff: bool = False, patch: str = "") -> str:
    """An audit as tables.

    Args:
        report: the result.
        width: columns of the terminal.
        colour: whether to write colours.
        diff: whether to set each role beside the blueprint.
        patch: the command that prints the patch.

    Returns:
        Text with line breaks, and with escape sequences when ``colour`` is true.
    """
    buffer = StringIO()
    console = Console(
        file=buffer,
        width=max(width, _NARROWEST),
        force_terminal=colour,
        no_color=not colour,
        highlight=False,
        emoji=False,
        markup=False,
    )
    console.print(Text(words.heading(report), style="bold"))
    said = words.shared(report)
    if said:
        console.print(Text(words.shared_line(said), style="dim"))
    console.print()
    shown = words.troubled(report)
    clean = words.clean(report)
    for role in (*shown, *clean) if diff else shown:
        _role(console, role, words.own(role, report, said), diff=diff)
    rest = _grid()
    if clean and not diff:
        _clean(rest, clean)
    for label, sentence in words.warnings(report):
        _row(rest, label, Text(sentence))
    if rest.row_count:
        console.print(rest)
        console.print()
    console.print(Text(words.summary(report)))
    console.print(Text(words.verdict(report), style=_overall(report)))
    if patched := words.patch_line(report, patch):
        console.print(Text(patched), soft_wrap=True)  # a command is copied whole
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines())


def _overall(report: AuditReport) -> str:
    if report.failing():
        return "bold red"
    return "bold magenta" if report.unknowns() or not report.roles else "bold green"


def _role(console: Console, role: RoleReport, assumed: list[str], *, diff: bool) -> None:
    console.print(Text(plain(role.label), style="bold underline"))
    console.print(Text(words.title(role)))
    for sentence in assumed:
        console.print(Text(sentence, style="dim"))
    console.print()
    table = _grid(airy=True)
    for reason in role.unread:
        _row(table, "UNREAD", Text(plain(reason)))
    for group in words.groups(role.findings):
        _row(table, group.label, _finding(group))
    for line in words.accepted_lines(role):
        _row(table, "accepted", Text(line, style="dim"))
    if words.is_clean(role):
        _row(table, "CLEAN", Text("as the blueprint has it"))
    console.print(table)
    console.print()
    if diff and role.diff:
        for mark, line in side_by_side(role.diff, console.width):
            console.print(Text(line, style=_MARKS[mark]))
        console.print()


def _finding(group: words.Group) -> Text:
    text = Text()
    text.append(f"{group.first.rule}  ", style="bold")
    for number, (message, seen) in enumerate(group.sentences()):
        text.append(f"\n{message}" if number else message)
        for name, shown in seen:
            text.append(f"\n{name:<{_NAMES}}{shown}", style="dim")
    if group.why:
        text.append(f"\n{group.why}", style="italic")
    for step in group.steps:
        text.append(f"\nNext: {step}", style="bold")
    return text


def _clean(table: Table, roles: tuple[RoleReport, ...]) -> None:
    if len(roles) > words.MANY_CLEAN:
        _row(table, "CLEAN", Text(f"{len(roles)} roles"))
        return
    for role in roles:
        text = Text(f"{plain(role.label)}: {words.title(role)}")
        for line in words.accepted_lines(role):
            text.append(f"\naccepted: {line}", style="dim")
        _row(table, "CLEAN", text)


def _grid(*, airy: bool = False) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, expand=True, padding=(0, 2, int(airy), 0))
    table.add_column(no_wrap=True, width=8)
    # Names of AWS are long: one wide column keeps more of them whole than several narrow ones.
    table.add_column(overflow="fold", ratio=1)
    return table


def _row(table: Table, label: str, text: Text) -> None:
    table.add_row(Text(label, style=_COLOURS[label]), text)
