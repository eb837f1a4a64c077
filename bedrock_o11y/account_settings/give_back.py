"""Giving an account setting back: the half of `reconcile` that answers a delete."""

from __future__ import annotations

from dataclasses import replace

from .action import Action, DropRecord, Event, Outcome, Phase, RemoveValue, SaveRecord, WriteValue
from .live import Absent, Live, Present, Unreadable
from .record import Answered, Record, without_former
from .sharing import leave, pass_on, shares
from .wording import removed_instead, sentence_start


def acts_on(event: Event, record: Record) -> bool:
    """Whether a delete is one that gives the setting back.

    It is when the record names the resource. It also is when the whole stack goes and the setting has passed from one
    of its resources to another: the other may be one that CloudFormation failed to delete and has forgotten.
    """
    if record.owner is None or record.owner.stack_id != event.owner.stack_id:
        return False
    passed_on = without_former(record, event.owner) != record or shares(event.owner, record)
    return record.owner == event.owner or (event.phase is Phase.DELETING and passed_on)


def looks(event: Event, record: Record) -> bool:
    """Whether what a delete does depends on what the setting holds; what passes to somebody else passes as it is."""
    return acts_on(event, record) and (_hands_back(event, record) or pass_on(event, record) is None)


def _hands_back(event: Event, record: Record) -> bool:
    """Whether a delete undoes a take-over within the stack."""
    return record.superseded is not None and event.phase is not Phase.DELETING


def give_back(event: Event, live: Live, record: Record | None) -> Action:
    """Decide what the delete of a resource does to the setting.

    Args:
        event: the delete.
        live: what the setting holds; not looked at when the setting is not this resource's.
        record: the ownership record, if there is one.

    Returns:
        The action. It touches the setting only when the record names this resource and the live value is still ours.
    """
    title = sentence_start(event.rules)
    if record is None or record.owner is None:
        return Action(
            Outcome.LEAVE, f"No record says that this stack has set {event.rules.title}. It is left as it is."
        )
    if not acts_on(event, record) and shares(event.owner, record):
        return leave(event, record)
    if record.owner.stack_id != event.owner.stack_id:
        return Action(Outcome.LEAVE, f"{title} belongs to the stack {record.owner.stack_name}. It is left as it is.")
    if not acts_on(event, record):
        return _confirm_superseded(event, record)
    passed = None if _hands_back(event, record) else pass_on(event, record)
    if passed:
        return passed
    if isinstance(live, Unreadable):
        return Action(Outcome.UNREADABLE, live.reason)
    if _hands_back(event, record):
        return _hand_back(event, live, record)
    if isinstance(live, Present) and record.claims(live.value):
        return _keep_in_use(event, DropRecord()) if event.in_use else _undo(event, live, record)
    # An inherited memory is older than this owner: while nothing of the owner was ever live, nothing has superseded it.
    untouched = isinstance(live, Absent) and record.written is None and record.inherited
    end = SaveRecord(_memory(record)) if record.unrestorable or untouched else DropRecord()
    holds = f"holds another value now ({event.rules.describe(live.value)})" if isinstance(live, Present) else "is empty"
    return Action(Outcome.LEAVE, f"{title} {holds}, set by somebody else. It is left as it is.", (end,))


def _undo(event: Event, live: Present, record: Record) -> Action:
    title, describe = sentence_start(event.rules), event.rules.describe
    if record.remembered is None:
        message = f"{title} was off before this stack, and is off again."
        return Action(Outcome.REMOVE, message, (*_closed(event, record), RemoveValue(live), DropRecord()))
    before = event.rules.normalise(record.remembered)
    reason = event.rejected or record.unrestorable
    if record.remembered == live.raw or (reason and before == live.value):
        return Action(Outcome.RESTORE, f"{title} holds what it held before ({describe(before)}).", (DropRecord(),))
    if reason is None:
        message = f"{title} holds again what it held before this stack ({describe(before)})."
        put_back = WriteValue(record.remembered, live, restoring=True)
        return Action(Outcome.RESTORE, message, (*_closed(event, record), put_back, DropRecord()))
    # The record says first that the memory outlives the owner: a crash after the removal must not look like a removal
    # by somebody else, which would end with the memory dropped.
    given_up = replace(record, unrestorable=reason, leaving=event.rules.shared)
    steps = (SaveRecord(given_up), RemoveValue(live), SaveRecord(_memory(given_up)))
    return Action(Outcome.REMOVE, removed_instead(event.rules, describe(before), reason), steps)


def _closed(event: Event, record: Record) -> tuple[SaveRecord, ...]:
    """Before a value goes that others might join just now, the record says that it goes."""
    return (SaveRecord(replace(record, leaving=True)),) if event.rules.shared and not record.leaving else ()


def _keep_in_use(event: Event, end: SaveRecord | DropRecord) -> Action:
    """Leave what somebody else has come to use."""
    return Action(Outcome.LEAVE, f"{sentence_start(event.rules)} is left as it is: {event.in_use}.", (end,))


def _memory(record: Record) -> Record:
    """The record without an owner: what is left when the remembered value could not be put back."""
    return Record(record.setting, None, remembered=record.remembered, unrestorable=record.unrestorable)


def _confirm_superseded(event: Event, record: Record) -> Action:
    message = f"{sentence_start(event.rules)} has passed to another resource of the same stack. It is left as it is."
    without = without_former(record, event.owner)
    return Action(Outcome.LEAVE, message, (SaveRecord(without),) if without != record else ())


def _hand_back(event: Event, live: Live, record: Record) -> Action:
    """Undo a take-over within the stack: the operation that changed the logical id is rolled back."""
    assert record.superseded is not None  # noqa: S101 - the caller looked
    former, found = replace(record.superseded.record, sharers=record.sharers), record.superseded.found
    title = sentence_start(event.rules)
    end = SaveRecord(replace(former, answered=Answered(event.request_id, Outcome.RESTORE.value, "handed back")))
    if not isinstance(live, Present) or not record.claims(live.value):
        return Action(
            Outcome.LEAVE, f"{title} is left as it is; the former resource of this stack owns it again.", (end,)
        )
    message = f"{title} is as the former resource of this stack left it, which owns it again."
    if found is None and record.sharers:
        kept = SaveRecord(replace(former, written=live.value, writing=None))
        return Action(Outcome.RESTORE, message, (kept,))
    if found is None:
        return _keep_in_use(event, end) if event.in_use else Action(Outcome.RESTORE, message, (RemoveValue(live), end))
    if found == live.raw or (event.rejected and event.rules.normalise(found) == live.value):
        return Action(Outcome.RESTORE, message, (end,))
    if event.rejected:
        kept = SaveRecord(replace(former, written=live.value, writing=None, remembered=record.remembered))
        message = f"The former resource of this stack owns {event.rules.title} again, with the value of this one: "
        return Action(Outcome.RESTORE, f"{message}the former value could not be put back ({event.rejected}).", (kept,))
    return Action(Outcome.RESTORE, message, (WriteValue(found, live, restoring=True), end))
