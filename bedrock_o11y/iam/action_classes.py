"""Which actions can policies tell apart, with one concrete action for each class."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from .automaton import Automaton
from .document import Effect
from .patterns import AN_ACTION
from .speaking import bounds
from .unknown_text import UNKNOWN_START

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .document import PolicyDocument
    from .pairs import Pair
    from .pattern import Pattern


class ActionClasses:
    """The action patterns by which two sides tell actions apart, to be found by how they begin."""

    def __init__(
        self,
        inner: Sequence[PolicyDocument],
        outer: Sequence[PolicyDocument],
        guards: Sequence[Sequence[PolicyDocument]],
    ) -> None:
        """Takes the sides; what an Allow of the inner side says tells its own pairs' actions apart from nothing."""
        self._sides = (inner, outer, guards)
        self._by_prefix: dict[str, list[Pattern]] | None = None
        self._prefixes: list[str] = []

    def _texts(self) -> list[str]:
        inner, outer, guards = self._sides
        found: dict[str, None] = {}
        others = (*outer, *(one for guard in guards for one in guard))
        for own, documents in ((True, inner), (False, others)):
            for document in documents:
                for statement in document.statements:
                    if not own or statement.effect is not Effect.ALLOW:
                        found.update(dict.fromkeys(text.lower() for text in statement.actions))
        return list(found)

    def _meeting(self, prefix: str) -> Iterator[Pattern]:
        """The patterns that may match an action that begins so."""
        if self._by_prefix is None:
            self._by_prefix = {}
            for text in self._texts():
                for pattern in dict.fromkeys(bounds(text)):
                    self._by_prefix.setdefault(pattern.prefix, []).append(pattern)
            self._prefixes = sorted(self._by_prefix)
        for length in range(len(prefix)):
            yield from self._by_prefix.get(prefix[:length], ())
        for i in range(bisect_left(self._prefixes, prefix), len(self._prefixes)):
            if not self._prefixes[i].startswith(prefix):
                break
            yield from self._by_prefix[self._prefixes[i]]

    def of(self, pair: Pair) -> Iterator[str]:
        """One concrete action of each class of a pair's actions that the policies tell apart, in lower case.

        Raises:
            TooManyStatesError: there are too many to list.
        """
        if not pair.statement.not_actions:
            text = pair.actions[0]
            if not ("*" in text or "?" in text or UNKNOWN_START in text):
                yield text.lower()
                return
        own = [bounds(text)[0 if pair.statement.not_actions else 1] for text in pair.actions]
        automaton = Automaton("" if pair.statement.not_actions else own[0].prefix)
        well_formed = automaton.add(AN_ACTION)
        mask = 0
        for pattern in own:
            mask |= automaton.add(pattern)
        for pattern in self._meeting("" if pair.statement.not_actions else own[0].prefix):
            automaton.add(pattern)
        negated = pair.statement.not_actions

        def goal(matching: int, unmatching: int, /) -> bool:
            return not unmatching & mask if negated else bool(matching & mask)

        def well_formed_goal(matching: int, unmatching: int, /) -> bool:
            return bool(matching & well_formed) and goal(matching, unmatching)

        nothing = True
        required = well_formed if negated else mask
        for word, _ in automaton.words(well_formed_goal, required=required, distinct=True):
            nothing = False
            yield "".join(map(str, word))
        if nothing:
            # A pattern of no action that there can be: then of the texts that it does match.
            for word, _ in automaton.words(goal, required=0 if negated else mask, distinct=True):
                yield "".join(map(str, word))
