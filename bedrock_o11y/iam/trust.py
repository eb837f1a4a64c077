"""Who can make a service assume a role?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .document import PolicyDocument, Principal
    from .witness import StatementReference, Witness


class TrustVerdict(Enum):
    """What a trust policy lets a service do."""

    OK = "OK"
    """The service can assume the role for this account, and for no other."""
    BROKEN = "BROKEN"
    """The service itself cannot assume it."""
    CONFUSED_DEPUTY = "CONFUSED_DEPUTY"
    """Another account can make the service assume it."""
    WEAK_IF_ABSENT = "WEAK_IF_ABSENT"
    """It is open when the service sends neither source key."""
    UNKNOWN = "UNKNOWN"
    """It rests on a text or a condition key that is not known."""


@dataclass(frozen=True, slots=True)
class OtherPrincipal:
    """Somebody beside the service who may assume the role.

    Attributes:
        principal: who.
        statement: the statement that lets them.
        conditions: as text, one each; empty when there are none.
    """

    principal: Principal
    statement: StatementReference
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrustAssessment:
    """What a trust policy says about one service.

    Attributes:
        verdict: the answer.
        witness: for CONFUSED_DEPUTY, WEAK_IF_ABSENT and BROKEN the source context that shows it (its action is
            ``sts:AssumeRole``, its resource empty).
        statement: the statement that lets it in, or the Deny that keeps the service out; None when nothing matches.
        pins_account: whether every accepted context with the source keys is of this account through
            aws:SourceAccount alone.
        pins_arn: whether aws:SourceArn decides at all: some legitimate account with a foreign SourceArn (another
            service, Region or account in the ARN) is refused.
        loose_arn: aws:SourceArn is compared with StringLike, whose star crosses the fields of the ARN.
        others: everybody else who may assume the role, other services included.
        reason: for UNKNOWN and BROKEN, why, in a sentence.
    """

    verdict: TrustVerdict
    witness: Witness | None = None
    statement: StatementReference | None = None
    pins_account: bool = False
    pins_arn: bool = False
    loose_arn: bool = False
    others: tuple[OtherPrincipal, ...] = ()
    reason: str = ""


def assess_trust(
    document: PolicyDocument | Mapping[str, Any] | str, service: str, account: str, source_arn: str
) -> TrustAssessment:
    """What a trust policy lets a service do.

    This is an inclusion over all source contexts, not a sample: the set of (aws:SourceAccount, aws:SourceArn, each
    present or absent) that the document accepts for the service must meet the legitimate ones and must contain none
    of any other account, and none with both keys absent.

    Args:
        document: the trust policy.
        service: the service principal, ``bedrock-agentcore.amazonaws.com``.
        account: the account of the role.
        source_arn: a pattern of the ARNs for which the service legitimately acts,
            ``arn:aws:bedrock-agentcore:*:123456789012:*``. A document that accepts only some of them is not broken.

    Raises:
        PolicyError: the document cannot be read.
    """
    raise NotImplementedError
