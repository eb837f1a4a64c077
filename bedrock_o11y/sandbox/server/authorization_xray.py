"""The rows of X-Ray and Application Signals, and how a request over REST or OTLP is told apart for them.

X-Ray's actions have no resource types (service authorisation reference), so only `Resource: "*"` grants them.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from . import exchange, seams
from .authorization_model import Confidence, Need, Request, Requirement, Row, no_keys, routed
from .authorization_resources import everything

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .authorization_model import Keys, Resources

REFERENCE = "Service Authorization Reference, AWS X-Ray"
ENABLING = 'CloudWatch user guide, "Enable Transaction Search", permissions'
OTLP = 'CloudWatch user guide, "OTLP endpoints"'
LINKED_SERVICE = "application-signals.cloudwatch.amazonaws.com"
LINKED_ROLE = "AWSServiceRoleForCloudWatchApplicationSignals"
TRACES_PATH, LOGS_PATH = "/v1/traces", "/v1/logs"
SERVICES = {"xray": "xray", "application-signals": "application-signals"}
"""By MiniStack's name, the prefix of their actions."""

_GROUPS = ("aws/spans", "/aws/application-signals/data")


def _to_logs(kind: str) -> Resources:
    """The log groups of Transaction Search, when spans are to go there."""

    def resources(request: Request) -> list[str]:
        if request.text("Destination") != "CloudWatchLogs":
            return []
        return [request.arn("logs", f"log-group:{group}:log-stream:{kind}") for group in _GROUPS]

    return resources


def _destination(request: Request) -> dict[str, str | list[str]]:
    destination = request.text("Destination")
    return {"xray:TraceSegmentDestination": destination} if destination else {}


def _policy_name(request: Request) -> dict[str, str | list[str]]:
    name = request.text("PolicyName")
    return {"xray:ResourcePolicyName": name} if name else {}


def _spans_key(request: Request) -> list[str]:
    configured = request.parameters.get("CloudWatchLogsConfiguration")
    key = configured.get("SpansLogGroupKmsKeyId") if isinstance(configured, dict) else None
    return [key] if isinstance(key, str) and key else []


def _linked_role(request: Request) -> list[str]:
    return [request.arn("iam", f"role/aws-service-role/{LINKED_SERVICE}/{LINKED_ROLE}", region="")]


def _linked_service(_request: Request) -> dict[str, str | list[str]]:
    return {"iam:AWSServiceName": LINKED_SERVICE}


def _channel(request: Request) -> list[str]:
    return [request.arn("cloudtrail", "channel/aws-service-channel/application-signals/*")]


def _row(operation: str, path: str, keys: Keys = no_keys, source: str = REFERENCE) -> Row:
    name = f"xray:{operation}"
    return Row(name, (Need(name, everything, keys),), source, route=("POST", re.compile(path)))


ROWS: tuple[Row, ...] = (
    _row("PutTraceSegments", f"/TraceSegments|{TRACES_PATH}",
         source=f"{REFERENCE}; {OTLP}: AWSXrayWriteOnlyPolicy for traces, which grants it"),
    _row("PutTelemetryRecords", "/TelemetryRecords"),
    _row("GetSamplingRules", "/GetSamplingRules"),
    _row("GetSamplingTargets", "/SamplingTargets"),
    _row("BatchGetTraces", "/Traces"),
    _row("GetTraceSummaries", "/TraceSummaries"),
    _row("GetTraceSegmentDestination", "/GetTraceSegmentDestination"),
    _row("GetIndexingRules", "/GetIndexingRules"),
    _row("UpdateIndexingRule", "/UpdateIndexingRule"),
    _row("PutResourcePolicy", "/PutResourcePolicy", _policy_name),
    _row("ListResourcePolicies", "/ListResourcePolicies"),
    _row("DeleteResourcePolicy", "/DeleteResourcePolicy", _policy_name),
    Row("xray:UpdateTraceSegmentDestination", (
        Need("xray:UpdateTraceSegmentDestination", everything, _destination),
        Need("logs:CreateLogGroup", _to_logs(""), optional=True),
        Need("logs:CreateLogStream", _to_logs("default"), optional=True),
        Need("logs:PutRetentionPolicy", _to_logs(""), optional=True),
        Need("kms:DescribeKey", _spans_key, optional=True),
    ), f"{REFERENCE}; {ENABLING}; X-Ray API model, SpansLogGroupKmsKeyId", Confidence.DERIVED,
        route=("POST", re.compile("/UpdateTraceSegmentDestination")),
        note="The guide lists the permissions on the two log groups as those of who enables Transaction Search; that"
        " this call asks for each of them is our reading."),
    Row("application-signals:StartDiscovery", (
        Need("application-signals:StartDiscovery", everything),
        Need("iam:CreateServiceLinkedRole", _linked_role, _linked_service),
        Need("cloudtrail:CreateServiceLinkedChannel", _channel),
    ), f"Service Authorization Reference, CloudWatch Application Signals; {ENABLING}", Confidence.DERIVED,
        route=("POST", re.compile("/start-discovery")),
        note="The guide lists the role and the channel as permissions of who enables Transaction Search; that every"
        " call asks for them, also when both exist, is our reading."),
)  # fmt: skip
"""Every operation of X-Ray and Application Signals that the sandbox answers."""


def is_otlp_logs(method: str, path: str, headers: Mapping[str, str]) -> bool:
    """Whether a request to CloudWatch Logs is one of its OTLP endpoint.

    Args:
        method: of the request.
        path: of the request.
        headers: of the request, names in lower case.

    Returns:
        True when it is; a request that names an operation of the JSON protocol is none.
    """
    return method == "POST" and path == LOGS_PATH and not headers.get("x-amz-target")


def install() -> None:
    """Give the judge the operation of a REST or OTLP request in the words of the JSON protocol, which it reads."""
    address = "core.iam_actions:extract_iam_action"
    judge = seams.get(address)
    table = {row.operation: row for row in ROWS}

    def extract_iam_action(
        service: str, method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
    ) -> str | None:
        if service in SERVICES:
            found = routed(SERVICES[service], method, path, table)
            name = found[0].partition(":")[2] if found else f"{method} {path}"
            action: str | None = judge(service, method, path, _speaking(headers, f"{service}.{name}"), body, {})
            return action
        if service == "logs" and is_otlp_logs(method, path, headers):
            stream = {
                "logGroupName": headers.get("x-aws-log-group", ""),
                "logStreamName": headers.get("x-aws-log-stream", ""),
            }
            spoken = _speaking(headers, "Logs_20140328.PutLogEvents")
            put = str(judge(service, method, path, spoken, json.dumps(stream).encode(), {}))
            _ask_for_lookup(exchange.current())
            return put
        judged: str | None = judge(service, method, path, headers, body, query_params)
        return judged

    seams.replace(address, extract_iam_action)


def _ask_for_lookup(current: exchange.Exchange | None) -> None:
    # CloudWatch user guide, "OTLP endpoints": who sends logs needs these beside logs:PutLogEvents. That the endpoint
    # asks for them at every request is our reading.
    if current is None or not current.questions:
        return
    everywhere, _, stream = current.questions[0].resource.partition(":log-group:")
    group = stream.partition(":log-stream:")[0]
    current.questions += [
        Requirement("logs:DescribeLogGroups", f"{everywhere}:log-group::log-stream:", {}),
        Requirement("logs:DescribeLogStreams", f"{everywhere}:log-group:{group}:log-stream:", {}),
    ]


def _speaking(headers: dict[str, str], target: str) -> dict[str, str]:
    # Whatever the caller says of the body: these services take no forms.
    return {**headers, "x-amz-target": target, "content-type": "application/json"}
