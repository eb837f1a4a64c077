"""An action that the role needs, on more resources than it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity, sources
from bedrock_o11y.iam import Beyond, Verdict
from bedrock_o11y.iam.patterns import matches

from .about_excess import excesses, finding, grouped
from .needs import ANY, fill
from .rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.report import Finding

    from .about_excess import Group
    from .subject import Subject

RULE: Final = Rule(
    id="wider-resource",
    title="A permission reaches further than recommended",
    severity=Severity.MEDIUM,
    why="The role can write where it has no business: into the logs of other agents, into other accounts.",
    how="The action is recommended, but not on all of these resources; the witness is one that is not. A name that the "
    "audit cannot know (agent, repository, model) counts as a star.",
    sources=(sources.LEAST_PRIVILEGE,),
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yields one finding for each statement."""
    for group in grouped(subject, excesses(subject, Beyond.RESOURCE)):
        enough = subject.words(_enough(subject, group))
        reach = "reaches" if len(group.actions) == 1 else "reach"
        yield finding(
            subject,
            RULE,
            group,
            f"{', '.join(group.actions)} {reach} {', '.join(group.resources)}; {enough} is enough.",
            worst=RULE.severity,
        )
    for group in grouped(subject, excesses(subject, Beyond.UNKNOWN)):
        yield finding(
            subject,
            RULE,
            group,
            f"It cannot be said whether {', '.join(group.actions)} on {', '.join(group.resources)} is too wide.",
            worst=Severity.LOW,
        )


def _enough(subject: Subject, group: Group) -> str:
    """What is recommended for an action of the group, with the names that the role's own policies tell."""
    usual = next((text for each in group.excesses for text in each.recommended), "less")
    if any(matches(each.resource, usual) for each in group.excesses):
        return usual
    # It may be wider than what is written: then with the names that the role itself has, for any Region.
    called = {each.witness.action.lower() for each in group.excesses if each.witness}
    for asked in subject.asked:
        own = asked.grant.resources[0] if asked.grant.resources else ""
        if asked.action.lower() in called and asked.coverage.verdict is Verdict.GRANTED and own:
            names = {**subject.values, "Region": subject.given.get("Region", ANY)}
            return fill(own, names)
    return usual
