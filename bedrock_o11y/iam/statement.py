"""One statement of a policy as values: its patterns and conditions, and where it stands in its document."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from .unknown_text import readable


class Effect(Enum):
    """What a statement does; UNKNOWN when the source does not know it."""

    ALLOW = "Allow"
    DENY = "Deny"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator and key of a condition block.

    Attributes:
        operator: as IAM spells it, with its qualifier: ``ForAnyValue:StringLikeIfExists``.
        key: as written; keys are compared without regard to case.
        values: of which one must match (none, under a negated operator).
    """

    operator: str
    key: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        values = ", ".join(readable(value) for value in self.values)
        return f"{self.operator} {self.key} {values if len(self.values) == 1 else f'[{values}]'}"


@dataclass(frozen=True, slots=True)
class Principal:
    """One principal of a resource policy.

    Attributes:
        kind: ``AWS``, ``Service``, ``Federated``, ``CanonicalUser``, or ``*`` for a bare star.
        value: ARN, account id, service principal or ``*``.
    """

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement.

    Attributes:
        index: its place in the document, from 0.
        sid: its Sid, or an empty text.
        effect: Allow, Deny, or unknown.
        actions: action patterns.
        not_actions: the statement is about every action but these.
        resources: resource patterns; empty in a trust policy.
        not_resources: the statement is about every resource but these.
        conditions: all must hold.
        principals: of a resource policy; None in an identity policy.
        not_principals: the statement is about everybody but these.
        pointer: JSON pointer of the statement inside its document, ``/Statement/3``.
    """

    index: int
    sid: str
    effect: Effect
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ()
    not_actions: bool = False
    not_resources: bool = False
    conditions: tuple[Condition, ...] = ()
    principals: tuple[Principal, ...] | None = None
    not_principals: bool = False
    pointer: str = ""

    @property
    def label(self) -> str:
        """Its Sid, or its number counted from 1, for people."""
        return self.sid or f"statement {self.index + 1}"
