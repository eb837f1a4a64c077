"""Requests that an agent makes of the account with the credentials of its execution role.

They go through the application like any request from outside: the signature is checked, the authorisation table asks,
faults fall on them, the service answers. So an agent can do what its role can do, and nothing else.
"""

from __future__ import annotations

import asyncio
import contextvars
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from . import exchange
from . import seams as machine
from . import service_seams as seams

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from .agentcore_roles import Session

    Message = MutableMapping[str, Any]

_ORIGIN = "https://localhost"
_NO_ANSWER = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered to the agent.

    Attributes:
        status: of the HTTP answer; 0 when the connection closed without one.
        body: of the answer.
        headers: names in lower case.
    """

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def is_ok(self) -> bool:
        """Whether the call succeeded."""
        return self.status // 100 == 2

    @property
    def members(self) -> dict[str, Any]:
        """The body, when it is a JSON object; else nothing."""
        try:
            parsed = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return parsed if isinstance(parsed, dict) else {}

    @property
    def code(self) -> str:
        """The name of the exception, or an empty text."""
        named = self.headers.get("x-amzn-errortype") or str(self.members.get("__type", ""))
        return "" if self.is_ok else named.rpartition("#")[2].partition(":")[0]

    @property
    def refusal(self) -> str:
        """The problem of a call that failed, or an empty text."""
        return "" if self.is_ok else self.problem

    @property
    def problem(self) -> str:
        """The exception and its message on one line."""
        if self.status == _NO_ANSWER:
            return "the connection was closed without an answer"
        message = self.members.get("message") or self.members.get("Message") or ""
        return f"{self.code or self.status}: {message}".removesuffix(": ")


@dataclass(frozen=True, slots=True)
class Caller:
    """An agent at work.

    Attributes:
        session: of its execution role.
    """

    session: Session

    async def logs(self, operation: str, members: dict[str, Any]) -> Answer:
        """Call CloudWatch Logs.

        Args:
            operation: of the API.
            members: of the request.

        Returns:
            the answer.
        """
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"Logs_20140328.{operation}"}
        return await self.post("logs", "/", members, headers)

    async def post(self, service: str, path: str, members: dict[str, Any], headers: dict[str, str]) -> Answer:
        """Post JSON to a service.

        Args:
            service: that the request is signed for.
            path: encoded.
            members: of the body.
            headers: with the content type.

        Returns:
            the answer.
        """
        return await _served(self._signed(service, path, json.dumps(members).encode(), headers))

    def _signed(self, service: str, path: str, body: bytes, headers: dict[str, str]) -> Any:
        # Only here: botocore is slow to import, and an account without agents does without it.
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        request = AWSRequest("POST", _ORIGIN + path, data=body, headers={**headers, "Host": urlsplit(_ORIGIN).netloc})
        keys = Credentials(self.session.access_key_id, self.session.secret_access_key, self.session.session_token)
        SigV4Auth(keys, service, seams.region()).add_auth(request)
        return request.prepare()


async def _served(request: Any) -> Answer:
    # A context of its own: what is known about the caller of the agent must not be taken for the agent's.
    serving = asyncio.get_running_loop().create_task(_serve(request), context=contextvars.copy_context())
    return await serving


async def _serve(request: Any) -> Answer:
    current = exchange.begin()
    url = urlsplit(request.url)
    waiting = [request.body or b""]
    sent: list[Message] = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": url.scheme,
        "path": unquote(url.path),
        "raw_path": url.path.encode(),
        "query_string": url.query.encode(),
        "headers": [(name.lower().encode(), _encoded(value)) for name, value in request.headers.items()],
        "client": ("127.0.0.1", 0),
        "server": ("localhost", 443),
    }

    async def receive() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await machine.get("app:app")(scope, receive, send)
    if current.dropped:
        return Answer(_NO_ANSWER)
    start = next(message for message in sent if message["type"] == "http.response.start")
    body = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start.get("headers", [])}
    return Answer(start["status"], body, headers)


def _encoded(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("latin-1")
