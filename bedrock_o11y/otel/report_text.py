"""What was found about an environment, for people: the worst first, each with what was seen and what to do."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from bedrock_o11y.report.escape import plain

from .variable import Hosting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .finding import EnvReport, Finding

_WIDTH: Final = 110
_INDENT: Final = " " * 10
_HOSTED: Final = {
    Hosting.RUNTIME: "an agent on AgentCore Runtime",
    Hosting.ELSEWHERE: "an agent outside of AgentCore Runtime",
    Hosting.LAMBDA: "an agent in a Lambda function",
}


def report_text(report: EnvReport) -> str:
    """A report as plain text, at most 110 columns wide where words allow.

    Args:
        report: the result.

    Returns:
        A head, the findings, what was not looked at, and one closing line.
    """
    return "\n".join(_lines(report))


def _lines(report: EnvReport) -> Iterator[str]:
    region = f", Region {report.region}" if report.region else ""
    yield plain(f"bedrock-o11y env check: {report.origin}, {_HOSTED[report.hosted]}{region}")
    yield f"{len(report.judged)} variable{'' if len(report.judged) == 1 else 's'} of OpenTelemetry and AWS in it."
    for finding in report.findings:
        yield ""
        yield from _finding(finding)
    yield ""
    yield from report.not_looked_at
    yield _verdict(report)


def _finding(finding: Finding) -> Iterator[str]:
    label = "UNKNOWN" if finding.unknown else finding.severity.value.upper()
    # Most messages begin with the name already.
    about = "" if not finding.variable or finding.variable in finding.message else f"{finding.variable}: "
    yield from _wrapped(f"{label:<8}  {finding.rule}: {plain(about + finding.message)}", _INDENT)
    for seen in finding.evidence:
        yield from _item("Seen", plain(seen))
    if finding.next:
        yield from _item("Next", plain(finding.next))


def _item(name: str, text: str) -> list[str]:
    return _wrapped(f"{_INDENT}  {f'{name}:':<6}{text}", f"{_INDENT}        ")


def _verdict(report: EnvReport) -> str:
    counts = ", ".join(f"{number} {name}" for name, number in report.counts().items())
    failing = len(report.failing())
    if failing:
        threshold = report.fail_on.value if report.fail_on else ""
        worse = "" if threshold == "critical" else " or worse"
        return f"Failed: {failing} finding{'' if failing == 1 else 's'} {threshold}{worse}. ({counts})"
    if report.unknown:
        return f"Not everything could be judged, so this is no pass. ({counts})"
    if not report.findings:
        return "All clear."
    return (
        f"Passed: nothing is {report.fail_on.value} or worse. ({counts})" if report.fail_on else f"Passed. ({counts})"
    )


def _wrapped(text: str, indent: str) -> list[str]:
    # Names of AWS are long and must stay whole, so that they can be copied.
    return textwrap.wrap(text, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
