"""``AWS::Logs::LogGroup`` through the API of CloudWatch Logs, with everything that the API refuses.

Source: CloudFormation template reference, AWS::Logs::LogGroup. MiniStack replaces a log group that exists, ignores
DataProtectionPolicy and takes any retention and any key.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from . import service_seams as seams
from .logs_answers import LogsError
from .logs_data_protection import delete_policy, detectors_of, set_policy
from .logs_keys import check_key

if TYPE_CHECKING:
    from collections.abc import Callable

    Properties = dict[str, Any]
    Created = tuple[str, dict[str, Any]]

TYPE = "AWS::Logs::LogGroup"


def created(original: Callable[..., Created]) -> Callable[..., Created]:
    """Creation that refuses what exists and what the API would refuse.

    Args:
        original: MiniStack's, which stores the record.

    Returns:
        a handler; nothing is stored when it raises.
    """

    def create(logical_id: str, properties: Properties, stack_name: str) -> Created:
        name = properties.get("LogGroupName") or f"/aws/cloudformation/{stack_name}/{logical_id}"
        if name in seams.get("logs.groups"):
            identifier = json.dumps({"/properties/LogGroupName": name}, separators=(",", ":"))
            raise ValueError(
                f"Resource of type '{TYPE}' with identifier '{identifier}' already exists. "
                "(HandlerErrorCode: AlreadyExists)"
            )
        with_key = _checked(name, properties)
        answer = original(logical_id, with_key, stack_name)
        _protect(name, {}, properties)
        return answer

    return create


def updated(original: Callable[..., Created]) -> Callable[..., Created]:
    """Update in place, with the same checks.

    Args:
        original: MiniStack's, which keeps the record and its events.

    Returns:
        a handler.
    """

    def update(
        physical_id: str, former: Properties, properties: Properties, stack_name: str, logical_id: str | None = None
    ) -> Created:
        name = properties.get("LogGroupName") or physical_id
        if name != physical_id and name in seams.get("logs.groups"):
            raise ValueError(f"Resource of type '{TYPE}' with identifier '{name}' already exists.")
        answer = original(physical_id, former, _checked(name, properties), stack_name, logical_id)
        _protect(name, former if name == physical_id else {}, properties)
        return answer

    return update


def _checked(name: str, properties: Properties) -> Properties:
    """The properties with the key's ARN, after the checks that come before anything is stored."""
    retention = properties.get("RetentionInDays")
    if retention is not None and int(retention) not in RETENTION_DAYS:
        raise ValueError(f"Properties validation failed: #/RetentionInDays: {retention} is not a valid enum value")
    try:
        if properties.get("DataProtectionPolicy"):
            document = properties["DataProtectionPolicy"]
            detectors_of(document if isinstance(document, str) else json.dumps(document))
        if properties.get("KmsKeyId"):
            return {**properties, "KmsKeyId": check_key(name, str(properties["KmsKeyId"]))}
    except LogsError as error:
        raise ValueError(f"{error} (Service: CloudWatchLogs, Status Code: 400, {error.code})") from None
    return properties


def _protect(name: str, former: Properties, properties: Properties) -> None:
    if properties.get("DataProtectionPolicy"):
        set_policy(name, properties["DataProtectionPolicy"])
    elif former.get("DataProtectionPolicy"):
        delete_policy({"logGroupIdentifier": name})


RETENTION_DAYS = frozenset(
    {1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
)
"""RetentionInDays of the template reference."""


def refuse_metric_filter(*_arguments: Any) -> Created:
    """A metric filter would have no effect here, so a template with one does not deploy.

    Raises:
        ValueError: always.
    """
    raise ValueError("AWS::Logs::MetricFilter: the sandbox does not evaluate metric filters yet")


def install() -> None:
    """Put the handlers in the place of MiniStack's."""
    handlers = seams.get("cfn.handlers")
    original = handlers[TYPE]
    handlers[TYPE] = {
        **original,
        "create": created(original["create"]),
        "update": updated(original["update"]),
    }
    handlers["AWS::Logs::MetricFilter"] = {
        **handlers["AWS::Logs::MetricFilter"],
        "create": refuse_metric_filter,
        "update": refuse_metric_filter,
    }
