"""A trust policy that compares the source ARN with StringLike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity, sources

from .about_trust import about
from .rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.report import Finding

    from .subject import Subject

RULE: Final = Rule(
    id="trust-loose-arn",
    title="aws:SourceArn is compared with StringLike",
    severity=Severity.LOW,
    why="The star of StringLike crosses the colons of an ARN, so that a Region or an account can hide inside it.",
    how="A condition StringLike on aws:SourceArn in the statement that lets the service in; ArnLike compares the six "
    "fields one by one.",
    sources=(sources.CONDITION_OPERATORS,),
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yields one finding when StringLike compares the source ARN."""
    trust = subject.trust
    if trust and trust.loose_arn:
        yield about(
            subject,
            RULE,
            trust,
            "aws:SourceArn is compared with StringLike; use ArnLike.",
            verdict="EXCESS",
            resource="aws:SourceArn",
        )
