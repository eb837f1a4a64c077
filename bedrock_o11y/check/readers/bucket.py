"""Reads the payload bucket: whether it exists, who owns its objects, its policy and its encryption."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bedrock_o11y.aws import Reading, look
from bedrock_o11y.check.subject import subject

if TYPE_CHECKING:
    from collections.abc import Callable

    from bedrock_o11y.aws import Account
    from bedrock_o11y.check.evidence import Evidence


def read_bucket(account: Account, seen: Evidence) -> Reading:
    """The bucket and its Region; absent when no bucket has that name.

    HeadBucket answers 404 when there is none, and 403 when the caller may not list it (Amazon S3 API reference).
    """

    def call(client: Any, name: str) -> Any:
        answer = client.head_bucket(Bucket=name, ExpectedBucketOwner=account.identity().account)
        headers = answer["ResponseMetadata"]["HTTPHeaders"]
        return {"region": answer.get("BucketRegion") or headers.get("x-amz-bucket-region")}

    reading = _look(account, seen, "s3:ListBucket", call, absent=("404", "NoSuchBucket"))
    if reading.action:
        also = "permission s3:ListBucket is missing, or the bucket belongs to another account"
        return Reading(reading.status, None, reading.action, also, reading.seconds)
    return reading


def read_bucket_ownership(account: Account, seen: Evidence) -> Reading:
    """Who owns the objects, ``BucketOwnerEnforced`` when access control lists are off; absent when nothing is set."""

    def call(client: Any, name: str) -> Any:
        rules = client.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]
        return rules[0]["ObjectOwnership"] if rules else None

    return _look(account, seen, "s3:GetBucketOwnershipControls", call, absent=("OwnershipControlsNotFoundError",))


def read_bucket_policy(account: Account, seen: Evidence) -> Reading:
    """The bucket policy; absent when there is none."""

    def call(client: Any, name: str) -> Any:
        return json.loads(client.get_bucket_policy(Bucket=name)["Policy"])

    return _look(account, seen, "s3:GetBucketPolicy", call, absent=("NoSuchBucketPolicy",))


def read_bucket_encryption(account: Account, seen: Evidence) -> Reading:
    """How the bucket encrypts by default: ``{"algorithm", "key"}``; absent when nothing is set."""

    def call(client: Any, name: str) -> Any:
        answer = client.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
        default = answer[0].get("ApplyServerSideEncryptionByDefault", {}) if answer else {}
        return {"algorithm": default.get("SSEAlgorithm"), "key": default.get("KMSMasterKeyID")} if default else None

    missing = ("ServerSideEncryptionConfigurationNotFoundError",)
    return _look(account, seen, "s3:GetEncryptionConfiguration", call, absent=missing)


def _look(
    account: Account, seen: Evidence, action: str, call: Callable[[Any, str], Any], *, absent: tuple[str, ...]
) -> Reading:
    place = subject(seen).bucket
    if place is None:
        return Reading.unreadable("no bucket is named")
    return look(action, lambda: call(account.client("s3"), place.bucket), absent=absent)
