"""A permission that the role needs and that no statement of its policies allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity, sources
from bedrock_o11y.iam import Effect, StatementReference, Verdict
from bedrock_o11y.iam.patterns import matches

from .about_needs import about
from .rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.report import Finding

    from .needs import Asked
    from .subject import Subject

RULE: Final = Rule(
    id="missing-grant",
    title="A permission that the role needs is missing",
    severity=Severity.HIGH,
    why="The call fails with AccessDenied inside the agent or the service, where nobody sees it: nothing is logged.",
    how="Each grant of the blueprint is asked of the role's policies, action by action, on the ARN on which AWS "
    "authorises the call. It is missing when no Allow meets it. Where a service-linked role supplies it, or an agent "
    "of this age does not need it, the finding is INFO and says why.",
    sources=(sources.POLICY_EVALUATION,),
)

_SHOWN: Final = 3
"""So many resources of a statement are told."""


def check(subject: Subject) -> Iterator[Finding]:
    """Yields one finding for each missing action."""
    for asked in subject.asked:
        if asked.coverage.verdict is Verdict.MISSING:
            if subject.kind.id == "agentcore-memory" and not _allows_anything(subject):
                only = f"{asked.action} is missing; only strategies with models of your own need it."
                yield about(subject, RULE, asked, only, severity=Severity.LOW)
            else:
                yield about(subject, RULE, asked, _message(subject, asked))


def _allows_anything(subject: Subject) -> bool:
    """Whether any policy allows anything: the role of a memory that has no strategies, or built-in ones, need not."""
    return any(statement.effect is not Effect.DENY for _, statement in subject.statements())


def _message(subject: Subject, asked: Asked) -> str:
    if asked.superseded:
        return f"{asked.action} is not allowed, and not needed here."
    if asked.elsewhere:
        where, elsewhere = subject.words(asked.resource), subject.words(asked.elsewhere.resource)
        return f"{asked.action} is missing on {where}: the role has it elsewhere, on {elsewhere} for one."
    if named := _named(subject, asked.action):
        return f"{asked.action} is missing on {subject.words(asked.resource)}: {named}."
    return f"{asked.action} is missing: no policy of the role allows it."


def _named(subject: Subject, action: str) -> str:
    """What the first statement that names the action allows instead; empty when none does, or on nothing that is."""
    for document, statement in subject.statements():
        living = [resource for resource in statement.resources if resource not in subject.never_matching]
        names = any(matches(pattern.lower(), action.lower()) for pattern in statement.actions)
        if statement.effect is not Effect.ALLOW or statement.not_actions or not names or not living:
            continue
        shown = [*living[:_SHOWN], *(["…"] if len(living) > _SHOWN else [])]
        only = [] if "*" in living or statement.not_resources else [f"on {', '.join(map(subject.words, shown))}"]
        if statement.conditions:
            only.append(f"if {' and '.join(subject.words(str(each)) for each in statement.conditions)}")
        if only:
            reference = StatementReference(document.name, statement.label)
            return f"statement {reference} allows it only {' and only '.join(only)}"
    return ""
