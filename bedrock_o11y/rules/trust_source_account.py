"""A trust policy that pins neither the account nor the resource on whose behalf the service acts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity, sources
from bedrock_o11y.iam import TrustVerdict

from .about_trust import about, open_to_anybody
from .rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.report import Finding

    from .subject import Subject

RULE: Final = Rule(
    id="trust-source-account",
    title="The trust policy pins no account",
    severity=Severity.HIGH,
    why="Somebody with a resource in another account can make the service assume this role (the confused deputy).",
    how="The statement that lets the service in has no condition on aws:SourceAccount or aws:SourceArn, and no Deny "
    "fences it. An aws:SourceArn that contains the account makes aws:SourceAccount redundant.",
    sources=(sources.CONFUSED_DEPUTY,),
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yields one finding when no source key is asked for."""
    trust = subject.trust
    if (
        trust
        and trust.verdict is TrustVerdict.CONFUSED_DEPUTY
        and not asks_for_source(subject)
        and not open_to_anybody(trust)
    ):
        yield about(
            subject,
            RULE,
            trust,
            f"The trust policy lets {subject.kind.service} in for every account: it asks for no aws:SourceAccount.",
        )


def asks_for_source(subject: Subject) -> bool:
    """Whether the trust policy speaks of a source key anywhere."""
    document = subject.role.trust
    return document is not None and any(
        condition.key.lower() in ("aws:sourceaccount", "aws:sourcearn")
        for statement in document.statements
        for condition in statement.conditions
    )
