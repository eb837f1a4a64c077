"""An audit as a comment on a pull request: GitHub's markdown, everything that comes from a policy escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import audit_words as words
from .escape import markdown, markdown_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .audit import AuditReport, RoleReport

ROOM: Final = 60_000
"""Characters; a comment on GitHub holds 65,536 and is refused as a whole beyond."""

_OPEN_ROWS: Final = 10
"""Of so many rows a table is shown at once; a longer one is folded."""


def audit_markdown(report: AuditReport, *, patch: str = "") -> str:
    """An audit as markdown: what it means in one line, a table for each role, long ones folded.

    Args:
        report: the result.
        patch: the command that prints the patch.

    Returns:
        At most :data:`ROOM` characters or little more; what finds no room is counted and named as left out.
    """
    lines = [f"### bedrock-o11y audit: {markdown(words.verdict(report))}", "", markdown(words.summary(report))]
    said = words.shared(report)
    if said:
        lines += ["", markdown(words.shared_line(said))]
    for label, sentence in words.warnings(report):
        lines += ["", f"> **{label}**: {markdown(sentence)}"]
    if words.patch_line(report, patch):
        lines += ["", f"What closes the gaps (as json, terraform, cdk or cli): {markdown_code(patch)}"]
    tail = list(_clean(report))
    room = ROOM - sum(len(line) + 1 for line in (*lines, *tail))
    shown = words.troubled(report)
    for number, role in enumerate(shown):
        section = list(_role(role, words.own(role, report, said)))
        room -= sum(len(line) + 1 for line in section)
        if room < 0:
            left = len(shown) - number
            lines += [
                "",
                f"**{left} more role{'s have' if left > 1 else ' has'} findings for which there is no room "
                "in a comment**; `--format json` has them all.",
            ]
            break
        lines += section
    return "\n".join((*lines, *tail))


def _role(role: RoleReport, assumed: list[str]) -> Iterator[str]:
    yield ""
    yield f"#### {markdown_code(role.label)}"
    yield ""
    yield markdown(" ".join((f"{words.title(role)}.", *assumed)))
    for reason in role.unread:
        yield ""
        yield f"> **UNREAD**: {markdown(reason)}"
    rows = [row for group in words.groups(role.findings) for row in _rows(group)]
    if rows:
        folded = len(rows) > _OPEN_ROWS
        yield ""
        if folded:
            yield f"<details><summary>{len(rows)} findings</summary>"
            yield ""
        yield "| severity | finding | why |"
        yield "| --- | --- | --- |"
        yield from rows
        if folded:
            yield ""
            yield "</details>"
    if accepted := list(words.accepted_lines(role)):
        yield from _folded(f"{len(accepted)} accepted", accepted)


def _rows(group: words.Group) -> Iterator[str]:
    sentences = []
    for message, seen in group.sentences():
        shown = "".join(f"<br>{name}: {markdown_code(text)}" for name, text in seen)
        sentences.append(f"{markdown(message)}{shown}")
    steps = "".join(f"<br>Next: {markdown(step)}" for step in group.steps)
    rule = f"<code>{markdown(group.first.rule)}</code>"
    yield f"| **{group.label}** | {rule} {'<br>'.join(sentences)} | {markdown(group.why)}{steps} |"


def _clean(report: AuditReport) -> Iterator[str]:
    clean = words.clean(report)
    if not clean:
        return
    if len(clean) > words.MANY_CLEAN:
        yield ""
        yield f"{len(clean)} roles are clean."
        return
    lines = [f"{role.label}: {words.title(role)}" for role in clean]
    lines += [line for role in clean for line in words.accepted_lines(role)]
    yield from _folded(f"{len(clean)} clean", lines)


def _folded(title: str, lines: list[str]) -> Iterator[str]:
    yield ""
    yield f"<details><summary>{title}</summary>"
    yield ""
    for line in lines:
        yield f"- {markdown(line)}"
    yield ""
    yield "</details>"
