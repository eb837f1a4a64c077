"""A policy document as values: statements with their patterns and conditions, and where in its source each stands.

Three texts in a document are not plain:

- A pattern of IAM, with ``*`` and ``?``.
- A policy variable, ``${aws:PrincipalTag/team}``, whose value comes with each request (only in version 2012-10-17).
- A text that the source does not know: an unresolved intrinsic of a template, a value known only after apply. It is
  written with :func:`unknown` and stays inside the string, so that joining strings keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .grammar import DEFAULT_VERSION, VERSION_WITH_VARIABLES, read
from .statement import Condition, Effect, Principal, Statement
from .unknown_text import UNKNOWN_END, UNKNOWN_START, readable, unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "DEFAULT_VERSION",
    "UNKNOWN_END",
    "UNKNOWN_START",
    "VERSION_WITH_VARIABLES",
    "Condition",
    "Effect",
    "PolicyDocument",
    "Principal",
    "Statement",
    "readable",
    "unknown",
]


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
    prepared: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What was worked out about this document and is kept as long as it is; private to this package."""

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
        version, statements, reason = read(source)
        return cls(version, statements, name=name, unknown=reason, pointer=pointer)

    @classmethod
    def not_known(cls, reason: str, *, name: str = "") -> PolicyDocument:
        """A policy that is there but whose text is not known: it widens what may be, and narrows what must be.

        Args:
            reason: why, in a sentence fragment: ``the dump does not contain arn:aws:iam::aws:policy/X``.
            name: of the policy.
        """
        return cls(VERSION_WITH_VARIABLES, (), name=name, unknown=reason)
