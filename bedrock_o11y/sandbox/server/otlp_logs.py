"""The OTLP endpoint for logs: `POST /v1/logs`, signed for CloudWatch Logs.

Source: CloudWatch user guide, "OTLP endpoints": the headers `x-aws-log-group` and `x-aws-log-stream` name a log group
and a log stream that exist; the caller needs `logs:PutLogEvents` on the stream; 1 MB (20 MB in nine Regions, which the
sandbox does not tell apart) and 10,000 records a request. The record has the names of OTLP's JSON encoding, as the logs
of agents in Amazon Bedrock AgentCore have. Bearer tokens are not there.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from . import service_seams as seams
from .authorization_xray import is_otlp_logs
from .logs_answers import LogsError
from .otlp_requests import KIBIBYTE, Exchange, OtlpError, attributes_of, encode, scope_of, value_of
from .xray_log_groups import is_reserved, put_events

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST_REQUEST = KIBIBYTE * KIBIBYTE
MOST_RECORDS = 10_000
_MILLION = 1_000_000
_OPTIONAL = ("eventName", "flags", "traceId", "spanId", "severityText", "severityNumber", "timeUnixNano")


def export(headers: dict[str, str], body: bytes) -> seams.Response:
    """Take the log records of one request, all or none.

    Args:
        headers: of the request, lower case.
        body: of the request.

    Returns:
        the answer.
    """
    exchange = Exchange(headers, body)
    try:
        # Only here: see `Exchange.message`.
        from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (  # type: ignore[import-not-found, unused-ignore]
            ExportLogsServiceRequest,
        )

        group, stream = exchange.stream
        if not group or not stream:
            raise OtlpError("The headers x-aws-log-group and x-aws-log-stream are required.")
        request = exchange.message(ExportLogsServiceRequest, LARGEST_REQUEST)
        events = list(events_of(request))
        if len(events) > MOST_RECORDS:
            raise OtlpError(f"The request has more than {MOST_RECORDS} log records.")
        _deliver(group, stream, events)
    except OtlpError as error:
        return exchange.refused(error)
    return exchange.accepted()


def events_of(request: Any) -> Iterator[dict[str, Any]]:
    """The log events of a request.

    Args:
        request: an ExportLogsServiceRequest.

    Yields:
        one for each record, at the time of the record, else at the time at which it was observed, else now.
    """
    for group in request.resource_logs:
        resource = {"attributes": attributes_of(group.resource.attributes)}
        for part in group.scope_logs:
            scope = scope_of(part.scope)
            for record in part.log_records:
                when = record.time_unix_nano or record.observed_time_unix_nano or time.time_ns()
                message = encode({"resource": resource, "scope": scope, **_record(record)})
                yield {"timestamp": when // _MILLION, "message": message}


def _record(record: Any) -> dict[str, Any]:
    fields = {
        "timeUnixNano": record.time_unix_nano,
        "observedTimeUnixNano": record.observed_time_unix_nano,
        "severityNumber": record.severity_number,
        "severityText": record.severity_text,
        "body": value_of(record.body),
        "attributes": attributes_of(record.attributes),
        "flags": record.flags,
        "traceId": record.trace_id.hex(),
        "spanId": record.span_id.hex(),
        "eventName": record.event_name,
    }
    return {name: value for name, value in fields.items() if value or name not in _OPTIONAL}


def _deliver(group: str, stream: str, events: list[dict[str, Any]]) -> None:
    found = seams.get("logs.groups").get(group)
    if found is None or stream not in found["streams"]:
        raise OtlpError("The specified log group or log stream does not exist.")
    if is_reserved(group):
        raise OtlpError("PutLogEvents is not supported for log groups reserved for AWS.")
    if not events:
        return
    try:
        status, _, body = put_events(group, stream, events)
    except LogsError as error:
        raise OtlpError(str(error)) from None
    if status != 200:
        answer = json.loads(body)
        raise OtlpError(answer.get("message") or answer.get("Message") or "PutLogEvents failed")


def install() -> None:
    """Answer the endpoint where CloudWatch Logs is answered, behind the same enforcement."""
    original = seams.get("logs.handle")

    async def handle(method: str, path: str, headers: dict[str, str], body: bytes, query: Any) -> Any:
        if is_otlp_logs(method, path, headers):
            return export(headers, body)
        return await original(method, path, headers, body, query)

    seams.replace("logs.handle", handle)
