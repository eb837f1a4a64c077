"""A permission that was needed once and that something else supplies today."""

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
    id="obsolete-grant",
    title="A permission is no longer needed",
    severity=Severity.INFO,
    why="A service-linked role supplies it, or agents of this age do not use it; taking it away narrows the role.",
    how="The role has a grant that the blueprint dates, and the agent (--agent-created) lies outside those dates. It "
    "is no excess: the agent's own code may call the API itself.",
    sources=(sources.SERVICE_LINKED_ROLES,),
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yields one finding for each action that is granted and no longer needed."""
    for asked in subject.asked:
        if asked.superseded and asked.grant.until and asked.coverage.verdict is Verdict.GRANTED:
            yield about(
                subject,
                RULE,
                asked,
                f"{asked.action} is granted and no longer needed.",
                step="Take it away unless the agent's own code calls it.",
            )
