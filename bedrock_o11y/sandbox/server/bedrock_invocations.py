"""Observation of model calls: metrics, and the record handed to delivery once the call has been answered.

The observer stands around the handler of ``bedrock-runtime``, behind authentication and enforcement and around injected
faults, so a throttled call is seen as AWS sees it. It changes no answer; the one thing it refuses is malformed request
metadata. A call that enforcement refused never gets here and leaves no record and no metric.

Failed calls leave a record with ``errorCode``: Elastic's published detection rules for these logs count records with
ValidationException and AccessDeniedException. That throttled calls leave one too is an assumption.
"""

from __future__ import annotations

import asyncio
import contextvars
import json
import logging
import re
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from . import service_seams as seams
from . import service_settings
from .bedrock_configuration import validation_exception
from .bedrock_delivery import deliver
from .bedrock_records import Invocation, read_bodies
from .bedrock_tokens import tokens_of
from .metrics_bedrock import publish

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Handler = Callable[[str, str, dict[str, str], bytes, Any], Awaitable[seams.Response]]

_OPERATIONS = {
    "converse": "Converse",
    "converse-stream": "ConverseStream",
    "invoke": "InvokeModel",
    "invoke-with-response-stream": "InvokeModelWithResponseStream",
}
_PATH = re.compile(r"^/model/(.+)/(converse|converse-stream|invoke|invoke-with-response-stream)$")
_METADATA_TEXT = re.compile(r"[a-zA-Z0-9\s:_@$#=/+,\-.]{0,256}")
_METADATA_HEADER = "x-amzn-bedrock-request-metadata"
_request_id: contextvars.ContextVar[str] = contextvars.ContextVar("sandbox_request_id", default="")
_logger = logging.getLogger("bedrock-o11y.sandbox.bedrock")


def observed(handler: Handler) -> Handler:
    """The handler of ``bedrock-runtime`` with every model call measured and handed to delivery.

    Args:
        handler: what answers the call.

    Returns:
        a handler that answers the same.
    """

    async def handle(method: str, path: str, headers: dict[str, str], body: bytes, query: Any) -> seams.Response:
        matched = _PATH.match(path) if method == "POST" else None
        if matched is None:
            return await handler(method, path, headers, body, query)
        operation = _OPERATIONS[matched.group(2)]
        started = time.monotonic()
        metadata, problem = request_metadata(operation, headers, body)
        answer = validation_exception(problem) if problem else await handler(method, path, headers, body, query)
        status, answer_headers, answer_body = answer
        call = Invocation(
            operation=operation,
            model_id=unquote(matched.group(1)),
            request_id=_request_id.get(),
            identity_arn=str(seams.get("iam.caller_arn")()),
            moment=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            request_body=body,
            request_content_type=headers.get("content-type") or "application/json",
            status=status,
            response_body=answer_body,
            error_code=_error_code(answer_headers, answer_body) if status >= 400 else "",
            metadata=metadata,
            latency_ms=max(1, round((time.monotonic() - started) * 1000)),
        )
        # After the answer: neither a slow nor a failing delivery may touch the call.
        loop = asyncio.get_running_loop()
        loop.call_later(service_settings.current().delivery_seconds, _settle, call, seams.account_id(), seams.region())
        return answer

    return handle


def request_metadata(operation: str, headers: dict[str, str], body: bytes) -> tuple[dict[str, str], str]:
    """The caller's request metadata: body field of Converse*, signed header of InvokeModel*.

    At most 16 entries, keys of 1 to 256 and values of 0 to 256 characters of a small alphabet (API model of
    bedrock-runtime, RequestMetadata; Bedrock user guide, cost attribution).

    Args:
        operation: of the API.
        headers: of the request, lower case.
        body: of the request.

    Returns:
        the metadata, and what is wrong with it or an empty text.
    """
    try:
        if operation.startswith("Converse"):
            parsed = json.loads(body or b"{}")
            given = parsed.get("requestMetadata") if isinstance(parsed, dict) else None
        else:
            given = json.loads(headers.get(_METADATA_HEADER) or "null")
    except ValueError:
        # A body that is not JSON is refused by the handler itself; only the header is ours to judge.
        return {}, "" if operation.startswith("Converse") else f"Header {_METADATA_HEADER} is not valid JSON."
    if given is None:
        return {}, ""
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        return {}, "requestMetadata must be a map of strings."
    if not 1 <= len(given) <= 16:
        return {}, "Value at 'requestMetadata' failed to satisfy constraint: Member must have 1 to 16 entries."
    for key, value in given.items():
        if not key or not _METADATA_TEXT.fullmatch(key) or not _METADATA_TEXT.fullmatch(value):
            return {}, (
                f"Value at 'requestMetadata' failed to satisfy constraint: entry '{key[:40]}' must match "
                f"{_METADATA_TEXT.pattern}, keys not empty."
            )
    return given, ""


def _settle(call: Invocation, account: str, region: str) -> None:
    with seams.scope(account, region):
        try:
            _measure(call)
            deliver(call)
        except Exception:
            _logger.exception("delivery of the record of %s failed", call.request_id)


def _measure(call: Invocation) -> None:
    """Metrics of the call, each by ModelId (user guide, runtime metrics; the newest definition of Invocations)."""
    if call.error_code == "ThrottlingException":
        publish("InvocationThrottles", 1, model_id=call.model_id)
        return
    if call.status >= 500:
        publish("InvocationServerErrors", 1, model_id=call.model_id)
    elif call.status >= 400:
        publish("InvocationClientErrors", 1, model_id=call.model_id)
    if call.error_code != "ValidationException":
        publish("Invocations", 1, model_id=call.model_id)
    if call.status >= 400:
        return
    publish("InvocationLatency", call.latency_ms, "Milliseconds", call.model_id)
    if call.is_streaming:
        # The whole stream is produced at once here, so the first token is as late as the last.
        publish("TimeToFirstToken", call.latency_ms, "Milliseconds", call.model_id)
    tokens = tokens_of(call, read_bodies(call))
    for name, count in (
        ("InputTokenCount", tokens.input),
        ("OutputTokenCount", tokens.output),
        ("CacheReadInputTokenCount", tokens.cache_read),
        ("CacheWriteInputTokenCount", tokens.cache_write),
    ):
        if count is not None:
            publish(name, count, model_id=call.model_id)


def _error_code(headers: dict[str, str], body: bytes) -> str:
    named = next((value for key, value in headers.items() if key.lower() == "x-amzn-errortype"), "")
    if not named:
        try:
            named = str(json.loads(body).get("__type", ""))
        except (ValueError, AttributeError):
            named = ""
    return named.split("#")[-1].split(":")[0] or "InternalServerException"


def install() -> None:
    """Observe ``bedrock-runtime``; to be installed last, around the faults of the machine."""
    handlers = seams.get("app.handlers")
    handlers["bedrock-runtime"] = observed(handlers["bedrock-runtime"])
    dispatch = seams.get("app.dispatch")

    async def dispatch_with_id(
        method: str, path: str, headers: dict[str, str], body: bytes, query: Any, request_id: str
    ) -> Any:
        _request_id.set(request_id)
        return await dispatch(method, path, headers, body, query, request_id)

    seams.replace("app.dispatch", dispatch_with_id)
