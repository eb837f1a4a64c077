"""The words in which the blueprint describes a role: who assumes it, what it needs, how it is recognised."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .grant import Grant


@dataclass(frozen=True, slots=True)
class VariantTrust:
    """Who assumes one variant of a kind of role.

    Attributes:
        variant: of the kind.
        trust: the trust statement as a grant, with one service principal.
        source_arns: as those of :class:`RoleKind`; empty where AWS documents no source, and trust is not judged.
    """

    variant: str
    trust: Grant
    source_arns: tuple[str, ...] = ()


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
        trusts: who assumes it, where that depends on the variant; ``service``, ``trust`` and ``source_arns`` are empty.
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
    trusts: tuple[VariantTrust, ...] = ()

    def of_variant(self, variant: str) -> RoleKind:
        """The kind as one variant of it is assumed.

        Args:
            variant: of the kind; empty for none.

        Returns:
            The kind itself, unless its trust depends on the variant and AWS documents on whose behalf it is assumed.
        """
        for each in self.trusts:
            if each.variant == variant and each.source_arns:
                (service,) = each.trust.principals
                return replace(self, service=service, trust=each.trust, source_arns=each.source_arns)
        return self
