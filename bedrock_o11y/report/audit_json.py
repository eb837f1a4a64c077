"""An audit as JSON, for programs. The shape is a contract: a change raises the version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .escape import json_text

if TYPE_CHECKING:
    from .audit import AuditReport, RoleReport
    from .finding import Finding

SCHEMA: Final = {"name": "bedrock-o11y/audit", "version": 1}


def audit_json(report: AuditReport, *, diff: bool = False) -> str:
    """An audit as JSON text; ``docs/bedrock-o11y-audit.schema.json`` says the same to a validator.

    Args:
        report: the result.
        diff: whether each role carries ``diff``, itself beside the blueprint.

    Returns:
        An object with ``schema``, ``origins``, ``data_date``, ``fail_on`` (null: nothing fails it), ``summary``
        (``roles`` by state, ``others``, ``findings`` by severity, ``failing``, ``undecided``, ``accepted``,
        ``partial``, ``expired``, ``unused``) and ``roles``, each with ``arn``, ``name``, ``kind``, ``kind_title``,
        ``state``, ``file``, ``pointer``, ``assumed``, ``unread``, ``findings`` and ``accepted``. A text that is not
        known is empty.
    """
    states = [role.state.value for role in report.roles]
    return json_text(
        {
            "schema": SCHEMA,
            "origins": list(report.origins),
            "data_date": report.data_date,
            "fail_on": report.fail_on.value if report.fail_on else None,
            "summary": {
                "roles": {"judged": states.count("judged"), "unread": states.count("unread")},
                "others": report.others,
                "findings": {severity.value: count for severity, count in report.counts().items()},
                "failing": len(report.failing()),
                "undecided": len(report.unknowns()),
                "accepted": sum(len(role.accepted) for role in report.roles),
                "partial": list(report.partial),
                "expired": list(report.expired),
                "unused": list(report.unused),
            },
            "roles": [_role(role, diff=diff) for role in report.roles],
        }
    )


def _role(role: RoleReport, *, diff: bool) -> dict[str, Any]:
    document: dict[str, Any] = {
        "arn": role.label if role.label.startswith("arn:") else "",
        "name": role.label.rpartition("/")[2],
        "kind": role.kind,
        "kind_title": role.kind_title,
        "state": role.state.value,
        "file": str(role.file or ""),
        "pointer": role.pointer,
        "assumed": list(role.assumed),
        "unread": list(role.unread),
        "findings": [_finding(finding, role.label) for finding in role.findings],
        "accepted": [
            {"reason": each.reason, "expires": each.expires, "finding": _finding(each.finding, role.label)}
            for each in role.accepted
        ],
    }
    if diff:
        document["diff"] = [
            {"need": line.need, "recommended": line.recommended, "actual": line.actual, "mark": line.mark}
            for line in role.diff
        ]
    return document


def _finding(finding: Finding, role: str) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "verdict": finding.verdict,
        "message": finding.message,
        "why": finding.why,
        "action": finding.action,
        "actions": list(finding.actions),
        "resource": finding.resource,
        "witness": finding.witness,
        "statement": finding.statement,
        "pointer": finding.pointer,
        "need": finding.need,
        "next": finding.next,
        "sources": [{"title": source.title, "url": source.url} for source in finding.sources],
        "confidence": finding.confidence.value if finding.confidence else "",
        "fingerprint": finding.fingerprint(role),
    }
