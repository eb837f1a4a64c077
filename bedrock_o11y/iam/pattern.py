"""A pattern as a small automaton, and whether it matches a text.

A pattern is a row of places: a place reads one symbol and steps to the next, or loops on itself (a star).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from .variables import Hole


class Loop(Enum):
    """What a place reads without being left."""

    NOTHING = 0
    FIELD = 1
    """Anything but a colon."""
    ANYTHING = 2


@dataclass(frozen=True, slots=True)
class One:
    """A step on any one character.

    Attributes:
        colon: whether a colon will do.
    """

    colon: bool


ANY_ONE: Final = One(colon=True)
ONE_OF_A_FIELD: Final = One(colon=False)

Step = str | One | Hole


@dataclass(frozen=True, slots=True)
class Rows:
    """A pattern as rows of bits, one bit for each place.

    Attributes:
        waits: the places that step on a character.
        holes: the places that step on a hole.
        ones: the places that step on any character.
        field_ones: the places that step on any character but a colon.
        anything: the places that loop on anything.
        fields: the places that loop on anything but a colon.
        places: how many there are; the last one is where the pattern has been matched.
    """

    waits: dict[str, int]
    holes: dict[Hole, int]
    ones: int
    field_ones: int
    anything: int
    fields: int
    places: int


@dataclass(eq=False, slots=True)
class Pattern:
    """A pattern, read in one way.

    Attributes:
        steps: what each place but the last steps on.
        loops: what each place reads without being left.
        exact: the one text that it matches; None when it has wildcards or holes.
        everything: whether it matches every text.
        prefix: with which every text that it matches begins.
        prefix_only: whether it matches exactly the texts that begin with its prefix.
    """

    steps: tuple[Step, ...]
    loops: tuple[Loop, ...]
    exact: str | None = None
    everything: bool = False
    prefix: str = ""
    prefix_only: bool = False
    _rows: dict[int, Rows] = field(default_factory=dict, init=False, repr=False)
    _ends: tuple[tuple[str, ...], str] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        length = 0
        for step, loop in zip(self.steps, self.loops, strict=False):
            if loop is not Loop.NOTHING or not isinstance(step, str):
                break
            length += 1
        self.prefix = "".join(self.steps[:length])  # type: ignore[arg-type]
        if length == len(self.steps):
            if self.loops[length] is Loop.NOTHING:
                self.exact = self.prefix
            self.prefix_only = self.loops[length] is Loop.ANYTHING
            self.everything = self.prefix_only and not length

    @property
    def rows(self) -> Rows:
        """Its places as bits."""
        return self.rows_from(0)

    def rows_from(self, place: int) -> Rows:
        """Its places from one on as bits; worked out once."""
        rows = self._rows.get(place)
        if rows is None:
            rows = self._rows[place] = _rows(self.steps[place:], self.loops[place:])
        return rows

    def matches(self, text: str) -> bool:
        """Whether it matches a concrete text: all places are followed at once, so that no pattern is slow."""
        if self.exact is not None:
            return text == self.exact
        if not text.startswith(self.prefix):
            return False
        return self.prefix_only or bool(self.after(text) >> (self.rows.places - 1))

    def after(self, text: str) -> int:
        """The places, as bits, where a text can lead."""
        start = len(self.prefix)
        if len(text) <= start:
            return 1 << len(text) if self.prefix.startswith(text) else 0
        if not text.startswith(self.prefix):
            return 0
        live = 1 << start
        if self.prefix_only:
            return live
        rows = self.rows
        for character in text[start:]:
            step = rows.waits.get(character, 0) | rows.ones
            loop = rows.anything
            if character != ":":
                step |= rows.field_ones
                loop |= rows.fields
            live = ((live & step) << 1) | (live & loop)
            if not live:
                break
        return live

    def same(self, other: Pattern) -> bool:
        """Whether both are written alike, and so match the same; False says nothing."""
        return self is other or (self.steps == other.steps and self.loops == other.loops)

    def apart(self, other: Pattern) -> bool:
        """Whether the letters around the wildcards already show that no text matches both; False says nothing."""
        if not (self.prefix.startswith(other.prefix) or other.prefix.startswith(self.prefix)):
            return True
        (heads, tail), (others, other_tail) = self._letters(), other._letters()
        return not (
            (tail.endswith(other_tail) or other_tail.endswith(tail))
            and all(one.startswith(two) or two.startswith(one) for one, two in zip(heads, others, strict=False))
        )

    def _letters(self) -> tuple[tuple[str, ...], str]:
        """With what each part between two colons begins, while the colons can be counted; and the end of the whole.

        Whatever a text between two colons is that nothing but them can read, in every text that the pattern matches it
        is the same part. A part that is letters only contains its colon, or the mark of an end.
        """
        if self._ends is None:
            self._ends = (_heads(self.steps, self.loops), _tail(self.steps, self.loops))
        return self._ends


def _heads(steps: tuple[Step, ...], loops: tuple[Loop, ...]) -> tuple[str, ...]:
    heads: list[str] = []
    text, literal = "", True
    for step, loop in zip((*steps, _END), loops, strict=True):
        if loop is Loop.ANYTHING or isinstance(step, Hole) or (isinstance(step, One) and step.colon):
            break
        literal = literal and loop is Loop.NOTHING and isinstance(step, str)
        if literal:
            text += str(step)
        if step == ":":
            heads.append(text)
            text, literal = "", True
    return (*heads, text)


def _tail(steps: tuple[Step, ...], loops: tuple[Loop, ...]) -> str:
    letters: list[str] = []
    for step, behind in zip(reversed(steps), reversed(loops), strict=False):
        if behind is not Loop.NOTHING or not isinstance(step, str):
            break
        letters.append(step)
    return "".join(reversed(letters))


_END: Final = "\uf8fe"
"""Behind the last letter of a text; in no text."""


def _rows(steps: tuple[Step, ...], loops: tuple[Loop, ...]) -> Rows:
    waits: dict[str, int] = {}
    symbols: dict[Hole, int] = {}
    ones = field_ones = anything = fields = 0
    for i, step in enumerate(steps):
        if isinstance(step, str):
            waits[step] = waits.get(step, 0) | 1 << i
        elif isinstance(step, Hole):
            symbols[step] = symbols.get(step, 0) | 1 << i
        elif step.colon:
            ones |= 1 << i
        else:
            field_ones |= 1 << i
    for i, loop in enumerate(loops):
        if loop is Loop.ANYTHING:
            anything |= 1 << i
        elif loop is Loop.FIELD:
            fields |= 1 << i
    return Rows(waits, symbols, ones, field_ones, anything, fields, len(loops))
