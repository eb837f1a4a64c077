"""How CloudWatch Logs answers and refuses, and how it names its log groups."""

from __future__ import annotations

import json
from typing import Any

from . import service_seams as seams


class LogsError(Exception):
    """CloudWatch Logs refuses.

    Attributes:
        code: name of the exception in the API.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    @property
    def response(self) -> seams.Response:
        """The refusal in the JSON protocol of CloudWatch Logs."""
        body = json.dumps({"__type": self.code, "message": str(self)}).encode()
        return 400, {"Content-Type": "application/x-amz-json-1.1", "x-amzn-errortype": self.code}, body


def ok(answer: dict[str, Any]) -> seams.Response:
    """An answer.

    Args:
        answer: the output of the operation.

    Returns:
        status, headers, body.
    """
    return 200, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(answer).encode()


def group_named(identifier: Any) -> str:
    """The name in a log group identifier.

    Args:
        identifier: a name, or an ARN with or without ``:*``.

    Returns:
        the name.

    Raises:
        LogsError: there is no identifier.
    """
    if not isinstance(identifier, str) or not identifier:
        raise LogsError("InvalidParameterException", "The log group identifier must not be null.")
    return identifier.partition(":log-group:")[2].removesuffix(":*") if identifier.startswith("arn:") else identifier


def group_of(name: str) -> dict[str, Any]:
    """MiniStack's record of a log group.

    Args:
        name: of the log group.

    Returns:
        the record itself.

    Raises:
        LogsError: it does not exist.
    """
    group: dict[str, Any] | None = seams.get("logs.groups").get(name)
    if group is None:
        raise LogsError("ResourceNotFoundException", "The specified log group does not exist.")
    return group


def arn_of(name: str) -> str:
    """ARN of a log group, without ``:*``.

    Args:
        name: of the log group.

    Returns:
        the ARN as encryption contexts hold it.
    """
    return f"arn:aws:logs:{seams.region()}:{seams.account_id()}:log-group:{name}"
