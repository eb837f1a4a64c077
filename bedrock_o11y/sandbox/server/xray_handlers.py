"""The operations of X-Ray, registered as a service of MiniStack behind its authentication and enforcement.

Source: X-Ray API model (REST with JSON; every operation is a POST to a path of its own).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import (
    otlp_traces,
    xray_destination,
    xray_log_groups,
    xray_policies,
    xray_sampling,
    xray_segments,
)
from . import service_seams as seams
from .authorization_model import routed
from .authorization_xray import ROWS, TRACES_PATH
from .xray_answers import XRayError, invalid, parsed

if TYPE_CHECKING:
    from collections.abc import Callable

OPERATIONS: dict[str, Callable[[dict[str, Any]], seams.Response]] = {
    "xray:PutTraceSegments": xray_segments.put_segments,
    "xray:PutTelemetryRecords": xray_segments.put_telemetry,
    "xray:BatchGetTraces": xray_segments.batch_get,
    "xray:GetTraceSummaries": xray_segments.get_summaries,
    "xray:GetSamplingRules": xray_sampling.get_sampling_rules,
    "xray:GetSamplingTargets": xray_sampling.get_sampling_targets,
    "xray:GetIndexingRules": xray_sampling.get_indexing_rules,
    "xray:UpdateIndexingRule": xray_sampling.update_indexing_rule,
    "xray:GetTraceSegmentDestination": xray_destination.get_destination,
    "xray:UpdateTraceSegmentDestination": xray_destination.update_destination,
    "xray:PutResourcePolicy": xray_policies.put_policy,
    "xray:ListResourcePolicies": xray_policies.list_policies,
    "xray:DeleteResourcePolicy": xray_policies.delete_policy,
}
"""By the operation as the authorisation table names it."""

_TABLE = {row.operation: row for row in ROWS}


async def handle(method: str, path: str, headers: dict[str, str], body: bytes, _query: Any) -> seams.Response:
    """One request to X-Ray.

    Args:
        method: of the request.
        path: of the request.
        headers: of the request, lower case.
        body: of the request.

    Returns:
        its answer.
    """
    if path == TRACES_PATH:
        return otlp_traces.export(headers, body)
    found = routed("xray", method, path, _TABLE)
    try:
        if found is None:
            # Not reached by requests that were judged: an operation without a row is refused before.
            raise invalid(f"The sandbox has no operation {method} {path}.")
        return OPERATIONS[found[0]](parsed(body))
    except XRayError as error:
        return error.response


def install() -> None:
    """Register the service, and what it keeps from customers in CloudWatch Logs."""
    xray_log_groups.install()
    seams.get("router.patterns")["xray"] = {"host_patterns": [r"xray\."]}
    seams.get("app.handlers")["xray"] = handle
