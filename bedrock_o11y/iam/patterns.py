"""What the patterns of policies mean: their texts, read as automata.

Two things about a pattern may be open, so each can be read in more than one way:

- **Colons.** AWS's pages disagree about whether a star in one of the first five fields of an ARN also matches ``:``.
  :attr:`Reading.FIELDS` says no, :attr:`Reading.WHOLE` says yes; FIELDS never matches more.
- **Holes.** A text that is not known. :attr:`Bound.LOWER` is what the pattern matches for certain: a hole is matched
  by the same hole only. :attr:`Bound.UPPER` is what it may match: a hole is matched by any text.

Sources: IAM User Guide, "IAM JSON policy elements: Resource" (wildcards, incomplete ARNs), "Action" (case), "Variables
and tags" (variables count after the fifth colon).
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from .pattern import ANY_ONE, ONE_OF_A_FIELD, Loop, Pattern
from .unknown_text import ANY_NAME, UNKNOWN_END, UNKNOWN_START
from .variables import LITERAL_QUESTION, LITERAL_STAR, Hole, Text, holes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .pattern import Step

_SPECIAL: Final = re.compile(f"([*?{LITERAL_STAR}{LITERAL_QUESTION}{ANY_NAME}])")
_PLAIN: Final = {LITERAL_STAR: "*", LITERAL_QUESTION: "?"}
COLONS: Final = 5
"""Of an ARN, in front of its sixth and last field."""


class Reading(IntEnum):
    """What a wildcard in the first five fields of an ARN matches."""

    FIELDS = 0
    """Anything but a colon."""
    WHOLE = 1
    """Anything."""


class Bound(IntEnum):
    """How a hole counts."""

    LOWER = 0
    """What the pattern matches whatever the hole is: a hole is a symbol, which only itself and a star match."""
    UPPER = 1
    """What the pattern matches for some text in the hole."""


@lru_cache(maxsize=1024)
def action(text: str, bound: Bound) -> Pattern:
    """An action pattern. Actions are compared in lower case.

    Args:
        text: as written.
        bound: how unknown pieces count.
    """
    return _pattern("", text.lower(), variables=False, bound=bound, reading=Reading.WHOLE)


@lru_cache(maxsize=2048)
def resource(text: str, reading: Reading, bound: Bound, *, variables: bool) -> Pattern:
    """A resource pattern.

    An incomplete ARN is completed with stars. A hole before the fifth colon that one can see is taken to hold no
    colon if five can be seen, and otherwise the whole rest of the ARN's first five fields.

    Args:
        text: as written.
        reading: what wildcards in the first five fields match.
        bound: how holes count.
        variables: whether ``${…}`` after the fifth colon is a variable.
    """
    if not text:
        return NOTHING
    if not text.strip("*"):
        return EVERYTHING
    head, tail, whole = split(text)
    if not whole and UNKNOWN_START not in head and head.startswith("arn:"):
        head, tail = head + ":*" * (COLONS - 1 - head.count(":")) + ":", "*"
    return _pattern(head, tail, variables=variables, bound=bound, reading=reading)


@lru_cache(maxsize=1024)
def glob(text: str) -> Pattern:
    """A pattern over a whole text, without fields, holes or variables."""
    return _pattern("", text, variables=False, bound=Bound.LOWER, reading=Reading.WHOLE)


def single(text: str) -> Pattern:
    """A pattern of one text, in which nothing is special."""
    return Pattern(tuple(text), (Loop.NOTHING,) * (len(text) + 1))


def matches(pattern: str, text: str) -> bool:
    """Whether a glob of IAM matches a text: ``*`` is any run, ``?`` is one character, nothing else is special.

    The private characters of literal stars and question marks match a star and a question mark.
    """
    return glob(pattern).matches(text)


@lru_cache(maxsize=4096)
def has_two_readings(text: str) -> bool:
    """Whether it matters for a resource pattern what a wildcard in its first five fields matches."""
    if not text.strip("*"):
        return False
    head, tail, whole = split(text)
    if not ("*" in head or "?" in head):
        return False
    fields = head.split(":")[:COLONS]
    first = next((i for i, one in enumerate(fields) if "*" in one or "?" in one), COLONS)
    # A run of fields that are each a bare star, up to the end, is the same in both readings.
    return not (head.startswith("arn:") and all(one == "*" for one in [*fields[first:], tail if whole else "*"]))


def split(text: str) -> tuple[str, str, bool]:
    """The first five fields of a resource with their colons, the rest, and whether the rest is there.

    The colons in the names of unknown pieces are none. An unknown piece before the last of the five colons, when they
    cannot all be seen, begins the rest.
    """
    if UNKNOWN_START not in text:
        fields = text.split(":", COLONS)
        if len(fields) <= COLONS:
            return text, "", False
        return text[: len(text) - len(fields[COLONS])], fields[COLONS], True
    colons = 0
    inside = False
    for at, character in enumerate(text):
        if character == UNKNOWN_START:
            inside = True
        elif character == UNKNOWN_END:
            inside = False
        elif character == ":" and not inside:
            colons += 1
            if colons == COLONS:
                return text[: at + 1], text[at + 1 :], True
    at = text.index(UNKNOWN_START)
    return text[:at], text[at:], True


def _pattern(head: str, tail: str, *, variables: bool, bound: Bound, reading: Reading) -> Pattern:
    steps: list[Step] = []
    loops = [Loop.NOTHING]
    in_field = reading is Reading.FIELDS
    pieces: Iterable[tuple[bool, Text | Hole]] = (
        *((in_field, piece) for piece in _pieces(head, variables=False)),
        *((False, piece) for piece in _pieces(tail, variables=variables)),
    )
    after_hole = False
    for of_a_field, piece in pieces:
        if isinstance(piece, Hole):
            if bound is Bound.UPPER:
                loops[-1] = Loop.ANYTHING
                after_hole = True
            else:
                steps.append(piece)
                loops.append(Loop.NOTHING)
            continue
        narrow = of_a_field and not after_hole
        star, one = (Loop.FIELD, ONE_OF_A_FIELD) if narrow else (Loop.ANYTHING, ANY_ONE)
        for text in _SPECIAL.split(piece.pattern):
            if text == "*":
                if loops[-1] is not Loop.ANYTHING:
                    loops[-1] = star
            elif text == ANY_NAME:
                steps.append(ONE_OF_A_FIELD)
                loops.append(Loop.FIELD)
            elif text == "?":
                steps.append(one)
                # `*?` is `?*`: the star goes last, so that equal patterns look equal.
                moved = loops[-1] is star
                loops.append(star if moved else Loop.NOTHING)
                if moved:
                    loops[-2] = Loop.NOTHING
            else:
                steps += _PLAIN.get(text, text)
                loops += [Loop.NOTHING] * len(text)
    return Pattern(tuple(steps), tuple(loops))


def _pieces(text: str, *, variables: bool) -> tuple[Text | Hole, ...]:
    if UNKNOWN_START in text or (variables and "${" in text):
        return holes(text, variables=variables)
    return (Text(text),) if text else ()


EVERYTHING: Final = Pattern((), (Loop.ANYTHING,))
"""Matches every text."""


NOTHING: Final = Pattern(("\uf8ff",), (Loop.NOTHING, Loop.NOTHING))
"""Matches no text that there is: the empty resource."""
NO_RESOURCE: Final = Pattern((), (Loop.NOTHING,))
"""The resource of an action without resource types, ``*`` in a request: the empty word, which only stars match."""
A_RESOURCE: Final = _pattern("arn:*:*:*:*:", "*", variables=False, bound=Bound.LOWER, reading=Reading.FIELDS)
"""Every well-formed ARN."""
AN_ACTION: Final = Pattern((ONE_OF_A_FIELD, ":", ONE_OF_A_FIELD), (Loop.NOTHING, Loop.FIELD, Loop.NOTHING, Loop.FIELD))
"""Every well-formed action."""
