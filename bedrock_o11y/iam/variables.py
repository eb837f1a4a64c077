"""Policy variables: texts whose value comes with each request.

Source: IAM User Guide, "IAM policy elements: Variables and tags". A value that is put in for a variable is text: a star
in it is a star. Such characters are written as :data:`LITERAL_STAR` and :data:`LITERAL_QUESTION`, so that whoever
matches the result as a pattern can tell them from wildcards.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from .request_context import UNKNOWN
from .unknown_text import UNKNOWN_END, UNKNOWN_START, readable, unknown

if TYPE_CHECKING:
    from .request_context import Context

LITERAL_STAR: Final = "\ue002"
LITERAL_QUESTION: Final = "\ue003"

_ESCAPED: Final = {"*": LITERAL_STAR, "?": LITERAL_QUESTION, "$": "$"}
# An unknown piece; or ${*}, ${?}, ${$}; or ${key} and ${key, 'default'}; or a variable of which a part is unknown.
# Anything else between braces is plain text.
_HOLE: Final = re.compile(
    rf"{UNKNOWN_START}(?P<unknown>[^{UNKNOWN_END}]*){UNKNOWN_END}"
    rf"|\$\{{(?:(?P<escaped>[*?$])|(?P<key>[^\s${{}}*?,'{UNKNOWN_START}]+)(?:\s*,\s*'(?P<default>[^'{UNKNOWN_START}]*)')?"
    rf"|(?P<partly>[^{{}}]*{UNKNOWN_START}[^{UNKNOWN_END}]*{UNKNOWN_END}[^{{}}]*))\}}"
)
_TO_LITERAL: Final = str.maketrans({"*": LITERAL_STAR, "?": LITERAL_QUESTION})
_TO_PLAIN: Final = str.maketrans({LITERAL_STAR: "*", LITERAL_QUESTION: "?"})


class HoleKind(Enum):
    """Why a piece of text is not there."""

    VARIABLE = "variable"
    """It comes with the request; it is text, never a wildcard."""
    UNKNOWN = "unknown"
    """The source of the policy does not know it; it may contain wildcards."""


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of a pattern.

    Attributes:
        pattern: its text; the private characters for literal stars and question marks may occur in it.
    """

    pattern: str


@dataclass(frozen=True, slots=True)
class Hole:
    """A piece of a pattern whose text is not there. The same name stands for the same text wherever it occurs.

    Attributes:
        name: the condition key of a variable, in lower case; what an unknown piece is called.
        kind: which of the two.
        default: of a variable, already as literal text; None when there is none.
    """

    name: str
    kind: HoleKind
    default: str | None = None


Piece = Text | Hole


def holes(text: str, *, variables: bool) -> tuple[Piece, ...]:
    """Splits a pattern at its unknown pieces and, if they count, at its policy variables.

    Args:
        text: a pattern, or the value of a condition.
        variables: whether ``${…}`` is a variable here (version 2012-10-17, and an operator or element that has them);
            otherwise it is plain text.

    Returns:
        The pieces in order, no two texts next to each other; empty for an empty text.
    """
    pieces: list[Piece] = []
    pending = ""
    at = 0
    for found in _HOLE.finditer(text):
        if found["unknown"] is None and not variables:
            continue
        pending += text[at : found.start()]
        at = found.end()
        if found["escaped"] is not None:
            pending += _ESCAPED[found["escaped"]]
            continue
        if pending:
            pieces.append(Text(pending))
            pending = ""
        if found["unknown"] is not None:
            pieces.append(Hole(found["unknown"], HoleKind.UNKNOWN))
        elif found["partly"] is not None:
            pieces.append(Hole(readable(found[0]), HoleKind.UNKNOWN))
        else:
            default = found["default"]
            pieces.append(
                Hole(found["key"].lower(), HoleKind.VARIABLE, None if default is None else as_literal(default))
            )
    pending += text[at:]
    if pending:
        pieces.append(Text(pending))
    return tuple(pieces)


def substitute(text: str, context: Context) -> str | None:
    """Puts the values of a request in for the variables of a pattern.

    Args:
        text: a pattern, or the value of a condition, of a place where variables count.
        context: of the request.

    Returns:
        The pattern. A variable of an unknown key becomes an unknown piece of that name; unknown pieces stay. None when
        a variable has no value and no default: nothing equals such a text, and nothing is like it. A key with several
        values is no variable (User Guide, "Single-valued vs. multivalued context keys") and has no value here.
    """
    if "${" not in text:
        return text
    result = ""
    for piece in holes(text, variables=True):
        if isinstance(piece, Text):
            result += piece.pattern
        elif piece.kind is HoleKind.UNKNOWN:
            result += unknown(piece.name)
        else:
            values = context.get(piece.name)
            if values is UNKNOWN:
                result += unknown(f"${{{piece.name}}}")
            elif values is not None and len(values) == 1:
                result += as_literal(values[0])
            elif piece.default is not None:
                result += piece.default
            else:
                return None
    return result


def as_literal(text: str) -> str:
    """A pattern that matches this text and nothing else."""
    return text.translate(_TO_LITERAL)


def as_plain(text: str) -> str:
    """A text for a comparison without wildcards: a literal star is a star again."""
    return text.translate(_TO_PLAIN)
