"""Values that follow one another with the age of the stack: what is asked for today, and a step that nobody deploys.

A deploy asks for the value that is due on its day. In between, a timer asks: it changes the setting only when the
record names the resource that it speaks for, and the setting still holds what that resource wrote. It never takes
a setting over, and never brings back what somebody else has removed. A value that waits for something that only AWS can
make is written by the same timer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .action import Action, Event, Outcome, SaveRecord, WriteValue
from .live import Absent, Live, Present, Unreadable, Value
from .record import Answered, Basis, Corrupt, Record, Stored
from .wording import sentence_start, unusable_record, waits

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Later:
    """A value that is due from some day on.

    Attributes:
        after_days: age of the stack in days from which it is due.
        desired: the value.
    """

    after_days: int
    desired: Value


def due(first: Value, later: Sequence[Later], age_days: float) -> Value:
    """The value that is due at an age of the stack.

    Args:
        first: due from the beginning.
        later: the others, in any order.
        age_days: age of the stack in days.
    """
    reached = [step for step in later if step.after_days <= age_days]
    return max(reached, key=lambda step: step.after_days).desired if reached else first


def step_on(event: Event, live: Live, record: Stored) -> Action:
    """Decide what the timer does to a setting.

    Args:
        event: what is due; its owner is the resource that the timer speaks for.
        live: what the setting holds.
        record: the ownership record.

    Returns:
        The action; one without steps where the setting is not this resource's to change.
    """
    title = sentence_start(event.rules)
    if isinstance(record, Unreadable):
        return Action(Outcome.UNREADABLE, record.reason)
    if isinstance(record, Corrupt):
        return Action(Outcome.REFUSE, unusable_record(event.rules, record))
    if not isinstance(record, Record) or record.owner != event.owner:
        return Action(Outcome.LEAVE, f"{title} is not managed by this resource. It is left as it is.")
    if isinstance(live, Unreadable):
        return Action(Outcome.UNREADABLE, live.reason)
    if record.waiting is not None:
        return _after_waiting(event, live, record, record.waiting)
    if not isinstance(live, Present) or not record.claims(live.value) or record.basis is not Basis.REPLACED:
        return Action(Outcome.LEAVE, f"{title} holds what somebody else chose. It is left as it is.")
    target = event.rules.normalise(event.desired or {})
    if target == live.value:
        return Action(Outcome.KEEP, f"{title} holds what is due ({event.rules.describe(target)}).")
    message = f"{title} is changed to what is due: {event.rules.describe(target)}."
    begun = replace(record, written=live.value, writing=target)
    done = replace(
        record, written=target, writing=None, answered=Answered(event.request_id, Outcome.WRITE.value, message)
    )
    return Action(Outcome.WRITE, message, (SaveRecord(begun), WriteValue(target, live), SaveRecord(done)))


def _after_waiting(event: Event, live: Live, record: Record, target: Value) -> Action:
    """Write what has waited, if nobody chose anything since.

    What was begun is not begun again, because it may have been removed since; only where AWS surely did not do it, the
    value goes on waiting.
    """
    if isinstance(live, Absent) and live.awaited:
        return Action(Outcome.WAIT, waits(event.rules, event.rules.describe(target)))
    no_longer = replace(record, waiting=None)
    if isinstance(live, Present):
        message = f"{sentence_start(event.rules)} holds what somebody else chose. It is left as it is."
        return Action(Outcome.LEAVE, message, (SaveRecord(no_longer),))
    value = event.rules.normalise(target)
    message = f"{sentence_start(event.rules)} no longer waits: {event.rules.describe(target)}."
    begun = replace(no_longer, writing=value)
    answered = Answered(event.request_id, Outcome.WRITE.value, message)
    done = replace(no_longer, written=value, writing=None, answered=answered)
    return Action(
        Outcome.WRITE, message, (SaveRecord(begun), WriteValue(target, live, refused=record), SaveRecord(done))
    )
