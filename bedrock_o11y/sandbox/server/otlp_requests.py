"""OTLP over HTTP: what a request must be, and how it is answered.

Sources: OpenTelemetry Protocol specification 1.x, "OTLP/HTTP" (binary and JSON encoding, responses, the Status message
in failures; trace and span ids are hexadecimal in JSON, unknown fields are ignored); CloudWatch user guide, "OTLP
endpoints" (limits). Which status AWS answers to a request over a limit is not published: 400 here.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import service_seams as seams

PROTOBUF, JSON = "application/x-protobuf", "application/json"
KIBIBYTE = 1024
_IDS = ("traceId", "spanId", "parentSpanId")
_TEXT_FIELD, _SEVEN_BITS, _MORE = 0x12, 0x7F, 0x80


class OtlpError(Exception):
    """A request that the endpoint refuses.

    Attributes:
        status: of the HTTP answer.
    """

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request to an OTLP endpoint.

    Attributes:
        headers: names in lower case.
        body: unpacked, as the server has undone `Content-Encoding: gzip`.
    """

    headers: dict[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        """Of the request, without parameters; the answer has the same."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def stream(self) -> tuple[str, str]:
        """The log group and the log stream that the headers name, empty where they name none."""
        return self.headers.get("x-aws-log-group", ""), self.headers.get("x-aws-log-stream", "")

    def message(self, kind: Any, largest: int) -> Any:
        """Decode the body.

        Args:
            kind: the protobuf message class of the request.
            largest: bytes that are accepted.

        Returns:
            the message.

        Raises:
            OtlpError: another content type, too large, or not what it says.
        """
        if self.content_type not in (PROTOBUF, JSON):
            raise OtlpError(f"Content-Type must be {PROTOBUF} or {JSON}.", 415)
        if len(self.body) > largest:
            raise OtlpError(f"The request exceeds {largest} bytes.")
        # Only here: a sandbox that receives no telemetry starts without protobuf.
        from google.protobuf import json_format  # type: ignore[import-untyped, unused-ignore]
        from google.protobuf.message import DecodeError  # type: ignore[import-untyped, unused-ignore]

        try:
            if self.content_type == PROTOBUF:
                return kind.FromString(self.body)
            return json_format.ParseDict(_with_binary_ids(json.loads(self.body)), kind(), ignore_unknown_fields=True)
        except (DecodeError, json_format.ParseError, ValueError, TypeError, AttributeError, RecursionError) as error:
            raise OtlpError(f"The request could not be decoded as {self.content_type}: {error}") from None

    def accepted(self) -> seams.Response:
        """The answer when everything was taken: an empty message."""
        return 200, {"Content-Type": self.content_type}, b"" if self.content_type == PROTOBUF else b"{}"

    def refused(self, error: OtlpError) -> seams.Response:
        """The answer when nothing was taken: a Status message in the encoding of the request.

        Args:
            error: why.

        Returns:
            status, headers, body.
        """
        if self.content_type != PROTOBUF:
            return error.status, {"Content-Type": JSON}, json.dumps({"message": str(error)}).encode()
        text = str(error).encode()
        size, left = bytearray(), len(text)
        while left > _SEVEN_BITS:
            size.append(left & _SEVEN_BITS | _MORE)
            left >>= 7
        size.append(left)
        return error.status, {"Content-Type": PROTOBUF}, bytes([_TEXT_FIELD]) + bytes(size) + text


def value_of(value: Any) -> Any:
    """An AnyValue of OTLP as JSON has it.

    Args:
        value: the message.

    Returns:
        text, number, truth value, list, dictionary, or None for an empty one; bytes in base64.
    """
    kind = value.WhichOneof("value")
    if kind is None:
        return None
    found = getattr(value, kind)
    if kind == "array_value":
        return [value_of(item) for item in found.values]
    if kind == "kvlist_value":
        return attributes_of(found.values)
    if kind == "double_value" and not math.isfinite(found):
        return str(found)  # JSON has no word for it
    return base64.b64encode(found).decode() if kind == "bytes_value" else found


def attributes_of(pairs: Any) -> dict[str, Any]:
    """Attributes, by their whole name.

    Args:
        pairs: the KeyValue messages.

    Returns:
        the values.
    """
    return {pair.key: value_of(pair.value) for pair in pairs}


def scope_of(scope: Any) -> dict[str, Any]:
    """An instrumentation scope, without what is empty.

    Args:
        scope: the message.

    Returns:
        name, version and attributes.
    """
    found = {"name": scope.name, "version": scope.version, "attributes": attributes_of(scope.attributes)}
    return {name: value for name, value in found.items() if value}


def encode(record: dict[str, Any]) -> str:
    """A record as the message of a log event.

    Args:
        record: the fields.

    Returns:
        JSON on one line.
    """
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def _with_binary_ids(value: Any) -> Any:
    """The JSON of OTLP with its ids as protobuf's JSON has bytes."""
    if isinstance(value, list):
        return [_with_binary_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: _binary(item) if name in _IDS else _with_binary_ids(item) for name, item in value.items()}


def _binary(identity: Any) -> Any:
    try:
        return base64.b64encode(binascii.unhexlify(identity)).decode()
    except binascii.Error:
        raise ValueError(f"{identity!r} is no hexadecimal id") from None
