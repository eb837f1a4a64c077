"""Roles out of the plain data in which :class:`bedrock_o11y.aws.RoleReader` reads them, fresh or from a file."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from bedrock_o11y.iam import PolicyDocument, PolicyError

from .role import Role

if TYPE_CHECKING:
    from collections.abc import Mapping


def role_of(found: Mapping[str, Any], policies: Mapping[str, Any]) -> Role:
    """A role.

    Args:
        found: the role without its policies.
        policies: its policies; one that could not be read becomes a document that is not known.
    """
    managed = policies["managed"]
    return Role(
        name=found["name"],
        arn=found["arn"],
        trust=trust_of(found),
        policies=tuple(document_of(each) for each in (*policies["inline"], *policies["unlisted"], *managed)),
        managed=tuple(each["arn"] for each in managed),
        boundary=document_of(policies["boundary"], name="boundary") if policies["boundary"] else None,
        created=date.fromisoformat(found["created"]),
        tags=found["tags"],
    )


def trust_of(found: Mapping[str, Any]) -> PolicyDocument:
    """The trust policy of a role."""
    return document_of({"name": "trust", "document": found["trust"]})


def document_of(policy: Mapping[str, Any], *, name: str | None = None) -> PolicyDocument:
    """A policy document.

    Args:
        policy: ``{"name", "document"}``, or with a ``reason`` when it could not be read.
        name: another name than its own.

    Returns:
        The document; one that is not known when it could not be read or not be understood.
    """
    called = name or policy["name"]
    if "document" not in policy:
        return PolicyDocument.not_known(policy["reason"], name=called)
    try:
        return PolicyDocument.parse(policy["document"], name=called)
    except PolicyError as error:
        return PolicyDocument.not_known(f"its text cannot be understood: {error}", name=called)
