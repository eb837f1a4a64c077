"""How long the events of one log group are kept, where AWS makes the group and not CloudFormation.

Without a retention they are kept for ever, which counts as nothing: it is nobody's choice that could be lost.

Sources: CloudWatch Logs API reference, DescribeLogGroups, PutRetentionPolicy and DeleteRetentionPolicy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from .instance import setting_name
from .log_group import LogGroupSetting
from .setting import SettingRules

if TYPE_CHECKING:
    from .live import Value

NAME = "log-group-retention"
DAYS = "retentionInDays"


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


class LogGroupRetention(LogGroupSetting):
    """The retention of one log group."""

    __slots__ = ()
    operation: ClassVar[str] = "PutRetentionPolicy"
    put: ClassVar[str] = "logs:PutRetentionPolicy"
    delete: ClassVar[str] = "logs:DeleteRetentionPolicy"

    @property
    def rules(self) -> SettingRules:
        """The pure half."""
        return rules_of(self.log_group)

    def _value(self, group: dict[str, Any]) -> Value | None:
        return normalise(group) or None

    def _put(self, value: Value) -> None:
        self.logs.put_retention_policy(**self._arguments(value))

    def _delete(self) -> None:
        self.logs.delete_retention_policy(logGroupName=self.log_group)

    def _arguments(self, value: Value) -> dict[str, Any]:
        return {"logGroupName": self.log_group, **value}
