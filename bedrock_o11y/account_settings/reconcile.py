"""The decision about an account setting: pure, and the only place where it is made.

`reconcile(event, live, record, policy)` says what to do and why. The rules it holds:

- What could not be read is never written, nor deleted.
- A value that we did not write is never lost: it stays live, or it is remembered in the record first.
- A setting belongs to one resource of one stack. Others share it where that changes nothing (`sharing`), or are
  refused and told whose it is.
- A value equal to the one asked for, which we did not write, is left alone, now and on delete.
- Delete and rollback touch the setting only when the record names the resource that is deleted, and the live value is
  still the one it wrote (`give_back`).
"""

from __future__ import annotations

from dataclasses import replace

from .action import Action, Event, Outcome, Phase, SaveRecord, WriteValue
from .give_back import give_back, looks
from .live import Absent, Live, Present, Unreadable, Value
from .policy import Policy
from .record import Answered, Basis, Corrupt, NoRecord, Owner, Record, Sharer, Stored, Superseded, without_former
from .sharing import join, shares, without_sharer
from .wording import foreign_value, owned_by_sibling, sentence_start, unusable_record, waits

_OF_FOUND = (Policy.REFUSE, Policy.ADOPT, Policy.LEAVE)
"""The policies that speak about a value found, and not about what is ours."""


def reconcile(event: Event, live: Live, record: Stored, policy: Policy) -> Action:
    """Decide what a request does to a setting.

    Args:
        event: the request.
        live: what the setting holds. When `needs_live` says that it does not matter, `Unreadable` will do.
        record: the ownership record.
        policy: what to do with a value that somebody else has set.

    Returns:
        The action. Its steps are safe to repeat from the start after a crash at any of them.
    """
    decide = _guard if event.mode == "guard" else _manage
    action = decide(event, live, record, policy)
    if action.outcome is Outcome.REFUSE and event.kind == "Update" and event.phase is Phase.ROLLING_BACK:
        # Refusing the way back would leave the stack in UPDATE_ROLLBACK_FAILED, and help nobody.
        return Action(Outcome.LEAVE, f"The rollback leaves everything as it is. {action.message}")
    return action


def needs_live(event: Event, record: Stored) -> bool:
    """Whether the decision depends on what the setting holds.

    A delete that is not ours to act on must succeed even when the permission to read the setting is gone.
    """
    if event.kind != "Delete":
        return isinstance(record, Record | NoRecord)
    return event.mode == "manage" and isinstance(record, Record) and looks(event, record)


def _manage(event: Event, live: Live, record: Stored, policy: Policy) -> Action:
    if isinstance(record, Unreadable):
        return Action(Outcome.UNREADABLE, record.reason)
    if isinstance(record, Corrupt):
        return Action(Outcome.REFUSE, unusable_record(event.rules, record))
    if event.kind == "Delete":
        return give_back(event, live, record if isinstance(record, Record) else None)
    return _set(event, live, record if isinstance(record, Record) else None, policy)


def needs_phase(event: Event, record: Stored, policy: Policy) -> bool:
    """Whether the decision depends on what the stack is doing, as far as the record tells."""
    if event.mode == "guard" or not isinstance(record, Record) or not record.owner:
        return False
    if event.kind == "Delete":
        # It means one thing in a rollback, and another when the whole stack goes.
        stack = event.owner.stack_id
        passed_on = record.owner.stack_id == stack and record.superseded is not None
        mine = [each for each in (record.owner, *(each.owner for each in record.sharers)) if each.stack_id == stack]
        return passed_on or (event.owner in mine and len(mine) > 1)
    return event.kind == "Update" and policy in _OF_FOUND and record.former_basis is not None


def _guard(event: Event, live: Live, record: Stored, policy: Policy) -> Action:
    """Answer whether `manage` would be refused, without a step."""
    if event.kind == "Delete":
        return Action(Outcome.LEAVE, "The guard owns nothing; there is nothing to undo.")
    owner, desired = Owner("", ""), event.desired
    if isinstance(record, Record):
        owner, asked_for = _managed_by(event.owner_stack, record, live)
        desired = asked_for if desired is None else desired
    # Nothing in particular is asked for: then anything of somebody else is another value.
    action = _manage(replace(event, mode="manage", owner=owner, desired=desired or {}), live, record, policy)
    return replace(action, steps=())


def _managed_by(stack: str | None, record: Record, live: Live) -> tuple[Owner, Value | None]:
    """The resource of a stack that has the setting or shares it, and what it is content with, as far as is known."""
    if record.owner and record.owner.stack_name == stack:
        return record.owner, live.value if isinstance(live, Present) and record.claims(live.value) else None
    for sharer in record.sharers:
        if sharer.owner.stack_name == stack:
            return sharer.owner, sharer.asked_for
    return Owner("", ""), None


def _set(event: Event, live: Live, record: Record | None, policy: Policy) -> Action:
    if isinstance(live, Unreadable):
        return Action(Outcome.UNREADABLE, live.reason)
    desired = event.rules.normalise(event.desired or {})
    if record and record.owner and record.owner.stack_id != event.owner.stack_id:
        return join(event, live, record, desired, policy)
    if record and record.owner and record.owner != event.owner:
        known = without_former(record, event.owner) != record or shares(event.owner, record)
        if event.kind == "Update" and not known:
            return Action(Outcome.REFUSE, owned_by_sibling(event.rules, record.owner))
        mine = _take_over(event, live, record)
    elif record and record.owner:
        # Only a later operation of the stack can update this resource, so the one that made it has ended well.
        mine = replace(record, superseded=None) if event.kind == "Update" else record
    else:
        memory = record.remembered if record else None
        mine = Record(event.rules.name, event.owner, remembered=memory, inherited=memory is not None)
    mine = replace(mine, expects=event.expects, unrestorable=None, waiting=None, leaving=False)
    if isinstance(live, Absent):
        return _write_where_nothing_is(event, live, mine, desired, policy)
    if record and record.claims(live.value):
        return _write_over_ours(event, live, mine, desired, policy)
    return _meet_foreign_value(event, live, mine, desired, policy)


def _write_where_nothing_is(event: Event, live: Absent, mine: Record, desired: Value, policy: Policy) -> Action:
    if not mine.inherited and (mine.basis is Basis.ADOPTED or mine.written is None):
        # What was remembered was itself live, and whoever set it has removed it: it is not to come back.
        mine = replace(mine, remembered=None, adopted_for=None)
    basis, target = _target(event, mine, desired, policy)
    mine = replace(mine, written=None, basis=basis, former_basis=None)
    if live.awaited:
        mine = replace(mine, writing=None, waiting=target)
        return _record_only(event, Outcome.WAIT, mine, waits(event.rules, event.rules.describe(target)))
    return _write(event, Outcome.WRITE, mine, target, live, f"{sentence_start(event.rules)} is switched on.")


def _write_over_ours(event: Event, live: Present, mine: Record, desired: Value, policy: Policy) -> Action:
    basis, target = _target(event, mine, desired, policy)
    former = mine.former_basis
    if event.phase is Phase.ROLLING_BACK:
        former = None
    elif mine.writing is None:
        # A write that was begun has noted it already.
        former = mine.basis if basis is not mine.basis else None
    mine = replace(mine, written=live.value, writing=None, basis=basis, former_basis=former)
    if event.rules.normalise(target) == live.value:
        message = f"{sentence_start(event.rules)} already holds what is asked for ({event.rules.describe(target)})."
        return _record_only(event, Outcome.KEEP, mine, message)
    message = f"{sentence_start(event.rules)} is updated to {event.rules.describe(target)}."
    return _write(event, Outcome.WRITE, mine, target, live, message)


def _target(event: Event, mine: Record, desired: Value, policy: Policy) -> tuple[Basis, Value]:
    """What a setting that is ours is to hold, and why.

    `refuse` and `adopt` speak about a value found. Where nothing foreign is found, the way in which the setting was
    taken over stays, so that dropping `merge` from the configuration later does not drop the other's half of the value.
    A rollback goes back to the way it was before.
    """
    if event.phase is Phase.ROLLING_BACK and mine.former_basis:
        mine = replace(mine, basis=mine.former_basis)
    # An inherited value was not there when this stack came: it is put back one day, and no part of what is asked for.
    found = None if mine.inherited else mine.remembered
    if found is None or policy is Policy.REPLACE:
        return Basis.REPLACED, desired
    merged = event.rules.merge(found, desired)
    if policy is Policy.MERGE:
        return Basis.MERGED, merged
    if policy is Policy.ADOPT and mine.adopted_for == desired:
        return Basis.ADOPTED, found
    if mine.basis is Basis.ADOPTED:
        # Under `adopt` the value is managed: a change of what is asked for is carried out. Under `refuse` it is not.
        return (Basis.REPLACED, desired) if policy is Policy.ADOPT else (Basis.ADOPTED, found)
    return mine.basis, merged if mine.basis is Basis.MERGED else desired


def _meet_foreign_value(event: Event, live: Present, mine: Record, desired: Value, policy: Policy) -> Action:
    found = event.rules.describe(live.value)
    if live.value == desired or policy is Policy.LEAVE:
        holds = "already holds this value" if live.value == desired else "holds another value"
        message = f"{sentence_start(event.rules)} {holds} ({found}), set by somebody else: it stays theirs."
        return Action(Outcome.KEEP, message)
    if policy is Policy.REFUSE:
        return Action(Outcome.REFUSE, foreign_value(event.rules, found, update=event.kind == "Update"))
    mine = replace(
        mine,
        written=None,
        writing=None,
        remembered=live.raw,
        inherited=False,
        adopted_for=None,
        superseded=mine.superseded and Superseded(mine.superseded.record, live.raw),
    )
    if policy is Policy.ADOPT:
        mine = replace(mine, written=live.value, basis=Basis.ADOPTED, adopted_for=desired)
        message = (
            f"{sentence_start(event.rules)} keeps the value it had ({found}), and this stack manages it from now on."
        )
        return _record_only(event, Outcome.ADOPT, mine, message)
    if policy is Policy.REPLACE:
        message = f"The value it had ({found}) is remembered and put back on delete."
        return _write(event, Outcome.REPLACE, replace(mine, basis=Basis.REPLACED), desired, live, message)
    target = event.rules.merge(live.raw, desired)
    mine = replace(mine, basis=Basis.MERGED)
    if event.rules.normalise(target) == live.value:
        message = f"Nothing is missing in the value it had ({found}); this stack manages it from now on."
        return _record_only(event, Outcome.MERGE, replace(mine, written=live.value), message)
    message = f"The value it had ({found}) is completed, and put back as it was on delete."
    return _write(event, Outcome.MERGE, mine, target, live, message)


def _write(event: Event, outcome: Outcome, mine: Record, target: Value, live: Live, message: str) -> Action:
    # The value itself may carry members that we do not manage; what is compared later is the normalised one.
    writing = event.rules.normalise(target)
    done = replace(mine, written=writing, writing=None, answered=Answered(event.request_id, outcome.value, message))
    asked = event.desired or {}
    target = {**target, **{name: asked[name] for name in event.rules.along if asked.get(name)}}
    steps = (SaveRecord(replace(mine, writing=writing)), WriteValue(target, live), SaveRecord(done))
    return Action(outcome, message, steps)


def _record_only(event: Event, outcome: Outcome, mine: Record, message: str) -> Action:
    done = replace(mine, answered=Answered(event.request_id, outcome.value, message))
    return Action(outcome, message, (SaveRecord(done),))


def _take_over(event: Event, live: Live, record: Record) -> Record:
    """Take the setting over from another resource of the same stack: its logical id has changed.

    CloudFormation creates the new resource first and deletes the old one in the clean-up; when the operation fails, it
    deletes the new one instead. So the former owner is kept in the record until one of the two deletes says which.
    """
    beside = without_sharer(record, event.owner).sharers
    if event.kind == "Update" and shares(event.owner, record) and record.owner and record.written is not None:
        # One that shared the setting is updated: of two resources of a stack each may come again.
        beside += (Sharer(record.owner, record.written),)
    if event.kind == "Update":
        # The former owner is updated: the newer one is gone, and could not say so.
        return replace(record, owner=event.owner, superseded=None, sharers=beside)
    found = live.raw if isinstance(live, Present) else None
    former = Superseded(replace(without_former(record, event.owner), sharers=()), found)
    return replace(record, owner=event.owner, superseded=former, sharers=beside, answered=None)
