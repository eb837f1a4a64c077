"""A check as plain text: for a pipe, a log file, a ticket."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from .ladder import State

if TYPE_CHECKING:
    from .ladder import LadderReport, Rung

LABELS: Final = {
    State.PASS: "PASS",
    State.FAIL: "FAIL",
    State.UNKNOWN: "UNKNOWN",
    State.NOT_APPLICABLE: "N/A",
}
_WIDTH: Final = 110
_INDENT: Final = " " * 10


def ladder_text(report: LadderReport) -> str:
    """A check as plain text, at most 110 columns wide where words allow.

    Args:
        report: the result.

    Returns:
        A head, the rungs in order with their evidence and next steps, and one closing line.
    """
    lines = [heading(report), report.basis, ""]
    for rung in report.rungs:
        lines += _rung(rung)
    lines += ["", verdict(report)]
    return "\n".join(lines)


def heading(report: LadderReport) -> str:
    """The first line: what was looked at, and when."""
    return f"bedrock-o11y check: account {report.account}, Region {report.region}, {report.time}"


def verdict(report: LadderReport) -> str:
    """The closing line: what it all means.

    Args:
        report: the result.

    Returns:
        One sentence, with the counts of each state that occurs.
    """
    counts = ", ".join(f"{report.count(state)} {LABELS[state]}" for state in State if report.count(state))
    if report.count(State.FAIL):
        failed = ", ".join(rung.id for rung in report.rungs if rung.state is State.FAIL)
        return f"Failed: {failed}. ({counts})"
    if report.count(State.UNKNOWN):
        return f"Nothing failed, but not everything could be judged. ({counts})"
    return f"All clear. ({counts})"


def _rung(rung: Rung) -> list[str]:
    lines = [f"{LABELS[rung.state]:<8}  {rung.id}: {rung.title}"]
    for sentence in rung.evidence:
        lines += _wrapped(sentence, _INDENT)
    if rung.next:
        lines += _wrapped(f"Next: {rung.next}", _INDENT, hanging="      ")
    return lines


def _wrapped(text: str, indent: str, hanging: str = "") -> list[str]:
    # Names of AWS are long and must stay whole, so that they can be copied.
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
