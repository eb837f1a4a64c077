"""Faults on demand: the account fails in a chosen way at the n-th call of an operation."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from bedrock_o11y.errors import UsageError

if TYPE_CHECKING:
    from bedrock_o11y.sandbox.state import StateFolder


class FaultKind(StrEnum):
    """How an operation fails."""

    THROTTLE = "throttle"
    """Refused with the service's own throttling error; nothing is done."""
    DENY = "deny"
    """Refused as if a policy denied it; nothing is done."""
    SERVER_ERROR = "5xx"
    """Refused with an internal error of the service; nothing is done."""
    SLOW = "slow"
    """Done, after a delay."""
    DROP = "drop"
    """Done, but the connection closes without an answer."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    Attributes:
        operation: `service:Operation`, for example `logs:PutLogEvents`.
        kind: how it fails.
        at: the first call that fails, counted from 1 since the fault was added.
        times: how many calls fail from there on.
        seconds: for `slow`, the delay.
        identity: tells it from another with the same values; the server counts by it.
    """

    operation: str
    kind: FaultKind
    at: int = 1
    times: int = 1
    seconds: float = 1.0
    identity: str = field(default_factory=lambda: secrets.token_hex(4))

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9-]*:[A-Za-z0-9]+", self.operation):
            raise UsageError(f"operation {self.operation!r}: expected service:Operation, as in logs:PutLogEvents")
        if self.at < 1 or self.times < 1:
            raise UsageError("a fault begins at call 1 or later and lasts for one call or more")
        if not 0 <= self.seconds <= 3600:
            raise UsageError(f"{self.seconds} seconds: expected between 0 and 3600")


class Faults:
    """The faults of one sandbox, kept in a file of its state folder that the server reads before every call.

    Args:
        folder: the state folder.
    """

    def __init__(self, folder: StateFolder) -> None:
        self._folder = folder

    def add(
        self,
        operation: str,
        kind: FaultKind | str,
        *,
        at: int = 1,
        times: int = 1,
        seconds: float = 1.0,
    ) -> Fault:
        """Add a fault; it counts calls from now on.

        Args:
            operation: `service:Operation`; the prefix is the one of IAM actions, the operation the API's.
            kind: how it fails.
            at: the first call that fails, counted from 1.
            times: how many calls fail from there on.
            seconds: for `slow`, the delay.

        Returns:
            the fault.

        Raises:
            UsageError: a value is out of range.
        """
        try:
            known = FaultKind(kind)
        except ValueError:
            raise UsageError(f"kind {kind!r}: expected one of {', '.join(FaultKind)}") from None
        fault = Fault(operation, known, at, times, seconds)
        self._write([*self.in_force(), fault])
        return fault

    def in_force(self) -> list[Fault]:
        """The faults in force.

        Returns:
            the faults in the order in which they were added.
        """
        try:
            entries = json.loads(self._folder.faults.read_text(encoding="utf-8"))["faults"]
        except FileNotFoundError:
            return []
        return [Fault(**{**entry, "kind": FaultKind(entry["kind"])}) for entry in entries]

    def clear(self) -> None:
        """Remove every fault and its count."""
        self._write([])

    def _write(self, faults: list[Fault]) -> None:
        self._folder.write(self._folder.faults, {"faults": [asdict(fault) for fault in faults]})
