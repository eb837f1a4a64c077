"""The OTLP endpoint for traces: `POST /v1/traces`, signed for X-Ray.

Source: CloudWatch user guide, "OTLP endpoints": it needs Transaction Search; 5 MB and 10,000 spans a request, 200 KB a
span, 16 KB a resource; the headers `x-aws-log-group` and `x-aws-log-stream` send the spans to another log group, which
needs a resource policy of CloudWatch Logs for `xray.amazonaws.com`. Before Transaction Search is active an export fails
with 400 (starter toolkit of Amazon Bedrock AgentCore). Not published, so decided here: a refused write is 403, a
missing log group or stream is 400, a log event has the time at which its span ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import service_seams as seams
from . import xray_state
from .otlp_requests import KIBIBYTE, Exchange, OtlpError, attributes_of, encode, scope_of
from .xray_log_groups import SPANS_GROUP, SPANS_STREAM, WriteRefusedError, write

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST_REQUEST = 5 * KIBIBYTE * KIBIBYTE
LARGEST_SPAN = 200 * KIBIBYTE
LARGEST_RESOURCE = 16 * KIBIBYTE
MOST_SPANS = 10_000
_KINDS = ("UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")
_CODES = ("UNSET", "OK", "ERROR")
_TRACE_ID_BYTES, _SPAN_ID_BYTES, _MILLION = 16, 8, 1_000_000


def export(headers: dict[str, str], body: bytes) -> seams.Response:
    """Take the spans of one request, all or none.

    Args:
        headers: of the request, lower case.
        body: of the request.

    Returns:
        the answer.
    """
    exchange = Exchange(headers, body)
    try:
        # Only here: see `Exchange.message`.
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (  # type: ignore[import-not-found, unused-ignore]
            ExportTraceServiceRequest,
        )

        request = exchange.message(ExportTraceServiceRequest, LARGEST_REQUEST)
        if not xray_state.current().searches_transactions:
            raise OtlpError("The OTLP API is supported with CloudWatch Logs as a Trace Segment Destination.")
        events = [
            {"timestamp": span["endTimeUnixNano"] // _MILLION, "message": encode(span)} for span in spans_of(request)
        ]
        if len(events) > MOST_SPANS:
            raise OtlpError(f"The request has more than {MOST_SPANS} spans.")
        if events:
            _deliver(exchange, events)
    except OtlpError as error:
        return exchange.refused(error)
    return exchange.accepted()


def spans_of(request: Any) -> Iterator[dict[str, Any]]:
    """The spans of a request, as `aws/spans` keeps them.

    Args:
        request: an ExportTraceServiceRequest.

    Yields:
        one record for each span.

    Raises:
        OtlpError: a resource or a span is too large, or an id is none.
    """
    for group in request.resource_spans:
        if group.resource.ByteSize() > LARGEST_RESOURCE:
            raise OtlpError(f"A resource exceeds {LARGEST_RESOURCE} bytes.")
        resource = {"attributes": attributes_of(group.resource.attributes)}
        for part in group.scope_spans:
            for span in part.spans:
                yield {"resource": resource, "scope": scope_of(part.scope), **_record(span)}


def _record(span: Any) -> dict[str, Any]:
    if span.ByteSize() > LARGEST_SPAN:
        raise OtlpError(f"The span {span.name[:100]} exceeds {LARGEST_SPAN} bytes.")
    if len(span.trace_id) != _TRACE_ID_BYTES or len(span.span_id) != _SPAN_ID_BYTES:
        raise OtlpError(f"The span {span.name[:100]} has no valid trace id and span id.")
    record: dict[str, Any] = {
        "traceId": span.trace_id.hex(),
        "spanId": span.span_id.hex(),
        "parentSpanId": span.parent_span_id.hex(),
        "traceState": span.trace_state,
        "flags": span.flags,
        "name": span.name,
        "kind": _named(_KINDS, span.kind),
        "startTimeUnixNano": span.start_time_unix_nano,
        "endTimeUnixNano": span.end_time_unix_nano,
        "durationNano": span.end_time_unix_nano - span.start_time_unix_nano,
        "attributes": attributes_of(span.attributes),
        "events": [
            {"timeUnixNano": event.time_unix_nano, "name": event.name, "attributes": attributes_of(event.attributes)}
            for event in span.events
        ],
        "links": [
            {"traceId": link.trace_id.hex(), "spanId": link.span_id.hex(), "attributes": attributes_of(link.attributes)}
            for link in span.links
        ],
        "status": {"code": _named(_CODES, span.status.code), "message": span.status.message},
    }
    if not span.status.message:
        del record["status"]["message"]
    optional = ("parentSpanId", "traceState", "flags", "events", "links")
    return {name: value for name, value in record.items() if value or name not in optional}


def _deliver(exchange: Exchange, events: list[dict[str, Any]]) -> None:
    group, stream = exchange.stream
    if bool(group) != bool(stream):
        raise OtlpError("The headers x-aws-log-group and x-aws-log-stream are given together or not at all.")
    if group:
        found = seams.get("logs.groups").get(group)
        if found is None or stream not in found["streams"]:
            raise OtlpError("The specified log group or log stream does not exist.")
    try:
        write(group or SPANS_GROUP, stream or SPANS_STREAM, events)
    except WriteRefusedError as error:
        raise OtlpError(str(error), 403) from None


def _named(names: tuple[str, ...], number: int) -> str:
    return names[number] if 0 <= number < len(names) else names[0]
