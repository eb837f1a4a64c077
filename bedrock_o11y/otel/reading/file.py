"""Which language a file is in, and the environment that it holds."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Final

from bedrock_o11y.errors import UsageError

from .compose import read_compose
from .dockerfile import read_dockerfile
from .dotenv import read_dotenv
from .environment import Environment, Value
from .json_text import read_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

STDIN: Final = "-"
_LARGEST: Final = 4 * 2**20
_FIRST_INSTRUCTION: Final = re.compile(
    r"(?:[ \t]*(?:#[^\n]*|ARG[ \t][^\n]*)?\n)*[ \t]*(?:FROM|ENV)[ \t]+\S", re.IGNORECASE
)
_SERVICES: Final = re.compile(r"^services\s*:", re.MULTILINE)


def read_environment(
    path: Path | None, *, service: str | None = None, process: Mapping[str, str] | None = None
) -> Environment:
    """An environment.

    Args:
        path: the file, ``-`` for stdin; None takes that of this process.
        service: of a Compose file.
        process: the environment of this process; None takes the real one.

    Returns:
        The variables.

    Raises:
        UsageError: the file cannot be read or holds no environment.
    """
    if path is None:
        if service is not None:
            raise UsageError("--service goes with --from and a Compose file")
        variables = os.environ if process is None else process
        return Environment("this process", {name: Value(text) for name, text in variables.items()})
    origin = "stdin" if str(path) == STDIN else str(path)
    text = _text(path, origin)
    found = _read(text, path, origin, service)
    if not found.values and not found.elsewhere:
        raise UsageError(
            f"{origin}: no variable is in it; expected a dotenv file, JSON, a Dockerfile or a Compose file"
        )
    return found


def _read(text: str, path: Path, origin: str, service: str | None) -> Environment:
    name = path.name.lower()
    if name.endswith((".yml", ".yaml")) or (_SERVICES.search(text) and "=" not in text.split("services", 1)[0]):
        return read_compose(text, origin, service, None if origin == "stdin" else path.parent)
    if service is not None:
        raise UsageError(f"{origin}: --service goes with a Compose file, and this is none")
    if name.endswith(".json") or text.lstrip()[:1] in ("{", "["):
        return Environment(origin, read_json(text, origin))
    if "dockerfile" in name or "containerfile" in name or _FIRST_INSTRUCTION.match(text):
        return read_dockerfile(text, origin)
    return Environment(origin, read_dotenv(text, origin))


def _text(path: Path, origin: str) -> str:
    try:
        if origin == "stdin":
            data = sys.stdin.buffer.read(_LARGEST + 1)
        else:
            with path.open("rb") as file:
                data = file.read(_LARGEST + 1)
    except OSError as error:
        raise UsageError(f"{origin}: cannot be read: {error.strerror or error}") from None
    if len(data) > _LARGEST:
        raise UsageError(f"{origin}: larger than {_LARGEST // 2**20} MB; no environment is")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{origin}: it is not UTF-8 text; expected an environment, saved as UTF-8") from None
    if not text.strip():
        raise UsageError(f"{origin}: it is empty; expected a dotenv file, JSON, a Dockerfile or a Compose file")
    if "\0" in text:
        # What /proc/PID/environ holds.
        text = text.replace("\n", " ").replace("\0", "\n")
    return text
