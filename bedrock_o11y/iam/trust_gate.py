"""The statements of a trust policy as one service meets them: which of them speak of it, and when they count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .conditions import holds, open_conditions
from .document import VERSION_WITH_VARIABLES, Effect
from .global_keys import is_global_key
from .operators import operator
from .patterns import Bound, action
from .request_context import Context, World
from .trust_sources import SOURCE_ACCOUNT, SOURCE_ARN, TEXT_FAMILIES
from .unknown_text import UNKNOWN_START, unknown
from .variables import substitute

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .document import Condition, PolicyDocument, Statement
    from .trust_sources import Source

ASSUME_ROLE: Final = "sts:AssumeRole"
_SOURCE_KEYS: Final = frozenset({SOURCE_ACCOUNT.lower(), SOURCE_ARN.lower()})


@dataclass(frozen=True, slots=True)
class Gate:
    """One statement, as one service meets it.

    Attributes:
        statement: as written.
        names: whether it is about the service; None when that is not known.
        acts: whether it is about sts:AssumeRole; None when that is not known.
        conditions: its conditions with the variables replaced, as far as they are known.
    """

    statement: Statement
    names: bool | None
    acts: bool | None
    conditions: tuple[Condition, ...]

    def counts(self, context: Context) -> bool | None:
        """Whether it counts in a context; None when that is not known."""
        if self.names is False or self.acts is False:
            return False
        held = holds(self.conditions, context, variables=False)
        if held is not False and (self.names is None or self.acts is None):
            return None
        return held

    def open_in(self, context: Context) -> tuple[str, ...]:
        """What is not known about it in a context, in words."""
        if self.names is None or self.acts is None or self.statement.effect is Effect.UNKNOWN:
            return (f"{self.statement.label}, whose text is not known",)
        return tuple(
            f"{one} (AWS documents no such key; it may be misspelt)"
            if one.key.lower().startswith("aws:") and not is_global_key(one.key)
            else str(one)
            for one in open_conditions(self.conditions, context, variables=False)
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a trust policy answers to one source.

    Attributes:
        possible: whether it may let the service in.
        certain: whether it lets it in whatever is not known.
        gate: the statement that lets it in, or may; the Deny that keeps it out; None when nothing matches.
        open: what the answer rests on, in words.
    """

    possible: bool
    certain: bool
    gate: Gate | None
    open: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gates:
    """A trust policy as one service meets it.

    Attributes:
        all: its statements.
        facts: the keys whose value is known in every request of the service.
    """

    all: tuple[Gate, ...]
    facts: Mapping[str, str]

    def together(self) -> Iterator[tuple[Condition, ...]]:
        """The conditions that decide together: of one statement that may let the service in, and of all that may not.

        The service is let in when one Allow counts and no Deny does, so no two Allows need be looked at together.
        """
        about = [gate for gate in self.all if gate.names is not False and gate.acts is not False]
        hindering = [one for gate in about if gate.statement.effect is not Effect.ALLOW for one in gate.conditions]
        for gate in about:
            if gate.statement.effect is not Effect.DENY:
                yield (*gate.conditions, *hindering)

    def context(self, source: Source) -> Context:
        """The request of the service on behalf of a source."""
        keys = {SOURCE_ACCOUNT: source.account, SOURCE_ARN: source.arn}
        return Context({**self.facts, **keys}, World.OPEN)

    def answer(self, context: Context) -> Answer:
        """Whether the service is let in."""
        counting = [(gate, gate.counts(context)) for gate in self.all]
        allows = [(gate, counts) for gate, counts in counting if gate.statement.effect is Effect.ALLOW and counts]
        perhaps = [
            gate
            for gate, counts in counting
            if counts is not False
            and (gate.statement.effect is Effect.UNKNOWN or (gate.statement.effect is Effect.ALLOW and counts is None))
        ]
        denies = [gate for gate, counts in counting if gate.statement.effect is Effect.DENY and counts]
        hindering = [
            gate
            for gate, counts in counting
            if counts is not False
            and (gate.statement.effect is Effect.UNKNOWN or (gate.statement.effect is Effect.DENY and counts is None))
        ]
        letting = [gate for gate, _ in allows] or perhaps
        if denies or not letting:
            return Answer(False, False, denies[0] if denies and letting else None)
        certain = bool(allows) and not hindering
        open_gates = dict.fromkeys([*([] if allows else perhaps), *hindering])
        words = dict.fromkeys(word for gate in open_gates for word in gate.open_in(context))
        return Answer(True, certain, letting[0], tuple(words))


def gates(document: PolicyDocument, service: str, account: str) -> Gates:
    """The statements of a trust policy as a service meets them.

    Args:
        document: the trust policy.
        service: the service principal.
        account: of the role, twelve digits.
    """
    # The resource of sts:AssumeRole is the role, so its account is ours; the caller is the service itself.
    facts = {"aws:ResourceAccount": account, "aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": service}
    known = Context(facts, World.OPEN)
    variables = document.version == VERSION_WITH_VARIABLES
    return Gates(
        tuple(
            Gate(
                statement,
                _names(statement, service),
                covers(statement, ASSUME_ROLE),
                tuple(_prepared(condition, known, variables=variables) for condition in statement.conditions),
            )
            for statement in document.statements
        ),
        facts,
    )


def covers(statement: Statement, called: str) -> bool | None:
    """Whether a statement is about an action; None when that is not known."""
    listed = _some(
        True
        if action(text, Bound.LOWER).matches(called.lower())
        else None
        if action(text, Bound.UPPER).matches(called.lower())
        else False
        for text in statement.actions
    )
    return _inverted(listed) if statement.not_actions else listed


def _names(statement: Statement, service: str) -> bool | None:
    if statement.principals is None:
        # A statement that is not known as a whole names nobody and may name anybody.
        return None if statement.effect is Effect.UNKNOWN else False
    listed = _some(
        None
        if UNKNOWN_START in principal.value
        else principal.value == "*" or (principal.kind == "Service" and principal.value == service)
        for principal in statement.principals
    )
    return _inverted(listed) if statement.not_principals else listed


def _prepared(condition: Condition, known: Context, *, variables: bool) -> Condition:
    """A condition whose variables are replaced; those of unknown keys become unknown pieces."""
    meaning = operator(condition.operator)
    if meaning is None:
        return condition
    values: Sequence[str] = condition.values
    if variables and meaning.has_variables:
        # Every known key has a value, so no variable is left without one.
        values = [replaced for value in values if (replaced := substitute(value, known)) is not None]
    if condition.key.lower() in _SOURCE_KEYS and meaning.family not in TEXT_FAMILIES:
        # An account or an ARN compared as a number, date or address: nobody says what IAM makes of it.
        values = [unknown(value) for value in values]
    return type(condition)(condition.operator, condition.key, tuple(values))


def _some(values: Iterable[bool | None]) -> bool | None:
    found = list(values)
    return True if True in found else None if None in found else False


def _inverted(value: bool | None) -> bool | None:
    return None if value is None else not value
