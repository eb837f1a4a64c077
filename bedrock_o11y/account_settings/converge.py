"""Carries out a decision: read, decide, act, and start again when what the decision was based on has changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .action import Action, DropRecord, Event, Outcome, Phase, RemoveValue, SaveRecord, Step, WriteValue
from .calls import PROPAGATION_SECONDS, RESTORE_SECONDS
from .failures import CallFailedError, Failure
from .live import Unreadable
from .plan_of_values import step_on
from .reconcile import needs_live, needs_phase, reconcile
from .record import NoRecord, Record, Stored
from .setting import InvalidValueError, Setting

if TYPE_CHECKING:
    from collections.abc import Callable

    from .policy import Policy
    from .record_store import RecordStore

_NOT_DONE = (Failure.DENIED, Failure.REJECTED, Failure.THROTTLED)
_ROUNDS = 5
"""How often a decision is made anew because the setting or the record changed under it."""


class _ValueRejectedError(Exception):
    """AWS does not take back a value that was to be put back."""


def converge(event: Event, policy: Policy, setting: Setting, store: RecordStore, phase: Callable[[], Phase]) -> Action:
    """Bring a setting to what a request asks for.

    Args:
        event: the request.
        policy: what to do with a value that somebody else has set.
        setting: the setting.
        store: its record.
        phase: asks what the stack is doing; called only when the answer depends on it.

    Returns:
        The action that was carried out. A failed request has an outcome that does not succeed.

    Raises:
        CallFailedError: a call failed for good. Whatever was done up to there is in the record, and a repeated request
            goes on from it.
        InvalidValueError: the value asked for does not fit the API.
    """
    if event.mode == "guard" and event.kind == "Delete":
        # Nothing was done, so nothing has to be read, and nothing can fail.
        return reconcile(event, Unreadable("It was not looked at.", ""), NoRecord(), policy)
    if event.kind != "Delete" and event.desired is not None:
        setting.validate(event.desired)
    for _ in range(_ROUNDS):
        record = store.read()
        repeated = _answered_before(event, record)
        if repeated:
            return repeated
        if event.phase is Phase.UNKNOWN and needs_phase(event, record, policy):
            event = replace(event, phase=_ask(phase, event))
        live = setting.read() if needs_live(event, record) else Unreadable("It was not looked at.", "")
        action = step_on(event, live, record) if event.kind == "Step" else reconcile(event, live, record, policy)
        if event.kind == "Update" and action.outcome is Outcome.REFUSE and event.phase is Phase.UNKNOWN:
            event = replace(event, phase=_ask(phase, event))
            action = reconcile(event, live, record, policy)
        try:
            for step in action.steps:
                _take(step, setting, store)
        except _ValueRejectedError as rejected:
            event = replace(event, rejected=str(rejected))
        except CallFailedError as failed:
            if failed.failure is Failure.IN_USE:
                event = replace(event, in_use=failed.message)
            elif failed.failure is not Failure.CONFLICT:
                raise
        else:
            return action
    message = "The setting or its record was changed by somebody else again and again meanwhile. Try once more."
    return Action(Outcome.UNREADABLE, message)


def _ask(phase: Callable[[], Phase], event: Event) -> Phase:
    try:
        return phase()
    except CallFailedError:
        if event.kind == "Delete":
            # A wrong guess would give back too much or too little, and there is no second delete.
            raise
        # An update that is no rollback, as nearly all are, has its own answer. In a VPC nothing else may be in reach.
        return Phase.UNKNOWN


def _answered_before(event: Event, record: Stored) -> Action | None:
    """The answer this very request was given, when Lambda delivers it a second time."""
    if event.kind == "Delete" or event.mode == "guard" or not isinstance(record, Record) or not record.answered:
        return None
    if record.owner != event.owner or record.writing is not None or record.answered.request_id != event.request_id:
        return None
    return Action(Outcome(record.answered.outcome), record.answered.message)


def _take(step: Step, setting: Setting, store: RecordStore) -> None:
    match step:
        case SaveRecord():
            store.save(step.record)
        case DropRecord():
            store.drop()
        case RemoveValue():
            setting.remove(step.over)
        case WriteValue():
            _write(setting, step, store)


def _write(setting: Setting, step: WriteValue, store: RecordStore) -> None:
    try:
        setting.write(step.value, step.over, propagation=RESTORE_SECONDS if step.restoring else PROPAGATION_SECONDS)
    except InvalidValueError as error:
        if step.restoring:
            raise _ValueRejectedError(str(error)) from None
        raise
    except CallFailedError as failed:
        if step.restoring and failed.failure in (Failure.REJECTED, Failure.NOT_PROPAGATED):
            raise _ValueRejectedError(str(failed)) from None
        if step.refused and failed.failure in _NOT_DONE:
            store.save(step.refused)
        raise
