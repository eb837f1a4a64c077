"""A resource that no request ever names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity, sources
from bedrock_o11y.iam import Effect, StatementReference
from bedrock_o11y.report import Finding

from .log_arns import never_matches
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
    "without its streams for an action on streams, and a log group prefix that the service does not use match none.",
    sources=(sources.LOG_GROUP_ARNS, sources.LOGS_ACTIONS),
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yields one finding for each such resource of each statement."""
    for document, statement in subject.statements():
        if statement.effect is not Effect.ALLOW or statement.not_resources or statement.not_actions:
            continue
        reference = StatementReference(document.name, statement.label, document.pointer + statement.pointer)
        for resource in statement.resources:
            reason = never_matches(resource, statement.actions, subject.kind.id)
            if reason:
                yield Finding(
                    rule=RULE.id,
                    severity=RULE.severity,
                    message=f"{subject.words(resource)} never matches: {reason}.",
                    why=RULE.why,
                    verdict="EXCESS",
                    actions=statement.actions,
                    resource=subject.words(resource),
                    statement=str(reference),
                    pointer=reference.pointer,
                    sources=RULE.sources,
                )
