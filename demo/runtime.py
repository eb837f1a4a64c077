"""An agent on AgentCore Runtime in the sandbox account: what it leaves in its log group shows what its role may do."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import agentcore_runtime, policy_document, transaction_search

if TYPE_CHECKING:
    from collections.abc import Callable

    from bedrock_o11y.sandbox import Sandbox

_NAME: Final = "night_owl"
_SESSION: Final = "demo-session-0123456789-0123456789-0123456789"
_POLICY: Final = "demo-transaction-search"
_WAIT_SECONDS: Final = 60.0
_CODE: Final = {
    "codeConfiguration": {
        "code": {"s3": {"bucket": "demo-agent-files", "prefix": "agent.zip"}},
        "runtime": "PYTHON_3_13",
        "entryPoint": ["opentelemetry-instrument", "main.py"],
    }
}


class Runtime:
    """One agent, and Transaction Search switched on for it.

    Args:
        sandbox: the running sandbox.
        role: name of the execution role.
    """

    def __init__(self, sandbox: Sandbox, role: str) -> None:
        self._sandbox = sandbox
        self._logs = sandbox.client("logs")
        self._control = sandbox.client("bedrock-agentcore-control")
        self._search("CloudWatchLogs")
        made = self._control.create_agent_runtime(
            agentRuntimeName=_NAME,
            agentRuntimeArtifact=_CODE,
            roleArn=f"arn:aws:iam::{sandbox.account_id}:role/{role}",
            networkConfiguration={"networkMode": "PUBLIC"},
        )
        self._id, self._arn = made["agentRuntimeId"], made["agentRuntimeArn"]
        self._group = f"{agentcore_runtime.LOG_GROUP_PREFIX}{self._id}-DEFAULT"
        _until(lambda: self._control.get_agent_runtime(agentRuntimeId=self._id)["status"] == "READY")

    def ask(self) -> dict[str, int]:
        """Ask the agent something.

        Returns:
            The streams of its log group, the dated ones under ``[runtime-logs]``, and how many events each has.
        """
        answer = self._sandbox.client("bedrock-agentcore").invoke_agent_runtime(
            agentRuntimeArn=self._arn, runtimeSessionId=_SESSION, payload=json.dumps({"prompt": "What time is it?"})
        )
        answer["response"].read()
        found: dict[str, int] = {}
        for stream in self._logs.describe_log_streams(logGroupName=self._group)["logStreams"]:
            name = stream["logStreamName"]
            events = self._logs.get_log_events(logGroupName=self._group, logStreamName=name)["events"]
            kind = "[runtime-logs]" if "[runtime-logs]" in name else name
            found[kind] = found.get(kind, 0) + len(events)
        return found

    def delete(self) -> None:
        """Take the agent, its log groups and Transaction Search away again."""
        self._control.delete_agent_runtime(agentRuntimeId=self._id)
        self._search("XRay")
        for group in (self._group, transaction_search.SPANS_LOG_GROUP):
            for known in self._logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
                self._logs.delete_log_group(logGroupName=known["logGroupName"])
        self._logs.delete_resource_policy(policyName=_POLICY)

    def _search(self, destination: str) -> None:
        sandbox, xray = self._sandbox, self._sandbox.client("xray")
        if destination != "XRay":
            values = {"Partition": "aws", "Region": sandbox.region, "Account": sandbox.account_id}
            document = policy_document((transaction_search.LET_XRAY_WRITE_SPANS,), values)
            self._logs.put_resource_policy(policyName=_POLICY, policyDocument=json.dumps(document))
        xray.update_trace_segment_destination(Destination=destination)
        _until(lambda: xray.get_trace_segment_destination()["Status"] == "ACTIVE")


def _until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + _WAIT_SECONDS
    while not done():
        if time.monotonic() > end:
            raise RuntimeError(f"the sandbox did not get ready in {_WAIT_SECONDS:.0f} s")
        time.sleep(0.1)
