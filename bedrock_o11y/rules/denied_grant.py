"""A permission that the role has and that a Deny takes away again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity, sources
from bedrock_o11y.iam import Verdict

from .about_needs import about
from .rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.report import Finding

    from .subject import Subject

RULE: Final = Rule(
    id="denied-grant",
    title="A Deny takes away a permission that the role needs",
    severity=Severity.HIGH,
    why="An explicit Deny wins over every Allow, so that adding permissions changes nothing.",
    how="An Allow meets the need, and explicit Denies of the role's policies take all of it away for the facts at "
    "hand. A Deny whose condition cannot be judged makes the permission conditional instead.",
    sources=(sources.POLICY_EVALUATION,),
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yields one finding for each action that is denied."""
    for asked in subject.asked:
        if asked.coverage.verdict is Verdict.DENIED:
            by = f" by statement {asked.coverage.statement}" if asked.coverage.statement else ""
            yield about(
                subject,
                RULE,
                asked,
                f"{asked.action} is allowed and then denied{by}.",
                step="Narrow that Deny; an Allow cannot help.",
            )
