"""How X-Ray answers and refuses (REST with JSON; errors as in the API model)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import service_seams as seams

_NOT_FOUND = 404
_FORBIDDEN = 403
_STATUS = {"ResourceNotFoundException": _NOT_FOUND, "AccessDeniedException": _FORBIDDEN}


class XRayError(Exception):
    """X-Ray refuses.

    Attributes:
        code: name of the exception in the API.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    @property
    def response(self) -> seams.Response:
        """The refusal; 400 except where the API model or the code says otherwise."""
        body = json.dumps({"Message": str(self)}).encode()
        headers = {"Content-Type": "application/json", "x-amzn-ErrorType": self.code}
        return _STATUS.get(self.code, 400), headers, body


def invalid(message: str) -> XRayError:
    """The refusal of a request that X-Ray does not accept.

    Args:
        message: what is wrong.

    Returns:
        the exception to raise.
    """
    return XRayError("InvalidRequestException", message)


def ok(answer: dict[str, Any]) -> seams.Response:
    """An answer.

    Args:
        answer: the output of the operation.

    Returns:
        status, headers, body.
    """
    return 200, {"Content-Type": "application/json"}, json.dumps(answer).encode()


def parsed(body: bytes) -> dict[str, Any]:
    """The members of a request.

    Args:
        body: JSON, or nothing.

    Returns:
        the members.

    Raises:
        XRayError: it is no JSON object.
    """
    try:
        data = json.loads(body or b"{}")
    except ValueError:
        raise invalid("The request is not valid JSON.") from None
    if not isinstance(data, dict):
        raise invalid("The request is not a JSON object.")
    return data


def texts(data: dict[str, Any], member: str) -> list[str]:
    """A required list of texts.

    Args:
        data: the request.
        member: its name.

    Returns:
        the texts.

    Raises:
        XRayError: it is missing or holds something else.
    """
    value = data.get(member)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise invalid(f"{member} must be a list of strings.")
    return value
