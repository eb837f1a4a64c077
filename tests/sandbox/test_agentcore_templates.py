"""`AWS::BedrockAgentCore::*` in templates. Source: the CloudFormation resource schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.services.conftest import Stacks
from tests.sandbox.test_agentcore_account import agents, tracing, tracing_clients

if TYPE_CHECKING:
    from tests.sandbox.test_agentcore_account import Agents

__all__ = ["agents", "tracing", "tracing_clients"]

pytestmark = pytest.mark.sandbox

CODE = {
    "CodeConfiguration": {
        "Code": {"S3": {"Bucket": "agent-code", "Prefix": "agent.zip"}},
        "Runtime": "PYTHON_3_13",
        "EntryPoint": ["main.py"],
    }
}


@pytest.fixture
def agent_stacks(agents: Agents) -> Stacks:
    return Stacks(agents, agents.name("stack"))


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::BedrockAgentCore::{kind}", "Properties": properties}


def runtime(role: Any, name: str, **more: Any) -> dict[str, Any]:
    network = {"NetworkMode": "PUBLIC"}
    given = {"AgentRuntimeName": name, "AgentRuntimeArtifact": CODE, "RoleArn": role, "NetworkConfiguration": network}
    return resource("Runtime", **given | more)


def told(**values: Any) -> dict[str, Any]:
    """Parameters that hold what a template reads from its resources."""
    return {
        name: {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Name": f"/told/{name}", "Value": value}}
        for name, value in values.items()
    }


def heard(agents: Agents, *names: str) -> dict[str, str]:
    found = agents.ssm.get_parameters(Names=[f"/told/{name}" for name in names])["Parameters"]
    return {item["Name"].rpartition("/")[2]: item["Value"] for item in found}


def test_a_runtime_of_a_template_is_ready_and_answers(agents: Agents, agent_stacks: Stacks) -> None:
    name = agents.name("agent").replace("-", "_")
    template = {
        "Agent": runtime(agents.execution_role(), name, EnvironmentVariables={"BEDROCK_MODEL_ID": "amazon.titan"},
                         ProtocolConfiguration="HTTP", Tags={"team": "shop"}),
        "Live": resource("RuntimeEndpoint", AgentRuntimeId={"Ref": "Agent"}, Name="live"),
        **told(
            arn={"Fn::GetAtt": ["Agent", "AgentRuntimeArn"]}, status={"Fn::GetAtt": ["Agent", "Status"]},
            version={"Fn::GetAtt": ["Agent", "AgentRuntimeVersion"]}, ref={"Ref": "Agent"},
            identity={"Fn::GetAtt": ["Agent", "WorkloadIdentityDetails.WorkloadIdentityArn"]},
            endpoint={"Ref": "Live"}, live={"Fn::GetAtt": ["Live", "LiveVersion"]},
        ),
    }  # fmt: skip
    assert agent_stacks.create(**template) == "CREATE_COMPLETE"
    identity = agent_stacks.physical_id("Agent")
    arn = agents.arn(identity)
    assert heard(agents, "arn", "status", "version", "ref", "endpoint", "live") == {
        "arn": arn, "status": "READY", "version": "1", "ref": identity,
        "endpoint": f"{arn}/runtime-endpoint/live", "live": "1",
    }  # fmt: skip
    assert heard(agents, "identity")["identity"].endswith(f"/workload-identity/{identity}")
    control = agents.bedrock_agentcore_control
    shown = control.get_agent_runtime(agentRuntimeId=identity)
    assert shown["environmentVariables"] == {"BEDROCK_MODEL_ID": "amazon.titan"}
    assert shown["protocolConfiguration"] == {"serverProtocol": "HTTP"}
    assert control.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "shop"}
    assert "amazon.titan" in agents.ask(identity, qualifier="live")["json"]["result"]
    assert agent_stacks.delete() == "GONE"
    assert identity not in {item["agentRuntimeId"] for item in control.list_agent_runtimes()["agentRuntimes"]}


def test_a_change_is_a_version_and_a_new_name_is_a_new_runtime(agents: Agents, agent_stacks: Stacks) -> None:
    name, role = agents.name("agent").replace("-", "_"), agents.execution_role()
    assert agent_stacks.create(Agent=runtime(role, name)) == "CREATE_COMPLETE"
    identity = agent_stacks.physical_id("Agent")
    changed = runtime(role, name, EnvironmentVariables={"A": "b"})
    assert agent_stacks.update(Agent=changed) == "UPDATE_COMPLETE"
    assert agent_stacks.physical_id("Agent") == identity
    shown = agents.bedrock_agentcore_control.get_agent_runtime(agentRuntimeId=identity)
    assert (shown["agentRuntimeVersion"], shown["environmentVariables"]) == ("2", {"A": "b"})
    assert agent_stacks.update(Agent=runtime(role, f"{name}_2")) == "UPDATE_COMPLETE"
    assert agent_stacks.physical_id("Agent") != identity
    listed = agents.bedrock_agentcore_control.list_agent_runtimes()["agentRuntimes"]
    assert identity not in {item["agentRuntimeId"] for item in listed}
    assert agent_stacks.delete() == "GONE"


@pytest.mark.parametrize(("trust", "code"), [({"Effect": "Deny"}, "Role validation failed"), ({}, "AlreadyExists")])
def test_what_the_api_refuses_fails_the_stack(
    agents: Agents, agent_stacks: Stacks, trust: dict[str, Any], code: str
) -> None:
    name = agents.name("agent").replace("-", "_")
    if not trust:
        agents.begin(agents.execution_role(), agentRuntimeName=name)
    assert agent_stacks.create(Agent=runtime(agents.execution_role(**trust), name)) == "ROLLBACK_COMPLETE"
    assert code in agent_stacks.reason("Agent")


def test_memory_and_gateway_of_a_template(agents: Agents, agent_stacks: Stacks) -> None:
    memory, gateway = agents.name("memory").replace("-", "_"), agents.name("gateway")
    role = agents.execution_role()

    def template(days: int, description: str) -> dict[str, Any]:
        return {
            "Memory": resource("Memory", Name=memory, EventExpiryDuration=days),
            "Gateway": resource("Gateway", Name=gateway, RoleArn=role, ProtocolType="MCP", AuthorizerType="AWS_IAM",
                                Description=description),
            **told(
                memoryref={"Ref": "Memory"}, memoryarn={"Fn::GetAtt": ["Memory", "MemoryArn"]},
                gatewayref={"Ref": "Gateway"}, gatewayarn={"Fn::GetAtt": ["Gateway", "GatewayArn"]},
            ),
        }  # fmt: skip

    assert agent_stacks.create(**template(30, "first")) == "CREATE_COMPLETE"
    control = agents.bedrock_agentcore_control
    values = heard(agents, "memoryref", "memoryarn", "gatewayref", "gatewayarn")
    assert values["memoryref"] == values["memoryarn"]
    memory_id = values["memoryarn"].rpartition("/")[2]
    assert values["gatewayarn"].endswith(f":gateway/{values['gatewayref']}")
    assert control.get_memory(memoryId=memory_id)["memory"]["status"] == "ACTIVE"
    assert agent_stacks.update(**template(60, "second")) == "UPDATE_COMPLETE"
    assert control.get_memory(memoryId=memory_id)["memory"]["eventExpiryDuration"] == 60
    assert control.get_gateway(gatewayIdentifier=values["gatewayref"])["description"] == "second"
    assert agent_stacks.delete() == "GONE"
    assert memory_id not in {item["id"] for item in control.list_memories()["memories"]}
    assert values["gatewayref"] not in {item["gatewayId"] for item in control.list_gateways()["items"]}
