"""The stack of model invocation logging."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import CfnOutput, Duration, Stack, Token
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3

from bedrock_o11y.blueprint import names
from bedrock_o11y_constructs import ExistingSetting, InvocationLogging, RecordedData

from .network import provider_in

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from constructs import Construct

    from bedrock_o11y.config import Target


class InvocationLoggingStack(Stack):
    """Log group, payload bucket, logging role and account setting.

    Attributes:
        invocation_logging: the construct that holds them.
    """

    def __init__(self, scope: Construct, id: str, *, target: Target, key: kms.IKey, **stack: Any) -> None:
        """Create the stack.

        Args:
            scope: the stage.
            id: id of the stack.
            target: of the configuration.
            key: the customer key.
            **stack: properties of every stack of the stage.
        """
        super().__init__(scope, id, description="bedrock-o11y: one record for each call of a model.", **stack)
        settings = target.settings
        wanted = settings.invocation_logging
        self.invocation_logging = InvocationLogging(
            self,
            "InvocationLogging",
            existing=ExistingSetting(wanted.existing),
            deliver_to_cloudwatch=wanted.cloudwatch,
            deliver_to_s3=wanted.s3,
            data=RecordedData(
                text=wanted.data.text,
                image=wanted.data.image,
                embedding=wanted.data.embedding,
                video=wanted.data.video,
                audio=wanted.data.audio,
            ),
            log_group=None
            if wanted.log_group.create
            else logs.LogGroup.from_log_group_name(self, "ExistingLogGroup", wanted.log_group.name),
            log_group_name=wanted.log_group.name,
            retention_days=wanted.log_group.retention_days,
            masked_identifiers=wanted.log_group.masked_identifiers,
            store_payloads=wanted.payloads.enabled,
            payload_bucket=s3.Bucket.from_bucket_name(self, "ExistingBucket", wanted.payloads.bucket)
            if wanted.payloads.bucket
            else None,
            payload_bucket_name=self._bucket_name(target.name),
            payload_prefix=wanted.payloads.prefix,
            payload_expiration=Duration.days(wanted.payloads.expire_days),
            encryption_key=key,
            provider=provider_in(self, settings.network),
        )
        self._print_what_was_made()

    def _bucket_name(self, target: str) -> str | None:
        # A name makes the bucket importable after a destroy, which CloudFormation does for names in plain text.
        if Token.is_unresolved(self.account) or Token.is_unresolved(self.region):
            return None
        return names.payload_bucket_name(target, self.account, self.region)

    def _print_what_was_made(self) -> None:
        made = self.invocation_logging
        if made.log_group:
            CfnOutput(self, "LogGroupName", value=made.log_group.log_group_name)
        if made.payload_bucket:
            CfnOutput(self, "PayloadBucketName", value=made.payload_bucket.bucket_name)
        if made.logging_role:
            CfnOutput(self, "LoggingRoleArn", value=made.logging_role.role_arn)
