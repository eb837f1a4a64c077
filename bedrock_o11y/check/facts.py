"""The facts that a check can look at: which calls each takes, and which other facts it needs first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .readers import bucket, configuration, keys, logs, metrics, role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bedrock_o11y.aws import Account, Reading

    from .evidence import Evidence


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a check can look at.

    Attributes:
        title: what it is, for ``--explain``.
        actions: the IAM actions that reading it needs.
        read: looks.
        after: facts that must have been looked at before.
    """

    title: str
    actions: tuple[str, ...]
    read: Callable[[Account, Evidence], Reading]
    after: tuple[str, ...] = ()


_BOTH: Final = ("configuration", "record")

FACTS: Final[dict[str, Fact]] = {
    "configuration": Fact(
        "the configuration of model invocation logging",
        ("bedrock:GetModelInvocationLoggingConfiguration",),
        configuration.read_configuration,
    ),
    "record": Fact(
        f"the record of a deploy, SSM parameter {configuration.RECORD_NAME}",
        ("ssm:GetParameter",),
        configuration.read_record,
    ),
    "delivery": Fact(
        "the delivery metrics of the last hour",
        ("cloudwatch:ListMetrics", "cloudwatch:GetMetricData"),
        metrics.read_delivery,
    ),
    "log_group": Fact("the log group", ("logs:DescribeLogGroups",), logs.read_log_group, _BOTH),
    "data_protection": Fact(
        "the data-protection policy of the log group",
        ("logs:GetDataProtectionPolicy",),
        logs.read_data_protection,
        _BOTH,
    ),
    "bucket": Fact("the payload bucket", ("s3:ListBucket",), bucket.read_bucket, _BOTH),
    "bucket_ownership": Fact(
        "the object ownership of the bucket",
        ("s3:GetBucketOwnershipControls",),
        bucket.read_bucket_ownership,
        _BOTH,
    ),
    "bucket_policy": Fact("the bucket policy", ("s3:GetBucketPolicy",), bucket.read_bucket_policy, _BOTH),
    "bucket_encryption": Fact(
        "the default encryption of the bucket",
        ("s3:GetEncryptionConfiguration",),
        bucket.read_bucket_encryption,
        _BOTH,
    ),
    "key_policy": Fact(
        "the policy of the log group's key",
        ("kms:GetKeyPolicy",),
        keys.read_logs_key_policy,
        (*_BOTH, "log_group"),
    ),
    "payload_key_policy": Fact(
        "the policy of the payload bucket's key",
        ("kms:GetKeyPolicy", "kms:DescribeKey"),
        keys.read_payload_key_policy,
        (*_BOTH, "bucket_encryption"),
    ),
    "logging_role": Fact("the logging role and its trust policy", ("iam:GetRole",), role.read_role, _BOTH),
    "logging_role_policies": Fact(
        "the policies and the permissions boundary of the logging role",
        (
            "iam:ListRolePolicies",
            "iam:GetRolePolicy",
            "iam:ListAttachedRolePolicies",
            "iam:GetPolicy",
            "iam:GetPolicyVersion",
        ),
        role.read_role_policies,
        (*_BOTH, "logging_role"),
    ),
}
"""Every fact but the canary, which is not a look but a call: see :mod:`bedrock_o11y.check.canary`."""


def closure(names: Iterable[str]) -> frozenset[str]:
    """Facts together with the facts that they need first."""
    wanted: set[str] = set()
    left = [name for name in names if name in FACTS]
    while left:
        name = left.pop()
        if name not in wanted:
            wanted.add(name)
            left += FACTS[name].after
    return frozenset(wanted)
