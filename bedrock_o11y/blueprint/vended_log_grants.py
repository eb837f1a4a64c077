"""What the destinations of vended logs and traces must allow the service that delivers them.

Names that the templates of this module use, beside ``${Partition}``, ``${Region}`` and ``${Account}``:

- ``${LogGroupName}``: a log group, or a pattern of names.
- ``${BucketName}``: a bucket.
"""

from __future__ import annotations

from typing import Final

from . import sources
from .grant import Condition, Grant, Severity, Source
from .vended_logs import RESOURCES, VENDED_LOGS

DELIVERY_PRINCIPAL: Final = "delivery.logs.amazonaws.com"
"""The service that writes to every destination."""

DELIVERY_TO_LOGS: Final = Source(
    "Amazon CloudWatch Logs user guide, Logging that requires additional permissions [V2]",
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-vended-logs-permissions-V2.html",
)
DELIVERY_TO_S3: Final = Source(
    "Amazon CloudWatch Logs user guide, Logs sent to Amazon S3",
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html",
)
DELIVERY_TO_XRAY: Final = Source(
    "Amazon CloudWatch Logs user guide, Traces sent to X-Ray",
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-XRayTraces.html",
)

_OWN_ACCOUNT = Condition("StringEquals", "aws:SourceAccount", ("${Account}",))
_OWN_DELIVERIES = Condition("ArnLike", "aws:SourceArn", ("arn:${Partition}:logs:${Region}:${Account}:*",))
_OWN_SOURCES = Condition("ArnLike", "aws:SourceArn", ("arn:${Partition}:logs:${Region}:${Account}:delivery-source:*",))

LOG_GROUP_GRANT: Final = Grant(
    sid="DeliverVendedLogs",
    principals=(DELIVERY_PRINCIPAL,),
    actions=("logs:CreateLogStream", "logs:PutLogEvents"),
    resources=("arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}:log-stream:*",),
    conditions=(_OWN_ACCOUNT, _OWN_DELIVERIES),
    purpose="The logs of agents never reach their log group.",
    severity=Severity.HIGH,
    sources=(VENDED_LOGS, DELIVERY_TO_LOGS),
    wildcard="The services choose the names of the log streams.",
)

TRACES_GRANT: Final = Grant(
    sid="DeliverVendedTraces",
    principals=(DELIVERY_PRINCIPAL,),
    actions=("xray:PutTraceSegments",),
    resources=("*",),
    conditions=(
        _OWN_ACCOUNT,
        # One policy for every kind of resource: an account has five, and AWS itself makes one for each kind.
        Condition(
            "ForAllValues:ArnLike",
            "logs:LogGeneratingResourceArns",
            tuple(resource.arn_pattern for resource in RESOURCES),
        ),
        _OWN_SOURCES,
    ),
    purpose="The traces of agents never reach X-Ray.",
    severity=Severity.HIGH,
    sources=(sources.RUNTIME_OBSERVABILITY, DELIVERY_TO_XRAY),
    wildcard="This action has no resource types.",
)

BUCKET_GRANT: Final = Grant(
    sid="DeliverVendedLogs",
    principals=(DELIVERY_PRINCIPAL,),
    actions=("s3:PutObject",),
    resources=("arn:${Partition}:s3:::${BucketName}/AWSLogs/${Account}/*",),
    conditions=(
        Condition("StringEquals", "s3:x-amz-acl", ("bucket-owner-full-control",)),
        _OWN_ACCOUNT,
        _OWN_SOURCES,
    ),
    purpose="The logs of agents never reach their bucket.",
    severity=Severity.HIGH,
    sources=(DELIVERY_TO_S3,),
    wildcard="Delivery chooses the names of the objects below this prefix.",
)

BUCKET_KEY_GRANT: Final = Grant(
    sid="EncryptVendedLogs",
    principals=(DELIVERY_PRINCIPAL,),
    actions=("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"),
    resources=("*",),
    conditions=(_OWN_ACCOUNT, _OWN_SOURCES),
    purpose="Delivery cannot write to the encrypted bucket.",
    severity=Severity.HIGH,
    sources=(DELIVERY_TO_S3,),
    wildcard="In a key policy the resource is always the key itself; the action patterns are those of the guide.",
)
