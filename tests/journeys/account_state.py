"""What an account is like, thing by thing, so that a test can say what a deploy changed and what it left alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from demo.account import inventory

if TYPE_CHECKING:
    from bedrock_o11y.sandbox import Sandbox

State = dict[tuple[str, str], Any]
"""By kind and name, what a thing is like; settings of the account are things too."""


def state_of(sandbox: Sandbox) -> State:
    """Everything in the account that a deploy could touch, with its contents."""
    known = inventory(sandbox)
    found: State = {("setting", name): value for name, value in known.pop("settings").items()}
    found |= {(kind, name): True for kind, names in known.items() for name in names}
    return found | _log_groups(sandbox) | _deliveries(sandbox) | _policies(sandbox) | _roles(sandbox)


def changed(before: State, after: State) -> dict[tuple[str, str], tuple[Any, Any]]:
    """What was there before and is gone or different."""
    return {thing: (value, after.get(thing)) for thing, value in before.items() if after.get(thing) != value}


def added(before: State, after: State) -> set[tuple[str, str]]:
    """What was not there before."""
    return set(after) - set(before)


def _log_groups(sandbox: Sandbox) -> State:
    logs = sandbox.client("logs")
    found: State = {}
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            name = group["logGroupName"]
            found["log group", name] = (group.get("retentionInDays"), group.get("kmsKeyId"))
            pages = logs.get_paginator("filter_log_events").paginate(logGroupName=name)
            if "/lambda/" not in name and not name.endswith("spans"):
                found["events", name] = [event["message"] for part in pages for event in part["events"]]
    return found


def _deliveries(sandbox: Sandbox) -> State:
    logs = sandbox.client("logs")
    sources = logs.describe_delivery_sources()["deliverySources"]
    destinations = logs.describe_delivery_destinations()["deliveryDestinations"]
    deliveries = logs.describe_deliveries()["deliveries"]
    return {
        **{("delivery source", one["name"]): (one["resourceArns"], one["logType"]) for one in sources},
        **{("delivery destination", one["name"]): one["deliveryDestinationType"] for one in destinations},
        **{("delivery", one["id"]): one["deliverySourceName"] for one in deliveries},
    }


def _policies(sandbox: Sandbox) -> State:
    of_logs = sandbox.client("logs").describe_resource_policies()["resourcePolicies"]
    of_xray = sandbox.client("xray").list_resource_policies()["ResourcePolicies"]
    return {
        **{("policy of logs", one["policyName"]): json.loads(one["policyDocument"]) for one in of_logs},
        **{("policy of xray", one["PolicyName"]): json.loads(one["PolicyDocument"]) for one in of_xray},
    }


def _roles(sandbox: Sandbox) -> State:
    iam = sandbox.client("iam")
    found: State = {}
    for page in iam.get_paginator("get_account_authorization_details").paginate(Filter=["Role"]):
        for role in page["RoleDetailList"]:
            found["role", role["RoleName"]] = (
                role["AssumeRolePolicyDocument"],
                {one["PolicyName"]: one["PolicyDocument"] for one in role["RolePolicyList"]},
                sorted(one["PolicyArn"] for one in role["AttachedManagedPolicies"]),
            )
    return found
