"""IAM's lists, page by page. Sources: IAM API reference, GetAccountAuthorizationDetails, and the API model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .conftest import error_of, policy

if TYPE_CHECKING:
    from .conftest import Account

pytestmark = pytest.mark.sandbox

AWS_MANAGED = "arn:aws:iam::aws:policy/SecurityAudit"
ANYTHING = policy({"Effect": "Allow", "Action": "*", "Resource": "*"})
TRUST = policy({"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "sts:AssumeRole"})


@pytest.fixture
def role(account: Account) -> str:
    """A role with three inline policies, a customer managed one, an AWS managed one, and a boundary."""
    name = account.name("details")
    boundary = account.iam.create_policy(PolicyName=f"{name}-boundary", PolicyDocument=ANYTHING)["Policy"]["Arn"]
    local = account.iam.create_policy(PolicyName=f"{name}-local", PolicyDocument=ANYTHING)["Policy"]["Arn"]
    account.iam.create_policy_version(
        PolicyArn=local, PolicyDocument=ANYTHING.replace('"Action": "*"', '"Action": "s3:*"')
    )
    account.iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST, PermissionsBoundary=boundary)
    for number in range(3):
        account.iam.put_role_policy(RoleName=name, PolicyName=f"inline-{number}", PolicyDocument=ANYTHING)
    for arn in (local, AWS_MANAGED):
        account.iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    return name


def details(account: Account, **request: Any) -> dict[str, Any]:
    answer: dict[str, Any] = account.iam.get_account_authorization_details(**request)
    return answer


def test_a_role_comes_with_its_boundary_and_its_inline_policies(account: Account, role: str) -> None:
    [found] = [each for each in details(account, Filter=["Role"], MaxItems=1000)["RoleDetailList"]
               if each["RoleName"] == role]  # fmt: skip
    assert found["PermissionsBoundary"]["PermissionsBoundaryArn"].endswith(f":policy/{role}-boundary")
    assert [each["PolicyName"] for each in found["RolePolicyList"]] == ["inline-0", "inline-1", "inline-2"]
    assert {each["PolicyArn"] for each in found["AttachedManagedPolicies"]} == {
        AWS_MANAGED, f"arn:aws:iam::{account.id}:policy/{role}-local",
    }  # fmt: skip


def test_a_managed_policy_comes_with_every_version_and_its_counts(account: Account, role: str) -> None:
    found = {each["PolicyName"]: each for each in details(account, Filter=["LocalManagedPolicy"])["Policies"]}
    local, boundary = found[f"{role}-local"], found[f"{role}-boundary"]
    assert [(each["VersionId"], each["IsDefaultVersion"]) for each in local["PolicyVersionList"]] == [
        ("v1", True), ("v2", False),
    ]  # fmt: skip
    assert local["PolicyVersionList"][0]["Document"]["Statement"][0]["Action"] == "*"
    assert (local["AttachmentCount"], local["PermissionsBoundaryUsageCount"]) == (1, 0)
    assert (boundary["AttachmentCount"], boundary["PermissionsBoundaryUsageCount"]) == (0, 1)
    assert local["CreateDate"]


@pytest.mark.usefixtures("role")
@pytest.mark.parametrize(
    ("filters", "listed"),
    [(["AWSManagedPolicy"], True), (["LocalManagedPolicy"], False), (["Role"], False), ([], True)],
)
def test_aws_managed_policies_in_use_are_listed_when_asked_for(
    account: Account, filters: list[str], listed: bool
) -> None:
    policies = {each["Arn"]: each for each in details(account, Filter=filters, MaxItems=1000)["Policies"]}
    assert (AWS_MANAGED in policies) is listed
    assert "arn:aws:iam::aws:policy/IAMFullAccess" not in policies
    if listed:
        assert policies[AWS_MANAGED]["PolicyVersionList"][0]["Document"]["Statement"]


@pytest.mark.usefixtures("role")
def test_pages_hold_what_was_asked_for_and_together_everything(account: Account) -> None:
    kinds = ("RoleDetailList", "Policies")
    filters = ["Role", "LocalManagedPolicy", "AWSManagedPolicy"]
    whole = details(account, Filter=filters, MaxItems=1000)
    assert "Marker" not in whole
    pages: list[dict[str, Any]] = []
    marker: dict[str, str] = {}
    while True:
        page = details(account, Filter=filters, MaxItems=2, **marker)
        assert sum(len(page[kind]) for kind in kinds) == 2 or not page["IsTruncated"]
        pages.append(page)
        if not page["IsTruncated"]:
            break
        marker = {"Marker": page["Marker"]}
    assert len(pages) > 2
    for kind in kinds:
        assert [each["Arn"] for page in pages for each in page[kind]] == [each["Arn"] for each in whole[kind]]


def test_the_policies_of_a_role_are_listed_in_pages_too(account: Account, role: str) -> None:
    first = account.iam.list_role_policies(RoleName=role, MaxItems=2)
    assert (first["PolicyNames"], first["IsTruncated"]) == (["inline-0", "inline-1"], True)
    rest = account.iam.list_role_policies(RoleName=role, MaxItems=2, Marker=first["Marker"])
    assert (rest["PolicyNames"], rest["IsTruncated"]) == (["inline-2"], False)
    assert len(account.iam.list_attached_role_policies(RoleName=role, MaxItems=1)["AttachedPolicies"]) == 1
    assert error_of(account.iam.list_role_policies, RoleName="no-such-role")[0] == "NoSuchEntity"


def test_a_marker_that_iam_did_not_give_is_refused(account: Account) -> None:
    for marker in ("12", "eHh4eA=="):
        assert error_of(account.iam.get_account_authorization_details, Marker=marker)[0] == "ValidationError"
