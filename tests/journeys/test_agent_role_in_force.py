"""A deployed execution role can make each call that its agent needs, and no other: an agent makes the calls with it.

The calls are made where the role is at work, by a program that AgentCore Runtime runs with it. Tools behind a gateway
are called by HTTP and not by an operation of AWS's API, which the sandbox does not serve: of `grant_gateway` the policy
that it makes is read.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk import aws_iam as iam

from bedrock_o11y_constructs import AgentExecutionRole
from tests.journeys.agent_calls import ACCOUNT, PROFILE, REPOSITORY, SIGN_IN, Made, image, needed, no_business
from tests.journeys.roles_in_account import document

from .conftest import FLAGS

if TYPE_CHECKING:
    from .conftest import Journey

pytestmark = pytest.mark.sandbox

PROGRAM = Path(__file__).with_name("calling_agent.py")
DEPLOYED, CONTAINER, EXISTING = "deployed_agent", "container_agent", "existing_agent"
GATEWAY = f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:gateway/tools-abcdefghij"
SETTINGS = """
invocation_logging: {enabled: false}
agents:
  - {name: %s, deployment: direct-code, models: [%s], memories: [%s], gateways: [%s]}
  - {name: %s, repository: %s, models: [%s], memories: [%s], gateways: [%s]}
"""
IMAGE = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/{REPOSITORY}:latest"
CODE = {
    "codeConfiguration": {
        "code": {"s3": {"bucket": "agent-code", "prefix": "agent.zip"}},
        "runtime": "PYTHON_3_13",
        "entryPoint": ["main.py"],
    }
}


@pytest.fixture(scope="module")
def memory(journey: Journey) -> str:
    control = journey.sandbox.client("bedrock-agentcore-control")
    return str(control.create_memory(name="own_memory", eventExpiryDuration=30)["memory"]["arn"])


@pytest.fixture(scope="module")
def agents(journey: Journey, memory: str) -> dict[str, str]:
    """The ARNs of three agents: two with roles of the stack, one with a role that was there before."""
    uses = (PROFILE, memory, GATEWAY)
    assembly = journey.synth(SETTINGS % (DEPLOYED, *uses, CONTAINER, REPOSITORY, *uses))
    deploy = journey.deploy(assembly)
    assert deploy.returncode == 0, deploy.stdout + deploy.stderr
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "bedrock-agentcore.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    }
    journey.sandbox.client("iam").create_role(RoleName="was-there", AssumeRolePolicyDocument=document(trust))
    deploy = journey.deploy(existing(journey, memory))
    assert deploy.returncode == 0, deploy.stdout + deploy.stderr
    control = journey.sandbox.client("bedrock-agentcore-control")
    (journey.sandbox.directory / "services.json").write_text(json.dumps({"agentcore_change_seconds": 0}))
    return {
        name: control.create_agent_runtime(
            agentRuntimeName=name,
            agentRuntimeArtifact={"containerConfiguration": {"containerUri": IMAGE}} if name == CONTAINER else CODE,
            roleArn=role_of(journey, name),
            networkConfiguration={"networkMode": "PUBLIC"},
        )["agentRuntimeArn"]
        for name in (DEPLOYED, CONTAINER, EXISTING)
    }


def existing(journey: Journey, memory: str) -> Path:
    out = journey.folder / "existing"
    app = App(context=FLAGS, outdir=str(out))
    stack = Stack(app, "Existing", env=Environment(account=ACCOUNT, region="us-east-1"))
    role = iam.Role.from_role_name(stack, "Role", "was-there")
    agent = AgentExecutionRole.from_existing(stack, "Agent", role, agent_name=EXISTING, deployment="direct-code")
    agent.grant_model(PROFILE)
    agent.grant_memory(memory)
    agent.grant_gateway(GATEWAY)
    app.synth()
    return out


def role_of(journey: Journey, agent: str) -> str:
    if agent == EXISTING:
        return f"arn:aws:iam::{ACCOUNT}:role/was-there"
    (stack,) = journey.sandbox.client("cloudformation").describe_stacks(StackName="BedrockO11y-Agents")["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    return str(outputs[f"{agent.replace('_', '')}RoleArn"])


def refusals(journey: Journey, arn: str, calls: list[Made]) -> list[str]:
    """What each call is refused with, made by the agent itself."""
    with journey.sandbox.running_agent(sys.executable, str(PROGRAM)):
        answer = journey.sandbox.client("bedrock-agentcore").invoke_agent_runtime(
            agentRuntimeArn=arn, payload=json.dumps({"calls": [asdict(call) for call in calls]})
        )
        found: list[str] = json.loads(answer["response"].read())
    assert len(found) == len(calls)
    return found


def id_of(memory: str) -> str:
    return memory.rpartition("/")[2]


@pytest.mark.parametrize("agent", [DEPLOYED, CONTAINER, EXISTING])
def test_the_agent_can_make_each_call_that_its_purpose_needs(
    journey: Journey, agents: dict[str, str], memory: str, agent: str
) -> None:
    calls = [*needed(agent, id_of(memory)), *([*image(), SIGN_IN] if agent == CONTAINER else [])]
    answered = zip(calls, refusals(journey, agents[agent], calls), strict=True)
    assert [f"{call}: {refused}" for call, refused in answered if refused] == []


@pytest.mark.parametrize("agent", [DEPLOYED, CONTAINER, EXISTING])
def test_the_agent_can_make_no_call_that_is_none_of_its_business(
    journey: Journey, agents: dict[str, str], memory: str, agent: str
) -> None:
    before = journey.inventory()
    calls = [*no_business(agent, id_of(memory)), *([] if agent == CONTAINER else [*image(), SIGN_IN])]
    answered = zip(calls, refusals(journey, agents[agent], calls), strict=True)
    assert [str(call) for call, refused in answered if not refused] == []
    after = journey.inventory()
    assert after["roles"] == before["roles"]
    assert after["settings"] == before["settings"]


@pytest.mark.parametrize("agent", [DEPLOYED, CONTAINER, EXISTING])
def test_a_gateway_may_be_called_and_no_other(journey: Journey, agents: dict[str, str], agent: str) -> None:
    assert agents
    role = role_of(journey, agent).rpartition("/")[2]
    client, allowed = journey.sandbox.client("iam"), set[str]()
    for attached in client.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        version = client.get_policy(PolicyArn=attached["PolicyArn"])["Policy"]["DefaultVersionId"]
        found = client.get_policy_version(PolicyArn=attached["PolicyArn"], VersionId=version)["PolicyVersion"]
        for statement in found["Document"]["Statement"]:
            if "bedrock-agentcore:InvokeGateway" in listed(statement["Action"]):
                allowed.update(listed(statement["Resource"]))
    assert allowed == {GATEWAY}


def listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
