"""AgentExecutionRole in anybody's own stack: trust, grants, and what the audit says of it."""

from __future__ import annotations

import json
from datetime import date

import pytest
from aws_cdk import App, CfnParameter, Environment, Fn, Stack
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from bedrock_o11y_constructs import AgentExecutionRole
from tests.constructs.agent_stacks import (
    ACCOUNT,
    FLAGS,
    HERE,
    MODEL,
    TODAY,
    above_info,
    audited,
    new_agent,
    new_stack,
    resources,
    statements,
    synthesised,
)

LOGS = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:"
OWN_GROUPS = f"{LOGS}/aws/bedrock-agentcore/runtimes/my_agent-*"
AGENTCORE = f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:"
RUNTIME_ARN = f"{AGENTCORE}runtime/my_agent-AbCdEf1234"
MEMORY_ARN = f"{AGENTCORE}memory/my_memory-AbCdEf1234"
GATEWAY_ARN = f"{AGENTCORE}gateway/my-gateway-abcdef1234"

# Typed by hand from the guide's policy for containers, with the agent's name where the guide has a star or agentName.
GUIDE = {
    ("logs:CreateLogGroup", OWN_GROUPS),
    ("logs:DescribeLogStreams", OWN_GROUPS),
    ("logs:PutResourcePolicy", OWN_GROUPS),
    ("logs:DescribeLogGroups", f"{LOGS}*"),
    ("logs:CreateLogStream", f"{OWN_GROUPS}:log-stream:*"),
    ("logs:PutLogEvents", f"{OWN_GROUPS}:log-stream:*"),
    ("xray:PutTraceSegments", "*"),
    ("xray:PutTelemetryRecords", "*"),
    ("xray:GetSamplingRules", "*"),
    ("xray:GetSamplingTargets", "*"),
    ("cloudwatch:PutMetricData", "*"),
}
GUIDE_IMAGE = {
    ("ecr:BatchGetImage", f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/team/agent"),
    ("ecr:GetDownloadUrlForLayer", f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/team/agent"),
    ("ecr:GetAuthorizationToken", "*"),
}
GUIDE_TOKENS = {
    (f"bedrock-agentcore:GetWorkloadAccessToken{kind}", f"{AGENTCORE}workload-identity-directory/default{name}")
    for kind in ("", "ForJWT")
    for name in ("", "/workload-identity/my_agent-*")
}


def allowed(template):
    return {
        (action, resource)
        for statement in statements(template).values()
        if statement["Effect"] == "Allow"
        for action in statement["Action"]
        for resource in statement["Resource"]
    }


def trust_of(template):
    (role,) = resources(template, "AWS::IAM::Role").values()
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    return statement


@pytest.fixture(scope="module")
def container():
    stack = new_stack()
    new_agent(stack)
    return synthesised(stack)


def test_a_container_gets_what_the_guide_says_for_this_agent_alone(container):
    assert allowed(container) == GUIDE | GUIDE_IMAGE


def test_metrics_are_published_in_one_namespace_only(container):
    assert statements(container)["PublishMetrics"]["Condition"] == {
        "StringEquals": {"cloudwatch:namespace": ["bedrock-agentcore"]}
    }


def test_an_archive_of_code_has_no_image_to_pull():
    stack = new_stack()
    new_agent(stack, deployment="direct-code")
    assert allowed(synthesised(stack)) == GUIDE


def test_the_token_for_any_user_id_is_denied(container):
    (denied,) = (one for one in statements(container).values() if one["Effect"] == "Deny")
    assert denied["Action"] == ["bedrock-agentcore:GetWorkloadAccessTokenForUserId"]
    assert denied["Resource"] == ["*"]


def test_without_jwt_only_nothing_is_denied_and_nothing_more_is_allowed():
    stack = new_stack()
    new_agent(stack, jwt_only=False)
    template = synthesised(stack)
    assert allowed(template) == GUIDE | GUIDE_IMAGE
    assert all(one["Effect"] == "Allow" for one in statements(template).values())


def test_agentcore_assumes_the_role_for_this_agent_of_this_account(container):
    assert trust_of(container) == {
        "Action": "sts:AssumeRole",
        "Effect": "Allow",
        "Principal": {"Service": "bedrock-agentcore.amazonaws.com"},
        "Condition": {
            "StringEquals": {"aws:SourceAccount": [ACCOUNT]},
            "ArnLike": {"aws:SourceArn": [f"{AGENTCORE}runtime/my_agent-*"]},
        },
    }


@pytest.mark.parametrize("arn", [RUNTIME_ARN, Fn.import_value("TheRuntimeArn")], ids=["text", "token"])
def test_trust_is_pinned_to_the_agent_that_is_there(arn):
    stack = new_stack()
    new_agent(stack, runtime_arn=arn)
    (pinned,) = trust_of(synthesised(stack))["Condition"]["ArnLike"]["aws:SourceArn"]
    assert pinned == (RUNTIME_ARN if arn == RUNTIME_ARN else {"Fn::ImportValue": "TheRuntimeArn"})


@pytest.mark.parametrize(
    ("created", "unified_spans", "spans", "tokens"),
    [
        (None, None, True, False),
        (date(2026, 7, 20), None, True, False),
        (date(2026, 7, 19), None, False, False),
        (date(2026, 7, 19), True, True, False),
        (date(2026, 7, 20), False, False, False),
        (date(2025, 10, 13), None, False, False),
        (date(2025, 10, 12), None, False, True),
        (date(2025, 10, 12), True, True, True),
    ],
)
def test_the_day_of_the_agent_decides_over_span_delivery_and_workload_tokens(created, unified_spans, spans, tokens):
    stack = new_stack()
    new_agent(stack, created=created, unified_spans=unified_spans)
    expected = GUIDE if spans else {one for one in GUIDE if one[0] != "logs:PutResourcePolicy"}
    assert allowed(synthesised(stack)) == expected | GUIDE_IMAGE | (GUIDE_TOKENS if tokens else set())


ENVIRONMENTS = {
    "agnostic": None,
    "aws": HERE,
    "aws-cn": Environment(account=ACCOUNT, region="cn-north-1"),
    "aws-us-gov": Environment(account=ACCOUNT, region="us-gov-west-1"),
}


JUDGED = [
    *[
        (environment, flags, deployment, TODAY)
        for environment in ENVIRONMENTS
        for flags in ({}, FLAGS)
        for deployment in ("container", "direct-code")
    ],
    *[("aws", FLAGS, "container", day) for day in (date(2026, 1, 1), date(2025, 1, 1))],
]


@pytest.mark.parametrize(
    ("environment", "flags", "deployment", "created"),
    JUDGED,
    ids=[f"{place}-{'all' if flags else 'no'}-flags-{kind}-{day}" for place, flags, kind, day in JUDGED],
)
def test_the_audit_finds_nothing_missing_and_nothing_too_much(environment, flags, deployment, created, tmp_path):
    stack = new_stack(ENVIRONMENTS[environment], context=flags, outdir=tmp_path)
    props = {"repository": ecr.Repository(stack, "Images")} if deployment == "container" else {}
    agent = new_agent(stack, deployment=deployment, created=created, **props)
    for model in (MODEL, "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"):
        agent.grant_model(model)
    own = f"arn:{stack.partition}:bedrock-agentcore:{stack.region}:{stack.account}:"
    agent.grant_gateway(f"{own}gateway/g-abcdef1234")
    agent.grant_memory(f"{own}memory/m-AbCdEf1234")
    if environment in ("aws", "agnostic"):
        agent.grant_memory(agentcore.CfnMemory(stack, "Memory", event_expiry_duration=30, name="m"), forget=True)
    synthesised(stack)
    report = audited(tmp_path, created=created)
    assert (report.kind, report.kind_title) == ("agentcore-runtime", f"AgentCore runtime execution role ({deployment})")
    assert report.unread == ()
    assert above_info(report) == []
    assert above_info(audited(tmp_path, created=created, kind=f"agentcore-runtime:{deployment}")) == []


def test_the_audit_sees_what_is_taken_from_this_role_and_what_is_added(tmp_path):
    """Or the test above would prove nothing."""
    stack = new_stack(outdir=tmp_path)
    new_agent(stack).grant_model(MODEL)
    template = synthesised(stack)
    (needs,) = (one for id, one in resources(template, "AWS::IAM::ManagedPolicy").items() if "Needs" in id)
    spans = next(one for one in needs["PolicyDocument"]["Statement"] if one["Sid"] == "LetSpansIntoOwnLogGroup")
    spans.update(Action="logs:DeleteLogGroup", Resource="*")
    (tmp_path / "changed.json").write_text(json.dumps(template))
    found = {(rule, actions) for rule, _, actions, _ in above_info(audited(tmp_path / "changed.json"))}
    assert found == {("missing-grant", ("logs:PutResourcePolicy",)), ("excess-action", ("logs:DeleteLogGroup",))}


def test_without_a_model_only_the_model_is_missing(tmp_path):
    stack = new_stack(outdir=tmp_path)
    new_agent(stack)
    synthesised(stack)
    found = {(rule, actions) for rule, _, actions, _ in above_info(audited(tmp_path))}
    assert found == {
        ("missing-grant", ("bedrock:InvokeModel",)),
        ("missing-grant", ("bedrock:InvokeModelWithResponseStream",)),
    }


def test_name_path_and_boundary_reach_the_role_and_its_policies():
    stack = new_stack()
    boundary = iam.ManagedPolicy.from_managed_policy_name(stack, "Boundary", "boundary")
    agent = new_agent(stack, role_name="agent-role", path="/agents/", permissions_boundary=boundary)
    agent.grant_model(MODEL)
    template = synthesised(stack)
    (role,) = resources(template, "AWS::IAM::Role").values()
    assert (role["RoleName"], role["Path"]) == ("agent-role", "/agents/")
    assert role["PermissionsBoundary"] == f"arn:aws:iam::{ACCOUNT}:policy/boundary"
    policies = resources(template, "AWS::IAM::ManagedPolicy").values()
    assert [policy["Path"] for policy in policies] == ["/agents/", "/agents/"]


@pytest.mark.parametrize("forget", [False, True])
def test_a_memory_is_read_and_written_and_only_on_demand_forgotten(forget):
    stack = new_stack()
    new_agent(stack).grant_memory(MEMORY_ARN, forget=forget)
    template = synthesised(stack)
    about = {action for action, resource in allowed(template) if resource == MEMORY_ARN}
    deletes = {"bedrock-agentcore:DeleteEvent", "bedrock-agentcore:DeleteMemoryRecord"}
    assert {"bedrock-agentcore:CreateEvent", "bedrock-agentcore:RetrieveMemoryRecords"} <= about
    assert about & deletes == (deletes if forget else set())
    assert {resource for action, resource in allowed(template) if "Memory" in action or "Event" in action} - {
        f"{OWN_GROUPS}:log-stream:*"
    } == {MEMORY_ARN}


def test_constructs_are_as_good_as_their_arns():
    stack = new_stack()
    agent = new_agent(stack)
    agent.grant_memory(agentcore.Memory(stack, "Memory", memory_name="mine"))
    agent.grant_gateway(agentcore.Gateway(stack, "Gateway", gateway_name="mine"))
    agent.grant_gateway(GATEWAY_ARN)
    found = statements(synthesised(stack))
    (memory,) = found["UseMemory"]["Resource"]
    assert f'"{AGENTCORE}memory/", {{"Fn::GetAtt": ["Memory' in json.dumps(memory)
    assert found["InvokeGateways"]["Action"] == ["bedrock-agentcore:InvokeGateway"]
    gateways = found["InvokeGateways"]["Resource"]
    assert GATEWAY_ARN in gateways
    (gateway,) = (one for one in gateways if one != GATEWAY_ARN)
    assert f'"{AGENTCORE}gateway/", {{"Fn::GetAtt": ["Gateway' in json.dumps(gateway)


def test_what_is_granted_twice_stands_there_once():
    stack = new_stack()
    agent = new_agent(stack)
    for _ in range(2):
        agent.grant_model(MODEL)
        agent.grant_memory(MEMORY_ARN)
    found = statements(synthesised(stack))
    assert found["BedrockModelInvocation"]["Resource"] == [f"arn:aws:bedrock:us-east-1::foundation-model/{MODEL}"]
    assert found["UseMemory"]["Resource"] == [MEMORY_ARN]


@pytest.mark.parametrize("grantee", [lambda agent: agent, lambda agent: agent.role], ids=["construct", "role"])
def test_other_constructs_grant_to_it_as_to_any_role(grantee):
    stack = new_stack()
    s3.Bucket(stack, "Documents").grant_read(grantee(new_agent(stack)))
    (statement,) = statements(synthesised(stack), "AWS::IAM::Policy").values()
    assert "s3:GetObject*" in statement["Action"]


def test_what_a_person_adds_is_added_even_if_it_is_wider():
    """Only the statements that the CDK's Runtime makes by itself are left out."""
    stack = new_stack()
    new_agent(stack).role.add_to_principal_policy(
        iam.PolicyStatement(sid="Mine", actions=["logs:PutLogEvents"], resources=["*"])
    )
    assert statements(synthesised(stack), "AWS::IAM::Policy")["Mine"]["Resource"] == ["*"]


@pytest.mark.parametrize("flags", [{}, FLAGS], ids=["no-flags", "all-flags"])
def test_a_name_that_only_the_deploy_knows_is_accepted(flags):
    stack = new_stack(None, context=flags)
    name = CfnParameter(stack, "Name").value_as_string
    new_agent(stack, agent_name=name, repository=Fn.import_value("Repository"))
    text = json.dumps(synthesised(stack))
    assert 'log-group:/aws/bedrock-agentcore/runtimes/", {"Ref": "Name"}, "-*"' in text
    assert '"Fn::ImportValue": "Repository"' in text


def test_a_repository_of_another_account_is_named_by_its_arn():
    stack = new_stack()
    arn = "arn:aws:ecr:us-east-1:000000000000:repository/shared/agent"
    new_agent(stack, repository=ecr.Repository.from_repository_arn(stack, "Shared", arn))
    assert statements(synthesised(stack))["ECRImageAccess"]["Resource"] == [arn]


def test_the_policies_belong_to_the_role_so_that_what_waits_for_it_waits_for_them():
    stack = new_stack()
    agent = new_agent(stack)
    agent.grant_model(MODEL)
    runtime = agentcore.CfnRuntime(
        stack,
        "Runtime",
        agent_runtime_name="my_agent",
        agent_runtime_artifact={
            "containerConfiguration": {"containerUri": f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/team/agent:1"}
        },
        network_configuration={"networkMode": "PUBLIC"},
        role_arn=agent.role.role_arn,
    )
    runtime.node.add_dependency(agent.role)
    template = synthesised(stack)
    assert set(template["Resources"]["Runtime"]["DependsOn"]) == {
        *resources(template, "AWS::IAM::Role"),
        *resources(template, "AWS::IAM::ManagedPolicy"),
    }


def test_two_agents_of_one_stack_do_not_meet():
    stack = new_stack()
    for name in ("first", "second"):
        AgentExecutionRole(stack, name, agent_name=name, deployment="direct-code")
    template = synthesised(stack)
    texts = [json.dumps(policy) for policy in resources(template, "AWS::IAM::ManagedPolicy").values()]
    assert [("first-*" in text, "second-*" in text) for text in texts] == [(True, False), (False, True)]


def test_a_role_of_one_stack_serves_an_agent_of_another(tmp_path):
    app = App(context=FLAGS, outdir=str(tmp_path))
    first, second = Stack(app, "Mine", env=HERE), Stack(app, "Other", env=HERE)
    agent = new_agent(first)
    agentcore.Runtime(
        second,
        "Runtime",
        runtime_name="my_agent",
        execution_role=agent.role,
        agent_runtime_artifact=agentcore.AgentRuntimeArtifact.from_ecr_repository(
            ecr.Repository.from_repository_name(second, "Images", "team/agent"), "1"
        ),
    )
    assert allowed(synthesised(first)) == GUIDE | GUIDE_IMAGE
