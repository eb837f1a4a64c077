"""What a role of a kind needs, permission by permission, and how far its policies grant each.

A grant of the blueprint is a template: the name of the agent, the repository, the model and the Region of a role are
not known beforehand. They are read off the role's own resource patterns where those have the form of the template.
Else the permission is asked for with every value at once; where the role grants only some, the value it does grant is
taken, and the permission is asked for again with that value. A value that was found once is kept for the following
permissions, so that a role is judged as the role of one agent, and not of a different one for each permission.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations
from string import Template
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.iam import ANY_NAME, Coverage, Effect, Need, Verdict, cover
from bedrock_o11y.iam.patterns import matches

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from bedrock_o11y.blueprint import Grant, RoleKind
    from bedrock_o11y.iam import PolicyDocument

ANY: Final = "*"
"""What stands for a template parameter that nobody knows."""
_TOLD: Final = ("Partition", "Account", "Region")
"""Parameters whose found value is worth telling; a found agent or model is one of many."""

PARAMETER: Final = re.compile(r"\$\{(\w+)\}")
"""A name in a template, as ``string.Template`` has it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One permission that a role needs, and how far it has it.

    Attributes:
        grant: the grant of the blueprint.
        action: one of its actions.
        resource: what was asked for, a pattern; a name that the audit found out by itself is a star.
        coverage: the answer.
        superseded: it is not needed for an agent of this age, and why; empty when it is needed.
    """

    grant: Grant
    action: str
    resource: str
    coverage: Coverage
    superseded: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """Everything that bears on the answers, beside the grants.

    Attributes:
        identity: the policies of the role.
        boundary: its permissions boundary.
        limits: SCPs.
        facts: condition keys of its sessions.
        agent_created: the day on which the agent was created.
    """

    identity: Sequence[PolicyDocument]
    boundary: PolicyDocument | None
    limits: Sequence[PolicyDocument]
    facts: Mapping[str, Any]
    agent_created: date


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


def ask(kind: RoleKind, variant: str, values: dict[str, str], asking: Asking) -> Iterator[Asked]:
    """Asks for every permission that a role of a kind needs.

    Args:
        kind: the kind.
        variant: of the kind; empty for none.
        values: template values that are known; those that are found out are added.
        asking: what bears on the answers.

    Yields:
        In the order of the blueprint, one answer for each action.
    """
    given = dict(values)
    for grant in needed(kind, variant):
        context = request_context(grant, values)
        for action in grant.actions:
            answers = [
                (_ask_one(action, template, context, values, asking), template)
                for template in grant.asked or grant.resources
            ]
            if grant.part_suffices:
                coverage, template = min(answers, key=lambda answer: _rank(answer[0]))
                if coverage.verdict is Verdict.PARTIAL:
                    coverage = replace(coverage, verdict=Verdict.GRANTED)
            else:
                coverage, template = max(answers, key=lambda answer: _rank(answer[0]))
            told = given | {name: values[name] for name in _TOLD if name in values}
            yield Asked(grant, action, fill(template, told), coverage, superseded(grant, asking.agent_created))


def request_context(grant: Grant, values: Mapping[str, str]) -> dict[str, str]:
    """The condition keys that a request of a grant carries: the first value of each of its conditions."""
    return {each.key: fill(each.values[0], values) for each in grant.conditions if each.values}


def fill(template: str, values: Mapping[str, str], other: str = ANY) -> str:
    """A template with its values; a parameter that is not known becomes a star, or what else is given."""
    known = {name: values.get(name, other) for name in PARAMETER.findall(template)}
    return Template(template).substitute(known)


def _ask_one(
    action: str, template: str, context: Mapping[str, str], values: dict[str, str], asking: Asking
) -> Coverage:
    """Asks for one action on one resource template; see the module for how unknown parameters are found."""
    unknowns = list(dict.fromkeys(name for name in PARAMETER.findall(template) if name not in values))
    for written in _written(action, template, unknowns, asking):
        own = _covered(action, template, context, {**values, **written}, asking)
        if own.verdict is Verdict.GRANTED:
            values |= written
            return own
    coverage = _covered(action, template, context, values, asking)
    if coverage.verdict is not Verdict.PARTIAL or coverage.allowed is None or not unknowns:
        return coverage
    match = reading(template).match(coverage.allowed.resource)
    if match is None:
        return coverage
    # As few values are pinned as will do: the Region alone, if the role has the permission for every agent there.
    for count in range(1, len(unknowns) + 1):
        for names in combinations(unknowns, count):
            found = {name: match[name] for name in names}
            own = _covered(action, template, context, {**values, **found}, asking)
            if _rank(own) < _rank(coverage):
                values |= found
                return own
    return coverage


def _written(action: str, template: str, unknowns: Sequence[str], asking: Asking) -> Iterator[dict[str, str]]:
    """Values of unknown parameters as the role's own resource patterns have them, ``my_agent-*``; no bare stars."""
    if not unknowns:
        return
    parameters = reading(template)
    wanted = action.lower()
    for document in asking.identity:
        for statement in document.statements:
            if statement.effect is not Effect.ALLOW or statement.not_resources or statement.not_actions:
                continue
            if not any(matches(pattern.lower(), wanted) for pattern in statement.actions):
                continue
            for resource in statement.resources:
                match = parameters.match(resource)
                found = {name: match[name] for name in unknowns if match[name] != ANY} if match else {}
                if found:
                    yield found


def _covered(
    action: str, template: str, context: Mapping[str, str], values: Mapping[str, str], asking: Asking
) -> Coverage:
    # Log groups and log streams have no colon in their names, so that a star of the template means no more than a name.
    of_logs = ":logs:" in template
    resource = fill(template.replace(ANY, ANY_NAME) if of_logs else template, values, ANY_NAME)
    return cover(
        Need(action, resource, dict(context)),
        identity=asking.identity,
        boundary=asking.boundary,
        limits=asking.limits,
        facts=asking.facts,
    )


@lru_cache(maxsize=1024)
def reading(template: str) -> re.Pattern[str]:
    """What reads the values of a template's parameters off a concrete ARN."""
    seen: set[str] = set()
    text, position = "", 0
    for match in PARAMETER.finditer(template):
        text += re.escape(template[position : match.start()])
        name = match[1]
        text += f"(?P={name})" if name in seen else f"(?P<{name}>[^:]+)"
        seen.add(name)
        position = match.end()
    rest = re.escape(template[position:]).replace(r"\*", ".*")
    return re.compile(f"{text.replace(chr(92) + '*', '[^:]*')}{rest}$", re.DOTALL)


_ORDER: Final = (
    Verdict.GRANTED,
    Verdict.CONDITIONAL,
    Verdict.UNKNOWN,
    Verdict.PARTIAL,
    Verdict.BLOCKED_BY_BOUNDARY,
    Verdict.DENIED,
    Verdict.MISSING,
)


def _rank(coverage: Coverage) -> int:
    return _ORDER.index(coverage.verdict)
