"""What the provider calls to manage the sources and deliveries of vended logs.

They name patterns and no single resource: the id of a resource may be known only when the stack is deployed, and all
deliveries of a stack share one policy, because a role takes few.
"""

from __future__ import annotations

from typing import Final

from . import sources
from .grant import Condition, Confidence, Grant, Severity
from .vended_log_grants import DELIVERY_TO_LOGS, DELIVERY_TO_XRAY
from .vended_logs import PUT_DELIVERY_SOURCE, RESOURCES

OUR_DESTINATIONS: Final = "o11y-"
"""How the names of our delivery destinations begin."""

_SOURCES: Final = "arn:${Partition}:logs:${Region}:${Account}:delivery-source:*"
_DELIVERIES: Final = "arn:${Partition}:logs:${Region}:${Account}:delivery:*"
_DESTINATIONS: Final = "arn:${Partition}:logs:${Region}:${Account}:delivery-destination:" + f"{OUR_DESTINATIONS}*"
_NOT_KNOWN: Final = "AWS makes the ids of resources and deliveries, and a policy has room for few of them."


def _senders(*services: str) -> tuple[str, ...]:
    return tuple(resource.arn_pattern for resource in RESOURCES if not services or resource.service in services)


_SEE_DELIVERIES: Final = Grant(
    sid="SeeLogDeliveries",
    actions=("logs:DescribeDeliverySources", "logs:DescribeDeliveries"),
    resources=("*",),
    purpose="The provider cannot see what somebody else delivers already.",
    severity=Severity.HIGH,
    sources=(sources.LOGS_ACTIONS,),
    wildcard="These actions have no resource types.",
)

_RECORDS: Final = Grant(
    sid="KeepRecordsOfLogDeliveries",
    actions=("ssm:GetParameter", "ssm:PutParameter", "ssm:DeleteParameter"),
    resources=(
        "arn:${Partition}:ssm:${Region}:${Account}:parameter/bedrock-o11y/account-settings/delivery-source/*",
        "arn:${Partition}:ssm:${Region}:${Account}:parameter/bedrock-o11y/account-settings/log-delivery/*",
    ),
    purpose="Nobody knows which deliveries are ours, so none can be taken away again.",
    severity=Severity.HIGH,
    sources=(sources.SSM_ACTIONS,),
    wildcard=_NOT_KNOWN,
)

DELIVERY_SOURCE_GRANTS: Final = (
    _SEE_DELIVERIES,
    Grant(
        sid="MakeDeliverySources",
        actions=("logs:PutDeliverySource",),
        resources=(_SOURCES,),
        conditions=(Condition("ForAllValues:ArnLike", "logs:LogGeneratingResourceArns", _senders()),),
        purpose="A resource cannot be made a source of logs.",
        severity=Severity.HIGH,
        sources=(PUT_DELIVERY_SOURCE, sources.LOGS_ACTIONS),
        wildcard=_NOT_KNOWN,
    ),
    Grant(
        sid="DeleteDeliverySources",
        actions=("logs:DeleteDeliverySource",),
        resources=(_SOURCES, _DESTINATIONS),
        purpose="What was switched on for a resource cannot be switched off.",
        severity=Severity.MEDIUM,
        sources=(sources.LOGS_ACTIONS, DELIVERY_TO_LOGS),
        wildcard=f"{_NOT_KNOWN} The reference lists destinations for this action, the guide grants it on sources too.",
        confidence=Confidence.DISPUTED,
    ),
    Grant(
        sid="LetAgentCoreVendLogs",
        actions=("bedrock-agentcore:AllowVendedLogDeliveryForResource",),
        resources=_senders("bedrock-agentcore"),
        purpose="AgentCore does not let the caller deliver the logs of its resources.",
        severity=Severity.HIGH,
        sources=(DELIVERY_TO_LOGS, sources.AGENTCORE_ACTIONS),
        wildcard=_NOT_KNOWN,
        confidence=Confidence.DISPUTED,
    ),
    Grant(
        sid="LetBedrockVendLogs",
        actions=("bedrock:AllowVendedLogDeliveryForResource",),
        resources=_senders("bedrock"),
        purpose="Bedrock does not let the caller deliver the logs of a knowledge base.",
        severity=Severity.HIGH,
        sources=(DELIVERY_TO_LOGS, sources.BEDROCK_ACTIONS),
        wildcard=_NOT_KNOWN,
    ),
    _RECORDS,
)

LOG_DELIVERY_GRANTS: Final = (
    _SEE_DELIVERIES,
    Grant(
        sid="ConnectLogDeliveries",
        actions=("logs:CreateDelivery",),
        resources=(_DELIVERIES, _SOURCES, _DESTINATIONS),
        purpose="A source cannot be connected with a destination of ours.",
        severity=Severity.HIGH,
        sources=(sources.LOGS_ACTIONS, DELIVERY_TO_LOGS),
        wildcard=_NOT_KNOWN,
    ),
    Grant(
        sid="EndLogDeliveries",
        actions=("logs:DeleteDelivery",),
        resources=(_DELIVERIES,),
        purpose="A delivery cannot be ended, nor moved to another destination.",
        severity=Severity.HIGH,
        sources=(sources.LOGS_ACTIONS,),
        wildcard=_NOT_KNOWN,
    ),
    Grant(
        sid="SeePoliciesOfDestinations",
        actions=(
            "logs:DescribeResourcePolicies",
            "logs:DescribeLogGroups",
            "xray:ListResourcePolicies",
            "xray:GetTraceSegmentDestination",
        ),
        resources=("*",),
        purpose="CloudWatch Logs looks, in the name of whoever makes a delivery, whether the destination lets it in.",
        severity=Severity.MEDIUM,
        sources=(DELIVERY_TO_LOGS, DELIVERY_TO_XRAY),
        wildcard="These actions have no resource types, or are asked for on everything.",
    ),
    _RECORDS,
)
"""Without `logs:PutResourcePolicy` and `xray:PutResourcePolicy` of the guide: with them AWS makes policies
of its own, and there is room for few. Ours are made first."""
