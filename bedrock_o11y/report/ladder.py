"""What a check found: one state for each rung of the evidence ladder."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bedrock_o11y.errors import ExitCode


class State(StrEnum):
    """What is known about a rung. A state never says more than the evidence does."""

    PASS = "PASS"  # noqa: S105  the name of a state, not a password
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"
    """It could not be read or judged; the evidence says why, with the missing permission by name."""
    NOT_APPLICABLE = "NOT_APPLICABLE"
    """The account does not have what the rung judges, on purpose."""


@dataclass(frozen=True, slots=True)
class Rung:
    """The result of one rung.

    Attributes:
        id: stable name, as ``--only`` and ``--explain`` take it.
        title: what is true when the rung passes.
        state: what is known.
        evidence: what was seen, a sentence each. Never holds a prompt or an answer unless bodies were asked for.
        next: what to do now; None when there is nothing to do.
        blocked_by: id of the rung below that keeps this one from being judged.
        seconds: how long its evidence took to read.
    """

    id: str
    title: str
    state: State
    evidence: tuple[str, ...] = ()
    next: str | None = None
    blocked_by: str | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class LadderReport:
    """The result of a whole check.

    Attributes:
        account: the account that was looked at.
        region: the Region that was looked at.
        time: when, in UTC, as ISO 8601.
        basis: what the account was judged by: the record of a stack, or nothing but itself.
        rungs: the rungs in the order of the ladder, the lowest first.
    """

    account: str
    region: str
    time: str
    basis: str
    rungs: tuple[Rung, ...]

    def count(self, state: State) -> int:
        """How many rungs are in a state."""
        return sum(rung.state is state for rung in self.rungs)

    def exit_code(self, *, allow_unknown: bool = False) -> ExitCode:
        """What the command leaves with.

        Args:
            allow_unknown: UNKNOWN counts as clean.

        Returns:
            FAILED with any FAIL, else UNKNOWN with any UNKNOWN, else CLEAN.
        """
        if self.count(State.FAIL):
            return ExitCode.FAILED
        if self.count(State.UNKNOWN) and not allow_unknown:
            return ExitCode.UNKNOWN
        return ExitCode.CLEAN
