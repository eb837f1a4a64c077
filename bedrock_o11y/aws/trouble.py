"""What an exception of botocore means for the person who ran the command."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.errors import CouldNotRunError

if TYPE_CHECKING:
    from collections.abc import Callable

_DENIED: Final = frozenset(
    {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "403", "Forbidden"}
)
_THROTTLED: Final = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "SlowDown",
        "LimitExceededException",
        "RequestThrottled",
        "ProvisionedThroughputExceededException",
    }
)
_CREDENTIALS: Final = {
    "ExpiredToken": "the credentials have expired",
    "ExpiredTokenException": "the credentials have expired",
    "RequestExpired": "the credentials have expired, or the clock of this machine is wrong",
    "InvalidClientTokenId": "AWS does not know this access key",
    "UnrecognizedClientException": "AWS does not know this access key",
    "InvalidAccessKeyId": "AWS does not know this access key",
    "SignatureDoesNotMatch": "the secret access key does not belong to this access key",
    "InvalidSignatureException": "the secret access key does not belong to this access key",
    "AuthFailure": "AWS could not validate the credentials",
    "OptInRequired": "this account or Region is not enabled",
}
_MISSING_ACTION: Final = re.compile(r"not authorized to perform:? ?\[?([a-z0-9-]+:[A-Za-z*]+)")
"""How most services name the action in an AccessDenied message (IAM user guide, Troubleshoot access denied errors)."""


class Kind(Enum):
    """What kind of trouble a call ran into."""

    DENIED = "denied"
    THROTTLED = "throttled"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    """AWS answered with another error."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a call gave no answer.

    Attributes:
        kind: what kind of trouble it is.
        action: the IAM action that is missing, or that was attempted.
        code: the error code of AWS; empty when AWS did not answer.
        reason: one sentence without a closing full stop.
        message: what AWS or botocore said, on one line.
    """

    kind: Kind
    action: str
    code: str
    reason: str
    message: str


def error_code(error: BaseException) -> str:
    """The error code in an answer of AWS; empty when the exception holds none."""
    response = getattr(error, "response", None)
    if not isinstance(response, dict):
        return ""
    return str(response.get("Error", {}).get("Code", ""))


def error_message(error: BaseException) -> str:
    """The message in an answer of AWS, or the exception's own text, on one line."""
    response = getattr(error, "response", None)
    message = response.get("Error", {}).get("Message") if isinstance(response, dict) else None
    return " ".join(str(message or error).split())


def classify(error: Exception, action: str) -> Trouble:
    """Puts an exception of botocore into words.

    Args:
        error: a ``ClientError`` or another ``BotoCoreError``.
        action: the IAM action of the call, named when the answer names none.

    Returns:
        What went wrong.

    Raises:
        CouldNotRunError: the credentials are missing, expired or wrong: no other call can succeed either.
    """
    code = error_code(error)
    message = error_message(error)
    if code in _CREDENTIALS:
        raise CouldNotRunError(f"{action} failed: {_CREDENTIALS[code]} ({code}); renew the credentials and run again")
    if code in _DENIED:
        found = _MISSING_ACTION.search(message)
        missing = found[1] if found else action
        return Trouble(Kind.DENIED, missing, code, f"permission {missing} is missing", message)
    if code in _THROTTLED:
        return Trouble(
            Kind.THROTTLED, action, code, f"AWS throttled {action} ({code}), also after several attempts", message
        )
    if code:
        return Trouble(Kind.REFUSED, action, code, f"{action} was answered with {code}: {message}", message)
    return _without_answer(error, action, message)


def attempt(action: str, call: Callable[[], Any]) -> tuple[Any, Trouble | None]:
    """Makes a call whose failure is a result too.

    Args:
        action: the IAM action of the call.
        call: calls AWS.

    Returns:
        The answer and None, or None and the trouble.

    Raises:
        CouldNotRunError: the credentials are missing, expired or wrong.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return call(), None
    except (BotoCoreError, ClientError) as error:
        return None, classify(error, action)


def _without_answer(error: Exception, action: str, message: str) -> Trouble:
    from botocore import exceptions as botocore

    if isinstance(
        error,
        botocore.NoCredentialsError
        | botocore.PartialCredentialsError
        | botocore.CredentialRetrievalError
        | botocore.TokenRetrievalError
        | botocore.SSOError,
    ):
        raise CouldNotRunError(
            f"no usable AWS credentials: {message}; set AWS_PROFILE or pass --profile, "
            "then try 'aws sts get-caller-identity'"
        ) from error
    if isinstance(error, botocore.HTTPClientError | botocore.ConnectionError):  # refused, timed out, TLS, proxy
        return Trouble(Kind.UNREACHABLE, action, "", f"{action} did not reach AWS: {message}", message)
    return Trouble(Kind.REFUSED, action, "", f"{action} failed: {message}", message)
