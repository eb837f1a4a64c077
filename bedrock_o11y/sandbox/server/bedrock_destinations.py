"""Where Bedrock delivers invocation logs, reached only the way AWS would let it: as the role, or by resource policy.

Put of the logging configuration and every later delivery go through the same two functions, so what would be refused at
Put is refused at delivery. Sources: Bedrock user guide, "Monitor model invocation using CloudWatch Logs and Amazon S3".

Not published by AWS, therefore decided here: the resource part of ``aws:SourceArn`` (only ``arn:P:bedrock:R:A:*`` is
documented as a pattern; a trust policy that names a narrower resource is refused) and the name of the role session.
"""

from __future__ import annotations

import json
import time
from typing import Any

from . import service_seams as seams
from . import service_settings
from .service_principal import (
    ServiceCall,
    may_assume,
    resource_policy_allows,
    role_age_seconds,
    role_allows,
    role_by_arn,
)

SERVICE = "bedrock.amazonaws.com"
STREAM = "aws/bedrock/modelinvocations"
PERMISSION_CHECK_KEY = "amazon-bedrock-logs-permission-check"

_SESSION = "BedrockModelInvocationLogging"


class DeliveryRefusedError(Exception):
    """AWS would not let Bedrock write there; the message says why, for the log of the sandbox."""


def bedrock_call() -> ServiceCall:
    """Bedrock acting for the invocation logging of the account and Region of this request."""
    account = seams.account_id()
    arn = f"arn:aws:bedrock:{seams.region()}:{account}:model-invocation-logging-configuration"
    return ServiceCall(principal=SERVICE, source_account=account, source_arn=arn)


def write_to_log_group(config: dict[str, Any], messages: list[str]) -> None:
    """Write messages to the stream ``aws/bedrock/modelinvocations`` as the configured role.

    Args:
        config: ``cloudWatchConfig`` of the logging configuration.
        messages: one log event each.

    Raises:
        DeliveryRefusedError: role, trust, permissions, log group or its key do not let Bedrock write.
    """
    group, role_arn = str(config["logGroupName"]), str(config["roleArn"])
    role = role_by_arn(role_arn)
    if role is None:
        raise DeliveryRefusedError(f"there is no role {role_arn} in this account")
    if role_age_seconds(role) < service_settings.current().iam_propagation_seconds:
        raise DeliveryRefusedError(f"the role {role_arn} has not propagated yet")
    if not may_assume(role, bedrock_call()):
        raise DeliveryRefusedError(f"the trust policy of {role_arn} does not let {SERVICE} assume it")
    stream_arn = f"arn:aws:logs:{seams.region()}:{seams.account_id()}:log-group:{group}:log-stream:{STREAM}"
    for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
        if not role_allows(role, _SESSION, action, stream_arn):
            raise DeliveryRefusedError(f"{role_arn} may not {action} on {stream_arn}")
    stored = seams.get("logs.groups").get(group)
    if stored is None:
        raise DeliveryRefusedError(f"the log group {group} does not exist")
    if STREAM not in stored["streams"]:
        seams.get("logs.create_stream")({"logGroupName": group, "logStreamName": STREAM})
    now = int(time.time() * 1000)
    events = [{"timestamp": now, "message": message} for message in messages]
    status, _, body = seams.get("logs.put_events")(
        {"logGroupName": group, "logStreamName": STREAM, "logEvents": events}
    )
    if status != 200:
        raise DeliveryRefusedError(json.loads(body).get("message", "PutLogEvents failed"))


def prefix_of(config: dict[str, Any]) -> str:
    """``PREFIX/AWSLogs/ACCOUNT/BedrockModelInvocationLogs/`` of an S3 destination, as its bucket policy names it."""
    prefix = str(config.get("keyPrefix") or "").strip("/")
    return f"{prefix}/" * bool(prefix) + f"AWSLogs/{seams.account_id()}/BedrockModelInvocationLogs/"


def write_to_bucket(config: dict[str, Any], key: str, body: bytes, content_type: str) -> str:
    """Write one object as the service principal and return its ``s3://`` address.

    Args:
        config: ``s3Config`` or ``largeDataDeliveryS3Config``.
        key: key below ``prefix_of(config)``.
        body: content of the object.
        content_type: stored with the object.

    Raises:
        DeliveryRefusedError: bucket, bucket policy or key policy do not let Bedrock write.
    """
    bucket = str(config["bucketName"])
    stored = seams.get("s3.buckets").get(bucket)
    if stored is None:
        raise DeliveryRefusedError(f"there is no bucket {bucket} in this account")
    if stored.get("region", seams.region()) != seams.region():
        raise DeliveryRefusedError(f"the bucket {bucket} is in another Region")
    full_key = prefix_of(config) + key
    arn = f"arn:aws:s3:::{bucket}/{full_key}"
    policy = seams.get("s3.policies").get(bucket)
    if not resource_policy_allows(policy, bedrock_call(), "s3:PutObject", arn):
        raise DeliveryRefusedError(f"the policy of bucket {bucket} does not let {SERVICE} put {full_key}")
    _use_bucket_key(bucket, arn)
    status, _, answer = seams.get("s3.put_object")(bucket, full_key, body, {"content-type": content_type})
    if status != 200:
        raise DeliveryRefusedError(f"PutObject to {bucket} answered {status}: {answer[:200]!r}")
    return f"s3://{bucket}/{full_key}"


def _use_bucket_key(bucket: str, object_arn: str) -> None:
    """An SSE-KMS bucket needs its key policy to let Bedrock generate data keys; the AWS managed key never does."""
    encryption = seams.get("s3.default_encryption")(bucket)
    if not str(encryption.get("x-amz-server-side-encryption", "")).startswith("aws:kms"):
        return
    key_arn = str(encryption.get("x-amz-server-side-encryption-aws-kms-key-id", ""))
    key = seams.get("kms.resolve")(key_arn)
    if key is None or key.get("KeyState") != "Enabled":
        raise DeliveryRefusedError(f"the key of bucket {bucket} is not a usable customer managed key")
    keys = {
        "kms:ViaService": f"s3.{seams.region()}.amazonaws.com",
        "kms:EncryptionContext:aws:s3:arn": object_arn,
    }
    if not resource_policy_allows(key.get("Policy"), bedrock_call(), "kms:GenerateDataKey", str(key["Arn"]), keys):
        raise DeliveryRefusedError(f"the key policy of {key['Arn']} does not let {SERVICE} generate data keys")
