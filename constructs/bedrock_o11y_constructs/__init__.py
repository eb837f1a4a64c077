"""Building blocks for observability of Amazon Bedrock and Bedrock AgentCore, for anyone's own CDK app."""

from .account_setting import AccountSetting, AccountSettingGuard, ExistingSetting
from .invocation_logging import InvocationLogging, RecordedData
from .logs_key import LogsKey
from .provider import AccountSettingsProvider

__all__ = [
    "AccountSetting",
    "AccountSettingGuard",
    "AccountSettingsProvider",
    "ExistingSetting",
    "InvocationLogging",
    "LogsKey",
    "RecordedData",
]
