"""Looks at the account: do the log groups and log streams exist, and may X-Ray write to them?"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from bedrock_o11y.aws import Reading, in_background, look

from .subject import Seen
from .variables import TRACES_HEADERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bedrock_o11y.aws import Account

    from .subject import Destination


def look_at(account: Account, destinations: Sequence[Destination]) -> Seen:
    """Reads what the destinations of an environment need.

    Args:
        account: where to look.
        destinations: log groups and streams.

    Returns:
        What was seen; what could not be read is unreadable, with the missing permission by name.

    Raises:
        CouldNotRunError: there are no usable credentials, or AWS is out of reach.
    """
    identity = account.identity()
    of_traces = {each.group for each in destinations if each.variable == TRACES_HEADERS}
    arns = {
        group: f"arn:{identity.partition}:logs:{account.region}:{identity.account}:log-group:{group}"
        for group in of_traces
    }
    groups = {each.group: in_background(partial(_group, account, each.group)) for each in destinations}
    streams = {
        (each.group, each.stream): in_background(partial(_stream, account, each.group, each.stream))
        for each in destinations
        if each.stream
    }
    policies = {group: in_background(partial(_policies, account, arn)) for group, arn in arns.items()}
    return Seen(
        account.region,
        identity.account,
        identity.partition,
        {group: each.result() for group, each in groups.items()},
        {both: each.result() for both, each in streams.items()},
        {group: each.result() for group, each in policies.items()},
    )


def _group(account: Account, name: str) -> Reading:
    """Groups come sorted by name, so one whose name is the prefix itself is the first (Logs API reference)."""

    def call() -> Any:
        answer = account.client("logs").describe_log_groups(logGroupNamePrefix=name, limit=50)
        return next((True for group in answer["logGroups"] if group["logGroupName"] == name), None)

    return look("logs:DescribeLogGroups", call)


def _stream(account: Account, group: str, name: str) -> Reading:
    """Streams come sorted by name too."""

    def call() -> Any:
        answer = account.client("logs").describe_log_streams(logGroupName=group, logStreamNamePrefix=name, limit=50)
        return next((True for stream in answer["logStreams"] if stream["logStreamName"] == name), None)

    return look("logs:DescribeLogStreams", call, absent=("ResourceNotFoundException",))


def _policies(account: Account, arn: str) -> Reading:
    """Policies of the account, and those that are attached to the log group itself (Logs API reference)."""
    client = account.client("logs")
    action = "logs:DescribeResourcePolicies"
    whole = look(action, lambda: client.describe_resource_policies()["resourcePolicies"])
    own = look(
        action,
        lambda: client.describe_resource_policies(policyScope="RESOURCE", resourceArn=arn)["resourcePolicies"],
        absent=("ResourceNotFoundException",),
    )
    if whole.is_unreadable or own.is_unreadable:
        return whole if whole.is_unreadable else own
    found = {each.get("policyDocument"): None for each in (*whole.value, *(own.value or []))}
    return Reading.present([json.loads(document) for document in found if document])
