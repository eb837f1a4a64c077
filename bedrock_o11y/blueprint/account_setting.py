"""What the provider of account settings may do, setting by setting.

Names that the templates of this module use, beside ``${Partition}``, ``${Region}`` and ``${Account}``:

- ``${RecordName}``: the SSM parameter of the record, with its leading slash.
- ``${StackName}``: the stack that the provider works for.
- ``${PassedRoleArn}``: the role that the value of a setting names.
- ``${LogGroupName}``: the log group that a setting is about.
- ``${ProviderLogGroupName}``: the log group of the provider's Lambda function.
"""

from __future__ import annotations

from typing import Final

from . import sources
from .account_setting_grants import SPAN_INDEXING_GRANTS, TRACE_DESTINATION_GRANTS
from .grant import Condition, Confidence, Grant, Severity
from .invocation_logging import SERVICE_PRINCIPAL
from .log_delivery_grants import DELIVERY_SOURCE_GRANTS, LOG_DELIVERY_GRANTS
from .log_group_grants import (
    LOG_GROUP_INDEX_GRANTS,
    LOG_GROUP_KEY_GRANTS,
    LOG_GROUP_POLICY_GRANTS,
    LOG_GROUP_RETENTION_GRANTS,
    LOG_GROUP_TAG_GRANTS,
)

MODEL_INVOCATION_LOGGING: Final = "model-invocation-logging"
"""The setting that turns invocation logging on, one for each account and Region."""

TRACE_DESTINATION: Final = "trace-destination"
"""The setting that turns Transaction Search on."""

SPAN_INDEXING: Final = "span-indexing"
"""The setting of how many traces are indexed."""

LOG_GROUP_RETENTION: Final = "log-group-retention"
"""How long the events of one log group are kept that AWS makes; there is one such setting for each log group."""

LOG_GROUP_KEY: Final = "log-group-key"
"""Which key of the customer encrypts such a log group."""

LOG_GROUP_INDEX: Final = "log-group-index"
"""Which fields of such a log group have an index."""

LOG_GROUP_POLICY: Final = "log-group-policy"
"""One statement of the policy of such a log group; there is one such setting for each Sid."""

LOG_GROUP_TAG: Final = "log-group-tag"
"""The value of one tag of such a log group; there is one such setting for each key."""

DELIVERY_SOURCE: Final = "delivery-source"
"""That a resource sends a type of log; there is one such setting for each type of log of each resource."""

LOG_DELIVERY: Final = "log-delivery"
"""Where a type of log of a resource goes, one such setting for each kind of destination."""

RECORD_NAME_PREFIX: Final = "/bedrock-o11y/account-settings/"
"""Where the record of each setting is kept, followed by the name of the setting."""

PROVIDER_RETENTION_DAYS: Final = 365
"""The provider's own log: who changed an account setting, kept as long as the records."""

PROVIDER_GRANTS: Final = (
    Grant(
        sid="WriteOwnLog",
        actions=("logs:CreateLogStream", "logs:PutLogEvents"),
        resources=("arn:${Partition}:logs:${Region}:${Account}:log-group:${ProviderLogGroupName}:*",),
        purpose="A deploy that fails leaves no trace of why.",
        severity=Severity.MEDIUM,
        sources=(sources.LOGS_ACTIONS,),
        wildcard="Lambda chooses the names of the log streams.",
    ),
    Grant(
        sid="WriteOwnTraces",
        actions=("xray:PutTraceSegments", "xray:PutTelemetryRecords"),
        resources=("*",),
        purpose="The provider's calls to AWS are not traced.",
        severity=Severity.LOW,
        sources=(sources.LAMBDA_XRAY,),
        wildcard="These actions have no resource types.",
    ),
)

_READ_OWN_STACK: Final = Grant(
    sid="ReadOwnStack",
    actions=("cloudformation:DescribeStacks",),
    resources=("arn:${Partition}:cloudformation:${Region}:${Account}:stack/${StackName}/*",),
    purpose="The provider cannot tell a rollback from an update, and may refuse where it must give way.",
    severity=Severity.MEDIUM,
    sources=(sources.CLOUDFORMATION_ACTIONS,),
    wildcard="The id at the end of a stack's ARN is made when the stack is.",
)

_KEEP_RECORD: Final = Grant(
    sid="KeepRecordOfSetting",
    actions=("ssm:GetParameter", "ssm:PutParameter", "ssm:DeleteParameter"),
    resources=("arn:${Partition}:ssm:${Region}:${Account}:parameter${RecordName}",),
    purpose="Nobody knows what the setting was before, so it cannot be handed back.",
    severity=Severity.HIGH,
    sources=(sources.SSM_ACTIONS,),
)

_READ_RECORD: Final = Grant(
    sid="ReadRecordOfSetting",
    actions=("ssm:GetParameter",),
    resources=("arn:${Partition}:ssm:${Region}:${Account}:parameter${RecordName}",),
    purpose="The guard cannot see who owns the setting.",
    severity=Severity.HIGH,
    sources=(sources.SSM_ACTIONS,),
)

MODEL_INVOCATION_LOGGING_GRANTS: Final = (
    Grant(
        sid="ManageInvocationLogging",
        actions=(
            "bedrock:GetModelInvocationLoggingConfiguration",
            "bedrock:PutModelInvocationLoggingConfiguration",
            "bedrock:DeleteModelInvocationLoggingConfiguration",
        ),
        resources=("*",),
        purpose="Model invocation logging cannot be turned on, changed or handed back.",
        severity=Severity.HIGH,
        sources=(sources.BEDROCK_ACTIONS,),
        wildcard="These actions have no resource types.",
    ),
    _KEEP_RECORD,
    _READ_OWN_STACK,
)

PASS_LOGGING_ROLE_GRANT: Final = Grant(
    sid="PassLoggingRole",
    actions=("iam:PassRole",),
    resources=("${PassedRoleArn}",),
    conditions=(Condition("StringEquals", "iam:PassedToService", (SERVICE_PRINCIPAL,)),),
    purpose="The logging role cannot be named in the configuration.",
    severity=Severity.HIGH,
    sources=(sources.PASS_ROLE,),
    confidence=Confidence.OBSERVED,
)
"""What the provider needs beside, when the configuration names a role."""

PASS_FOREIGN_ROLE_GRANT: Final = Grant(
    sid="PassRoleOfForeignValue",
    actions=("iam:PassRole",),
    resources=("arn:${Partition}:iam::${Account}:role/*",),
    conditions=(Condition("StringEquals", "iam:PassedToService", (SERVICE_PRINCIPAL,)),),
    purpose="A configuration that somebody else made cannot be kept, completed or given back: it names their role.",
    severity=Severity.HIGH,
    sources=(sources.PASS_ROLE,),
    wildcard="Whose role the configuration names is known only in the account; it can be passed to Bedrock alone.",
    confidence=Confidence.OBSERVED,
)
"""What it needs beside, when a foreign value is adopted, merged or replaced; never under ``refuse``."""

_GUARD_INVOCATION_LOGGING: Final = (
    Grant(
        sid="ReadInvocationLogging",
        actions=("bedrock:GetModelInvocationLoggingConfiguration",),
        resources=("*",),
        purpose="The guard cannot see whether somebody else's configuration would be overwritten.",
        severity=Severity.HIGH,
        sources=(sources.BEDROCK_ACTIONS,),
        wildcard="This action has no resource types.",
    ),
    _READ_RECORD,
    _READ_OWN_STACK,
)

_GUARD_SPAN_INDEXING: Final = (
    Grant(
        sid="ReadSpanIndexing",
        actions=("xray:GetIndexingRules",),
        resources=("*",),
        purpose="The guard cannot see whether somebody else chose the percentage of indexed traces.",
        severity=Severity.HIGH,
        sources=(sources.XRAY_ACTIONS,),
        wildcard="This action has no resource types.",
    ),
    _READ_RECORD,
    _READ_OWN_STACK,
)

GUARD_GRANTS: Final[dict[str, tuple[Grant, ...]]] = {
    MODEL_INVOCATION_LOGGING: _GUARD_INVOCATION_LOGGING,
    SPAN_INDEXING: _GUARD_SPAN_INDEXING,
}
"""What the guard of each setting needs: it never writes. Who set the trace destination is no obstacle to anybody."""

PROVIDER_VPC_GRANTS: Final = (
    Grant(
        sid="JoinVpc",
        actions=(
            "ec2:CreateNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:DeleteNetworkInterface",
            "ec2:AssignPrivateIpAddresses",
            "ec2:UnassignPrivateIpAddresses",
        ),
        resources=("*",),
        purpose="Lambda cannot attach the provider to the VPC.",
        severity=Severity.HIGH,
        sources=(sources.LAMBDA_VPC,),
        wildcard="The network interfaces do not exist before Lambda creates them, and Describe has no resource types.",
    ),
)

GRANTS: Final[dict[str, tuple[Grant, ...]]] = {
    MODEL_INVOCATION_LOGGING: MODEL_INVOCATION_LOGGING_GRANTS,
    TRACE_DESTINATION: (*TRACE_DESTINATION_GRANTS, _KEEP_RECORD, _READ_OWN_STACK),
    SPAN_INDEXING: (*SPAN_INDEXING_GRANTS, _KEEP_RECORD, _READ_OWN_STACK),
    LOG_GROUP_RETENTION: (*LOG_GROUP_RETENTION_GRANTS, _KEEP_RECORD, _READ_OWN_STACK),
    LOG_GROUP_KEY: (*LOG_GROUP_KEY_GRANTS, _KEEP_RECORD, _READ_OWN_STACK),
    LOG_GROUP_INDEX: (*LOG_GROUP_INDEX_GRANTS, _KEEP_RECORD, _READ_OWN_STACK),
    LOG_GROUP_POLICY: (*LOG_GROUP_POLICY_GRANTS, _KEEP_RECORD, _READ_OWN_STACK),
    LOG_GROUP_TAG: (*LOG_GROUP_TAG_GRANTS, _KEEP_RECORD, _READ_OWN_STACK),
    DELIVERY_SOURCE: (*DELIVERY_SOURCE_GRANTS, _READ_OWN_STACK),
    LOG_DELIVERY: (*LOG_DELIVERY_GRANTS, _READ_OWN_STACK),
}
"""What the provider needs to manage each setting."""

CUSTODY_GRANTS: Final = (
    *dict.fromkeys(
        (
            *LOG_GROUP_RETENTION_GRANTS,
            *LOG_GROUP_KEY_GRANTS,
            *LOG_GROUP_INDEX_GRANTS,
            *LOG_GROUP_POLICY_GRANTS,
            *LOG_GROUP_TAG_GRANTS,
        )
    ),
    Grant(
        sid="KeepRecordsOfLogGroups",
        actions=("ssm:GetParameter", "ssm:PutParameter", "ssm:DeleteParameter"),
        resources=(f"arn:${{Partition}}:ssm:${{Region}}:${{Account}}:parameter{RECORD_NAME_PREFIX}log-group-*",),
        purpose="Nobody knows what the settings of a log group were before, so they cannot be handed back.",
        severity=Severity.HIGH,
        sources=(sources.SSM_ACTIONS,),
        wildcard="Each setting of each log group has a record of its own, and log groups come and go.",
    ),
    _READ_OWN_STACK,
)
"""What the provider needs to manage all settings of log groups of one pattern, in one policy: a role takes ten."""

PASS_ROLE_GRANTS: Final[dict[str, Grant]] = {MODEL_INVOCATION_LOGGING: PASS_LOGGING_ROLE_GRANT}
"""What it needs beside, for a setting whose value names a role."""

PASS_FOREIGN_ROLE_GRANTS: Final[dict[str, Grant]] = {MODEL_INVOCATION_LOGGING: PASS_FOREIGN_ROLE_GRANT}
"""What it needs beside that, for a setting whose foreign value may name somebody else's role."""
