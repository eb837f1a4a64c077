"""What a role may do beyond a recommendation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from .budget import TooManyStatesError, one_question, spend
from .containment import readings_of
from .differences import Difference
from .document import Effect
from .effective import documents, reference
from .pairs import pairs
from .patterns import single
from .plainly import example, grants, holding, inside, may_reach, silent, speaks
from .speaking import speaking
from .unknown_text import UNKNOWN_START
from .witness import Witness

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .document import Statement
    from .effective import Document
    from .pairs import Pair
    from .witness import StatementReference


class Beyond(Enum):
    """In which respect something is beyond the recommendation."""

    ACTION = "action"
    """The recommendation has no such action at all."""
    RESOURCE = "resource"
    """It has the action, but not on all of these resources."""
    CONTEXT = "context"
    """It has the action on these resources, but only under a condition."""
    UNKNOWN = "unknown"
    """It could not be decided."""


@dataclass(frozen=True, slots=True)
class Excess:
    """One action pattern and one resource pattern of one statement, as far as they are beyond.

    Attributes:
        statement: the statement that allows it.
        action: the action pattern as written; ``NotAction a, b`` is written as ``everything but a, b``.
        resource: the resource pattern as written; likewise.
        beyond: in which respect.
        witness: a request that is allowed and not recommended; None when it could not be decided, and for an action
            that is beyond on whatever resource a text that nobody knows stands for.
        recommended: for RESOURCE the resource patterns that the recommendation has for the witness's action; for
            CONTEXT the conditions it asks for, as text.
    """

    statement: StatementReference
    action: str
    resource: str
    beyond: Beyond
    witness: Witness | None
    recommended: tuple[str, ...] = ()


def excess(
    identity: Sequence[Document],
    recommendation: Document | Sequence[Document],
    *,
    boundary: Document | None = None,
    facts: Mapping[str, Any] | None = None,
) -> tuple[Excess, ...]:
    """What the policies of an identity allow beyond a recommendation.

    What a Deny takes away and what the boundary does not allow is not beyond. The answer is narrowed: only the pairs
    of action pattern and resource pattern of a statement of which something is beyond, each with a witness that
    ``decide`` confirms.

    Args:
        identity: the policies.
        recommendation: what is recommended: one document, or several.
        boundary: the permissions boundary.
        facts: condition keys and their values, as in ``cover``; a statement whose condition is false for them allows
            nothing.

    Returns:
        In the order of policies and statements; empty when nothing is beyond.

    Raises:
        PolicyError: a document cannot be read.
    """
    guards = [] if boundary is None else [documents(boundary)]
    difference = Difference(documents(identity), documents(recommendation), guards, facts)
    with one_question():
        found = [_beyond(difference, pair) for pair in pairs(difference.inner)]
    return tuple(one for one in found if one is not None)


_WORSE: Final = {Beyond.UNKNOWN: 0, Beyond.CONTEXT: 1, Beyond.RESOURCE: 2, Beyond.ACTION: 3}


def _beyond(difference: Difference, pair: Pair) -> Excess | None:
    """The worst respect in which a pair is beyond."""
    worst: Excess | None = None
    try:
        spend(1)
        for action in difference.classes.of(pair):
            one = _beyond_with(difference, pair, action)
            if one is not None and (worst is None or _WORSE[one.beyond] > _WORSE[worst.beyond]):
                worst = one
                if worst.beyond is Beyond.ACTION:
                    return worst
    except TooManyStatesError:
        return worst or _excess(pair, Beyond.UNKNOWN)
    return worst


@dataclass(frozen=True, slots=True)
class _Plain:
    """What one look proved: what is beyond, or None for nothing."""

    excess: Excess | None


def _plainly(difference: Difference, pair: Pair, action: str) -> _Plain | None:
    """What one look at a pair of one resource pattern proves of one of its actions; None says nothing."""
    statement = pair.statement
    if statement.effect is not Effect.ALLOW or statement.not_actions or statement.not_resources:
        return None
    text = pair.resources[0]
    special = UNKNOWN_START in text or (pair.variables and "${" in text)
    if special or statement.principals is not None or UNKNOWN_START in pair.actions[0]:
        return None
    if inside(difference.outer, action, text, lambda: readings_of(text), holding(statement)):
        return _Plain(None)
    if any(silent(guard, action) for guard in difference.guards):
        return _Plain(None)
    if statement.conditions or not text or speaks(difference.inner, action, Effect.DENY):
        return None
    spelled = pair.spelled(action)
    shown = example(text, spelled.partition(":")[0])
    if not all(grants(guard, action, shown, lambda: single(shown)) for guard in difference.guards):
        return None
    recommended = _recommended(difference, action)
    if not silent(difference.outer, action) and (not recommended or may_reach(difference.outer, action, shown)):
        return None
    beyond = Beyond.RESOURCE if recommended else Beyond.ACTION
    return _Plain(_excess(pair, beyond, Witness(spelled, shown, difference.plainest()), _patterns(recommended)))


def _recommended(difference: Difference, action: str) -> list[Statement]:
    """The recommended Allows that speak of an action."""
    return [
        statement
        for document in difference.outer
        for statement, _ in speaking(document, action)
        if statement.effect is Effect.ALLOW
    ]


def _patterns(recommended: Sequence[Statement]) -> tuple[str, ...]:
    """Their resource patterns, each once."""
    texts = (
        f"everything but {', '.join(one.resources)}" if one.not_resources else text
        for one in recommended
        for text in (one.resources[:1] if one.not_resources else one.resources)
    )
    return tuple(dict.fromkeys(texts))


def _beyond_with(difference: Difference, pair: Pair, action: str) -> Excess | None:
    """The worst respect in which a pair is beyond with one action."""
    plain = _plainly(difference, pair, action)
    if plain is not None:
        return plain.excess
    recommended = _recommended(difference, action)
    anything = difference.escape(pair, action)
    if anything.found is False:
        return None
    if anything.found and not recommended:
        return _excess(pair, Beyond.ACTION, anything.witness)
    wider = difference.escape(pair, action, conditions=False)
    if wider.found:
        return _excess(pair, Beyond.RESOURCE, wider.witness, _patterns(recommended))
    if anything.found:
        conditions = tuple(dict.fromkeys(str(condition) for one in recommended for condition in one.conditions))
        return _excess(pair, Beyond.CONTEXT, anything.witness, conditions)
    if not recommended and difference.whatever_the_resource(pair, action):
        return _excess(pair, Beyond.ACTION)
    return _excess(pair, Beyond.UNKNOWN)


def _excess(pair: Pair, beyond: Beyond, witness: Witness | None = None, recommended: tuple[str, ...] = ()) -> Excess:
    action = f"everything but {', '.join(pair.actions)}" if pair.statement.not_actions else pair.actions[0]
    resource = f"everything but {', '.join(pair.resources)}" if pair.statement.not_resources else pair.resources[0]
    return Excess(reference(pair.document, pair.statement), action, resource, beyond, witness, recommended)
