"""What AgentExecutionRole refuses at synth: in one line, with what, where and what is expected."""

from __future__ import annotations

import pytest
from aws_cdk import Environment
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Annotations, Match
from cfnlint.helpers import REGIONS
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from bedrock_o11y.blueprint import regions
from bedrock_o11y_constructs import AgentExecutionRole
from tests.constructs.agent_stacks import (
    ACCOUNT,
    FLAGS,
    MODEL,
    new_agent,
    new_stack,
    refused,
    resources,
    statements,
    synthesised,
)

AGENTCORE = f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/agents/mine"


@pytest.mark.parametrize(
    ("props", "expected"),
    [
        ({"agent_name": "my-agent"}, "agent_name 'my-agent' is no name of an agent; expected a letter, then up to 47"),
        ({"agent_name": "1agent"}, "'1agent' is no name"),
        ({"agent_name": ""}, "'' is no name"),
        ({"agent_name": "a" * 49}, "is no name"),
        ({"agent_name": "agent\n"}, "is no name"),
        ({"agent_name": "*"}, "is no name"),
        ({"deployment": "lambda"}, "deployment 'lambda' is not known; expected container or direct-code"),
        ({"deployment": "direct-code", "repository": "mine"}, "has no image; leave repository out"),
        ({"repository": "My/Agent"}, "'My/Agent' is no name of a repository; expected my/agent, without registry"),
        ({"repository": "mine:latest"}, "'mine:latest' is no name of a repository"),
        ({"repository": "*"}, "'*' is no name of a repository"),
        (
            {"repository": f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/mine"},
            "expected my/agent, without registry and tag, or a repository of the CDK",
        ),
        (
            {"runtime_arn": "my_agent-AbCdEf1234"},
            "runtime_arn 'my_agent-AbCdEf1234' is no ARN; expected arn:PARTITION:",
        ),
        (
            {"runtime_arn": f"{AGENTCORE}memory/my_agent-AbCdEf1234"},
            "is of another kind; expected an ARN that ends in runtime/ID",
        ),
        ({"runtime_arn": f"{AGENTCORE}runtime/other-AbCdEf1234"}, "is of another agent; expected runtime/my_agent-ID"),
        (
            {"runtime_arn": "arn:aws:bedrock-agentcore:us-east-1:000000000000:runtime/my_agent-AbCdEf1234"},
            f"has the account 000000000000; expected {ACCOUNT}",
        ),
        (
            {"runtime_arn": f"arn:aws:bedrock-agentcore:eu-west-1:{ACCOUNT}:runtime/my_agent-AbCdEf1234"},
            "has the Region eu-west-1; expected us-east-1",
        ),
        (
            {"runtime_arn": f"arn:aws-us-gov:bedrock-agentcore:us-east-1:{ACCOUNT}:runtime/my_agent-AbCdEf1234"},
            "has the partition aws-us-gov; expected aws",
        ),
    ],
)
def test_a_bad_value_is_refused_in_one_line(props, expected):
    with refused() as lines:
        new_agent(new_stack(), **props)
    assert lines[0].startswith("Mine/Agent: ")
    assert expected in lines[0]


@pytest.mark.parametrize("grant", ["grant_memory", "grant_gateway"])
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("my-memory", "is no ARN"),
        ("arn:aws:bedrock-agentcore:us-east-1:000000000000:{}/a-AbCdEf1234", "has the account 000000000000"),
        (f"arn:aws:bedrock-agentcore:eu-west-1:{ACCOUNT}:{{}}/a-AbCdEf1234", "has the Region eu-west-1"),
        (f"arn:aws-cn:bedrock-agentcore:us-east-1:{ACCOUNT}:{{}}/a-AbCdEf1234", "has the partition aws-cn"),
        (f"arn:aws:bedrock:us-east-1:{ACCOUNT}:{{}}/a-AbCdEf1234", "has the service bedrock"),
        (f"{AGENTCORE}runtime/a-AbCdEf1234", "is of another kind"),
        (f"{AGENTCORE}{{}}/", "is of another kind"),
        (None, "a NoneType is no "),
    ],
)
def test_what_is_no_memory_or_gateway_of_this_account_is_refused(grant, given, expected):
    agent = new_agent(new_stack())
    with refused() as lines:
        getattr(agent, grant)(given.format(grant.removeprefix("grant_")) if given else given)
    assert expected in lines[0]


@pytest.mark.parametrize("region", regions.UNLISTED[regions.RUNTIME])
def test_a_region_without_agents_is_refused_with_the_day_of_the_data(region):
    with refused() as lines:
        new_agent(new_stack(Environment(account=ACCOUNT, region=region)))
    assert f"AWS::BedrockAgentCore::Runtime is not listed for the Region {region} (data of 2026-10-20)" in lines[0]


@pytest.mark.parametrize(
    ("props", "context"),
    [({"allow_unlisted_region": True}, {}), ({}, {"bedrock-o11y:allow-unlisted-regions": True})],
    ids=["parameter", "context"],
)
def test_a_region_that_has_come_since_is_allowed_with_a_warning(props, context):
    stack = new_stack(Environment(account=ACCOUNT, region="eu-central-2"), context=FLAGS | context)
    new_agent(stack, **props)
    Annotations.from_stack(stack).has_warning("/Mine/Agent", Match.string_like_regexp("not listed for .* eu-central-2"))
    assert resources(synthesised(stack), "AWS::IAM::Role")


# The lists of China are copies of others: what they lack and what they have says nothing.
BELIEVED = [region for region in REGIONS if not region.startswith("cn-")]


@pytest.mark.parametrize("resource_type", regions.UNLISTED)
def test_the_regions_are_those_of_the_lists_that_cfn_lint_carries(resource_type):
    """Fails when the lists have become newer than the data: then the data wants its new day."""
    listed = {region: PROVIDER_SCHEMA_MANAGER.get_resource_types(region) for region in BELIEVED}
    unlisted = {region for region, types in listed.items() if resource_type not in types}
    assert set(regions.UNLISTED[resource_type]) == unlisted


@pytest.mark.parametrize("region", ["eu-south-2", "us-west-1", "ap-southeast-7"])
def test_a_memory_is_refused_where_agents_are_and_memories_are_not(region):
    stack = new_stack(Environment(account=ACCOUNT, region=region))
    agent = new_agent(stack)
    with refused() as lines:
        agent.grant_memory(f"arn:aws:bedrock-agentcore:{region}:{ACCOUNT}:memory/mine-AbCdEf1234")
    assert f"AWS::BedrockAgentCore::Memory is not listed for the Region {region} (data of 2026-10-20)" in lines[0]
    agent.grant_gateway(f"arn:aws:bedrock-agentcore:{region}:{ACCOUNT}:gateway/mine-abcdef1234")


def test_a_container_whose_image_nobody_names_is_refused():
    stack = new_stack()
    new_agent(stack, repository=None)
    with refused() as lines:
        synthesised(stack)
    assert "repository is missing: the agent could not pull its image; expected repository=" in lines[0]


def imported(**options):
    return lambda stack: iam.Role.from_role_arn(stack, "Role", ROLE_ARN, **options)


def of_this_app(stack):
    return iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("bedrock-agentcore.amazonaws.com"))


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (imported(mutable=False), "role Mine/Role cannot be changed, so nothing would be attached; import it with"),
        (
            lambda stack: iam.Role.from_role_name(stack, "Role", "mine", mutable=False),
            "role Mine/Role cannot be changed",
        ),
        (lambda stack: of_this_app(stack).without_policy_updates(), "role Mine/ImmutableRoleRole cannot be changed"),
        (
            lambda stack: iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::000000000000:role/mine"),
            f"has the account 000000000000; expected {ACCOUNT}",
        ),
    ],
    ids=["by-arn", "by-name", "without-policy-updates", "other-account"],
)
def test_a_role_that_the_cdk_leaves_alone_is_refused(role, expected):
    stack = new_stack()
    with refused() as lines:
        AgentExecutionRole.from_existing(stack, "Agent", role(stack), agent_name="my_agent")
    assert expected in lines[0]


@pytest.mark.parametrize(
    "role",
    [imported(), lambda stack: iam.Role.from_role_name(stack, "Role", "mine"), of_this_app],
    ids=["by-arn", "by-name", "of-this-app"],
)
@pytest.mark.parametrize("deployment", ["container", "direct-code"])
def test_an_existing_role_gets_the_same_in_policies_of_their_own(role, deployment):
    stack = new_stack()
    existing = role(stack)
    before = alone(role)
    props = {"repository": "team/agent"} if deployment == "container" else {}
    agent = AgentExecutionRole.from_existing(
        stack, "Agent", existing, agent_name="my_agent", deployment=deployment, path="/agents/", **props
    )
    agent.grant_model(MODEL)
    assert agent.role is existing
    template = synthesised(stack)
    fresh = new_stack()
    new_agent(fresh, deployment=deployment).grant_model(MODEL)
    assert statements(template) == statements(synthesised(fresh))
    name = {"Ref": next(iter(before))} if before else "mine"
    policies = resources(template, "AWS::IAM::ManagedPolicy").values()
    assert [(policy["Roles"], policy["Path"]) for policy in policies] == [([name], "/agents/")] * 2
    assert resources(template, "AWS::IAM::Role") == before, "the role itself is left alone"


def alone(role):
    """The roles of a stack that has nothing else but a role."""
    stack = new_stack()
    made = role(stack)
    return resources(synthesised(stack), "AWS::IAM::Role") if isinstance(made, iam.Role) else {}


@pytest.mark.parametrize(
    ("props", "expected"),
    [
        ({"agent_name": "my-agent"}, "'my-agent' is no name of an agent"),
        ({"deployment": "lambda"}, "deployment 'lambda' is not known"),
        ({"repository": "Mine"}, "'Mine' is no name of a repository"),
    ],
)
def test_an_existing_role_is_no_excuse_for_a_bad_value(props, expected):
    stack = new_stack()
    with refused() as lines:
        AgentExecutionRole.from_existing(stack, "Agent", imported()(stack), **{"agent_name": "my_agent"} | props)
    assert expected in lines[0]
