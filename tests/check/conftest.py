"""An account whose logging was set up by hand: every policy is typed here, none comes from the blueprint."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import botocore.loaders
import pytest

from bedrock_o11y.cli import main
from bedrock_o11y.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ACCOUNT = "000000000000"
REGION = "us-east-1"
RUNGS = [
    "configuration",
    "configuration-as-expected",
    "log-group",
    "retention",
    "encryption",
    "key-policy",
    "masking",
    "payload-bucket",
    "logging-role-trust",
    "logging-role-permissions",
    "delivery",
    "canary",
]
GROUP = "/by-hand/model-invocations"
BUCKET = "by-hand-payloads"
ROLE = "ByHandLogging"
STREAM_ARN = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}:log-stream:aws/bedrock/modelinvocations"
SOURCE = {
    "StringEquals": {"aws:SourceAccount": ACCOUNT},
    "ArnLike": {"aws:SourceArn": f"arn:aws:bedrock:{REGION}:{ACCOUNT}:*"},
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "bedrock.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": SOURCE,
        }
    ],
}
PERMISSIONS = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": STREAM_ARN}],
}
DENIED = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Action": "logs:PutLogEvents", "Resource": "*"}],
}
OWNER_STATEMENT = {
    "Sid": "Owner",
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "Action": "kms:*",
    "Resource": "*",
}
KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        OWNER_STATEMENT,
        {
            "Sid": "Logs",
            "Effect": "Allow",
            "Principal": {"Service": "logs.us-east-1.amazonaws.com"},
            "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
            "Resource": "*",
            "Condition": {
                "ArnEquals": {
                    "kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}"
                }
            },
        },
        {
            "Sid": "Bedrock",
            "Effect": "Allow",
            "Principal": {"Service": "bedrock.amazonaws.com"},
            "Action": "kms:GenerateDataKey",
            "Resource": "*",
            "Condition": SOURCE,
        },
    ],
}
OWNER_ONLY_KEY_POLICY = {"Version": "2012-10-17", "Statement": [OWNER_STATEMENT]}
BUCKET_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Write",
            "Effect": "Allow",
            "Principal": {"Service": "bedrock.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{BUCKET}/large/AWSLogs/{ACCOUNT}/BedrockModelInvocationLogs/*",
            "Condition": SOURCE,
        }
    ],
}
MASKING = {
    "Name": "mask",
    "Version": "2021-06-01",
    "Statement": [
        {
            "Sid": "audit",
            "DataIdentifier": ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"],
            "Operation": {"Audit": {"FindingsDestination": {}}},
        },
        {
            "Sid": "mask",
            "DataIdentifier": ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"],
            "Operation": {"Deidentify": {"MaskConfig": {}}},
        },
    ],
}
CONFIGURATION = {
    "cloudWatchConfig": {
        "logGroupName": GROUP,
        "roleArn": f"arn:aws:iam::{ACCOUNT}:role/{ROLE}",
        "largeDataDeliveryS3Config": {"bucketName": BUCKET, "keyPrefix": "large"},
    },
    "textDataDeliveryEnabled": True,
    "imageDataDeliveryEnabled": True,
    "embeddingDataDeliveryEnabled": True,
    "videoDataDeliveryEnabled": False,
    "audioDataDeliveryEnabled": False,
}


@dataclass(slots=True)
class ByHand:
    """The account, its clients, and the check run on it."""

    sandbox: Sandbox
    capture: pytest.CaptureFixture[str]
    key: str = ""
    clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        if service not in self.clients:
            self.clients[service] = self.sandbox.client(service)
        return self.clients[service]

    def heal(self) -> None:
        """Makes everything as it should be, whatever it was."""
        iam, logs, s3, kms = (self.client(service) for service in ("iam", "logs", "s3", "kms"))
        try:
            iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(TRUST))
        except iam.exceptions.EntityAlreadyExistsException:
            iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=json.dumps(TRUST))
        if "PermissionsBoundary" in iam.get_role(RoleName=ROLE)["Role"]:
            iam.delete_role_permissions_boundary(RoleName=ROLE)
        for name in iam.list_role_policies(RoleName=ROLE)["PolicyNames"]:
            iam.delete_role_policy(RoleName=ROLE, PolicyName=name)
        iam.put_role_policy(RoleName=ROLE, PolicyName="write", PolicyDocument=json.dumps(PERMISSIONS))
        if not self.key:
            self.key = kms.create_key(Policy=json.dumps(KEY_POLICY))["KeyMetadata"]["Arn"]
        kms.put_key_policy(KeyId=self.key, PolicyName="default", Policy=json.dumps(KEY_POLICY))
        self.delete_group()
        logs.create_log_group(logGroupName=GROUP, kmsKeyId=self.key)
        logs.put_retention_policy(logGroupName=GROUP, retentionInDays=90)
        logs.put_data_protection_policy(logGroupIdentifier=GROUP, policyDocument=json.dumps(MASKING))
        if BUCKET not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
            s3.create_bucket(Bucket=BUCKET)
        s3.put_bucket_ownership_controls(
            Bucket=BUCKET, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        )
        s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(BUCKET_POLICY))
        s3.put_bucket_encryption(
            Bucket=BUCKET,
            ServerSideEncryptionConfiguration={
                "Rules": [
                    {
                        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": self.key},
                        "BucketKeyEnabled": True,
                    }
                ]
            },
        )
        self.configure()
        ssm = self.client("ssm")
        with contextlib.suppress(ssm.exceptions.ParameterNotFound):
            ssm.delete_parameter(Name="/bedrock-o11y/account-settings/model-invocation-logging")

    def configure(self, **changes: Any) -> None:
        self.client("bedrock").put_model_invocation_logging_configuration(loggingConfig={**CONFIGURATION, **changes})

    def delete_group(self) -> None:
        logs = self.client("logs")
        with contextlib.suppress(logs.exceptions.ResourceNotFoundException):
            logs.delete_log_group(logGroupName=GROUP)

    def remember(self, **changes: Any) -> None:
        """Writes the record that a deploy would have left."""
        record = {
            "schema": "bedrock-o11y/account-setting-record/1",
            "setting": "model-invocation-logging",
            "owner": {
                "stackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/Demo-InvocationLogging/1",
                "physicalResourceId": "bedrock-o11y:model-invocation-logging:X",
            },
            "written": CONFIGURATION,
            "remembered": None,
            "expects": {
                "stackName": "Demo-InvocationLogging",
                "logGroup": {"name": GROUP, "retentionInDays": 90, "kmsKeyArn": self.key, "masked": True},
                "bucket": {"name": BUCKET, "kmsKeyArn": self.key},
                "role": {"arn": CONFIGURATION["cloudWatchConfig"]["roleArn"]},
            },
            "updatedAt": "2026-11-21T00:00:00+00:00",
            **changes,
        }
        self.client("ssm").put_parameter(
            Name="/bedrock-o11y/account-settings/model-invocation-logging",
            Value=json.dumps(record),
            Type="String",
            Overwrite=True,
        )

    def call_model(self) -> None:
        self.client("bedrock-runtime").converse(
            modelId="amazon.nova-micro-v1:0", messages=[{"role": "user", "content": [{"text": "hello"}]}]
        )

    def check(self, *options: str) -> tuple[int, dict[str, Any]]:
        """Runs the command; gives the exit code and the JSON."""
        self.capture.readouterr()
        code = main(["check", "--format", "json", *options])
        output = self.capture.readouterr()
        assert output.out, output.err
        return code, json.loads(output.out)

    def states(self, *options: str) -> dict[str, str]:
        """Runs the command; gives the state of each rung."""
        return {rung["id"]: rung["state"] for rung in self.check(*options)[1]["rungs"]}


@pytest.fixture(scope="session", autouse=True)
def service_models_are_read_once() -> Iterator[None]:
    """Every command makes its clients anew; reading the service models from disk each time is half of a test's time."""
    loader = botocore.loaders.create_loader()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.loaders, "create_loader", lambda _search_path=None: loader)
        yield


def fresh_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox in which no delivery has failed yet, for tests that judge deliveries without a canary."""
    running = Sandbox.start(tmp_path_factory.mktemp("fresh"))
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def clients() -> dict[str, Any]:
    """Clients of the administrator, made once."""
    return {}


@pytest.fixture
def as_role(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], None]:
    """Lets the commands of this test run in the sandbox, as a role."""

    def become(role: str | None) -> None:
        for name, value in sandbox.environment(role).items():
            if name.startswith("AWS_"):
                monkeypatch.setenv(name, value)

    return become


@pytest.fixture
def by_hand(
    sandbox: Sandbox,
    capsys: pytest.CaptureFixture[str],
    as_role: Callable[[str | None], None],
    clients: dict[str, Any],
) -> ByHand:
    """A healthy account, set up by hand; the commands run as its administrator."""
    as_role(None)
    account = ByHand(sandbox, capsys, clients=clients)
    account.heal()
    return account
