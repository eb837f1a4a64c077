"""A resource that no request ever names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity, sources
from bedrock_o11y.iam import StatementReference
from bedrock_o11y.report import Finding

from .rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .subject import Subject

RULE: Final = Rule(
    id="never-matches",
    title="A resource matches nothing that the role is asked for",
    severity=Severity.HIGH,
    why="The statement looks right and grants nothing, so that no log ever appears.",
    how="The pattern is compared with the ARNs on which CloudWatch Logs authorises: log-group:NAME:log-stream:STREAM, "
    "where neither name contains a colon. A doubled ':*' (the ARN of a log group already ends in it), a log group "
    "without its streams for an action on streams, and a log group prefix that the service does not use match none. "
    "A policy variable may have any value.",
    sources=(sources.LOG_GROUP_ARNS, sources.LOGS_ACTIONS),
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yields one finding for each such resource of each statement."""
    for dead in subject.dead:
        reference = StatementReference(
            dead.document.name, dead.statement.label, dead.document.pointer + dead.statement.pointer
        )
        yield Finding(
            rule=RULE.id,
            severity=RULE.severity,
            message=f"{subject.words(dead.resource)} never matches: {dead.reason}.",
            why=RULE.why,
            verdict="EXCESS",
            actions=dead.statement.actions,
            resource=subject.words(dead.resource),
            statement=str(reference),
            pointer=reference.pointer,
            sources=RULE.sources,
        )
