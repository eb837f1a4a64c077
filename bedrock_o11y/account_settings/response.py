"""Answering CloudFormation: a PUT of at most 4,096 bytes to a presigned address that nobody else may see.

Source: CloudFormation user guide, "Custom resource response objects" (fields, 4,096 bytes, one PhysicalResourceId for
all responses of a resource).
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

MAXIMUM_BYTES = 4096
_ATTEMPTS = 5
_TIMEOUT_SECONDS = 10.0
_LONGEST_REASON = 2400
_LONGEST_DATA_MESSAGE = 600


class NotDeliveredError(Exception):
    """CloudFormation could not be told. Lambda runs the function again, which gives the same answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What CloudFormation is told.

    Attributes:
        success: SUCCESS or FAILED.
        physical_resource_id: of the resource.
        outcome: see `action.Outcome`; `failed` when a call failed.
        message: why, for a person.
    """

    success: bool
    physical_resource_id: str
    outcome: str
    message: str


def body(request: dict[str, Any], answer: Answer) -> bytes:
    """Write the response to a request, cut to the size CloudFormation accepts.

    Returns:
        ASCII JSON. The message is the Reason, and, shortened, the attribute `Message`.
    """
    reason_limit, data_limit = _LONGEST_REASON, _LONGEST_DATA_MESSAGE
    while True:
        response = {
            "Status": "SUCCESS" if answer.success else "FAILED",
            "Reason": _cut(answer.message, reason_limit),
            "PhysicalResourceId": answer.physical_resource_id,
            "StackId": request.get("StackId", ""),
            "RequestId": request.get("RequestId", ""),
            "LogicalResourceId": request.get("LogicalResourceId", ""),
            "NoEcho": False,
            "Data": {"Outcome": answer.outcome, "Message": _cut(answer.message, data_limit)},
        }
        encoded = json.dumps(response).encode()
        if len(encoded) <= MAXIMUM_BYTES or not reason_limit:
            return encoded
        # A letter outside ASCII takes up to twelve bytes, so the limit is found rather than computed.
        reason_limit, data_limit = reason_limit // 2, data_limit // 2


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: max(0, limit - 1)] + "…"


def send(url: str, content: bytes, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Put a response to the presigned address.

    Args:
        url: the ResponseURL. It is a secret: whoever has it can answer for us. It appears in no message.
        content: the response.
        sleep: waits that many seconds between attempts.

    Raises:
        NotDeliveredError: every attempt failed; the message says how the last one did.
    """
    problem = ""
    for attempt in range(_ATTEMPTS):
        if attempt:
            sleep(0.5 * 2**attempt)
        try:
            # The address is presigned without a content type: any other than the empty one breaks its signature.
            put = urllib.request.Request(url, data=content, method="PUT", headers={"Content-Type": ""})  # noqa: S310
            with urllib.request.urlopen(put, timeout=_TIMEOUT_SECONDS):  # noqa: S310 - the address comes from AWS
                return
        except urllib.error.HTTPError as error:
            problem = f"HTTP status {error.code}"
            error.close()
        except (OSError, ValueError) as error:
            problem = type(error).__name__
    raise NotDeliveredError(f"CloudFormation could not be told after {_ATTEMPTS} attempts ({problem})")
