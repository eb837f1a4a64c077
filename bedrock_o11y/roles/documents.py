"""Policy documents as the sources write them: equal ones are parsed once, a broken one is a reason, not a crash."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.iam import PolicyDocument, PolicyError

if TYPE_CHECKING:
    from collections.abc import Mapping

TRUST: Final = "trust"
"""Name of a trust policy in evidence."""

BOUNDARY: Final = "boundary"
"""Name of a permissions boundary in evidence."""

_REMEMBERED: Final = 1024
"""Roles come from templates: a few hundred different documents stand behind thousands of roles."""


class UnreadableError(Exception):
    """A part of a role that cannot be read; the role becomes an UnreadRole.

    Attributes:
        problem: what is wrong, and what was expected.
        pointer: JSON pointer of it inside the file.
    """

    def __init__(self, problem: str, pointer: str) -> None:
        super().__init__(f"{pointer or '/'}: {problem}")
        self.problem = problem
        self.pointer = pointer


def read_document(source: Any, *, name: str, pointer: str) -> PolicyDocument:
    """A policy document out of a dict, JSON text or percent-encoded JSON text; equal sources share their statements.

    Args:
        source: what the file or the account gave.
        name: of the policy, for evidence.
        pointer: of the document inside its file.

    Raises:
        UnreadableError: it is no policy document.
    """
    try:
        if isinstance(source, str):
            document = _from_text(source)
        elif isinstance(source, dict):
            document = _from_text(compact(source))
        else:
            raise UnreadableError(
                f"the policy {name} is {json.dumps(source)[:40]}; expected a policy document or its text", pointer
            )
    except PolicyError as error:
        raise UnreadableError(f"the policy {name} cannot be read: {error.problem}", pointer + error.pointer) from None
    return replace(document, name=name, pointer=pointer)


compact: Final = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
"""The shortest JSON of a value. One encoder for thousands of documents: making it takes longer than using it."""


@lru_cache(maxsize=_REMEMBERED)
def _from_text(text: str) -> PolicyDocument:
    return PolicyDocument.parse(text)


def is_policy(value: Mapping[str, Any]) -> bool:
    """Whether an object has the shape of a policy document."""
    return "Statement" in value


def is_trust(value: Mapping[str, Any]) -> bool:
    """Whether a policy document says who, as only policies of resources and roles do."""
    statements = value.get("Statement")
    listed = statements if isinstance(statements, list) else [statements]
    return any(isinstance(one, dict) and not {"Principal", "NotPrincipal"}.isdisjoint(one) for one in listed)
