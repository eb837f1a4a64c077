"""An audit as plain text: for a pipe, a log file, a ticket."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from . import audit_words as words
from .audit_diff import side_by_side
from .escape import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .audit import AuditReport, RoleReport

_WIDTH: Final = 110
_INDENT: Final = " " * 10
_NAMES: Final = len("Statement: ")


def audit_text(report: AuditReport, *, diff: bool = False, patch: str = "") -> str:
    """An audit as plain text, at most 110 columns wide where words allow.

    Args:
        report: the result.
        diff: whether to set each role beside the blueprint.
        patch: the command that prints the patch.

    Returns:
        A head, the roles with their findings, worst first, a line for each clean role, and what it all means.
    """
    said = words.shared(report)
    lines = [words.heading(report), *_wrapped(words.shared_line(said), "")]
    shown = words.troubled(report)
    clean = words.clean(report)
    for role in (*shown, *clean) if diff else shown:
        lines += ["", *_role(role, words.own(role, report, said), diff=diff)]
    if clean and not diff:
        lines += ["", *_clean(clean)]
    if warnings := list(words.warnings(report)):
        lines.append("")
        for label, sentence in warnings:
            lines += _labelled(label, sentence)
    lines += ["", *_wrapped(words.summary(report), ""), words.verdict(report)]
    if patched := words.patch_line(report, patch):
        lines.append(patched)
    return "\n".join(lines)


def _role(role: RoleReport, assumed: list[str], *, diff: bool) -> Iterator[str]:
    yield plain(role.label)
    yield from _wrapped(" ".join((f"{words.title(role)}.", *assumed)), "")
    for reason in role.unread:
        yield from _labelled("UNREAD", plain(reason))
    for group in words.groups(role.findings):
        yield from _group(group)
    for line in words.accepted_lines(role):
        yield from _labelled("accepted", line)
    if words.is_clean(role):
        yield "CLEAN"
    if diff and role.diff:
        yield ""
        yield from (line for _, line in side_by_side(role.diff, _WIDTH))


def _group(group: words.Group) -> Iterator[str]:
    head = f"{group.label:<8}  {group.first.rule}: "
    for message, seen in group.sentences():
        yield from _wrapped(f"{head}{message}" if head else f"{_INDENT}{message}", _INDENT, first="")
        for name, text in seen:
            yield from _item(name, text)
        head = ""
    if group.why:
        yield from _item("Why", group.why)
    for step in group.steps:
        yield from _item("Next", step)


def _item(name: str, text: str) -> list[str]:
    return _wrapped(f"{_INDENT}  {f'{name}:':<{_NAMES}}{text}", f"{_INDENT}  {'':<{_NAMES}}", first="")


def _clean(roles: tuple[RoleReport, ...]) -> Iterator[str]:
    if len(roles) > words.MANY_CLEAN:
        yield f"CLEAN     {len(roles)} roles"
        return
    for role in roles:
        yield f"CLEAN     {plain(role.label)}: {words.title(role)}"
        for line in words.accepted_lines(role):
            yield from _wrapped(line, f"{_INDENT}  ")


def _labelled(label: str, sentence: str) -> list[str]:
    return _wrapped(f"{label:<8}  {sentence}", _INDENT, first="")


def _wrapped(text: str, indent: str, *, first: str | None = None) -> list[str]:
    # Names of AWS are long and must stay whole, so that they can be copied.
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
