"""Putting trace segments and reading the traces back.

Sources: X-Ray API reference, PutTraceSegments, PutTelemetryRecords, BatchGetTraces, GetTraceSummaries; CloudWatch user
guide, "Transaction Search": with the destination CloudWatch Logs all spans are kept in `aws/spans`, and the indexed
percentage of the traces also in X-Ray. Decided here, because nothing public says: a write that CloudWatch Logs refuses
loses the spans without telling the caller, whose request X-Ray has taken by then.
"""

from __future__ import annotations

import json
import logging
import time
from typing import TYPE_CHECKING, Any

from . import xray_state
from .xray_answers import invalid, ok, texts
from .xray_log_groups import SPANS_GROUP, SPANS_STREAM, WriteRefusedError, write
from .xray_sampling import is_indexed
from .xray_segment_documents import SegmentError, end_of, read, spans, summary

if TYPE_CHECKING:
    from .service_seams import Response

    Document = dict[str, Any]

_logger = logging.getLogger("bedrock-o11y.sandbox.xray")


def put_segments(data: dict[str, Any]) -> Response:
    """PutTraceSegments.

    Args:
        data: the request.

    Returns:
        what was not processed, and why.

    Raises:
        XRayError: the documents are no list of texts.
    """
    unprocessed: list[dict[str, str]] = []
    taken: list[Document] = []
    for text in texts(data, "TraceSegmentDocuments"):
        try:
            taken.append(read(text))
        except SegmentError as error:
            refused = {"Id": error.segment_id, "ErrorCode": error.code, "Message": str(error)}
            unprocessed.append({name: value for name, value in refused.items() if value})
    _keep(taken)
    return ok({"UnprocessedTraceSegments": unprocessed})


def put_telemetry(data: dict[str, Any]) -> Response:
    """PutTelemetryRecords: what a daemon says of itself; nothing reads it back.

    Args:
        data: the request.

    Returns:
        an empty answer.

    Raises:
        XRayError: a record is no structure with a timestamp.
    """
    records = data.get("TelemetryRecords")
    if not isinstance(records, list) or not all(isinstance(item, dict) and "Timestamp" in item for item in records):
        raise invalid("TelemetryRecords must be a list of structures with Timestamp.")
    return ok({})


def batch_get(data: dict[str, Any]) -> Response:
    """BatchGetTraces.

    Args:
        data: the request.

    Returns:
        the traces that X-Ray has; an id that it does not know is left out.

    Raises:
        XRayError: the ids are no list of texts.
    """
    kept = xray_state.current().segments
    traces = [_trace(name, list(kept[name].values())) for name in texts(data, "TraceIds") if name in kept]
    return ok({"Traces": traces, "UnprocessedTraceIds": []})


def get_summaries(data: dict[str, Any]) -> Response:
    """GetTraceSummaries: by time; filter expressions are refused.

    Args:
        data: the request.

    Returns:
        the summaries, in order of time, on one page.

    Raises:
        XRayError: no time range, or a filter expression.
    """
    start, end = data.get("StartTime"), data.get("EndTime")
    if not isinstance(start, int | float) or not isinstance(end, int | float) or end <= start:
        raise invalid("EndTime must be after StartTime.")
    if data.get("FilterExpression"):
        raise invalid("FilterExpression: the sandbox does not evaluate filter expressions.")
    by_event = data.get("TimeRangeType") == "Event"
    found: list[dict[str, Any]] = []
    for name, segments in list(xray_state.current().segments.items()):
        documents = list(segments.values())
        # By default the time in the trace id counts (API reference, TimeRangeType).
        times = [float(item["start_time"]) for item in documents] if by_event else [int(name.split("-")[1], 16)]
        if any(start <= moment <= end for moment in times):
            found.append(summary(name, documents))
    found.sort(key=lambda item: float(item["StartTime"]))
    return ok({"TraceSummaries": found, "ApproximateTime": time.time(), "TracesProcessedCount": len(found)})


def _keep(documents: list[Document]) -> None:
    account = xray_state.current()
    searches = account.searches_transactions
    events: list[dict[str, Any]] = []
    for document in documents:
        if not searches or is_indexed(document["trace_id"], account.percentage):
            account.segments.setdefault(document["trace_id"], {})[document["id"]] = document
        if searches and document.get("in_progress") is not True:
            events += [
                {"timestamp": int(span["endTimeUnixNano"] / 1e6), "message": json.dumps(span)}
                for span in spans(document)
            ]
    if not events:
        return
    try:
        write(SPANS_GROUP, SPANS_STREAM, events)
    except WriteRefusedError as error:
        _logger.warning("%d spans are lost: %s", len(events), error)


def _trace(name: str, documents: list[Document]) -> dict[str, Any]:
    started = min(float(document["start_time"]) for document in documents)
    return {
        "Id": name,
        "Duration": max(map(end_of, documents)) - started,
        "LimitExceeded": False,
        "Segments": [{"Id": document["id"], "Document": json.dumps(document)} for document in documents],
    }
