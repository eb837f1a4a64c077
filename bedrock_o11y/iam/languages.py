"""Sets of texts that conditions tell apart, and one text for every way in which they can be told apart.

A language is a set of texts: those that match one of several patterns. Given several languages, :func:`regions` walks
all their automata at once, character by character, and so finds every combination of "inside" and "outside" that some
text has, with a shortest such text. It is exact: the alphabet is every character that a pattern names and one that none
does.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase, digits
from typing import TYPE_CHECKING, Final

from .operators import ARN_FIELDS
from .variables import LITERAL_QUESTION, LITERAL_STAR, as_plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_READABLE: Final = ascii_lowercase + ascii_uppercase + digits
_STATES: Final = 20_000  # of all automata together
_WORK: Final = 1_000_000  # machine words moved: a second or so
_WORD: Final = 64
_RARE: Final = 0x4E00  # where to look for a character that no pattern names when they name all the readable ones


@dataclass(frozen=True, slots=True)
class Step:
    """One place of a pattern.

    Attributes:
        characters: those it takes, or, ``excluded``, those it does not.
        excluded: see above.
        repeated: any number of them, also none; otherwise exactly one.
    """

    characters: frozenset[str]
    excluded: bool = False
    repeated: bool = False

    def takes(self, character: str) -> bool:
        """Whether it takes this character."""
        return (character in self.characters) != self.excluded


ANY: Final = Step(frozenset(), excluded=True)
ANY_RUN: Final = Step(frozenset(), excluded=True, repeated=True)
NO_COLON: Final = Step(frozenset(":"), excluded=True)
NO_COLON_RUN: Final = Step(frozenset(":"), excluded=True, repeated=True)
DIGIT: Final = Step(frozenset(digits))


def glob_steps(pattern: str, one: Step = ANY, run: Step = ANY_RUN) -> Iterator[Step]:
    """A pattern with ``*`` and ``?``; what those two take can be narrowed."""
    for character in pattern:
        if character == "*":
            yield run
        elif character == "?":
            yield one
        else:
            yield Step(frozenset({LITERAL_STAR: "*", LITERAL_QUESTION: "?"}.get(character, character)))


def text_steps(text: str, *, ignore_case: bool = False) -> Iterator[Step]:
    """A text without wildcards."""
    for character in as_plain(text):
        cases = (character.lower(), character.upper()) if ignore_case else ()
        yield Step(frozenset((character, *(case for case in cases if len(case) == 1))))


def arn_steps(pattern: str) -> tuple[Step, ...] | None:
    """A pattern of ARNs, whose wildcards stay in their field but for the last; None when it can match no ARN."""
    fields = pattern.split(":", ARN_FIELDS - 1)
    if len(fields) < ARN_FIELDS:
        return None
    steps: list[Step] = []
    for field in fields[:-1]:
        steps += glob_steps(field, NO_COLON, NO_COLON_RUN)
        steps += text_steps(":")
    return (*steps, *glob_steps(fields[-1]))


class Language:
    """The texts that match one of several patterns.

    Attributes:
        patterns: each as its steps; no pattern at all is the empty language.
    """

    __slots__ = ("patterns",)

    def __init__(self, patterns: Iterable[Iterable[Step]]) -> None:
        """Takes the patterns."""
        self.patterns = tuple(map(tuple, patterns))


class _Automaton:
    """Languages side by side: a bit for every place of every pattern; a set of places is an int.

    Attributes:
        accepting: of each language, the places where a text of it ends.
        living: of each language, all its places.
        size: how many places there are.
    """

    __slots__ = (
        "_below",
        "_moves",
        "_named",
        "_once",
        "_run",
        "_runs",
        "_stars",
        "_start",
        "accepting",
        "living",
        "size",
    )

    def __init__(self, languages: Iterable[Language]) -> None:
        self.accepting: list[int] = []
        self.living: list[int] = []
        self.size = 0
        self._start = self._runs = self._stars = 0
        self._below: dict[int, int] = {}
        self._named: dict[str, int] = {}
        self._moves: dict[str, tuple[int, int]] = {}
        # The places that take a character which no step names.
        self._once = self._run = 0
        for language in languages:
            begin = 1 << self.size
            accepting = 0
            for pattern in language.patterns:
                self._add(pattern)
                accepting |= 1 << (self.size - 1)
            self.accepting.append(accepting)
            self.living.append((1 << self.size) - begin)

    def _add(self, pattern: Iterable[Step]) -> None:
        first = 1 << self.size
        self._start |= first
        previous: Step | None = None
        for step in pattern:
            if step.repeated and step == previous:
                continue
            previous = step
            place = 1 << self.size
            self.size += 1
            if step.repeated:
                self._runs |= place
            if step.excluded and step.repeated:
                self._run |= place
            elif step.excluded:
                self._once |= place
            if step == ANY_RUN:
                self._stars |= place
                self._below[place] = place - first
            for character in step.characters:
                self._named[character] = self._named.get(character, 0) | place
        self.size += 1

    @property
    def start(self) -> int:
        """The places before any character."""
        return self._closed(self._start)

    def named(self) -> Iterable[str]:
        """Every character that a pattern names."""
        return self._named

    def named_at(self, places: int, characters: Iterable[str]) -> list[str]:
        """Those of the characters that make a difference at these places: all others are alike there."""
        return [character for character in characters if self._named[character] & places]

    def moves(self, character: str) -> tuple[int, int]:
        """The places that take the character and are left for the next, and those that are not left."""
        found = self._moves.get(character)
        if found is None:
            # A step names what it takes or what it does not: either way the named are the other way round.
            named = self._named.get(character, 0)
            found = self._moves[character] = (self._once ^ (named & ~self._runs), self._run ^ (named & self._runs))
        return found

    def after(self, places: int, character: str) -> int:
        """The places after one more character."""
        once, run = self.moves(character)
        return self._closed((places & once) << 1 | (places & run))

    def _closed(self, places: int) -> int:
        """Leaves runs without taking anything, and drops what stands left of a star: that star leads as far."""
        while (wider := places | (places & self._runs) << 1) != places:
            places = wider
        stars = places & self._stars
        while stars:
            star = 1 << (stars.bit_length() - 1)
            places &= ~self._below[star]
            stars &= places & ~star
        return places


def regions(languages: Sequence[Language], *, universe: Language | None = None) -> dict[tuple[bool, ...], str] | None:
    """Every combination of inside and outside that a text has, and a shortest text that has it.

    Args:
        languages: the sets of texts.
        universe: only its texts count; every text when None.

    Returns:
        For each combination, in the order of the languages, one text, the empty one only if no other has it; None past
        the bounds on states and work.
    """
    automaton = _Automaton([universe or Language([[ANY, ANY_RUN]]), *languages])
    kinds, unnamed = _kinds(automaton)
    representatives = sorted(set(kinds.values()))
    inside, *accepting = automaton.accepting
    within = automaton.living[0]
    start = automaton.start
    came_from: dict[int, tuple[int, str] | None] = {start: None}
    found: dict[tuple[bool, ...], str] = {}
    waiting = deque([start])
    most = 1 << len(languages)
    work = 0
    weight = automaton.size // _WORD + 1
    while waiting:
        places = waiting.popleft()
        if places & inside:
            combination = tuple(bool(places & ends) for ends in accepting)
            if combination not in found:
                found[combination] = _text(places, came_from)
                if len(found) == most:
                    break
        characters = automaton.named_at(places, representatives)
        other = next((one for one in _READABLE if kinds.get(one) not in characters), unnamed)
        for character in (*characters, kinds.get(other, other)):
            reached = automaton.after(places, character)
            work += weight
            if reached & within and reached not in came_from:
                if len(came_from) == _STATES or work > _WORK:
                    return None
                came_from[reached] = (places, character)
                waiting.append(reached)
    if universe is None:
        found.setdefault(tuple(bool(start & ends) for ends in accepting), "")
    return found


def _kinds(automaton: _Automaton) -> tuple[dict[str, str], str]:
    """For each character that a pattern names, one that is the same everywhere; and a character that none names."""
    named = frozenset(automaton.named())
    unnamed = next((character for character in _READABLE if character not in named), None)
    code = _RARE
    while unnamed is None:
        unnamed = chr(code) if chr(code) not in named else None
        code += 1
    alike: dict[tuple[int, int], str] = {}
    readable_first = sorted(named, key=lambda one: (f"{_READABLE}{one}".index(one), one))
    return {character: alike.setdefault(automaton.moves(character), character) for character in readable_first}, unnamed


def _text(places: int, came_from: dict[int, tuple[int, str] | None]) -> str:
    characters = []
    step = came_from[places]
    while step is not None:
        places, character = step
        characters.append(character)
        step = came_from[places]
    return "".join(reversed(characters))
