"""A template does not take over what exists, and a role keeps its boundary.

Source: CloudFormation user guide, troubleshooting; template reference, AWS::IAM::Role.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import TRUST_LAMBDA, policy, zipped

if TYPE_CHECKING:
    from .conftest import Account, Stacks

pytestmark = pytest.mark.sandbox


def taken_role(account: Account) -> tuple[dict[str, Any], Any]:
    name = account.name("taken")
    account.iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(TRUST_LAMBDA), Description="mine")
    resource = {
        "Type": "AWS::IAM::Role",
        "Properties": {"RoleName": name, "AssumeRolePolicyDocument": json.loads(policy(TRUST_LAMBDA))},
    }
    return resource, lambda: account.iam.get_role(RoleName=name)["Role"]["Description"]


def taken_policy(account: Account) -> tuple[dict[str, Any], Any]:
    name = account.name("taken")
    mine = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    arn = account.iam.create_policy(PolicyName=name, PolicyDocument=policy(mine))["Policy"]["Arn"]
    theirs = json.loads(policy(mine | {"Action": "sqs:*"}))
    resource = {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {"ManagedPolicyName": name, "PolicyDocument": theirs},
    }
    version = {"PolicyArn": arn, "VersionId": "v1"}
    return resource, lambda: account.iam.get_policy_version(**version)["PolicyVersion"]["Document"]["Statement"]


def taken_parameter(account: Account) -> tuple[dict[str, Any], Any]:
    name = "/" + account.name("taken")
    account.ssm.put_parameter(Name=name, Value="mine", Type="String")
    resource = {"Type": "AWS::SSM::Parameter", "Properties": {"Name": name, "Value": "theirs", "Type": "String"}}
    return resource, lambda: account.ssm.get_parameter(Name=name)["Parameter"]["Value"]


def taken_bucket(account: Account) -> tuple[dict[str, Any], Any]:
    name = account.name("taken")
    account.s3.create_bucket(Bucket=name)
    account.s3.put_object(Bucket=name, Key="k", Body=b"mine")
    resource = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}}
    return resource, lambda: account.s3.get_object(Bucket=name, Key="k")["Body"].read()


def taken_alias(account: Account) -> tuple[dict[str, Any], Any]:
    name = "alias/" + account.name("taken")
    mine, theirs = (account.kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(2))
    account.kms.create_alias(AliasName=name, TargetKeyId=mine)
    resource = {"Type": "AWS::KMS::Alias", "Properties": {"AliasName": name, "TargetKeyId": theirs}}
    return resource, lambda: account.kms.describe_key(KeyId=name)["KeyMetadata"]["KeyId"]


def taken_function(account: Account) -> tuple[dict[str, Any], Any]:
    name = account.name("taken")
    role = account.iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(TRUST_LAMBDA))["Role"]["Arn"]
    mine = {"Runtime": "python3.13", "Handler": "index.handler", "Role": role}
    account.clients["lambda"] = account.clients.get("lambda") or account.sandbox.client("lambda")
    functions = account.clients["lambda"]
    functions.create_function(FunctionName=name, Description="mine", Code={"ZipFile": zipped("pass")}, **mine)
    theirs = {**mine, "FunctionName": name, "Code": {"ZipFile": "pass"}}
    resource = {"Type": "AWS::Lambda::Function", "Properties": theirs}
    return resource, lambda: functions.get_function_configuration(FunctionName=name)["Description"]


TAKEN = (taken_function, taken_role, taken_policy, taken_parameter, taken_bucket, taken_alias)


@pytest.mark.parametrize("make", TAKEN)
def test_a_template_does_not_take_over_what_exists(account: Account, stacks: Stacks, make: Any) -> None:
    resource, read = make(account)
    before = read()
    assert stacks.create(Thing=resource) == "ROLLBACK_COMPLETE"
    assert read() == before


def test_the_permissions_boundary_of_a_template_limits_the_role(account: Account, stacks: Stacks) -> None:
    group = account.group()
    boundary = account.iam.create_policy(
        PolicyName=account.name("boundary"),
        PolicyDocument=policy({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}),
    )["Policy"]["Arn"]
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": json.loads(policy(account.trust())),
            "PermissionsBoundary": boundary,
            "Policies": [{"PolicyName": "w", "PolicyDocument": json.loads(policy(account.write_statement(group)))}],
        },
    }
    assert stacks.create(Role=role) == "CREATE_COMPLETE"
    created = account.iam.get_role(RoleName=stacks.physical_id("Role"))["Role"]
    assert created["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary
    configuration = {"cloudWatchConfig": {"logGroupName": group, "roleArn": created["Arn"]}}
    with pytest.raises(account.bedrock.exceptions.ValidationException):
        account.bedrock.put_model_invocation_logging_configuration(loggingConfig=configuration)
    del role["Properties"]["PermissionsBoundary"]
    assert stacks.update(Role=role) == "UPDATE_COMPLETE"
    account.bedrock.put_model_invocation_logging_configuration(loggingConfig=configuration)
