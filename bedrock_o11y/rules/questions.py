"""How far the policies of a role grant one action on a template of ARNs, whose names may have to be found out."""

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

    from bedrock_o11y.iam import Statement

ANY: Final = "*"
"""What stands for a template parameter that nobody knows."""
TOLD: Final = ("Partition", "Account", "Region")
"""Parameters whose found value is worth telling; a found agent or model is one of many."""

PARAMETER: Final = re.compile(r"\$\{(\w+)\}")
"""A name in a template, as ``string.Template`` has it."""


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


def allows(identity: Iterable[PolicyDocument]) -> Iterator[Statement]:
    """The statements that allow actions on resources which they list."""
    for document in identity:
        for statement in document.statements:
            if statement.effect is Effect.ALLOW and not statement.not_resources and not statement.not_actions:
                yield statement


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
        if not set(names) <= set(TOLD):
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
        for statement in allows(self.asking.identity):
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


TAKEN_AWAY: Final = (Verdict.DENIED, Verdict.BLOCKED_BY_BOUNDARY)


def rank(coverage: Coverage) -> int:
    """0 for what is granted; the more, the less there is."""
    return _ORDER.index(coverage.verdict)
