"""Names that the deploy wants and that may be taken: the log group and the payload bucket."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from bedrock_o11y.aws import look
from bedrock_o11y.report.plan import Bearing, Collision

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bedrock_o11y.aws import Account, Reading

    from .wanted import Wanted

_IMPORT = "--import-existing-resources"


def look_for_log_group(account: Account, name: str) -> Reading:
    """Whether a log group exists; its value carries ``key``, the ARN of the key that encrypts it, or None."""

    def call() -> Any:
        found = account.client("logs").describe_log_groups(logGroupNamePrefix=name, limit=50)["logGroups"]
        return next(({"key": group.get("kmsKeyId")} for group in found if group["logGroupName"] == name), None)

    return look("logs:DescribeLogGroups", call)


def look_for_bucket(account: Account, name: str) -> Reading:
    """Whether a bucket exists in this account."""

    def call() -> Any:
        account.client("s3").head_bucket(Bucket=name, ExpectedBucketOwner=account.identity().account)
        return name

    return look("s3:ListBucket", call, absent=("404", "NoSuchBucket"))


def judge_log_group(wanted: Wanted, found: Reading, ours: Collection[str]) -> Collision | None:
    """What a log group of the wanted name means.

    Args:
        wanted: what the configuration asks for.
        found: whether it exists.
        ours: names that the record of the managing stack lists.

    Returns:
        The finding; None when no log group is wanted.
    """
    if wanted.log_group is None:
        return None
    finding = judge_name("log group", wanted.log_group, found, ours, must_exist=wanted.log_group_exists)
    return _with_its_key(finding, found.value["key"], wanted) if finding.bearing is Bearing.NOTICE else finding


def judge_bucket(wanted: Wanted, found: Reading, ours: Collection[str]) -> Collision | None:
    """What a bucket of the wanted name means; as :func:`judge_log_group`."""
    if wanted.bucket is None:
        return None
    return judge_name("bucket", wanted.bucket, found, ours, must_exist=wanted.bucket_exists)


def names_of_ours(record: Mapping[str, Any] | None) -> frozenset[str]:
    """Names of log group and bucket that a record of ours lists."""
    expects = record or {}
    return frozenset(
        str(part["name"]) for member in ("logGroup", "bucket") if (part := expects.get(member)) and part.get("name")
    )


def _with_its_key(finding: Collision, key: str | None, wanted: Wanted) -> Collision:
    """A group is taken over only when the configuration names its key; anything else might be somebody else's.

    Every group that we make has a customer key, and CloudFormation leaves the properties of what it takes over as they
    are. So a group without a key was never ours, and one with a key keeps it.
    """
    if key is not None and key == wanted.key_arn:
        return finding
    others = "set invocation_logging.log_group.create to false to use it as it is, or name another log group"
    message = "It exists, and no record says that a stack of ours manages it. "
    if key is None:
        message += f"It has no customer key, so no deploy of ours made it: {others}."
    else:
        message += (
            f"If an earlier deploy left it, set encryption.key_arn to {key}, the key that it has and keeps; a deploy "
            f"with {_IMPORT} then takes it over. Otherwise {others}."
        )
    return replace(finding, bearing=Bearing.STOPS, message=message)


def judge_name(kind: str, name: str, found: Reading, ours: Collection[str], *, must_exist: bool) -> Collision:
    """What it means that a name is taken, or free.

    Args:
        kind: ``log group`` or ``bucket``.
        name: the name.
        found: whether something has it.
        ours: names of what the managing stack has made.
        must_exist: the configuration uses it as it is.
    """
    finding = partial(Collision, kind, name)
    if found.is_unreadable:
        return finding(Bearing.UNKNOWN, f"Whether it exists could not be read: {found.reason}.")
    if must_exist:
        if found.is_present:
            return finding(Bearing.CLEAR, "It exists and is used as it is.")
        return finding(Bearing.STOPS, f"The configuration uses it as an existing {kind}, and it does not exist.")
    if found.is_absent:
        return finding(Bearing.CLEAR, "The name is free; the deploy makes it.")
    if name in ours:
        return finding(Bearing.CLEAR, "It exists and belongs to the stack.")
    return finding(
        Bearing.NOTICE,
        f"It exists and no record says that a stack of ours manages it. A deploy with {_IMPORT} takes it over, content "
        "included, unless another stack manages it; a deploy without that option stops.",
    )
