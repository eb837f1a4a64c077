"""CloudWatch Logs operations that MiniStack lacks or answers wrongly, put in its place behind enforcement.

Operations that the sandbox does not emulate are refused by name instead of being accepted without effect.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from . import deliveries, logs_data_protection, logs_events, logs_indexes, logs_insights, logs_keys
from . import service_seams as seams
from .logs_answers import LogsError

if TYPE_CHECKING:
    from collections.abc import Callable

_NAME = re.compile(r"[.\-_/#A-Za-z0-9]{1,512}")

ADDED: dict[str, Callable[[dict[str, Any]], seams.Response]] = {
    "AssociateKmsKey": logs_keys.associate,
    "DisassociateKmsKey": logs_keys.disassociate,
    "PutDataProtectionPolicy": logs_data_protection.put_policy,
    "GetDataProtectionPolicy": logs_data_protection.get_policy,
    "DeleteDataProtectionPolicy": logs_data_protection.delete_policy,
    "PutIndexPolicy": logs_indexes.put_policy,
    "DescribeIndexPolicies": logs_indexes.describe_policies,
    "DeleteIndexPolicy": logs_indexes.delete_policy,
}
"""Operations that MiniStack does not know."""

REFUSED: dict[str, str] = {
    "PutMetricFilter": "the sandbox does not evaluate metric filters yet",
    "PutAccountPolicy": "the sandbox has no account policies",
    "StartLiveTail": "the sandbox has no live tail",
}
"""Operations that would otherwise be accepted without effect, or answered wrongly."""


def create_group(original: Callable[..., Any], data: dict[str, Any]) -> Any:
    """CreateLogGroup: the name follows the API model, the key lets CloudWatch Logs use it.

    Args:
        original: MiniStack's handler, which refuses a group that exists.
        data: the request.

    Returns:
        its answer.

    Raises:
        LogsError: a malformed name, or a key that cannot be used.
    """
    name = str(data.get("logGroupName") or "")
    if not _NAME.fullmatch(name):
        raise LogsError(
            "InvalidParameterException",
            f"1 validation error detected: Value '{name}' at 'logGroupName' failed to satisfy constraint: Member must "
            r"satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+",
        )
    if data.get("kmsKeyId") and name not in seams.get("logs.groups"):
        data = {**data, "kmsKeyId": logs_keys.check_key(name, str(data["kmsKeyId"]))}
    return original(data)


def describe_groups(original: Callable[..., Any], data: dict[str, Any]) -> Any:
    """DescribeLogGroups: with the status of the data protection policy.

    Args:
        original: MiniStack's handler.
        data: the request.

    Returns:
        its answer.
    """
    status, headers, body = original(data)
    answer = json.loads(body)
    for group in answer.get("logGroups", []):
        stored = seams.get("logs.groups")[group["logGroupName"]]
        if "dataProtectionStatus" in stored:
            group["dataProtectionStatus"] = stored["dataProtectionStatus"]
    return status, headers, json.dumps(answer).encode()


async def handle(
    original: Callable[..., Any], method: str, path: str, headers: dict[str, str], body: bytes, query: Any
) -> Any:
    """One request to CloudWatch Logs.

    Args:
        original: MiniStack's handler.
        method: of the request.
        path: of the request.
        headers: of the request, lower case.
        body: of the request.
        query: of the request.

    Returns:
        its answer.
    """
    operation = headers.get("x-amz-target", "").rpartition(".")[2]
    try:
        if operation in REFUSED:
            raise LogsError("InvalidOperationException", f"{operation}: {REFUSED[operation]}.")
        data = _parsed(body)
        # The authorisation table has asked for logs:Unmask before the request got here.
        granted = logs_events.unmask_granted.set(data.get("unmask") is True)
        try:
            if operation in ADDED:
                return ADDED[operation](data)
            if operation in deliveries.OPERATIONS:
                return await deliveries.answer(operation, data, headers)
            return await original(method, path, headers, body, query)
        finally:
            logs_events.unmask_granted.reset(granted)
    except LogsError as error:
        return error.response


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body or b"{}")
    except ValueError:
        raise LogsError("SerializationException", "The request is not valid JSON.") from None
    return data if isinstance(data, dict) else {}


def install() -> None:
    """Put every correction in its place."""
    _wrap("logs.handle", lambda original: lambda *request: handle(original, *request))
    _wrap("logs.create_group", lambda original: lambda data: create_group(original, data))
    _wrap("logs.describe_groups", lambda original: lambda data: describe_groups(original, data))
    _wrap("logs.put_events", lambda original: lambda data: logs_events.put_events(original, data))
    _wrap(
        "logs.append_events",
        lambda original: lambda stream, events: logs_events.append_events(original, stream, events),
    )
    _wrap("logs.get_events", logs_events.readable)
    _wrap("logs.get_record", logs_events.readable)
    _wrap("logs.json_response", logs_events.answered)
    seams.replace("logs.filter_events", logs_events.readable(logs_events.filter_events))
    seams.replace("logs.start_query", logs_events.readable(logs_insights.start_query))


def _wrap(name: str, wrapper: Callable[[Any], Any]) -> None:
    seams.replace(name, wrapper(seams.get(name)))
