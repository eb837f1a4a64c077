"""What identity policies mean where MiniStack reads them otherwise: keys of the caller, incomplete ARNs.

Sources: IAM user guide, "AWS global condition context keys" (aws:PrincipalArn, aws:ViaAWSService,
aws:PrincipalIsAWSService, aws:PrincipalTag) and "Identify AWS resources with Amazon Resource Names (ARNs)".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from .conftest import policy

if TYPE_CHECKING:
    from .conftest import Account

pytestmark = pytest.mark.sandbox

ANYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
ROLE = "arn:aws:iam::000000000000:role/night/"
SESSION = "arn:aws:sts::000000000000:assumed-role/"


def under(operator: str, key: str, value: str) -> dict[str, Any]:
    return {**ANYTHING, "Condition": {operator: {key: value}}}


def on(resource: str) -> dict[str, Any]:
    return {**ANYTHING, "Resource": resource}


def refused(account: Account, name: str) -> bool:
    try:
        account.sandbox.client("logs", role=f"{ROLE}{name}").describe_log_groups()
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDeniedException", error
        return True
    return False


def created(account: Account, *statements: dict[str, Any], boundary: dict[str, Any] | None = None) -> str:
    """A role of the account; ``NAME`` in its policies is its own name."""
    name = account.name("caller")
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account.id}:root"}, "Action": "sts:AssumeRole"}
    options: dict[str, Any] = {}
    if boundary:
        made = account.iam.create_policy(PolicyName=f"{name}-boundary", PolicyDocument=policy(boundary))
        options["PermissionsBoundary"] = made["Policy"]["Arn"]
    account.iam.create_role(RoleName=name, Path="/night/", AssumeRolePolicyDocument=policy(trust), **options)
    text = policy(*statements).replace("NAME", name)
    account.iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=text)
    return name


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        (under("ArnEquals", "aws:PrincipalArn", f"{ROLE}NAME"), True),
        (under("StringEquals", "AWS:principalarn", f"{ROLE}NAME"), True),
        (under("ArnEquals", "aws:PrincipalArn", "arn:aws:iam::000000000000:role/NAME"), False),
        (under("ArnLike", "aws:PrincipalArn", f"{SESSION}NAME/*"), False),
        (under("ArnNotLike", "aws:PrincipalArn", f"{SESSION}*"), True),
        (under("Bool", "aws:ViaAWSService", "false"), True),
        (under("Bool", "aws:ViaAWSService", "true"), False),
        (under("Bool", "aws:PrincipalIsAWSService", "false"), True),
        (under("Bool", "aws:PrincipalIsAWSService", "true"), False),
        (on("arn:aws:logs"), True),
        (on("arn:aws:logs:us-east-1"), True),
        (on("arn:aws:logs:us-east-1:000000000000"), True),
        (on("arn:aws:logs:us-east-2"), False),
        (on("arn:aws:s3"), False),
        (on("arn:aws:logs:us-east-1:000000000000:"), False),
        ({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3"}, True),
        ({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:logs:us-east-1"}, False),
    ],
)
def test_a_condition_or_resource_means_what_the_guide_says(
    account: Account, statement: dict[str, Any], allowed: bool
) -> None:
    assert refused(account, created(account, statement)) is not allowed


@pytest.mark.parametrize(("resource", "allowed"), [("arn:aws:logs", True), ("arn:aws:s3", False)])
def test_an_incomplete_arn_is_complete_in_a_boundary_too(account: Account, resource: str, allowed: bool) -> None:
    assert refused(account, created(account, ANYTHING, boundary=on(resource))) is not allowed


def test_a_deny_on_an_incomplete_arn_denies(account: Account) -> None:
    assert refused(account, created(account, ANYTHING, {**on("arn:aws:logs"), "Effect": "Deny"}))


@pytest.mark.parametrize("team", ["owls", "foxes"])
def test_a_session_that_bedrock_starts_carries_the_tags_of_the_role(account: Account, team: str) -> None:
    group = account.group()
    tagged = {"Condition": {"StringEquals": {"aws:PrincipalTag/team": "owls"}}}
    role = account.role(account.trust(), account.write_statement(group, **tagged))
    account.iam.tag_role(RoleName=role.rpartition("/")[2], Tags=[{"Key": "Team", "Value": team}])
    put = account.bedrock.put_model_invocation_logging_configuration
    configuration = {"cloudWatchConfig": {"logGroupName": group, "roleArn": role}}
    if team == "owls":
        put(loggingConfig=configuration)
    else:
        with pytest.raises(account.bedrock.exceptions.ValidationException):
            put(loggingConfig=configuration)
