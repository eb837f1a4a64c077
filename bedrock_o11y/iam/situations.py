"""The situations in which a question about statements has to be answered: one for each way their conditions can go."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from .conditions import truth
from .contexts import contexts
from .effective import Openness
from .request_context import Context, World

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .document import Condition

Block = tuple[tuple["Condition", ...], bool]
_CONTEXTS: Final = 512
_ATOMS: Final = 9
"""So many conditions that cannot be enumerated are each taken as true and as false."""


@dataclass(frozen=True)
class Situation:
    """One way the conditions can go. Variables in resources stay holes: the situation stands for all their values.

    Attributes:
        request: a request in which they go so; None when it is only supposed that there is one.
        supposed: for such a situation, each condition and whether it is taken to hold.
    """

    request: Context | None
    supposed: Mapping[tuple[Condition, bool], bool | None] = field(default_factory=dict)

    @property
    def context(self) -> Context | None:
        """None: a situation is about every value that a variable in a resource can have."""
        return None

    def judge(self, conditions: tuple[Condition, ...], variables: bool, /) -> bool | None:
        """Whether the conditions of a statement hold here."""
        found: bool | None = True
        for one in conditions:
            if self.request is not None:
                value = truth(one, self.request, variables=variables)
            else:
                value = self.supposed.get((one, variables))
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
    blocks = [block for block in dict.fromkeys((given, *blocks)) if block[0]]
    plainest = Situation(_with_facts({}, facts))
    if not blocks:
        return (plainest,)
    found = contexts([conditions for conditions, _ in blocks], cap=_CONTEXTS)
    if found is not None:
        return tuple(Situation(_with_facts(one.present(), facts)) for one in found)
    atoms = list(dict.fromkeys((one, variables) for conditions, variables in blocks for one in conditions))
    known = Context(facts, World.OPEN)
    decided = {atom: truth(atom[0], known, variables=atom[1]) for atom in atoms}
    for one in given[0]:
        if decided[one, given[1]] is None:
            decided[one, given[1]] = True
    free = [atom for atom, value in decided.items() if value is None]
    if len(free) > _ATOMS:
        return (plainest, Situation(None, decided))
    return (
        plainest,
        *(
            Situation(None, {**decided, **dict(zip(free, values, strict=True))})
            for values in itertools.product((True, False), repeat=len(free))
        ),
    )


def _with_facts(present: Mapping[str, Any], facts: Mapping[str, Any]) -> Context:
    known = {key.lower() for key in facts}
    return Context(
        {**{key: value for key, value in present.items() if key.lower() not in known}, **facts}, World.CLOSED
    )
