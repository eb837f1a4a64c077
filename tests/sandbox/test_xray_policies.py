"""Resource policies of X-Ray. Source: X-Ray API model (limits, errors, what a revision id means)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.services.conftest import error_of, policy
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


def revisions(tracing: Tracing) -> dict[str, str]:
    listed = tracing.xray.list_resource_policies()["ResourcePolicies"]
    return {item["PolicyName"]: item["PolicyRevisionId"] for item in listed}


def test_a_policy_is_put_changed_listed_and_deleted(tracing: Tracing) -> None:
    put = tracing.xray.put_resource_policy
    first = put(PolicyName="deliveries", PolicyDocument=policy(STATEMENT))["ResourcePolicy"]
    assert (first["PolicyName"], first["PolicyDocument"]) == ("deliveries", policy(STATEMENT))
    second = put(PolicyName="deliveries", PolicyDocument=policy(STATEMENT, STATEMENT))["ResourcePolicy"]
    assert int(second["PolicyRevisionId"]) == int(first["PolicyRevisionId"]) + 1
    assert second["LastUpdatedTime"] >= first["LastUpdatedTime"]
    assert revisions(tracing) == {"deliveries": second["PolicyRevisionId"]}
    tracing.xray.delete_resource_policy(PolicyName="deliveries")
    assert revisions(tracing) == {}
    assert error_of(tracing.xray.delete_resource_policy, PolicyName="deliveries")[0] == "InvalidRequestException"


def test_a_revision_that_was_overtaken_changes_nothing(tracing: Tracing) -> None:
    put, document = tracing.xray.put_resource_policy, policy(STATEMENT)
    overtaken = "InvalidPolicyRevisionIdException"
    assert error_of(put, PolicyName="p", PolicyDocument=document, PolicyRevisionId="1")[0] == overtaken
    put(PolicyName="p", PolicyDocument=document, PolicyRevisionId="0")
    assert error_of(put, PolicyName="p", PolicyDocument=document, PolicyRevisionId="0")[0] == overtaken
    put(PolicyName="p", PolicyDocument=document, PolicyRevisionId=revisions(tracing)["p"])
    assert error_of(put, PolicyName="p", PolicyDocument=document, PolicyRevisionId="1")[0] == overtaken
    assert error_of(tracing.xray.delete_resource_policy, PolicyName="p", PolicyRevisionId="1")[0] == overtaken
    assert revisions(tracing) == {"p": "2"}
    tracing.xray.delete_resource_policy(PolicyName="p", PolicyRevisionId="2")


def test_there_are_five_at_most(tracing: Tracing) -> None:
    put, document = tracing.xray.put_resource_policy, policy(STATEMENT)
    for number in range(5):
        put(PolicyName=f"p{number}", PolicyDocument=document)
    assert error_of(put, PolicyName="sixth", PolicyDocument=document)[0] == "PolicyCountLimitExceededException"
    put(PolicyName="p0", PolicyDocument=document)  # one of the five can still be changed
    assert len(revisions(tracing)) == 5


@pytest.mark.parametrize(("size", "accepted"), [(5 * 1024, True), (5 * 1024 + 1, False)])
def test_a_document_has_five_kilobytes_at_most(tracing: Tracing, size: int, accepted: bool) -> None:
    document = policy(STATEMENT)
    document += " " * (size - len(document))
    if accepted:
        tracing.xray.put_resource_policy(PolicyName="p", PolicyDocument=document)
    else:
        refusal = error_of(tracing.xray.put_resource_policy, PolicyName="p", PolicyDocument=document)
        assert refusal[0] == "PolicySizeLimitExceededException"


@pytest.mark.parametrize(
    "document",
    ["", "no JSON", "[]", "{}", policy(), policy({**STATEMENT, "Effect": "Perhaps"}), '{"Statement": 1}',
     *(policy({name: value for name, value in STATEMENT.items() if name != missing}) for missing in STATEMENT)],
)  # fmt: skip
def test_a_malformed_document_is_refused(tracing: Tracing, document: str) -> None:
    refusal = error_of(tracing.xray.put_resource_policy, PolicyName="p", PolicyDocument=document)
    assert refusal[0] == "MalformedPolicyDocumentException"
    assert revisions(tracing) == {}


def test_a_malformed_name_is_refused(tracing: Tracing) -> None:
    refusal = error_of(tracing.xray.put_resource_policy, PolicyName="with space", PolicyDocument=policy(STATEMENT))
    assert refusal[0] == "InvalidRequestException"
