"""HostedAgentTelemetry and HostedAgentRole in anybody's own stack."""

from __future__ import annotations

import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs

from bedrock_o11y_constructs import HostedAgentRole, HostedAgentTelemetry
from tests.constructs.agent_stacks import (
    ACCOUNT,
    above_info,
    audited,
    new_stack,
    refused,
    resources,
    statements,
    synthesised,
)

GROUP = "/aws/bedrock-agentcore/runtimes/mine"
LOGS = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:"

# Typed by hand: CloudWatch user guide, OTLP endpoints, on this agent's log group and log stream alone.
GUIDE = {
    "WriteOwnLogs": (["logs:PutLogEvents"], [f"{LOGS}{GROUP}:log-stream:runtime-logs"]),
    "FindOwnLogStreams": (["logs:DescribeLogStreams"], [f"{LOGS}{GROUP}:*"]),
    "FindLogGroups": (["logs:DescribeLogGroups"], [f"{LOGS}*"]),
    "WriteTraces": (["xray:PutTraceSegments"], ["*"]),
}


def new_role(stack, host="ecs", **props):
    return HostedAgentRole(stack, "Agent", **({"agent_name": "mine", "host": host, "log_group_name": GROUP} | props))


@pytest.mark.parametrize("host", ["lambda", "ecs", "ec2", "eks"])
def test_the_role_of_each_host_may_be_heard_and_no_more(host, tmp_path):
    stack = new_stack(outdir=tmp_path)
    new_role(stack, host)
    template = synthesised(stack)
    assert {sid: (each["Action"], each["Resource"]) for sid, each in statements(template).items()} == GUIDE
    assert above_info(audited(tmp_path / "Mine.template.json")) == []
    assert len(resources(template, "AWS::IAM::InstanceProfile")) == (host == "ec2")


def test_pods_may_tag_the_session_and_only_from_this_account():
    stack = new_stack()
    new_role(stack, "eks")
    (role,) = resources(synthesised(stack), "AWS::IAM::Role").values()
    (trusted,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    assert trusted["Condition"] == {"StringEquals": {"aws:SourceAccount": [ACCOUNT]}}


def test_an_existing_role_gets_one_policy_and_is_otherwise_left_alone():
    stack = new_stack()
    existing = iam.Role.from_role_arn(stack, "Existing", f"arn:aws:iam::{ACCOUNT}:role/theirs")
    HostedAgentRole.from_existing(stack, "Agent", existing, agent_name="mine", log_group_name=GROUP)
    template = synthesised(stack)
    (policy,) = resources(template, "AWS::IAM::ManagedPolicy").values()
    assert policy["Roles"] == ["theirs"]
    assert set(statements(template)) == set(GUIDE)
    assert resources(template, "AWS::IAM::Role") == {}


def test_a_role_without_the_source_of_ecs_is_told_by_the_audit(tmp_path):
    stack = new_stack(outdir=tmp_path)
    theirs = iam.Role(stack, "Theirs", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
    HostedAgentRole.from_existing(stack, "Agent", theirs, agent_name="mine", log_group_name=GROUP)
    synthesised(stack)
    found = {rule for rule, *_ in above_info(audited(tmp_path / "Mine.template.json"))}
    assert found == {"trust-source-account", "trust-source-arn"}


def test_a_role_that_lacks_a_right_is_told_by_the_audit(tmp_path):
    stack = new_stack(outdir=tmp_path)
    theirs = iam.Role(stack, "Theirs", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    write = iam.PolicyStatement(actions=["logs:PutLogEvents"], resources=[f"{LOGS}{GROUP}:log-stream:runtime-logs"])
    theirs.add_to_principal_policy(write)
    synthesised(stack)
    missing = {actions for rule, _, actions, _ in above_info(audited(tmp_path / "Mine.template.json"))}
    assert missing == {("logs:DescribeLogStreams",), ("logs:DescribeLogGroups",), ("xray:PutTraceSegments",)}


def test_the_log_group_is_encrypted_masked_tagged_and_kept():
    stack = new_stack()
    telemetry = HostedAgentTelemetry(stack, "Telemetry", agent_name="mine", encryption_key=kms.Key(stack, "Key"))
    template = synthesised(stack)
    assert telemetry.log_group_name == GROUP
    kept = [each for each in template["Resources"].values() if each["Type"].startswith("AWS::Logs::")]
    assert {each["DeletionPolicy"] for each in kept} == {"RetainExceptOnCreate"}
    (group,) = resources(template, "AWS::Logs::LogGroup").values()
    assert group["RetentionInDays"] == 365
    assert group["Tags"] == [{"Key": "bedrock-o11y:stack", "Value": "Mine"}]
    assert group["DataProtectionPolicy"]
    (statement,) = group["ResourcePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": ["xray.amazonaws.com"]}
    assert statement["Resource"] == [f"{LOGS}{GROUP}:*"]
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": [ACCOUNT]}
    (key,) = resources(template, "AWS::KMS::Key").values()
    assert f"{LOGS}{GROUP}" in str(key["KeyPolicy"])


def test_existing_log_groups_share_one_resource_policy_and_are_not_touched():
    stack = new_stack()
    for name in ("one", "two"):
        existing = logs.LogGroup.from_log_group_name(stack, name, f"/agents/{name}")
        HostedAgentTelemetry(stack, f"{name}Telemetry", agent_name=name, log_group=existing)
    template = synthesised(stack)
    assert {each["Type"] for each in template["Resources"].values()} == {"AWS::Logs::ResourcePolicy"}
    (policy,) = resources(template, "AWS::Logs::ResourcePolicy").values()
    assert f"{LOGS}/agents/one:*" in policy["PolicyDocument"]
    assert f"{LOGS}/agents/two:*" in policy["PolicyDocument"]
    assert policy["PolicyName"] == "Mine-SpansOfAgents"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            lambda stack: new_role(stack, "elsewhere"),
            "host 'elsewhere' assumes no role; expected lambda,",
        ),
        (lambda stack: new_role(stack, "moon"), "host 'moon' assumes no role"),
        (
            lambda stack: HostedAgentRole.from_existing(
                stack,
                "Agent",
                iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::000000000000:role/theirs"),
                agent_name="mine",
                log_group_name=GROUP,
            ),
            f"has the account 000000000000; expected {ACCOUNT}",
        ),
        (
            lambda stack: HostedAgentTelemetry(
                stack,
                "Telemetry",
                agent_name="mine",
                log_group=logs.LogGroup.from_log_group_name(stack, "Group", "/theirs"),
                log_group_name="/mine",
            ),
            "log_group has a name of its own",
        ),
        (
            lambda stack: HostedAgentTelemetry(stack, "Telemetry", agent_name="mine", log_stream_name="a:b"),
            "log_stream_name 'a:b' cannot stand in a header",
        ),
        (
            lambda stack: HostedAgentTelemetry(stack, "Telemetry", agent_name="mine", retention_days=8),
            "CloudWatch Logs knows no retention of 8 days",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(make, said):
    with refused() as lines:
        make(new_stack())
    assert said in lines[0]
