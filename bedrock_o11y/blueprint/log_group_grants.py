"""What the provider calls to manage the settings of a log group that AWS makes, beside its own record.

``${LogGroupName}`` in a template is the log group that a setting is about, or a pattern of such; ``${KeyArn}`` is the
key that encrypts it.
"""

from __future__ import annotations

from typing import Final

from . import sources
from .grant import Condition, Confidence, Grant, Severity

_LOG_GROUP: Final = (
    "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}",
    "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}:*",
)
_WILDCARD: Final = (
    "A log group is asked for with and without the closing colon and star, depending on the operation; those of agents "
    "come and go, and one that goes is given back after the policy has changed."
)
_NO_RESOURCE: Final = "These actions have no resource types."

_FIND: Final = Grant(
    sid="FindLogGroup",
    actions=("logs:DescribeLogGroups",),
    resources=("*",),
    purpose="The provider cannot see the log group, its retention and its key.",
    severity=Severity.HIGH,
    sources=(sources.LOGS_ACTIONS,),
    wildcard="This action has no resource types.",
)
_MAKE: Final = Grant(
    sid="MakeLogGroup",
    actions=("logs:CreateLogGroup",),
    resources=_LOG_GROUP,
    purpose="An agent that has not run yet has no log group, and nothing can be set before it runs.",
    severity=Severity.MEDIUM,
    sources=(sources.LOGS_ACTIONS,),
    wildcard=_WILDCARD,
)

LOG_GROUP_RETENTION_GRANTS: Final = (
    _FIND,
    _MAKE,
    Grant(
        sid="KeepLogGroup",
        actions=("logs:PutRetentionPolicy", "logs:DeleteRetentionPolicy"),
        resources=_LOG_GROUP,
        purpose="The events of the agent are kept, and paid for, for ever.",
        severity=Severity.MEDIUM,
        sources=(sources.LOGS_ACTIONS,),
        wildcard=_WILDCARD,
    ),
)

LOG_GROUP_KEY_GRANTS: Final = (
    _FIND,
    _MAKE,
    Grant(
        sid="ChooseKeyOfLogGroup",
        actions=("logs:AssociateKmsKey", "logs:DisassociateKmsKey"),
        resources=_LOG_GROUP,
        purpose="Prompts and answers in the events of the agent are not encrypted with the key of the customer.",
        severity=Severity.MEDIUM,
        sources=(sources.LOGS_ACTIONS,),
        wildcard=_WILDCARD,
    ),
)

USE_KEY_THROUGH_LOGS: Final = Grant(
    sid="UseKeyThroughLogs",
    actions=(
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext",
    ),
    resources=("${KeyArn}",),
    conditions=(Condition("StringEquals", "kms:ViaService", ("logs.${Region}.amazonaws.com",)),),
    purpose="CloudWatch Logs may not look, in the name of whoever associates it, whether the key can be used.",
    severity=Severity.MEDIUM,
    sources=(sources.LOGS_ENCRYPTION,),
    confidence=Confidence.DISPUTED,
)
"""What the provider needs beside :data:`LOG_GROUP_KEY_GRANTS`. The guide asks it of every role that calls CloudWatch
Logs, and does not say which of the actions an association needs."""

LOG_GROUP_INDEX_GRANTS: Final = (
    _FIND,
    _MAKE,
    Grant(
        sid="IndexLogGroup",
        actions=("logs:DescribeIndexPolicies", "logs:PutIndexPolicy", "logs:DeleteIndexPolicy"),
        resources=("*",),
        purpose="A query for one session reads, and charges for, every event of the agent.",
        severity=Severity.LOW,
        sources=(sources.LOGS_ACTIONS,),
        wildcard=_NO_RESOURCE,
    ),
)

LOG_GROUP_POLICY_GRANTS: Final = (
    _FIND,
    _MAKE,
    Grant(
        sid="WritePolicyOfLogGroup",
        actions=("logs:PutResourcePolicy",),
        resources=_LOG_GROUP,
        purpose="X-Ray is not let into the agent's own log group: the spans of a new agent go nowhere, silently.",
        severity=Severity.HIGH,
        sources=(sources.RUNTIME_PERMISSIONS, sources.LOGS_ACTIONS),
        wildcard=_WILDCARD,
        confidence=Confidence.DISPUTED,
    ),
    Grant(
        sid="ReadPolicyOfLogGroup",
        actions=("logs:DescribeResourcePolicies", "logs:DeleteResourcePolicy"),
        resources=("*",),
        purpose="The provider cannot see who else is let into the log group, nor take its own statement back.",
        severity=Severity.MEDIUM,
        sources=(sources.LOGS_ACTIONS,),
        wildcard=_NO_RESOURCE,
    ),
)
"""AgentCore's guide grants PutResourcePolicy on one log group; the reference knows no resource for it."""

LOG_GROUP_TAG_GRANTS: Final = (
    _FIND,
    _MAKE,
    Grant(
        sid="TagLogGroup",
        actions=("logs:ListTagsForResource", "logs:TagResource", "logs:UntagResource"),
        resources=_LOG_GROUP,
        purpose="The costs of the agent's logs belong to nobody.",
        severity=Severity.LOW,
        sources=(sources.LOGS_ACTIONS,),
        wildcard=_WILDCARD,
    ),
)
