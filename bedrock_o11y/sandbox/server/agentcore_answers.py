"""How Amazon Bedrock AgentCore answers and refuses (REST with JSON; errors and status codes as in the API model)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import service_seams as seams

_STATUS = {
    "AccessDeniedException": 403,
    "ConflictException": 409,
    "InternalServerException": 500,
    "ResourceNotFoundException": 404,
    "RuntimeClientError": 424,
    "ValidationException": 400,
}
ACCEPTED = 202
"""What the operations that go on after their answer say."""


class AgentCoreError(Exception):
    """AgentCore refuses.

    Attributes:
        code: name of the exception in the API.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    @property
    def status(self) -> int:
        """Of the HTTP answer."""
        return _STATUS[self.code]

    @property
    def response(self) -> seams.Response:
        """The refusal; a ValidationException has the reason that the API model requires."""
        body = {"message": str(self)}
        if self.code == "ValidationException":
            body["reason"] = "FieldValidationFailed"
        return self.status, {"Content-Type": "application/json", "x-amzn-ErrorType": self.code}, dumps(body)


def invalid(message: str) -> AgentCoreError:
    """The refusal of a request that breaks the model or names a role that cannot be used.

    Args:
        message: what is wrong.

    Returns:
        the exception to raise.
    """
    return AgentCoreError("ValidationException", message)


def not_found(message: str) -> AgentCoreError:
    """The refusal of a request that names what is not there.

    Args:
        message: what was looked for.

    Returns:
        the exception to raise.
    """
    return AgentCoreError("ResourceNotFoundException", message)


def conflict(message: str) -> AgentCoreError:
    """The refusal of a request that the state of a resource does not allow.

    Args:
        message: what stands in the way.

    Returns:
        the exception to raise.
    """
    return AgentCoreError("ConflictException", message)


def ok(answer: dict[str, Any], status: int = 200) -> seams.Response:
    """An answer.

    Args:
        answer: the output of the operation; members that are None are left out.
        status: of the HTTP answer.

    Returns:
        status, headers, body.
    """
    return status, {"Content-Type": "application/json"}, dumps(without_none(answer))


def dumps(value: Any) -> bytes:
    """JSON as bytes.

    Args:
        value: what JSON can hold.

    Returns:
        the text, encoded.
    """
    return json.dumps(value).encode()


def without_none(members: dict[str, Any]) -> dict[str, Any]:
    """The members that are there.

    Args:
        members: of a structure.

    Returns:
        those that are not None.
    """
    return {name: value for name, value in members.items() if value is not None}


def iso(seconds: float) -> str:
    """A moment as the runtimes and gateways of the API have it.

    Args:
        seconds: since the epoch.

    Returns:
        ISO 8601 in UTC with milliseconds.
    """
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
