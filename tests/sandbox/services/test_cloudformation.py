"""CloudFormation refuses, keeps and undoes what AWS refuses, keeps and undoes.

Source: CloudFormation user guide (custom resources, DeletionPolicy, resource import, troubleshooting) and the template
reference of each type.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import eventually, policy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Account

pytestmark = pytest.mark.sandbox

KEPT = "RetainExceptOnCreate"


@dataclass
class Stacks:
    """Deploys small templates under a name of its own."""

    account: Account
    name: str

    def settled(self) -> str:
        def status() -> str:
            try:
                [stack] = self.account.cloudformation.describe_stacks(StackName=self.name)["Stacks"]
            except self.account.cloudformation.exceptions.ClientError:
                return "GONE"
            return "" if stack["StackStatus"].endswith("IN_PROGRESS") else stack["StackStatus"]

        return str(eventually(status, 30))

    def create(self, **resources: Any) -> str:
        template = json.dumps({"Resources": resources})
        self.account.cloudformation.create_stack(
            StackName=self.name, TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"]
        )
        return self.settled()

    def update(self, **resources: Any) -> str:
        template = json.dumps({"Resources": resources})
        self.account.cloudformation.update_stack(
            StackName=self.name, TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"]
        )
        return self.settled()

    def delete(self) -> str:
        self.account.cloudformation.delete_stack(StackName=self.name)
        return self.settled()

    def adopt(self, **resources: Any) -> str:
        """What `cdk deploy --import-existing-resources` does."""
        cloudformation = self.account.cloudformation
        change_set = cloudformation.create_change_set(
            StackName=self.name,
            ChangeSetName="adopt",
            ChangeSetType="CREATE",
            TemplateBody=json.dumps({"Resources": resources}),
            ImportExistingResources=True,
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )["Id"]
        cloudformation.get_waiter("change_set_create_complete").wait(
            ChangeSetName=change_set, WaiterConfig={"Delay": 1, "MaxAttempts": 20}
        )
        cloudformation.execute_change_set(ChangeSetName=change_set)
        return self.settled()

    def reason(self, logical_id: str) -> str:
        events = self.account.cloudformation.describe_stack_events(StackName=self.name)["StackEvents"]
        failed = (event for event in events if event["ResourceStatus"].endswith("FAILED"))
        return next((event["ResourceStatusReason"] for event in failed if event["LogicalResourceId"] == logical_id), "")

    def physical_id(self, logical_id: str) -> str:
        answer = self.account.cloudformation.describe_stack_resource(StackName=self.name, LogicalResourceId=logical_id)
        return str(answer["StackResourceDetail"]["PhysicalResourceId"])


@pytest.fixture
def stacks(account: Account) -> Stacks:
    return Stacks(account, account.name("stack"))


def log_group(name: str, **properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": name, **properties}, "DeletionPolicy": KEPT}


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


def key(account: Account, *statements: dict[str, Any]) -> dict[str, Any]:
    root = {"AWS": f"arn:aws:iam::{account.id}:root"}
    administrators = {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
    return {
        "Type": "AWS::KMS::Key",
        "DeletionPolicy": KEPT,
        "Properties": {"KeyPolicy": json.loads(policy(administrators, *statements)), "EnableKeyRotation": True},
    }


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


TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


def taken_role(account: Account) -> tuple[dict[str, Any], Any]:
    name = account.name("taken")
    account.iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(TRUST), Description="mine")
    resource = {
        "Type": "AWS::IAM::Role",
        "Properties": {"RoleName": name, "AssumeRolePolicyDocument": json.loads(policy(TRUST))},
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


TAKEN = (taken_role, taken_policy, taken_parameter, taken_bucket, taken_alias)


@pytest.mark.parametrize("make", TAKEN)
def test_a_template_does_not_take_over_what_exists(account: Account, stacks: Stacks, make: Any) -> None:
    resource, read = make(account)
    before = read()
    assert stacks.create(Thing=resource) == "ROLLBACK_COMPLETE"
    assert read() == before


def bucket(name: str, **properties: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::S3::Bucket",
        "DeletionPolicy": KEPT,
        "Properties": {
            "BucketName": name,
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {
                        "BucketKeyEnabled": True,
                        "ServerSideEncryptionByDefault": {
                            "SSEAlgorithm": "aws:kms",
                            "KMSMasterKeyID": {"Fn::GetAtt": ["Key", "Arn"]},
                        },
                    }
                ]
            },
            "LifecycleConfiguration": {
                "Rules": [
                    {
                        "Id": "expire",
                        "Status": "Enabled",
                        "ExpirationInDays": 30,
                        "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                    }
                ]
            },
            **properties,
        },
    }


def test_a_bucket_gets_its_encryption_and_lifecycle(account: Account, stacks: Stacks) -> None:
    name = account.name("payload")
    assert stacks.create(Key=key(account), Bucket=bucket(name)) == "CREATE_COMPLETE"
    [rule] = account.s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"].endswith(stacks.physical_id("Key"))
    [rule] = account.s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    assert rule["Expiration"] == {"Days": 30}
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 7}
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    [rule] = account.s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]
    assert rule == {"ObjectOwnership": "BucketOwnerEnforced"}


def test_a_retained_bucket_is_adopted_with_its_objects(account: Account, stacks: Stacks) -> None:
    name = account.name("payload")
    resources = {"Key": key(account), "Bucket": bucket(name)}
    stacks.create(**resources)
    account.s3.put_object(Bucket=name, Key="k", Body=b"kept")
    retained = stacks.physical_id("Key")
    assert stacks.delete() == "GONE"
    assert account.kms.describe_key(KeyId=retained)["KeyMetadata"]["KeyState"] == "Enabled"
    assert stacks.adopt(**resources) == "CREATE_COMPLETE"
    assert account.s3.get_object(Bucket=name, Key="k")["Body"].read() == b"kept"


def test_a_bucket_with_objects_is_not_deleted(account: Account, stacks: Stacks) -> None:
    name = account.name("full")
    resource = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}}
    stacks.create(Bucket=resource)
    account.s3.put_object(Bucket=name, Key="k", Body=b"kept")
    assert stacks.delete() == "DELETE_FAILED"
    assert account.s3.get_object(Bucket=name, Key="k")["Body"].read() == b"kept"
    account.s3.delete_object(Bucket=name, Key="k")
    assert stacks.delete() == "GONE"


def test_a_second_policy_for_a_bucket_is_refused(account: Account, stacks: Stacks) -> None:
    name = account.name("policy")
    account.s3.create_bucket(Bucket=name)
    statement = account.trust(Action="s3:PutObject", Resource=f"arn:aws:s3:::{name}/*")
    account.s3.put_bucket_policy(Bucket=name, Policy=policy(statement))
    resource = {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {"Bucket": name, "PolicyDocument": json.loads(policy(statement | {"Action": "s3:GetObject"}))},
    }
    assert stacks.create(Policy=resource) == "ROLLBACK_COMPLETE"
    assert "PutObject" in account.s3.get_bucket_policy(Bucket=name)["Policy"]


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
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(TRUST))["Role"]["Arn"]
    archive = _zipped("index.py", HANDLER)
    created = functions.create_function(
        FunctionName=name, Runtime="python3.13", Handler="index.handler", Role=role, Code={"ZipFile": archive}
    )
    yield str(created["FunctionArn"])
    functions.delete_function(FunctionName=name)


def _zipped(name: str, text: str) -> bytes:
    import io
    import zipfile

    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        writer.writestr(name, text)
    return archive.getvalue()


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
    assert time.monotonic() - started < 10
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


def test_a_write_with_kms_and_no_key_takes_the_key_that_aws_manages(account: Account) -> None:
    name = account.name("managed")
    account.s3.create_bucket(Bucket=name)
    account.s3.put_object(Bucket=name, Key="k", Body=b"x", ServerSideEncryption="aws:kms")
    read = account.s3.get_object(Bucket=name, Key="k")
    assert read["ServerSideEncryption"] == "aws:kms"
    assert read["SSEKMSKeyId"].endswith("alias/aws/s3")
