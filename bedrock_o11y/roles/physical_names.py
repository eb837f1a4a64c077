"""How the ARNs of template resources are made of their names.

Source: AWS CloudFormation template reference, return values of each resource type.
"""

from __future__ import annotations

from string import Template
from typing import Final

NAMES: Final = {
    "AWS::DynamoDB::Table": "TableName",
    "AWS::ECR::Repository": "RepositoryName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
}
"""The property that names a resource of the type."""

IDENTIFIERS: Final = {"AWS::BedrockAgentCore::Runtime": "AgentRuntimeId"}
"""The attribute that stands for the name in the ARN of types whose name is chosen by AWS and is not their Ref."""

REFERENCE_IS_ARN: Final = frozenset(("AWS::IAM::ManagedPolicy", "AWS::SNS::Topic"))
"""Types whose Ref is an ARN, not a name."""

_ARNS: Final = {
    "AWS::BedrockAgentCore::Runtime": "arn:${partition}:bedrock-agentcore:${region}:${account}:runtime/${name}",
    "AWS::DynamoDB::Table": "arn:${partition}:dynamodb:${region}:${account}:table/${name}",
    "AWS::ECR::Repository": "arn:${partition}:ecr:${region}:${account}:repository/${name}",
    "AWS::IAM::ManagedPolicy": "arn:${partition}:iam::${account}:policy${path}${name}",
    "AWS::IAM::Role": "arn:${partition}:iam::${account}:role${path}${name}",
    "AWS::KMS::Key": "arn:${partition}:kms:${region}:${account}:key/${name}",
    "AWS::Lambda::Function": "arn:${partition}:lambda:${region}:${account}:function:${name}",
    # The ARN of a log group ends in the wildcard of its streams: appending :log-stream: to it matches no stream.
    "AWS::Logs::LogGroup": "arn:${partition}:logs:${region}:${account}:log-group:${name}:*",
    "AWS::S3::Bucket": "arn:${partition}:s3:::${name}",
    "AWS::SNS::Topic": "arn:${partition}:sns:${region}:${account}:${name}",
    "AWS::SQS::Queue": "arn:${partition}:sqs:${region}:${account}:${name}",
}


def arn_of(kind: str, *, partition: str, region: str, account: str, path: str, name: str) -> str | None:
    """The ARN of a resource; None for a type whose ARN is not made of its name.

    Args:
        kind: the type, ``AWS::Logs::LogGroup``.
        partition: of the ARN.
        region: of the ARN.
        account: of the ARN.
        path: of an IAM resource, with its slashes.
        name: the physical name.
    """
    template = _ARNS.get(kind)
    if template is None:
        return None
    return Template(template).substitute(partition=partition, region=region, account=account, path=path, name=name)
