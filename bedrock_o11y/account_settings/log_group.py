"""Settings of one log group that AWS makes and CloudFormation does not: what they have in common.

The log groups of agents are made by AgentCore or by the agent itself, `aws/spans` by X-Ray, each with no retention, no
key of the customer, no field indexes, no tags, and no policy of its own: that is what every such log group begins with,
so it counts as nothing. A log group that is not there yet is made, except where only AWS can make it: then the setting
waits for it. Neither events nor log groups are ever deleted here.

Sources: CloudWatch Logs API reference, DescribeLogGroups and CreateLogGroup (names that begin with `aws/` are refused);
AgentCore developer guide, observability (names of the log groups).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from .another_look import while_live
from .failures import CallFailedError, Failure
from .live import Absent, Live, Present, Unreadable, Value
from .shape import input_shape, validate

if TYPE_CHECKING:
    from .calls import Calls
    from .setting import SettingRules

FIND, _CREATE = "logs:DescribeLogGroups", "logs:CreateLogGroup"
_RESERVED = "aws/"
_PART = ":"
"""Between the name of a log group and the part of it that a setting is about; no name of a log group has one."""


def part_of(log_group: str, part: str) -> str:
    """The instance of a setting that is about a part of a log group: a tag, or a statement of its policy."""
    return f"{log_group}{_PART}{part}"


def split(instance: str) -> tuple[str, str]:
    """The name of the log group and the part, out of an instance; the part is empty where there is none."""
    log_group, _, part = instance.partition(_PART)
    return log_group, part


def is_made_by_aws(instance: str) -> bool:
    """Whether nobody but AWS can make the log group, so that a setting of it has to wait."""
    return instance.startswith(_RESERVED)


@dataclass(slots=True)
class LogGroupSetting(ABC):
    """One setting of one log group of this account and Region, through boto3.

    Attributes:
        log_group: its name.
        logs: a boto3 client for `logs`.
        calls: the patience of the request.
        operation: of the API that writes the value.
        put: IAM action of writing.
        delete: IAM action of removing.
    """

    log_group: str
    logs: Any
    calls: Calls
    _arn: str = field(init=False)
    """ARN of the log group, as the last look found it; before the first, its name."""

    operation: ClassVar[str]
    put: ClassVar[str]
    delete: ClassVar[str]

    def __post_init__(self) -> None:
        """Begin without having looked."""
        self._arn = self.log_group

    @property
    @abstractmethod
    def rules(self) -> SettingRules:
        """The pure half."""

    @abstractmethod
    def _value(self, group: dict[str, Any]) -> Value | None:
        """The value of a log group that was found, as it would be written again; None where there is none."""

    @abstractmethod
    def _put(self, value: Value) -> None:
        """Write the value, once."""

    @abstractmethod
    def _delete(self) -> None:
        """Remove the value, once."""

    @abstractmethod
    def _arguments(self, value: Value) -> dict[str, Any]:
        """The arguments of the operation that writes."""

    def _meaning(self, failed: CallFailedError) -> CallFailedError:
        """What a failed change means for this setting."""
        return failed

    def read(self) -> Live:
        """Look for the log group, and at the setting of it."""
        try:
            group = self._found()
            value = None if group is None else self._value(group)
        except CallFailedError as failed:
            return Unreadable(f"{self.rules.title} could not be read. {failed}", failed.action)
        if value is None:
            return Absent(awaited=group is None and is_made_by_aws(self.log_group))
        return Present(self.rules.normalise(value), value)

    def _found(self) -> dict[str, Any] | None:
        page: dict[str, Any] = {"logGroupNamePrefix": self.log_group}
        while True:
            answer = self.calls.run(partial(self.logs.describe_log_groups, **page), FIND)
            for group in answer.get("logGroups", []):
                if group.get("logGroupName") == self.log_group:
                    self._arn = str(group["arn"]).removesuffix(":*")
                    return dict(group)
            if not answer.get("nextToken"):
                return None
            page["nextToken"] = answer["nextToken"]

    def write(self, value: Value, over: Live, *, propagation: float) -> None:
        """Write the value, in a log group that is made when it is not there yet.

        Args:
            value: the value.
            over: what must still be live, looked at again before every attempt.
            propagation: not needed here.

        Raises:
            CallFailedError: it was not written, or nobody knows.
            InvalidValueError: the value does not fit the shape.
        """
        self.validate(value)
        if self._found() is None:
            self._create()
        self._change(self.put, over, partial(self._put, value))

    def _create(self) -> None:
        try:
            self.calls.run(partial(self.logs.create_log_group, logGroupName=self.log_group), _CREATE)
        except CallFailedError as failed:
            if failed.code != "ResourceAlreadyExistsException":
                raise

    def remove(self, over: Live) -> None:
        """Leave the log group as AWS made it, as far as this setting goes; one that is gone stays gone.

        Args:
            over: what must still be live, looked at again before every attempt.

        Raises:
            CallFailedError: it was not done, or nobody knows.
        """
        try:
            self._change(self.delete, over, self._delete)
        except CallFailedError as failed:
            if failed.failure is not Failure.REJECTED or failed.code != "ResourceNotFoundException":
                raise

    def _change(self, action: str, over: Live, change: partial[None] | Any) -> None:
        try:
            self.calls.run(lambda: while_live(self, over, FIND, change), action)
        except CallFailedError as failed:
            meaning = self._meaning(failed)
            if meaning is failed:
                raise
            raise meaning from None

    def validate(self, value: Value) -> None:
        """Compare the value with the shape that this botocore has for it.

        Raises:
            InvalidValueError: it does not fit.
        """
        validate(input_shape(self.logs, self.operation), self._arguments(value), self.rules.title)
