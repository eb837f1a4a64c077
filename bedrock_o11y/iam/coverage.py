"""What a role must be able to do, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .document import Condition
    from .witness import StatementReference, Witness


class Verdict(Enum):
    """How far a need is granted."""

    GRANTED = "GRANTED"
    """All of it, whatever the unknown keys and texts turn out to be."""
    CONDITIONAL = "CONDITIONAL"
    """All of it, if conditions hold that cannot be judged from the facts."""
    PARTIAL = "PARTIAL"
    """Some of it may be allowed, and some of it never is."""
    DENIED = "DENIED"
    """An Allow meets it, and a Deny takes all of that away."""
    BLOCKED_BY_BOUNDARY = "BLOCKED_BY_BOUNDARY"
    """An Allow meets it, and the boundary or a limit allows none of that."""
    MISSING = "MISSING"
    """No Allow meets it."""
    UNKNOWN = "UNKNOWN"
    """It rests on a text that is not known, or was too much to decide."""


@dataclass(frozen=True, slots=True)
class Need:
    """What must be possible.

    Attributes:
        action: a concrete action.
        resource: a pattern: every ARN that it matches is needed. Beside the wildcards of IAM it may contain
            :data:`ANY_NAME`.
        context: condition keys that the request carries, and their value or values; None means known to be absent.
    """

    action: str
    resource: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far a need is granted, and what shows it.

    Attributes:
        verdict: the answer.
        witness: for PARTIAL a request of the need that is not allowed; for CONDITIONAL one whose answer is open.
        statement: GRANTED: an Allow that grants it (one of them). DENIED, PARTIAL through a Deny: that Deny.
            BLOCKED_BY_BOUNDARY: None, or the boundary's Deny. CONDITIONAL: the statement whose condition is open.
        conditions: for CONDITIONAL, the conditions whose truth is not known.
        allowed: for PARTIAL a request of the need that may be allowed.
        reason: for UNKNOWN, what is not known; for BLOCKED_BY_BOUNDARY which policy blocks (its name, or ``the
            permissions boundary``).
    """

    verdict: Verdict
    witness: Witness | None = None
    statement: StatementReference | None = None
    conditions: tuple[Condition, ...] = ()
    reason: str = ""
    allowed: Witness | None = None
