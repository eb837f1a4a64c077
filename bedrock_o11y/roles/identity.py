"""Policies of a role that IAM would not take: what they would do, nobody can say.

A dump or a live account holds none. A template or a file of one's own may, and then the deployment fails; until it
does, such a policy is neither empty nor what its other statements say.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bedrock_o11y.iam import PolicyDocument

if TYPE_CHECKING:
    from .role import Role


def with_valid_policies(role: Role) -> Role:
    """A role in which a policy, or a boundary, that cannot be one of an identity is a policy that is not known."""
    policies = tuple(map(_valid, role.policies))
    boundary = role.boundary and _valid(role.boundary)
    same = boundary is role.boundary and all(new is old for new, old in zip(policies, role.policies, strict=True))
    return role if same else replace(role, policies=policies, boundary=boundary)


def _valid(document: PolicyDocument) -> PolicyDocument:
    for statement in document.statements:
        if statement.principals is not None:
            reason = f"{statement.label} has a Principal, which IAM refuses in a policy of a role"
            return replace(PolicyDocument.not_known(reason, name=document.name), pointer=document.pointer)
    return document
