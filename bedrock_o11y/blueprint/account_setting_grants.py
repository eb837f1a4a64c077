"""What the provider calls to manage each setting of tracing, beside its own record."""

from __future__ import annotations

from typing import Final

from . import sources
from .grant import Condition, Grant, Severity
from .transaction_search import APPLICATION_SIGNALS_ROLE

_DISCOVERY: Final = "application-signals.cloudwatch.amazonaws.com"
_DISCOVERY_ROLE: Final = (
    f"arn:${{Partition}}:iam::${{Account}}:role/aws-service-role/{_DISCOVERY}/{APPLICATION_SIGNALS_ROLE}"
)

TRACE_DESTINATION_GRANTS: Final = (
    Grant(
        sid="ManageTraceDestination",
        actions=("xray:GetTraceSegmentDestination", "xray:UpdateTraceSegmentDestination"),
        resources=("*",),
        purpose="Transaction Search cannot be turned on or handed back.",
        severity=Severity.HIGH,
        sources=(sources.TRANSACTION_SEARCH, sources.XRAY_ACTIONS),
        wildcard="These actions have no resource types.",
    ),
    Grant(
        sid="MakeSpanLogGroups",
        actions=("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutRetentionPolicy"),
        resources=(
            "arn:${Partition}:logs:${Region}:${Account}:log-group:/aws/application-signals/data:*",
            "arn:${Partition}:logs:${Region}:${Account}:log-group:aws/spans:*",
        ),
        purpose="X-Ray makes the log groups of the spans in the name of whoever turns Transaction Search on.",
        severity=Severity.HIGH,
        sources=(sources.TRANSACTION_SEARCH,),
        wildcard="The streams in these two log groups are AWS's own.",
    ),
    Grant(
        sid="SeeResourcePolicies",
        actions=("logs:DescribeResourcePolicies",),
        resources=("*",),
        purpose="X-Ray looks, in the name of whoever turns Transaction Search on, whether it may write spans.",
        severity=Severity.MEDIUM,
        sources=(sources.TRANSACTION_SEARCH,),
        wildcard="This action has no resource types.",
    ),
    Grant(
        sid="StartDiscovery",
        actions=("application-signals:StartDiscovery",),
        resources=("*",),
        purpose="Without it, aws/spans is not made in an account that never used Application Signals.",
        severity=Severity.HIGH,
        sources=(sources.TRANSACTION_SEARCH,),
        wildcard="This action has no resource types.",
    ),
    Grant(
        sid="MakeRoleOfDiscovery",
        actions=("iam:CreateServiceLinkedRole",),
        resources=(_DISCOVERY_ROLE,),
        conditions=(Condition("StringLike", "iam:AWSServiceName", (_DISCOVERY,)),),
        purpose="Discovery cannot make its service-linked role in an account that has none.",
        severity=Severity.HIGH,
        sources=(sources.TRANSACTION_SEARCH,),
    ),
    Grant(
        sid="SeeRoleOfDiscovery",
        actions=("iam:GetRole",),
        resources=(_DISCOVERY_ROLE,),
        purpose="Discovery cannot see that its service-linked role is there already.",
        severity=Severity.MEDIUM,
        sources=(sources.TRANSACTION_SEARCH,),
    ),
    Grant(
        sid="MakeChannelOfDiscovery",
        actions=("cloudtrail:CreateServiceLinkedChannel",),
        resources=(
            "arn:${Partition}:cloudtrail:${Region}:${Account}:channel/aws-service-channel/application-signals/*",
        ),
        purpose="Discovery cannot make the channel by which it sees changes.",
        severity=Severity.MEDIUM,
        sources=(sources.TRANSACTION_SEARCH,),
        wildcard="AWS names the channel.",
    ),
)

SPAN_INDEXING_GRANTS: Final = (
    Grant(
        sid="ManageSpanIndexing",
        actions=("xray:GetIndexingRules", "xray:UpdateIndexingRule"),
        resources=("*",),
        purpose="The percentage of indexed traces cannot be set or handed back.",
        severity=Severity.MEDIUM,
        sources=(sources.TRANSACTION_SEARCH, sources.XRAY_ACTIONS),
        wildcard="These actions have no resource types.",
    ),
)
