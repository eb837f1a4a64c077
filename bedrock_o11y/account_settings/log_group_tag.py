"""One tag of one log group, where AWS makes the group and not CloudFormation.

The setting is the value of one key. The tags of other keys belong to others, and are neither read into a record nor
written.

Sources: CloudWatch Logs API reference, ListTagsForResource, TagResource and UntagResource.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from .instance import setting_name
from .log_group import LogGroupSetting, split
from .setting import SettingRules

if TYPE_CHECKING:
    from .live import Value

NAME = "log-group-tag"
VALUE = "value"
_READ = "logs:ListTagsForResource"


def normalise(value: Value) -> Value:
    """The value of the tag alone; a tag may be there with an empty one."""
    return {VALUE: value[VALUE]} if value.get(VALUE) is not None else {}


def merge(found: Value, _desired: Value) -> Value:
    """The value of a tag cannot be completed: the one found stays."""
    return found


def describe(value: Value) -> str:
    """Say what the tag holds."""
    return f"it is {value[VALUE]!r}" if VALUE in value else "there is none"


def rules_of(instance: str) -> SettingRules:
    """The pure half of the setting of one tag of one log group."""
    log_group, key = split(instance)
    return SettingRules(
        name=setting_name(NAME, instance),
        title=f"the tag {key} of log group {log_group}",
        option="tags",
        normalise=normalise,
        merge=merge,
        describe=describe,
        shared=True,
    )


@dataclass(slots=True)
class LogGroupTag(LogGroupSetting):
    """One tag of one log group.

    Attributes:
        instance: log group and key.
    """

    instance: str = ""

    operation: ClassVar[str] = "TagResource"
    put: ClassVar[str] = "logs:TagResource"
    delete: ClassVar[str] = "logs:UntagResource"

    @property
    def rules(self) -> SettingRules:
        """The pure half."""
        return rules_of(self.instance)

    @property
    def _key(self) -> str:
        return split(self.instance)[1]

    def _value(self, group: dict[str, Any]) -> Value | None:
        tags = self.calls.run(partial(self.logs.list_tags_for_resource, resourceArn=self._arn), _READ).get("tags", {})
        return {VALUE: tags[self._key]} if self._key in tags else None

    def _put(self, value: Value) -> None:
        self.logs.tag_resource(**self._arguments(value))

    def _delete(self) -> None:
        self.logs.untag_resource(resourceArn=self._arn, tagKeys=[self._key])

    def _arguments(self, value: Value) -> dict[str, Any]:
        return {"resourceArn": self._arn, "tags": {self._key: value.get(VALUE)}}
