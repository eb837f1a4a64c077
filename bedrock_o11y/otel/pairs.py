"""Lists of ``name=value`` pairs: the headers of OTLP, and the attributes of the resource."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote_to_bytes

LOG_GROUP: Final = re.compile(r"[.\-_/#A-Za-z0-9]{1,512}")
"""What the name of a log group looks like (CloudWatch Logs API reference, CreateLogGroup)."""

_BAGGAGE: Final = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*")
"""Characters that a value may hold as they are: all that print in ASCII but space, quote, comma, semicolon and
backslash (W3C Baggage, baggage-octet, which the specification of the resource follows)."""
_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SAFE: Final = "/:.-_~@+"


@dataclass(frozen=True, slots=True)
class Pair:
    """One piece of a list.

    Attributes:
        text: the piece as it stands between two commas.
        name: what is before the equals sign, with its spaces; the whole piece when there is none.
        value: what is after it; None without an equals sign.
    """

    text: str
    name: str
    value: str | None


def pairs(text: str) -> tuple[Pair, ...]:
    """The pieces of a list; empty ones, as after a closing comma, are left out."""
    found = []
    for piece in text.split(","):
        if piece.strip():
            name, equals, value = piece.partition("=")
            found.append(Pair(piece, name, value if equals else None))
    return tuple(found)


def header(text: str, name: str, *, exactly: bool = True) -> str | None:
    """The value of a header: the last one of this name, None for an empty one.

    Args:
        text: the list of headers.
        name: of the header, in lower case.
        exactly: as ADOT reads the headers of logs, letter by letter, with spaces and capitals as they are. Otherwise as
            OpenTelemetry Python reads those of traces: spaces and capitals make no difference, values are decoded.

    Returns:
        None when there is none.
    """
    for each in reversed(pairs(text)):
        if exactly and each.name == name and each.value:
            return each.value
        if not exactly and each.name.strip().lower() == name and each.value is not None:
            value = each.value.strip()
            return (decoded(value) if _BAGGAGE.fullmatch(value) else value) or None
    return None


def attributes(text: str) -> dict[str, str]:
    """The attributes of a resource that can be read, their values decoded, as OpenTelemetry Python reads them."""
    return {each.name.strip(): decoded(each.value.strip()) for each in pairs(text) if each.value is not None}


def decoded(value: str) -> str:
    """A value without its percent-encoding; what is no UTF-8 is replaced."""
    return unquote_to_bytes(value).decode("utf-8", "replace")


def encoded(value: str) -> str:
    """A value as it stands in a list of attributes."""
    return quote(value, safe=_SAFE)


def trouble(value: str) -> str:
    """What is wrong with the encoding of a value; empty when nothing is."""
    if _PERCENT.search(value):
        return "a percent sign that begins no encoded character; a percent sign itself is %25"
    if not _BAGGAGE.fullmatch(value):
        found = next(sign for sign in value if not _BAGGAGE.fullmatch(sign))
        return f"{_called(found)}, which must be percent-encoded as {quote(found, safe='')}"
    try:
        unquote_to_bytes(value).decode("utf-8")
    except UnicodeDecodeError:
        return "percent-encoded bytes that are no UTF-8"
    return ""


def _called(sign: str) -> str:
    names = {" ": "a space", '"': "a quotation mark", ";": "a semicolon", "\\": "a backslash", "\t": "a tab"}
    return names.get(sign) or (f"the character {sign}" if sign.isprintable() else f"the character {ord(sign):#04x}")
