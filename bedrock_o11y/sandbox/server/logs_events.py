"""Ingesting and reading log events: masks, keys, filter patterns that filter, pages that go on.

Source: CloudWatch Logs API reference (PutLogEvents, GetLogEvents, FilterLogEvents, GetLogRecord).
"""

from __future__ import annotations

import base64
import contextvars
from typing import TYPE_CHECKING, Any

from . import service_seams as seams
from .logs_answers import LogsError, group_named, group_of, ok
from .logs_data_protection import mask, unmasked
from .logs_filter_patterns import PatternError, compile_pattern
from .logs_keys import require_usable

if TYPE_CHECKING:
    from collections.abc import Callable

    Handler = Callable[[dict[str, Any]], Any]

unmask_granted: contextvars.ContextVar[bool] = contextvars.ContextVar("sandbox_unmask", default=False)
"""Whether the request asked to unmask and its caller has ``logs:Unmask``."""

_LARGEST_PAGE = 10_000


def put_events(original: Handler, data: dict[str, Any]) -> Any:
    """PutLogEvents: nothing is stored when the key of the log group is out of reach.

    Args:
        original: MiniStack's handler.
        data: the request.

    Returns:
        its answer.
    """
    group = seams.get("logs.groups").get(data.get("logGroupName"))
    if group is None:
        return original(data)
    try:
        require_usable(data["logGroupName"], _key_of(group))
    except LogsError as error:
        # Other services call this handler directly (Bedrock's delivery, ECS) and read the answer.
        return error.response
    events = [{**event, "message": mask(group, event.get("message", ""))} for event in data.get("logEvents", [])]
    return original({**data, "logEvents": events})


def append_events(original: Callable[..., None], stream: dict[str, Any], events: list[dict[str, Any]]) -> None:
    """Store events: everything that reaches a stream passes here, also what Lambda writes by itself.

    Args:
        original: MiniStack's function.
        stream: its record of the stream.
        events: to be stored.
    """
    for name, group in seams.get("logs.groups").items():
        if any(known is stream for known in group["streams"].values()):
            require_usable(name, _key_of(group))
            for event in events:
                event["message"] = mask(group, event["message"])
                if group.get("kmsKeyId"):
                    event["kmsKeyId"] = group["kmsKeyId"]
    original(stream, events)


def readable(original: Handler) -> Handler:
    """A reading operation that needs the keys of the stored events.

    Args:
        original: the handler.

    Returns:
        a handler that refuses when a key is out of reach.
    """

    def read(data: dict[str, Any]) -> Any:
        named = data.get("logGroupName") or data.get("logGroupIdentifier")
        names = [named] if named else [*(data.get("logGroupNames") or []), *(data.get("logGroupIdentifiers") or [])]
        pointed_at = seams.get("logs.records").get(data.get("logRecordPointer"))
        if pointed_at:
            names.append(pointed_at["@log"])
        for name in map(group_named, names):
            group = seams.get("logs.groups").get(name)
            if group is not None:
                events = (event for stream in group["streams"].values() for event in stream["events"])
                require_usable(name, {event["kmsKeyId"] for event in events if event.get("kmsKeyId")})
        return original(data)

    return read


def filter_events(data: dict[str, Any]) -> seams.Response:
    """FilterLogEvents: by pattern, time, streams; in order of time; in pages.

    Args:
        data: the request.

    Returns:
        its answer.

    Raises:
        LogsError: no such log group or stream, a malformed pattern or token.
    """
    name = group_named(data.get("logGroupName") or data.get("logGroupIdentifier"))
    streams: dict[str, Any] = group_of(name)["streams"]
    try:
        matches = compile_pattern(data.get("filterPattern"))
    except PatternError as error:
        raise LogsError("InvalidParameterException", str(error)) from None
    wanted, prefix = data.get("logStreamNames"), data.get("logStreamNamePrefix")
    if wanted and prefix:
        raise LogsError("InvalidParameterException", "Specify logStreamNames or logStreamNamePrefix, not both.")
    if wanted and not all(stream in streams for stream in wanted):
        raise LogsError("ResourceNotFoundException", "The specified log stream does not exist.")
    start, end = data.get("startTime") or 0, data.get("endTime")
    found = [
        (event["timestamp"], event.get("ingestionTime", 0), number, stream, event)
        for stream, record in streams.items()
        if (stream in wanted if wanted else stream.startswith(prefix or ""))
        for number, event in enumerate(record["events"])
        if event["timestamp"] >= start and (end is None or event["timestamp"] <= end) and matches(event["message"])
    ]
    found.sort(key=lambda item: item[:4])
    first = _decode(data.get("nextToken"))
    last = first + max(1, min(int(data.get("limit") or _LARGEST_PAGE), _LARGEST_PAGE))
    answer: dict[str, Any] = {"events": [_event(*item[3:]) for item in found[first:last]], "searchedLogStreams": []}
    if last < len(found):
        answer["nextToken"] = base64.b64encode(str(last).encode()).decode()
    return ok(_shown(answer))


def answered(original: Callable[..., seams.Response]) -> Callable[..., seams.Response]:
    """MiniStack's JSON answers, unmasked for a caller who may.

    Args:
        original: the function that makes an answer.

    Returns:
        a function that does the same.
    """

    def json_response(data: Any, *arguments: Any, **options: Any) -> seams.Response:
        return original(_shown(data), *arguments, **options)

    return json_response


def _shown(answer: Any) -> Any:
    return unmasked(answer) if unmask_granted.get() else answer


def _event(stream: str, event: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {"logStreamName": stream}
    for key in ("timestamp", "message", "ingestionTime", "eventId"):
        if key in event:
            fields[key] = event[key]
    return fields


def _key_of(group: dict[str, Any]) -> set[str]:
    return {group["kmsKeyId"]} if group.get("kmsKeyId") else set()


def _decode(token: str | None) -> int:
    if not token:
        return 0
    try:
        return int(base64.b64decode(token))
    except ValueError:
        raise LogsError("InvalidParameterException", "The specified nextToken is invalid.") from None
