"""For a permission of the blueprint the call that needs it: which operation, with which arguments, in which Region.

Typed by hand from the API references; neither the audit nor the sandbox's own table has a say in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

HOME: Final = "us-east-1"
"""Where a call is made whose resource names no Region."""

NOT_SERVED: Final = {
    "bedrock-agentcore": ("bedrock-agentcore", "get_workload_access_token", {"workloadName": "night_owl"}),
}
"""Permissions that the sandbox cannot try, by the prefix of their actions, each with a call that shows it."""

DISPUTED: Final = {
    "logs:PutResourcePolicy": "the guide scopes it to a log group, the authorisation reference knows * alone",
    "logs:PutIndexPolicy": "the guide scopes it to log groups, the authorisation reference knows * alone",
    "logs:DescribeIndexPolicies": "the guide scopes it to log groups, the authorisation reference knows * alone",
}
"""Permissions whose resource AWS's own pages disagree about. The sandbox takes the reading of the reference, the
stricter one; the audit takes either form for granted, and says in a finding that they disagree and what to try."""

TALK: Final = {"messages": [{"role": "user", "content": [{"text": "hello"}]}]}
KEY: Final = "11111111-2222-3333-4444-555555555555"


@dataclass(frozen=True)
class Call:
    """One call.

    Attributes:
        service: as boto3 names it.
        method: of its client.
        arguments: of the method.
        region: where it is made.
        resource: the ARN on which it is judged; ``*`` for none.
    """

    service: str
    method: str
    arguments: Mapping[str, Any]
    region: str
    resource: str


class UnnameableError(Exception):
    """No call names this resource: the audit asks about something that never happens."""


def call_for(action: str, resource: str, context: Mapping[str, Any]) -> Call:
    """The call that needs an action on a concrete resource.

    Raises:
        UnnameableError: there is none.
    """
    service, method, shape, arguments = _CALLS[action]
    match = re.fullmatch(shape, resource)
    if match is None and resource != "*":
        raise UnnameableError(f"no call of {action} names {resource}")
    parts = {name: part or resource for name, part in match.groupdict().items()} if match else {}
    given = {name: _filled(value, {**parts, **context}) for name, value in arguments.items()}
    fields = resource.split(":")
    region = fields[3] if len(fields) > 5 and fields[3] else HOME
    if not _REGION.fullmatch(region):
        raise UnnameableError(f"{action} on {resource}: there is no Region {region}")
    return Call(service, method, given, region, "*" if action in DISPUTED else resource)


def examples(pattern: str, region: str | None = None) -> list[str]:
    """Concrete resources that an ARN pattern of the blueprint means, each unlike the others.

    Args:
        pattern: the pattern.
        region: the one Region of the calls; None: several.
    """
    if pattern == "*":
        return ["*"]
    found: list[str] = []
    for group, stream, model, one_region in _NAMES:
        text = re.sub(r"^(arn:aws:[^:]+):\*:", rf"\1:{region or one_region}:", pattern)
        text = text.replace("foundation-model/*", model)
        if not found:  # a log group of any name may be that of an agent
            text = text.replace(":log-group:*:", f":log-group:/aws/bedrock-agentcore/runtimes/night_owl-{group}:")
        # Whatever belongs to the account: a provisioned model is judged by its own ARN alone.
        text = re.sub(r"^(arn:aws:bedrock:[^:]*:\d{12}:)\*$", r"\1provisioned-model/" + group.lower(), text)
        text = text.replace("inference-profile/*", "inference-profile/us.amazon.nova-micro-v1:0")
        text = text.replace(":log-stream:*", f":log-stream:{stream}").replace(":key/*", f":key/{KEY}")
        found.append(text.replace("*", group))
    return list(dict.fromkeys(found))


def _filled(value: Any, parts: Mapping[str, Any]) -> Any:
    return parts.get(value[1:], value) if isinstance(value, str) and value.startswith("$") else value


_NAMES: Final = (
    ("1a2b3c4d5e-DEFAULT", "otel-rt-logs", "foundation-model/amazon.nova-micro-v1:0", "us-east-1"),
    ("Zz_9/x.y#z", "2026/11/21/[runtime-logs]0f", "foundation-model/meta.llama3-8b-instruct-v1:0", "eu-central-1"),
    ("z0", "aws/bedrock/modelinvocations", "foundation-model/x", "ap-northeast-1"),
)

_REGION: Final = re.compile(r"[a-z]+-[a-z]+-[0-9]")

_GROUP: Final = r"arn:aws:logs:[^:]+:\d{12}:log-group:(?P<group>[^:]+):log-stream:"
_STREAM: Final = _GROUP + r"(?P<stream>[^:]+)"
_NO_GROUP: Final = r"arn:aws:logs:[^:]+:\d{12}:log-group::log-stream:"
_ANY_GROUP: Final = r"arn:aws:logs:[^:]+:\d{12}:log-group:(?P<group>[^:]+?)(:\*|:log-stream:)?"
_MODEL: Final = r"arn:aws:bedrock:[^:]+:(:foundation-model/(?P<model>.+)|\d{12}:.+)"
"""A foundation model is called by its id, everything of the account by its whole ARN."""
_REPOSITORY: Final = r"arn:aws:ecr:[^:]+:\d{12}:repository/(?P<repository>.{2,})"
_ROLE: Final = r"arn:aws:iam::\d{12}:role/(?P<role>.+)"
_POLICY: Final = r"(?P<policy>arn:aws:iam::(\d{12}|aws):policy/.+)"
_KEY: Final = r"arn:aws:kms:[^:]+:\d{12}:key/(?P<key>.+)"
_BUCKET: Final = r"arn:aws:s3:::(?P<bucket>[^/]+)"
_PARAMETER: Final = r"arn:aws:ssm:[^:]+:\d{12}:parameter(?P<parameter>/.+)"

_DIGEST: Final = "sha256:" + "0" * 64
_DATUM: Final = {"MetricName": "m", "Value": 1.0}
_SEGMENT: Final = (
    '{"trace_id":"1-00000001-000000000000000000000001","id":"0000000000000001","name":"n","start_time":1,"end_time":2}'
)
_SAMPLED: Final = {"RuleName": "Default", "ClientID": "0" * 24, "Timestamp": 1, "RequestCount": 1, "SampledCount": 1}
_TELEMETRY: Final = {"Timestamp": 1, "SegmentsReceivedCount": 1}

_CALLS: Final[dict[str, tuple[str, str, str, dict[str, Any]]]] = {
    "logs:CreateLogGroup": ("logs", "create_log_group", _GROUP, {"logGroupName": "$group"}),
    "logs:DescribeLogStreams": ("logs", "describe_log_streams", _GROUP, {"logGroupName": "$group"}),
    "logs:CreateLogStream": (
        "logs", "create_log_stream", _STREAM, {"logGroupName": "$group", "logStreamName": "$stream"},
    ),
    "logs:PutLogEvents": (
        "logs", "put_log_events", _STREAM,
        {"logGroupName": "$group", "logStreamName": "$stream", "logEvents": [{"timestamp": 1, "message": "m"}]},
    ),
    "xray:PutTraceSegments": ("xray", "put_trace_segments", r"\*", {"TraceSegmentDocuments": [_SEGMENT]}),
    "xray:PutTelemetryRecords": ("xray", "put_telemetry_records", r"\*", {"TelemetryRecords": [_TELEMETRY]}),
    "xray:GetSamplingRules": ("xray", "get_sampling_rules", r"\*", {}),
    "xray:GetSamplingTargets": ("xray", "get_sampling_targets", r"\*", {"SamplingStatisticsDocuments": [_SAMPLED]}),
    "xray:GetTraceSegmentDestination": ("xray", "get_trace_segment_destination", r"\*", {}),
    "xray:GetIndexingRules": ("xray", "get_indexing_rules", r"\*", {}),
    "xray:ListResourcePolicies": ("xray", "list_resource_policies", r"\*", {}),
    "logs:DescribeLogGroups": ("logs", "describe_log_groups", _NO_GROUP, {}),
    "logs:ListTagsForResource": (
        "logs", "list_tags_for_resource", r"(?P<group>arn:aws:logs:[^:]+:\d{12}:log-group:[^:]+)",
        {"resourceArn": "$group"},
    ),
    "logs:PutResourcePolicy": (
        "logs", "put_resource_policy", _ANY_GROUP, {"policyName": "in-force", "policyDocument": "{}"},
    ),
    "logs:PutIndexPolicy": (
        "logs", "put_index_policy", _ANY_GROUP, {"logGroupIdentifier": "$group", "policyDocument": "{}"},
    ),
    "logs:DescribeIndexPolicies": (
        "logs", "describe_index_policies", _ANY_GROUP, {"logGroupIdentifiers": ["aws/spans"]},
    ),
    "logs:StartQuery": (
        "logs", "start_query", _GROUP,
        {"logGroupName": "$group", "startTime": 0, "endTime": 1, "queryString": "fields @message"},
    ),
    "logs:GetQueryResults": ("logs", "get_query_results", _NO_GROUP, {"queryId": "q"}),
    "logs:GetDataProtectionPolicy": (
        "logs", "get_data_protection_policy", _ANY_GROUP, {"logGroupIdentifier": "$group"},
    ),
    "logs:DescribeResourcePolicies": ("logs", "describe_resource_policies", "", {}),
    "cloudwatch:PutMetricData": (
        "cloudwatch", "put_metric_data", "", {"Namespace": "$cloudwatch:namespace", "MetricData": [_DATUM]},
    ),
    "cloudwatch:ListMetrics": ("cloudwatch", "list_metrics", "", {}),
    "cloudwatch:GetMetricData": (
        "cloudwatch", "get_metric_data", "", {"MetricDataQueries": [], "StartTime": 0, "EndTime": 60},
    ),
    "bedrock:InvokeModel": ("bedrock-runtime", "converse", _MODEL, {"modelId": "$model", **TALK}),
    "bedrock:InvokeModelWithResponseStream": (
        "bedrock-runtime", "converse_stream", _MODEL, {"modelId": "$model", **TALK},
    ),
    "bedrock:GetModelInvocationLoggingConfiguration": (
        "bedrock", "get_model_invocation_logging_configuration", "", {},
    ),
    "ecr:BatchGetImage": (
        "ecr", "batch_get_image", _REPOSITORY, {"repositoryName": "$repository", "imageIds": [{"imageTag": "latest"}]},
    ),
    "ecr:GetDownloadUrlForLayer": (
        "ecr", "get_download_url_for_layer", _REPOSITORY, {"repositoryName": "$repository", "layerDigest": _DIGEST},
    ),
    "ecr:GetAuthorizationToken": ("ecr", "get_authorization_token", "", {}),
    "iam:GetRole": ("iam", "get_role", _ROLE, {"RoleName": "$role"}),
    "iam:ListRolePolicies": ("iam", "list_role_policies", _ROLE, {"RoleName": "$role"}),
    "iam:GetRolePolicy": ("iam", "get_role_policy", _ROLE, {"RoleName": "$role", "PolicyName": "p"}),
    "iam:ListAttachedRolePolicies": ("iam", "list_attached_role_policies", _ROLE, {"RoleName": "$role"}),
    "iam:GetPolicy": ("iam", "get_policy", _POLICY, {"PolicyArn": "$policy"}),
    "iam:GetPolicyVersion": ("iam", "get_policy_version", _POLICY, {"PolicyArn": "$policy", "VersionId": "v1"}),
    "kms:DescribeKey": ("kms", "describe_key", _KEY, {"KeyId": "$key"}),
    "kms:GetKeyPolicy": ("kms", "get_key_policy", _KEY, {"KeyId": "$key", "PolicyName": "default"}),
    "s3:ListBucket": ("s3", "list_objects_v2", _BUCKET, {"Bucket": "$bucket"}),
    "s3:GetBucketPolicy": ("s3", "get_bucket_policy", _BUCKET, {"Bucket": "$bucket"}),
    "s3:GetBucketOwnershipControls": ("s3", "get_bucket_ownership_controls", _BUCKET, {"Bucket": "$bucket"}),
    "s3:GetEncryptionConfiguration": ("s3", "get_bucket_encryption", _BUCKET, {"Bucket": "$bucket"}),
    "ssm:GetParameter": ("ssm", "get_parameter", _PARAMETER, {"Name": "$parameter"}),
}  # fmt: skip
