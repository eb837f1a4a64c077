"""Model invocation logging: one record for each model call, in a log group, a bucket or both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from bedrock_o11y.blueprint import account_setting as setting_blueprint
from bedrock_o11y.blueprint import invocation_logging as blueprint

from .account_setting import AccountSetting, AccountSettingGuard, ExistingSetting
from .acknowledgements import acknowledge
from .kept_log_group import kept_log_group, refuse_unknown_retention
from .logs_key import LogsKey, let_bedrock_encrypt, let_logs_encrypt
from .recorded_data import RecordedData
from .statements import managed_policy, statement, trust, values_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_kms as kms

    from .provider import AccountSettingsProvider


class InvocationLogging(Construct):
    """Turns model invocation logging on, with everything it needs and nothing more.

    In the order in which they are created: a guard that stops the deploy when somebody else's configuration would be
    overwritten; a customer key; the log group, encrypted, masked and with a retention; the payload bucket for bodies
    over 100 KB; the role that Bedrock writes with, which reaches one log stream; and the account setting itself.

    Source: Amazon Bedrock user guide, Monitor model invocation using CloudWatch Logs and Amazon S3.

    Attributes:
        log_group: the log group, or None when records go to S3 only.
        payload_bucket: the bucket, or None when there is none.
        logging_role: the role that Bedrock writes with, or None when records go to S3 only.
        encryption_key: the key of log group and bucket; None when both exist already and no key was given.
        setting: the account setting.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        existing: ExistingSetting = ExistingSetting.REFUSE,
        deliver_to_cloudwatch: bool = True,
        deliver_to_s3: bool = False,
        data: RecordedData | None = None,
        log_group: logs.ILogGroup | None = None,
        log_group_name: str = blueprint.LOG_GROUP_NAME,
        retention_days: int = blueprint.RETENTION_DAYS,
        masked_identifiers: Sequence[str] = blueprint.MASKED_DATA_IDENTIFIERS,
        store_payloads: bool = True,
        payload_bucket: s3.IBucket | None = None,
        payload_bucket_name: str | None = None,
        payload_prefix: str = blueprint.PAYLOAD_PREFIX,
        payload_expiration: Duration | None = None,
        encryption_key: kms.IKey | None = None,
        provider: AccountSettingsProvider | None = None,
    ) -> None:
        """Create it.

        Args:
            scope: parent of the construct.
            id: id of the construct.
            existing: what to do with a configuration that somebody else made; ``REFUSE`` by default.
            deliver_to_cloudwatch: records go to the log group.
            deliver_to_s3: records go to the payload bucket too.
            data: what is recorded; everything but audio by default.
            log_group: an existing log group, which keeps its own settings; a new one by default.
            log_group_name: name of the new log group.
            retention_days: days until a record of the new log group is deleted.
            masked_identifiers: managed data identifiers that the new log group masks; an empty list masks nothing.
            store_payloads: whether bodies over 100 KB, images and documents are kept; without it they are lost.
            payload_bucket: an existing bucket of the same account and Region; a new one by default. The policy of a
                bucket that was imported by its name is left alone and must already let Bedrock write.
            payload_bucket_name: name of the new bucket; CloudFormation chooses one by default. With a name, a bucket
                that an earlier destroy left behind is taken over by ``cdk deploy --import-existing-resources``.
            payload_prefix: key prefix of what Bedrock writes to the bucket, without slash at either end.
            payload_expiration: how long a payload is kept; as long as a record by default.
            encryption_key: an existing key; a new one by default. The policy of a key that was imported by its ARN
                is left alone and must already name CloudWatch Logs and Bedrock.
            provider: the function that changes account settings; the provider of this stack by default.

        Raises:
            ValueError: records would go nowhere, or a value is not one that AWS accepts; the message names the
                construct.
        """
        super().__init__(scope, id)
        self._refuse_nonsense(deliver_to_cloudwatch, deliver_to_s3, store_payloads, retention_days)
        self._prefix = payload_prefix
        self._guard = AccountSettingGuard(
            self,
            "Guard",
            setting=setting_blueprint.MODEL_INVOCATION_LOGGING,
            existing=existing,
            provider=provider,
        )
        creates_group = deliver_to_cloudwatch and log_group is None
        creates_bucket = store_payloads and payload_bucket is None
        self.encryption_key = encryption_key or (self._create_key() if creates_group or creates_bucket else None)
        self.log_group = log_group if deliver_to_cloudwatch else None
        if creates_group:
            self.log_group = self._create_log_group(log_group_name, retention_days, masked_identifiers)
        self.payload_bucket = payload_bucket if store_payloads else None
        if creates_bucket:
            self.payload_bucket = self._create_bucket(payload_bucket_name, payload_expiration)
        bucket_grants = self._let_bedrock_write_to_the_bucket()
        self.logging_role: iam.Role | None = None
        role_grants: iam.ManagedPolicy | None = None
        if self.log_group:
            self.logging_role, role_grants = self._create_logging_role(
                log_group_name if creates_group else self.log_group.log_group_name
            )
        self.setting = AccountSetting(
            self,
            "Setting",
            setting=setting_blueprint.MODEL_INVOCATION_LOGGING,
            desired=self._desired(deliver_to_s3, data or RecordedData()),
            passed_role=self.logging_role,
            existing=existing,
            expects=self._expectation(creates_group, creates_bucket, retention_days, masked_identifiers),
            provider=provider,
        )
        # The value names group, bucket, role and key, and CloudFormation waits for what is named; the rest it is told.
        for needed in (bucket_grants, role_grants):
            if needed is not None:
                self.setting.resource.node.add_dependency(needed)

    def _refuse_nonsense(self, to_cloudwatch: bool, to_s3: bool, store_payloads: bool, retention_days: int) -> None:
        if not (to_cloudwatch or to_s3):
            raise ValueError(f"{self.node.path}: records would go nowhere; deliver to CloudWatch, to S3 or to both")
        if to_s3 and not store_payloads:
            raise ValueError(f"{self.node.path}: delivery to S3 needs the payload bucket; set store_payloads")
        try:
            refuse_unknown_retention(retention_days)
        except ValueError as error:
            raise ValueError(f"{self.node.path}: {error}") from None

    def _create_key(self) -> kms.IKey:
        key = LogsKey(self, "Key")
        key.node.add_dependency(self._guard)
        return key.key

    def _create_log_group(self, name: str, retention_days: int, masked_identifiers: Sequence[str]) -> logs.LogGroup:
        key = self.encryption_key
        if key:
            let_logs_encrypt(self, key, name)
        log_group = kept_log_group(
            self,
            "Records",
            name=name,
            key=key,
            retention_days=retention_days,
            masked_identifiers=masked_identifiers,
            masks="Masks secrets and personal data in prompts.",
        )
        log_group.node.add_dependency(self._guard)
        return log_group

    def _create_bucket(self, name: str | None, expiration: Duration | None) -> s3.Bucket:
        key = self.encryption_key
        if key:
            let_bedrock_encrypt(self, key)
        bucket = s3.Bucket(
            self,
            "Payloads",
            bucket_name=name,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="expire-payloads",
                    expiration=expiration or Duration.days(blueprint.RETENTION_DAYS),
                    noncurrent_version_expiration=Duration.days(blueprint.REPLACED_PAYLOAD_DAYS),
                    abort_incomplete_multipart_upload_after=Duration.days(blueprint.UNFINISHED_UPLOAD_DAYS),
                )
            ],
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        bucket.node.add_dependency(self._guard)
        reason = (
            "Who read which payload is a matter of CloudTrail data events; a second bucket of access logs would need "
            "the same protection again."
        )
        acknowledge(
            bucket,
            {
                "AwsSolutions-S1": reason,
                "NIST.800.53.R5-S3BucketLoggingEnabled": reason,
                "NIST.800.53.R5-S3BucketReplicationEnabled": "Bedrock delivers only within the Region, and the "
                "records in the log group remain; copies of prompts elsewhere are a decision for the account's owner.",
            },
        )
        return bucket

    def _let_bedrock_write_to_the_bucket(self) -> s3.BucketPolicy | None:
        if self.payload_bucket is None:
            return None
        values = values_of(self, BucketName=self.payload_bucket.bucket_name, KeyPrefix=f"{self._prefix}/")
        for grant in blueprint.PAYLOAD_BUCKET_GRANTS:
            self.payload_bucket.add_to_resource_policy(statement(grant, values))
        return self.payload_bucket.policy

    def _create_logging_role(self, log_group_name: str) -> tuple[iam.Role, iam.ManagedPolicy]:
        # The name and not log_group_arn: that one ends in ":*", and a stream appended to it matches nothing.
        values = values_of(self, LogGroupName=log_group_name)
        role = iam.Role(
            self,
            "LoggingRole",
            assumed_by=trust(blueprint.LOGGING_ROLE_TRUST, values),
            description="Amazon Bedrock writes model invocation records with this role.",
        )
        role.node.add_dependency(self._guard)
        policy = managed_policy(
            self,
            "WriteRecords",
            grants=blueprint.LOGGING_ROLE_GRANTS,
            values=values,
            role=role,
            description="Lets Amazon Bedrock write model invocation records to one log stream.",
        )
        return role, policy

    def _desired(self, deliver_to_s3: bool, data: RecordedData) -> dict[str, Any]:
        bucket = (
            {"bucketName": self.payload_bucket.bucket_name, "keyPrefix": self._prefix} if self.payload_bucket else None
        )
        value = data.switches()
        if self.log_group and self.logging_role:
            value["cloudWatchConfig"] = {
                "logGroupName": self.log_group.log_group_name,
                "roleArn": self.logging_role.role_arn,
                **({"largeDataDeliveryS3Config": bucket} if bucket else {}),
            }
        if deliver_to_s3 and bucket:
            value["s3Config"] = bucket
        return value

    def _expectation(
        self, creates_group: bool, creates_bucket: bool, retention_days: int, masked_identifiers: Sequence[str]
    ) -> dict[str, Any]:
        key = self.encryption_key.key_arn if self.encryption_key else None
        return {
            "logGroup": {
                "name": self.log_group.log_group_name,
                "retentionInDays": retention_days if creates_group else None,
                "kmsKeyArn": key if creates_group else None,
                "masked": bool(masked_identifiers) if creates_group else None,
            }
            if self.log_group
            else None,
            "bucket": {"name": self.payload_bucket.bucket_name, "kmsKeyArn": key if creates_bucket else None}
            if self.payload_bucket
            else None,
            "role": {"arn": self.logging_role.role_arn} if self.logging_role else None,
        }
