"""An agent on AgentCore Runtime that makes the calls it is told to, with the credentials it was given.

Run as a program of its own; it answers with what each call was refused with, an empty text where it was not.
"""

from __future__ import annotations

import json
import os
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

REFUSALS = {"AccessDenied", "AccessDeniedException"}
SESSION = botocore.session.get_session()
CLIENTS: dict[str, Any] = {}


def refusal(call: dict[str, Any]) -> str:
    """Why a call is refused; whatever else it is answered does not matter."""
    if call["service"] not in CLIENTS:
        config = Config(retries={"total_max_attempts": 1}, inject_host_prefix=False)
        CLIENTS[call["service"]] = SESSION.create_client(call["service"], config=config)
    try:
        answer = getattr(CLIENTS[call["service"]], call["method"])(**call["arguments"])
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        return f"{code}: {message}" if code in REFUSALS else ""
    if "stream" in answer:
        answer["stream"].close()
    return ""


class Agent(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer([refusal(call) for call in asked["calls"]])

    def _answer(self, value: Any) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing but answers."""


if __name__ == "__main__":
    HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Agent).serve_forever()
