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
_WORK: Final = 2_000_000  # machine words moved: a second or so
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

    Its automaton is a bit for every place in every pattern; a set of places is an int.
    """

    __slots__ = ("_below", "_once", "_run", "_runs", "_stars", "_start", "_steps", "accepting")

    def __init__(self, patterns: Iterable[Iterable[Step]]) -> None:
        """Takes the patterns, each as its steps; no pattern at all is the empty language."""
        self._steps: list[Step | None] = []
        self._start = self.accepting = self._runs = self._stars = 0
        self._below: dict[int, int] = {}
        for pattern in patterns:
            first = len(self._steps)
            self._start |= 1 << first
            previous: Step | None = None
            for step in pattern:
                if step.repeated and step == previous:
                    continue
                place = 1 << len(self._steps)
                self._runs |= step.repeated and place
                if step == ANY_RUN:
                    self._stars |= place
                    self._below[place] = place - (1 << first)
                self._steps.append(step)
                previous = step
            self.accepting |= 1 << len(self._steps)
            self._steps.append(None)
        self._once: dict[str, int] = {}
        self._run: dict[str, int] = {}

    @property
    def size(self) -> int:
        """How many places it has."""
        return len(self._steps)

    @property
    def start(self) -> int:
        """The places before any character."""
        return self._closed(self._start)

    def named(self) -> frozenset[str]:
        """Every character that a pattern names."""
        return frozenset().union(*(step.characters for step in self._steps if step))

    def signature(self, character: str) -> tuple[int, int]:
        """Where the character is taken; two characters of the same signature are the same to this language."""
        if character not in self._once:
            once = run = 0
            for place, step in enumerate(self._steps):
                if step and step.takes(character):
                    if step.repeated:
                        run |= 1 << place
                    else:
                        once |= 1 << place
            self._once[character], self._run[character] = once, run
        return self._once[character], self._run[character]

    def after(self, places: int, character: str) -> int:
        """The places after one more character."""
        once, run = self.signature(character)
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
    machines = [universe or Language([[ANY, ANY_RUN]]), *languages]
    alphabet = _alphabet(machines)
    memory: list[dict[tuple[int, str], int]] = [{} for _ in machines]
    start = tuple(machine.start for machine in machines)
    came_from: dict[tuple[int, ...], tuple[tuple[int, ...], str] | None] = {start: None}
    found: dict[tuple[bool, ...], str] = {}
    waiting = deque([start])
    work = 0
    weight = sum(machine.size // _WORD + 1 for machine in machines)
    while waiting:
        state = waiting.popleft()
        inside, *combination = (
            bool(places & machine.accepting) for machine, places in zip(machines, state, strict=True)
        )
        if inside and tuple(combination) not in found:
            found[tuple(combination)] = _text(state, came_from)
            if len(found) == 1 << len(languages):
                break
        for character in alphabet:
            following = []
            work += weight
            for machine, known, places in zip(machines, memory, state, strict=True):
                after = known.get((places, character))
                if after is None:
                    after = known[places, character] = machine.after(places, character)
                following.append(after)
                if not following[0]:
                    break
            else:
                reached = tuple(following)
                if reached not in came_from:
                    if len(came_from) == _STATES or work > _WORK:
                        return None
                    came_from[reached] = (state, character)
                    waiting.append(reached)
    if universe is None:
        found.setdefault(tuple(bool(language.start & language.accepting) for language in languages), "")
    return found


def _alphabet(machines: Sequence[Language]) -> list[str]:
    """One character of each kind that some language tells from the others, readable ones if possible."""
    named = frozenset().union(*(machine.named() for machine in machines))
    unnamed = next((character for character in _READABLE if character not in named), None)
    code = _RARE
    while unnamed is None:
        unnamed = chr(code) if chr(code) not in named else None
        code += 1
    ordered = sorted({*named, unnamed}, key=lambda character: (f"{_READABLE}{character}".index(character), character))
    kinds: dict[tuple[tuple[int, int], ...], str] = {}
    for character in ordered:
        kinds.setdefault(tuple(machine.signature(character) for machine in machines), character)
    return list(kinds.values())


def _text(state: tuple[int, ...], came_from: dict[tuple[int, ...], tuple[tuple[int, ...], str] | None]) -> str:
    characters = []
    step = came_from[state]
    while step is not None:
        state, character = step
        characters.append(character)
        step = came_from[state]
    return "".join(reversed(characters))
