"""A concrete request that shows that something is so."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Witness:
    """One request.

    Attributes:
        action: a concrete action.
        resource: a concrete resource ARN.
        context: condition keys and their values; a key that is not here is absent from the request.
    """

    action: str
    resource: str
    context: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)

    def __str__(self) -> str:
        context = ", ".join(
            f"{key}={value if isinstance(value, str) else '[' + ', '.join(value) + ']'}"
            for key, value in sorted(self.context.items())
        )
        return f"{self.action} on {self.resource}" + (f" with {context}" if context else "")


@dataclass(frozen=True, slots=True)
class StatementReference:
    """One statement of one policy, as evidence.

    Attributes:
        policy: name of the policy; empty when it has none.
        label: Sid, or number from 1.
        pointer: JSON pointer inside the file the policy came from (the document's pointer and the statement's joined).
    """

    policy: str
    label: str
    pointer: str = ""

    def __str__(self) -> str:
        return f"{self.policy}/{self.label}" if self.policy else self.label
