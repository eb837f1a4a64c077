"""Reads the environment of one service of a Compose file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bedrock_o11y.errors import UsageError

from .dotenv import read_dotenv
from .environment import Environment, Value
from .expansion import expanded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def read_compose(text: str, origin: str, service: str | None, folder: Path | None) -> Environment:
    """The environment of a service.

    Args:
        text: of the file.
        origin: its name.
        service: name of the service; None when the file has one alone, or one alone with an environment.
        folder: where the files of ``env_file`` are looked for; None reads none.

    Returns:
        The variables, those of ``environment`` before those of ``env_file``.

    Raises:
        UsageError: it is no Compose file, or it is not clear which service is meant. No value is repeated.
    """
    import yaml  # costs time at start, and most environments are no YAML

    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f":{mark.line + 1}" if mark else ""
        raise UsageError(f"{origin}{where}: not YAML; correct it there") from None
    services = document.get("services") if isinstance(document, dict) else None
    if not isinstance(services, dict) or not all(isinstance(each, dict) for each in services.values()):
        raise UsageError(f"{origin}: no Compose file; expected services with an environment each")
    chosen = services[_chosen({str(name): each for name, each in services.items()}, service, origin)]
    values, missing = _files(chosen.get("env_file"), folder, origin)
    for name, value in _entries(chosen.get("environment"), origin):
        if value is None:
            values[name] = Value(f"${{{name}}}", None, (name,))  # taken from whoever runs docker compose
        else:
            shown, unresolved = expanded(value.replace("$$", "\0"), {})
            values[name] = Value(shown.replace("\0", "$"), None, unresolved)
    return Environment(origin, values, elsewhere=missing)


def _chosen(services: dict[str, Any], wanted: str | None, origin: str) -> str:
    names = ", ".join(services)
    if wanted is not None:
        if wanted not in services:
            raise UsageError(f"{origin}: there is no service {wanted!r}; it has {names}")
        return wanted
    candidates = [name for name, each in services.items() if each.get("environment") or each.get("env_file")]
    if len(candidates) == 1 or len(services) == 1:
        return (candidates or list(services))[0]
    raise UsageError(f"{origin}: it is not clear which service is the agent; choose one of {names} with --service")


def _files(named: Any, folder: Path | None, origin: str) -> tuple[dict[str, Value], tuple[str, ...]]:
    values: dict[str, Value] = {}
    missing: list[str] = []
    for each in named if isinstance(named, list) else [named] if named else []:
        name = each.get("path") if isinstance(each, dict) else each
        if not isinstance(name, str):
            raise UsageError(f"{origin}: an entry of env_file is no path")
        path = folder / name if folder else None
        try:
            values |= read_dotenv(path.read_text(encoding="utf-8-sig"), str(path)) if path else {}
        except (OSError, UnicodeDecodeError):
            path = None
        if path is None:
            missing.append(f"{origin} names env_file {name}, which cannot be read")
    return values, tuple(missing)


def _entries(environment: Any, origin: str) -> Iterator[tuple[str, str | None]]:
    if isinstance(environment, list):
        for entry in environment:
            if not isinstance(entry, str):
                raise UsageError(f"{origin}: an entry of the environment is no text; expected NAME=value")
            name, equals, value = entry.partition("=")
            yield name, value if equals else None
    elif isinstance(environment, dict):
        for name, value in environment.items():
            if isinstance(value, dict | list):
                raise UsageError(f"{origin}: the value of {name!r} is no text; expected NAME: value")
            yield str(name), None if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    elif environment is not None:
        raise UsageError(f"{origin}: the environment of the service is neither a list nor a mapping")
