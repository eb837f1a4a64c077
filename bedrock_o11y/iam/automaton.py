"""One search for all questions about sets of texts: is there a word that these patterns match and those do not?

The patterns of a question run side by side, one bit for each place of each, in one integer. A breadth-first search over
such states meets every distinguishable text once, shortest first: it gives a word, or proves that there is none.
Nothing is ever compared pattern with pattern, and no member of a union by itself: ``x*`` lies inside ``x`` and ``x?*``
together and inside neither.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from .budget import LEFT, QUESTION_STATES, QUESTION_WORK, TooManyStatesError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .pattern import Pattern
    from .variables import Hole

STATES: Final = 20_000
"""How many states a search may meet before it gives up."""
WORK: Final = 300_000_000
"""How many bits of states it may keep: what bounds time and memory when the states are long."""
_PLACE: Final = 64
"""What adding a place of a pattern costs, in bits of states."""

_READABLE: Final = "xyzabcdefghijklmnopqrstuvw0123456789XYZABCDEFGHIJKLMNOPQRSTUVW-_/.@"
ANY_LETTER: Final = _READABLE[0]
"""Stands where any will do."""
_PRIVATE: Final = 0xE100
"""Characters beyond the readable ones; none of them means anything to the patterns."""


Word = tuple["str | Hole", ...]
"""A text of characters; in questions about texts with holes also of holes."""


class Goal(Protocol):
    """What is asked of a word, as a formula over the patterns that match it."""

    def __call__(self, matching: int, unmatching: int, /) -> bool:
        """Whether it is so, or may become so.

        Args:
            matching: bits of the patterns that count as matching where the formula asks for a match.
            unmatching: bits of the patterns that count as matching where the formula asks that one does not.
        """


@dataclass(frozen=True, slots=True)
class _Jump:
    """A pattern for which a hole of the word may be any text: behind it every later place is possible."""

    mask: int


class Automaton:
    """Patterns side by side.

    Patterns are added first; each gives a mask, by which the goal knows it. Then :meth:`words` or :meth:`search`.
    """

    def __init__(self, begins: str = "") -> None:
        """Takes what is known of the words.

        Args:
            begins: how every word that matters begins.
        """
        self._begins = begins
        self._letters: dict[int, str] = {}
        self._literal = 0
        self._size = 0
        self._masks: dict[tuple[int, int, bool], int] = {}
        self._unions: list[int] = []
        self._kept: list[Pattern] = []
        self._start = 0
        self._accept = 0
        self._sure = 0
        self._waits: dict[str, int] = {}
        self._holes: dict[Hole, int] = {}
        self._ones = 0
        self._field_ones = 0
        self._anything = 0
        self._fields = 0
        self._inner = 0
        self._smears: list[tuple[int, int]] | None = None
        self._jumps: list[_Jump] = []

    def union(self, patterns: Iterable[Pattern], *, holes_match_anything: bool = False) -> int:
        """Adds patterns of which it only matters whether any of them matches.

        Args:
            patterns: the patterns; they are added for this union alone.
            holes_match_anything: as in :meth:`add`.

        Returns:
            The mask of all of them.
        """
        mask = 0
        for pattern in patterns:
            mask |= self._add(pattern, len(self._unions) + 1, holes_match_anything=holes_match_anything)
        if mask & self._sure:
            self._unions.append(mask)
        else:
            self._unions.append(0)
        return mask

    def add(self, pattern: Pattern, *, holes_match_anything: bool = False) -> int:
        """Adds a pattern, once.

        Args:
            pattern: the pattern.
            holes_match_anything: whether a hole of the word may be any text for it, as it may under a Deny that could
                bite; otherwise only the same hole and a star match it.

        Returns:
            Its mask; 0 for a pattern that matches no word that begins as all do.
        """
        return self._add(pattern, 0, holes_match_anything=holes_match_anything)

    def _add(self, pattern: Pattern, union: int, *, holes_match_anything: bool) -> int:
        key = (id(pattern), union, holes_match_anything)
        if key in self._masks:
            return self._masks[key]
        self._kept.append(pattern)  # an id is only an id while the pattern lives
        question = LEFT.get()
        if question is not None:
            question[1] -= _PLACE * len(pattern.loops)
        live = pattern.after(self._begins)
        if not live:
            self._masks[key] = 0
            return 0
        # What lies in front of the first live place is never met again.
        first = (live & -live).bit_length() - 1
        live >>= first
        rows, at = pattern.rows_from(first), self._size
        for character, bits in rows.waits.items():
            self._waits[character] = self._waits.get(character, 0) | bits << at
            self._literal |= bits << at
        for hole, bits in rows.holes.items():
            self._holes[hole] = self._holes.get(hole, 0) | bits << at
        self._ones |= rows.ones << at
        self._field_ones |= rows.field_ones << at
        self._anything |= rows.anything << at
        self._fields |= rows.fields << at
        self._start |= live << at
        last = at + rows.places - 1
        self._accept |= 1 << last
        self._sure |= (1 << last) & self._anything
        self._inner |= ((1 << last - at) - 1) << at
        self._smears = None
        mask = ((1 << rows.places) - 1) << at
        if holes_match_anything:
            self._jumps.append(_Jump(mask))
        self._masks[key] = mask
        self._size += rows.places
        return mask

    def words(
        self, goal: Goal, *, required: int = 0, symbols: Iterable[Hole] = (), distinct: bool = False
    ) -> Iterator[tuple[Word, int]]:
        """The words for which the goal holds, shortest first, one for each state.

        Args:
            goal: what is asked.
            required: the patterns of which one must match in every word that the goal accepts; 0 when there are none.
                It only makes the search quicker.
            symbols: the holes that a word may contain.
            distinct: only one word for each set of patterns that match.

        Yields:
            A word, and the bits of the patterns that match it.

        Raises:
            TooManyStatesError: more states than allowed.
        """
        start = self._trim(self._start)
        came: dict[int, tuple[int, str | Hole] | None] = {start: None}
        queue = deque([start])
        symbols = tuple(symbols)
        seen: set[int] = set()
        work = 0
        left = LEFT.get() or [QUESTION_STATES, QUESTION_WORK]
        if left[1] < 0:
            raise TooManyStatesError
        while queue:
            state = queue.popleft()
            accepted = state & self._accept
            if goal(accepted, accepted) and not (distinct and accepted in seen):
                seen.add(accepted)
                yield self._word(came, state), accepted
            for symbol, after in self._after(state, required, symbols):
                left[1] -= self._size + 64
                if after in came:
                    continue
                came[after] = (state, symbol)
                work += self._size + 64
                left[0] -= 1
                if len(came) > STATES or work > WORK or left[0] < 0 or left[1] < 0:
                    raise TooManyStatesError
                if goal(after, after & self._sure):
                    queue.append(after)

    def search(self, goal: Goal, *, required: int = 0, symbols: Iterable[Hole] = ()) -> Word | None:
        """The shortest word for which the goal holds; None when there is none.

        Raises:
            TooManyStatesError: undecided.
        """
        for word, _ in self.words(goal, required=required, symbols=symbols):
            return word
        return None

    def _after(self, state: int, required: int, symbols: tuple[Hole, ...]) -> Iterator[tuple[str | Hole, int]]:
        """The states that can follow, each with a symbol that leads there."""
        leading = state & required if required else state
        free = not required or bool(leading & (self._anything | self._fields | self._ones | self._field_ones))
        awaited = self._awaited(state)
        if free:
            other = next((c for c in _READABLE if c not in awaited), None) or _beyond(awaited)
            yield other, self._step(state, other)
            if ":" not in awaited and state & (self._fields | self._field_ones):
                yield ":", self._step(state, ":")
        for character in awaited:
            if free or leading & self._waits[character]:
                yield character, self._step(state, character)
        for hole in symbols:
            step = ((state & self._holes.get(hole, 0)) << 1) | (state & self._anything)
            for jump in self._jumps:
                live = state & jump.mask
                if live:
                    step |= jump.mask & -(live & -live)
            yield hole, self._trim(step)

    def _awaited(self, state: int) -> list[str]:
        """The characters that some place of a state steps on."""
        places = state & self._literal
        if places.bit_count() * 2 > len(self._waits):
            return [character for character, bits in self._waits.items() if bits & places]
        found: dict[str, None] = {}
        while places:
            place = places & -places
            places ^= place
            found[self._letter(place)] = None
        return list(found)

    def _letter(self, place: int) -> str:
        letter = self._letters.get(place)
        if letter is None:
            letter = next(character for character, bits in self._waits.items() if bits & place)
            self._letters[place] = letter
        return letter

    def _step(self, state: int, character: str) -> int:
        step = self._waits.get(character, 0) | self._ones
        loop = self._anything
        if character != ":":
            step |= self._field_ones
            loop |= self._fields
        return self._trim(((state & step) << 1) | (state & loop))

    def _trim(self, state: int) -> int:
        """Drops what makes no difference.

        Those are the places left of the last star that a pattern has reached: whatever they lead to, it does too.
        """
        stars = state & self._anything
        if stars:
            state &= ~self._left_of(stars)
        sure = state & self._sure
        if sure:
            # Of a union that has matched for good nothing else matters.
            for union in self._unions:
                matched = sure & union
                if matched:
                    state = state & ~union | (union & self._sure & -(union & self._sure))
        return state

    def _left_of(self, places: int) -> int:
        """The places left of some places, each within its own pattern: for all patterns at once, in doubling steps."""
        if self._smears is None:
            # Through which places a step of so many places to the left stays within a pattern.
            self._smears, distance, through = [], 1, self._inner
            while through:
                self._smears.append((distance, through))
                through &= through >> distance
                distance *= 2
        left = (places >> 1) & self._inner
        for distance, through in self._smears:
            left |= (left >> distance) & through
        return left

    def _word(self, came: dict[int, tuple[int, str | Hole] | None], state: int) -> Word:
        word: list[str | Hole] = []
        step = came[state]
        while step is not None:
            word.append(step[1])
            step = came[step[0]]
        return (*self._begins, *reversed(word))


def _beyond(awaited: list[str]) -> str:
    taken = set(awaited)
    return next(chr(code) for code in range(_PRIVATE, _PRIVATE + len(taken) + 1) if chr(code) not in taken)
