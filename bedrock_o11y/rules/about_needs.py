"""How a finding about a permission that the role needs is put into words; the rules of verdicts share it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedrock_o11y.blueprint import Severity
from bedrock_o11y.report import Finding

if TYPE_CHECKING:
    from .needs import Asked
    from .rule import Rule
    from .subject import Subject


def about(
    subject: Subject, rule: Rule, asked: Asked, message: str, *, severity: Severity | None = None, step: str = ""
) -> Finding:
    """A finding about one permission that the role needs.

    Args:
        subject: the role.
        rule: the rule that found it.
        asked: the permission, and how far it is granted.
        message: what is the matter, in one sentence.
        severity: how bad it is; None takes the grant's own. A permission that an agent of this age does not need is
            never worse than INFO.
        step: what to do next.
    """
    coverage = asked.coverage
    return Finding(
        rule=rule.id,
        severity=Severity.INFO if asked.superseded else severity or asked.grant.severity,
        message=message,
        why=asked.superseded or asked.grant.purpose,
        verdict=coverage.verdict.value,
        actions=(asked.action,),
        resource=subject.words(asked.resource),
        witness=subject.shown(coverage.witness),
        statement=str(coverage.statement) if coverage.statement else "",
        pointer=coverage.statement.pointer if coverage.statement else "",
        need=asked.grant.sid,
        next=step,
        sources=asked.grant.sources,
        confidence=asked.grant.confidence,
    )
