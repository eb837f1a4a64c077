"""Patches as JSON: documents as IAM takes them, or as CloudFormation does for a role of a template."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from .text import Pseudo, joined, pseudos

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .role_patch import Reason, RolePatch

SCHEMA: Final = {"name": "bedrock-o11y/audit-patch", "version": 1}


def as_json(patches: Sequence[RolePatch]) -> str:
    """The patches as one JSON text."""
    return json.dumps({"schema": SCHEMA, "roles": [_role(patch) for patch in patches]}, indent=2) + "\n"


def _role(patch: RolePatch) -> dict[str, Any]:
    add = patch.add
    return {
        "role": patch.role.label,
        "kind": patch.kind.id,
        "add": add
        and {
            "policy_name": add.name,
            "managed": add.managed,
            "document": _written(add.document),
            "reasons": _reasons(add.reasons),
        },
        "tighten": [
            {"policy": each.name, "document": _written(each.after), "reasons": _reasons(each.reasons)}
            for each in patch.tighten
        ],
        "trust": _written(patch.trust.after) if patch.trust else None,
        "repairs": patch.repairs,
        "notes": list(patch.notes),
        "refused": patch.refused,
    }


def _written(content: Any) -> Any:
    """A document; a text that names its own account becomes an ``Fn::Sub``, which writes IAM's variables ``${!x}``."""
    if isinstance(content, dict):
        return {key: _written(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_written(value) for value in content]
    if not pseudos(content):
        return content
    return {"Fn::Sub": joined(content, _escaped, _reference)}


def _escaped(text: str) -> str:
    return text.replace("${", "${!")


def _reference(pseudo: Pseudo) -> str:
    return f"${{{pseudo.value}}}"


def _reasons(reasons: Mapping[str, Reason]) -> dict[str, dict[str, str]]:
    return {sid: {"text": reason.text, "source": reason.source} for sid, reason in reasons.items()}
