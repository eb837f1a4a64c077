"""AgentCore in an account that nobody has touched, and what the tests of agents share."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.services.conftest import eventually, policy
from tests.sandbox.test_xray_account import Tracing, tracing, tracing_clients

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["tracing", "tracing_clients"]

pytestmark = pytest.mark.sandbox

QUIET = Path(__file__).parents[1] / "roles" / "quiet-runtime-role.json"
CODE = {
    "codeConfiguration": {
        "code": {"s3": {"bucket": "agent-code", "prefix": "agent.zip"}},
        "runtime": "PYTHON_3_13",
        "entryPoint": ["opentelemetry-instrument", "main.py"],
    }
}
SESSION = "session-0123456789-0123456789-0123456789"
OUTPUT, RECORDS, SPANS = "[runtime-logs]", "otel-rt-logs", "spans"
GROUPS = "/aws/bedrock-agentcore/runtimes/"


@dataclass
class Agents(Tracing):
    """The account, and the agents in it."""

    # Literals from the AgentCore developer guide, "Permissions for AgentCore Runtime", never from our blueprint; one
    # statement for each action, so that each can be left out.
    def grants(self) -> dict[str, dict[str, Any]]:
        logs = f"arn:aws:logs:{self.region}:{self.id}:log-group"
        streams = f"{logs}:{GROUPS}*:log-stream:*"
        directory = f"arn:aws:bedrock-agentcore:{self.region}:{self.id}:workload-identity-directory/default"
        on = {
            "logs:CreateLogGroup": f"{logs}:{GROUPS}*",
            "logs:DescribeLogStreams": f"{logs}:{GROUPS}*",
            "logs:PutResourcePolicy": f"{logs}:{GROUPS}agent*",
            "logs:DescribeLogGroups": f"{logs}:*",
            "logs:CreateLogStream": streams,
            "logs:PutLogEvents": streams,
            "xray:PutTraceSegments": "*",
            "xray:PutTelemetryRecords": "*",
            "xray:GetSamplingRules": "*",
            "xray:GetSamplingTargets": "*",
            "cloudwatch:PutMetricData": "*",
            "bedrock-agentcore:GetWorkloadAccessToken": f"{directory}*",
            "bedrock-agentcore:GetWorkloadAccessTokenForJWT": f"{directory}*",
            "bedrock:InvokeModel": "arn:aws:bedrock:*::foundation-model/*",
        }
        return {action: {"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in on.items()}

    def trust(self, **changes: Any) -> dict[str, Any]:
        condition = {
            "StringEquals": {"aws:SourceAccount": self.id},
            "ArnLike": {"aws:SourceArn": f"arn:aws:bedrock-agentcore:{self.region}:{self.id}:*"},
        }
        principal = {"Service": "bedrock-agentcore.amazonaws.com"}
        return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition} | changes

    def execution_role(self, *without: str, more: tuple[dict[str, Any], ...] = (), **trust: Any) -> str:
        """The role of the guide, less some actions."""
        statements = [statement for action, statement in self.grants().items() if action not in without]
        assert len(statements) == len(self.grants()) - len(without)
        return self.role(self.trust(**trust), *statements, *more)

    def quiet_role(self) -> str:
        """The role of the write-up, in this account."""
        text = QUIET.read_text(encoding="utf-8").replace("123456789012", self.id)
        [role] = json.loads(text)["RoleDetailList"]
        [written] = role["RolePolicyList"]
        [trust] = role["AssumeRolePolicyDocument"]["Statement"]
        return self.role(trust, *written["PolicyDocument"]["Statement"])

    def begin(self, role: str, **changes: Any) -> dict[str, Any]:
        """Create an agent; the answer."""
        given = {
            "agentRuntimeName": self.name("agent").replace("-", "_"),
            "agentRuntimeArtifact": CODE,
            "roleArn": role,
            "networkConfiguration": {"networkMode": "PUBLIC"},
        }
        return dict(self.bedrock_agentcore_control.create_agent_runtime(**given | changes))

    def agent(self, role: str, **environment: str) -> str:
        """An agent that can be invoked; its id."""
        identity = str(self.begin(role, environmentVariables=environment)["agentRuntimeId"])
        assert eventually(lambda: self.status(identity) == "READY")
        return identity

    def status(self, identity: str) -> str:
        return str(self.bedrock_agentcore_control.get_agent_runtime(agentRuntimeId=identity)["status"])

    def arn(self, identity: str) -> str:
        return f"arn:aws:bedrock-agentcore:{self.region}:{self.id}:runtime/{identity}"

    def ask(self, identity: str, prompt: str = "hello", **more: Any) -> dict[str, Any]:
        """What the agent answers, and the answer of the service."""
        given = {
            "agentRuntimeArn": self.arn(identity),
            "runtimeSessionId": SESSION,
            "payload": json.dumps({"prompt": prompt}).encode(),
        }
        answer = self.bedrock_agentcore.invoke_agent_runtime(**given | more)
        return dict(answer) | {"json": json.loads(answer["response"].read())}

    def group(self, identity: Any = "", endpoint: str = "DEFAULT", **_options: Any) -> str:
        return f"{GROUPS}{identity}-{endpoint}"

    def streams(self, identity: str, endpoint: str = "DEFAULT") -> dict[str, list[dict[str, Any]]] | None:
        """The events of the agent's log group by kind of stream, or None when there is no log group."""
        group = self.group(identity, endpoint)
        if not self.logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
            return None
        found: dict[str, list[dict[str, Any]]] = {}
        for stream in self.logs.describe_log_streams(logGroupName=group)["logStreams"]:
            name = stream["logStreamName"]
            kind = OUTPUT if OUTPUT in name else name
            found[kind] = found.get(kind, []) + self.kept(group, name)
        return found

    def shared(self, session: str = SESSION) -> list[dict[str, Any]]:
        """The spans of a session in `aws/spans`."""
        if not self.logs.describe_log_groups(logGroupNamePrefix="aws/spans")["logGroups"]:
            return []
        return [span for span in self.kept() if span["attributes"].get("session.id") == session]

    def change_role(self, role: str, *statements: dict[str, Any]) -> None:
        name = role.rpartition("/")[2]
        self.iam.put_role_policy(RoleName=name, PolicyName="write", PolicyDocument=policy(*statements))


@pytest.fixture
def agents(tracing: Tracing) -> Iterator[Agents]:
    """Agents in an account whose traces are as in a new one."""
    yield Agents(tracing.sandbox, tracing.clients)
    for known in tracing.logs.describe_resource_policies()["resourcePolicies"]:
        tracing.logs.delete_resource_policy(policyName=known["policyName"])


def test_an_account_without_agents_lists_none(agents: Agents) -> None:
    control = agents.bedrock_agentcore_control
    elsewhere = agents.sandbox.client("bedrock-agentcore-control", region_name="eu-west-1")
    assert elsewhere.list_agent_runtimes()["agentRuntimes"] == []
    assert control.list_memories()["memories"] is not None
    identity = agents.agent(agents.execution_role())
    listed = [item["agentRuntimeId"] for item in control.list_agent_runtimes()["agentRuntimes"]]
    assert identity in listed
    assert elsewhere.list_agent_runtimes()["agentRuntimes"] == []
