"""References to other variables inside a value: ``$NAME``, ``${NAME}``, ``${NAME:-word}``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bedrock_o11y.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .environment import Value

NAME: Final = r"[A-Za-z_][A-Za-z0-9_]*"
LONGEST: Final = 128 * 1024
"""Bytes: no variable of a process is longer on Linux (execve, MAX_ARG_STRLEN)."""
_REFERENCE: Final = re.compile(rf"\$(?:({NAME})|\{{({NAME})(?:(:?[-+?])([^}}]*))?\}})")


def expanded(text: str, known: Mapping[str, Value]) -> tuple[str, tuple[str, ...]]:
    """A text with its references replaced by values that the same file sets before.

    Args:
        text: without quotes.
        known: what the file set so far.

    Returns:
        The text, and the names that could not be replaced; those references stay as they are.

    Raises:
        UsageError: the text grows beyond what a variable can hold.
    """
    missing: list[str] = []
    room = LONGEST - len(text)

    def replaced(found: re.Match[str]) -> str:
        nonlocal room
        name = found[1] or found[2]
        operator, word = found[3] or "", found[4] or ""
        value = known.get(name)
        if value is not None and not value.unresolved:
            if operator.endswith("+"):
                return word
            answer = value.text if value.text or operator != ":-" else word
            room -= len(answer)
            if room < 0:
                raise UsageError(
                    f"a value that refers to {name} grows beyond {LONGEST // 1024} KB; no variable can hold it"
                )
            return answer
        # Whoever starts the agent may set the name, so that even a default is not certain.
        missing.append(name)
        return found.group()

    return _REFERENCE.sub(replaced, text), tuple(dict.fromkeys(missing))
