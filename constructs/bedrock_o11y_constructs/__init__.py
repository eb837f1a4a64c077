"""Building blocks for observability of Amazon Bedrock and Bedrock AgentCore, for anyone's own CDK app."""

from .account_setting import AccountSetting, AccountSettingGuard, ExistingSetting
from .account_telemetry_rules import AccountTelemetryRules
from .agent_execution_role import AgentExecutionRole
from .agent_log_delivery import AgentLogDelivery
from .hosted_agent_role import HostedAgentRole
from .hosted_agent_telemetry import HostedAgentTelemetry
from .invocation_logging import InvocationLogging
from .logs_key import LogsKey, let_logs_encrypt
from .provider import AccountSettingsProvider
from .recorded_data import RecordedData
from .service_log_group import ServiceLogGroup
from .transaction_search import TransactionSearch

__all__ = [
    "AccountSetting",
    "AccountSettingGuard",
    "AccountSettingsProvider",
    "AccountTelemetryRules",
    "AgentExecutionRole",
    "AgentLogDelivery",
    "ExistingSetting",
    "HostedAgentRole",
    "HostedAgentTelemetry",
    "InvocationLogging",
    "LogsKey",
    "RecordedData",
    "ServiceLogGroup",
    "TransactionSearch",
    "let_logs_encrypt",
]
