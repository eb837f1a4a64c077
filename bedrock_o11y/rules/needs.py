"""What a role of a kind needs, permission by permission, and how far its policies grant each.

A grant of the blueprint is a template: the name of the agent, the repository, the model and the Region of a role are
not known beforehand, and a role is judged as the role of one agent, not of a different one for each permission. So the
names are read off the role's own resource patterns first: each that occurs there is tried for the whole role, and the
one counts under which the role has most of what it needs. A name that no pattern tells is found permission by
permission: it is asked for with every value at once, and where the role grants only some, the value it does grant is
taken and kept for the permissions that follow.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bedrock_o11y.iam import Verdict

from .questions import (
    ANY,
    PARAMETER,
    TAKEN_AWAY,
    TOLD,
    Asking,
    Questions,
    allows,
    fill,
    misspelt,
    rank,
    reading,
)

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from bedrock_o11y.blueprint import Grant, RoleKind
    from bedrock_o11y.iam import Coverage, Witness

_MOST_CANDIDATES: Final = 16
"""Names that are tried for a role; one that names a hundred log groups is judged by those it names most often."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One permission that a role needs, and how far it has it.

    Attributes:
        grant: the grant of the blueprint.
        action: one of its actions.
        resource: what was asked for, a pattern; a name that the audit found out by itself is a star.
        coverage: the answer.
        superseded: it is not needed for an agent of this age, and why; empty when it is needed.
        elsewhere: of a missing permission, a request that the role does have it for: of an agent, say, for which it
            has still less of the rest; None when it has it nowhere. Then ``resource`` has the names in it.
        if_absent: of a permission that hangs on a key that AWS does not document, how far it is granted when the key
            is absent, as a misspelt key always is; else None.
    """

    grant: Grant
    action: str
    resource: str
    coverage: Coverage
    superseded: str = ""
    elsewhere: Witness | None = None
    if_absent: Coverage | None = None


def needed(kind: RoleKind, variant: str) -> tuple[Grant, ...]:
    """The grants of a kind that a variant of it cannot do without."""
    return tuple(grant for grant in kind.grants if not grant.optional and for_variant(grant, variant))


def for_variant(grant: Grant, variant: str) -> bool:
    """Whether a grant belongs to a variant."""
    return not grant.variants or not variant or variant in grant.variants


def superseded(grant: Grant, agent_created: date) -> str:
    """Why an agent of this age does not need a grant, in a sentence; empty when it does."""
    too_old = grant.since is not None and agent_created < grant.since
    too_new = grant.until is not None and agent_created > grant.until
    return grant.superseded if too_old or too_new else ""


def ask(
    kind: RoleKind, variant: str, given: Mapping[str, str], asking: Asking
) -> tuple[tuple[Asked, ...], dict[str, str]]:
    """Asks for every permission that a role of a kind needs.

    Args:
        kind: the kind.
        variant: of the kind; empty for none.
        given: template values that are known.
        asking: what bears on the answers.

    Returns:
        One answer for each action, in the order of the blueprint; and the template values, those that were found out
        among them.
    """
    grants = needed(kind, variant)
    questions = Questions(asking)
    trials: list[_Trial] = []
    for names in _candidates(grants, given, asking):
        trials.append(_Trial(grants, given, names, questions))
        if trials[-1].settled:
            break
    best = max(trials, key=lambda trial: trial.score)
    return tuple(best.answers), best.values


def _candidates(grants: Iterable[Grant], given: Mapping[str, str], asking: Asking) -> Iterator[dict[str, str]]:
    """Names of which a role may be, as its own resource patterns write them, the most frequent first; no bare stars.

    Which repository or model it is (where a part suffices) is no matter of the whole role.
    """
    templates = {
        template
        for grant in grants
        if not grant.part_suffices and not superseded(grant, asking.agent_created)
        for written in (*grant.resources, *grant.asked, *grant.accepted)
        if any(name not in given for name in PARAMETER.findall(written))
        for template in (written, *_of_all_streams(written))
    }
    readings = [reading(template) for template in sorted(templates)]
    counted: dict[tuple[tuple[str, str], ...], int] = {}
    for statement in allows(asking.identity):
        for resource in statement.resources:
            for names in dict.fromkeys(_names(one, resource, given) for one in readings):
                counted[names] = counted.get(names, 0) + 1
    whole = [names for names in counted if not any(set(names) < set(other) for other in counted)]
    for names in sorted(whole, key=lambda names: -counted[names])[:_MOST_CANDIDATES]:
        if names:
            yield dict(names)
    yield {}


def _of_all_streams(template: str) -> tuple[str, ...]:
    """A log stream as people write it who name the log group alone."""
    group, streams, _ = template.partition(":log-stream:")
    return (group, f"{group}:*") if streams else ()


def _names(one: re.Pattern[str], resource: str, given: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    match = one.match(resource)
    if match is None or any(given.get(name, value) != value for name, value in match.groupdict().items()):
        return ()
    return tuple(sorted((name, text) for name, text in match.groupdict().items() if name not in given and text != ANY))


class _Trial:
    """Everything that a role needs, asked for under some names."""

    def __init__(
        self, grants: Iterable[Grant], given: Mapping[str, str], names: Mapping[str, str], questions: Questions
    ) -> None:
        self._given = given
        self._questions = questions
        self.values = {**given, **names}
        self.settled = True
        self.answers = [self._asked(grant, action) for grant in grants for action in grant.actions]

    @property
    def score(self) -> tuple[int, int]:
        """How much of what it needs the role has: the more is granted, and then the less is missing, the better."""
        verdicts = [asked.coverage.verdict for asked in self.answers if not asked.superseded]
        return verdicts.count(Verdict.GRANTED), -verdicts.count(Verdict.MISSING)

    def _asked(self, grant: Grant, action: str) -> Asked:
        context = request_context(grant, self.values)
        answers = [
            (self._questions.ask(action, template, context, self.values, part_suffices=grant.part_suffices), template)
            for template in grant.asked or grant.resources
        ]
        choose = min if grant.part_suffices else max
        coverage, template = choose(answers, key=lambda answer: rank(answer[0]))
        first = answers[0][0]
        if grant.part_suffices and first.verdict in TAKEN_AWAY and coverage.verdict not in TAKEN_AWAY:
            # Some of it is left, but what comes first was given and is taken away as a whole.
            coverage, template = replace(first, verdict=Verdict.PARTIAL), answers[0][1]
        told = dict(self._given) | {name: self.values[name] for name in TOLD if name in self.values}
        asked = Asked(
            grant, action, fill(template, told), coverage, superseded(grant, self._questions.asking.agent_created)
        )
        if strange := misspelt(coverage):
            questions = self._questions.without(strange)
            asked = replace(
                asked,
                if_absent=questions.ask(
                    action, template, context, dict(self.values), part_suffices=grant.part_suffices
                ),
            )
        if coverage.verdict is Verdict.GRANTED or not PARAMETER.search(template):
            return asked
        # Would any other name do better?
        if rank(self._questions.covered(action, template, context, self._given)) < rank(coverage):
            self.settled = self.settled and bool(asked.superseded)
        if coverage.verdict is not Verdict.MISSING:
            return asked
        anyhow = self._questions.covered(action, template, context, {})
        resource = fill(template, self.values) if anyhow.allowed else asked.resource
        return replace(asked, resource=resource, elsewhere=anyhow.allowed)


def request_context(grant: Grant, values: Mapping[str, str]) -> dict[str, str]:
    """The condition keys that a request of a grant carries: the first value of each of its conditions."""
    return {each.key: fill(each.values[0], values) for each in grant.conditions if each.values}


__all__ = ["ANY", "PARAMETER", "Asked", "Asking", "ask", "fill", "for_variant", "needed", "reading", "request_context"]
