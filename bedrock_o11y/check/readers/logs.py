"""Reads the log group and its data-protection policy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bedrock_o11y.aws import Reading, look
from bedrock_o11y.check.subject import subject

if TYPE_CHECKING:
    from bedrock_o11y.aws import Account
    from bedrock_o11y.check.evidence import Evidence

_MEMBERS = (
    "logGroupName",
    "retentionInDays",
    "retentionPolicyName",
    "kmsKeyId",
    "logGroupClass",
    "inheritedProperties",
)


def read_log_group(account: Account, seen: Evidence) -> Reading:
    """The log group; absent when it does not exist.

    One call is enough: DescribeLogGroups sorts by name, so the group whose name is the prefix itself comes first
    (Amazon CloudWatch Logs API reference).
    """
    name = subject(seen).log_group
    if not name:
        return Reading.unreadable("no log group is named")

    def call() -> Any:
        answer = account.client("logs").describe_log_groups(logGroupNamePrefix=name, limit=50)
        found = next((group for group in answer["logGroups"] if group["logGroupName"] == name), None)
        return {member: found[member] for member in _MEMBERS if member in found} if found else None

    return look("logs:DescribeLogGroups", call)


def read_data_protection(account: Account, seen: Evidence) -> Reading:
    """The data-protection policy of the log group; absent when it has none."""
    name = subject(seen).log_group
    if not name:
        return Reading.unreadable("no log group is named")

    def call() -> Any:
        answer = account.client("logs").get_data_protection_policy(logGroupIdentifier=name)
        document = answer.get("policyDocument")
        return json.loads(document) if document else None

    return look("logs:GetDataProtectionPolicy", call, absent=("ResourceNotFoundException",))
