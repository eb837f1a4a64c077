"""An action on the right resource, without the condition that narrows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity, sources
from bedrock_o11y.iam import Beyond

from .about_excess import excesses, finding, grouped
from .rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.report import Finding

    from .subject import Subject

RULE: Final = Rule(
    id="missing-condition",
    title="A recommended condition is missing",
    severity=Severity.LOW,
    why="An action without resource types can only be narrowed by a condition; without it the role can, for example, "
    "write metrics of any namespace.",
    how="Action and resource are recommended, but only under a condition that the role's statement does not have.",
    sources=(sources.LEAST_PRIVILEGE,),
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yields one finding for each statement."""
    for group in grouped(subject, excesses(subject, Beyond.CONTEXT)):
        wanted = "; ".join(dict.fromkeys(text for each in group.excesses for text in each.recommended))
        yield finding(
            subject,
            RULE,
            group,
            f"{', '.join(group.actions)} lacks the condition {subject.words(wanted)}.",
            worst=RULE.severity,
        )
