"""Whether one pattern lies inside another, as far as one look at both proves it.

An answer of this module is a proof; where it has none, it says nothing.
"""

from __future__ import annotations

from functools import lru_cache

from .pattern import Loop, One, Pattern
from .patterns import COLONS, Bound, Reading, has_two_readings, resource
from .unknown_text import UNKNOWN_START


@lru_cache(maxsize=16384)
def contains(outer: Pattern, inner: Pattern) -> bool:
    """Whether every text that one pattern matches is matched by another; False says nothing.

    The inner pattern is read symbol by symbol by the outer one. A star of the inner stands for any run, so that only a
    place of the outer that loops on anything gets past it for certain, and stays where it is; a single wildcard and a
    hole likewise. What the outer can match in this way it matches whatever the wildcards of the inner stand for.
    """
    if outer.everything or outer.same(inner):
        return True
    if not inner.prefix.startswith(outer.prefix[: len(inner.prefix)]) or inner.rows.holes:
        return False
    if outer.prefix_only:
        return inner.prefix.startswith(outer.prefix)
    rows = outer.rows
    live = 1
    for place, loop in enumerate(inner.loops):
        if loop is Loop.ANYTHING:
            live &= rows.anything
        elif loop is Loop.FIELD:
            live &= rows.anything | rows.fields
        if not live:
            return False
        if place < len(inner.steps):
            step = inner.steps[place]
            if isinstance(step, str):
                ahead = rows.waits.get(step, 0) | rows.ones
                stay = rows.anything
                if step != ":":
                    ahead |= rows.field_ones
                    stay |= rows.fields
                live = ((live & ahead) << 1) | (live & stay)
            elif isinstance(step, One):
                ahead = rows.ones if step.colon else rows.ones | rows.field_ones
                stay = rows.anything if step.colon else rows.anything | rows.fields
                live = ((live & ahead) << 1) | (live & stay)
            else:
                return False
            if not live:
                return False
    return bool(live >> (rows.places - 1) & 1)


def covers(outer: str, inner: str) -> bool:
    """Whether a resource pattern matches all that another matches, by their letters alone; False says nothing.

    Field by field: equal, or a star of the outer; in the last field also what the outer's stars leave between them.
    A wildcard of the inner is a letter like any other, which only a star takes. Where every field of the inner lies in
    that of the outer, so does the whole, however the colons are read.
    """
    if outer == "*":
        return True
    if "$" in outer or "$" in inner or UNKNOWN_START in outer or UNKNOWN_START in inner:
        return False  # the same letters may be a variable here and plain text there
    if outer == inner:
        return True
    wide, narrow = outer.split(":", COLONS), inner.split(":", COLONS)
    if not len(wide) == len(narrow) == COLONS + 1:
        return False
    for one, other in zip(wide[:COLONS], narrow, strict=False):
        if one not in (other, "*"):
            return False
    return _tail_covers(wide[COLONS], narrow[COLONS])


def _tail_covers(outer: str, inner: str) -> bool:
    """The same for last fields: the pieces between the outer's stars stand in the inner, one behind the other."""
    if outer in (inner, "*"):
        return True
    first, *others = outer.split("*")
    if not others or "?" in outer or not inner.startswith(first):
        return False
    at = len(first)
    for piece in others[:-1]:
        found = inner.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return inner.endswith(others[-1]) and len(inner) - len(others[-1]) >= at


def readings_of(text: str) -> dict[Reading, Pattern]:
    """A resource pattern in each reading of the colons that differs."""
    readings = Reading if has_two_readings(text) else (Reading.FIELDS,)
    return {reading: resource(text, reading, Bound.LOWER, variables=False) for reading in readings}
