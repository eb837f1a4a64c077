"""A trust policy whose fence is open when the service sends no source key."""

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
    id="trust-weak-if-absent",
    title="The trust policy is open when the source keys are absent",
    severity=Severity.MEDIUM,
    why="A fence of …IfExists or of a negated operator holds only while the service sends the key.",
    how="No other account's source keys are accepted, but a request with neither aws:SourceAccount nor aws:SourceArn "
    "is.",
    sources=(sources.CONFUSED_DEPUTY, sources.CONDITION_OPERATORS),
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yields one finding when the trust policy is open without source keys."""
    trust = subject.trust
    if trust and trust.verdict is TrustVerdict.WEAK_IF_ABSENT and not open_to_anybody(trust):
        yield about(
            subject, RULE, trust, f"The trust policy lets {subject.kind.service} in when it sends no source key at all."
        )
