"""Vended logs and traces: which resources send which, in which formats, and where they can go.

The templates of this module use no names but ``${Partition}``, ``${Region}`` and ``${Account}``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .grant import Confidence, Source

PUT_DELIVERY_SOURCE: Final = Source(
    "Amazon CloudWatch Logs API reference, PutDeliverySource",
    "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html",
)
VENDED_LOGS: Final = Source(
    "Amazon CloudWatch Logs user guide, Enable logging from AWS services",
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html",
)
RESOURCE_SCHEMAS: Final = Source(
    "AWS CDK service specification, vended logs of each CloudFormation resource type",
    "https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_bedrockagentcore-readme.html",
)


class LogType(StrEnum):
    """What a resource sends, as the API of CloudWatch Logs names it."""

    APPLICATION_LOGS = "APPLICATION_LOGS"
    USAGE_LOGS = "USAGE_LOGS"
    """Use of CPU and memory, one record for each second of a session."""
    TRACES = "TRACES"
    RUNTIME_LOGS = "RUNTIME_LOGS"


class DestinationType(StrEnum):
    """Where logs can go, as the API of CloudWatch Logs names it."""

    LOG_GROUP = "CWL"
    BUCKET = "S3"
    FIREHOSE = "FH"
    XRAY = "XRAY"


FORMATS: Final = {
    DestinationType.LOG_GROUP: ("json", "plain"),
    DestinationType.BUCKET: ("json", "plain", "w3c", "parquet"),
    DestinationType.FIREHOSE: ("json", "plain", "raw"),
    DestinationType.XRAY: (),
}
"""The formats that each destination takes, ours first; X-Ray takes none. Source: ``RESOURCE_SCHEMAS``."""

LOG_DESTINATIONS: Final = (DestinationType.LOG_GROUP, DestinationType.BUCKET, DestinationType.FIREHOSE)


@dataclass(frozen=True, slots=True)
class VendedLog:
    """One type of log of one kind of resource.

    Attributes:
        log_type: its name in the API.
        mandatory_fields: fields that a selection must contain; empty where they are not published.
        fields: further fields that carry nothing that people or models wrote.
        payload_fields: further fields that carry requests and answers.
        carries_content: a record may contain what people or models wrote.
        confidence: disputed where the API reference and the resource schema disagree; such a log is delivered only when
            it is asked for by name.
        sources: where AWS says so.
    """

    log_type: LogType
    mandatory_fields: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    payload_fields: tuple[str, ...] = ()
    carries_content: bool = False
    confidence: Confidence = Confidence.DOCUMENTED
    sources: tuple[Source, ...] = (PUT_DELIVERY_SOURCE, RESOURCE_SCHEMAS)

    @property
    def destinations(self) -> tuple[DestinationType, ...]:
        """Where it can go: traces to X-Ray and nowhere else, logs anywhere but X-Ray."""
        return (DestinationType.XRAY,) if self.log_type is LogType.TRACES else LOG_DESTINATIONS

    @property
    def fields_without_payload(self) -> tuple[str, ...]:
        """The selection of fields that leaves requests and answers out; empty where the fields are not published."""
        return (*self.mandatory_fields, *self.fields) if self.payload_fields else ()


@dataclass(frozen=True, slots=True)
class VendedResource:
    """A kind of resource that sends logs.

    Attributes:
        kind: our name for it, as it stands in its ARN.
        service: the service in its ARN.
        arn_resource: regular expression of the last field of its ARN.
        arn_pattern: the same as a template of an ARN for a policy.
        arn_attribute: attribute of the CloudFormation resource that is its ARN.
        cloudformation_type: type of the CloudFormation resource.
        id_position: which part of the ARN's last field, split at ``/``, is its id.
        suffixed: the id is the name, which has no hyphen, a hyphen, and ten characters of AWS's choice.
        longest_unique: length of what tells one from another: the ten characters, or the whole id.
        logs: what it sends.
    """

    kind: str
    service: str
    arn_resource: str
    arn_pattern: str
    arn_attribute: str
    cloudformation_type: str
    logs: tuple[VendedLog, ...]
    id_position: int = 1
    suffixed: bool = False
    longest_unique: int = 10

    @property
    def default_log_types(self) -> tuple[LogType, ...]:
        """Everything that it sends for certain."""
        return tuple(log.log_type for log in self.logs if log.confidence is not Confidence.DISPUTED)

    def log(self, log_type: str) -> VendedLog | None:
        """What it sends under a name.

        Args:
            log_type: for example ``TRACES``.

        Returns:
            the log, or None when it sends no such log.
        """
        return next((log for log in self.logs if log.log_type == log_type), None)


_EVENT = ("resource_arn", "event_timestamp")
_LOGS = VendedLog(LogType.APPLICATION_LOGS, carries_content=True)
_USAGE = VendedLog(LogType.USAGE_LOGS)
_TRACES = VendedLog(LogType.TRACES)


def _agentcore(
    kind: str, arn_resource: str, arn_attribute: str, cloudformation_name: str, *logs: VendedLog
) -> VendedResource:
    return VendedResource(
        kind=kind,
        service="bedrock-agentcore",
        arn_resource=arn_resource,
        arn_pattern="arn:${Partition}:bedrock-agentcore:${Region}:${Account}:" + arn_resource.partition("/")[0] + "/*",
        arn_attribute=arn_attribute,
        cloudformation_type=f"AWS::BedrockAgentCore::{cloudformation_name}",
        logs=logs,
        suffixed=True,
    )


RUNTIME: Final = _agentcore(
    "runtime",
    r"runtime/[a-zA-Z][a-zA-Z0-9_]{0,99}-[a-zA-Z0-9]{10}",
    "AgentRuntimeArn",
    "Runtime",
    VendedLog(
        LogType.APPLICATION_LOGS,
        mandatory_fields=_EVENT,
        fields=("runtime_id", "account_id", "request_id", "session_id", "span_id", "trace_id", "service_name",
                "operation", "resource", "attributes", "timeUnixNano", "severityNumber", "severityText", "traceId",
                "spanId"),
        payload_fields=("request_payload", "response_payload", "body"),
        carries_content=True,
    ),
    VendedLog(LogType.USAGE_LOGS, mandatory_fields=_EVENT, fields=("resource", "attributes", "metrics")),
    _TRACES,
)  # fmt: skip

MEMORY: Final = _agentcore(
    "memory", r"memory/[a-zA-Z][a-zA-Z0-9_]{0,99}-[a-zA-Z0-9]{10}", "MemoryArn", "Memory", _LOGS, _TRACES
)

CODE_INTERPRETER: Final = _agentcore(
    "code-interpreter",
    r"code-interpreter-custom/[a-zA-Z][a-zA-Z0-9_]{0,47}-[a-zA-Z0-9]{10}",
    "CodeInterpreterArn",
    "CodeInterpreterCustom",
    _LOGS,
    _USAGE,
    _TRACES,
)

BROWSER: Final = _agentcore(
    "browser",
    r"browser-custom/[a-zA-Z][a-zA-Z0-9_]{0,47}-[a-zA-Z0-9]{10}",
    "BrowserArn",
    "BrowserCustom",
    # The API reference lists it for "Tools", the schema of the resource does not.
    VendedLog(
        LogType.APPLICATION_LOGS,
        carries_content=True,
        confidence=Confidence.DISPUTED,
        sources=(PUT_DELIVERY_SOURCE,),
    ),
    _USAGE,
    _TRACES,
)

GATEWAY: Final = VendedResource(
    kind="gateway",
    service="bedrock-agentcore",
    arn_resource=r"gateway/([0-9a-z]-?){1,100}-[0-9a-z]{10}",
    arn_pattern="arn:${Partition}:bedrock-agentcore:${Region}:${Account}:gateway/*",
    arn_attribute="GatewayArn",
    cloudformation_type="AWS::BedrockAgentCore::Gateway",
    logs=(_LOGS, _TRACES),
    # Its name may have hyphens, so that the ten characters cannot be cut off in a template.
    longest_unique=59,
)

WORKLOAD_IDENTITY: Final = VendedResource(
    kind="workload-identity",
    service="bedrock-agentcore",
    arn_resource=r"workload-identity-directory/[^/]+/workload-identity/[A-Za-z0-9_.-]{3,255}",
    arn_pattern="arn:${Partition}:bedrock-agentcore:${Region}:${Account}:workload-identity-directory/*",
    arn_attribute="WorkloadIdentityArn",
    cloudformation_type="AWS::BedrockAgentCore::WorkloadIdentity",
    logs=(_LOGS, _TRACES),
    id_position=3,
    longest_unique=255,
)

KNOWLEDGE_BASE: Final = VendedResource(
    kind="knowledge-base",
    service="bedrock",
    arn_resource=r"knowledge-base/[0-9a-zA-Z]{10}",
    arn_pattern="arn:${Partition}:bedrock:${Region}:${Account}:knowledge-base/*",
    arn_attribute="KnowledgeBaseArn",
    cloudformation_type="AWS::Bedrock::KnowledgeBase",
    logs=(
        _LOGS,
        _TRACES,
        # The schema of the resource lists it, the API reference does not.
        VendedLog(
            LogType.RUNTIME_LOGS, carries_content=True, confidence=Confidence.DISPUTED, sources=(RESOURCE_SCHEMAS,)
        ),
    ),
)

RESOURCES: Final = (RUNTIME, MEMORY, GATEWAY, CODE_INTERPRETER, BROWSER, WORKLOAD_IDENTITY, KNOWLEDGE_BASE)
"""Every kind of resource whose logs we deliver. Policy engines and evaluators send none of their own."""

LOG_GROUP_PREFIX: Final = "/aws/vendedlogs/"
"""Log groups below it share one policy and may be written by the service-linked role. Source: ``VENDED_LOGS``."""

RETENTION_DAYS: Final = 90
"""How long a record is kept: a quarter covers what is looked into afterwards; usage logs are many."""

LONGEST_NAME: Final = 60
"""Of a delivery source or destination. Source: ``PUT_DELIVERY_SOURCE``."""
