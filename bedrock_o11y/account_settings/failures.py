"""How a call to AWS failed, told apart by what it means for an account setting."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "ExpiredToken", "ExpiredTokenException"}
_THROTTLED = {
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "OperationAbortedException",  # CloudWatch Logs: another change of the same log group is being made
    "TooManyUpdates",  # Parameter Store: a second change to one parameter while the first is being made
}
_MISSING_ACTION = re.compile(r"not authorized to perform:? ([a-z0-9-]+:[A-Za-z]+)")
_NOT_PROPAGATED = "Failed to validate permissions"
"""How Bedrock's answer begins while the logging role or its policy has not propagated yet, or is wrong.

Source: reported for PutModelInvocationLoggingConfiguration by the Terraform AWS provider, which retries on it.
"""
_XRAY_MAY_NOT_WRITE = "XRay does not have permission"
"""How X-Ray's answer begins while no resource policy of CloudWatch Logs lets it write spans, or it does not hold yet.

Source: reported by users of UpdateTraceSegmentDestination; the code is said to be one of a missing permission."""
_BEING_UPDATED = "currently being updated"
"""What CloudWatch Logs answers to a change of a delivery whose source or destination another change has in hand.

Source: reported for CreateDelivery by users of the Terraform AWS provider (42194, 48158)."""
_FIRST_SERVER_ERROR = 500
_LONGEST_ANSWER = 600


class Failure(StrEnum):
    """What a failed call means."""

    DENIED = "denied"
    """The caller lacks a permission."""
    THROTTLED = "throttled"
    """Too many calls; nothing was done."""
    UNAVAILABLE = "unavailable"
    """A server error, a time-out or a lost connection: the call may or may not have been performed."""
    NOT_PROPAGATED = "not-propagated"
    """The service may not write where it shall yet; often true for some seconds after a role or policy was made."""
    REJECTED = "rejected"
    """AWS understood the call and will not do it, now or later."""
    CONFLICT = "conflict"
    """What the call was based on has changed meanwhile."""
    BUSY = "busy"
    """Another change of the same thing is under way; nothing was done."""
    IN_USE = "in-use"
    """Something that is not ours needs what was to be removed; nothing was done."""
    OUT_OF_TIME = "out-of-time"
    """There was no time left to make the call."""


@dataclass(eq=False)
class CallFailedError(Exception):
    """A call to AWS failed for good, retries included.

    Attributes:
        failure: what the failure means.
        action: the IAM action of the call; when AWS names another one as missing, that one.
        code: the error code of AWS, such as `ValidationException`.
        message: what AWS answered.
    """

    failure: Failure
    action: str
    code: str
    message: str

    def __str__(self) -> str:
        """Give one sentence: what was attempted and what AWS answered."""
        answer = self.message if len(self.message) <= _LONGEST_ANSWER else self.message[:_LONGEST_ANSWER] + "…"
        if self.failure is Failure.DENIED:
            return f"The permission {self.action} is missing ({self.code}: {answer})"
        if self.failure is Failure.BUSY:
            return f"{self.action} failed: another change does not end. Try once more ({self.code}: {answer})"
        return f"{self.action} failed ({self.code}: {answer})"


def classify(error: Exception, action: str) -> CallFailedError | None:
    """Tell what an exception of boto3 means.

    The response is looked up by attribute, so that nothing here needs botocore: importing it takes 0.2 s.

    Args:
        error: what the call raised.
        action: the IAM action of the call.

    Returns:
        The failure, or None when the exception did not come from a call to AWS.
    """
    response: Any = getattr(error, "response", None)
    if not isinstance(response, dict):
        if type(error).__module__.startswith(("botocore.", "urllib3.")):
            return _without_response(error, action)
        return None
    code = str(response.get("Error", {}).get("Code", "Unknown"))
    message = str(response.get("Error", {}).get("Message", ""))
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if _XRAY_MAY_NOT_WRITE in message:
        return CallFailedError(Failure.NOT_PROPAGATED, action, code, message)
    if code in _DENIED:
        named = _MISSING_ACTION.search(message)
        return CallFailedError(Failure.DENIED, named.group(1) if named else action, code, message)
    if code in _THROTTLED:
        return CallFailedError(Failure.THROTTLED, action, code, message)
    if code == "ValidationException" and message.startswith(_NOT_PROPAGATED):
        return CallFailedError(Failure.NOT_PROPAGATED, action, code, message)
    if code == "ConflictException" and _BEING_UPDATED in message:
        return CallFailedError(Failure.BUSY, action, code, message)
    if isinstance(status, int) and status >= _FIRST_SERVER_ERROR:
        return CallFailedError(Failure.UNAVAILABLE, action, code, message)
    return CallFailedError(Failure.REJECTED, action, code, message)


def _without_response(error: Exception, action: str) -> CallFailedError:
    name = type(error).__name__
    if name == "ParamValidationError":
        return CallFailedError(Failure.REJECTED, action, name, " ".join(str(error).split()))
    return CallFailedError(Failure.UNAVAILABLE, action, name, str(error))
