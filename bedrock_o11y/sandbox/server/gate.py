"""What stands around the application: it refuses, it never answers.

MiniStack serves pages of its own beside the AWS API without asking for credentials: resetting the account, changing its
configuration, reading every function's code, message or mail. An AWS account has none of them, so they are refused.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from . import exchange, seams

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

PRIVATE_PREFIXES = ("/_ministack", "/_localstack", "/_aws", "/_alb", "/health")
"""Paths that are MiniStack's own; the AWS API has none of them."""

OPEN_PATHS: dict[tuple[str, str], str] = {
    ("GET", "/_ministack/health"): "names the services and the version; the client waits for it",
}
"""What of them is answered without credentials, and why."""

CAPABILITY_PREFIXES: dict[tuple[str, str], str] = {
    ("PUT", "/_ministack/cfn-response/"): "the response URL of a custom resource; its unguessable token is the"
    " credential, as the signature in the presigned URL is in AWS",
    ("PUT", "/_ministack/cfn-signal/"): "the signal URL of a wait condition, likewise",
}
"""What of them is answered to whoever knows a token, and why."""


class Gate:
    """The application behind the rules of this module."""

    def __init__(self, application: Application) -> None:
        self._application = application
        # The container registry is served to anybody who speaks its protocol.
        self._is_registry = seams.get("app:_is_ecr_registry_path")
        self._closed = seams.get("hypercorn.protocol.http_stream:ASGIHTTPState.CLOSED")

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one connection event as ASGI has it.

        Args:
            scope: what it is about.
            receive: gives the next event.
            send: takes the next event.
        """
        if scope["type"] == "websocket":
            # None of the services the sandbox vouches for has WebSockets, and MiniStack accepts them unsigned.
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        if is_refused(scope["method"], scope["path"]) or self._is_registry(scope["path"]):
            await _refuse(send)
            return
        current = exchange.begin()

        async def send_unless_dropped(message: Message) -> None:
            if not current.dropped:
                await send(message)

        await self._application(scope, receive, send_unless_dropped)
        if current.dropped:
            # The stream counts as answered, so the server closes the connection without a word.
            send.__self__.state = self._closed  # type: ignore[attr-defined]


def is_refused(method: str, path: str) -> bool:
    """Whether a request goes to one of MiniStack's own pages that an AWS account does not have.

    Args:
        method: the HTTP method.
        path: the path, decoded.

    Returns:
        True when it must be refused.
    """
    # Several slashes in front would otherwise lead to the same page under another name.
    normalised = "/" + path.lstrip("/")
    if not normalised.startswith(PRIVATE_PREFIXES):
        return False
    if (method, path) in OPEN_PATHS:
        return False
    return not any(method == verb and path.startswith(prefix) for verb, prefix in CAPABILITY_PREFIXES)


async def _refuse(send: Send) -> None:
    body = json.dumps({"message": "The sandbox account has no such page."}).encode()
    await send(
        {
            "type": "http.response.start",
            "status": 403,
            "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())],
        }
    )
    await send({"type": "http.response.body", "body": body})
