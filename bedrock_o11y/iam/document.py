"""A policy document as values: statements with their patterns and conditions, and where in its source each stands.

Three texts in a document are not plain:

- A pattern of IAM, with ``*`` and ``?``.
- A policy variable, ``${aws:PrincipalTag/team}``, whose value comes with each request (only in version 2012-10-17).
- A text that the source does not know: an unresolved intrinsic of a template, a value known only after apply. It is
  written with :func:`unknown` and stays inside the string, so that joining strings keeps it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

UNKNOWN_START: Final = "\ue000"
UNKNOWN_END: Final = "\ue001"
_UNKNOWN: Final = re.compile(f"{UNKNOWN_START}([^{UNKNOWN_END}]*){UNKNOWN_END}")

VERSION_WITH_VARIABLES: Final = "2012-10-17"
DEFAULT_VERSION: Final = "2008-10-17"
"""The version of a document that names none: variables in it are literal text."""


def unknown(name: str) -> str:
    """A piece of text whose value the source does not know, to be put into or joined with other text.

    The same name stands for the same value wherever it occurs; the value may itself contain wildcards.

    Args:
        name: what it is called, for people: ``LogGroup.Arn``, ``aws_kms_key.logs.arn (known after apply)``.
    """
    return f"{UNKNOWN_START}{name}{UNKNOWN_END}"


def readable(text: str) -> str:
    """A text for people: unknown pieces are written as ``<LogGroup.Arn>``."""
    return _UNKNOWN.sub(r"<\1>", text)


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


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """A policy document.

    Attributes:
        version: ``2012-10-17`` or ``2008-10-17``.
        statements: in order.
        name: of the policy, for evidence; empty when it has none.
        unknown: why the text of the whole policy is not known; then it has no statements and may allow and deny
            anything. Empty for a document that was read.
        pointer: JSON pointer of the document inside the file it came from; empty for a file that is the document.
    """

    version: str
    statements: tuple[Statement, ...]
    name: str = ""
    unknown: str = ""
    pointer: str = ""

    @classmethod
    def parse(cls, source: Mapping[str, Any] | str, *, name: str = "", pointer: str = "") -> PolicyDocument:
        """Reads a document.

        Args:
            source: a dict, JSON text, or percent-encoded JSON text. Statement, Action and Resource may be a scalar or
                a list, condition values text, bool or number. Texts may contain :func:`unknown` pieces; a statement
                may be an unknown text as a whole.
            name: of the policy, for evidence.
            pointer: where the document stands in its file.

        Raises:
            PolicyError: with the JSON pointer of what is wrong: not JSON, a duplicate key, an element that IAM does
                not know, a wrong type, a statement without Effect or without Action.
        """
        raise NotImplementedError

    @classmethod
    def not_known(cls, reason: str, *, name: str = "") -> PolicyDocument:
        """A policy that is there but whose text is not known: it widens what may be, and narrows what must be.

        Args:
            reason: why, in a sentence fragment: ``the dump does not contain arn:aws:iam::aws:policy/X``.
            name: of the policy.
        """
        return cls(VERSION_WITH_VARIABLES, (), name=name, unknown=reason)
