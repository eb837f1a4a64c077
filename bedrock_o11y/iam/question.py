"""One pair with one action in one situation: does some resource escape?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from .automaton import Automaton
from .budget import TooManyStatesError
from .document import VERSION_WITH_VARIABLES, PolicyDocument
from .effective import Clause, Layer, Level, Openness, two_readings
from .patterns import A_RESOURCE, NO_RESOURCE, Bound, Reading, resource
from .regions import formula, plain
from .witness_patterns import plainer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .automaton import Word
    from .pairs import Pair
    from .pattern import Pattern
    from .variables import Hole


class Question:
    """One pair with one action in one situation, over all resources."""

    def __init__(
        self,
        pair: Pair,
        action: str,
        own: Clause,
        denies: Sequence[Clause],
        guards: Sequence[Layer],
        outer: Layer,
    ) -> None:
        self._pair = pair
        self._service = action.partition(":")[0]
        self._own = Layer("", (replace(own, open=Openness.NOT),), tuple(denies))
        self._own_open = own.open is not Openness.NOT
        self._guards = guards
        self._outer = outer
        layers = [self._own, outer, *guards]
        self._readings = (Reading.FIELDS, Reading.WHOLE) if two_readings(layers) else (Reading.FIELDS,)

    def suspects(self) -> Iterator[Word]:
        """A word for each reading in which something may escape; none when it is proved that nothing does.

        Raises:
            TooManyStatesError: undecided.
        """
        for reading in self._readings:
            for within in self._within(reading):
                word = self._search(within, reading, reading, proof=True)
                if word is not None:
                    yield word
                    break

    def plainer(self) -> Iterator[Word]:
        """Words that may escape, and that are easier to read than the shortest."""
        text = "*" if self._pair.statement.not_resources else self._pair.resources[0]
        for within in plainer(text, self._service):
            try:
                word = self._search(within, Reading.FIELDS, Reading.FIELDS, proof=True)
            except TooManyStatesError:
                return
            if word is not None:
                yield word

    def certain(self) -> Iterator[Word]:
        """Words that escape whatever is open.

        Raises:
            TooManyStatesError: undecided.
        """
        if self._own_open:
            return
        for within in self._within(Reading.FIELDS):
            if within.rows.holes:
                continue
            word = self._search(within, Reading.FIELDS, self._readings[-1], proof=False)
            if word is not None:
                yield word

    def _within(self, reading: Reading) -> tuple[Pattern, ...]:
        """The words of the pair: what its pattern matches; of a pattern without end, every ARN and no resource."""
        if not self._pair.statement.not_resources:
            pattern = resource(self._pair.resources[0], reading, Bound.LOWER, variables=self._pair.variables)
            if not pattern.everything:
                return (pattern,)
        return (A_RESOURCE, NO_RESOURCE)

    def _search(self, within: Pattern, inner: Reading, outer: Reading, *, proof: bool) -> Word | None:
        own_level = Level.POSSIBLE if proof else Level.CERTAIN
        outer_level = Level.CERTAIN if proof else Level.POSSIBLE
        holes: tuple[Hole, ...] = tuple(within.rows.holes)
        negated = self._pair.statement.not_resources
        # What the pair allows is what the words are, unless it is told by what it leaves out.
        own = self._own if negated else Layer("", _ALL, self._own.denies)
        allowing = []
        for each in (own, *self._guards):
            known = plain(each, within, own_level, inner)
            if known is False:
                return None
            if known is None:
                allowing.append(each)
        refused = plain(self._outer, within, outer_level, outer)
        if refused:
            return None
        automaton = Automaton(within.prefix)
        mask = automaton.add(within)
        inner_formulas = [formula(automaton, each, own_level, inner, within, holes=bool(holes)) for each in allowing]
        outer_formula = (
            formula(automaton, self._outer, outer_level, outer, within, holes=bool(holes)) if refused is None else None
        )

        def goal(matching: int, unmatching: int, /) -> bool:
            return (
                bool(matching & mask)
                and (outer_formula is None or outer_formula.refused(matching, unmatching))
                and all(one.allowed(matching, unmatching) for one in inner_formulas)
            )

        return automaton.search(goal, required=mask, symbols=holes)


_ALL: Final = (
    Clause(PolicyDocument(VERSION_WITH_VARIABLES, ()), None, ("*",), negated=False, variables=False, open=Openness.NOT),
)
