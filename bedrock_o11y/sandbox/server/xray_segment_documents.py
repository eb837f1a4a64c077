"""What a segment document of X-Ray must be, what it says about its trace, and the span it becomes. Pure.

Sources: X-Ray developer guide, "AWS X-Ray segment documents" (required fields, formats, flags) and "X-Ray trace ids";
CloudWatch user guide, "Transaction Search" (segments are kept as spans in the OpenTelemetry format). Which attribute a
field of a segment becomes is not published: the names here are those of OpenTelemetry's semantic conventions.
"""

from __future__ import annotations

import json
import re
from typing import Any

LARGEST_DOCUMENT = 64 * 1024
"""Bytes of one segment document (X-Ray quotas)."""

_TRACE_ID = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}")
_SEGMENT_ID = re.compile(r"[0-9a-f]{16}")
_NANOSECONDS = 10**9
_FAR_FUTURE = 10**11

Document = dict[str, Any]


class SegmentError(Exception):
    """A document that X-Ray does not process.

    Attributes:
        code: as in `UnprocessedTraceSegments`.
        segment_id: of the document, where it could be read.
    """

    def __init__(self, code: str, segment_id: str = "") -> None:
        super().__init__(f"Invalid segment. ErrorCode: {code}")
        self.code = code
        self.segment_id = segment_id


def read(text: str) -> Document:
    """Read a segment document.

    Args:
        text: JSON.

    Returns:
        the document.

    Raises:
        SegmentError: it is too large, no JSON object, or lacks a required field.
    """
    if len(text.encode()) > LARGEST_DOCUMENT:
        raise SegmentError("SegmentTooLarge")
    try:
        document = json.loads(text)
    except ValueError:
        raise SegmentError("ParseError") from None
    if not isinstance(document, dict):
        raise SegmentError("ParseError")
    identity = document.get("id")
    if not isinstance(identity, str) or not _SEGMENT_ID.fullmatch(identity):
        raise SegmentError("InvalidId")
    if not isinstance(document.get("trace_id"), str) or not _TRACE_ID.fullmatch(document["trace_id"]):
        raise SegmentError("InvalidTraceId", identity)
    if not isinstance(document.get("name"), str) or not document["name"]:
        raise SegmentError("MissingName", identity)
    if not _is_time(document.get("start_time")):
        raise SegmentError("MissingStartTime", identity)
    if not (document.get("in_progress") is True or _is_time(document.get("end_time"))):
        raise SegmentError("MissingEndTime", identity)
    if document.get("type") == "subsegment" and not document.get("parent_id"):
        raise SegmentError("MissingParentId", identity)
    return document


def end_of(document: Document) -> float:
    """When a segment ended.

    Args:
        document: the segment.

    Returns:
        seconds since the epoch; its start while it is in progress.
    """
    return float(document.get("end_time") or document["start_time"])


def summary(trace_id: str, documents: list[Document]) -> dict[str, Any]:
    """What GetTraceSummaries says of a trace.

    Args:
        trace_id: of the trace.
        documents: its segments, at least one.

    Returns:
        the summary.
    """
    started = min(float(document["start_time"]) for document in documents)
    roots = [document for document in documents if not document.get("parent_id")]
    entry = min(roots or documents, key=lambda document: float(document["start_time"]))
    answer: dict[str, Any] = {
        "Id": trace_id,
        "StartTime": started,
        "Duration": max(map(end_of, documents)) - started,
        "ResponseTime": end_of(entry) - float(entry["start_time"]),
        "IsPartial": any(document.get("in_progress") is True for document in documents),
    }
    for member, flag in (("HasFault", "fault"), ("HasError", "error"), ("HasThrottle", "throttle")):
        answer[member] = any(document.get(flag) is True for document in documents)
    exchange = _structure(entry, "http")
    request, response = _structure(exchange, "request"), _structure(exchange, "response")
    http = {
        "HttpURL": request.get("url"),
        "HttpMethod": request.get("method"),
        "HttpStatus": response.get("status"),
        "UserAgent": request.get("user_agent"),
        "ClientIp": request.get("client_ip"),
    }
    answer["Http"] = {name: value for name, value in http.items() if value is not None}
    return answer


def spans(document: Document) -> list[dict[str, Any]]:
    """The spans of a segment and of the subsegments inside it.

    Args:
        document: a segment that is complete.

    Returns:
        one record for each, with the field names that queries of `aws/spans` use.
    """
    trace_id = "".join(document["trace_id"].split("-")[1:])
    service = document["name"] if document.get("type") != "subsegment" else None
    return list(_spans(document, trace_id, document.get("parent_id"), service))


def _spans(document: Document, trace_id: str, parent: str | None, service: str | None) -> list[dict[str, Any]]:
    start, end = (int(float(value) * _NANOSECONDS) for value in (document["start_time"], end_of(document)))
    record: dict[str, Any] = {
        "resource": {"attributes": {"service.name": service} if service else {}},
        "traceId": trace_id,
        "spanId": document["id"],
        **({"parentSpanId": parent} if parent else {}),
        "name": document["name"],
        "kind": _kind(document, parent),
        "startTimeUnixNano": start,
        "endTimeUnixNano": end,
        "durationNano": end - start,
        "attributes": _attributes(document),
        "status": {"code": "ERROR" if any(document.get(flag) is True for flag in ("fault", "error")) else "UNSET"},
    }
    found = [record]
    inside = document.get("subsegments")
    for item in inside if isinstance(inside, list) else []:
        if _is_complete(item):
            found += _spans({"name": "", **item}, trace_id, document["id"], service)
    return found


def _kind(document: Document, parent: str | None) -> str:
    if document.get("namespace") in ("aws", "remote"):
        return "CLIENT"
    return "SERVER" if document.get("type") != "subsegment" and (parent is None or "http" in document) else "INTERNAL"


def _attributes(document: Document) -> dict[str, Any]:
    http = _structure(document, "http")
    request, response = _structure(http, "request"), _structure(http, "response")
    named = {
        "http.request.method": request.get("method"),
        "url.full": request.get("url"),
        "http.response.status_code": response.get("status"),
        "user.id": document.get("user"),
        **_structure(document, "annotations"),
    }
    return {name: value for name, value in named.items() if value is not None}


def _structure(document: Document, member: str) -> Document:
    value = document.get(member)
    return value if isinstance(value, dict) else {}


def _is_complete(subsegment: Any) -> bool:
    """An incomplete one is sent again when it is complete."""
    return (
        isinstance(subsegment, dict)
        and bool(subsegment.get("id"))
        and all(_is_time(subsegment.get(member)) for member in ("start_time", "end_time"))
    )


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < _FAR_FUTURE
