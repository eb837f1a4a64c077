"""The situations in which a question about statements has to be answered: one for each way their conditions can go."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from .conditions import truth
from .contexts import contexts
from .effective import Openness
from .request_context import Context, World
from .variables import Hole, HoleKind, holes, substitute

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .document import Condition

Block = tuple[tuple["Condition", ...], bool]
Atom = tuple["Condition", bool]
_CONTEXTS: Final = 512
_LIKELY: Final = 24
"""So many requests are tried where not all can be listed."""
_USUAL: Final = (("account", "123456789012"), ("region", "us-east-1"))
_ATOMS: Final = 9
"""So many conditions that cannot be enumerated are each taken as true and as false."""


@dataclass(frozen=True, slots=True)
class Situation:
    """One way the conditions can go. Variables in resources stay holes: the situation stands for all their values.

    Attributes:
        request: a request in which they go so; None when it is only supposed that there is one.
        known: what is known of its keys.
        supposed: conditions, and whether each is taken to hold.
    """

    request: Context | None
    known: Context
    supposed: Mapping[Atom, bool] = field(default_factory=dict)

    @property
    def context(self) -> Context | None:
        """None: a situation is about every value that a variable in a resource can have."""
        return None

    def judge(self, conditions: tuple[Condition, ...], variables: bool, /) -> bool | None:
        """Whether the conditions of a statement hold here."""
        found: bool | None = True
        for one in conditions:
            value = self.supposed.get((one, variables))
            if value is None:
                value = truth(one, self.known, variables=variables)
            if value is False:
                return False
            if value is None:
                found = None
        return found

    def why_open(self, _conditions: tuple[Condition, ...], _variables: bool, /) -> Openness:
        """A situation leaves nothing open that it could know."""
        return Openness.TEXT


def situations(blocks: Iterable[Block], given: Block, facts: Mapping[str, Any]) -> tuple[Situation, ...]:
    """Situations that between them show every way in which the conditions of some statements can go together.

    Args:
        blocks: the conditions of each statement, and whether its document has variables.
        given: the block that holds in every situation of interest.
        facts: keys whose values are known.

    Returns:
        Situations of real requests where the contexts can be enumerated; otherwise of supposed ones, which may include
        some that no request can bring about, and of the plainest request there is.
    """
    if facts:
        # First, so that a context that only the facts rule out does not stand for one that they do not.
        known = Context(facts, World.OPEN)
        settled = _settled(given, known)
        if settled is None:
            return ()
        given = settled
        blocks = [one for one in (_settled(block, known) for block in blocks) if one is not None]
    blocks = [block for block in dict.fromkeys((given, *blocks)) if block[0]]
    plainest = _real({}, facts)
    if not blocks:
        return (plainest,)
    found = _enumerated(tuple(conditions for conditions, _ in blocks))
    if found is not None:
        return tuple(_real(one.present(), facts) for one in found)
    return (plainest, *_likely(blocks, given, facts), *_supposed(blocks, given, facts))


def _settled(block: Block, known: Context) -> Block | None:
    """What the facts leave open of a block; None when they make it false."""
    conditions, variables = block
    truths = [truth(one, known, variables=variables) for one in conditions]
    if False in truths:
        return None
    return tuple(one for one, value in zip(conditions, truths, strict=True) if value is None), variables


def _likely(blocks: Sequence[Block], given: Block, facts: Mapping[str, Any]) -> Iterator[Situation]:
    """Real requests for conditions that cannot be enumerated because of their variables: with one value for each.

    They prove nothing about all requests; one of them may be the request that is looked for.
    """
    values = {
        piece.name: next((usual for word, usual in _USUAL if word in piece.name), "x")
        for conditions, variables in blocks
        if variables
        for condition in conditions
        for value in condition.values
        for piece in holes(value, variables=True)
        if isinstance(piece, Hole) and piece.kind is HoleKind.VARIABLE
    }
    if not values:
        return
    context = Context({**values, **facts}, World.CLOSED)
    for chosen in (blocks, [given]):
        found = _enumerated(tuple(_valued(conditions, context) if vs else conditions for conditions, vs in chosen))
        if found is not None:
            for one in found[:_LIKELY]:
                yield _real({**values, **one.present()}, facts)
            return


def _valued(conditions: tuple[Condition, ...], context: Context) -> tuple[Condition, ...]:
    """Conditions with the values of a context in them."""
    return tuple(
        replace(
            one, values=tuple(text for text in (substitute(value, context) for value in one.values) if text is not None)
        )
        for one in conditions
    )


def _supposed(blocks: Iterable[Block], given: Block, facts: Mapping[str, Any]) -> Iterator[Situation]:
    """Situations for conditions that cannot all be enumerated."""
    known = Context(facts, World.OPEN)
    keys = {condition.key.lower() for condition in given[0]}
    related = [one for one, _ in blocks if all(condition.key.lower() in keys for condition in one)]
    found = _enumerated(tuple(related)) if related else None
    if found is not None:
        # What the given conditions look at is enumerated; what else there is may go either way.
        for one in found:
            real = _real(one.present(), facts)
            values = {key: real.known.get(key) for key in keys}
            yield Situation(real.request, Context({**values, **facts}, World.OPEN))
        return
    decided = {atom: True for atom in _atoms([given]) if truth(atom[0], known, variables=atom[1]) is None}
    free = [atom for atom in _atoms(blocks) if atom not in decided and truth(atom[0], known, variables=atom[1]) is None]
    if len(free) > _ATOMS:
        free = []
    for choice in itertools.product((True, False), repeat=len(free)):
        yield Situation(None, known, {**decided, **dict(zip(free, choice, strict=True))})


@lru_cache(maxsize=256)
def _enumerated(blocks: tuple[tuple[Condition, ...], ...]) -> tuple[Context, ...] | None:
    """The contexts of some conditions: roles that were made alike ask for the same ones again and again."""
    return contexts(blocks, cap=_CONTEXTS)


def _atoms(blocks: Iterable[Block]) -> list[Atom]:
    return list(dict.fromkeys((one, variables) for conditions, variables in blocks for one in conditions))


def _real(present: Mapping[str, Any], facts: Mapping[str, Any]) -> Situation:
    """The situation of a request; what the facts say of a key is so."""
    keys = {key.lower() for key in facts}
    others = {key: value for key, value in present.items() if key.lower() not in keys}
    request = Context({**others, **facts}, World.CLOSED)
    return Situation(request, request)
