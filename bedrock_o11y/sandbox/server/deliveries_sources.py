"""Delivery sources: the resources that send logs and traces, one source for each resource and type of log.

Sources: CloudWatch Logs API reference, PutDeliverySource (which service has which types of log); the schema of vended
logs that the CDK is generated from (`RUNTIME_LOGS` of a knowledge base, the fields of AgentCore Runtime); for the
messages of conflicts, public reports (terraform-provider-aws 40885, cloudformation-coverage-roadmap 2513).
"""

from __future__ import annotations

import re
from typing import Any

from . import service_seams as seams
from .deliveries_ends import Ends
from .deliveries_shape import changing, conflict, invalid, name_of, page, shown, tags_of, text_of
from .logs_answers import LogsError

TRACES = "TRACES"

_LOGS = "APPLICATION_LOGS"
_TOOL = (_LOGS, "USAGE_LOGS", TRACES)

LOG_TYPES: dict[tuple[str, str], tuple[str, ...]] = {
    # (service, resource part of the ARN): types of log
    ("bedrock-agentcore", r"runtime/[^/]+"): _TOOL,
    ("bedrock-agentcore", r"code-interpreter(-custom)?/[^/]+"): _TOOL,
    ("bedrock-agentcore", r"browser(-custom)?/[^/]+"): _TOOL,
    ("bedrock-agentcore", r"memory/[^/]+"): (_LOGS, TRACES),
    ("bedrock-agentcore", r"gateway/[^/]+"): (_LOGS, TRACES),
    ("bedrock-agentcore", r"workload-identity-directory/[^/]+/workload-identity/[^/]+"): (_LOGS, TRACES),
    ("bedrock-agentcore", r"payment-manager/[^/]+"): (_LOGS, TRACES),
    ("bedrock", r"knowledge-base/[^/]+"): (_LOGS, TRACES, "RUNTIME_LOGS"),
    ("bedrock", r"agent-alias/[^/]+/[^/]+"): (_LOGS, "EVENT_LOGS"),
}
"""What sends logs. Everything else is refused: the sandbox knows no other service's types of log."""

_EVENT = ("resource_arn", "event_timestamp")

FIELDS: dict[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]] = {
    # (kind of resource, type of log): mandatory fields, optional fields
    ("runtime", _LOGS): (
        _EVENT,
        ("runtime_id", "account_id", "request_id", "session_id", "span_id", "trace_id", "service_name", "operation",
         "request_payload", "response_payload", "resource", "attributes", "timeUnixNano", "severityNumber",
         "severityText", "body", "traceId", "spanId"),
    ),
    ("runtime", "USAGE_LOGS"): (_EVENT, ("resource", "attributes", "metrics")),
}  # fmt: skip
"""The fields of records, where they are known."""

SOURCES = Ends(
    "logs.delivery_sources", "delivery-source", "Delivery Source", "deliverySource", ("deliverySourceName", "name")
)


def put(data: dict[str, Any]) -> dict[str, Any]:
    """PutDeliverySource: create a source, or overwrite the parameters of one.

    Args:
        data: the request.

    Returns:
        the answer.

    Raises:
        LogsError: a resource that sends no such log, of another account or Region, with a source already, or another
            one than the source has.
    """
    name, resource, log_type = name_of(data), text_of(data, "resourceArn"), text_of(data, "logType")
    service = _checked(resource, log_type)
    existing = SOURCES.stored().get(name)
    if existing is not None and existing["resourceArns"] != [resource]:
        raise conflict(
            "Update to existing Delivery Source with new ResourceId is not allowed. Please create a new Delivery "
            "Source instead."
        )
    others = (source for other, source in SOURCES.stored().items() if other != name)
    if any(source["resourceArns"] == [resource] and source["logType"] == log_type for source in others):
        raise conflict("This ResourceId has already been used in another Delivery Source in this account.")
    with changing(SOURCES.arn_of(name)):
        source = {
            "name": name,
            "arn": SOURCES.arn_of(name),
            "resourceArns": [resource],
            "service": service,
            "logType": log_type,
            "tags": tags_of(data, existing),
            "deliverySourceConfiguration": dict(data.get("deliverySourceConfiguration") or {}),
            "status": "ACTIVE",
        }
        SOURCES.stored()[name] = source
    return {"deliverySource": shown(source)}


def describe(data: dict[str, Any]) -> dict[str, Any]:
    """DescribeDeliverySources, of some resources or of all.

    Args:
        data: the request.

    Returns:
        one page.
    """
    wanted = data.get("resourceArns")
    chosen = [source for source in SOURCES.stored().values() if not wanted or source["resourceArns"][0] in wanted]
    return page(chosen, data, "deliverySources")


def check_fields(source: dict[str, Any], fields: list[str]) -> None:
    """Refuse a selection of fields that the records of a source do not have, or that lacks a mandatory one.

    Args:
        source: the source.
        fields: `recordFields` of a delivery; empty for all.

    Raises:
        LogsError: the selection cannot be.
    """
    kind = source["resourceArns"][0].split(":", 5)[5].partition("/")[0]
    known = FIELDS.get((kind, source["logType"]))
    if known is None or not fields:
        return
    mandatory, optional = known
    lacking = [field for field in mandatory if field not in fields]
    if lacking:
        raise invalid(f"The record fields must include the mandatory fields: {', '.join(lacking)}.")
    unknown = [field for field in fields if field not in (*mandatory, *optional)]
    if unknown:
        raise invalid(f"The record fields are not supported for this log type: {', '.join(unknown)}.")


def _checked(resource: str, log_type: str) -> str:
    """The service of a resource that sends such logs."""
    parts = resource.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn":
        raise invalid("Invalid ARN provided.")
    _, _, service, region, account, name = parts
    if region != seams.region():
        raise invalid("Cross-region Delivery Source is not supported. Please use a different region.")
    if account != seams.account_id():
        raise invalid("Account id from identity does not match the resourceArn.")
    for (vendor, pattern), types in LOG_TYPES.items():
        if vendor == service and re.fullmatch(pattern, name):
            if log_type not in types:
                raise invalid(
                    f"The log type {log_type} is not supported for this resource. Supported log types: "
                    f"{', '.join(types)}."
                )
            return service
    raise LogsError("ResourceNotFoundException", f"Cannot access provided service. The sandbox knows no logs of {name}")
