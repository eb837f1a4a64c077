"""Makes operations fail on demand, inside MiniStack's dispatch: after authentication and authorisation.

The faults stand in a file of the state folder, which only the account's user can write; it is read before every call.
"""

from __future__ import annotations

import asyncio
import json
import os
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import exchange, seams

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Answer = tuple[int, dict[str, str], bytes]
    Handler = Callable[[str, str, dict[str, str], bytes, dict[str, Any]], Awaitable[Answer]]

FILE_VARIABLE = "SANDBOX_FAULTS_FILE"
"""Environment variable of the server that names the file."""

THROTTLED: dict[str, tuple[int, str, str]] = {
    "bedrock": (429, "ThrottlingException", "Too many requests, please wait before trying again."),
    "bedrock-runtime": (429, "ThrottlingException", "Too many requests, please wait before trying again."),
    "lambda": (429, "TooManyRequestsException", "Rate exceeded"),
    "xray": (429, "ThrottledException", "Rate exceeded"),
    "s3": (503, "SlowDown", "Please reduce your request rate."),
    "query": (400, "Throttling", "Rate exceeded"),
    "json": (400, "ThrottlingException", "Rate exceeded"),
}
"""How services say that a caller is too fast: status, code and message, by service or by protocol.

Source: the errors of each service's API reference; "Common Errors" for the query and JSON protocols."""

FAILED: dict[str, tuple[int, str, str]] = {
    "bedrock": (500, "InternalServerException", "The server encountered an unexpected condition."),
    "bedrock-runtime": (500, "InternalServerException", "The server encountered an unexpected condition."),
    "kms": (500, "KMSInternalException", "The request was rejected because of an internal error."),
    "lambda": (500, "ServiceException", "An error occurred and the request cannot be processed."),
    "logs": (503, "ServiceUnavailableException", "The service cannot complete the request."),
    "s3": (500, "InternalError", "We encountered an internal error. Please try again."),
    "ssm": (500, "InternalServerError", "An error occurred on the server side."),
    "query": (500, "InternalFailure", "The request processing has failed because of an unknown error."),
    "json": (500, "InternalFailure", "The request processing has failed because of an unknown error."),
}
"""How services say that they failed; sources as above."""

QUERY_SERVICES = frozenset({
    "autoscaling", "cloudformation", "ec2", "elasticache", "elasticloadbalancing", "iam", "monitoring", "rds", "ses",
    "sns", "sts",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, as the client wrote it; see `bedrock_o11y/sandbox/faults.py`."""

    operation: str
    kind: str
    at: int
    times: int
    seconds: float
    identity: str


class Faults:
    """The faults in force and how often each has seen its operation.

    Args:
        file: where they stand.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._stamp: tuple[int, int] | None = None
        self._faults: list[Fault] = []
        self._seen: dict[str, int] = {}

    def due(self, operation: str) -> list[Fault]:
        """Count a call, and say what is to happen to it.

        Args:
            operation: the call's operation.

        Returns:
            the faults that fall on this call, in the order in which they were added.
        """
        self._read()
        hit: list[Fault] = []
        for fault in self._faults:
            if fault.operation != operation:
                continue
            count = self._seen[fault.identity] = self._seen.get(fault.identity, 0) + 1
            if fault.at <= count < fault.at + fault.times:
                hit.append(fault)
        return hit

    def _read(self) -> None:
        try:
            status = self._file.stat()
        except FileNotFoundError:
            self._faults, self._stamp = [], None
            return
        # The client replaces the file as a whole, so another inode is another content.
        stamp = (status.st_ino, status.st_mtime_ns)
        if stamp != self._stamp:
            entries = json.loads(self._file.read_text(encoding="utf-8"))["faults"]
            self._faults = [Fault(**entry) for entry in entries]
            self._seen = {fault.identity: self._seen.get(fault.identity, 0) for fault in self._faults}
            self._stamp = stamp


def install() -> None:
    """Put the faults around every service's handler."""
    faults = Faults(Path(os.environ[FILE_VARIABLE]))
    handlers: dict[str, Handler] = seams.get("app:SERVICE_HANDLERS")
    for service, handler in handlers.items():
        handlers[service] = _faulty(service, handler, faults)


def _faulty(service: str, handler: Handler, faults: Faults) -> Handler:
    async def handle(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
    ) -> Answer:
        current = exchange.current()
        # What a service asks of another while it answers is not a call of the caller.
        if current is None or current.handled:
            return await handler(method, path, headers, body, query_params)
        current.handled = True
        for fault in faults.due(current.operation):
            if fault.kind == "slow":
                await asyncio.sleep(fault.seconds)
            elif fault.kind == "drop":
                current.dropped = True
            else:
                return _refusal(service, fault.kind, current, headers)
        return await handler(method, path, headers, body, query_params)

    return handle


def _refusal(service: str, kind: str, current: exchange.Exchange, headers: dict[str, str]) -> Answer:
    shape = seams.get("core.iam_actions:access_denied_response")
    caller = seams.get("core.iam_evaluator:caller_arn")()
    answer: Answer
    if kind == "deny":
        answer = shape(
            service, current.operation, caller, str(uuid.uuid4()), headers=headers, resource_arn=current.resource or "*"
        )
        return answer
    table = THROTTLED if kind == "throttle" else FAILED
    protocol = "query" if service in QUERY_SERVICES else "json"
    status, code, message = table.get(service) or table[protocol]
    answer = shape(
        service, current.operation, caller, str(uuid.uuid4()), error_code=code, message=message, headers=headers
    )
    return status, answer[1], answer[2]
