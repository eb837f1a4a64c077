"""An action that does not exist, and what takes its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity, sources
from bedrock_o11y.iam import Effect, StatementReference
from bedrock_o11y.iam.actions import PHANTOMS
from bedrock_o11y.report import Finding

from .rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .subject import Subject

RULE: Final = Rule(
    id="phantom-action",
    title="An action does not exist",
    severity=Severity.MEDIUM,
    why="It grants nothing, so whoever wrote it believes the role can do something that it cannot.",
    how="The action is on a short, sourced list of names that are taken for actions and are none: operations that are "
    "authorised under another action, or names that never existed.",
    sources=(sources.BEDROCK_ACTIONS, sources.AGENTCORE_ACTIONS),
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yields one finding for each such action of each statement."""
    for document, statement in subject.statements():
        for action in statement.actions:
            replacement = PHANTOMS.get(action.lower())
            if replacement is None or statement.effect is Effect.DENY or statement.not_actions:
                continue
            reference = StatementReference(document.name, statement.label, document.pointer + statement.pointer)
            yield Finding(
                rule=RULE.id,
                severity=RULE.severity,
                message=f"{action} is not an IAM action: {replacement}",
                why=RULE.why,
                verdict="EXCESS",
                actions=(action,),
                resource=", ".join(subject.words(each) for each in statement.resources),
                statement=str(reference),
                pointer=reference.pointer,
                sources=RULE.sources,
            )
