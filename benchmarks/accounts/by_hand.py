"""A sandbox account whose model invocation logging somebody set up by hand, healthy on every rung."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from benchmarks.measuring import BrokenWorkError

if TYPE_CHECKING:
    from bedrock_o11y.sandbox import Sandbox

LOG_GROUP = "/by-hand/model-invocations"
LOG_STREAM = "aws/bedrock/modelinvocations"
BUCKET = "by-hand-payloads"
ROLE = "by-hand-logging"
PREFIX = "large"
MODEL = "amazon.nova-micro-v1:0"
_BATCH = 1_000


def create(sandbox: Sandbox) -> None:
    """Create key, log group, bucket and role, turn logging on, and call a model once.

    Args:
        sandbox: a sandbox with an empty account.
    """
    account, region = sandbox.account_id, sandbox.region
    source = {
        "StringEquals": {"aws:SourceAccount": account},
        "ArnLike": {"aws:SourceArn": f"arn:aws:bedrock:{region}:{account}:*"},
    }
    group_arn = f"arn:aws:logs:{region}:{account}:log-group:{LOG_GROUP}"
    key = _create_key(sandbox, group_arn, source)
    _create_log_group(sandbox, key)
    _create_bucket(sandbox, key, source)
    role = _create_role(sandbox, group_arn, source)
    sandbox.client("bedrock").put_model_invocation_logging_configuration(
        loggingConfig={
            "cloudWatchConfig": {
                "logGroupName": LOG_GROUP,
                "roleArn": role,
                "largeDataDeliveryS3Config": {"bucketName": BUCKET, "keyPrefix": PREFIX},
            },
            "textDataDeliveryEnabled": True,
            "imageDataDeliveryEnabled": True,
            "embeddingDataDeliveryEnabled": True,
            "videoDataDeliveryEnabled": True,
        }
    )
    sandbox.client("bedrock-runtime").converse(modelId=MODEL, messages=[{"role": "user", "content": [{"text": "hi"}]}])


def put_events(sandbox: Sandbox, count: int) -> None:
    """Put further events into the log stream of the records.

    Args:
        sandbox: the sandbox, after `create`.
        count: how many.

    Raises:
        BrokenWorkError: some were refused.
    """
    record = json.dumps(
        {
            "schemaType": "ModelInvocationLog",
            "schemaVersion": "1.0",
            "operation": "Converse",
            "modelId": MODEL,
            "input": {"inputTokenCount": 9},
            "output": {"outputTokenCount": 5},
        }
    )
    logs = sandbox.client("logs")
    now = int(time.time() * 1000)
    for start in range(0, count, _BATCH):
        events = [{"timestamp": now, "message": record} for _ in range(min(_BATCH, count - start))]
        answer = logs.put_log_events(logGroupName=LOG_GROUP, logStreamName=LOG_STREAM, logEvents=events)
        if "rejectedLogEventsInfo" in answer:
            raise BrokenWorkError(f"the sandbox refused events: {answer['rejectedLogEventsInfo']}")


def _create_key(sandbox: Sandbox, group_arn: str, source: dict[str, Any]) -> str:
    policy = _document(
        _allow("kms:*", "*", Principal={"AWS": f"arn:aws:iam::{sandbox.account_id}:root"}),
        _allow(
            ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
            "*",
            Principal={"Service": f"logs.{sandbox.region}.amazonaws.com"},
            Condition={"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": group_arn}},
        ),
        _allow("kms:GenerateDataKey", "*", Principal={"Service": "bedrock.amazonaws.com"}, Condition=source),
    )
    return str(sandbox.client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"])


def _create_log_group(sandbox: Sandbox, key: str) -> None:
    email = ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"]
    masking = {
        "Name": "mask",
        "Version": "2021-06-01",
        "Statement": [
            {"Sid": "audit", "DataIdentifier": email, "Operation": {"Audit": {"FindingsDestination": {}}}},
            {"Sid": "mask", "DataIdentifier": email, "Operation": {"Deidentify": {"MaskConfig": {}}}},
        ],
    }
    logs = sandbox.client("logs")
    logs.create_log_group(logGroupName=LOG_GROUP, kmsKeyId=key)
    logs.put_retention_policy(logGroupName=LOG_GROUP, retentionInDays=90)
    logs.put_data_protection_policy(logGroupIdentifier=LOG_GROUP, policyDocument=json.dumps(masking))


def _create_bucket(sandbox: Sandbox, key: str, source: dict[str, Any]) -> None:
    objects = f"arn:aws:s3:::{BUCKET}/{PREFIX}/AWSLogs/{sandbox.account_id}/BedrockModelInvocationLogs/*"
    by_default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    s3 = sandbox.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_ownership_controls(
        Bucket=BUCKET, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    )
    s3.put_bucket_encryption(
        Bucket=BUCKET,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": by_default, "BucketKeyEnabled": True}]
        },
    )
    bedrock = {"Service": "bedrock.amazonaws.com"}
    s3.put_bucket_policy(
        Bucket=BUCKET, Policy=_document(_allow("s3:PutObject", objects, Principal=bedrock, Condition=source))
    )


def _create_role(sandbox: Sandbox, group_arn: str, source: dict[str, Any]) -> str:
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "bedrock.amazonaws.com"},
        "Condition": source,
    }
    write = _allow(["logs:CreateLogStream", "logs:PutLogEvents"], f"{group_arn}:log-stream:{LOG_STREAM}")
    iam = sandbox.client("iam")
    arn = str(iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=_document(trust))["Role"]["Arn"])
    iam.put_role_policy(RoleName=ROLE, PolicyName="write", PolicyDocument=_document(write))
    return arn


def _allow(actions: str | list[str], resource: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **more}


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
