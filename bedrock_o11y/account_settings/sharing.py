"""One setting that several stacks ask for: who may join its owner, and who has it when the owner goes.

The owner alone writes. A stack that joins finds what it asks for, or is content with what it finds; it leaves without
touching the value. When the owner goes, another takes its place, with the memory of what stood there before the first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .action import Action, Event, Outcome, Phase, SaveRecord
from .live import Absent, Live, Present, Unreadable, Value
from .policy import Policy
from .record import Basis, Owner, Record, Sharer
from .wording import being_given_back, owned_by_another, sentence_start

if TYPE_CHECKING:
    from collections.abc import Sequence

_CONTENT = (Policy.MERGE, Policy.ADOPT, Policy.LEAVE)
"""The policies under which a value of somebody else may stay."""


def shares(owner: Owner, record: Record) -> bool:
    """Whether a resource asks for the setting beside its owner."""
    return any(sharer.owner == owner for sharer in record.sharers)


def without_sharer(record: Record, owner: Owner) -> Record:
    """The record with one resource taken out of those that share it."""
    return replace(record, sharers=tuple(sharer for sharer in record.sharers if sharer.owner != owner))


def join(event: Event, live: Live, record: Record, desired: Value, policy: Policy) -> Action:
    """Decide about a stack that asks for a setting that another one manages.

    Args:
        event: a create or an update.
        live: what the setting holds.
        record: the ownership record, which names another stack.
        desired: the value asked for, normalised.
        policy: what to do with a value that somebody else has set.

    Returns:
        A share without any change of the value; a refusal when the value is another one and must not stay.
    """
    assert record.owner is not None  # noqa: S101 - the caller looked
    if isinstance(live, Unreadable):
        return Action(Outcome.UNREADABLE, live.reason)
    held = live.value if isinstance(live, Present) else None
    if isinstance(live, Absent) and record.waiting is not None:
        # The owner's timer is still to come, whether or not AWS has made what it is about.
        held = event.rules.normalise(record.waiting)
    content = held == desired or policy in _CONTENT
    if not event.rules.shared or held is None or not content:
        return Action(Outcome.REFUSE, owned_by_another(event.rules, record.owner))
    if record.leaving:
        return Action(Outcome.REFUSE, being_given_back(event.rules, record.owner))
    message = (
        f"{sentence_start(event.rules)} is managed by the stack {record.owner.stack_name} "
        f"({event.rules.describe(held)}). This stack shares it, and takes it over when that one is deleted."
    )
    sharer = Sharer(event.owner, desired)
    if sharer in record.sharers:
        return Action(Outcome.SHARE, message)
    joined = replace(record, sharers=(*without_sharer(record, event.owner).sharers, sharer))
    return Action(Outcome.SHARE, message, (SaveRecord(joined),))


def leave(event: Event, record: Record) -> Action:
    """Decide what the delete of a resource that shares a setting does: it is no longer counted."""
    assert record.owner is not None  # noqa: S101 - the caller looked
    left = replace(record, sharers=tuple(_staying(event, record)))
    message = f"{sentence_start(event.rules)} stays as it is: the stack {record.owner.stack_name} manages it."
    return Action(Outcome.LEAVE, message, (SaveRecord(left),))


def pass_on(event: Event, record: Record) -> Action | None:
    """Decide what the delete of the owner does when others share the setting.

    Returns:
        The setting passes to one of them as it is; None when there is nobody.
    """
    staying = _staying(event, record)
    heir = _heir(event, staying)
    if heir is None:
        return None
    passed = replace(
        record,
        owner=heir.owner,
        sharers=tuple(sharer for sharer in staying if sharer != heir),
        leaving=False,
        superseded=None,
        # What was adopted stays adopted: the heir was content with it too.
        adopted_for=heir.asked_for if record.basis is Basis.ADOPTED else None,
        former_basis=None,
        # What nobody has written yet need not be what the former owner asked for.
        waiting=None if record.waiting is None else heir.asked_for,
        expects=None,
        answered=None,
    )
    message = (
        f"{sentence_start(event.rules)} stays as it is: the stack {heir.owner.stack_name} asks for it too, "
        "and manages it from now on."
    )
    return Action(Outcome.LEAVE, message, (SaveRecord(passed),))


def _staying(event: Event, record: Record) -> list[Sharer]:
    """Those that share the setting when a resource, or its whole stack, is gone."""
    gone = event.owner.stack_id if event.phase is Phase.DELETING else None
    return [each for each in record.sharers if each.owner != event.owner and each.owner.stack_id != gone]


def _heir(event: Event, staying: Sequence[Sharer]) -> Sharer | None:
    if not staying:
        return None
    stacks = [sharer.owner.stack_id for sharer in staying]
    stack = event.owner.stack_id if event.owner.stack_id in stacks else stacks[0]
    # Of two resources of one stack the later one is in force: the earlier is about to be cleaned up.
    return next(sharer for sharer in reversed(staying) if sharer.owner.stack_id == stack)
