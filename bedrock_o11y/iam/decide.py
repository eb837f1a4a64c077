"""Would this one request be allowed?"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .document import PolicyDocument
    from .witness import StatementReference


class Outcome(Enum):
    """What IAM answers."""

    ALLOWED = "ALLOWED"
    EXPLICIT_DENY = "EXPLICIT_DENY"
    IMPLICIT_DENY = "IMPLICIT_DENY"


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    Attributes:
        principal: ARN of the caller; only resource policies look at it.
        action: a concrete action.
        resource: a concrete ARN, or ``*`` for an action without resource types.
        context: condition keys and their value or values; None or a key that is not here is absent.
    """

    principal: str
    action: str
    resource: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to a request.

    Attributes:
        value: the answer.
        statement: the statement that decided: the Deny, or the Allow; None when nothing matched.
    """

    value: Outcome
    statement: StatementReference | None = None


def decide(
    request: Request,
    *,
    identity: Sequence[PolicyDocument | Mapping[str, Any] | str],
    boundary: PolicyDocument | Mapping[str, Any] | str | None = None,
    limits: Sequence[PolicyDocument | Mapping[str, Any] | str] = (),
) -> Decision:
    """Whether a request is allowed.

    An explicit Deny in any document wins; then each of ``limits`` and the boundary must allow; then an identity policy
    must. What is not known (an unknown text, a policy that could not be read) never allows and may deny.

    Args:
        request: the request; keys that its context does not list are absent.
        identity: the policies of the principal.
        boundary: its permissions boundary.
        limits: SCPs or session policies, each of which must allow.

    Raises:
        PolicyError: a document cannot be read.
    """
    raise NotImplementedError
