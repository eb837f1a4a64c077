"""An action that the action data does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity, sources
from bedrock_o11y.iam import Effect, StatementReference
from bedrock_o11y.iam.actions import DATA_DATE, PHANTOMS
from bedrock_o11y.report import Finding

from .about_excess import is_strange
from .rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .subject import Subject

RULE: Final = Rule(
    id="unrecognised-action",
    title="An action is not in the action data",
    severity=Severity.LOW,
    why="It may be misspelt, and then grants or denies nothing; or it may be newer than the data.",
    how=f"The action, or every action that a pattern could mean, is unknown to the service authorisation data of "
    f"{DATA_DATE}. Every such list lags behind, so this never says that an action does not exist.",
    sources=(sources.SERVICE_AUTHORIZATION,),
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yields one finding for each statement that names such actions."""
    for document, statement in subject.statements():
        strange = tuple(action for action in statement.actions if is_strange(action) and action.lower() not in PHANTOMS)
        if not strange:
            continue
        reference = StatementReference(document.name, statement.label, document.pointer + statement.pointer)
        effect = "denies" if statement.effect is Effect.DENY else "allows"
        yield Finding(
            rule=RULE.id,
            severity=RULE.severity,
            message=f"{statement.label} {effect} {', '.join(strange)}, unrecognised by data of {DATA_DATE}.",
            why=RULE.why,
            verdict="EXCESS",
            actions=strange,
            resource=", ".join(subject.words(each) for each in statement.resources),
            statement=str(reference),
            pointer=reference.pointer,
            sources=RULE.sources,
        )
