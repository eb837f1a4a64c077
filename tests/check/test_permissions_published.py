"""The permissions that are published for a reader are those that the rungs need."""

from __future__ import annotations

from bedrock_o11y.blueprint import permissions
from bedrock_o11y.check.ladder import LADDER, actions_of


def test_every_action_of_every_rung_is_among_the_published_ones() -> None:
    published = {
        action for grant in (*permissions.READER_GRANTS, *permissions.CANARY_GRANTS) for action in grant.actions
    }
    needed = {action for spec in LADDER for action in actions_of(spec)}
    assert needed <= published


def test_the_actions_of_the_ladder_are_these() -> None:
    assert {action for spec in LADDER for action in actions_of(spec)} == {
        "bedrock:GetModelInvocationLoggingConfiguration",
        "bedrock:InvokeModel",
        "cloudwatch:GetMetricData",
        "cloudwatch:ListMetrics",
        "iam:GetPolicy",
        "iam:GetPolicyVersion",
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListRolePolicies",
        "kms:DescribeKey",  # only when the bucket names its key by an alias
        "kms:GetKeyPolicy",
        "logs:DescribeLogGroups",
        "logs:FilterLogEvents",
        "logs:GetDataProtectionPolicy",
        "s3:GetBucketOwnershipControls",
        "s3:GetBucketPolicy",
        "s3:GetEncryptionConfiguration",
        "s3:ListBucket",
        "ssm:GetParameter",
    }
