"""An audit as JUnit XML, for continuous integration: one test case for each role and rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import audit_words as words
from .escape import xml_attribute, xml_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .audit import AuditReport, RoleReport, RuleSummary
    from .finding import Finding


@dataclass(frozen=True, slots=True)
class _Case:
    """One test case.

    Attributes:
        name: id of the rule.
        result: ``failure``, ``skipped``, or ``system-out`` for one that passes.
        message: why, for failure and skipped.
        body: everything there is to say; empty for a bare pass.
    """

    name: str
    result: str = "system-out"
    message: str = ""
    body: str = ""


def audit_junit(report: AuditReport) -> str:
    """An audit as JUnit XML: one ``testsuite`` for each role, in it one ``testcase`` for each rule.

    A finding at or above the threshold is a failure, one below stands in ``system-out``. What could not be read or
    decided is skipped with its reason, so that a reader of the report sees that nothing was proved.

    Args:
        report: the result.

    Returns:
        An XML document.
    """
    failing = frozenset(report.failing())
    suites = [(role.label, [_case(rule, role, failing) for rule in report.rules]) for role in report.roles]
    if report.partial:
        reading = [_Case("reading", "skipped", f"PARTIAL: {reason}", reason) for reason in report.partial]
        suites.insert(0, ("what could not be read", reading))
    said = [*(f"{label}: {sentence}" for label, sentence in words.warnings(report)), words.summary(report)]
    every = [case for _, cases in suites for case in cases]
    return "\n".join(
        (
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<testsuites name="bedrock-o11y audit" {_counts(every)} time="0">',
            *(_suite(name, cases) for name, cases in suites),
            f'  <testsuite name="bedrock-o11y audit" {_counts(())} time="0">',
            f"    <system-out>{xml_text(chr(10).join(said))}</system-out>",
            "  </testsuite>",
            "</testsuites>",
        )
    )


def _suite(name: str, cases: Sequence[_Case]) -> str:
    head = f'  <testsuite name={xml_attribute(name)} {_counts(cases)} time="0">'
    return "\n".join((head, *(_written(case) for case in cases), "  </testsuite>"))


def _counts(cases: Iterable[_Case]) -> str:
    results = [case.result for case in cases]
    failures, skipped = results.count("failure"), results.count("skipped")
    return f'tests="{len(results)}" failures="{failures}" errors="0" skipped="{skipped}"'


def _written(case: _Case) -> str:
    head = f'    <testcase classname="bedrock-o11y.audit" name={xml_attribute(case.name)} time="0"'
    if not case.body:
        return f"{head} />"
    attributes = f" message={xml_attribute(case.message)}" if case.message else ""
    attributes += ' type="FAIL"' if case.result == "failure" else ""
    return f"{head}>\n      <{case.result}{attributes}>{xml_text(case.body)}</{case.result}>\n    </testcase>"


def _case(rule: RuleSummary, role: RoleReport, failing: frozenset[Finding]) -> _Case:
    found = [finding for finding in role.findings if finding.rule == rule.id]
    accepted = [each for each in role.accepted if each.finding.rule == rule.id]
    body = [_said(finding) for finding in found]
    body += [f"Accepted until {each.expires}: {each.finding.message}\n{each.reason}" for each in accepted]
    text = "\n\n".join(body)
    if bad := [finding for finding in found if finding in failing]:
        return _Case(rule.id, "failure", _counted(bad), text)
    if open_ := [finding for finding in found if words.is_undecided(finding)]:
        return _Case(rule.id, "skipped", f"UNKNOWN: {_counted(open_)}", text)
    if role.unread:
        # Of a role that was read in part, the absence of a finding proves nothing.
        return _Case(rule.id, "skipped", f"UNREAD: {role.unread[0]}", "\n\n".join((*role.unread, *body)))
    return _Case(rule.id, body=text)


def _counted(findings: Sequence[Finding]) -> str:
    more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
    return f"{findings[0].message}{more}"


def _said(finding: Finding) -> str:
    lines = [f"{finding.severity.value.upper()}: {finding.message}", f"Why: {finding.why}"]
    lines += [f"{name}: {text}" for name, text in words.evidence(finding)]
    if finding.next:
        lines.append(f"Next: {finding.next}")
    return "\n".join(lines)
