"""The CloudFormation types of tracing. Source: CloudFormation resource schemas; CloudWatch user guide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.services.conftest import Stacks, error_of, log_group, policy
from tests.sandbox.test_xray_account import tracing, tracing_clients

if TYPE_CHECKING:
    from tests.sandbox.test_xray_account import Tracing

__all__ = ["tracing", "tracing_clients"]

pytestmark = pytest.mark.sandbox

STATEMENT: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": {"Service": "delivery.logs.amazonaws.com"},
    "Action": "xray:PutTraceSegments",
    "Resource": "*",
}


@pytest.fixture
def stacks(tracing: Tracing) -> Stacks:
    tracing.settings(trace_destination_seconds=0)
    return Stacks(tracing, tracing.name("stack"))


def search(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::XRay::TransactionSearchConfig", "Properties": properties}


def xray_policy(name: str, *statements: dict[str, Any]) -> dict[str, Any]:
    properties = {"PolicyName": name, "PolicyDocument": policy(*statements or (STATEMENT,))}
    return {"Type": "AWS::XRay::ResourcePolicy", "Properties": properties}


def percentage(tracing: Tracing) -> float:
    [rule] = tracing.xray.get_indexing_rules()["IndexingRules"]
    return float(rule["Rule"]["Probabilistic"]["DesiredSamplingPercentage"])


def destination(tracing: Tracing) -> str:
    return str(tracing.xray.get_trace_segment_destination()["Destination"])


def test_transaction_search_is_switched_on_changed_and_switched_off_again(tracing: Tracing, stacks: Stacks) -> None:
    tracing.let_xray_write()
    assert stacks.create(Search=search(IndexingPercentage=20)) == "CREATE_COMPLETE"
    assert (destination(tracing), percentage(tracing)) == ("CloudWatchLogs", 20)
    assert stacks.physical_id("Search") == tracing.id
    assert any(role["RoleName"].endswith("ApplicationSignals") for role in tracing.iam.list_roles()["Roles"])
    assert stacks.update(Search=search(IndexingPercentage=30)) == "UPDATE_COMPLETE"
    assert (destination(tracing), percentage(tracing)) == ("CloudWatchLogs", 30)
    stacks.delete()
    assert (destination(tracing), percentage(tracing)) == ("XRay", 1)


def test_transaction_search_that_is_on_already_is_not_taken_over(tracing: Tracing, stacks: Stacks) -> None:
    tracing.search()
    assert stacks.create(Search=search(IndexingPercentage=20)) == "ROLLBACK_COMPLETE"
    assert "AlreadyExists" in stacks.reason("Search")
    assert (destination(tracing), percentage(tracing)) == ("CloudWatchLogs", 1)


def test_without_the_policy_of_cloudwatch_logs_the_stack_fails_and_nothing_is_left(
    tracing: Tracing, stacks: Stacks
) -> None:
    assert stacks.create(Search=search(IndexingPercentage=20)) == "ROLLBACK_COMPLETE"
    assert "XRay does not have permission" in stacks.reason("Search")
    assert (destination(tracing), percentage(tracing)) == ("XRay", 1)


def test_no_percentage_is_refused(tracing: Tracing, stacks: Stacks) -> None:
    tracing.let_xray_write()
    assert stacks.create(Search=search(IndexingPercentage=101)) == "ROLLBACK_COMPLETE"
    assert (destination(tracing), percentage(tracing)) == ("XRay", 1)


def names(tracing: Tracing) -> dict[str, str]:
    listed = tracing.xray.list_resource_policies()["ResourcePolicies"]
    return {item["PolicyName"]: item["PolicyDocument"] for item in listed}


def test_a_resource_policy_follows_its_template(tracing: Tracing, stacks: Stacks) -> None:
    assert stacks.create(Policy=xray_policy("a")) == "CREATE_COMPLETE"
    assert names(tracing) == {"a": policy(STATEMENT)}
    assert stacks.physical_id("Policy") == "a"
    assert stacks.update(Policy=xray_policy("a", STATEMENT, STATEMENT)) == "UPDATE_COMPLETE"
    assert names(tracing) == {"a": policy(STATEMENT, STATEMENT)}
    assert stacks.update(Policy=xray_policy("b")) == "UPDATE_COMPLETE"
    assert names(tracing) == {"b": policy(STATEMENT)}
    stacks.delete()
    assert names(tracing) == {}


def test_a_resource_policy_that_exists_is_not_taken_over(tracing: Tracing, stacks: Stacks) -> None:
    tracing.xray.put_resource_policy(PolicyName="a", PolicyDocument=policy(STATEMENT))
    assert stacks.create(Policy=xray_policy("a", STATEMENT, STATEMENT)) == "ROLLBACK_COMPLETE"
    assert "AlreadyExists" in stacks.reason("Policy")
    assert names(tracing) == {"a": policy(STATEMENT)}


def test_the_sixth_resource_policy_fails_the_stack(tracing: Tracing, stacks: Stacks) -> None:
    for number in range(5):
        tracing.xray.put_resource_policy(PolicyName=f"p{number}", PolicyDocument=policy(STATEMENT))
    assert stacks.create(Policy=xray_policy("sixth")) == "ROLLBACK_COMPLETE"
    assert "PolicyCountLimitExceededException" in stacks.reason("Policy")


def test_discovery_makes_the_role_and_its_deletion_leaves_it(tracing: Tracing, stacks: Stacks) -> None:
    role = "AWSServiceRoleForCloudWatchApplicationSignals"
    if any(known["RoleName"] == role for known in tracing.iam.list_roles()["Roles"]):
        tracing.iam.delete_service_linked_role(RoleName=role)
    assert stacks.create(Discovery={"Type": "AWS::ApplicationSignals::Discovery"}) == "CREATE_COMPLETE"
    tracing.iam.get_role(RoleName=role)
    assert stacks.physical_id("Discovery") == tracing.id
    stacks.delete()
    tracing.iam.get_role(RoleName=role)


def test_a_template_cannot_make_a_log_group_of_aws(tracing: Tracing, stacks: Stacks) -> None:
    assert stacks.create(Spans=log_group("aws/spans")) == "ROLLBACK_COMPLETE"
    assert "reserved for AWS" in stacks.reason("Spans")
    assert error_of(tracing.logs.describe_log_streams, logGroupName="aws/spans")[0] == "ResourceNotFoundException"
