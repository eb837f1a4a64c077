"""Reads the ENV instructions of a Dockerfile: those of its last stage, and of the stages on which that one stands."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from bedrock_o11y.errors import UsageError

from .environment import Environment, Value
from .expansion import NAME, expanded

if TYPE_CHECKING:
    from collections.abc import Iterator

_INSTRUCTION: Final = re.compile(r"\s*([A-Za-z]+)\s+(.*)", re.DOTALL)
_DIRECTIVE: Final = re.compile(r"#\s*escape\s*=\s*(\S)", re.IGNORECASE)
_FROM: Final = re.compile(r"(?:--\S+\s+)*(\S+)(?:\s+as\s+(\S+))?\s*", re.IGNORECASE)
_PAIR: Final = re.compile(rf"\s*({NAME})=")
_DOLLAR: Final = "\0"


@dataclass(slots=True)
class _Stage:
    values: dict[str, Value] = field(default_factory=dict)
    arguments: dict[str, Value] = field(default_factory=dict)
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()


def read_dockerfile(text: str, origin: str) -> Environment:
    """The environment of the image that a Dockerfile builds, as far as the file tells it.

    Args:
        text: of the file.
        origin: its name.

    Returns:
        The variables and the start command. What a base image from elsewhere sets is not in it.

    Raises:
        UsageError: an ENV instruction cannot be read. No value is repeated.
    """
    stages: dict[str, _Stage] = {}
    stage = _Stage()
    for number, word, rest in _instructions(text):
        if word == "FROM":
            found = _FROM.fullmatch(rest)
            base = stages.get(found[1].lower()) if found else None
            stage = _Stage(dict(base.values), {}, base.entrypoint, base.command) if base else _Stage()
            stages[str(len(stages))] = stage
            if found and found[2]:
                stages[found[2].lower()] = stage
        elif word == "ENV":
            for name, value in _pairs(rest, number, origin):
                shown, missing = expanded(value, {**stage.arguments, **stage.values})
                stage.values[name] = Value(shown.replace(_DOLLAR, "$"), number, missing)
        elif word == "ENTRYPOINT":
            stage.entrypoint, stage.command = _words(rest), ()
        elif word == "CMD":
            stage.command = _words(rest)
    return Environment(origin, stage.values, (stage.entrypoint + stage.command) or None)


def _instructions(text: str) -> Iterator[tuple[int, str, str]]:
    """Yields line, instruction in capitals and the rest, continued lines joined and comments left out."""
    first = text.lstrip().split("\n", 1)[0]
    directive = _DIRECTIVE.match(first)
    escape = directive[1] if directive else "\\"
    begun, joined = 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("#") or (joined and not line.strip()):
            continue
        begun = begun or number
        if line.rstrip().endswith(escape):
            joined += line.rstrip()[:-1]
            continue
        if found := _INSTRUCTION.fullmatch(joined + line):
            yield begun, found[1].upper(), found[2].strip()
        begun, joined = 0, ""


def _pairs(rest: str, number: int, origin: str) -> Iterator[tuple[str, str]]:
    if not _PAIR.match(rest):  # the old form: ENV NAME the rest of the line
        name, _, value = rest.partition(" ")
        if not re.fullmatch(NAME, name) or not value.strip():
            raise UsageError(f"{origin}:{number}: it is no ENV instruction; expected ENV NAME=value")
        yield name, value.strip()
        return
    position = 0
    while position < len(rest.rstrip()):
        found = _PAIR.match(rest, position)
        if not found:
            raise UsageError(f"{origin}:{number}: it is no ENV instruction; expected ENV NAME=value NAME=value")
        value, position = _word(rest, found.end(), number, origin)
        yield found[1], value


def _word(text: str, position: int, number: int, origin: str) -> tuple[str, int]:
    """One value from a position on, and where it ends (Dockerfile reference, ENV)."""
    taken, mark = "", ""
    while position < len(text):
        sign = text[position]
        if sign == "\\" and mark != "'" and position + 1 < len(text):
            following = text[position + 1]
            taken += _DOLLAR if following == "$" else following if not mark or following in '"\\' else sign + following
            position += 2
            continue
        if mark and sign == mark:
            mark = ""
        elif not mark and sign in "'\"":
            mark = sign
        elif not mark and sign.isspace():
            break
        else:
            taken += _DOLLAR if sign == "$" and mark == "'" else sign
        position += 1
    if mark:
        raise UsageError(f"{origin}:{number}: a quotation mark is not closed")
    return taken, position


def _words(rest: str) -> tuple[str, ...]:
    """The words of a command, in either form."""
    try:
        words = json.loads(rest)
    except ValueError:
        return tuple(rest.split())
    return tuple(map(str, words)) if isinstance(words, list) else ()
