"""What the whole app creates, written by hand with plain L1s: the measure of `benchmarks/synth.py`.

Nothing of ours is imported but the folder of the Lambda function's sources. Same resources, same properties, same
nag packs and same acknowledgements; the benchmark compares the templates before it believes a figure.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

from aws_cdk import (
    Acknowledgment,
    App,
    CfnOutput,
    CfnResource,
    Environment,
    RemovalPolicy,
    Stack,
    Stage,
    Validations,
)
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_assets as s3_assets
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks

if TYPE_CHECKING:
    from constructs import IConstruct

ACCOUNT = "123456789012"
REGION = "us-east-1"
OWNER_STACK = "BedrockO11y-InvocationLogging"
LOG_GROUP = "/aws/bedrock/model-invocations"
SOURCES = Path(__file__).resolve().parents[2] / "bedrock_o11y" / "account_settings"
PARAMETER = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/bedrock-o11y/account-settings/model-invocation-logging"
SOURCE = {
    "StringEquals": {"aws:SourceAccount": [ACCOUNT]},
    "ArnLike": {"aws:SourceArn": [f"arn:aws:bedrock:{REGION}:{ACCOUNT}:*"]},
}
MASKED = [
    f"arn:aws:dataprotection::aws:data-identifier/{name}"
    for name in (
        "EmailAddress",
        "CreditCardNumber",
        "CreditCardSecurityCode",
        "AwsSecretKey",
        "OpenSshPrivateKey",
        "PgpPrivateKey",
        "PkcsPrivateKey",
        "PuttyPrivateKey",
        "Ssn-US",
        "PassportNumber-US",
        "BankAccountNumber-US",
        "PhoneNumber-US",
    )
]


def acknowledge(construct: IConstruct, reasons: dict[str, str]) -> None:
    """Acknowledge findings of the nag packs on one construct."""
    for rule, reason in reasons.items():
        Validations.of(construct).acknowledge(Acknowledgment(id=rule, reason=reason))


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    """A policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(sid: str, actions: list[str], resource: str, **more: Any) -> dict[str, Any]:
    """A statement that allows actions on a resource."""
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource, **more}


def trust(service: str, **more: Any) -> dict[str, Any]:
    """A trust policy for one service."""
    return document({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}, **more})


def policy(
    stack: Stack, id: str, description: str, role: iam.CfnRole, *statements: dict[str, Any]
) -> iam.CfnManagedPolicy:
    """A managed policy of one role."""
    return iam.CfnManagedPolicy(
        stack, id, description=description, path="/", policy_document=document(*statements), roles=[role.ref]
    )


class Provider:
    """The function that changes the account setting, with its role and log group."""

    def __init__(self, stack: Stack) -> None:
        """Create it in a stack."""
        log = logs.CfnLogGroup(stack, "ProviderLog", retention_in_days=365)
        log.apply_removal_policy(RemovalPolicy.DESTROY)
        self.role = iam.CfnRole(
            stack,
            "ProviderRole",
            description="Reads and changes account settings for bedrock-o11y.",
            assume_role_policy_document=trust("lambda.amazonaws.com"),
        )
        basics = policy(
            stack,
            "ProviderBasics",
            "Lets the provider of account settings write its own log and traces.",
            self.role,
            allow(
                "WriteOwnLog",
                ["logs:CreateLogStream", "logs:PutLogEvents"],
                f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{log.ref}:*",
            ),
            allow("WriteOwnTraces", ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*"),
        )
        code = s3_assets.Asset(stack, "ProviderCode", path=str(SOURCES), exclude=["__pycache__", "*.pyc"])
        self.function = lambda_.CfnFunction(
            stack,
            "ProviderFunction",
            description="Account settings of bedrock-o11y: reads before it writes, and hands back on delete.",
            code=lambda_.CfnFunction.CodeProperty(s3_bucket=code.s3_bucket_name, s3_key=code.s3_object_key),
            handler="bedrock_o11y.account_settings.handler.on_event",
            runtime="python3.14",
            role=self.role.attr_arn,
            logging_config=lambda_.CfnFunction.LoggingConfigProperty(log_group=log.ref),
            timeout=300,
            memory_size=256,
            tracing_config=lambda_.CfnFunction.TracingConfigProperty(mode="Active"),
        )
        self.function.add_resource_dependency(basics)
        self.function.add_metadata("cfn-lint", {"config": {"ignore_checks": ["W3005"]}})
        acknowledge(log, {"NIST.800.53.R5-CloudWatchLogGroupEncrypted": "The guard runs before any key exists."})
        own_log = (
            f"AwsSolutions-IAM5[Resource::arn:aws:logs:{REGION}:{ACCOUNT}:log-group:<{stack.get_logical_id(log)}>:*]"
        )
        acknowledge(
            basics,
            {
                own_log: "Lambda chooses the names of the log streams.",
                "AwsSolutions-IAM5[Resource::*]": "These actions have no resource types.",
            },
        )
        acknowledge(
            self.function,
            {
                "NIST.800.53.R5-LambdaConcurrency": "CloudFormation calls the function once for each change.",
                "NIST.800.53.R5-LambdaDLQ": "CloudFormation itself waits for the answer.",
                "NIST.800.53.R5-LambdaInsideVPC": "The function only calls AWS.",
            },
        )

    def setting(self, stack: Stack, id: str, request: dict[str, Any]) -> CfnResource:
        """A custom resource of the function."""
        resource = CfnResource(
            stack,
            id,
            type="Custom::BedrockO11yAccountSetting",
            properties={
                "ServiceToken": self.function.attr_arn,
                "ServiceTimeout": "900",
                "Request": json.dumps({"setting": "model-invocation-logging", "policy": "refuse", **request}),
            },
        )
        resource.apply_removal_policy(RemovalPolicy.DESTROY)
        return resource

    def guard(self, stack: Stack) -> CfnResource:
        """The custom resource that stops a deploy before anything else is created."""
        read = policy(
            stack,
            "GuardRead",
            "Lets the guard read the account setting model-invocation-logging.",
            self.role,
            allow("ReadInvocationLogging", ["bedrock:GetModelInvocationLoggingConfiguration"], "*"),
            allow("ReadRecordOfSetting", ["ssm:GetParameter"], PARAMETER),
        )
        acknowledge(read, {"AwsSolutions-IAM5[Resource::*]": "This action has no resource types."})
        guard = self.setting(
            stack, "Guard", {"mode": "guard", "ownerStack": OWNER_STACK, "expects": {"stackName": OWNER_STACK}}
        )
        guard.add_resource_dependency(read)
        return guard


class Foundation(Stack):
    """The guard, and the key."""

    def __init__(self, scope: Stage, id: str) -> None:
        """Create the stack."""
        super().__init__(scope, id, description="bedrock-o11y: what the other stacks stand on.")
        guard = Provider(self).guard(self)
        self.key = kms.CfnKey(
            self,
            "LogsKey",
            description="Encrypts the model invocation records of Amazon Bedrock.",
            enable_key_rotation=True,
            key_policy=document(
                {
                    "Effect": "Allow",
                    "Action": "kms:*",
                    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                    "Resource": "*",
                },
                allow(
                    "EncryptLogGroup",
                    ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
                    "*",
                    Principal={"Service": f"logs.{REGION}.amazonaws.com"},
                    Condition={
                        "ArnEquals": {
                            "kms:EncryptionContext:aws:logs:arn": [
                                f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{LOG_GROUP}"
                            ]
                        }
                    },
                ),
                allow(
                    "EncryptPayloads",
                    ["kms:GenerateDataKey"],
                    "*",
                    Principal={"Service": "bedrock.amazonaws.com"},
                    Condition=SOURCE,
                ),
            ),
        )
        self.key.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        self.key.add_resource_dependency(guard)
        alias = kms.CfnAlias(
            self, "LogsKeyAlias", alias_name="alias/bedrock-o11y/logs", target_key_id=self.key.attr_arn
        )
        alias.add_resource_dependency(guard)


class InvocationLogging(Stack):
    """Log group, payload bucket, logging role and account setting."""

    def __init__(self, scope: Stage, id: str, *, key: kms.CfnKey) -> None:
        """Create the stack."""
        super().__init__(scope, id, description="bedrock-o11y: one record for each call of a model.")
        provider = Provider(self)
        guard = provider.guard(self)
        records = self._log_group(key)
        payloads = self._bucket(key)
        payloads_policy = self._bucket_policy(payloads)
        role = iam.CfnRole(
            self,
            "LoggingRole",
            description="Amazon Bedrock writes model invocation records with this role.",
            assume_role_policy_document=trust("bedrock.amazonaws.com", Condition=SOURCE),
        )
        for resource in (records, payloads, payloads_policy, role):
            resource.add_resource_dependency(guard)
        write = policy(
            self,
            "WriteRecords",
            "Lets Amazon Bedrock write model invocation records to one log stream.",
            role,
            allow(
                "WriteInvocationRecords",
                ["logs:CreateLogStream", "logs:PutLogEvents"],
                f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{LOG_GROUP}:log-stream:aws/bedrock/modelinvocations",
            ),
        )
        manage = self._manage(provider, role)
        setting = provider.setting(self, "Setting", self._request(key, records, payloads, role))
        for needed in (payloads_policy, manage, write):
            setting.add_resource_dependency(needed)
        CfnOutput(self, "LogGroupName", value=records.ref)
        CfnOutput(self, "PayloadBucketName", value=payloads.ref)
        CfnOutput(self, "LoggingRoleArn", value=role.attr_arn)

    def _log_group(self, key: kms.CfnKey) -> logs.CfnLogGroup:
        audit: dict[str, Any] = {"Audit": {"FindingsDestination": {}}}
        mask: dict[str, Any] = {"Deidentify": {"MaskConfig": {}}}
        records = logs.CfnLogGroup(
            self,
            "Records",
            log_group_name=LOG_GROUP,
            retention_in_days=365,
            kms_key_id=key.attr_arn,
            data_protection_policy={
                "Name": "bedrock-o11y",
                "Description": "Masks secrets and personal data in prompts.",
                "Version": "2021-06-01",
                "Statement": [
                    {"Sid": "audit", "DataIdentifier": MASKED, "Operation": audit},
                    {"Sid": "mask", "DataIdentifier": MASKED, "Operation": mask},
                ],
                "Configuration": {"CustomDataIdentifier": []},
            },
        )
        records.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        return records

    def _bucket(self, key: kms.CfnKey) -> s3.CfnBucket:
        part = s3.CfnBucket
        by_default = part.ServerSideEncryptionByDefaultProperty(sse_algorithm="aws:kms", kms_master_key_id=key.attr_arn)
        payloads = s3.CfnBucket(
            self,
            "Payloads",
            bucket_name=f"bedrock-o11y-payloads-{ACCOUNT}-{REGION}",
            bucket_encryption=part.BucketEncryptionProperty(
                server_side_encryption_configuration=[
                    part.ServerSideEncryptionRuleProperty(
                        bucket_key_enabled=True, server_side_encryption_by_default=by_default
                    )
                ]
            ),
            lifecycle_configuration=part.LifecycleConfigurationProperty(
                rules=[
                    part.RuleProperty(
                        id="expire-payloads",
                        status="Enabled",
                        expiration_in_days=365,
                        noncurrent_version_expiration=part.NoncurrentVersionExpirationProperty(noncurrent_days=30),
                        abort_incomplete_multipart_upload=part.AbortIncompleteMultipartUploadProperty(
                            days_after_initiation=7
                        ),
                    )
                ]
            ),
            ownership_controls=part.OwnershipControlsProperty(
                rules=[part.OwnershipControlsRuleProperty(object_ownership="BucketOwnerEnforced")]
            ),
            public_access_block_configuration=part.PublicAccessBlockConfigurationProperty(
                block_public_acls=True, block_public_policy=True, ignore_public_acls=True, restrict_public_buckets=True
            ),
            versioning_configuration=part.VersioningConfigurationProperty(status="Enabled"),
        )
        payloads.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        acknowledge(
            payloads,
            {
                "AwsSolutions-S1": "Who read which payload is a matter of CloudTrail data events.",
                "NIST.800.53.R5-S3BucketLoggingEnabled": "Who read which payload is a matter of CloudTrail.",
                "NIST.800.53.R5-S3BucketReplicationEnabled": "Bedrock delivers only within the Region.",
            },
        )
        return payloads

    def _bucket_policy(self, payloads: s3.CfnBucket) -> s3.CfnBucketPolicy:
        return s3.CfnBucketPolicy(
            self,
            "PayloadsPolicy",
            bucket=payloads.ref,
            policy_document=document(
                {
                    "Effect": "Deny",
                    "Action": "s3:*",
                    "Principal": {"AWS": "*"},
                    "Resource": [payloads.attr_arn, f"{payloads.attr_arn}/*"],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
                allow(
                    "AmazonBedrockLogsWrite",
                    ["s3:PutObject"],
                    f"arn:aws:s3:::{payloads.ref}/payloads/AWSLogs/{ACCOUNT}/BedrockModelInvocationLogs/*",
                    Principal={"Service": "bedrock.amazonaws.com"},
                    Condition=SOURCE,
                ),
            ),
        )

    def _manage(self, provider: Provider, role: iam.CfnRole) -> iam.CfnManagedPolicy:
        manage = policy(
            self,
            "Manage",
            "Lets the provider manage the account setting model-invocation-logging.",
            provider.role,
            allow(
                "ManageInvocationLogging",
                [
                    "bedrock:GetModelInvocationLoggingConfiguration",
                    "bedrock:PutModelInvocationLoggingConfiguration",
                    "bedrock:DeleteModelInvocationLoggingConfiguration",
                ],
                "*",
            ),
            allow("KeepRecordOfSetting", ["ssm:GetParameter", "ssm:PutParameter", "ssm:DeleteParameter"], PARAMETER),
            allow(
                "PassLoggingRole",
                ["iam:PassRole"],
                role.attr_arn,
                Condition={"StringEquals": {"iam:PassedToService": ["bedrock.amazonaws.com"]}},
            ),
        )
        acknowledge(manage, {"AwsSolutions-IAM5[Resource::*]": "These actions have no resource types."})
        return manage

    def _request(
        self, key: kms.CfnKey, records: logs.CfnLogGroup, payloads: s3.CfnBucket, role: iam.CfnRole
    ) -> dict[str, Any]:
        return {
            "mode": "manage",
            "desired": {
                "textDataDeliveryEnabled": True,
                "imageDataDeliveryEnabled": True,
                "embeddingDataDeliveryEnabled": True,
                "videoDataDeliveryEnabled": True,
                "cloudWatchConfig": {
                    "logGroupName": records.ref,
                    "roleArn": role.attr_arn,
                    "largeDataDeliveryS3Config": {"bucketName": payloads.ref, "keyPrefix": "payloads"},
                },
            },
            "expects": {
                "stackName": OWNER_STACK,
                "logGroup": {
                    "name": records.ref,
                    "retentionInDays": 365,
                    "kmsKeyArn": key.attr_arn,
                    "masked": True,
                },
                "bucket": {"name": payloads.ref, "kmsKeyArn": key.attr_arn},
                "role": {"arn": role.attr_arn},
            },
        }


if __name__ == "__main__":
    app = App()
    stage = Stage(app, "BedrockO11y", env=Environment(account=ACCOUNT, region=REGION))
    foundation = Foundation(stage, "Foundation")
    InvocationLogging(stage, "InvocationLogging", key=foundation.key).add_stack_dependency(foundation)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app), NIST80053R5Checks(app))
    app.synth()
