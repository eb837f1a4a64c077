"""Reads ``NAME=value`` lines: dotenv files, shell files with ``export``, and what ``printenv`` or ``env`` print."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bedrock_o11y.errors import UsageError

from .environment import Value
from .expansion import NAME, expanded

if TYPE_CHECKING:
    from collections.abc import Mapping

_LINE: Final = re.compile(rf"\s*(?:export\s+)?({NAME})=(.*)")
_PROCESS: Final = frozenset({"PATH", "HOME", "PWD", "HOSTNAME"})
_ESCAPE: Final = re.compile(r'\\([\\"$`])')
_DOLLAR: Final = "\0"
"""Stands for a dollar that was escaped, so that it begins no reference. No value can hold it."""


def read_dotenv(text: str, origin: str) -> Mapping[str, Value]:
    """The variables of a text of lines.

    Args:
        text: of the file.
        origin: its name, for errors.

    Returns:
        The values by name; of a name that stands twice the last one counts, as for a shell.

    Raises:
        UsageError: a line is no ``NAME=value``, or a quotation mark is not closed. No value is repeated.
    """
    lines = text.splitlines()
    if is_printenv(lines):
        return _printenv(lines)
    values: dict[str, Value] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if not found:
            raise UsageError(f"{origin}:{number}: it is no line of an environment; expected NAME=value")
        values[found[1]] = _value(found[2], number, origin, values)
    return values


def is_printenv(lines: list[str]) -> bool:
    """Whether the lines are what ``printenv`` printed: a whole process, nothing quoted, no comments."""
    names = {found[1] for line in lines if (found := _LINE.fullmatch(line))}
    return len(names & _PROCESS) > 1 and not any(line.lstrip().startswith(("#", "export ")) for line in lines)


def _printenv(lines: list[str]) -> Mapping[str, Value]:
    """Values as they are; a line that begins no variable belongs to a value of several lines."""
    values: dict[str, Value] = {}
    for number, line in enumerate(lines, start=1):
        if found := _LINE.fullmatch(line):
            values[found[1]] = Value(found[2], number)
    return values


def _value(text: str, number: int, origin: str, known: Mapping[str, Value]) -> Value:
    text = text.strip()
    if text[:1] not in ("'", '"'):
        plain = re.split(r"\s+#", text, maxsplit=1)[0].rstrip()
        return Value(*_known(plain, known, number))
    mark, rest = text[0], text[1:]
    pattern = r"[^']*" if mark == "'" else r'(?:[^"\\]|\\.)*'
    found = re.match(pattern, rest)
    end = found.end() if found else 0
    after = rest[end + 1 :].strip()
    if rest[end : end + 1] != mark or (after and not after.startswith("#")):
        raise UsageError(f"{origin}:{number}: the quotation marks do not fit; expected NAME={mark}value{mark}")
    if mark == "'":
        return Value(rest[:end], number)
    unescaped = _ESCAPE.sub(lambda each: _DOLLAR if each[1] == "$" else each[1], rest[:end])
    return Value(*_known(unescaped, known, number))


def _known(text: str, known: Mapping[str, Value], number: int) -> tuple[str, int, tuple[str, ...]]:
    value, missing = expanded(text, known)
    return value.replace(_DOLLAR, "$"), number, missing
