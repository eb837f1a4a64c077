"""Where a set of resources lies in what layers of policies allow.

A question about patterns is first asked of each pattern by itself, where that already proves the answer (equal, a
common prefix, a star, one single text); only what is left open goes to the automaton.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .automaton import ANY_LETTER, Automaton
from .effective import Clause, Layer, Level
from .pattern import One

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from .automaton import Word
    from .pattern import Pattern
    from .patterns import Reading
    from .variables import Hole


@dataclass(frozen=True, slots=True)
class Formula:
    """What a layer allows, over the masks of an automaton.

    Attributes:
        allow: mask of the patterns that allow.
        allow_but: a mask for each clause that allows everything but what these match.
        deny: mask of the patterns that deny.
        deny_but: a mask for each clause that denies everything but what these match.
    """

    allow: int
    allow_but: tuple[int, ...]
    deny: int
    deny_but: tuple[int, ...]

    def allowed(self, matching: int, unmatching: int) -> bool:
        """Whether a word may be allowed, in the terms of :class:`~.automaton.Goal`."""
        return (
            not unmatching & self.deny
            and all(matching & mask for mask in self.deny_but)
            and bool(matching & self.allow or any(not unmatching & mask for mask in self.allow_but))
        )

    def refused(self, matching: int, unmatching: int) -> bool:
        """Whether a word may be refused, likewise."""
        return (
            bool(matching & self.deny)
            or any(not unmatching & mask for mask in self.deny_but)
            or (not unmatching & self.allow and all(matching & mask for mask in self.allow_but))
        )


def formula(
    automaton: Automaton, layer: Layer, level: Level, reading: Reading, within: Pattern, *, holes: bool = False
) -> Formula:
    """Adds a layer to an automaton.

    Args:
        automaton: to which.
        layer: what policies say.
        level: how favourably what is open is taken.
        reading: of wildcards in the first five fields.
        within: the words that matter: patterns that meet none of them are left out.
        holes: whether words may contain holes; then what may match does so whatever they are.
    """
    possible = level is Level.POSSIBLE
    allow, allow_but = _masks(automaton, layer.counting_allows(level), reading, within, most=possible, holes=holes)
    deny, deny_but = _masks(automaton, layer.counting_denies(level), reading, within, most=not possible, holes=holes)
    return Formula(allow, allow_but, deny, deny_but)


def _masks(
    automaton: Automaton, clauses: Iterable[Clause], reading: Reading, within: Pattern, *, most: bool, holes: bool
) -> tuple[int, tuple[int, ...]]:
    """The mask of all plain clauses together, and one for each negated clause."""
    together: list[Pattern] = []
    negated: list[int] = []
    for clause in clauses:
        patterns = [one for one in clause.patterns(reading, most=most) if not one.apart(within)]
        if clause.negated:
            negated.append(automaton.union(patterns, holes_match_anything=holes and not most))
        else:
            together += patterns
    return automaton.union(together, holes_match_anything=holes and most), tuple(negated)


def place(clause: Clause, within: Pattern, reading: Reading, *, most: bool) -> bool | None:
    """Whether a clause is about all of these words (True), about none of them (False), or it is not plain (None)."""
    found: bool | None = False
    for pattern in clause.patterns(reading, most=most):
        inside = _inside(pattern, within)
        if inside:
            found = True
            break
        if inside is None:
            found = None
    return found if found is None else found is not clause.negated


def _inside(pattern: Pattern, within: Pattern) -> bool | None:
    if pattern.same(within) or pattern.everything or (pattern.prefix_only and within.prefix.startswith(pattern.prefix)):
        return True
    if pattern.apart(within):
        return False
    if within.exact is not None:
        return pattern.matches(within.exact)
    return None


def plain(layer: Layer, within: Pattern, level: Level, reading: Reading) -> bool | None:
    """Whether a layer allows all of these words (True), none of them (False), or it takes a search (None)."""
    possible = level is Level.POSSIBLE
    denied: bool | None = False
    for clause in layer.counting_denies(level):
        one = place(clause, within, reading, most=not possible)
        if one:
            return False
        if one is None:
            denied = None
    allowed: bool | None = False
    for clause in layer.counting_allows(level):
        one = place(clause, within, reading, most=possible)
        if one:
            allowed = True
            break
        if one is None:
            allowed = None
    if allowed is False:
        return False
    return None if denied is None else allowed


class Region:
    """A set of resources, and questions about where it lies in what layers allow."""

    def __init__(self, within: Pattern, reading: Reading, holes: Sequence[Hole] = ()) -> None:
        """Takes the set.

        Args:
            within: a pattern of the resources.
            reading: of wildcards in the first five fields of the policies' patterns.
            holes: that the words may contain.
        """
        self._within = within
        self._reading = reading
        self._holes = tuple(holes)

    def allowed(self, layers: Sequence[Layer], level: Level) -> Word | None:
        """A resource that all layers allow; None when there is none.

        Raises:
            TooManyStatesError: undecided.
        """
        return self._search(layers, level, refused=False)

    def refused(self, layers: Sequence[Layer], level: Level) -> Word | None:
        """A resource that not all layers allow; None when there is none.

        Raises:
            TooManyStatesError: undecided.
        """
        return self._search(layers, level, refused=True)

    def _search(self, layers: Sequence[Layer], level: Level, *, refused: bool) -> Word | None:
        open_layers = []
        for layer in layers:
            known = plain(layer, self._within, level, self._reading)
            if known is None:
                open_layers.append(layer)
            elif not known:
                return self._any_word() if refused else None
        if not open_layers:
            return None if refused else self._any_word()
        automaton = Automaton(self._within.prefix)
        mask = automaton.add(self._within)
        formulas = [
            formula(automaton, layer, level, self._reading, self._within, holes=bool(self._holes))
            for layer in open_layers
        ]
        return automaton.search(_goal(mask, formulas, refused=refused), required=mask, symbols=self._holes)

    def _any_word(self) -> Word:
        """The shortest: every star is nothing."""
        return tuple(ANY_LETTER if isinstance(step, One) else step for step in self._within.steps)


def _goal(mask: int, formulas: Sequence[Formula], *, refused: bool) -> Callable[[int, int], bool]:
    if refused:
        return lambda matching, unmatching: (
            bool(matching & mask) and any(one.refused(matching, unmatching) for one in formulas)
        )
    return lambda matching, unmatching: (
        bool(matching & mask) and all(one.allowed(matching, unmatching) for one in formulas)
    )
