"""How long the events of one log group are kept, where AWS makes the group and not CloudFormation.

The log groups of agents are made by AgentCore or by the agent itself, and keep their events for ever: no property of
the agent says otherwise. A log group without a retention counts as nothing, and so does one that is not there yet: it
is nobody's choice that could be lost. Events are never deleted here, nor is a log group.

Sources: CloudWatch Logs API reference, DescribeLogGroups, CreateLogGroup, PutRetentionPolicy and
DeleteRetentionPolicy; AgentCore developer guide, observability (names of the log groups).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from .another_look import while_live
from .failures import CallFailedError, Failure
from .instance import setting_name
from .live import Absent, Live, Present, Unreadable, Value
from .setting import SettingRules
from .shape import input_shape, validate

if TYPE_CHECKING:
    from .calls import Calls

NAME = "log-group-retention"
DAYS = "retentionInDays"
_READ, _CREATE, _PUT, _DELETE = (
    "logs:DescribeLogGroups",
    "logs:CreateLogGroup",
    "logs:PutRetentionPolicy",
    "logs:DeleteRetentionPolicy",
)


def normalise(value: Value) -> Value:
    """The days alone."""
    return {DAYS: value[DAYS]} if value.get(DAYS) is not None else {}


def merge(found: Value, _desired: Value) -> Value:
    """A retention cannot be completed: the one found stays."""
    return found


def describe(value: Value) -> str:
    """Say how long events are kept."""
    return f"events are kept {value[DAYS]} days" if value.get(DAYS) is not None else "events are kept for ever"


def rules_of(log_group: str) -> SettingRules:
    """The pure half of the setting of one log group."""
    return SettingRules(
        name=setting_name(NAME, log_group),
        title=f"the retention of log group {log_group}",
        option="agents[].log_retention_days",
        normalise=normalise,
        merge=merge,
        describe=describe,
        shared=True,
    )


@dataclass(frozen=True, slots=True)
class LogGroupRetention:
    """The retention of one log group of this account and Region, through boto3.

    Attributes:
        log_group: its name.
        client: a boto3 client for `logs`.
        calls: the patience of the request.
    """

    log_group: str
    client: Any
    calls: Calls

    @property
    def rules(self) -> SettingRules:
        """The pure half."""
        return rules_of(self.log_group)

    def read(self) -> Live:
        """Read the retention with DescribeLogGroups."""
        try:
            found = self._found()
        except CallFailedError as failed:
            return Unreadable(f"{self.rules.title} could not be read. {failed}", failed.action)
        value = normalise(found or {})
        return Present(value, value) if value else Absent()

    def _found(self) -> dict[str, Any] | None:
        page: dict[str, Any] = {"logGroupNamePrefix": self.log_group}
        while True:
            answer = self.calls.run(partial(self.client.describe_log_groups, **page), _READ)
            for group in answer.get("logGroups", []):
                if group.get("logGroupName") == self.log_group:
                    return dict(group)
            if not answer.get("nextToken"):
                return None
            page["nextToken"] = answer["nextToken"]

    def write(self, value: Value, over: Live, *, propagation: float) -> None:
        """Set the retention, in a log group that is made when it is not there yet.

        Args:
            value: the days.
            over: what must still be live, looked at again before every attempt.
            propagation: not needed here.

        Raises:
            CallFailedError: it was not written, or nobody knows.
            InvalidValueError: the value does not fit the shape.
        """
        self.validate(value)
        if self._found() is None:
            self._create()
        put = self.client.put_retention_policy
        self.calls.run(lambda: while_live(self, over, _READ, put, **self._arguments(value)), _PUT)

    def _create(self) -> None:
        try:
            self.calls.run(partial(self.client.create_log_group, logGroupName=self.log_group), _CREATE)
        except CallFailedError as failed:
            if failed.code != "ResourceAlreadyExistsException":
                raise

    def remove(self, over: Live) -> None:
        """Keep events for ever again, as AWS made the log group; one that is gone stays gone.

        Args:
            over: what must still be live, looked at again before every attempt.

        Raises:
            CallFailedError: it was not done, or nobody knows.
        """
        delete = self.client.delete_retention_policy
        try:
            self.calls.run(lambda: while_live(self, over, _READ, delete, logGroupName=self.log_group), _DELETE)
        except CallFailedError as failed:
            if failed.failure is not Failure.REJECTED or failed.code != "ResourceNotFoundException":
                raise

    def validate(self, value: Value) -> None:
        """Compare the days with the shape that this botocore has for them.

        Raises:
            InvalidValueError: they are of the wrong type.
        """
        validate(input_shape(self.client, "PutRetentionPolicy"), self._arguments(value), self.rules.title)

    def _arguments(self, value: Value) -> dict[str, Any]:
        return {"logGroupName": self.log_group, **value}
