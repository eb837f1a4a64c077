"""What an agent must be able to do with its role, and what not: calls, typed by hand from the API references."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

ACCOUNT: Final = "000000000000"
MODEL, PROFILE = "amazon.nova-pro-v1:0", "us.amazon.nova-pro-v1:0"
OTHER_MODEL: Final = "amazon.nova-lite-v1:0"
TALK: Final = {"messages": [{"role": "user", "content": [{"text": "hello"}]}]}
_SEGMENT: Final = (
    '{"trace_id":"1-00000001-000000000000000000000001","id":"0000000000000001","name":"n","start_time":1,"end_time":2}'
)
_SAMPLED: Final = {"RuleName": "Default", "ClientID": "0" * 24, "Timestamp": 1, "RequestCount": 1, "SampledCount": 1}
_DATUM: Final = [{"MetricName": "m", "Value": 1.0}]
_EVENT: Final = {"eventTimestamp": 1, "payload": [{"blob": "x"}]}
_SESSION: Final = {"actorId": "anna", "sessionId": "monday"}
_RECORD: Final = {"memoryRecordId": "mem-00000000-0000-0000-0000-000000000000-0000"}


@dataclass(frozen=True)
class Made:
    """One call of an agent.

    Attributes:
        service: as boto3 names it.
        method: of its client.
        arguments: of the method.
    """

    service: str
    method: str
    arguments: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.service} {self.method} {json.dumps(self.arguments)}"


def group(agent: str) -> str:
    return f"/aws/bedrock-agentcore/runtimes/{agent}-AbCdEfGhIj-DEFAULT"


def needed(agent: str, memory: str) -> list[Made]:
    """What the agent's purpose needs: logs, spans, metrics, its models and its memory."""
    own = {"logGroupName": group(agent)}
    stream = {**own, "logStreamName": "otel-rt-logs"}
    arn = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{group(agent)}"
    of_memory = {"memoryId": memory}
    return [
        Made("logs", "create_log_group", own),
        Made("logs", "describe_log_groups"),
        Made("logs", "describe_log_streams", own),
        Made("logs", "create_log_stream", stream),
        Made("logs", "put_log_events", {**stream, "logEvents": [{"timestamp": 1, "message": "m"}]}),
        Made("logs", "put_resource_policy", {"resourceArn": arn, "policyDocument": "{}"}),
        Made("xray", "put_trace_segments", {"TraceSegmentDocuments": [_SEGMENT]}),
        Made("xray", "put_telemetry_records", {"TelemetryRecords": [{"Timestamp": 1, "SegmentsReceivedCount": 1}]}),
        Made("xray", "get_sampling_rules"),
        Made("xray", "get_sampling_targets", {"SamplingStatisticsDocuments": [_SAMPLED]}),
        Made("cloudwatch", "put_metric_data", {"Namespace": "bedrock-agentcore", "MetricData": _DATUM}),
        Made("bedrock-runtime", "converse", {"modelId": PROFILE, **TALK}),
        Made("bedrock-runtime", "converse_stream", {"modelId": PROFILE, **TALK}),
        Made("bedrock-agentcore", "create_event", {**of_memory, **_SESSION, **_EVENT}),
        Made("bedrock-agentcore", "list_events", {**of_memory, **_SESSION}),
        Made("bedrock-agentcore", "get_event", {**of_memory, **_SESSION, "eventId": "0000000000000001#00000001"}),
        Made("bedrock-agentcore", "list_sessions", {**of_memory, "actorId": "anna"}),
        Made("bedrock-agentcore", "list_actors", of_memory),
        Made("bedrock-agentcore", "list_memory_records", {**of_memory, "namespace": "/a"}),
        Made(
            "bedrock-agentcore",
            "retrieve_memory_records",
            {**of_memory, "namespace": "/a", "searchCriteria": {"searchQuery": "x"}},
        ),
        Made("bedrock-agentcore", "get_memory_record", {**of_memory, **_RECORD}),
        Made("bedrock-agentcore-control", "get_memory", of_memory),
    ]


REPOSITORY: Final = "agents/container"


def image(repository: str = REPOSITORY) -> list[Made]:
    """Pulling an image."""
    of_repository = {"repositoryName": repository}
    return [
        Made("ecr", "batch_get_image", {**of_repository, "imageIds": [{"imageTag": "latest"}]}),
        Made("ecr", "get_download_url_for_layer", {**of_repository, "layerDigest": "sha256:" + "0" * 64}),
    ]


SIGN_IN: Final = Made("ecr", "get_authorization_token")
"""To all repositories of the account; there is no resource to name."""


def no_business(agent: str, memory: str) -> list[Made]:
    """What is none of the agent's business: what others have, and what would undo or widen what it has."""
    own = {"logGroupName": group(agent)}
    other = {"logGroupName": group(f"another_{agent}")}
    elsewhere = {"logGroupName": "/aws/lambda/payroll", "logStreamName": "s"}
    others = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{group('another')}"
    trust = {"roleName": "r", "assumeRolePolicyDocument": "{}"}
    of_other = {"memoryId": "other_memory-AbCdEfGhIj"}
    runtime = f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:runtime/{agent}-AbCdEfGhIj"
    return [
        Made("logs", "create_log_group", other),
        Made("logs", "create_log_group", {"logGroupName": "/anything"}),
        Made("logs", "describe_log_streams", other),
        Made("logs", "create_log_stream", {**other, "logStreamName": "otel-rt-logs"}),
        Made("logs", "put_log_events", {**elsewhere, "logEvents": [{"timestamp": 1, "message": "m"}]}),
        Made("logs", "get_log_events", {**own, "logStreamName": "otel-rt-logs"}),
        Made("logs", "filter_log_events", own),
        Made("logs", "start_query", {**own, "startTime": 0, "endTime": 1, "queryString": "fields @message"}),
        Made("logs", "delete_log_group", own),
        Made("logs", "delete_log_stream", {**own, "logStreamName": "otel-rt-logs"}),
        Made("logs", "put_retention_policy", {**own, "retentionInDays": 1}),
        Made("logs", "put_resource_policy", {"policyName": "wide", "policyDocument": "{}"}),
        Made("logs", "put_resource_policy", {"resourceArn": others, "policyDocument": "{}"}),
        Made("logs", "describe_resource_policies"),
        Made("xray", "get_trace_summaries", {"StartTime": 0, "EndTime": 1}),
        Made("xray", "update_trace_segment_destination", {"Destination": "XRay"}),
        Made("xray", "update_indexing_rule", {"Name": "Default", "Rule": {"Probabilistic": {
            "DesiredSamplingPercentage": 1}}}),
        Made("cloudwatch", "put_metric_data", {"Namespace": "AWS/Bedrock2", "MetricData": _DATUM}),
        Made("cloudwatch", "list_metrics"),
        Made("bedrock-runtime", "converse", {"modelId": OTHER_MODEL, **TALK}),
        Made("bedrock-runtime", "converse", {"modelId": f"us.{OTHER_MODEL}", **TALK}),
        Made("bedrock-runtime", "converse_stream", {"modelId": OTHER_MODEL, **TALK}),
        Made("bedrock", "get_model_invocation_logging_configuration"),
        Made("bedrock", "delete_model_invocation_logging_configuration"),
        Made("bedrock-agentcore", "create_event", {**of_other, **_SESSION, **_EVENT}),
        Made("bedrock-agentcore", "list_actors", of_other),
        Made("bedrock-agentcore", "delete_event", {"memoryId": memory, **_SESSION, "eventId": "0#0"}),
        Made("bedrock-agentcore", "delete_memory_record", {"memoryId": memory, **_RECORD}),
        Made("bedrock-agentcore-control", "delete_memory", {"memoryId": memory}),
        Made("bedrock-agentcore-control", "list_agent_runtimes"),
        Made("bedrock-agentcore-control", "delete_agent_runtime", {"agentRuntimeId": f"{agent}-AbCdEfGhIj"}),
        Made("bedrock-agentcore", "invoke_agent_runtime", {"agentRuntimeArn": runtime, "payload": "{}"}),
        Made("s3", "list_buckets"),
        Made("iam", "list_roles"),
        Made("iam", "create_role", {"RoleName": trust["roleName"], "AssumeRolePolicyDocument": "{}"}),
        Made("ssm", "get_parameter", {"Name": "/bedrock-o11y/account-settings/trace-destination"}),
        Made("kms", "list_keys"),
        *image("agents/other"),
    ]  # fmt: skip
