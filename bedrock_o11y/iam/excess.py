"""What a role may do beyond a recommendation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .document import PolicyDocument
    from .witness import StatementReference, Witness

    Document = PolicyDocument | Mapping[str, Any] | str


class Beyond(Enum):
    """In which respect something is beyond the recommendation."""

    ACTION = "action"
    """The recommendation has no such action at all."""
    RESOURCE = "resource"
    """It has the action, but not on all of these resources."""
    CONTEXT = "context"
    """It has the action on these resources, but only under a condition."""
    UNKNOWN = "unknown"
    """It could not be decided."""


@dataclass(frozen=True, slots=True)
class Excess:
    """One action pattern and one resource pattern of one statement, as far as they are beyond.

    Attributes:
        statement: the statement that allows it.
        action: the action pattern as written; ``NotAction a, b`` is written as ``everything but a, b``.
        resource: the resource pattern as written; likewise.
        beyond: in which respect.
        witness: a request that is allowed and not recommended; None when it could not be decided.
        recommended: for RESOURCE the resource patterns that the recommendation has for the witness's action; for
            CONTEXT the conditions it asks for, as text.
    """

    statement: StatementReference
    action: str
    resource: str
    beyond: Beyond
    witness: Witness | None
    recommended: tuple[str, ...] = ()


def excess(
    identity: Sequence[Document],
    recommendation: Document | Sequence[Document],
    *,
    boundary: Document | None = None,
    facts: Mapping[str, Any] | None = None,
) -> tuple[Excess, ...]:
    """What the policies of an identity allow beyond a recommendation.

    What a Deny takes away and what the boundary does not allow is not beyond. The answer is narrowed: only the pairs
    of action pattern and resource pattern of a statement of which something is beyond, each with a witness that
    ``decide`` confirms.

    Args:
        identity: the policies.
        recommendation: what is recommended: one document, or several.
        boundary: the permissions boundary.
        facts: condition keys and their values, as in ``cover``; a statement whose condition is false for them allows
            nothing.

    Returns:
        In the order of policies and statements; empty when nothing is beyond.

    Raises:
        PolicyError: a document cannot be read.
    """
    raise NotImplementedError
