"""A template's log group: refused, kept, adopted, encrypted, masked as AWS does.

Source: CloudFormation template reference, AWS::Logs::LogGroup; user guide, DeletionPolicy and resource import.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import KEPT, key, log_group

if TYPE_CHECKING:
    from .conftest import Account, Stacks

pytestmark = pytest.mark.sandbox


def described(account: Account, name: str) -> list[dict[str, Any]]:
    found = account.logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return [group for group in found if group["logGroupName"] == name]


def event(account: Account, group: str, message: str) -> None:
    account.logs.create_log_stream(logGroupName=group, logStreamName="s")
    account.logs.put_log_events(
        logGroupName=group, logStreamName="s", logEvents=[{"timestamp": int(time.time() * 1000), "message": message}]
    )


def messages(account: Account, group: str) -> list[str]:
    return [item["message"] for item in account.logs.filter_log_events(logGroupName=group)["events"]]


def test_a_template_does_not_take_over_a_log_group(account: Account, stacks: Stacks) -> None:
    group = account.group()
    event(account, group, "kept")
    assert stacks.create(Group=log_group(group)) == "ROLLBACK_COMPLETE"
    assert "already exists" in stacks.reason("Group")
    assert messages(account, group) == ["kept"]


def test_a_retained_log_group_survives_and_is_adopted_again(account: Account, stacks: Stacks) -> None:
    name = account.name("/test/kept")
    assert stacks.create(Group=log_group(name, RetentionInDays=7)) == "CREATE_COMPLETE"
    event(account, name, "kept")
    assert stacks.delete() == "GONE"
    assert messages(account, name) == ["kept"]
    assert stacks.adopt(Group=log_group(name, RetentionInDays=7)) == "CREATE_COMPLETE"
    assert messages(account, name) == ["kept"]
    assert stacks.physical_id("Group") == name


def log_stream(group: Any, name: str) -> dict[str, Any]:
    named = {"LogGroupName": group, "LogStreamName": name}
    return {"Type": "AWS::Logs::LogStream", "Properties": named, "DeletionPolicy": KEPT, "DependsOn": "Group"}


def test_a_retained_log_stream_is_adopted_with_its_group_and_its_events(account: Account, stacks: Stacks) -> None:
    name = account.name("/test/streams")
    resources = {"Group": log_group(name), "Stream": log_stream(name, "said")}
    assert stacks.create(**resources) == "CREATE_COMPLETE"
    account.logs.put_log_events(
        logGroupName=name, logStreamName="said", logEvents=[{"timestamp": int(time.time() * 1000), "message": "kept"}]
    )
    assert stacks.delete() == "GONE"
    assert stacks.adopt(**resources, More=log_stream(name, "more")) == "CREATE_COMPLETE"
    assert messages(account, name) == ["kept"]
    assert stacks.physical_id("Stream") == "said"


def test_a_log_stream_whose_group_is_a_reference_is_not_adopted(account: Account, stacks: Stacks) -> None:
    group = account.group()
    account.logs.create_log_stream(logGroupName=group, logStreamName="said")
    resources = {"Group": log_group(group), "Stream": log_stream({"Ref": "Group"}, "said")}
    assert stacks.adopt(**resources) == "ROLLBACK_COMPLETE"
    assert "already exists" in stacks.reason("Stream")


def test_a_rolled_back_creation_leaves_no_log_group(account: Account, stacks: Stacks) -> None:
    name = account.name("/test/rolled-back")
    taken = log_group(account.group()) | {"DependsOn": "Group"}
    assert stacks.create(Group=log_group(name), Taken=taken) == "ROLLBACK_COMPLETE"
    assert described(account, name) == []


def test_an_update_keeps_the_events(account: Account, stacks: Stacks) -> None:
    name = account.name("/test/updated")
    stacks.create(Group=log_group(name, RetentionInDays=7))
    event(account, name, "kept")
    assert stacks.update(Group=log_group(name, RetentionInDays=30)) == "UPDATE_COMPLETE"
    assert described(account, name)[0]["retentionInDays"] == 30
    assert messages(account, name) == ["kept"]


@pytest.mark.parametrize(("days", "status"), [(14, "CREATE_COMPLETE"), (15, "ROLLBACK_COMPLETE")])
def test_retention_takes_the_values_of_the_reference(account: Account, stacks: Stacks, days: int, status: str) -> None:
    name = account.name("/test/retention")
    assert stacks.create(Group=log_group(name, RetentionInDays=days)) == status
    assert [group["retentionInDays"] for group in described(account, name)] == ([14] if days == 14 else [])


def data_protection(identifier: str) -> dict[str, Any]:
    arn = f"arn:aws:dataprotection::aws:data-identifier/{identifier}"
    return {
        "Name": "mask",
        "Version": "2021-06-01",
        "Statement": [
            {"DataIdentifier": [arn], "Operation": {"Audit": {"FindingsDestination": {}}}},
            {"DataIdentifier": [arn], "Operation": {"Deidentify": {"MaskConfig": {}}}},
        ],
    }


def test_the_data_protection_policy_of_a_template_masks(account: Account, stacks: Stacks) -> None:
    name = account.name("/test/masked")
    masked = log_group(name, DataProtectionPolicy=data_protection("EmailAddress"))
    assert stacks.create(Group=masked) == "CREATE_COMPLETE"
    event(account, name, "jane@example.com")
    assert messages(account, name) == ["*" * 16]
    assert stacks.update(Group=log_group(name)) == "UPDATE_COMPLETE"
    assert "policyDocument" not in account.logs.get_data_protection_policy(logGroupIdentifier=name)


def test_a_malformed_data_protection_policy_stops_the_stack(account: Account, stacks: Stacks) -> None:
    name = account.name("/test/masked")
    wrong = log_group(name, DataProtectionPolicy=data_protection("ShoeSize"))
    assert stacks.create(Group=wrong) == "ROLLBACK_COMPLETE"
    assert "ShoeSize" in stacks.reason("Group")
    assert described(account, name) == []


@pytest.mark.parametrize("named", [True, False])
def test_a_log_group_needs_a_key_that_names_logs(account: Account, stacks: Stacks, named: bool) -> None:
    name = account.name("/test/keyed")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": f"logs.{account.region}.amazonaws.com"},
        "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        "Resource": "*",
    }
    group = log_group(name, KmsKeyId={"Fn::GetAtt": ["Key", "Arn"]})
    status = stacks.create(Key=key(account, *([statement] if named else [])), Group=group)
    assert status == ("CREATE_COMPLETE" if named else "ROLLBACK_COMPLETE")
    assert len(described(account, name)) == named
    if not named:
        assert "is not allowed to be used with" in stacks.reason("Group")


def test_a_metric_filter_is_refused_rather_than_ignored(account: Account, stacks: Stacks) -> None:
    resource = {
        "Type": "AWS::Logs::MetricFilter",
        "Properties": {
            "LogGroupName": account.group(),
            "FilterPattern": "",
            "MetricTransformations": [{"MetricName": "m", "MetricNamespace": "n", "MetricValue": "1"}],
        },
    }
    assert stacks.create(Filter=resource) == "ROLLBACK_COMPLETE"
    assert "does not evaluate metric filters" in stacks.reason("Filter")
