"""A trust policy that pins the account, and not what in it the service acts for."""

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
    id="trust-source-arn",
    title="The trust policy does not pin the source ARN",
    severity=Severity.MEDIUM,
    why="Any resource of the service in the account, in any Region, can make the service assume this role.",
    how="A source ARN of another service, Region or account does not keep the service out. AWS's guides pin "
    "aws:SourceArn beside aws:SourceAccount.",
    sources=(sources.RUNTIME_PERMISSIONS, sources.INVOCATION_LOGGING, sources.CONFUSED_DEPUTY),
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yields one finding when aws:SourceArn does not decide."""
    trust = subject.trust
    if trust is None or trust.pins_arn or (open_to_anybody(trust) and _own_statement_pins(subject)):
        return
    if trust.verdict in (TrustVerdict.BROKEN, TrustVerdict.UNKNOWN):
        return
    yield about(
        subject,
        RULE,
        trust,
        "The trust policy does not pin aws:SourceArn.",
        verdict="EXCESS",
        resource="aws:SourceArn",
    )


def _own_statement_pins(subject: Subject) -> bool:
    """Whether each statement that names the service speaks of the source ARN: then a star beside it is the cause."""
    document = subject.role.trust
    own = [
        statement
        for statement in (document.statements if document else ())
        if any(principal.value == subject.kind.service for principal in statement.principals or ())
    ]
    return all(any(each.key.lower() == "aws:sourcearn" for each in statement.conditions) for statement in own)
