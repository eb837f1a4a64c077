"""How a finding about the trust policy is put into words; the rules of trust share it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedrock_o11y.report import Finding

if TYPE_CHECKING:
    from bedrock_o11y.blueprint import Severity
    from bedrock_o11y.iam import StatementReference, TrustAssessment

    from .rule import Rule
    from .subject import Subject


def about(
    subject: Subject,
    rule: Rule,
    trust: TrustAssessment,
    message: str,
    *,
    verdict: str = "",
    statement: StatementReference | None = None,
    severity: Severity | None = None,
    resource: str = "",
    step: str = "",
) -> Finding:
    """A finding about the trust policy.

    Args:
        subject: the role.
        rule: the rule that found it.
        trust: what the trust policy lets the service do.
        message: what is the matter, in one sentence.
        verdict: None takes that of the assessment.
        statement: what shows it; None takes that of the assessment.
        severity: how bad it is; None takes the rule's own.
        resource: the principal or condition that it is about.
        step: what to do next.
    """
    shown = statement or trust.statement
    witness = ""
    if trust.witness and not verdict:
        context = trust.witness.context
        keys = ("aws:sourceaccount", "aws:sourcearn")
        lowered = {key.lower(): value for key, value in context.items()}
        witness = ", ".join(f"{name}={lowered[key]}" for key, name in zip(keys, _NAMES, strict=True) if key in lowered)
        witness = subject.words(witness or "aws:SourceAccount and aws:SourceArn absent")
    return Finding(
        rule=rule.id,
        severity=severity or rule.severity,
        message=message,
        why=rule.why,
        verdict=verdict or trust.verdict.value,
        actions=("sts:AssumeRole",),
        resource=resource,
        witness=witness,
        statement=str(shown) if shown else "",
        pointer=subject.trust_pointer(shown),
        need=subject.kind.trust.sid if subject.kind.trust else "",
        next=step,
        sources=rule.sources,
    )


def open_to_anybody(trust: TrustAssessment) -> bool:
    """Whether a star among the principals lets everybody in, the service for every account among them.

    That is one cause, and is told once, by the rule about other accounts.
    """
    return any(other.principal.value == "*" for other in trust.others)


_NAMES = ("aws:SourceAccount", "aws:SourceArn")
