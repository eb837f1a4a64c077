"""A handful of policies in the manner of AWS's managed ones, typed by hand and shortened: every form that they use."""

from __future__ import annotations

from typing import Any

Statement = dict[str, Any]


def _policy(*statements: Statement) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _allow(actions: str | list[str], resources: str | list[str] = "*", **condition: dict[str, Any]) -> Statement:
    written: Statement = {"Effect": "Allow", "Action": actions, "Resource": resources}
    return {**written, "Condition": condition} if condition else written


POLICIES = {
    "objects read": _policy(
        _allow(["s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:Get*", "s3-object-lambda:List*"])
    ),
    "metrics and logs of an instance": _policy(
        _allow(["cloudwatch:PutMetricData", "ec2:DescribeVolumes", "ec2:DescribeTags", "logs:PutLogEvents"]),
        _allow("ssm:GetParameter", "arn:aws:ssm:*:*:parameter/AmazonCloudWatch-*"),
    ),
    "power users": _policy(
        {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*"},
        _allow(["iam:CreateServiceLinkedRole", "iam:ListRoles", "organizations:DescribeOrganization"]),
    ),
    "roles passed to one service": _policy(
        _allow("bedrock-agentcore:*", "arn:aws:bedrock-agentcore:*:*:*"),
        _allow(
            "iam:PassRole",
            "arn:aws:iam::*:role/*BedrockAgentCore*",
            StringEquals={"iam:PassedToService": ["bedrock-agentcore.amazonaws.com", "bedrock.amazonaws.com"]},
        ),
        _allow(
            ["logs:CreateLogGroup", "logs:PutRetentionPolicy"], "arn:aws:logs:*:*:log-group:/aws/bedrock-agentcore/*"
        ),
    ),
    "what one made oneself": _policy(
        _allow("ec2:CreateNetworkInterface", ["arn:aws:ec2:*:*:subnet/*", "arn:aws:ec2:*:*:network-interface/*"]),
        _allow(
            ["ec2:DeleteNetworkInterface", "ec2:ModifyNetworkInterfaceAttribute"],
            "arn:aws:ec2:*:*:network-interface/*",
            StringEquals={"aws:ResourceTag/owner": "${aws:PrincipalTag/owner}"},
            Null={"aws:RequestTag/owner": "true"},
        ),
        _allow("ec2:CreateTags", "arn:aws:ec2:*:*:*/*", **{"ForAllValues:StringEquals": {"aws:TagKeys": ["owner"]}}),
    ),
    "a place of one's own": _policy(
        _allow("s3:ListBucket", "arn:aws:s3:::home", StringLike={"s3:prefix": ["${aws:PrincipalTag/user}/*"]}),
        _allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::home/${aws:PrincipalTag/user}/*"),
    ),
    "only from one's own account": _policy(
        _allow(["kms:Decrypt", "kms:GenerateDataKey*"], "arn:aws:kms:*:*:key/*", StringEquals={"kms:ViaService": "s3"}),
        {
            "Effect": "Deny",
            "Action": "kms:*",
            "NotResource": "arn:aws:kms:*:123456789012:key/*",
            "Condition": {"StringNotEqualsIfExists": {"aws:ResourceAccount": "123456789012"}},
        },
    ),
}
