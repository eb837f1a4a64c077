"""Roles of a live account: a sandbox in which some are made by hand."""

from __future__ import annotations

import json
import tracemalloc
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from bedrock_o11y.aws import AwsAccount
from bedrock_o11y.aws.session import Identity
from bedrock_o11y.errors import CouldNotRunError, UsageError
from bedrock_o11y.roles import Role, UnreadRole
from bedrock_o11y.roles.account import AccountRoles
from bedrock_o11y.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.iam import PolicyDocument

ACCOUNT = "000000000000"
SHARED = f"arn:aws:iam::{ACCOUNT}:policy/team/shared"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary-of-all"
AWS_MANAGED = "arn:aws:iam::aws:policy/SecurityAudit"
LIST_ALL = "iam:GetAccountAuthorizationDetails"


def policy(*actions: str) -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """An account with twelve roles: the full one, a plain one, nine of Lambda, and the administrator's."""
    running = Sandbox.start(tmp_path_factory.mktemp("roles"))
    iam = running.client("iam")
    iam.create_policy(PolicyName="shared", Path="/team/", PolicyDocument=policy("s3:GetObject"))
    iam.create_policy_version(PolicyArn=SHARED, PolicyDocument=policy("s3:ListBucket"), SetAsDefault=True)
    iam.create_policy(PolicyName="boundary-of-all", PolicyDocument=policy("logs:*"))
    iam.create_policy(PolicyName="nobody-has-it", PolicyDocument=policy("a:B"))
    iam.create_role(
        RoleName="full",
        Path="/agents/",
        AssumeRolePolicyDocument=trust("bedrock-agentcore.amazonaws.com"),
        PermissionsBoundary=BOUNDARY,
        Tags=[{"Key": "team", "Value": "blue"}],
    )
    for number in range(3):
        iam.put_role_policy(RoleName="full", PolicyName=f"inline-{number}", PolicyDocument=policy(f"logs:A{number}"))
    for arn in (SHARED, AWS_MANAGED):
        iam.attach_role_policy(RoleName="full", PolicyArn=arn)
    iam.create_role(RoleName="plain", AssumeRolePolicyDocument=trust("bedrock.amazonaws.com"))
    iam.attach_role_policy(RoleName="plain", PolicyArn=SHARED)
    for number in range(9):
        iam.create_role(RoleName=f"other-{number}", AssumeRolePolicyDocument=trust("lambda.amazonaws.com"))
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture
def account(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsAccount]:
    for name, value in sandbox.environment().items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    yield AwsAccount()
    sandbox.faults.clear()


def actions(document: PolicyDocument | None) -> tuple[str, ...]:
    assert document
    return tuple(action for statement in document.statements for action in statement.actions)


def read(source: AccountRoles) -> dict[str, Role]:
    return {role.name: role for role in source.roles() if isinstance(role, Role)}


def assert_full(role: Role) -> None:
    assert role.arn == f"arn:aws:iam::{ACCOUNT}:role/agents/full"
    assert [each.name for each in role.policies] == ["inline-0", "inline-1", "inline-2", "shared", "SecurityAudit"]
    assert role.managed == (SHARED, AWS_MANAGED)
    assert [actions(each) for each in role.policies[:4]] == [
        ("logs:A0",),
        ("logs:A1",),
        ("logs:A2",),
        ("s3:ListBucket",),
    ]
    assert "bedrock:GetAgentAlias" in actions(role.policies[4])
    assert role.boundary
    assert (role.boundary.name, actions(role.boundary)) == ("boundary", ("logs:*",))
    assert role.trust
    assert role.trust.statements[0].principals
    assert role.trust.statements[0].principals[0].value == "bedrock-agentcore.amazonaws.com"
    assert role.tags == {"team": "blue"}
    assert role.created == datetime.now(UTC).date()


@pytest.mark.parametrize("page_size", [1, 2, 5, 1000])
def test_every_role_is_read_with_all_that_bears_on_it_whatever_a_page_holds(
    account: AwsAccount, page_size: int
) -> None:
    source = AccountRoles(account, page_size=page_size)
    found = read(source)
    assert set(found) >= {"full", "plain", *(f"other-{number}" for number in range(9))}
    assert_full(found["full"])
    assert actions(found["plain"].policies[0]) == ("s3:ListBucket",)
    assert found["other-0"].policies == ()
    assert source.reading.partial == []
    assert source.origin == f"account {ACCOUNT}"


@pytest.mark.parametrize("page_size", [1, 1000])
def test_named_roles_are_read_as_well_as_all_of_them(account: AwsAccount, page_size: int) -> None:
    names = ["plain", f"arn:aws:iam::{ACCOUNT}:role/agents/full", "plain"]
    plain, full = AccountRoles(account, names, page_size=page_size).roles()
    assert isinstance(plain, Role)
    assert isinstance(full, Role)
    assert plain.name == "plain"
    assert_full(full)


def test_a_role_that_does_not_matter_is_counted_and_never_taken_for_one_without_policies(account: AwsAccount) -> None:
    def ours(document: PolicyDocument) -> bool:
        principals = document.statements[0].principals or ()
        return any(each.value.startswith("bedrock") for each in principals)

    found = read(AccountRoles(account, wanted=ours))
    assert len(found) == len(read(AccountRoles(account)))
    assert_full(found["full"])
    assert [each.unknown for each in found["other-0"].policies] == [
        "it was not looked at, because no service that matters here assumes the role"
    ]


@pytest.mark.parametrize("kind", ["deny", pytest.param("throttle", marks=pytest.mark.long)])
def test_a_listing_that_is_cut_off_gives_what_was_read_and_says_so(
    account: AwsAccount, sandbox: Sandbox, kind: str
) -> None:
    source = AccountRoles(account, page_size=4)
    rounds = len(list(AccountRoles(account, page_size=4).roles()))
    sandbox.faults.add(LIST_ALL, kind, at=_pages_of_policies(account) + 2, times=99)
    found = read(source)
    assert len(found) == 4 < rounds
    (why,) = source.reading.partial
    assert why.startswith(f"4 roles of account {ACCOUNT} were read, then ")
    assert LIST_ALL in why
    assert "roles may be missing" in why
    assert ("grant" in why) is (kind == "deny")


def _pages_of_policies(account: AwsAccount) -> int:
    kinds = ["LocalManagedPolicy", "AWSManagedPolicy"]
    answer = account.client("iam").get_account_authorization_details(Filter=kinds, MaxItems=1000)
    return -(-len(answer["Policies"]) // 4)


def test_managed_policies_that_are_not_listed_are_read_one_by_one(account: AwsAccount, sandbox: Sandbox) -> None:
    source = AccountRoles(account, page_size=1)
    sandbox.faults.add(LIST_ALL, "deny", at=2)
    assert_full(read(source)["full"])
    assert source.reading.partial == []


def test_what_cannot_be_listed_at_all_is_no_empty_account(account: AwsAccount, sandbox: Sandbox) -> None:
    source = AccountRoles(account)
    sandbox.faults.add(LIST_ALL, "deny")
    with pytest.raises(CouldNotRunError, match=f"permission {LIST_ALL} is missing; grant {LIST_ALL} to the caller"):
        list(source.roles())


def test_a_throttled_call_is_made_again(account: AwsAccount, sandbox: Sandbox) -> None:
    sandbox.faults.add(LIST_ALL, "throttle", at=3)
    source = AccountRoles(account, page_size=2)
    assert_full(read(source)["full"])
    assert source.reading.partial == []


@pytest.mark.parametrize(
    ("action", "unknown", "known"),
    [
        ("iam:GetRolePolicy", ["inline-0"], 4),
        ("iam:ListRolePolicies", ["inline policies"], 2),
        ("iam:ListAttachedRolePolicies", ["attached policies"], 3),
        ("iam:GetPolicy", ["shared"], 4),
        ("iam:GetPolicyVersion", ["shared"], 4),
    ],
)
def test_a_policy_that_may_not_be_read_is_there_and_not_known(
    account: AwsAccount, sandbox: Sandbox, action: str, unknown: list[str], known: int
) -> None:
    sandbox.faults.add(action, "deny")
    (role,) = AccountRoles(account, ["full"]).roles()
    assert isinstance(role, Role)
    blind = {each.name: each.unknown for each in role.policies if each.unknown}
    assert list(blind) == unknown
    assert f"permission {action} is missing" in blind[unknown[0]]
    assert len(role.policies) == known + 1
    assert len(role.inline) + len(role.managed) == len(role.policies)
    assert role.boundary
    assert not role.boundary.unknown


def test_a_boundary_that_may_not_be_read_is_a_boundary_that_is_not_known(account: AwsAccount, sandbox: Sandbox) -> None:
    sandbox.faults.add("iam:GetPolicy", "deny", at=3)  # after the two attached ones
    (role,) = AccountRoles(account, ["full"]).roles()
    assert isinstance(role, Role)
    assert role.boundary
    assert role.boundary.name == "boundary"
    assert "permission iam:GetPolicy is missing" in role.boundary.unknown
    assert not any(each.unknown for each in role.policies)


def test_a_name_that_does_not_exist_is_told_beside_those_that_do(account: AwsAccount) -> None:
    nobody, foreign, plain = AccountRoles(
        account, ["nobody", "arn:aws:iam::111122223333:role/agents/full", "plain"]
    ).roles()
    assert isinstance(nobody, UnreadRole)
    assert nobody.reason == f"account {ACCOUNT} has no role of this name; 'aws iam list-roles' prints those that exist"
    assert isinstance(foreign, UnreadRole)
    assert f"has arn:aws:iam::{ACCOUNT}:role/agents/full instead" in foreign.reason
    assert isinstance(plain, Role)


def test_names_of_which_none_exists_are_a_mistake_of_the_user(account: AwsAccount) -> None:
    with pytest.raises(UsageError, match=f"account {ACCOUNT} has no role nobody, noone; 'aws iam list-roles'"):
        list(AccountRoles(account, ["nobody", "noone"]).roles())


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, "\x1b[31m", "arn:aws:iam::123456789012:role/", "rôle"])
def test_what_cannot_be_a_name_is_a_mistake_of_the_user(name: str, account: AwsAccount) -> None:
    with pytest.raises(UsageError, match="is not the name or the ARN of a role"):
        AccountRoles(account, ["full", name])


@pytest.mark.parametrize("by_name_first", [True, False])
def test_a_role_that_is_named_twice_is_read_once(by_name_first: bool, account: AwsAccount) -> None:
    names = ["full", f"arn:aws:iam::{ACCOUNT}:role/agents/full"]
    source = AccountRoles(account, names if by_name_first else names[::-1])
    assert [role.name for role in source.roles()] == ["full"]


@pytest.mark.parametrize(
    ("arn", "advice"),
    [
        (f"arn:aws:iam::{ACCOUNT}:role/full", "the path is another; name that one"),
        ("arn:aws:iam::123456789012:role/agents/full", "choose the --profile of the role's account"),
    ],
)
def test_an_arn_that_is_not_quite_that_of_the_role_says_what_is_other(
    arn: str, advice: str, account: AwsAccount
) -> None:
    (role,) = AccountRoles(account, [arn]).roles()
    assert isinstance(role, UnreadRole)
    assert f"has arn:aws:iam::{ACCOUNT}:role/agents/full instead; {advice}" in role.reason


def test_a_role_that_may_not_be_read_is_told_with_the_missing_permission(account: AwsAccount, sandbox: Sandbox) -> None:
    sandbox.faults.add("iam:GetRole", "deny", times=9)
    (role,) = AccountRoles(account, ["full"]).roles()
    assert isinstance(role, UnreadRole)
    assert role.reason == (
        "it could not be read: permission iam:GetRole is missing; grant iam:GetRole to the caller and run again"
    )


# --- Much ----------------------------------------------------------------------------------------------------------


class Endless:
    """An account of many roles; what IAM would answer is made up page by page."""

    region = "us-east-1"

    def __init__(self, roles: int) -> None:
        self._roles = roles

    def identity(self) -> Identity:
        return Identity(ACCOUNT, f"arn:aws:sts::{ACCOUNT}:assumed-role/R/s", "aws")

    def client(self, _service: str) -> Any:
        return self

    def get_account_authorization_details(self, Filter: Any, MaxItems: int, Marker: str = "0") -> Any:
        if "Role" not in Filter:
            version = {"IsDefaultVersion": True, "Document": json.loads(policy("s3:GetObject"))}
            return {"Policies": [{"PolicyName": "shared", "Arn": SHARED, "PolicyVersionList": [version]}]}
        first, last = int(Marker), min(int(Marker) + MaxItems, self._roles)
        return {
            "RoleDetailList": [self._role(number) for number in range(first, last)],
            "IsTruncated": last < self._roles,
            "Marker": str(last),
        }

    def _role(self, number: int) -> dict[str, Any]:
        return {
            "RoleName": f"role-{number}",
            "Arn": f"arn:aws:iam::{ACCOUNT}:role/role-{number}",
            "CreateDate": datetime.now(UTC),
            "AssumeRolePolicyDocument": json.loads(trust("bedrock.amazonaws.com")),
            "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": json.loads(policy("a:B" + "x" * 2000))}],
            "AttachedManagedPolicies": [{"PolicyName": "shared", "PolicyArn": SHARED}],
        }


def test_ten_times_the_roles_take_no_more_memory() -> None:
    def peak(roles: int) -> int:
        tracemalloc.start()
        try:
            assert sum(1 for _ in AccountRoles(Endless(roles), page_size=100).roles()) == roles
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(2000) < 1.3 * peak(200)
