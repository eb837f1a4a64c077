"""InvokeAgentRuntime: which agent answers, in which session, and what is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from botocore.config import Config

from tests.sandbox.services.conftest import error_of, policy
from tests.sandbox.test_agentcore_account import CODE, SESSION, agents, tracing, tracing_clients

if TYPE_CHECKING:
    from tests.sandbox.test_agentcore_account import Agents

__all__ = ["agents", "tracing", "tracing_clients"]

pytestmark = pytest.mark.sandbox

UNCHECKED = Config(parameter_validation=False, retries={"total_max_attempts": 1})


def test_an_agent_is_found_by_its_id_and_its_endpoint(agents: Agents) -> None:
    agents.search()
    agents.settings(agentcore_change_seconds=0, trace_destination_seconds=0)
    identity = agents.agent(agents.execution_role())
    agents.bedrock_agentcore_control.create_agent_runtime_endpoint(agentRuntimeId=identity, name="live")
    agents.ask(identity, agentRuntimeArn=identity, accountId=agents.id, qualifier="live")
    assert agents.streams(identity) is None
    spans = (agents.streams(identity, "live") or {})["spans"]
    assert spans[0]["resource"]["attributes"]["service.name"] == f"{identity.rpartition('-')[0]}.live"


@pytest.mark.parametrize(
    "wrong",
    [
        {"qualifier": "nowhere"},
        {"agentRuntimeArn": "arn:aws:bedrock-agentcore:us-east-1:000000000000:runtime/none-AbCdEfGhIj"},
        {"agentRuntimeArn": "none-AbCdEfGhIj", "accountId": "000000000000"},
    ],
)
def test_what_is_not_there_is_not_found(agents: Agents, wrong: dict[str, str]) -> None:
    identity = agents.agent(agents.execution_role())
    with pytest.raises(
        agents.bedrock_agentcore.exceptions.ResourceNotFoundException, match="No endpoint or agent found"
    ):
        agents.ask(identity, **wrong)


def test_an_agent_that_is_being_created_cannot_be_invoked_yet(agents: Agents) -> None:
    agents.settings(agentcore_change_seconds=600)
    identity = agents.begin(agents.execution_role())["agentRuntimeId"]
    with pytest.raises(agents.bedrock_agentcore.exceptions.ResourceNotFoundException):
        agents.ask(identity)


def test_a_session_id_has_at_least_33_characters(agents: Agents) -> None:
    identity = agents.agent(agents.execution_role())
    client = agents.sandbox.client("bedrock-agentcore", config=UNCHECKED)
    given = {"agentRuntimeArn": agents.arn(identity), "payload": b'{"prompt": "x"}'}
    code, _ = error_of(client.invoke_agent_runtime, runtimeSessionId="s" * 32, **given)
    assert code == "ValidationException"
    assert client.invoke_agent_runtime(runtimeSessionId="s" * 33, **given)["runtimeSessionId"] == "s" * 33
    assert len(client.invoke_agent_runtime(**given)["runtimeSessionId"]) >= 33


@pytest.mark.parametrize(("payload", "status"), [(b"no json", 400), (b'{"question": "x"}', 500), (b'["prompt"]', 500)])
def test_a_payload_without_prompt_is_the_agents_error(agents: Agents, payload: bytes, status: int) -> None:
    identity = agents.agent(agents.execution_role())
    with pytest.raises(agents.bedrock_agentcore.exceptions.RuntimeClientError, match=rf"error \({status}\)"):
        agents.ask(identity, payload=payload)


def test_a_session_keeps_its_microvm_and_another_session_has_another(agents: Agents) -> None:
    identity = agents.agent(agents.execution_role())
    for session in (SESSION, SESSION, SESSION[::-1]):
        agents.ask(identity, runtimeSessionId=session)
    streams = agents.logs.describe_log_streams(logGroupName=agents.group(identity))["logStreams"]
    dated = [item["logStreamName"] for item in streams if "[runtime-logs]" in item["logStreamName"]]
    assert sorted(len(agents.kept(agents.group(identity), name)) for name in dated) == [1, 2]


def test_an_update_ends_the_sessions_of_the_former_version(agents: Agents) -> None:
    role = agents.execution_role()
    identity = agents.agent(role)
    agents.ask(identity)
    agents.bedrock_agentcore_control.update_agent_runtime(
        agentRuntimeId=identity, agentRuntimeArtifact=CODE, roleArn=role, networkConfiguration={"networkMode": "PUBLIC"}
    )
    agents.ask(identity)
    streams = agents.logs.describe_log_streams(logGroupName=agents.group(identity))["logStreams"]
    assert sum("[runtime-logs]" in item["logStreamName"] for item in streams) == 2


def test_an_agent_that_wants_bearer_tokens_refuses_a_signed_request(agents: Agents) -> None:
    discovery = "https://example.com/.well-known/openid-configuration"
    authorizer = {"customJWTAuthorizer": {"discoveryUrl": discovery, "allowedClients": ["client"]}}
    agents.settings(agentcore_change_seconds=0)
    identity = agents.begin(agents.execution_role(), authorizerConfiguration=authorizer)["agentRuntimeId"]
    with pytest.raises(agents.bedrock_agentcore.exceptions.AccessDeniedException, match="method mismatch"):
        agents.ask(identity)


def test_a_payload_cannot_choose_the_endpoint_that_is_judged(agents: Agents) -> None:
    identity = agents.agent(agents.execution_role())
    caller = agents.name("caller")
    anybody = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{agents.id}:root"}, "Action": "sts:AssumeRole"}
    agents.iam.create_role(RoleName=caller, AssumeRolePolicyDocument=policy(anybody))
    arn = agents.arn(identity)
    allowed = [arn, f"{arn}/runtime-endpoint/live"]
    statement = {"Effect": "Allow", "Action": "bedrock-agentcore:InvokeAgentRuntime", "Resource": allowed}
    agents.iam.put_role_policy(RoleName=caller, PolicyName="invoke", PolicyDocument=policy(statement))
    client = agents.sandbox.client("bedrock-agentcore", role=caller)
    payload = json.dumps({"prompt": "x", "qualifier": "live"}).encode()
    for content_type in ("application/json", "application/x-www-form-urlencoded"):
        code, message = error_of(
            client.invoke_agent_runtime, agentRuntimeArn=arn, payload=payload, contentType=content_type
        )
        assert code == "AccessDeniedException"
        assert "runtime-endpoint/DEFAULT" in message
