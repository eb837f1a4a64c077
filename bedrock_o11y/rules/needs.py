"""What a role of a kind needs, permission by permission, and how far its policies grant each.

A grant of the blueprint is a template: the name of the agent, the repository, the model and the Region of a role are
not known beforehand, and a role is judged as the role of one agent, not of a different one for each permission. So the
names are read off the role's own resource patterns first: each that occurs there is tried for the whole role, and the
one counts under which the role has most of what it needs. A name that no pattern tells is found permission by
permission: it is asked for with every value at once, and where the role grants only some, the value it does grant is
taken and kept for the permissions that follow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import combinations
from string import Template
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.iam import ANY_NAME, Coverage, Effect, Need, PolicyDocument, Verdict, cover
from bedrock_o11y.iam.actions import is_global_key
from bedrock_o11y.iam.document import VERSION_WITH_VARIABLES
from bedrock_o11y.iam.patterns import matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from bedrock_o11y.blueprint import Grant, RoleKind
    from bedrock_o11y.iam import Statement, Witness

ANY: Final = "*"
"""What stands for a template parameter that nobody knows."""
_TOLD: Final = ("Partition", "Account", "Region")
"""Parameters whose found value is worth telling; a found agent or model is one of many."""

_MOST_CANDIDATES: Final = 16
"""Names that are tried for a role; one that names a hundred log groups is judged by those it names most often."""

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


@dataclass(frozen=True, slots=True)
class Asking:
    """Everything that bears on the answers, beside the grants.

    Attributes:
        identity: the policies of the role.
        boundary: its permissions boundary.
        limits: SCPs; each must allow.
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
    for statement in _allows(asking.identity):
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


def _allows(identity: Iterable[PolicyDocument]) -> Iterator[Statement]:
    """The statements that allow actions on resources which they list."""
    for document in identity:
        for statement in document.statements:
            if statement.effect is Effect.ALLOW and not statement.not_resources and not statement.not_actions:
                yield statement


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
        if grant.part_suffices and first.verdict in _TAKEN_AWAY and coverage.verdict not in _TAKEN_AWAY:
            # Some of it is left, but what comes first was given and is taken away as a whole.
            coverage, template = replace(first, verdict=Verdict.PARTIAL), answers[0][1]
        told = dict(self._given) | {name: self.values[name] for name in _TOLD if name in self.values}
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


def fill(template: str, values: Mapping[str, str], other: str = ANY) -> str:
    """A template with its values; a parameter that is not known becomes a star, or what else is given."""
    # Like string.Template, only that it is cut up once: roles come by the thousand, templates by the dozen.
    return "".join(values.get(text, other) if named else text for named, text in _pieces(template))


@cache
def _pieces(template: str) -> tuple[tuple[bool, str], ...]:
    """A template as literal texts and names, in order; ``$$`` is a dollar."""
    found = Template.pattern.finditer(template)
    pieces: list[tuple[bool, str]] = []
    at = 0
    for match in found:
        pieces.append((False, template[at : match.start()]))
        name = match["named"] or match["braced"]
        pieces.append((True, name) if name else (False, "$"))
        at = match.end()
    pieces.append((False, template[at:]))
    return tuple(pieces)


class Questions:
    """What is asked of the policies of one role; a question that comes again is not answered again."""

    def __init__(self, asking: Asking) -> None:
        self.asking = asking
        self._answered: dict[tuple[str, str, tuple[tuple[str, str], ...]], Coverage] = {}

    def without(self, keys: Iterable[str]) -> Questions:
        """The same questions, with some condition keys known to be absent."""
        return Questions(replace(self.asking, facts={**self.asking.facts, **dict.fromkeys(keys)}))

    def ask(
        self, action: str, template: str, context: Mapping[str, str], values: dict[str, str], *, part_suffices: bool
    ) -> Coverage:
        """Asks for one action on one resource template; a value that is found out is added to ``values``."""
        coverage = self._pinned(action, template, context, values)
        if coverage.verdict is Verdict.PARTIAL and part_suffices:
            return self._of_a_part(action, template, context, values, coverage)
        return coverage

    def _pinned(self, action: str, template: str, context: Mapping[str, str], values: dict[str, str]) -> Coverage:
        unknowns = list(dict.fromkeys(name for name in PARAMETER.findall(template) if name not in values))
        for written in self._written(action, template, unknowns):
            own = self.covered(action, template, context, {**values, **written})
            if own.verdict is Verdict.GRANTED:
                values |= written
                return own
        coverage = self.covered(action, template, context, values)
        if coverage.verdict is not Verdict.PARTIAL or not unknowns:
            return coverage
        # As few values are pinned as will do: the Region alone, if the role has the permission for every agent there.
        for count in range(1, len(unknowns) + 1):
            for names in combinations(unknowns, count):
                found = self._met(action, template, context, values, names, coverage)
                own = self.covered(action, template, context, {**values, **found}) if found else coverage
                if rank(own) < rank(coverage):
                    values |= found
                    return own
        return coverage

    def _met(
        self,
        action: str,
        template: str,
        context: Mapping[str, str],
        values: Mapping[str, str],
        names: Sequence[str],
        coverage: Coverage,
    ) -> dict[str, str]:
        """Values of a request that is met. A Deny, boundary or SCP may tell the Region of a role and not its agent."""
        if not set(names) <= set(_TOLD):
            allows = [
                replace(document, statements=tuple(each for each in document.statements if each.effect is Effect.ALLOW))
                for document in self.asking.identity
                if not document.unknown
            ]
            alone = Questions(replace(self.asking, identity=allows, boundary=None, limits=()))
            coverage = alone.covered(action, template, context, values)
        match = reading(template).match(coverage.allowed.resource) if coverage.allowed else None
        return {name: match[name] for name in names} if match else {}

    def _written(self, action: str, template: str, unknowns: Sequence[str]) -> Iterator[dict[str, str]]:
        """Values of unknown parameters as the role's own patterns for an action have them; no bare stars."""
        if not unknowns:
            return
        parameters = reading(template)
        for statement in self._naming(action):
            for resource in statement.resources:
                match = parameters.match(resource)
                found = {name: match[name] for name in unknowns if match[name] != ANY} if match else {}
                if found:
                    yield found

    def _of_a_part(
        self, action: str, template: str, context: Mapping[str, str], values: Mapping[str, str], coverage: Coverage
    ) -> Coverage:
        """How far the role has the best part of what it has in part: that part may hang on a condition."""
        parts = [coverage.allowed.resource] if coverage.allowed else []
        denies = [
            each for document in self.asking.identity for each in document.statements if each.effect is not Effect.ALLOW
        ]
        for statement in self._naming(action):
            alone = replace(self.asking, identity=[PolicyDocument(VERSION_WITH_VARIABLES, (statement, *denies))])
            own = Questions(alone).covered(action, template, context, values)
            parts += [own.allowed.resource] if own.allowed else []
        found = (self._cover(action, part, context) for part in dict.fromkeys(parts))
        return min(found, key=rank, default=coverage)

    def _naming(self, action: str) -> Iterator[Statement]:
        wanted = action.lower()
        for statement in _allows(self.asking.identity):
            if any(matches(pattern.lower(), wanted) for pattern in statement.actions):
                yield statement

    def covered(self, action: str, template: str, context: Mapping[str, str], values: Mapping[str, str]) -> Coverage:
        """How far an action is granted on a template with some values; the others are any name."""
        resource = fill(template, values, ANY_NAME)
        # Log groups and log streams have no colon in their names, so that a star means no more than a name.
        return self._cover(action, resource.replace(ANY, ANY_NAME) if ":logs:" in template else resource, context)

    def _cover(self, action: str, resource: str, context: Mapping[str, str]) -> Coverage:
        question = (action, resource, tuple(sorted(context.items())))
        if question not in self._answered:
            self._answered[question] = cover(
                Need(action, resource, dict(context)),
                identity=self.asking.identity,
                boundary=self.asking.boundary,
                limits=self.asking.limits,
                facts=self.asking.facts,
            )
        return self._answered[question]


def misspelt(coverage: Coverage) -> tuple[str, ...]:
    """The keys on which an answer hangs that look like keys of AWS and are none it documents."""
    keys = {condition.key for condition in coverage.conditions}
    return tuple(sorted(key for key in keys if key.lower().startswith("aws:") and not is_global_key(key)))


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


_TAKEN_AWAY: Final = (Verdict.DENIED, Verdict.BLOCKED_BY_BOUNDARY)


def rank(coverage: Coverage) -> int:
    """0 for what is granted; the more, the less there is."""
    return _ORDER.index(coverage.verdict)
