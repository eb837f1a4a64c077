"""An audit as SARIF 2.1.0, for code scanning (https://docs.oasis-open.org/sarif/sarif/v2.1.0/)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import quote

from . import audit_words as words
from .escape import json_text, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .audit import Accepted, AuditReport, RoleReport, RuleSummary
    from .finding import Finding

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"

_LEVELS: Final = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}

_SCORES: Final = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0", "info": "0.0"}
"""``security-severity``: code scanning shows critical above 9.0, high from 7.0, medium from 4.0, low below."""


class Region(Protocol):
    """A part of a text file; lines and columns count from 1, the end column is one past the last character."""

    @property
    def start_line(self) -> int:
        """First line."""
        ...

    @property
    def start_column(self) -> int:
        """First column in the first line."""
        ...

    @property
    def end_line(self) -> int:
        """Last line."""
        ...

    @property
    def end_column(self) -> int:
        """One past the last column in the last line."""
        ...


if TYPE_CHECKING:
    Locate = Callable[[Path, str], Region | None]


def audit_sarif(report: AuditReport, *, locate: Locate | None = None, base: Path | None = None) -> str:
    """An audit as SARIF text with one run.

    What could not be read or decided makes ``executionSuccessful`` false and stands in the notifications; a finding
    that is undecided is an ``open`` result. Accepted findings are suppressed results with their reason.

    Args:
        report: the result.
        locate: where in a file the value of a JSON pointer stands; None, or an answer of None, gives no region.
        base: the folder that addresses of files are relative to; None takes the current folder.

    Returns:
        A SARIF log.
    """
    writer = _Writer(report.rules, locate, (base or Path.cwd()).resolve())
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "bedrock-o11y", "rules": [_rule(rule) for rule in report.rules]}},
        "automationDetails": {"id": "bedrock-o11y-audit/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not report.unknowns(),
                "toolExecutionNotifications": list(_notifications(report)),
            }
        ],
        "results": [result for role in report.roles for result in writer.results(role)],
        "properties": {"actionData": report.data_date, "rolesNoneOfOurs": report.others},
    }
    return json_text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(rule: RuleSummary) -> dict[str, Any]:
    document = {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"{rule.why} More: bedrock-o11y audit --explain {rule.id}"},
        "defaultConfiguration": {"level": _LEVELS[rule.severity.value]},
        "properties": {"security-severity": _SCORES[rule.severity.value], "tags": ["security", "iam"]},
    }
    return document | ({"helpUri": rule.source} if rule.source else {})


def _notifications(report: AuditReport) -> Iterator[dict[str, Any]]:
    for reason in report.unknowns():
        yield {"level": "error", "message": {"text": _message(reason)}}
    for reason in report.expired:
        yield {"level": "warning", "message": {"text": _message(reason)}}
    for reason in report.unused:
        yield {"level": "note", "message": {"text": _message(reason)}}


def _message(text: str) -> str:
    # SARIF 3.11.6: a bracket followed by a parenthesis would be a link.
    return plain(text).replace("](", "] (")


class _Writer:
    """Writes results; knows the rules by number, and remembers where things stand in files."""

    def __init__(self, rules: tuple[RuleSummary, ...], locate: Locate | None, base: Path) -> None:
        self._index = {rule.id: number for number, rule in enumerate(rules)}
        self._locate = locate
        self._base = base

    def results(self, role: RoleReport) -> Iterator[dict[str, Any]]:
        """Yields the findings of a role, then those that are accepted."""
        for finding in role.findings:
            yield self._result(role, finding)
        for each in role.accepted:
            yield self._result(role, each.finding) | {"suppressions": [_suppression(each)]}

    def _result(self, role: RoleReport, finding: Finding) -> dict[str, Any]:
        undecided = words.is_undecided(finding)
        sentences = (finding.message, finding.why, *((f"Next: {finding.next}",) if finding.next else ()))
        result: dict[str, Any] = {
            "ruleId": finding.rule,
            # SARIF 3.27.10: whatever is no failure has no level.
            "kind": "open" if undecided else "fail",
            "level": "none" if undecided else _LEVELS[finding.severity.value],
            "message": {"text": _message(" ".join(sentences))},
            "locations": [self._location(role, finding)],
            "partialFingerprints": {"bedrockO11y/v1": finding.fingerprint(role.label)},
            "properties": {
                "severity": finding.severity.value,
                "verdict": finding.verdict,
                "actions": list(finding.actions),
                "resource": finding.resource,
                "witness": finding.witness,
                "statement": finding.statement,
            },
        }
        if finding.rule in self._index:
            result["ruleIndex"] = self._index[finding.rule]
        return result

    def _location(self, role: RoleReport, finding: Finding) -> dict[str, Any]:
        logical = {"fullyQualifiedName": plain(role.label), "kind": "resource"}
        location: dict[str, Any] = {"logicalLocations": [logical]}
        if role.file is None:
            return location
        physical: dict[str, Any] = {"artifactLocation": self._artifact(role.file)}
        # What is absent has no statement; the role that lacks it is the place to look at.
        if self._locate and (region := self._locate(role.file, finding.pointer or role.pointer)):
            physical["region"] = {
                "startLine": region.start_line,
                "startColumn": region.start_column,
                "endLine": region.end_line,
                "endColumn": region.end_column,
            }
        return location | {"physicalLocation": physical}

    def _artifact(self, path: Path) -> dict[str, str]:
        whole = (Path.cwd() / path).resolve()
        if whole.is_relative_to(self._base):
            return {"uri": quote(whole.relative_to(self._base).as_posix()), "uriBaseId": "%SRCROOT%"}
        return {"uri": whole.as_uri()}


def _suppression(accepted: Accepted) -> dict[str, str]:
    reason = plain(f"{accepted.reason} (accepted until {accepted.expires})")
    return {"kind": "external", "status": "accepted", "justification": reason}
