"""What is judged: the log group, bucket and role of the live configuration, and what the record expects of them.

The record is the SSM parameter in which a deploy of ours keeps what it wrote and what it created. Where there is none,
or where the live configuration names something else than the record, the account is judged alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bedrock_o11y.account_settings.model_invocation_logging import RULES

from .rung import Judgement, not_applicable, unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .evidence import Evidence

DATA_TYPES = ("text", "image", "embedding", "video", "audio")
"""What the configuration can switch, each as ``<type>DataDeliveryEnabled`` (botocore model of Amazon Bedrock)."""


@dataclass(frozen=True, slots=True)
class Place:
    """A bucket and the prefix below which Bedrock writes.

    Attributes:
        bucket: name of the bucket.
        prefix: prefix of the keys, without a closing slash; may be empty.
    """

    bucket: str
    prefix: str = ""

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}" if self.prefix else f"s3://{self.bucket}"


@dataclass(frozen=True, slots=True)
class Subject:
    """The parts that the rungs judge.

    Attributes:
        live: the live configuration; None when absent or unreadable.
        stack: name of the stack that owns the record; None without a record.
        written: the configuration that the record says was written; None without one.
        log_group: name of the log group; of the live configuration, else of the record.
        expected_log_group: what the record expects of that log group; None without a record of it.
        bucket: where large bodies go; of the live configuration, else of the record.
        bucket_expected: whether the record expects a bucket; None without a record.
        expected_bucket: what the record expects of that bucket; None without a record of it.
        role_arn: the role that Bedrock writes with.
    """

    live: Mapping[str, Any] | None
    stack: str | None
    written: Mapping[str, Any] | None
    log_group: str | None
    expected_log_group: Mapping[str, Any] | None
    bucket: Place | None
    bucket_expected: bool | None
    expected_bucket: Mapping[str, Any] | None
    role_arn: str | None

    @property
    def judged_alone(self) -> bool:
        """Whether no record says what to expect."""
        return self.stack is None


def subject(evidence: Evidence) -> Subject:
    """Finds what is to be judged.

    Args:
        evidence: needs the facts ``configuration`` and ``record``.

    Returns:
        The parts; those that nothing names are None.
    """
    live: Mapping[str, Any] | None = evidence.value("configuration")
    record: Mapping[str, Any] | None = evidence.value("record")
    expects: Mapping[str, Any] = (record or {}).get("expects") or {}
    expected_group: Mapping[str, Any] | None = expects.get("logGroup")
    expected_bucket: Mapping[str, Any] | None = expects.get("bucket")
    cloudwatch: Mapping[str, Any] = (live or {}).get("cloudWatchConfig") or {}
    # A deploy that was cut off has begun a write and not noted its end.
    written: Mapping[str, Any] | None = (record or {}).get("written") or (record or {}).get("writing")

    log_group = cloudwatch.get("logGroupName")
    if live is None and expected_group:
        log_group = expected_group.get("name")
    bucket = large_bodies(live or {})
    if bucket is None and expected_bucket:
        bucket = large_bodies(written or {}) or Place(str(expected_bucket["name"]))
    return Subject(
        live=live,
        stack=str(expects.get("stackName") or "unnamed") if record else None,
        written=written,
        log_group=log_group,
        expected_log_group=expected_group if expected_group and expected_group.get("name") == log_group else None,
        bucket=bucket,
        bucket_expected=bool(expected_bucket) if record else None,
        expected_bucket=expected_bucket
        if expected_bucket and bucket and expected_bucket.get("name") == bucket.bucket
        else None,
        role_arn=cloudwatch.get("roleArn") or (expects.get("role") or {}).get("arn"),
    )


def large_bodies(configuration: Mapping[str, Any]) -> Place | None:
    """Where a configuration sends bodies that do not fit into a log event, if anywhere.

    Args:
        configuration: as the Bedrock API gives it.

    Returns:
        The bucket for large data of the CloudWatch destination, else the bucket of the S3 destination.
    """
    cloudwatch = configuration.get("cloudWatchConfig") or {}
    chosen = cloudwatch.get("largeDataDeliveryS3Config") or configuration.get("s3Config") or {}
    name = chosen.get("bucketName")
    return Place(str(name), str(chosen.get("keyPrefix") or "").strip("/")) if name else None


def logs_key(seen: Evidence) -> str | None:
    """ARN of the key of the log group; of the live group, else of the record."""
    group: Mapping[str, Any] = seen.value("log_group") or {}
    if group:
        return group.get("kmsKeyId")
    return (subject(seen).expected_log_group or {}).get("kmsKeyArn")


def payload_key(seen: Evidence) -> str | None:
    """The customer key of the payload bucket; None for the bucket's default encryption or AWS's own key."""
    encryption: Mapping[str, Any] = seen.value("bucket_encryption") or {}
    return encryption.get("key")


def shown_key(arn: str) -> str:
    """A key as a sentence names it: its id alone, which is long enough."""
    return f"key {arn.rpartition('/')[2]}"


def delivered_types(configuration: Mapping[str, Any]) -> tuple[str, ...]:
    """The data types that a configuration delivers, ``("text", "image")``; a switch that is not mentioned is on."""
    switches = RULES.normalise(dict(configuration))
    return tuple(kind for kind in DATA_TYPES if switches[f"{kind}DataDeliveryEnabled"])


def without_log_group(evidence: Evidence, about: Subject) -> Judgement | None:
    """The judgement of every rung about the log group when there is no log group to judge.

    Args:
        evidence: what was seen.
        about: what is judged.

    Returns:
        None when a log group is named; NOT_APPLICABLE when the configuration delivers to S3 only; otherwise UNKNOWN,
        blocked by the configuration.
    """
    if about.log_group:
        return None
    if about.live is not None:
        return not_applicable("The configuration delivers to S3 only; no log group is in use.")
    because = evidence.fact("configuration").reason or "there is no configuration"
    return unknown(
        f"No log group is named: {because}, and no record of a deploy names one.", blocked_by="configuration"
    )
