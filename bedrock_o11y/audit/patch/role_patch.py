"""What a patch of one role is: an addition, a proposal that tightens, and what neither can do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bedrock_o11y.blueprint import RoleKind
    from bedrock_o11y.roles import Role

_TERRAFORM_ADDRESS: Final = re.compile(
    r"(?P<module>(?:module\.[\w-]+(?:\[[^]]+\])?\.)*)"
    r"(?P<role>aws_iam_role\.[\w-]+(?:\[(?:\d+|\"[^\"\\$%]+\")\])?)"
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a statement is the way it is.

    Attributes:
        text: in a sentence.
        source: address of the page that says so; empty when there is none.
    """

    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Addition:
    """A new policy that closes what is missing.

    Attributes:
        name: of the policy; no policy of the role has it yet.
        document: the policy document, lists throughout.
        reasons: why, by the Sid of the statement.
        managed: it is too large for an inline policy of this role, so it must be a managed one.
    """

    name: str
    document: dict[str, Any]
    reasons: Mapping[str, Reason]
    managed: bool = False


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A policy that the role has, as it should be.

    Attributes:
        name: of the policy; ``trust`` for the trust policy.
        before: the document as it is.
        after: the whole document as it should be.
        reasons: why, by the Sid of each changed statement.
    """

    name: str
    before: dict[str, Any]
    after: dict[str, Any]
    reasons: Mapping[str, Reason]


@dataclass(frozen=True, slots=True)
class RolePatch:
    """The patch of one role. Every part of it was audited before it came here.

    Attributes:
        role: the role as it is.
        kind: what it was judged as.
        add: the policy that closes what is missing; None when nothing is, or nothing can be added.
        tighten: inline policies that allow more than is recommended, narrowed.
        trust: the trust policy with what it lacks; None when it lacks nothing.
        repairs: whether the service cannot assume the role without the new trust policy.
        notes: what the patch cannot or will not do, and why, one sentence each.
        refused: why a part of the patch is not here: it did not stand its own audit. Empty when all did.
    """

    role: Role
    kind: RoleKind
    add: Addition | None = None
    tighten: tuple[Rewrite, ...] = ()
    trust: Rewrite | None = None
    repairs: bool = False
    notes: tuple[str, ...] = ()
    refused: str = ""

    @property
    def changes(self) -> bool:
        """Whether there is anything to apply."""
        return bool(self.add or self.tighten or self.trust)

    @property
    def role_name(self) -> str:
        """The name of the deployed role; empty when the source does not know it."""
        return self.role.arn.rsplit("/", 1)[-1] if _ARN.fullmatch(self.role.arn) else ""

    @property
    def address(self) -> tuple[str, str]:
        """The module and the address of the role inside it; two empty texts when it does not come from Terraform."""
        match = _TERRAFORM_ADDRESS.fullmatch(self.role.name) if self.role.file else None
        return (match["module"].rstrip("."), match["role"]) if match else ("", "")

    @property
    def label(self) -> str:
        """What names of the patch are derived from: the name of the role, as far as it is known."""
        return self.address[1].removeprefix("aws_iam_role.") or self.role_name or self.role.name

    def knows(self, policy: str) -> bool:
        """Whether the name of a policy is its deployed one, and not what a source calls it that does not know it."""
        return _POLICY_NAME.fullmatch(policy) is not None and not (self.role.file and _ADDRESS.search(policy))


_POLICY_NAME: Final = re.compile(r"[\w+=,.@-]{1,128}", re.ASCII)
"""The name of a policy (IAM API reference, PutRolePolicy)."""

_ADDRESS: Final = re.compile(r"(^|\.)aws_iam_\w+\.")
"""The address of a resource of Terraform, which stands in for a name that is known only after apply."""

_ARN: Final = re.compile(r"arn:[a-z-]+:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)
"""The ARN of a role that is known in full (IAM user guide, IAM identifiers)."""
