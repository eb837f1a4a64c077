"""A role with everything that was decided about it: what a patch starts from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bedrock_o11y.blueprint import RoleKind
    from bedrock_o11y.report import Finding
    from bedrock_o11y.roles import Role


@dataclass(frozen=True, slots=True)
class AuditedRole:
    """A role, what it was judged as, and what was found.

    Attributes:
        role: as its source gave it.
        kind: the kind of role that it was judged as.
        variant: the variant of the kind; empty when the kind has none.
        values: a value for every name that the kind's templates use (Partition, Region, Account, Agent, …); ``*`` for
            one that is not known.
        findings: what was found, accepted findings left out.
        recommendation: the whole permission policy that is recommended for this role, optional grants and accepted
            resources included: what it may do without being too wide.
        trust: the trust policy that is recommended; None for a role of people and pipelines.
    """

    role: Role
    kind: RoleKind
    variant: str
    values: Mapping[str, str]
    findings: tuple[Finding, ...]
    recommendation: dict[str, Any]
    trust: dict[str, Any] | None = None
