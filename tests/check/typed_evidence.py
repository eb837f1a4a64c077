"""Evidence of a healthy account, typed by hand, and ways to change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bedrock_o11y.aws import Reading
from bedrock_o11y.check.evidence import Evidence
from bedrock_o11y.check.ladder import judge, selected

if TYPE_CHECKING:
    from bedrock_o11y.report import Rung

ACCOUNT = "123456789012"
GROUP = "/aws/bedrock/model-invocations"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/BedrockLogging"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
LARGE = {"bucketName": "payloads", "keyPrefix": "large"}
LIVE: dict[str, Any] = {
    "cloudWatchConfig": {"logGroupName": GROUP, "roleArn": ROLE, "largeDataDeliveryS3Config": LARGE},
    "textDataDeliveryEnabled": True,
    "imageDataDeliveryEnabled": True,
    "embeddingDataDeliveryEnabled": True,
    "videoDataDeliveryEnabled": True,
}
RECORD: dict[str, Any] = {
    "owner": {"stackId": "arn:x:stack/Obs-InvocationLogging/1", "physicalResourceId": "p"},
    "written": LIVE,
    "expects": {
        "stackName": "Obs-InvocationLogging",
        "logGroup": {"name": GROUP, "retentionInDays": 365, "kmsKeyArn": KEY, "masked": True},
        "bucket": {"name": "payloads", "kmsKeyArn": KEY},
        "role": {"arn": ROLE},
    },
}
SOURCE = {
    "StringEquals": {"aws:SourceAccount": ACCOUNT},
    "ArnLike": {"aws:SourceArn": f"arn:aws:bedrock:us-east-1:{ACCOUNT}:*"},
}
KEY_POLICY = {
    "Statement": [
        {
            "Sid": "Logs",
            "Effect": "Allow",
            "Principal": {"Service": "logs.us-east-1.amazonaws.com"},
            "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
            "Resource": "*",
            "Condition": {
                "ArnEquals": {
                    "kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{GROUP}"
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
    ]
}
BUCKET_POLICY = {
    "Statement": [
        {
            "Sid": "Write",
            "Effect": "Allow",
            "Principal": {"Service": "bedrock.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::payloads/large/AWSLogs/{ACCOUNT}/BedrockModelInvocationLogs/*",
            "Condition": SOURCE,
        }
    ]
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "LetIn",
            "Effect": "Allow",
            "Principal": {"Service": "bedrock.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": SOURCE,
        }
    ],
}
STREAM = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{GROUP}:log-stream:aws/bedrock/modelinvocations"
WRITE = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Write",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": STREAM,
        }
    ],
}
MASKING = {
    "Statement": [
        {
            "DataIdentifier": ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"],
            "Operation": {"Audit": {"FindingsDestination": {}}},
        },
        {
            "DataIdentifier": ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"],
            "Operation": {"Deidentify": {"MaskConfig": {}}},
        },
    ]
}
SUCCESS = "ModelInvocationLogsCloudWatchDeliverySuccess"
FAILURE = "ModelInvocationLogsCloudWatchDeliveryFailure"
LARGE_FAILURE = "ModelInvocationLargeDataS3DeliveryFailure"
LARGE_SUCCESS = "ModelInvocationLargeDataS3DeliverySuccess"
ABSENT = Reading.absent()
DENIED = Reading.unreadable("permission x:Y is missing", "x:Y")


def at(minute: int) -> str:
    return f"2026-11-21T04:{minute:02}:00Z"


def metrics(**series: dict[int, float]) -> dict[str, Any]:
    names = {"good": SUCCESS, "bad": FAILURE, "large_good": LARGE_SUCCESS, "large_bad": LARGE_FAILURE}
    return {
        "start": at(0),
        "end": at(59),
        "listed": [],
        "series": {names[name]: {at(minute): count for minute, count in each.items()} for name, each in series.items()},
    }


def role(**changes: Any) -> dict[str, Any]:
    fact = {
        "name": "BedrockLogging",
        "arn": ROLE,
        "created": "2026-11-01",
        "tags": {"team": "blue"},
        "trust": TRUST,
        "boundary": None,
    }
    return {**fact, **changes}


def policies(*inline: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The policies of the role; inline ones are documents, or entries of policies that could not be read."""
    entries = [each if "name" in each else {"name": "write", "document": each} for each in inline or (WRITE,)]
    return {"inline": entries, "managed": [], "unlisted": [], "boundary": None, **changes}


def statement(effect: str, *actions: str, **more: Any) -> dict[str, Any]:
    one = {"Effect": effect, "Action": list(actions), "Resource": "*", **more}
    return {"Version": "2012-10-17", "Statement": [one]}


def canary(**changes: Any) -> dict[str, Any]:
    fact: dict[str, Any] = {
        "asked": True,
        "model": "amazon.nova-micro-v1:0",
        "nonce": "abcdefgh",
        "sent_at": "2026-11-21T04:30:10Z",
        "call": {"answered": True, "request_id": "r-1", "input_tokens": 6, "output_tokens": 2},
        "log": {"found": True, "seen_at": "2026-11-21T04:30:20Z", "delay_seconds": 9.5, "record": record_of_canary()},
    }
    return {**fact, **changes}


def record_of_canary(**changes: Any) -> dict[str, Any]:
    record: dict[str, Any] = {
        "schemaType": "ModelInvocationLog",
        "schemaVersion": "1.0",
        "timestamp": "2026-11-21T04:30:12Z",
        "accountId": ACCOUNT,
        "region": "us-east-1",
        "requestId": "r-1",
        "operation": "Converse",
        "modelId": "amazon.nova-micro-v1:0",
        "identity": {"arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/R/s"},
        "requestMetadata": {"bedrock-o11y-canary": "abcdefgh"},
        "input": {"inputContentType": "application/json", "inputBodyJson": "[redacted]", "inputTokenCount": 6},
        "output": {"outputContentType": "application/json", "outputBodyJson": "[redacted]", "outputTokenCount": 2},
    }
    return {**record, **changes}


FACTS: dict[str, Any] = {
    "configuration": LIVE,
    "record": RECORD,
    "log_group": {"logGroupName": GROUP, "retentionInDays": 365, "kmsKeyId": KEY},
    "data_protection": MASKING,
    "key_policy": KEY_POLICY,
    "payload_key_policy": KEY_POLICY,
    "bucket": {"region": "us-east-1"},
    "bucket_ownership": "BucketOwnerEnforced",
    "bucket_policy": BUCKET_POLICY,
    "bucket_encryption": {"algorithm": "aws:kms", "key": KEY},
    "logging_role": role(),
    "logging_role_policies": policies(),
    "delivery": metrics(good={30: 1.0}),
    "canary": canary(),
}


def evidence(**changes: Any) -> Evidence:
    facts = {
        name: value if isinstance(value, Reading) else Reading.present(value)
        for name, value in {**FACTS, **changes}.items()
    }
    return Evidence(
        ACCOUNT, "us-east-1", "aws", f"arn:aws:sts::{ACCOUNT}:assumed-role/R/s", "2026-11-21T04:30:00Z", facts
    )


def judged(name: str, **changes: Any) -> Rung:
    (result,) = judge(evidence(**changes), selected([name]))
    return result


def group(**changes: Any) -> dict[str, Any]:
    return {"logGroupName": GROUP, "retentionInDays": 365, "kmsKeyId": KEY, **changes}


def expecting(**changes: Any) -> dict[str, Any]:
    return {**RECORD, "expects": {**RECORD["expects"], **changes}}


def live(**changes: Any) -> dict[str, Any]:
    return {**LIVE, **changes}


S3_ONLY = {"s3Config": {"bucketName": "payloads"}, "textDataDeliveryEnabled": True}
NO_BUCKET = live(cloudWatchConfig={"logGroupName": GROUP, "roleArn": ROLE})
OFF = {"textDataDeliveryEnabled": False}
NEVER = {"logGroupName": GROUP, "kmsKeyId": KEY}
UNKEYED = {"logGroupName": GROUP, "retentionInDays": 365}
