"""Reads the policies of the keys that encrypt the log group and the payload bucket."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bedrock_o11y.aws import Reading, look
from bedrock_o11y.check.subject import logs_key, payload_key

if TYPE_CHECKING:
    from bedrock_o11y.aws import Account
    from bedrock_o11y.check.evidence import Evidence


def read_logs_key_policy(account: Account, seen: Evidence) -> Reading:
    """The policy of the log group's key."""
    return _policy(account, logs_key(seen))


def read_payload_key_policy(account: Account, seen: Evidence) -> Reading:
    """The policy of the payload bucket's key."""
    return _policy(account, payload_key(seen))


def _policy(account: Account, key: str | None) -> Reading:
    if not key:
        return Reading.unreadable("no customer key is in use")
    if "alias/" in key:  # S3 gives a key back as it was set, and GetKeyPolicy takes no alias
        resolved = look("kms:DescribeKey", lambda: account.client("kms").describe_key(KeyId=key)["KeyMetadata"]["Arn"])
        if not resolved.is_present:
            return resolved
        key = str(resolved.value)
    return look(
        "kms:GetKeyPolicy",
        lambda: json.loads(account.client("kms").get_key_policy(KeyId=key, PolicyName="default")["Policy"]),
        absent=("NotFoundException",),
    )
