"""An action that the action data does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity, sources
from bedrock_o11y.iam import Effect, StatementReference
from bedrock_o11y.iam.actions import DATA_DATE, PHANTOMS, known
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

_SERVICES: Final = ("logs", "bedrock", "bedrock-agentcore", "xray", "cloudwatch", "ecr")
"""The services of which an action without a prefix may be."""


def check(subject: Subject) -> Iterator[Finding]:
    """Yields one finding for each statement that names such actions."""
    for document, statement in subject.statements():
        strange = tuple(action for action in statement.actions if is_strange(action) and action.lower() not in PHANTOMS)
        if not strange:
            continue
        reference = StatementReference(document.name, statement.label, document.pointer + statement.pointer)
        meant = [real for action in strange if (real := _meant(action))]
        hint = f" Did you mean {', '.join(meant)}?" if meant else ""
        effect = "denies" if statement.effect is Effect.DENY else "allows"
        yield Finding(
            rule=RULE.id,
            severity=RULE.severity,
            message=f"{statement.label} {effect} {', '.join(strange)}, unrecognised by data of {DATA_DATE}.{hint}",
            why=RULE.why,
            verdict="EXCESS",
            actions=strange,
            resource=", ".join(subject.words(each) for each in statement.resources),
            statement=str(reference),
            pointer=reference.pointer,
            sources=RULE.sources,
        )


def _meant(action: str) -> str:
    """The action without a slip of the pen: a dot for the colon, a space, no prefix; empty when that is none either."""
    bare = action.replace(" ", "")
    texts = [bare, bare.replace(".", ":", 1)] if ":" in bare or "." in bare else [f"{one}:{bare}" for one in _SERVICES]
    return next((facts.action for text in texts if (facts := known(text))), "")
