"""How X-Ray writes to CloudWatch Logs: as the service, where a resource policy of CloudWatch Logs lets it.

Sources: CloudWatch user guide, "Enable Transaction Search" (the policy, the log group `aws/spans` with the stream
`default`) and "OTLP endpoints" (another log group named in headers); CloudWatch Logs API reference, PutResourcePolicy
(policies of the account and of one log group) and CreateLogGroup ("Log group names can't start with the string
`aws/`").

Not published by AWS, therefore decided here: the resource part of `aws:SourceArn`, of which only the pattern
`arn:P:xray:R:A:*` is documented.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from . import service_seams as seams
from .logs_answers import LogsError, arn_of
from .service_principal import ServiceCall, resource_policy_allows

if TYPE_CHECKING:
    from collections.abc import Callable

SERVICE = "xray.amazonaws.com"
SPANS_GROUP, SPANS_STREAM = "aws/spans", "default"
SIGNALS_GROUP = "/aws/application-signals/data"
_RESERVED = "aws/"

_services: dict[str, Callable[[dict[str, Any]], Any]] = {}
"""Handlers of CloudWatch Logs as services reach them: without what is refused to customers."""


class WriteRefusedError(Exception):
    """CloudWatch Logs does not let X-Ray write there; the message says why."""


def may_write(group: str, stream: str) -> bool:
    """Whether the resource policies of CloudWatch Logs let X-Ray put events into a stream, now.

    Args:
        group: name of the log group, which need not exist yet.
        stream: name of the log stream.

    Returns:
        True when a policy of the account or of the log group allows it and none denies it.
    """
    policies = list(seams.get("logs.resource_policies").values())
    own = seams.get("logs.group_policies").get(group)
    documents = [policy["policyDocument"] for policy in [*policies, *([own] if own else [])]]
    # One document, so that a Deny in one policy counts against an Allow in another.
    together = {"Version": "2012-10-17", "Statement": [item for text in documents for item in _statements(text)]}
    call = ServiceCall(
        principal=SERVICE,
        source_account=seams.account_id(),
        source_arn=f"arn:aws:xray:{seams.region()}:{seams.account_id()}:trace-segment-destination",
    )
    return resource_policy_allows(together, call, "logs:PutLogEvents", f"{arn_of(group)}:log-stream:{stream}")


def write(group: str, stream: str, events: list[dict[str, Any]]) -> None:
    """Put events into a stream as X-Ray.

    Args:
        group: name of the log group.
        stream: name of the log stream.
        events: `timestamp` in milliseconds and `message`.

    Raises:
        WriteRefusedError: group or stream do not exist, no policy lets X-Ray write, or the key is out of reach.
    """
    if not may_write(group, stream):
        raise WriteRefusedError(f"XRay does not have permission to call PutLogEvents on the {group} Log Group")
    try:
        status, _, body = put_events(group, stream, events)
    except LogsError as error:
        raise WriteRefusedError(str(error)) from None
    if status != 200:
        answer = json.loads(body)
        raise WriteRefusedError(answer.get("message") or answer.get("Message") or "PutLogEvents failed")


def put_events(group: str, stream: str, events: list[dict[str, Any]]) -> seams.Response:
    """PutLogEvents as a service calls it, in order of time.

    Args:
        group: name of the log group.
        stream: name of the log stream.
        events: `timestamp` in milliseconds and `message`.

    Returns:
        the answer of CloudWatch Logs.
    """
    ordered = sorted(events, key=lambda event: int(event["timestamp"]))
    answer: seams.Response = _services["put_events"](
        {"logGroupName": group, "logStreamName": stream, "logEvents": ordered}
    )
    return answer


def create_spans_group(kms_key: str | None) -> None:
    """Create `aws/spans` with its stream where it is missing, as X-Ray does when Transaction Search becomes active.

    Args:
        kms_key: ARN of the key for a log group that does not exist yet.
    """
    groups = seams.get("logs.groups")
    if SPANS_GROUP not in groups:
        _services["create_group"]({"logGroupName": SPANS_GROUP, "kmsKeyId": kms_key})
    if SPANS_STREAM not in groups[SPANS_GROUP]["streams"]:
        seams.get("logs.create_stream")({"logGroupName": SPANS_GROUP, "logStreamName": SPANS_STREAM})


def is_reserved(name: Any) -> bool:
    """Whether a log group name is AWS's own.

    Args:
        name: of the log group.

    Returns:
        True when it begins with `aws/`; the message that users report writes it `AWS/`, so case does not count.
    """
    return isinstance(name, str) and name.casefold().startswith(_RESERVED)


def _create_group(data: dict[str, Any]) -> Any:
    """CreateLogGroup of a customer.

    Raises:
        LogsError: the name is reserved.
    """
    if is_reserved(data.get("logGroupName")):
        # Reported by users; the API reference says only that names cannot start so.
        raise LogsError("InvalidParameterException", "Log groups starting with AWS/ are reserved for AWS.")
    return _services["create_group"](data)


def _put_events(data: dict[str, Any]) -> Any:
    """PutLogEvents of a customer.

    Raises:
        LogsError: the log group is AWS's own (CloudWatch user guide, "Spans": PutLogEvents is not supported).
    """
    if is_reserved(data.get("logGroupName")):
        raise LogsError("InvalidParameterException", "PutLogEvents is not supported for log groups reserved for AWS.")
    return _services["put_events"](data)


def _statements(document: Any) -> list[Any]:
    try:
        found = json.loads(document).get("Statement", [])
    except (TypeError, ValueError, AttributeError):
        return []
    return found if isinstance(found, list) else [found]


def install() -> None:
    """Close what is reserved to customers, and keep the way in for services."""
    _services["create_group"] = seams.replace("logs.create_group", _create_group)
    _services["put_events"] = seams.replace("logs.put_events", _put_events)
