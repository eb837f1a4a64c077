"""Custom resources get the requests that CloudFormation sends, also when something failed.

Source: CloudFormation user guide, custom resources.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import TRUST_LAMBDA, log_group, policy, zipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Account, Stacks

pytestmark = pytest.mark.sandbox


HANDLER = """
import json, urllib.request
def handler(event, context):
    print("EVENT " + json.dumps(event))
    properties = event["ResourceProperties"]
    mode = properties.get("Mode")
    if mode == "silent":
        return
    failed = mode == "fail" and event["RequestType"] != "Delete"
    answer = {
        "Status": "FAILED" if failed else "SUCCESS", "Reason": "because",
        "PhysicalResourceId": properties.get("Pid") or event.get("PhysicalResourceId") or "pid-1",
        "Data": {"Value": "x" * (5000 if mode == "long" and event["RequestType"] != "Delete" else 3)},
        **{name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")},
    }
    request = urllib.request.Request(
        event["ResponseURL"], data=json.dumps(answer).encode(), method="PUT", headers={"content-type": ""})
    urllib.request.urlopen(request)
"""


@pytest.fixture(scope="module")
def function(sandbox: Any) -> Iterator[str]:
    iam, functions = sandbox.client("iam"), sandbox.client("lambda")
    name = f"custom-{time.time_ns()}"
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(TRUST_LAMBDA))["Role"]["Arn"]
    archive = zipped(HANDLER)
    created = functions.create_function(
        FunctionName=name, Runtime="python3.13", Handler="index.handler", Role=role, Code={"ZipFile": archive}
    )
    yield str(created["FunctionArn"])
    functions.delete_function(FunctionName=name)


def custom(function: str, **properties: Any) -> dict[str, Any]:
    return {
        "Type": "Custom::Thing",
        "Properties": {"ServiceToken": function, "ServiceTimeout": 2, **properties},
    }


def requests(account: Account, function: str, stacks: Stacks) -> list[tuple[str, str | None]]:
    group = "/aws/lambda/" + function.rpartition(":")[2]
    found = account.logs.filter_log_events(logGroupName=group, filterPattern='"EVENT "')["events"]
    events = [json.loads(item["message"].partition("EVENT ")[2]) for item in found]
    return [
        (item["RequestType"], item.get("PhysicalResourceId"))
        for item in events
        if f"/{stacks.name}/" in item["StackId"]
    ]


def test_a_custom_resource_is_created_updated_replaced_and_deleted(
    account: Account, stacks: Stacks, function: str
) -> None:
    assert stacks.create(Thing=custom(function, X="1")) == "CREATE_COMPLETE"
    assert stacks.update(Thing=custom(function, X="2")) == "UPDATE_COMPLETE"
    assert stacks.update(Thing=custom(function, X="2"), Group=log_group(account.name("/t"))) == "UPDATE_COMPLETE"
    assert stacks.update(Thing=custom(function, Pid="pid-2")) == "UPDATE_COMPLETE"
    assert stacks.delete() == "GONE"
    assert requests(account, function, stacks) == [
        ("Create", None),
        ("Update", "pid-1"),
        ("Update", "pid-1"),
        ("Delete", "pid-1"),
        ("Delete", "pid-2"),
    ]


def test_a_failed_creation_is_undone_with_its_physical_id(account: Account, stacks: Stacks, function: str) -> None:
    assert stacks.create(Thing=custom(function, Mode="fail")) == "ROLLBACK_COMPLETE"
    assert stacks.reason("Thing") == "because"
    assert requests(account, function, stacks) == [("Create", None), ("Delete", "pid-1")]


def test_a_creation_that_is_never_answered_ends_with_its_service_timeout(
    account: Account, stacks: Stacks, function: str
) -> None:
    started = time.monotonic()
    assert stacks.create(Thing=custom(function, Mode="silent")) == "ROLLBACK_COMPLETE"
    assert time.monotonic() - started < 60, "the default service timeout is an hour"
    (_, none), (undone, physical_id) = requests(account, function, stacks)
    assert (none, undone) == (None, "Delete")
    assert physical_id is not None
    assert physical_id.startswith(f"{stacks.name}-Thing-")


def test_a_failed_update_is_sent_back(account: Account, stacks: Stacks, function: str) -> None:
    stacks.create(Thing=custom(function, X="1"))
    assert stacks.update(Thing=custom(function, X="2", Mode="fail")) == "UPDATE_ROLLBACK_COMPLETE"
    assert requests(account, function, stacks) == [("Create", None), ("Update", "pid-1"), ("Update", "pid-1")]


def test_a_rollback_deletes_the_custom_resource_that_was_made(account: Account, stacks: Stacks, function: str) -> None:
    taken = log_group(account.group()) | {"DependsOn": "Thing"}
    assert stacks.create(Thing=custom(function), Taken=taken) == "ROLLBACK_COMPLETE"
    assert requests(account, function, stacks) == [("Create", None), ("Delete", "pid-1")]


def test_an_answer_that_is_too_long_fails(account: Account, stacks: Stacks, function: str) -> None:
    assert stacks.create(Thing=custom(function, Mode="long")) == "ROLLBACK_COMPLETE"
    assert stacks.reason("Thing") == "Response object is too long."


STUBBORN = HANDLER.replace('event["RequestType"] != "Delete"\n', 'event["RequestType"] == "Delete"\n', 1)


def test_what_a_resource_needs_outlives_its_failed_delete_so_that_a_second_delete_succeeds(
    account: Account, stacks: Stacks, function: str
) -> None:
    """CloudFormation user guide: dependencies of a resource that failed to delete are retained."""
    assert STUBBORN != HANDLER
    functions, kept, other = account.sandbox.client("lambda"), account.name("/kept"), account.name("/other")
    name = function.rpartition(":")[2]
    assert (
        stacks.create(
            Thing=custom(function, X={"Ref": "Kept"}),
            Kept=log_group(kept) | {"DeletionPolicy": "Delete"},
            Other=log_group(other) | {"DeletionPolicy": "Delete"},
        )
        == "CREATE_COMPLETE"
    )
    functions.update_function_code(FunctionName=name, ZipFile=zipped(STUBBORN.replace('mode == "fail"', "True")))
    try:
        assert stacks.delete() == "DELETE_FAILED"
        assert log_group_exists(account, kept)
        assert not log_group_exists(account, other)
    finally:
        functions.update_function_code(FunctionName=name, ZipFile=zipped(HANDLER))
    assert stacks.delete() == "GONE"
    assert not log_group_exists(account, kept)


def log_group_exists(account: Account, name: str) -> bool:
    found = account.logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return any(group["logGroupName"] == name for group in found)
