"""A policy document as JSON again, as AWS prints it: the way back from the values of ``iam``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.iam import readable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bedrock_o11y.iam import Condition, PolicyDocument, Principal, Statement

VERSION: Final = "2012-10-17"


class NotWritableError(ValueError):
    """A document cannot be written in full, because a part of it is not known."""


def document_json(document: PolicyDocument) -> dict[str, Any]:
    """A document as JSON, with lists throughout.

    Raises:
        NotWritableError: its text, or a piece of it, is not known; the message says which.
    """
    if document.unknown:
        raise NotWritableError(f"its text is not known: {document.unknown}")
    return {
        "Version": document.version,
        "Statement": [statement_json(statement) for statement in document.statements],
    }


def version_after(before: dict[str, Any]) -> str:
    """The version in which a document can be rewritten without a change of its meaning.

    The newer one reads ``${...}`` as a variable, so a document of the older one that has it must stay as old.
    """
    return str(before["Version"]) if "${" in compact(before) else VERSION


def statement_json(statement: Statement) -> dict[str, Any]:
    """A statement as JSON, with lists throughout, keys in the order in which AWS prints them.

    Raises:
        NotWritableError: a piece of it is not known, or two conditions on one key cannot stand in one block.
    """
    written: dict[str, Any] = {"Sid": statement.sid} if statement.sid else {}
    written["Effect"] = statement.effect.value
    if statement.principals is not None:
        written["NotPrincipal" if statement.not_principals else "Principal"] = _principals(statement.principals)
    written["NotAction" if statement.not_actions else "Action"] = list(statement.actions)
    if statement.resources or statement.principals is None:
        written["NotResource" if statement.not_resources else "Resource"] = list(statement.resources)
    if statement.conditions:
        written["Condition"] = condition_json(statement.conditions)
    text = json.dumps(written, ensure_ascii=False)
    if readable(text) != text or statement.effect.value not in ("Allow", "Deny"):
        pieces = sorted({piece.split("\ue001")[0] for piece in text.split("\ue000")[1:]})
        raise NotWritableError(f"{statement.label} contains {', '.join(f'<{piece}>' for piece in pieces)}")
    return written


def condition_json(conditions: Sequence[Condition]) -> dict[str, dict[str, list[str]]]:
    """Conditions as a condition block.

    Raises:
        NotWritableError: two conditions have the same operator and key.
    """
    block: dict[str, dict[str, list[str]]] = {}
    for condition in conditions:
        keys = block.setdefault(condition.operator, {})
        if condition.key in keys:
            raise NotWritableError(f"{condition.operator} {condition.key} occurs twice")
        keys[condition.key] = list(condition.values)
    return block


def compact(document: dict[str, Any]) -> str:
    """A document as text without white space between its parts."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def indented(document: dict[str, Any]) -> str:
    """A document as text for people, readable by every program."""
    return json.dumps(document, indent=2, ensure_ascii=False)


def _principals(principals: Sequence[Principal]) -> Any:
    kinds: dict[str, list[str]] = {}
    for principal in principals:
        kinds.setdefault(principal.kind, []).append(principal.value)
    return "*" if set(kinds) == {"*"} else kinds
