"""Durations as people write them: ``10s``, ``15m``."""

from __future__ import annotations

import re
from typing import Final

from bedrock_o11y.errors import UsageError

_UNITS: Final = {"s": 1, "m": 60, "h": 3600}
_LONGEST_SECONDS: Final = 6 * 3600


def seconds(text: str) -> float:
    """A duration in seconds.

    Args:
        text: a whole number and ``s``, ``m`` or ``h``: ``10s``, ``15m``.

    Returns:
        Seconds, at least 1 and at most six hours.

    Raises:
        UsageError: the text is something else.
    """
    found = re.fullmatch(r"([0-9]{1,6})([smh])", text.strip())
    value = int(found[1]) * _UNITS[found[2]] if found else 0
    if not 1 <= value <= _LONGEST_SECONDS:
        raise UsageError(f"{text!r} is not a duration; expected something like 10s, 15m or 1h, at most 6h")
    return float(value)
