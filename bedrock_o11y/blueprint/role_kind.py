"""The words in which the blueprint describes a role: who assumes it, what it needs, how it is recognised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .grant import Grant


@dataclass(frozen=True, slots=True)
class RoleKind:
    """One kind of role.

    Attributes:
        id: ``agentcore-runtime``; what ``--as`` takes.
        title: in words, ``AgentCore runtime execution role``.
        service: the service principal that assumes it; empty for a role of people and pipelines.
        trust: the trust statement as a grant; None for a role of people and pipelines.
        source_arns: templates of the ARNs on whose behalf the service legitimately assumes it, whole patterns.
        stand_in: where AWS does not say for which ARN the service assumes it: a template of one that names the account
            and no resource that there is. A trust policy that keeps it out was written for something in particular.
        grants: what it needs, and (``optional``) what it may have beside without being too wide.
        denies: grants whose actions may be denied without a defect; a Deny of them is advised by AWS.
        variants: names of the variants, the first is the default when nothing speaks for another; empty for none.
        hints: patterns of resources in its own policies, or of aws:SourceArn in its trust, that tell it from other
            kinds with the same service principal.
        required_hint: without a hint it is not recognised, only with ``--as``.
        parameters: names that the templates use beside Partition, Region and Account, each with what it is.
    """

    id: str
    title: str
    service: str
    trust: Grant | None
    source_arns: tuple[str, ...]
    grants: tuple[Grant, ...]
    denies: tuple[Grant, ...] = ()
    variants: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    required_hint: bool = False
    parameters: tuple[tuple[str, str], ...] = ()
    stand_in: str = ""
