"""A trust policy of which nobody can say whom it lets in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity, sources
from bedrock_o11y.iam import TrustVerdict
from bedrock_o11y.iam.unknown_text import UNKNOWN_START

from .about_trust import about, open_to_anybody
from .rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.report import Finding

    from .subject import Subject

RULE: Final = Rule(
    id="trust-unknown",
    title="It cannot be said who may assume the role",
    severity=Severity.HIGH,
    why="The service may be kept out, or another account let in: this is neither a pass nor a failure.",
    how="What the trust policy answers rests on a text that the source does not contain, or on a condition key beside "
    "aws:SourceAccount and aws:SourceArn whose value nobody knows (an organization, an external id, a time). Exit "
    "code 3, unless --allow-unknown.",
    sources=(sources.CONFUSED_DEPUTY,),
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yields one finding when the trust policy cannot be judged."""
    trust = subject.trust
    if trust is None or trust.verdict is not TrustVerdict.UNKNOWN or open_to_anybody(trust):
        return
    yield about(
        subject,
        RULE,
        trust,
        f"It cannot be said who may assume the role: {subject.words(trust.reason)}.",
        step=_step(subject),
    )


def _step(subject: Subject) -> str:
    document = subject.role.trust
    texts = [
        text
        for statement in (document.statements if document else ())
        for text in (
            *statement.actions,
            *(principal.value for principal in statement.principals or ()),
            *(text for condition in statement.conditions for text in (condition.key, *condition.values)),
        )
    ]
    if document is None or document.unknown or any(UNKNOWN_START in text for text in texts):
        return "Audit the live role, or a dump that contains its trust policy."
    return "Ask for aws:SourceAccount and aws:SourceArn instead, the keys that AWS documents for this service."
