"""As much of JSON Schema as our own schemas use; a word that it does not know is an error, never a pass."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_TYPES: dict[str, type | tuple[type, ...]] = {"object": dict, "array": list, "string": str, "integer": int}
_SILENT = {"$schema", "title", "description", "$defs"}


def problems(value: Any, schema: dict[str, Any], root: dict[str, Any] | None = None, at: str = "") -> Iterator[str]:
    """Yields what a schema does not allow."""
    root = root or schema
    for word, wanted in schema.items():
        if word in _SILENT or word in ("additionalProperties", "required", "properties", "items"):
            continue
        if word == "$ref":
            yield from problems(value, root["$defs"][wanted.removeprefix("#/$defs/")], root, at)
        elif word == "type":
            if not isinstance(value, _TYPES[wanted]) or (wanted == "integer" and isinstance(value, bool)):
                yield f"{at}: {value!r} is no {wanted}"
                return
        elif word in ("enum", "const"):
            if value not in (wanted if word == "enum" else [wanted]):
                yield f"{at}: {value!r} is not {wanted}"
        elif word == "pattern":
            if not re.search(wanted, value):
                yield f"{at}: {value!r} does not match {wanted}"
        elif word == "minimum":
            if value < wanted:
                yield f"{at}: {value} is less than {wanted}"
        else:
            raise NotImplementedError(word)
    if "properties" in schema:
        yield from _members(value, schema, root, at)
    for number, each in enumerate(value if "items" in schema else []):
        yield from problems(each, schema["items"], root, f"{at}/{number}")


def _members(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], at: str) -> Iterator[str]:
    assert schema["additionalProperties"] is False
    yield from (f"{at}: {name} is missing" for name in schema["required"] if name not in value)
    for name, each in value.items():
        if name not in schema["properties"]:
            yield f"{at}: {name} is not in the schema"
        else:
            yield from problems(each, schema["properties"][name], root, f"{at}/{name}")
