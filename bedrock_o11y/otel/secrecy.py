"""What of an environment may be shown: never a key, a token or a password."""

from __future__ import annotations

import re
from typing import Final

HIDDEN: Final = "***"
"""Stands where a secret was."""

PLAIN_HEADERS: Final = ("x-aws-log-group", "x-aws-log-stream", "x-aws-metric-namespace")
"""Headers that hold names; every other header may hold a credential."""

_SECRET_NAME: Final = re.compile(
    r"secret|token|passw|credential|authori[sz]ation|cookie|api[_-]?key|access[_-]?key|private|(^|[_.-])(key|pwd|auth)$",
    re.IGNORECASE,
)
_SECRET_TEXT: Final = re.compile(
    r"(?i:\b(?:bearer|basic|apikey|token)(?:\s|%20|\+)+)\S+"
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{12,}"
    r"|\beyJ[\w-]{8,}[\w.-]*"
    r"|\bgh[pousr]_\w{16,}"
    r"|\b(?:sk|pk|xox[abp])-[\w-]{12,}"
)
_USER_IN_URL: Final = re.compile(r"(?<=://)[^/@\s]+@")
_QUERY_OF_URL: Final = re.compile(r"(://[^?#\s]*)[?#]\S+")
_LONGEST: Final = 200


def is_secret(name: str) -> bool:
    """Whether a variable, header or attribute of this name holds something that must not be shown."""
    return _SECRET_NAME.search(name) is not None


def shown(name: str, text: str) -> str:
    """The value of a variable, as far as it may be shown.

    Args:
        name: of the variable.
        text: its value.

    Returns:
        The value, with secrets replaced by ``***`` and cut when it is very long.
    """
    if is_secret(name):
        return HIDDEN
    if name.endswith("_HEADERS"):
        shown_text = ",".join(shown_header(piece) for piece in text.split(","))
    elif name == "OTEL_RESOURCE_ATTRIBUTES":
        shown_text = ",".join(_shown_attribute(piece) for piece in text.split(","))
    else:
        shown_text = hidden(text)
    return shown_text if len(shown_text) <= _LONGEST else f"{shown_text[:_LONGEST]}…"


def shown_header(piece: str) -> str:
    """One piece of a list of headers: the name, and the value of AWS's own headers alone."""
    found = re.match(r"\s*([!#$&'*+.^_`|~0-9A-Za-z-]+)(\s*[=:]\s*)", piece)
    if not found:
        return HIDDEN if piece.strip() else piece
    if found[1].lower() in PLAIN_HEADERS:
        return hidden(piece)
    return f"{piece[: found.end()]}{HIDDEN}"


def hidden(text: str) -> str:
    """A text without what looks like a credential: tokens, keys, the user and the query of a URL."""
    return _QUERY_OF_URL.sub(rf"\1?{HIDDEN}", _USER_IN_URL.sub(f"{HIDDEN}@", _SECRET_TEXT.sub(HIDDEN, text)))


def _shown_attribute(piece: str) -> str:
    key, equals, _ = piece.partition("=")
    if not equals:
        return HIDDEN if piece.strip() else piece  # the end of a secret that holds a comma, perhaps
    return f"{hidden(key)}={HIDDEN}" if is_secret(key.strip()) else hidden(piece)
