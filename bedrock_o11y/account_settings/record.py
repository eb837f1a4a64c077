"""The ownership record of one setting: who manages it, what they wrote, and what stood there before.

There is one record per setting, account and Region. It is the only memory there is: without it nothing is given back
and nothing is taken away. It is kept in Parameter Store (`record_store`); here is its meaning and its JSON.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from .live import Unreadable, Value

SCHEMA = "bedrock-o11y/account-setting-record"
VERSION = 1


class Basis(StrEnum):
    """How the value that is managed came out of the value asked for and the value found."""

    REPLACED = "replaced"
    """It is the value asked for."""
    MERGED = "merged"
    """It is the value found, with what was missing filled in."""
    ADOPTED = "adopted"
    """It is the value found."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A custom resource of a stack.

    Attributes:
        stack_id: ARN of the stack.
        physical_resource_id: deterministic for a logical resource, see `request.physical_resource_id`.
    """

    stack_id: str
    physical_resource_id: str

    @property
    def stack_name(self) -> str:
        """Name of the stack, out of `arn:…:cloudformation:REGION:ACCOUNT:stack/NAME/UUID`."""
        parts = self.stack_id.split("/")
        return parts[1] if len(parts) > 1 else self.stack_id


@dataclass(frozen=True, slots=True)
class Sharer:
    """A resource that asks for the setting beside its owner.

    Attributes:
        owner: the resource, which may be the owner one day.
        asked_for: the normalised value that it asked for.
    """

    owner: Owner
    asked_for: Value


@dataclass(frozen=True, slots=True)
class Answered:
    """The request that the record was last completed by, so that a repeated request gets the same answer.

    Attributes:
        request_id: CloudFormation's id of the request.
        outcome: see `action.Outcome`.
        message: what was answered.
    """

    request_id: str
    outcome: str
    message: str


@dataclass(frozen=True, slots=True)
class Superseded:
    """The owner before this one in the same stack, until CloudFormation deletes it (or this one, on a rollback).

    Attributes:
        record: the record as the former owner left it.
        found: what was live when this owner took over, raw; None when there was nothing.
    """

    record: Record
    found: Value | None


@dataclass(frozen=True, slots=True)
class Record:
    """What is known about one setting.

    A value on its way is written down first: `writing` is set before the call, and becomes `written` after it. A crash
    in between leaves both, and whichever of the two is live, it is ours.

    Attributes:
        setting: name of the setting.
        owner: who manages it; None when nobody does and only the memory is kept.
        written: the normalised value that is known to have been live as ours.
        writing: a normalised value whose write was begun and never seen to end.
        waiting: a value that is to be written once AWS has made what the setting is about.
        remembered: what stood there before us, raw; None when there was nothing.
        inherited: whether the remembered value was not found live, but in a record that nobody owned any more.
        basis: how `written` came about.
        former_basis: how the value before `written` came about, when that was another way; for a rollback.
        adopted_for: the value asked for when the value found was adopted.
        superseded: the former owner in the same stack.
        sharers: resources of other stacks that ask for the setting too, in the order in which they came.
        leaving: whether the owner has begun to give the setting back, so that nobody may join any more.
        expects: names that `check` and `plan` look for, as the request gave them.
        unrestorable: why the remembered value could not be put back.
        answered: the request completed last.
        updated_at: ISO time of the last save, UTC.
    """

    setting: str
    owner: Owner | None
    written: Value | None = None
    writing: Value | None = None
    waiting: Value | None = None
    remembered: Value | None = None
    inherited: bool = False
    basis: Basis = Basis.REPLACED
    former_basis: Basis | None = None
    adopted_for: Value | None = None
    superseded: Superseded | None = None
    sharers: tuple[Sharer, ...] = ()
    leaving: bool = False
    expects: Value | None = None
    unrestorable: str | None = None
    answered: Answered | None = None
    updated_at: str = field(default="", compare=False)

    def claims(self, value: Value) -> bool:
        """Whether this normalised value, found live, was put there by us."""
        return self.owner is not None and any(
            value == ours for ours in (self.written, self.writing) if ours is not None
        )


@dataclass(frozen=True, slots=True)
class NoRecord:
    """Parameter Store answered that there is no record."""


@dataclass(frozen=True, slots=True)
class Corrupt:
    """There is a record, and it cannot be understood. What it means must not be guessed.

    Attributes:
        reason: what is wrong with it.
    """

    reason: str


Stored = Record | NoRecord | Unreadable | Corrupt


def without_former(record: Record, owner: Owner) -> Record:
    """The record with one resource taken out of its former owners; the same record when it is not among them."""
    former = record.superseded
    if former is None:
        return record
    if former.record.owner == owner:
        earlier = former.record.superseded
        return replace(record, superseded=earlier and replace(earlier, found=former.found))
    return replace(record, superseded=replace(former, record=without_former(former.record, owner)))


class CorruptRecordError(ValueError):
    """A record's text cannot be understood."""


def parameter_name(setting: str) -> str:
    """Name of the parameter that holds the record of a setting."""
    return f"/bedrock-o11y/account-settings/{setting}"


def to_json(record: Record) -> str:
    """Write a record as JSON text, compact, with sorted keys."""
    return json.dumps(_document(record), sort_keys=True, separators=(",", ":"))


def from_json(text: str) -> Record:
    """Read a record.

    Raises:
        CorruptRecordError: it is not JSON, another schema, a newer version, or a member has the wrong type.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise CorruptRecordError(f"not JSON ({error})") from None
    try:
        return _record(document)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        if isinstance(error, CorruptRecordError):
            raise
        raise CorruptRecordError(f"a member is missing or has the wrong type ({error})") from None


def _document(record: Record) -> dict[str, Any]:
    superseded = record.superseded
    document: dict[str, Any] = {
        "schema": f"{SCHEMA}/{VERSION}",
        "setting": record.setting,
        "owner": _owner_document(record.owner),
        "written": record.written,
        "remembered": record.remembered,
        "basis": record.basis.value,
        "expects": record.expects,
        "updatedAt": record.updated_at,
    }
    # Members that are mostly empty are left out: a record over 4 KB costs money every month.
    optional: dict[str, Any] = {
        "writing": record.writing,
        "waiting": record.waiting,
        "inherited": record.inherited or None,
        "formerBasis": record.former_basis and record.former_basis.value,
        "adoptedFor": record.adopted_for,
        "unrestorable": record.unrestorable,
        "sharers": [_sharer_document(sharer) for sharer in record.sharers] or None,
        "leaving": record.leaving or None,
        "superseded": superseded and {"record": _document(superseded.record), "found": superseded.found},
        "answered": record.answered
        and {
            "requestId": record.answered.request_id,
            "outcome": record.answered.outcome,
            "message": record.answered.message,
        },
    }
    return document | {name: member for name, member in optional.items() if member is not None}


def _owner_document(owner: Owner | None) -> dict[str, str] | None:
    return {"stackId": owner.stack_id, "physicalResourceId": owner.physical_resource_id} if owner else None


def _sharer_document(sharer: Sharer) -> dict[str, Any]:
    return {"owner": _owner_document(sharer.owner), "askedFor": sharer.asked_for}


def _record(document: Any) -> Record:
    schema = _text(document["schema"])
    if schema != f"{SCHEMA}/{VERSION}":
        raise CorruptRecordError(f"its schema is {schema!r}, this version of bedrock-o11y knows {SCHEMA}/{VERSION}")
    owner, superseded, answered = document["owner"], document.get("superseded"), document.get("answered")
    return Record(
        setting=_text(document["setting"]),
        owner=None if owner is None else _owner(owner),
        written=_object(document["written"]),
        writing=_object(document.get("writing")),
        waiting=_object(document.get("waiting")),
        remembered=_object(document["remembered"]),
        # The contract's five members are enough to read a record; how the value came about has a safe default.
        inherited=document.get("inherited") is True,
        basis=Basis(document.get("basis", Basis.REPLACED.value)),
        former_basis=Basis(document["formerBasis"]) if document.get("formerBasis") else None,
        adopted_for=_object(document.get("adoptedFor")),
        superseded=superseded and Superseded(_record(superseded["record"]), _object(superseded["found"])),
        sharers=tuple(
            Sharer(_owner(sharer["owner"]), _object(sharer["askedFor"]) or {}) for sharer in document.get("sharers", [])
        ),
        leaving=document.get("leaving") is True,
        expects=_object(document.get("expects")),
        unrestorable=None if document.get("unrestorable") is None else _text(document["unrestorable"]),
        answered=answered
        and Answered(_text(answered["requestId"]), _text(answered["outcome"]), _text(answered["message"])),
        updated_at=_text(document.get("updatedAt", "")),
    )


def _owner(document: Any) -> Owner:
    return Owner(_text(document["stackId"]), _text(document["physicalResourceId"]))


def _text(member: Any) -> str:
    if not isinstance(member, str):
        raise CorruptRecordError(f"expected text, found {type(member).__name__}")
    return member


def _object(member: Any) -> Value | None:
    if member is not None and not isinstance(member, dict):
        raise CorruptRecordError(f"expected an object, found {type(member).__name__}")
    return member
