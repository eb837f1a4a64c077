"""What people and pipelines need to run our own commands.

Names that the templates of this module use, beside ``${Partition}``, ``${Region}`` and ``${Account}``:
``${LogGroupName}``, ``${BucketName}``, ``${RecordName}``, ``${ModelId}`` and ``${Qualifier}`` (of the CDK bootstrap).
"""

from __future__ import annotations

from typing import Final

from . import sources
from .grant import Confidence, Grant, Severity

READER_GRANTS: Final = (
    Grant(
        sid="ReadConfiguration",
        actions=("bedrock:GetModelInvocationLoggingConfiguration",),
        resources=("*",),
        purpose="The check cannot see whether model invocation logging is on.",
        severity=Severity.HIGH,
        sources=(sources.BEDROCK_ACTIONS,),
        wildcard="This action has no resource types.",
    ),
    Grant(
        sid="ReadRecordOfSetting",
        actions=("ssm:GetParameter",),
        resources=("arn:${Partition}:ssm:${Region}:${Account}:parameter${RecordName}",),
        purpose="The check cannot see what the configuration is expected to be.",
        severity=Severity.MEDIUM,
        sources=(sources.SSM_ACTIONS,),
    ),
    Grant(
        sid="FindLogGroups",
        actions=("logs:DescribeLogGroups", "logs:DescribeResourcePolicies"),
        resources=("*",),
        purpose="The check cannot see the log group, its retention and its key.",
        severity=Severity.HIGH,
        sources=(sources.LOGS_ACTIONS,),
        wildcard="These actions have no resource types.",
    ),
    Grant(
        sid="ReadInvocationLogs",
        actions=("logs:GetDataProtectionPolicy", "logs:FilterLogEvents"),
        resources=(
            "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}",
            "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}:*",
        ),
        purpose="The check cannot see the masking, and the canary cannot find its record.",
        severity=Severity.HIGH,
        sources=(sources.LOGS_ACTIONS,),
        wildcard="A log group is asked for with and without the closing colon and star, depending on the operation.",
        confidence=Confidence.OBSERVED,
    ),
    Grant(
        sid="ReadKeyPolicy",
        actions=("kms:DescribeKey", "kms:GetKeyPolicy"),
        resources=("arn:${Partition}:kms:${Region}:${Account}:key/*",),
        purpose="The check cannot see whether CloudWatch Logs may use the key.",
        severity=Severity.MEDIUM,
        sources=(sources.KMS_ACTIONS,),
        wildcard="The id of the key is known only after the deploy; both actions only read.",
    ),
    Grant(
        sid="ReadPayloadBucket",
        actions=(
            "s3:ListBucket",
            "s3:GetBucketPolicy",
            "s3:GetBucketOwnershipControls",
            "s3:GetEncryptionConfiguration",
        ),
        resources=("arn:${Partition}:s3:::${BucketName}",),
        purpose="The check cannot see whether large bodies have a place to go.",
        severity=Severity.MEDIUM,
        sources=(sources.S3_ACTIONS,),
    ),
    Grant(
        sid="ReadMetrics",
        actions=("cloudwatch:ListMetrics", "cloudwatch:GetMetricData"),
        resources=("*",),
        purpose="The check cannot see whether Bedrock reports failed deliveries.",
        severity=Severity.MEDIUM,
        sources=(sources.CLOUDWATCH_ACTIONS,),
        wildcard="ListMetrics has no resource types, and AWS's own metrics belong to no dataset.",
    ),
)
"""What ``bedrock-o11y check`` and ``bedrock-o11y plan`` read."""

CANARY_GRANTS: Final = (
    Grant(
        sid="SendCanary",
        actions=("bedrock:InvokeModel",),
        resources=("arn:${Partition}:bedrock:${Region}::foundation-model/${ModelId}",),
        purpose="The canary cannot call the model. Converse is authorised as InvokeModel.",
        severity=Severity.HIGH,
        sources=(sources.BEDROCK_ACTIONS,),
    ),
)
"""What ``bedrock-o11y check --canary`` needs beside :data:`READER_GRANTS`, for a model called by its own id."""

DEPLOYER_GRANTS: Final = (
    Grant(
        sid="DeployThroughBootstrapRoles",
        actions=("sts:AssumeRole",),
        resources=(
            "arn:${Partition}:iam::${Account}:role/cdk-${Qualifier}-deploy-role-${Account}-${Region}",
            "arn:${Partition}:iam::${Account}:role/cdk-${Qualifier}-file-publishing-role-${Account}-${Region}",
            "arn:${Partition}:iam::${Account}:role/cdk-${Qualifier}-lookup-role-${Account}-${Region}",
        ),
        purpose="The CDK command line cannot upload the assets nor start the deploy.",
        severity=Severity.HIGH,
        sources=(sources.CDK_BOOTSTRAP,),
    ),
)
"""What ``cdk deploy`` and ``cdk destroy`` need once the account is bootstrapped; ``plan`` needs the reader's too."""
