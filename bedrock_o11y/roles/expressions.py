"""Expressions of a template: what is an intrinsic function, and how people write it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bedrock_o11y.iam.document import UNKNOWN_START

if TYPE_CHECKING:
    from collections.abc import Mapping


def is_unknown(text: Any) -> bool:
    """Whether a value is a text of which some piece is not known."""
    return isinstance(text, str) and UNKNOWN_START in text


def intrinsic_of(value: Any) -> str:
    """The name of the intrinsic function that a value is; empty when it is none."""
    if isinstance(value, dict) and len(value) == 1:
        (name,) = value
        if name in ("Ref", "Condition") and isinstance(value[name], str):
            return str(name)
        if isinstance(name, str) and name.startswith("Fn::"):
            return name
    return ""


def expression(value: Any) -> str:
    """An intrinsic as people write it: ``LogGroup``, ``LogGroup.Arn``, ``Fn::ImportValue Shared-Key``."""
    name = intrinsic_of(value)
    if not name:
        return json.dumps(value, ensure_ascii=False, default=str)
    argument = value[name]
    if name == "Ref":
        return str(argument)
    if name == "Fn::GetAtt":
        return ".".join(str(part) for part in argument) if isinstance(argument, list) else str(argument)
    return f"{name} {argument if isinstance(argument, str) else json.dumps(argument, ensure_ascii=False, default=str)}"


def section(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A section of a template, or a member of one; empty when it is missing or no mapping."""
    found = document.get(name)
    return found if isinstance(found, dict) else {}
