"""The ownership record in Parameter Store.

A String parameter of tier Intelligent-Tiering: a record may exceed the 4 KB of a standard parameter, and only then does
it become an advanced one. Calls: `ssm:GetParameter`, `ssm:PutParameter`, `ssm:DeleteParameter` on the one parameter.

Parameter Store has no compare-and-set, only "create, fail if it exists". So creating is safe, and changing is safe as
far as reading the version again right before, and looking at the version that the change resulted in, can make it:
what another stack saved in between is put back, and the decision is made anew. CloudFormation sends one request at a
time for a resource, so only stacks that share a setting can meet here.

Source: Systems Manager API reference, GetParameter (a version as `name:version`), PutParameter, DeleteParameter; user
guide, "Managing parameter tiers".
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .calls import Calls
from .failures import CallFailedError, Failure
from .live import Unreadable
from .record import Corrupt, CorruptRecordError, NoRecord, Record, Stored, from_json, parameter_name, to_json

if TYPE_CHECKING:
    from collections.abc import Callable


def read_record(ssm_client: Any, setting: str, calls: Calls | None = None) -> Stored:
    """Read the record of a setting, for those who only look.

    Args:
        ssm_client: a boto3 client for `ssm`.
        setting: name of the setting, such as `model-invocation-logging`.
        calls: patience; the default one tries a throttled call four times.

    Returns:
        The record, that there is none, why it could not be read, or what is wrong with it. Never raises for what AWS
        answers. One call, `ssm:GetParameter`.
    """
    return _read(ssm_client, setting, calls or Calls())[0]


def _read(client: Any, setting: str, calls: Calls) -> tuple[Stored, int | None]:
    name = parameter_name(setting)
    try:
        parameter = calls.run(lambda: client.get_parameter(Name=name), "ssm:GetParameter")["Parameter"]
    except CallFailedError as failed:
        if failed.code == "ParameterNotFound":
            return NoRecord(), None
        return Unreadable(f"The record in parameter {name} could not be read. {failed}", failed.action), None
    try:
        record = from_json(parameter["Value"])
    except CorruptRecordError as error:
        return Corrupt(str(error)), parameter["Version"]
    if record.setting != setting:
        return Corrupt(f"it is about another setting, {record.setting!r}"), parameter["Version"]
    return record, parameter["Version"]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class RecordStore:
    """Reads and changes the record of one setting, for the length of one request.

    Attributes:
        client: a boto3 client for `ssm`.
        setting: name of the setting.
        calls: the patience of the request.
        now: the time, UTC.
    """

    client: Any
    setting: str
    calls: Calls
    now: Callable[[], datetime] = _now
    _version: int | None = field(default=None, init=False)

    def read(self) -> Stored:
        """Read the record, and hold on to its version: what is saved next replaces exactly this one."""
        stored, self._version = _read(self.client, self.setting, self.calls)
        return stored

    def save(self, record: Record) -> None:
        """Save the record in place of the one that was read.

        Raises:
            CallFailedError: it was not saved, or nobody knows. `Failure.CONFLICT`: somebody else changed it meanwhile.
        """
        self._still_as_read()
        text = to_json(replace(record, updated_at=self.now().isoformat(timespec="seconds")))
        request: dict[str, Any] = {
            "Name": parameter_name(self.setting),
            "Description": f"Who manages {self.setting}, and what stood there before. Written by bedrock-o11y.",
            "Value": text,
            "Type": "String",
            "Tier": "Intelligent-Tiering",
            "Overwrite": self._version is not None,
        }
        try:
            answer = self.calls.run(lambda: self.client.put_parameter(**request), "ssm:PutParameter")
        except CallFailedError as failed:
            if failed.code == "ParameterAlreadyExists":
                raise self._conflict() from None
            raise
        version = int(answer["Version"])
        if self._version is not None and version != self._version + 1:
            self._undo(version, request)
            raise self._conflict()
        self._version = version

    def _undo(self, version: int, request: dict[str, Any]) -> None:
        """Take back a save that met another one: what was overwritten becomes the newest version again.

        Args:
            version: what the save resulted in; the first, when the parameter had been deleted.
            request: the save.
        """
        if version == 1:
            self.calls.run(lambda: self.client.delete_parameter(Name=request["Name"]), "ssm:DeleteParameter")
            return
        name = f"{request['Name']}:{version - 1}"
        parameter = self.calls.run(lambda: self.client.get_parameter(Name=name), "ssm:GetParameter")["Parameter"]
        again = request | {"Value": parameter["Value"], "Overwrite": True}
        self.calls.run(lambda: self.client.put_parameter(**again), "ssm:PutParameter")

    def drop(self) -> None:
        """Delete the record that was read.

        Raises:
            CallFailedError: it was not deleted, or nobody knows. `Failure.CONFLICT`: somebody else changed it.
        """
        self._still_as_read()
        name = parameter_name(self.setting)
        try:
            self.calls.run(lambda: self.client.delete_parameter(Name=name), "ssm:DeleteParameter")
        except CallFailedError as failed:
            if failed.code != "ParameterNotFound":
                raise
        self._version = None

    def _still_as_read(self) -> None:
        if self._version is None:
            return
        stored, version = _read(self.client, self.setting, self.calls)
        if isinstance(stored, Unreadable):
            raise CallFailedError(Failure.UNAVAILABLE, stored.action, "Unreadable", stored.reason)
        if version != self._version:
            raise self._conflict()

    def _conflict(self) -> CallFailedError:
        message = f"the record in parameter {parameter_name(self.setting)} was changed by somebody else meanwhile"
        return CallFailedError(Failure.CONFLICT, "ssm:PutParameter", "Conflict", message)
