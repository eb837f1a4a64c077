"""A check as JUnit XML, for continuous integration: one test case for each rung."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from .ladder import State

if TYPE_CHECKING:
    from .ladder import LadderReport, Rung

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot carry, not even escaped (https://www.w3.org/TR/xml/#charsets)."""


def ladder_junit(report: LadderReport) -> str:
    """A check as JUnit XML.

    FAIL is a failure; UNKNOWN and NOT_APPLICABLE are skipped with their reason, so that a reader of the report sees
    that nothing was proved.

    Args:
        report: the result.

    Returns:
        An XML document with one ``testsuite``.
    """
    skipped = report.count(State.UNKNOWN) + report.count(State.NOT_APPLICABLE)
    seconds = sum(rung.seconds for rung in report.rungs)
    counts = f'tests="{len(report.rungs)}" failures="{report.count(State.FAIL)}" errors="0" skipped="{skipped}"'
    name = _attribute(f"bedrock-o11y check {report.account} {report.region}")
    return "\n".join(
        (
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<testsuites name="bedrock-o11y check" {counts} time="{seconds:.3f}">',
            f'  <testsuite name={name} {counts} time="{seconds:.3f}" timestamp={_attribute(report.time)}>',
            *(_case(rung) for rung in report.rungs),
            "  </testsuite>",
            "</testsuites>",
        )
    )


def _case(rung: Rung) -> str:
    head = f'    <testcase classname="bedrock-o11y.check" name={_attribute(rung.id)} time="{rung.seconds:.3f}">'
    body = "\n".join((rung.title, *rung.evidence, *((f"Next: {rung.next}",) if rung.next else ())))
    first = rung.evidence[0] if rung.evidence else rung.title
    if rung.state is State.FAIL:
        inside = f'      <failure message={_attribute(first)} type="FAIL">{_text(body)}</failure>'
    elif rung.state is State.PASS:
        inside = f"      <system-out>{_text(body)}</system-out>"
    else:
        blocked = f" (blocked by {rung.blocked_by})" if rung.blocked_by else ""
        inside = f"      <skipped message={_attribute(f'{rung.state}{blocked}: {first}')}>{_text(body)}</skipped>"
    return f"{head}\n{inside}\n    </testcase>"


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text))


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text))
