"""Roles that are none of ours: functions, instances, tasks, pipelines; and policies as an account gathers them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .parts import ACCOUNT, REGIONS, Document, Statement, document, statement, trust

if TYPE_CHECKING:
    from random import Random

_SERVICES = ("lambda.amazonaws.com", "ec2.amazonaws.com", "ecs-tasks.amazonaws.com", "states.amazonaws.com")
_ACTIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "dynamodb": (
        ("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "BatchGetItem", "BatchWriteItem"),
        "arn:aws:dynamodb:{region}:{account}:table/app-{number}*",
    ),
    "s3": (
        ("GetObject", "PutObject", "DeleteObject", "ListBucket", "GetObjectTagging", "AbortMultipartUpload"),
        "arn:aws:s3:::app-{number}-data/*",
    ),
    "sqs": (
        ("SendMessage", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes", "ChangeMessageVisibility"),
        "arn:aws:sqs:{region}:{account}:app-{number}-*",
    ),
    "sns": (("Publish", "Subscribe", "GetTopicAttributes"), "arn:aws:sns:{region}:{account}:app-{number}"),
    "kms": (("Decrypt", "GenerateDataKey*", "DescribeKey"), "arn:aws:kms:{region}:{account}:key/*"),
    "secretsmanager": (
        ("GetSecretValue", "DescribeSecret"),
        "arn:aws:secretsmanager:{region}:{account}:secret:app-{number}-*",
    ),
    "ssm": (("GetParameter", "GetParameters", "GetParametersByPath"), "arn:aws:ssm:{region}:{account}:parameter/app/*"),
    "logs": (
        ("CreateLogGroup", "CreateLogStream", "PutLogEvents"),
        "arn:aws:logs:{region}:{account}:log-group:/app/{number}:*",
    ),
    "ec2": (
        ("DescribeInstances", "DescribeTags", "CreateNetworkInterface", "DeleteNetworkInterface", "Describe*"),
        "*",
    ),
    "cloudformation": (("CreateChangeSet", "ExecuteChangeSet", "Describe*", "DeleteStack"), "*"),
    "bedrock": (("InvokeModel", "InvokeModelWithResponseStream"), "arn:aws:bedrock:*::foundation-model/*"),
}


_DEPLOYED = (
    "cloudformation", "lambda", "s3", "dynamodb", "sqs", "sns", "events", "states", "logs", "ecr", "ecs", "apigateway",
    "cloudfront", "ec2", "elasticloadbalancing", "ssm", "kms",
)  # fmt: skip
_READ = (
    "acm", "apigateway", "autoscaling", "bedrock", "cloudformation", "cloudfront", "cloudtrail", "cloudwatch", "config",
    "dynamodb", "ec2", "ecr", "ecs", "eks", "elasticache", "events", "iam", "kms", "lambda", "logs", "rds", "route53",
    "s3", "secretsmanager", "sns", "sqs", "ssm", "states", "tag", "xray",
)  # fmt: skip


def trusted(random: Random) -> Document:
    """Who may assume it: a service, another role, or a pipeline through OIDC."""
    chance = random.random()
    if chance < 0.7:
        return trust(random.choice(_SERVICES))
    if chance < 0.85:
        principal = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/pipeline-{random.randrange(20)}"}
        return document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})
    provider = "token.actions.githubusercontent.com"
    return document(
        {
            "Effect": "Allow",
            "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{provider}"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {f"{provider}:aud": "sts.amazonaws.com"},
                "StringLike": {f"{provider}:sub": f"repo:example/app-{random.randrange(500)}:*"},
            },
        }
    )


def permissions(random: Random, number: int, most: int) -> Document:
    """A policy of one to ``most`` statements about the usual services; some end with a Deny."""
    services = random.sample(sorted(_ACTIONS), random.randint(1, most))
    statements = [_grant(random, service, number) for service in services]
    if random.random() < 0.2:
        statements.append(_deny(random))
    return document(*statements)


def pipeline(random: Random) -> Document:
    """What deploys: whole services on every resource, and the right to pass roles."""
    services = random.sample(_DEPLOYED, random.randint(4, 9))
    return document(
        statement("Deploy", [f"{service}:*" for service in services]),
        statement("Roles", ["iam:GetRole", "iam:PassRole", "iam:CreateRole", "iam:PutRolePolicy", "iam:TagRole"]),
        statement("State", ["s3:GetObject", "s3:PutObject", "s3:ListBucket"], "arn:aws:s3:::deployments*"),
    )


def metrics_agent() -> Document:
    """What AWS's managed policy for the metrics agent of instances grants."""
    return document(
        statement("Metrics", ["cloudwatch:PutMetricData", "ec2:DescribeVolumes", "ec2:DescribeTags"]),
        statement("Logs", ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:Describe*", "logs:PutLogEvents"]),
        statement("Parameter", "ssm:GetParameter", "arn:aws:ssm:*:*:parameter/AmazonCloudWatch-*"),
    )


def power_user() -> Document:
    """Everything but identity and organisation, as AWS's managed policy for power users says it."""
    everything = {"Sid": "Power", "Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"]}
    reads = [
        "iam:CreateServiceLinkedRole",
        "iam:ListRoles",
        "organizations:DescribeOrganization",
        "account:GetAccountInformation",
    ]
    return document({**everything, "Resource": "*"}, statement("Reads", reads))


def read_only() -> Document:
    """Reads of many services, as people write it for auditors."""
    return document(
        statement("Read", [f"{service}:{verb}*" for service in _READ for verb in ("Describe", "Get", "List")])
    )


def boundary() -> Document:
    """What a platform team lets every role do at most."""
    return document(
        statement("Everything", "*"),
        statement("NotThePlatform", ["organizations:*", "account:*"], effect="Deny"),
        statement("NotItself", ["iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary"], effect="Deny"),
    )


def narrow_boundary() -> Document:
    """A boundary that leaves tracing out, which is how agents go quiet."""
    services = ["logs:*", "bedrock:*", "bedrock-agentcore:*", "ecr:*", "s3:*", "dynamodb:*", "sqs:*", "cloudwatch:*"]
    return document(statement("ApplicationServices", services))


def _grant(random: Random, service: str, number: int) -> Statement:
    names, resource = _ACTIONS[service]
    chosen = random.sample(names, random.randint(1, len(names)))
    actions = [f"{service}:*"] if random.random() < 0.08 else [f"{service}:{name}" for name in chosen]
    arn = "*" if random.random() < 0.15 else resource
    return statement(
        f"{service.title()}{number}",
        actions[0] if len(actions) == 1 else actions,
        arn.format(region=random.choice(REGIONS), account=ACCOUNT, number=number),
    )


def _deny(random: Random) -> Statement:
    return random.choice(
        (
            statement("NoPlainHttp", "s3:*", effect="Deny", condition={"Bool": {"aws:SecureTransport": "false"}}),
            statement("NoDeletes", ["s3:DeleteBucket", "dynamodb:DeleteTable"], effect="Deny"),
            statement("NoIdentity", "iam:*", effect="Deny"),
            statement(
                "OnlyOurRegions",
                ["ec2:*", "lambda:*", "s3:*"],
                effect="Deny",
                condition={"StringNotEquals": {"aws:RequestedRegion": list(REGIONS)}},
            ),
        )
    )
