"""The customer's key that encrypts one log group, where AWS makes the group and not CloudFormation.

Without one, CloudWatch Logs encrypts with a key of its own, which counts as nothing. Only events that arrive under the
key are encrypted with it. Giving the setting back takes the key from the log group, not from those events: they can be
read only as long as the key exists and its policy names CloudWatch Logs. Either change takes up to five minutes.

Sources: CloudWatch Logs API reference, AssociateKmsKey and DisassociateKmsKey; CloudWatch Logs user guide, "Encrypt log
data in CloudWatch Logs using AWS KMS".
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from .failures import CallFailedError, Failure
from .instance import setting_name
from .log_group import LogGroupSetting
from .setting import SettingRules

if TYPE_CHECKING:
    from .live import Value

NAME = "log-group-key"
KEY = "kmsKeyId"
_OUT_OF_USE = "InvalidParameterException"
"""Source: API reference, AssociateKmsKey: the key does not exist or is disabled."""
_NOT_ALLOWED = re.compile(r"key does not exist or is not allowed to be used", re.IGNORECASE)
"""How the answer reads when the policy of the key does not name CloudWatch Logs for the log group. Its code is the one
of a missing permission. Source: reported by users of CreateLogGroup and AssociateKmsKey."""


def normalise(value: Value) -> Value:
    """The ARN of the key alone."""
    return {KEY: value[KEY]} if value.get(KEY) else {}


def merge(found: Value, _desired: Value) -> Value:
    """A key cannot be completed: the one found stays."""
    return found


def describe(value: Value) -> str:
    """Say what encrypts."""
    return f"encrypted with {value[KEY]}" if value.get(KEY) else "encrypted with a key of CloudWatch Logs"


def rules_of(log_group: str) -> SettingRules:
    """The pure half of the setting of one log group."""
    return SettingRules(
        name=setting_name(NAME, log_group),
        title=f"the key of log group {log_group}",
        option="agents[].log_encryption",
        normalise=normalise,
        merge=merge,
        describe=describe,
        shared=True,
    )


class LogGroupKey(LogGroupSetting):
    """The customer's key of one log group."""

    __slots__ = ()
    operation: ClassVar[str] = "AssociateKmsKey"
    put: ClassVar[str] = "logs:AssociateKmsKey"
    delete: ClassVar[str] = "logs:DisassociateKmsKey"

    @property
    def rules(self) -> SettingRules:
        """The pure half."""
        return rules_of(self.log_group)

    def _value(self, group: dict[str, Any]) -> Value | None:
        return normalise(group) or None

    def _put(self, value: Value) -> None:
        self.logs.associate_kms_key(**self._arguments(value))

    def _delete(self) -> None:
        self.logs.disassociate_kms_key(logGroupName=self.log_group)

    def _arguments(self, value: Value) -> dict[str, Any]:
        return {"logGroupName": self.log_group, **value}

    def _meaning(self, failed: CallFailedError) -> CallFailedError:
        if failed.failure is Failure.REJECTED and failed.code == _OUT_OF_USE:
            return replace(failed, message=f"{failed.message} {_UNUSABLE}")
        if _NOT_ALLOWED.search(failed.message):
            return replace(failed, failure=Failure.REJECTED, action=self.put, message=f"{failed.message} {_CLOSED}")
        return failed


_UNUSABLE = (
    "The key is missing, disabled, waiting for its deletion or not symmetric. Next step: aws kms describe-key; then "
    "aws kms cancel-key-deletion and aws kms enable-key, or another key in encryption.key_arn"
)
_CLOSED = (
    "Next step: let logs.<Region>.amazonaws.com use the key for this log group in the policy of the key (condition "
    "kms:EncryptionContext:aws:logs:arn), or do without the key (log_encryption: false)"
)
