"""A trust policy that keeps the service itself out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity, sources
from bedrock_o11y.iam import TrustVerdict

from .about_trust import about
from .rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.report import Finding

    from .subject import Subject

RULE: Final = Rule(
    id="trust-broken",
    title="The service cannot assume the role",
    severity=Severity.HIGH,
    why="Nothing that the role's policies allow is ever used: no call is made and nothing is logged.",
    how="No source context of this account (aws:SourceAccount, aws:SourceArn, each present or absent) is accepted for "
    "the service principal of this kind. Invocation logging is a setting of the account and the Region as a whole; "
    "AWS documents the condition (aws:SourceArn …:*) and not the ARN that Bedrock sends. So a policy that accepts "
    "only ARNs of something in particular, a knowledge base say, is MEDIUM: that is not what logging is, but nobody "
    "has seen it refused.",
    sources=(sources.CONFUSED_DEPUTY, sources.INVOCATION_LOGGING),
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yields one finding when the service is kept out."""
    trust, general = subject.trust, subject.trust_for_no_resource
    if trust is None:
        return
    service = subject.kind.service
    if trust.verdict is TrustVerdict.BROKEN:
        yield about(subject, RULE, trust, f"{service} cannot assume the role: {subject.words(trust.reason)}.")
    elif general is not None and general.verdict is TrustVerdict.BROKEN:
        yield about(
            subject,
            RULE,
            general,
            f"{service} may assume the role only for something in particular, and this kind of role is for none: "
            f"{', '.join(map(subject.words, _source_arns(subject)))}.",
            severity=Severity.MEDIUM,
            resource="aws:SourceArn",
            step="Pin the account and the Region alone: aws:SourceArn arn:aws:bedrock:REGION:ACCOUNT:*.",
        )


def _source_arns(subject: Subject) -> list[str]:
    """The source ARNs that the trust policy writes."""
    return [
        value
        for statement in (subject.role.trust.statements if subject.role.trust else ())
        for condition in statement.conditions
        if condition.key.lower() == "aws:sourcearn"
        for value in condition.values
    ]
