"""What `reconcile` answers: an outcome, a sentence for a person, and the steps that bring it about."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from .live import Live, Value
    from .record import Owner, Record
    from .setting import SettingRules


class Phase(StrEnum):
    """What the stack is doing, as far as it is known. It is only asked for when the answer depends on it."""

    UNKNOWN = "unknown"
    ROLLING_BACK = "rolling-back"
    DELETING = "deleting"
    OTHER = "other"


class Outcome(StrEnum):
    """What happens to the setting."""

    WRITE = "write"
    """There was nothing, or ours: the value asked for is written."""
    REPLACE = "replace"
    """A foreign value is remembered and replaced."""
    MERGE = "merge"
    """A foreign value is remembered and completed."""
    ADOPT = "adopt"
    """A foreign value is kept and managed."""
    WAIT = "wait"
    """What the setting is about is not there yet, and only AWS can make it: the value is written as soon as it is."""
    KEEP = "keep"
    """The setting already holds what is asked for."""
    SHARE = "share"
    """Another stack of ours manages the setting, and this one asks for it too."""
    RESTORE = "restore"
    """The value that stood there before is put back."""
    REMOVE = "remove"
    """There was nothing before, and there is nothing again."""
    LEAVE = "leave"
    """The setting is not ours to change, and nothing is lost by leaving it."""
    REFUSE = "refuse"
    """The setting is not ours to change, and the request cannot be met."""
    UNREADABLE = "unreadable"
    """Something could not be read, so nothing is done."""


@dataclass(frozen=True, slots=True)
class SaveRecord:
    """Save the ownership record."""

    record: Record


@dataclass(frozen=True, slots=True)
class DropRecord:
    """Delete the ownership record."""


@dataclass(frozen=True, slots=True)
class WriteValue:
    """Write a value to the setting, provided that it still holds what the decision was based on.

    Attributes:
        value: as the API takes it.
        over: what must still be live.
        restoring: whether this puts back a value of somebody else.
        refused: the record to save when AWS surely did not write; None where the one saved before will do.
    """

    value: Value
    over: Live
    restoring: bool = False
    refused: Record | None = None


@dataclass(frozen=True, slots=True)
class RemoveValue:
    """Delete the setting, provided that it still holds what the decision was based on."""

    over: Live


Step = SaveRecord | DropRecord | WriteValue | RemoveValue


@dataclass(frozen=True, slots=True)
class Action:
    """The decision about one request.

    Attributes:
        outcome: what happens.
        message: why, for a person.
        steps: what to do, in order; each leaves a state from which a repeated request arrives at the same end.
    """

    outcome: Outcome
    message: str
    steps: tuple[Step, ...] = ()

    @property
    def succeeds(self) -> bool:
        """Whether CloudFormation is told SUCCESS."""
        return self.outcome not in (Outcome.REFUSE, Outcome.UNREADABLE)


Kind = Literal["Create", "Update", "Delete", "Step"]
"""What CloudFormation asks for; `Step` comes from a timer, for a setting whose value changes with time."""
Mode = Literal["manage", "guard"]


@dataclass(frozen=True, slots=True)
class Event:
    """A request about one setting, as far as the decision depends on it.

    Attributes:
        kind: what is asked for.
        rules: the pure half of the setting.
        owner: the resource that asks.
        desired: the normalised value asked for; None only in guard mode, when any foreign value counts as another one.
        expects: names for `check` and `plan`, saved with the record.
        request_id: CloudFormation's id of the request.
        mode: `manage` sets the setting; `guard` only answers whether `manage` would be refused.
        owner_stack: name of the stack that will manage the setting, in guard mode.
        phase: what the stack is doing.
        rejected: why AWS did not take the value that an earlier decision about this request was putting back.
        in_use: who uses what an earlier decision about this request was removing.
    """

    kind: Kind
    rules: SettingRules
    owner: Owner
    desired: Value | None
    request_id: str
    expects: Value | None = None
    mode: Mode = "manage"
    owner_stack: str | None = None
    phase: Phase = Phase.UNKNOWN
    rejected: str | None = None
    in_use: str | None = None
