"""One look at the account: something is there, nothing is there, or it could not be read. Never a mixture."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from .trouble import Kind, classify, error_code

if TYPE_CHECKING:
    from collections.abc import Callable, Collection


class Status(StrEnum):
    """What a look gave."""

    PRESENT = "present"
    ABSENT = "absent"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one look at the account gave.

    Attributes:
        status: whether something is there, nothing is there, or it could not be read.
        value: what was read, as plain JSON data; None unless present.
        action: the IAM action that is missing; None when permission was not the trouble.
        reason: why it could not be read, one sentence without a closing full stop.
        seconds: how long the look took.
    """

    status: Status
    value: Any = None
    action: str | None = None
    reason: str = ""
    seconds: float = 0.0

    @classmethod
    def present(cls, value: Any) -> Reading:
        """Something is there."""
        return cls(Status.PRESENT, value)

    @classmethod
    def absent(cls) -> Reading:
        """Nothing is there; AWS said so."""
        return cls(Status.ABSENT)

    @classmethod
    def unreadable(cls, reason: str, action: str | None = None) -> Reading:
        """It could not be read."""
        return cls(Status.UNREADABLE, None, action, reason)

    @property
    def is_present(self) -> bool:
        """Whether there is a value."""
        return self.status is Status.PRESENT

    @property
    def is_absent(self) -> bool:
        """Whether AWS said that there is nothing."""
        return self.status is Status.ABSENT

    @property
    def is_unreadable(self) -> bool:
        """Whether the look failed."""
        return self.status is Status.UNREADABLE


def look(action: str, call: Callable[[], Any], *, absent: Collection[str] = ()) -> Reading:
    """Makes one look, and puts what happened into a reading.

    Args:
        action: the IAM action of the call, named when AWS denies it without naming one.
        call: calls AWS and returns plain JSON data, or None when there is nothing.
        absent: error codes by which AWS says that there is nothing.

    Returns:
        The reading, with the seconds it took.

    Raises:
        CouldNotRunError: no other look can succeed either: credentials missing, expired or wrong.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    started = time.monotonic()
    try:
        value = call()
        reading = Reading.absent() if value is None else Reading.present(value)
    except (BotoCoreError, ClientError) as error:
        if error_code(error) in absent:
            reading = Reading.absent()
        else:
            trouble = classify(error, action)
            denied = trouble.action if trouble.kind is Kind.DENIED else None
            reading = Reading.unreadable(trouble.reason, denied)
    return replace(reading, seconds=round(time.monotonic() - started, 3))
