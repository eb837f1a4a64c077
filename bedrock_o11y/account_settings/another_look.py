"""A change made right after another look: none of these APIs can compare and set, and waiting before it takes long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from .failures import CallFailedError, Failure
from .live import Live, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable

    from .setting import Setting

T = TypeVar("T")


def while_live(setting: Setting, over: Live, action: str, change: Callable[..., T], **arguments: Any) -> T:
    """Make a change, provided that the setting still holds what the decision was based on.

    Args:
        setting: read once more.
        over: what it must hold.
        action: the IAM action of reading it, for messages.
        change: makes the change.
        **arguments: of the change.

    Raises:
        CallFailedError: it could not be read, or holds something else (`Failure.CONFLICT`).
    """
    live = setting.read()
    if isinstance(live, Unreadable):
        raise CallFailedError(Failure.UNAVAILABLE, live.action, "Unreadable", live.reason)
    if live != over:
        message = f"{setting.rules.title} was changed by somebody else meanwhile"
        raise CallFailedError(Failure.CONFLICT, action, "Conflict", message)
    return change(**arguments)
