"""The control plane of AgentCore: shapes, states, errors, and what is asked of an execution role."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config

from tests.sandbox.services.conftest import error_of, eventually, policy
from tests.sandbox.test_agentcore_account import CODE, agents, tracing, tracing_clients

if TYPE_CHECKING:
    from tests.sandbox.test_agentcore_account import Agents

__all__ = ["agents", "tracing", "tracing_clients"]

pytestmark = pytest.mark.sandbox

UNCHECKED = Config(parameter_validation=False, retries={"total_max_attempts": 1})
IMAGE = "{account}.dkr.ecr.us-east-1.amazonaws.com/shop/agent:1"


# --- Runtimes ----------------------------------------------------------------------------------------------------


def test_a_runtime_is_created_and_then_ready(agents: Agents) -> None:
    agents.settings(agentcore_change_seconds=0.5)
    answer = agents.begin(agents.execution_role(), agentRuntimeName="shop_1", environmentVariables={"A": "b"})
    identity = answer["agentRuntimeId"]
    assert re.fullmatch(r"shop_1-[a-zA-Z0-9]{10}", identity)
    assert (answer["status"], answer["agentRuntimeVersion"]) == ("CREATING", "1")
    assert answer["agentRuntimeArn"] == agents.arn(identity)
    directory = f"arn:aws:bedrock-agentcore:{agents.region}:{agents.id}:workload-identity-directory/default"
    assert answer["workloadIdentityDetails"]["workloadIdentityArn"] == f"{directory}/workload-identity/{identity}"
    assert eventually(lambda: agents.status(identity) == "READY")
    control = agents.bedrock_agentcore_control
    shown = control.get_agent_runtime(agentRuntimeId=identity)
    assert (shown["agentRuntimeName"], shown["environmentVariables"]) == ("shop_1", {"A": "b"})
    assert shown["createdAt"] == answer["createdAt"]
    assert shown["agentRuntimeArtifact"] == CODE
    assert control.get_workload_identity(name=identity)["workloadIdentityArn"].endswith(identity)
    endpoint = control.get_agent_runtime_endpoint(agentRuntimeId=identity, endpointName="DEFAULT")
    assert (endpoint["name"], endpoint["liveVersion"], endpoint["status"]) == ("DEFAULT", "1", "READY")
    agents.settings(agentcore_change_seconds=0)
    control.delete_agent_runtime(agentRuntimeId=identity)
    assert error_of(control.get_agent_runtime, agentRuntimeId=identity)[0] == "ResourceNotFoundException"
    assert error_of(control.get_workload_identity, name=identity)[0] == "ResourceNotFoundException"


def test_the_answers_are_of_the_api_model(agents: Agents) -> None:
    """botocore reads the members that it knows; a wrong timestamp or a missing member shows here."""
    identity = agents.agent(agents.execution_role())
    control = agents.bedrock_agentcore_control
    calls = {
        "GetAgentRuntime": control.get_agent_runtime(agentRuntimeId=identity),
        "ListAgentRuntimes": control.list_agent_runtimes(),
        "ListAgentRuntimeVersions": control.list_agent_runtime_versions(agentRuntimeId=identity),
        "ListAgentRuntimeEndpoints": control.list_agent_runtime_endpoints(agentRuntimeId=identity),
        "GetAgentRuntimeEndpoint": control.get_agent_runtime_endpoint(agentRuntimeId=identity, endpointName="DEFAULT"),
        "GetWorkloadIdentity": control.get_workload_identity(name=identity),
    }
    for operation, answer in calls.items():
        shape = control.meta.service_model.operation_model(operation).output_shape
        assert missing(shape, answer) == [], operation


def missing(shape: Any, value: Any, where: str = "") -> list[str]:
    """The required members that an answer lacks."""
    if shape.type_name == "list":
        return [
            item for number, entry in enumerate(value) for item in missing(shape.member, entry, f"{where}[{number}]")
        ]
    if shape.type_name != "structure":
        return []
    found = [f"{where}.{name}" for name in shape.required_members if name not in value]
    for name, member in shape.members.items():
        found += missing(member, value[name], f"{where}.{name}") if name in value else []
    return found


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"agentRuntimeName": "my-agent"}, "at 'agentRuntimeName' failed to satisfy constraint: Member must satisfy"),
        ({"agentRuntimeName": "a" * 49}, "'agentRuntimeName'"),
        ({"agentRuntimeName": None}, "Value null at 'agentRuntimeName'"),
        ({"networkConfiguration": {"networkMode": "NONE"}}, "enum value set: [PUBLIC, VPC]"),
        ({"agentRuntimeArtifact": {}}, "'agentRuntimeArtifact'"),
        ({"roleArn": "role"}, "'roleArn'"),
        ({"lifecycleConfiguration": {"maxLifetime": 1}}, "greater than or equal to 60"),
        ({"environmentVariables": {"A": 1}}, "Member must be a string"),
    ],
)
def test_a_request_that_breaks_the_model_is_refused(agents: Agents, changes: dict[str, Any], said: str) -> None:
    given = {
        "agentRuntimeName": "fine",
        "agentRuntimeArtifact": CODE,
        "roleArn": agents.execution_role(),
        "networkConfiguration": {"networkMode": "PUBLIC"},
    }
    client = agents.sandbox.client("bedrock-agentcore-control", config=UNCHECKED)
    sent = {name: value for name, value in (given | changes).items() if value is not None}
    code, message = error_of(client.create_agent_runtime, **sent)
    assert (code, said in message) == ("ValidationException", True), message


def test_a_name_is_used_once(agents: Agents) -> None:
    name = str(agents.begin(agents.execution_role())["agentRuntimeId"]).rpartition("-")[0]
    with pytest.raises(agents.bedrock_agentcore_control.exceptions.ConflictException, match="already exists"):
        agents.begin(agents.execution_role(), agentRuntimeName=name)


def test_every_update_is_a_version_and_default_follows(agents: Agents) -> None:
    role = agents.execution_role()
    identity = agents.agent(role)
    control = agents.bedrock_agentcore_control
    control.create_agent_runtime_endpoint(agentRuntimeId=identity, name="live")
    changed = {"agentRuntimeArtifact": CODE, "roleArn": role, "networkConfiguration": {"networkMode": "PUBLIC"}}
    answer = control.update_agent_runtime(agentRuntimeId=identity, environmentVariables={"NEW": "1"}, **changed)
    assert (answer["agentRuntimeVersion"], answer["status"]) == ("2", "UPDATING")
    assert error_of(control.update_agent_runtime, agentRuntimeId=identity, **changed)[0] == "ConflictException"
    assert eventually(lambda: agents.status(identity) == "READY")
    endpoints = control.list_agent_runtime_endpoints(agentRuntimeId=identity)["runtimeEndpoints"]
    assert {item["name"]: item["liveVersion"] for item in endpoints} == {"DEFAULT": "2", "live": "1"}
    former = control.get_agent_runtime(agentRuntimeId=identity, agentRuntimeVersion="1")
    assert (former["environmentVariables"], former["agentRuntimeVersion"]) == ({}, "1")
    listed = control.list_agent_runtime_versions(agentRuntimeId=identity)["agentRuntimes"]
    assert [item["agentRuntimeVersion"] for item in listed] == ["2", "1"]
    control.update_agent_runtime_endpoint(agentRuntimeId=identity, endpointName="live", agentRuntimeVersion="2")
    shown = control.get_agent_runtime_endpoint(agentRuntimeId=identity, endpointName="live")
    assert shown["targetVersion"] == "2"


def test_endpoints_come_and_go_but_default(agents: Agents) -> None:
    agents.settings(agentcore_change_seconds=0)
    identity = agents.agent(agents.execution_role())
    control = agents.bedrock_agentcore_control
    made = control.create_agent_runtime_endpoint(agentRuntimeId=identity, name="live", description="for all")
    assert made["agentRuntimeEndpointArn"] == f"{agents.arn(identity)}/runtime-endpoint/live"
    again = {"agentRuntimeId": identity, "name": "live"}
    assert error_of(control.create_agent_runtime_endpoint, **again)[0] == "ConflictException"
    nowhere = {"agentRuntimeId": identity, "name": "next", "agentRuntimeVersion": "7"}
    assert error_of(control.create_agent_runtime_endpoint, **nowhere)[0] == "ResourceNotFoundException"
    default = {"agentRuntimeId": identity, "endpointName": "DEFAULT"}
    assert error_of(control.delete_agent_runtime_endpoint, **default)[0] == "ConflictException"
    control.delete_agent_runtime_endpoint(agentRuntimeId=identity, endpointName="live")
    gone = {"agentRuntimeId": identity, "endpointName": "live"}
    assert error_of(control.get_agent_runtime_endpoint, **gone)[0] == "ResourceNotFoundException"


def test_lists_come_in_pages(agents: Agents) -> None:
    role = agents.execution_role()
    made = {str(agents.begin(role)["agentRuntimeId"]) for _ in range(3)}
    pages = agents.bedrock_agentcore_control.get_paginator("list_agent_runtimes").paginate(
        PaginationConfig={"PageSize": 2}
    )
    sizes, seen = [], set()
    for page in pages:
        sizes.append(len(page["agentRuntimes"]))
        seen |= {item["agentRuntimeId"] for item in page["agentRuntimes"]}
    assert made <= seen
    assert len(sizes) > 1
    assert max(sizes) <= 2


# --- The execution role ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "trust",
    [
        {"Principal": {"Service": "bedrock.amazonaws.com"}},
        {"Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}},
        {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:bedrock-agentcore:us-east-1:000000000000:gateway/*"}}},
        {"Effect": "Deny"},
    ],
)
def test_a_role_whose_trust_keeps_agentcore_out_is_refused(agents: Agents, trust: dict[str, Any]) -> None:
    with pytest.raises(agents.bedrock_agentcore_control.exceptions.ValidationException, match="Role validation failed"):
        agents.begin(agents.execution_role(**trust))


def test_a_role_that_is_not_there_is_refused(agents: Agents) -> None:
    with pytest.raises(agents.bedrock_agentcore_control.exceptions.ValidationException, match="Role validation failed"):
        agents.begin(f"arn:aws:iam::{agents.id}:role/no-such-role")


@pytest.mark.parametrize("action", ["", "ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"])
def test_an_image_needs_a_role_that_may_pull_it(agents: Agents, action: str) -> None:
    repository = f"arn:aws:ecr:{agents.region}:{agents.id}:repository/shop/agent"
    pull = {
        "ecr:GetAuthorizationToken": "*",
        "ecr:BatchGetImage": repository,
        "ecr:GetDownloadUrlForLayer": repository,
    }
    more = tuple(
        {"Effect": "Allow", "Action": name, "Resource": resource} for name, resource in pull.items() if name != action
    )
    artifact = {"containerConfiguration": {"containerUri": IMAGE.format(account=agents.id)}}
    role = agents.execution_role(more=more)
    if not action:
        assert agents.begin(role, agentRuntimeArtifact=artifact)["status"] == "CREATING"
        return
    with pytest.raises(agents.bedrock_agentcore_control.exceptions.ValidationException, match="validating ECR URI"):
        agents.begin(role, agentRuntimeArtifact=artifact)


def test_a_trust_that_is_withdrawn_stops_the_agent_before_it_writes(agents: Agents) -> None:
    role = agents.execution_role()
    identity = agents.agent(role)
    closed = policy(agents.trust(Principal={"Service": "bedrock.amazonaws.com"}))
    agents.iam.update_assume_role_policy(RoleName=role.rpartition("/")[2], PolicyDocument=closed)
    with pytest.raises(agents.bedrock_agentcore.exceptions.AccessDeniedException, match="execution role"):
        agents.ask(identity)
    assert agents.streams(identity) is None


def test_a_trust_for_another_agent_does_not_do(agents: Agents) -> None:
    role = agents.execution_role()
    identity = agents.agent(role)
    for wanted, works in ((agents.arn(identity), True), (agents.arn("other-AbCdEfGhIj"), False)):
        trust = policy(agents.trust(Condition={"ArnEquals": {"aws:SourceArn": wanted}}))
        agents.iam.update_assume_role_policy(RoleName=role.rpartition("/")[2], PolicyDocument=trust)
        if works:
            assert agents.ask(identity)["statusCode"] == 200
        else:
            with pytest.raises(agents.bedrock_agentcore.exceptions.AccessDeniedException):
                agents.ask(identity)


# --- Memories, gateways, the rest --------------------------------------------------------------------------------


def test_a_memory_has_an_arn_that_a_delivery_can_name(agents: Agents) -> None:
    agents.settings(agentcore_change_seconds=0)
    control = agents.bedrock_agentcore_control
    name = agents.name("memory").replace("-", "_")
    made = control.create_memory(name=name, eventExpiryDuration=30, tags={"team": "shop"})["memory"]
    assert re.fullmatch(rf"arn:aws:bedrock-agentcore:us-east-1:\d{{12}}:memory/{name}-[a-zA-Z0-9]{{10}}", made["arn"])
    shown = control.get_memory(memoryId=made["id"])["memory"]
    assert (shown["status"], shown["eventExpiryDuration"]) == ("ACTIVE", 30)
    shape = control.meta.service_model.operation_model("GetMemory").output_shape
    assert missing(shape, {"memory": shown}) == []
    assert control.list_tags_for_resource(resourceArn=made["arn"])["tags"] == {"team": "shop"}
    code, message = error_of(control.create_memory, name=name, eventExpiryDuration=30)
    assert (code, "already exists" in message) == ("ValidationException", True)
    assert made["id"] in {item["id"] for item in control.list_memories()["memories"]}
    source = agents.name("source")
    agents.logs.put_delivery_source(name=source, resourceArn=made["arn"], logType="APPLICATION_LOGS")
    agents.logs.delete_delivery_source(name=source)
    control.delete_memory(memoryId=made["id"])
    assert error_of(control.get_memory, memoryId=made["id"])[0] == "ResourceNotFoundException"


def test_a_gateway_has_an_arn_and_an_address(agents: Agents) -> None:
    agents.settings(agentcore_change_seconds=0)
    control = agents.bedrock_agentcore_control
    name = agents.name("Gateway")
    given = {"name": name, "roleArn": agents.execution_role(), "protocolType": "MCP", "authorizerType": "AWS_IAM"}
    made = control.create_gateway(**given)
    assert re.fullmatch(rf"{name.lower()}-[a-z0-9]{{10}}", made["gatewayId"])
    assert made["gatewayArn"].endswith(f":gateway/{made['gatewayId']}")
    shown = control.get_gateway(gatewayIdentifier=made["gatewayId"])
    assert (shown["status"], shown["roleArn"]) == ("READY", given["roleArn"])
    assert missing(control.meta.service_model.operation_model("GetGateway").output_shape, shown) == []
    assert error_of(control.create_gateway, **given)[0] == "ConflictException"
    assert made["gatewayId"] in {item["gatewayId"] for item in control.list_gateways()["items"]}
    assert control.get_workload_identity(name=made["gatewayId"])["workloadIdentityArn"]
    control.delete_gateway(gatewayIdentifier=made["gatewayId"])
    assert error_of(control.get_gateway, gatewayIdentifier=made["gatewayId"])[0] == "ResourceNotFoundException"


def test_an_operation_that_the_sandbox_does_not_have_is_refused_by_name(agents: Agents) -> None:
    code, message = error_of(agents.bedrock_agentcore_control.list_browsers)
    assert (code, "has no row" in message) == ("AccessDeniedException", True)
