"""A trust policy that keeps the service itself out."""

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
    id="trust-broken",
    title="The service cannot assume the role",
    severity=Severity.HIGH,
    why="Nothing that the role's policies allow is ever used: no call is made and nothing is logged.",
    how="No source context of this account (aws:SourceAccount, aws:SourceArn, each present or absent) is accepted for "
    "the service principal of this kind.",
    sources=(sources.CONFUSED_DEPUTY,),
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yields one finding when the service is kept out, or when that cannot be said."""
    trust = subject.trust
    if trust is None:
        return
    if trust.verdict is TrustVerdict.BROKEN:
        yield about(
            subject, RULE, trust, f"{subject.kind.service} cannot assume the role: {subject.words(trust.reason)}"
        )
    elif trust.verdict is TrustVerdict.UNKNOWN and not open_to_anybody(trust):
        yield about(
            subject,
            RULE,
            trust,
            f"It cannot be said who may assume the role: {subject.words(trust.reason)}",
            step="Audit the live role, or a dump that contains its trust policy.",
        )
