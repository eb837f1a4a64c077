"""Transaction Search: what lets X-Ray keep spans in CloudWatch Logs, and how many of the traces are indexed.

It holds for the whole account and Region: every producer of X-Ray traces, not only agents, is kept and billed as log
events from then on (CloudWatch user guide, Enable Transaction Search).
"""

from __future__ import annotations

from typing import Final

from . import sources
from .grant import Condition, Grant, Severity

SERVICE_PRINCIPAL: Final = "xray.amazonaws.com"
SPANS_LOG_GROUP: Final = "aws/spans"
"""Where X-Ray keeps spans; only AWS can make a log group of this name."""
APPLICATION_SIGNALS_LOG_GROUP: Final = "/aws/application-signals/data"
APPLICATION_SIGNALS_ROLE: Final = "AWSServiceRoleForCloudWatchApplicationSignals"
"""The service-linked role that Application Signals makes when Transaction Search is turned on, and keeps."""

_LOGS: Final = "arn:${Partition}:logs:${Region}:${Account}:log-group:"

LET_XRAY_WRITE_SPANS: Final = Grant(
    sid="TransactionSearchXRayAccess",
    principals=(SERVICE_PRINCIPAL,),
    actions=("logs:PutLogEvents",),
    resources=(f"{_LOGS}{SPANS_LOG_GROUP}:*", f"{_LOGS}{APPLICATION_SIGNALS_LOG_GROUP}:*"),
    conditions=(
        Condition("ArnLike", "aws:SourceArn", ("arn:${Partition}:xray:${Region}:${Account}:*",)),
        Condition("StringEquals", "aws:SourceAccount", ("${Account}",)),
    ),
    purpose="X-Ray cannot write spans, so Transaction Search cannot be turned on, or keeps nothing.",
    severity=Severity.HIGH,
    sources=(sources.TRANSACTION_SEARCH,),
    wildcard="The streams in these two log groups are AWS's own, and X-Ray names no resource of its own.",
)
"""A statement of a resource policy of CloudWatch Logs. AgentCore's guide prints the source ARN in one place with the
service ``logs``; the guide of Transaction Search says ``xray``."""

LET_XRAY_WRITE_AGENT_SPANS: Final = Grant(
    sid="LetXRayWriteAgentSpans",
    principals=(SERVICE_PRINCIPAL,),
    actions=("logs:PutLogEvents",),
    resources=(f"{_LOGS}${{LogGroupName}}:*",),
    conditions=LET_XRAY_WRITE_SPANS.conditions,
    purpose="X-Ray cannot write the spans of an agent to the agent's own log group.",
    severity=Severity.HIGH,
    sources=(sources.RUNTIME_OBSERVABILITY, sources.TRANSACTION_SEARCH),
    wildcard="X-Ray chooses the stream, and names no resource of its own.",
)
"""A statement of the policy of that one log group, ``${LogGroupName}``: outside the ten policies of the account."""

INDEXED_FIELDS: Final = ("attributes.session.id", "resource.attributes.service.name", "traceId")
"""Fields of spans and log records by which people look for a session, an agent or a trace. AWS indexes some of them by
default; naming them keeps it so where a policy of the account takes the place of the default."""

MOST_INDEXED_FIELDS: Final = 20
LONGEST_INDEXED_FIELD: Final = 100
"""Limits of a field index policy (CloudWatch Logs API reference, PutIndexPolicy)."""

INDEXING_PERCENTAGE: Final = 10.0
"""Of the traces in the first week, while everything is new. One percent is free of charge."""
INDEXING_LATER: Final = ((7, 5.0), (30, 1.0))
"""Days after the deploy, and the percentage from then on."""
