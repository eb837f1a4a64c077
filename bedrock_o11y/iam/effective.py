"""What documents say about one action, ready to be matched: the statements that speak of it, as clauses.

A clause is one statement as far as it matters for one action in one context: which resources it is about, and how
certain it is that it counts. From clauses follow the sets that every question is about: what is allowed at the least,
and at the most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from .budget import spend
from .conditions import holds, open_conditions
from .document import VERSION_WITH_VARIABLES, Effect, PolicyDocument
from .patterns import Bound, Reading, has_two_readings, resource, split
from .speaking import speaking
from .unknown_text import UNKNOWN_START
from .variables import substitute
from .witness import StatementReference

if TYPE_CHECKING:
    from .document import Condition, Statement
    from .pattern import Pattern
    from .request_context import Context

Document = PolicyDocument | Mapping[str, Any] | str


class Level(IntEnum):
    """How favourably the open things are taken."""

    CERTAIN = 0
    """Allowed whatever the open conditions and texts are."""
    CONDITIONS = 1
    """Allowed if the open conditions turn out well, whatever the texts are that nobody knows."""
    POSSIBLE = 2
    """Allowed if everything turns out well."""


class Openness(IntEnum):
    """Why a clause may or may not count."""

    NOT = 0
    """It counts."""
    CONDITION = 1
    """A condition rests on a key that is not known."""
    TEXT = 2
    """It rests on a text that is not known."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One statement, as far as it is about one action in one context.

    Attributes:
        document: where it stands; one that is not known has a clause without statement.
        statement: the statement.
        texts: its resource patterns with the values of the context put in.
        negated: whether it is about everything else.
        variables: whether variables count in the texts.
        open: why it may or may not count.
    """

    document: PolicyDocument
    statement: Statement | None
    texts: tuple[str, ...]
    negated: bool
    variables: bool
    open: Openness

    @property
    def reference(self) -> StatementReference | None:
        """The statement as evidence."""
        return None if self.statement is None else reference(self.document, self.statement)

    def patterns(self, reading: Reading, *, most: bool) -> tuple[Pattern, ...]:
        """Its patterns, such that the clause is about as much as it may be, or as little as it must be."""
        if self.negated:
            # What it leaves out is least when its patterns match least.
            return compiled(self.texts, reading, Bound.LOWER if most else Bound.UPPER, self.variables)
        return compiled(self.texts, reading, Bound.UPPER if most else Bound.LOWER, self.variables)


@lru_cache(maxsize=2048)
def compiled(texts: tuple[str, ...], reading: Reading, bound: Bound, variables: bool) -> tuple[Pattern, ...]:
    """Patterns of resources, read in one way."""
    return tuple(
        resource(
            text,
            reading if has_two_readings(text) else Reading.FIELDS,
            bound if UNKNOWN_START in text or (variables and "${" in text) else Bound.LOWER,
            variables=variables,
        )
        for text in texts
    )


@dataclass(frozen=True, slots=True)
class Layer:
    """Documents that speak together: the policies of an identity, a boundary, a limit.

    Attributes:
        name: for people; empty for the identity.
        allows: clauses that allow.
        denies: clauses that deny.
    """

    name: str
    allows: tuple[Clause, ...]
    denies: tuple[Clause, ...]

    def counting_allows(self, level: Level) -> Iterable[Clause]:
        """The clauses that allow at a level."""
        return (clause for clause in self.allows if clause.open <= level)

    def counting_denies(self, level: Level) -> Iterable[Clause]:
        """The clauses that deny at a level: the more favourable, the fewer."""
        return (clause for clause in self.denies if clause.open == Openness.NOT or clause.open > level)

    def allowed(self, matched: Callable[[Clause, bool], bool], level: Level) -> bool:
        """Whether one request is allowed.

        Args:
            matched: whether a clause is about the request, at the most or at the least.
            level: how favourably.
        """
        possible = level is Level.POSSIBLE
        return not any(matched(clause, not possible) for clause in self.counting_denies(level)) and any(
            matched(clause, possible) for clause in self.counting_allows(level)
        )


class Facts(Protocol):
    """What is known of a request beside its action and resource."""

    @property
    def context(self) -> Context | None:
        """From which variables in resources get their values; None when they stay holes."""

    def judge(self, conditions: tuple[Condition, ...], variables: bool, /) -> bool | None:
        """Whether the conditions of a statement hold."""

    def why_open(self, conditions: tuple[Condition, ...], variables: bool, /) -> Openness:
        """Why that is not known."""


@dataclass(frozen=True, slots=True)
class ContextFacts:
    """What a context says.

    Attributes:
        context: the context.
    """

    context: Context

    def judge(self, conditions: tuple[Condition, ...], variables: bool, /) -> bool | None:
        """Whether the conditions of a statement hold."""
        return holds(conditions, self.context, variables=variables)

    def why_open(self, conditions: tuple[Condition, ...], variables: bool, /) -> Openness:
        """A text if one of the conditions that are open has a piece that is not known, else a key."""
        for one in open_conditions(conditions, self.context, variables=variables):
            if UNKNOWN_START in "".join((one.operator, one.key, *one.values)):
                return Openness.TEXT
        return Openness.CONDITION


def documents(source: Document | Sequence[Document] | None) -> tuple[PolicyDocument, ...]:
    """Documents as callers give them: one or several, parsed or not.

    Raises:
        PolicyError: one of them cannot be read.
    """
    if source is None:
        return ()
    if isinstance(source, PolicyDocument):
        return (source,)
    if isinstance(source, str | Mapping):
        return (PolicyDocument.parse(source),)
    return tuple(one if isinstance(one, PolicyDocument) else PolicyDocument.parse(one) for one in source)


def reference(document: PolicyDocument, statement: Statement) -> StatementReference:
    """A statement as evidence."""
    return StatementReference(document.name, statement.label, document.pointer + statement.pointer)


def layer(
    name: str,
    sources: Iterable[PolicyDocument],
    wanted: str,
    facts: Facts,
    *,
    principal: str = "",
    begins: str = "",
) -> Layer:
    """What documents say about one action in one context.

    Args:
        name: of the layer.
        sources: the documents.
        wanted: a concrete action, in lower case.
        facts: what is known of the request.
        principal: who asks, for statements with principals.
        begins: how every resource that matters begins; statements whose resources begin otherwise are left out.
    """
    allows: list[Clause] = []
    denies: list[Clause] = []
    for document in sources:
        if document.unknown:
            clause = Clause(document, None, ("*",), False, False, Openness.TEXT)
            allows.append(clause)
            denies.append(clause)
            continue
        variables = document.version == VERSION_WITH_VARIABLES
        spoken = speaking(document, wanted, begins)
        spend(len(spoken))
        for statement, certain in spoken:
            if statement.principals is not None and not _is_for(statement, principal):
                continue
            found = clause_of(document, statement, facts, variables=variables, certain=certain)
            if found is None:
                continue
            if statement.effect is not Effect.DENY:
                allows.append(found)
            if statement.effect is not Effect.ALLOW:
                denies.append(found)
    return Layer(name, tuple(allows), tuple(denies))


def clause_of(
    document: PolicyDocument, statement: Statement, facts: Facts, *, variables: bool, certain: bool
) -> Clause | None:
    """A statement in a context; None when its conditions are false.

    Args:
        document: where it stands.
        statement: the statement.
        facts: what is known of the request.
        variables: whether the document has variables.
        certain: whether it speaks of the action for certain.
    """
    openness = Openness.NOT if certain and statement.effect is not Effect.UNKNOWN else Openness.TEXT
    if statement.conditions:
        truth = facts.judge(statement.conditions, variables)
        if truth is False:
            return None
        if truth is None and openness is Openness.NOT:
            openness = facts.why_open(statement.conditions, variables)
    texts = statement.resources
    if variables and facts.context is not None and any("${" in text for text in texts):
        valued = (_valued(text, facts.context) for text in texts)
        texts = tuple(text for text in valued if text is not None)
        variables = False  # what is left of them is unknown text
    if statement.principals is not None and not texts and not statement.not_resources:
        texts = ("*",)
    return Clause(document, statement, texts, statement.not_resources, variables, openness)


def _valued(text: str, context: Context) -> str | None:
    """A resource pattern with the values of a context in it: variables count after the fifth colon only."""
    head, tail, whole = split(text)
    if not whole or "${" not in tail:
        return text
    value = substitute(tail, context)
    return None if value is None else head + value


def _is_for(statement: Statement, principal: str) -> bool:
    """Whether a statement of a resource policy speaks of a principal."""
    account = principal.split(":")[4] if principal.count(":") >= 5 else ""
    named = any(
        one.value in ("*", principal) or (account and one.value in (account, f"arn:aws:iam::{account}:root"))
        for one in statement.principals or ()
    )
    return named is not statement.not_principals


def two_readings(layers: Iterable[Layer]) -> bool:
    """Whether it matters for these clauses what a wildcard in the first five fields of an ARN matches."""
    return any(
        has_two_readings(text) for one in layers for clause in (*one.allows, *one.denies) for text in clause.texts
    )
