"""An environment that was read: names and values, and where they stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Value:
    """The value of one variable.

    Attributes:
        text: the value, quotes of the file's language taken away.
        line: where it stands in the file; None when lines mean nothing.
        unresolved: names that the value refers to and the file does not set, so that the value is not known.
    """

    text: str
    line: int | None = None
    unresolved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Environment:
    """The variables of an agent.

    Attributes:
        origin: where they were read: a path, or ``this process``.
        values: by name.
        start: the words of the command that starts the agent, where a Dockerfile tells it; else None.
        elsewhere: why there may be more variables than were read, a sentence each.
    """

    origin: str
    values: Mapping[str, Value] = field(default_factory=dict)
    start: tuple[str, ...] | None = None
    elsewhere: tuple[str, ...] = ()

    def get(self, name: str) -> str | None:
        """The value of a variable; None when it is not set, empty or not known.

        An empty value means the same as none (OpenTelemetry specification, Environment Variable Specification).
        """
        value = self.values.get(name)
        return value.text if value and value.text and not value.unresolved else None

    def is_set(self, name: str) -> bool:
        """Whether a variable is set to something, be it known or not."""
        value = self.values.get(name)
        return value is not None and bool(value.text)

    def is_unknown(self, name: str) -> bool:
        """Whether a variable is set to something that cannot be known here."""
        value = self.values.get(name)
        return value is not None and bool(value.unresolved)

    def says(self, name: str, word: str) -> bool:
        """Whether a variable holds a word, capitals or not, as ADOT and OpenTelemetry compare ``true``."""
        return (self.get(name) or "").strip().lower() == word

    def place(self, name: str) -> str:
        """Where a variable stands, ``agent.env:3``."""
        value = self.values.get(name)
        return f"{self.origin}:{value.line}" if value and value.line else self.origin
