"""Calls to AWS with patience: what is worth a second attempt, how long to wait, and when to stop.

The clients themselves do not retry (`handler` turns that off), so this is the only place that waits. Clock, sleep and
chance are injected, so that no test waits.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from .failures import CallFailedError, Failure, classify

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

PROPAGATION_SECONDS = 90.0
"""How long the permissions of a new logging role are waited for, on create and on update alike."""
RESTORE_SECONDS = 10.0
"""How long they are waited for when a remembered value is put back: its role is old, propagation is no excuse."""
BUSY_SECONDS = 60.0
"""How long another change of the same thing is waited for; one takes some seconds."""
_TRANSIENT_ATTEMPTS = 4
_DENIED_ATTEMPTS = 3
_FIRST_DELAY = 0.5
_LONGEST_DELAY = 8.0


def _jitter() -> float:
    # Jitter spreads retries; it is no secret.
    return random.uniform(0.5, 1.0)  # noqa: S311


@dataclass(slots=True)
class Calls:
    """The patience of one request.

    Attributes:
        deadline: the reading of `clock` after which no call begins, so that there is time left to answer.
        patient_with_denials: whether a missing permission is asked for again: on create, the Lambda function's own role
            may be seconds old, and IAM is eventually consistent.
        clock: seconds, monotonic.
        sleep: waits that many seconds.
        jitter: a factor between 0.5 and 1 for each delay.
    """

    deadline: float = float("inf")
    patient_with_denials: bool = False
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = _jitter

    def run(self, call: Callable[[], T], action: str, *, propagation: float = 0.0) -> T:
        """Make a call, again and again while that is worth it.

        Args:
            call: makes the call once.
            action: its IAM action, for messages.
            propagation: seconds for which "the role is not usable yet" is waited out.

        Returns:
            What the call returned.

        Raises:
            CallFailedError: the last failure.
        """
        started = self.clock()
        attempt = 0
        while True:
            if self.clock() >= self.deadline:
                raise CallFailedError(Failure.OUT_OF_TIME, action, "OutOfTime", "no time left to make this call")
            try:
                return call()
            except CallFailedError as error:
                if error.failure not in (Failure.BUSY, Failure.NOT_PROPAGATED):
                    raise
                failed = error
            except Exception as error:
                classified = classify(error, action)
                if classified is None:
                    raise
                failed = classified
            attempt += 1
            delay = min(_LONGEST_DELAY, _FIRST_DELAY * 2**attempt) * self.jitter()
            if not self._worth_another(failed, attempt, self.clock() + delay - started, propagation):
                raise failed
            if self.clock() + delay >= self.deadline:
                raise failed
            self.sleep(delay)

    def _worth_another(self, failed: CallFailedError, attempt: int, elapsed: float, propagation: float) -> bool:
        if failed.failure is Failure.NOT_PROPAGATED:
            return elapsed <= propagation
        if failed.failure is Failure.BUSY:
            return elapsed <= BUSY_SECONDS
        if failed.failure is Failure.DENIED:
            return self.patient_with_denials and attempt < _DENIED_ATTEMPTS
        if failed.failure in (Failure.THROTTLED, Failure.UNAVAILABLE):
            return attempt < _TRANSIENT_ATTEMPTS
        return False
