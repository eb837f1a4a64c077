"""What was found about an environment as JSON, for programs. The shape is a contract: a change raises the version."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .finding import EnvReport

SCHEMA: Final = {"name": "bedrock-o11y/env", "version": 1}


def report_json(report: EnvReport) -> str:
    """A report as JSON text.

    Args:
        report: the result.

    Returns:
        An object with ``schema``, ``origin``, ``hosted``, ``region``, ``fail_on``, ``judged`` (names of variables),
        ``findings`` (``rule``, ``severity``, ``state``: ``FAIL``, ``NOTICE`` or ``UNKNOWN``, ``variable``, ``message``,
        ``evidence``, ``next``, ``sources``), ``counts`` by severity, and ``not_looked_at``.
    """
    failing = set(report.failing())
    document = {
        "schema": SCHEMA,
        "origin": report.origin,
        "hosted": report.hosted.value,
        "region": report.region,
        "fail_on": report.fail_on.value if report.fail_on else None,
        "judged": list(report.judged),
        "findings": [
            {
                "rule": finding.rule,
                "severity": finding.severity.value,
                "state": "UNKNOWN" if finding.unknown else "FAIL" if finding in failing else "NOTICE",
                "variable": finding.variable or None,
                "message": finding.message,
                "evidence": list(finding.evidence),
                "next": finding.next,
                "sources": [source.url for source in finding.sources],
            }
            for finding in report.findings
        ],
        "counts": report.counts(),
        "not_looked_at": list(report.not_looked_at),
    }
    return json.dumps(document, indent=2)
