"""Reads an environment out of JSON: a plain object, and what AWS and this program print."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.errors import UsageError

from .environment import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

_EXPECTED: Final = (
    "expected an object of names and texts, what get-agent-runtime or get-function-configuration prints, "
    "or the environment of an ECS container"
)


def read_json(text: str, origin: str) -> Mapping[str, Value]:
    """The variables of a JSON document.

    Args:
        text: of the file.
        origin: its name, for errors.

    Returns:
        The values by name.

    Raises:
        UsageError: it is not JSON, or no environment. No value is repeated.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(f"{origin}:{error.lineno}:{error.colno}: not JSON; correct it there") from None
    except (RecursionError, ValueError):
        raise UsageError(f"{origin}: not JSON of an environment; {_EXPECTED}") from None
    found = _environment(document)
    if found is None:
        raise UsageError(f"{origin}: no environment is in it; {_EXPECTED}")
    values = {}
    for name, value in found.items():
        if isinstance(value, bool):
            value = str(value).lower()
        elif isinstance(value, int | float):
            value = str(value)
        if not isinstance(value, str):
            raise UsageError(f"{origin}: the value of {name!r} is no text; {_EXPECTED}")
        values[str(name)] = Value(value)
    return values


def _environment(document: Any) -> dict[str, Any] | None:
    if isinstance(document, list):
        # ECS: [{"name": "A", "value": "b"}]
        entries = [each for each in document if isinstance(each, dict)]
        if len(entries) != len(document) or not all("name" in each and "value" in each for each in entries):
            return None
        return {str(each["name"]): each["value"] for each in entries}
    if not isinstance(document, dict):
        return None
    for member in ("Environment", "environmentVariables", "Variables", "environment"):
        inner = document.get(member)
        if isinstance(inner, dict | list):
            return _environment(inner)
    nested = any(isinstance(value, dict | list) for value in document.values())
    return None if nested else document
