"""An agent on AgentCore Runtime in the sandbox account: what it leaves in its log group shows what its role may do."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.blueprint import agentcore_runtime

from .commands import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from bedrock_o11y.sandbox import Sandbox

_BIN: Final = ROOT / ".venv-agent" / "bin"
PROGRAM: Final = (
    str(_BIN / "opentelemetry-instrument"),
    str(_BIN / "python"),
    str(ROOT / "demo" / "agents" / "main.py"),
)
"""The agent as its owner starts it, in an environment of its own."""

PROMPT: Final = "What time is it in Tokyo?"
_OUTPUT: Final = "[runtime-logs]"
_WAIT_SECONDS: Final = 60.0
_CODE: Final = {
    "codeConfiguration": {
        "code": {"s3": {"bucket": "demo-agent-files", "prefix": "agent.zip"}},
        "runtime": "PYTHON_3_13",
        "entryPoint": ["opentelemetry-instrument", "main.py"],
    }
}


@dataclass(frozen=True, slots=True)
class Landed:
    """One stream of the agent's log group.

    Attributes:
        stream: its name; of a dated one ``[runtime-logs]``.
        events: how many it has.
        session: the events, or some of them, name the session of the request.
    """

    stream: str
    events: int
    session: bool

    def __str__(self) -> str:
        """For people."""
        told = "  with the session id" if self.session else ""
        return f"  {self.stream:<15} {self.events:>3} event{'' if self.events == 1 else 's'}{told}"


class Runtime:
    """One agent.

    Args:
        sandbox: the running sandbox.
        name: of the agent.
        role: name of the execution role.
    """

    def __init__(self, sandbox: Sandbox, name: str, role: str) -> None:
        self._sandbox = sandbox
        self._logs = sandbox.client("logs")
        self._control = sandbox.client("bedrock-agentcore-control")
        made = self._control.create_agent_runtime(
            agentRuntimeName=name,
            agentRuntimeArtifact=_CODE,
            roleArn=f"arn:aws:iam::{sandbox.account_id}:role/{role}",
            networkConfiguration={"networkMode": "PUBLIC"},
        )
        self._id, self._arn = made["agentRuntimeId"], made["agentRuntimeArn"]
        self.log_group = f"{agentcore_runtime.LOG_GROUP_PREFIX}{self._id}-DEFAULT"
        until(lambda: bool(self._control.get_agent_runtime(agentRuntimeId=self._id)["status"] == "READY"))

    def ask(self, session: str) -> str:
        """Ask the agent something.

        Args:
            session: id of the session, at least 33 characters.

        Returns:
            What it answers.
        """
        answer = self._sandbox.client("bedrock-agentcore").invoke_agent_runtime(
            agentRuntimeArn=self._arn, runtimeSessionId=session, payload=json.dumps({"prompt": PROMPT})
        )
        return str(json.loads(answer["response"].read())["result"])

    def landed(self, session: str) -> list[Landed]:
        """What is in the agent's log group.

        Args:
            session: id of a session.

        Returns:
            Its streams, sorted by name.
        """
        found: dict[str, list[str]] = {}
        for stream in self._logs.describe_log_streams(logGroupName=self.log_group)["logStreams"]:
            name = _OUTPUT if _OUTPUT in stream["logStreamName"] else stream["logStreamName"]
            found.setdefault(name, []).extend(self._messages(stream["logStreamName"]))
        return [
            Landed(name, len(messages), any(session in message for message in messages))
            for name, messages in sorted(found.items())
        ]

    def delete(self) -> None:
        """Take the agent and its log group away again."""
        self._control.delete_agent_runtime(agentRuntimeId=self._id)
        self._logs.delete_log_group(logGroupName=self.log_group)

    def _messages(self, stream: str) -> list[str]:
        pages: Any = self._logs.get_paginator("filter_log_events").paginate(
            logGroupName=self.log_group, logStreamNames=[stream]
        )
        return [event["message"] for page in pages for event in page["events"]]


def until(done: Callable[[], bool]) -> None:
    """Wait for something in the account.

    Args:
        done: whether it is there.

    Raises:
        RuntimeError: it is not there in time.
    """
    end = time.monotonic() + _WAIT_SECONDS
    while not done():
        if time.monotonic() > end:
            raise RuntimeError(f"the sandbox did not get ready in {_WAIT_SECONDS:.0f} s")
        time.sleep(0.1)
