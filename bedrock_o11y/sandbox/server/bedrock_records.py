"""The record of one model call: what is in it, which bodies stay inside, and which go to the payload bucket.

Fields: Bedrock user guide, "Monitor model invocation using CloudWatch Logs and Amazon S3". Seen in records but not in
that table, from several public sources: ``errorCode``, ``inferenceRegion``, ``inputBodyS3Path``,
``outputBodyS3Path``, the cache token counts. Nothing here reaches out: bytes in, values out.
"""

from __future__ import annotations

import base64
import json
import re
import struct
from dataclasses import dataclass, field
from typing import Any

_CROSS_REGION = re.compile(r"(?:^|/)(?:us|us-gov|eu|apac|jp|au|ca|global)\.")
LARGEST_INLINE_BODY = 100 * 1024
"""Bodies up to 100 KB are in the record, larger ones are written to S3 (Bedrock user guide)."""


@dataclass(slots=True)
class Invocation:
    """One model call as it was made and answered.

    Attributes:
        operation: ``Converse``, ``ConverseStream``, ``InvokeModel`` or ``InvokeModelWithResponseStream``.
        model_id: as the caller gave it; whether AWS writes the profile's id or ARN is not documented.
        request_id: ``x-amzn-requestid`` of the answer.
        identity_arn: the caller, an assumed-role session's ARN for a role.
        moment: end of the call, UTC, as ``2026-11-21T05:00:00Z``.
        request_body: bytes the caller sent.
        request_content_type: their media type.
        status: HTTP status of the answer.
        response_body: bytes of the answer.
        error_code: of a failed call, otherwise empty.
        metadata: ``requestMetadata`` of the caller.
        latency_ms: from request to last byte.
    """

    operation: str
    model_id: str
    request_id: str
    identity_arn: str
    moment: str
    request_body: bytes
    request_content_type: str
    status: int
    response_body: bytes
    error_code: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    latency_ms: int = 0

    @property
    def is_streaming(self) -> bool:
        """Whether the answer is a stream of events."""
        return self.operation.endswith("Stream")


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the call cost; a None count is unknown and stays out of the record."""

    input: int | None = None
    output: int | None = None
    cache_read: int | None = None
    cache_write: int | None = None


@dataclass(frozen=True, slots=True)
class Bodies:
    """Input and output of a call as JSON, with the binary parts taken out.

    Attributes:
        input: JSON of the request, None when it is not JSON.
        output: JSON of the answer; of a stream, the list of its events or the assembled answer.
        binaries: image and document bytes of the request, in order.
    """

    input: Any
    output: Any
    binaries: tuple[bytes, ...]


def read_bodies(call: Invocation, stream_body: str = "events") -> Bodies:
    """The bodies of a call.

    Args:
        call: the call.
        stream_body: ``events`` or ``assembled``, for ConverseStream.

    Returns:
        the bodies, image and document bytes apart.
    """
    binaries: list[bytes] = []
    request = _json_or_none(call.request_body)
    if call.operation.startswith("Converse"):
        request = _without_binaries(request, binaries)
    if call.status >= 400:
        return Bodies(request, None, tuple(binaries))
    output: Any
    if call.operation == "ConverseStream":
        output = stream_events(call.response_body)
        if stream_body == "assembled":
            output = assemble(output)
    elif call.is_streaming:
        output = [_chunk(event) for event in stream_events(call.response_body)]
    else:
        output = _json_or_none(call.response_body)
    return Bodies(request, output, tuple(binaries))


def stream_events(stream: bytes) -> list[dict[str, Any]]:
    """The events of an ``application/vnd.amazon.eventstream`` body as ``{event type: payload}``.

    Args:
        stream: whole messages, as Smithy's event stream specification frames them.

    Returns:
        the events in order; an exception message appears under its exception type.
    """
    events = []
    position = 0
    while position + 16 <= len(stream):
        total, headers_length = struct.unpack(">II", stream[position : position + 8])
        headers = _string_headers(stream[position + 12 : position + 12 + headers_length])
        payload = stream[position + 12 + headers_length : position + total - 4]
        kind = headers.get(":event-type") or headers.get(":exception-type") or "unknown"
        events.append({kind: _json_or_none(payload)})
        position += total
    return events


def assemble(events: list[dict[str, Any]]) -> dict[str, Any]:
    """The answer that Converse would have given for the events of a ConverseStream.

    Args:
        events: as ``stream_events`` gives them.

    Returns:
        ``output``, ``stopReason``, ``usage``, ``metrics``.
    """
    blocks: dict[int, dict[str, Any]] = {}
    answer: dict[str, Any] = {}
    for event in events:
        kind, payload = next(iter(event.items()))
        if kind == "contentBlockStart":
            blocks[payload["contentBlockIndex"]] = {"toolUse": {**payload["start"]["toolUse"], "input": ""}}
        elif kind == "contentBlockDelta":
            delta = payload["delta"]
            if "text" in delta:
                block = blocks.setdefault(payload["contentBlockIndex"], {"text": ""})
                block["text"] += delta["text"]
            else:
                blocks[payload["contentBlockIndex"]]["toolUse"]["input"] += delta["toolUse"]["input"]
        elif kind == "messageStop":
            answer["stopReason"] = payload["stopReason"]
        elif kind == "metadata":
            answer |= {"usage": payload["usage"], "metrics": payload["metrics"]}
    for block in blocks.values():
        if "toolUse" in block:
            block["toolUse"]["input"] = _json_or_none(block["toolUse"]["input"].encode()) or {}
    content = [block for _, block in sorted(blocks.items()) if block != {"text": ""}]
    return {"output": {"message": {"role": "assistant", "content": content}}, **answer}


def record_of(call: Invocation, account: str, region: str, bodies: Bodies, tokens: Tokens) -> dict[str, Any]:
    """The record, with both bodies still inside.

    Args:
        call: the call.
        account: twelve digits.
        region: where the call was made.
        bodies: of ``read_bodies``.
        tokens: what is known of the cost.

    Returns:
        the record in the order AWS documents its fields.
    """
    record: dict[str, Any] = {
        "timestamp": call.moment,
        "accountId": account,
        "identity": {"arn": call.identity_arn},
        "region": region,
        "requestId": call.request_id,
        "operation": call.operation,
        "modelId": call.model_id,
    }
    if _CROSS_REGION.search(call.model_id):
        # AWS names the Region that served the call; here it is served where it was made.
        record["inferenceRegion"] = region
    if call.error_code:
        record["errorCode"] = call.error_code
    if call.metadata:
        record["requestMetadata"] = call.metadata
    record["input"] = _side("input", call.request_content_type, bodies.input, tokens.input)
    if tokens.cache_read is not None:
        record["input"]["cacheReadInputTokenCount"] = tokens.cache_read
    if tokens.cache_write is not None:
        record["input"]["cacheWriteInputTokenCount"] = tokens.cache_write
    if not call.error_code:
        record["output"] = _side("output", "application/json", bodies.output, tokens.output)
    return record | {"schemaType": "ModelInvocationLog", "schemaVersion": "1.0"}


def encode(value: Any) -> bytes:
    """Compact JSON in UTF-8, the form whose size counts against the limit."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _side(name: str, content_type: str, body: Any, tokens: int | None) -> dict[str, Any]:
    side: dict[str, Any] = {f"{name}ContentType": content_type}
    if body is not None:
        side[f"{name}BodyJson"] = body
    if tokens is not None:
        side[f"{name}TokenCount"] = tokens
    return side


def _without_binaries(value: Any, binaries: list[bytes]) -> Any:
    """Image and document bytes are delivered to S3 only; the block stays, its source loses the bytes."""
    if isinstance(value, dict):
        raw = value.get("bytes")
        if isinstance(raw, str):
            binaries.append(base64.b64decode(raw))
            return {key: item for key, item in value.items() if key != "bytes"}
        return {key: _without_binaries(item, binaries) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_binaries(item, binaries) for item in value]
    return value


def _chunk(event: dict[str, Any]) -> Any:
    payload = next(iter(event.values()))
    if isinstance(payload, dict) and isinstance(payload.get("bytes"), str):
        return _json_or_none(base64.b64decode(payload["bytes"]))
    return event


def _string_headers(raw: bytes) -> dict[str, str]:
    headers = {}
    position = 0
    while position < len(raw):
        name_length = raw[position]
        name = raw[position + 1 : position + 1 + name_length].decode()
        position += 1 + name_length + 1  # one byte names the type; Bedrock's headers are strings
        (length,) = struct.unpack(">H", raw[position : position + 2])
        headers[name] = raw[position + 2 : position + 2 + length].decode()
        position += 2 + length
    return headers


def _json_or_none(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None
