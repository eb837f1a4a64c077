"""PutModelInvocationLoggingConfiguration lets through what AWS lets through, and refuses the rest.

Source: Bedrock user guide, model-invocation-logging; API model of bedrock; the messages as users report them.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import PERMISSION_LINE, error_of, policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Account

pytestmark = pytest.mark.sandbox


def put(account: Account, group: str, role: str, **changes: Any) -> tuple[str, str] | None:
    config = {"cloudWatchConfig": {"logGroupName": group, "roleArn": role}} | changes
    put_configuration = account.bedrock.put_model_invocation_logging_configuration
    try:
        put_configuration(loggingConfig=config)
    except account.bedrock.exceptions.ValidationException as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    return None


def refusal(group: str, role: str) -> tuple[str, str]:
    return (
        "ValidationException",
        f"Failed to validate permissions for log group: {group}, with role: {role}. "
        "Verify the IAM role permissions are correct.",
    )


def test_the_documented_role_is_accepted_and_bedrock_writes_its_line(account: Account) -> None:
    group = account.configure()
    assert account.messages(group) == [PERMISSION_LINE]


def test_get_answers_what_put_stored_with_omitted_toggles_on(account: Account) -> None:
    group = account.configure(imageDataDeliveryEnabled=False)
    stored = account.bedrock.get_model_invocation_logging_configuration()["loggingConfig"]
    assert stored["cloudWatchConfig"]["logGroupName"] == group
    assert stored["imageDataDeliveryEnabled"] is False
    assert stored["textDataDeliveryEnabled"] is stored["videoDataDeliveryEnabled"] is True


def test_get_has_no_configuration_after_delete_and_delete_twice_is_fine(account: Account) -> None:
    account.configure()
    account.bedrock.delete_model_invocation_logging_configuration()
    account.bedrock.delete_model_invocation_logging_configuration()
    assert "loggingConfig" not in account.bedrock.get_model_invocation_logging_configuration()


TRUSTS: dict[str, tuple[Callable[[Account], dict[str, Any]], bool]] = {
    "as documented": (lambda a: a.trust(), True),
    "without conditions": (lambda a: a.trust(Condition={}), True),
    "only the account": (lambda a: a.trust(Condition={"StringEquals": {"aws:SourceAccount": a.id}}), True),
    "source ARN with a question mark": (
        lambda a: a.trust(Condition={"ArnLike": {"aws:SourceArn": f"arn:aws:bedrock:us-????-1:{a.id}:*"}}),
        True,
    ),
    "another service": (lambda a: a.trust(Principal={"Service": "lambda.amazonaws.com"}), False),
    "an account instead of the service": (lambda a: a.trust(Principal={"AWS": f"arn:aws:iam::{a.id}:root"}), False),
    "another account": (lambda a: a.trust(Condition={"StringEquals": {"aws:SourceAccount": "123456789012"}}), False),
    "another Region's ARN": (
        lambda a: a.trust(Condition={"ArnLike": {"aws:SourceArn": f"arn:aws:bedrock:eu-west-1:{a.id}:*"}}),
        False,
    ),
    "a star compared by StringEquals": (
        lambda a: a.trust(Condition={"StringEquals": {"aws:SourceArn": f"arn:aws:bedrock:{a.region}:{a.id}:*"}}),
        False,
    ),
    "another action": (lambda a: a.trust(Action="sts:TagSession"), False),
    "denied": (lambda a: a.trust(Effect="Deny"), False),
}


@pytest.mark.parametrize("case", TRUSTS)
def test_the_trust_policy_decides_whether_bedrock_gets_the_role(account: Account, case: str) -> None:
    make, accepted = TRUSTS[case]
    group = account.group()
    role = account.role(make(account), account.write_statement(group))
    assert put(account, group, role) == (None if accepted else refusal(group, role))
    assert account.messages(group) == ([PERMISSION_LINE] if accepted else [])


PERMISSIONS: dict[str, tuple[Callable[[Account, str], list[dict[str, Any]]], bool]] = {
    "as documented": (lambda a, g: [a.write_statement(g)], True),
    "every stream of the group": (
        lambda a, g: [a.write_statement(g, Resource=f"arn:aws:logs:{a.region}:{a.id}:log-group:{g}:*")],
        True,
    ),
    "no permission": (lambda _a, _g: [], False),
    "the bare group ARN": (
        lambda a, g: [a.write_statement(g, Resource=f"arn:aws:logs:{a.region}:{a.id}:log-group:{g}")],
        False,
    ),
    "the CDK trap, a star before the stream": (
        lambda a, g: [
            a.write_statement(g, Resource=f"arn:aws:logs:{a.region}:{a.id}:log-group:{g}:*:log-stream:aws/bedrock/*")
        ],
        False,
    ),
    "another stream": (
        lambda a, g: [a.write_statement(g, Resource=f"arn:aws:logs:{a.region}:{a.id}:log-group:{g}:log-stream:x")],
        False,
    ),
    "no CreateLogStream": (lambda a, g: [a.write_statement(g, Action="logs:PutLogEvents")], False),
    "no PutLogEvents": (lambda a, g: [a.write_statement(g, Action="logs:CreateLogStream")], False),
    "an explicit deny beside the allow": (
        lambda a, g: [a.write_statement(g), a.write_statement(g, Effect="Deny", Action="logs:PutLogEvents")],
        False,
    ),
}


@pytest.mark.parametrize("case", PERMISSIONS)
def test_the_role_needs_both_permissions_on_the_one_stream(account: Account, case: str) -> None:
    make, accepted = PERMISSIONS[case]
    group = account.group()
    role = account.role(account.trust(), *make(account, group))
    assert put(account, group, role) == (None if accepted else refusal(group, role))


@pytest.mark.parametrize("bounded_to", ["logs:*", "s3:*"])
def test_a_permissions_boundary_limits_the_role(account: Account, bounded_to: str) -> None:
    group = account.group()
    role = account.role(account.trust(), account.write_statement(group))
    boundary = account.iam.create_policy(
        PolicyName=account.name("boundary"),
        PolicyDocument=policy({"Effect": "Allow", "Action": bounded_to, "Resource": "*"}),
    )["Policy"]["Arn"]
    account.iam.put_role_permissions_boundary(RoleName=role.rsplit("/")[-1], PermissionsBoundary=boundary)
    assert put(account, group, role) == (None if bounded_to == "logs:*" else refusal(group, role))


def test_a_managed_policy_counts_like_an_inline_one(account: Account) -> None:
    group = account.group()
    role = account.role(account.trust())
    managed = account.iam.create_policy(
        PolicyName=account.name("write"), PolicyDocument=policy(account.write_statement(group))
    )["Policy"]["Arn"]
    assert put(account, group, role) == refusal(group, role)
    account.iam.attach_role_policy(RoleName=role.rsplit("/")[-1], PolicyArn=managed)
    assert put(account, group, role) is None


def test_the_log_group_and_the_role_must_exist(account: Account) -> None:
    group = account.group()
    role = account.role(account.trust(), account.write_statement(group), account.write_statement("/not/there"))
    assert put(account, "/not/there", role) == refusal("/not/there", role)
    elsewhere = role.replace("role/", "role/path/")
    assert put(account, group, elsewhere) == refusal(group, elsewhere)
    assert put(account, group, role.replace("logging", "nobody")) == refusal(group, role.replace("logging", "nobody"))


def test_a_refused_configuration_leaves_the_former_one(account: Account) -> None:
    group = account.configure()
    before = account.bedrock.get_model_invocation_logging_configuration()["loggingConfig"]
    role = account.role(account.trust())
    assert put(account, group, role) == refusal(group, role)
    assert account.bedrock.get_model_invocation_logging_configuration()["loggingConfig"] == before


def test_a_young_role_is_refused_until_it_has_propagated(account: Account) -> None:
    account.settings(iam_propagation_seconds=1.5)
    group = account.group()
    role = account.role(account.trust(), account.write_statement(group))
    assert put(account, group, role) == refusal(group, role)
    time.sleep(2.6)  # creation dates have whole seconds
    assert put(account, group, role) is None


SHAPES: dict[str, dict[str, Any]] = {
    "role ARN of another form": {"cloudWatchConfig": {"logGroupName": "/a", "roleArn": "arn:aws:iam::1:role/x"}},
    "a user's ARN": {"cloudWatchConfig": {"logGroupName": "/a", "roleArn": "arn:aws:iam::123456789012:user/x"}},
}


@pytest.mark.parametrize("case", SHAPES)
def test_a_malformed_configuration_is_refused_with_the_member_named(account: Account, case: str) -> None:
    code, message = error_of(account.bedrock.put_model_invocation_logging_configuration, loggingConfig=SHAPES[case])
    assert code == "ValidationException"
    assert "loggingConfig.cloudWatchConfig.roleArn" in message


def bucket(account: Account, *statements: dict[str, Any]) -> str:
    name = account.name("payload")
    account.s3.create_bucket(Bucket=name)
    if statements:
        account.s3.put_bucket_policy(Bucket=name, Policy=policy(*statements).replace("BUCKET", name))
    return name


def bucket_statement(account: Account, prefix: str = "", **changes: Any) -> dict[str, Any]:
    conditions = account.trust()["Condition"]
    statement: dict[str, Any] = {
        "Sid": "AmazonBedrockLogsWrite",
        "Effect": "Allow",
        "Principal": {"Service": "bedrock.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::BUCKET/{prefix}AWSLogs/{account.id}/BedrockModelInvocationLogs/*",
        "Condition": conditions,
    }
    return statement | changes


def put_s3(account: Account, name: str, **config: str) -> str | None:
    try:
        account.bedrock.put_model_invocation_logging_configuration(
            loggingConfig={"s3Config": {"bucketName": name} | config}
        )
    except account.bedrock.exceptions.ValidationException as error:
        return str(error.response["Error"]["Message"])
    return None


BUCKET_POLICIES: dict[str, tuple[Callable[[Account], list[dict[str, Any]]], bool]] = {
    "as documented": (lambda a: [bucket_statement(a)], True),
    "TLS only beside it": (
        lambda a: [
            bucket_statement(a),
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": ["arn:aws:s3:::BUCKET", "arn:aws:s3:::BUCKET/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ],
        True,
    ),
    "no policy": (lambda _a: [], False),
    "another service": (lambda a: [bucket_statement(a, Principal={"Service": "s3.amazonaws.com"})], False),
    "another account's source": (
        lambda a: [bucket_statement(a, Condition={"StringEquals": {"aws:SourceAccount": "123456789012"}})],
        False,
    ),
    "another prefix": (lambda a: [bucket_statement(a, prefix="elsewhere/")], False),
}


@pytest.mark.parametrize("case", BUCKET_POLICIES)
def test_the_bucket_policy_must_name_bedrock(account: Account, case: str) -> None:
    make, accepted = BUCKET_POLICIES[case]
    name = bucket(account, *make(account))
    message = put_s3(account, name)
    objects = account.s3.list_objects_v2(Bucket=name).get("Contents", [])
    if accepted:
        assert message is None
        key = f"AWSLogs/{account.id}/BedrockModelInvocationLogs/amazon-bedrock-logs-permission-check"
        assert [(item["Key"], item["Size"]) for item in objects] == [(key, 0)]
    else:
        assert message is not None
        assert message.startswith(f"Failed to validate permissions for bucket: {name}")
        assert objects == []


def test_the_prefix_is_where_bedrock_writes(account: Account) -> None:
    name = bucket(account, bucket_statement(account, prefix="logs/"))
    assert put_s3(account, name, keyPrefix="logs") is None
    assert put_s3(account, name) is not None


def test_a_bucket_that_is_not_there_is_refused(account: Account) -> None:
    assert put_s3(account, "not-there-at-all") is not None


@pytest.mark.parametrize("named", [True, False])
def test_an_encrypted_bucket_needs_bedrock_in_its_key_policy(account: Account, named: bool) -> None:
    statements: list[dict[str, Any]] = [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account.id}:root"}, "Action": "kms:*", "Resource": "*"}
    ]
    if named:
        statements.append(account.trust(Action="kms:GenerateDataKey", Resource="*"))
    key = account.kms.create_key(Policy=policy(*statements))["KeyMetadata"]["Arn"]
    name = bucket(account, bucket_statement(account))
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    account.s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    assert (put_s3(account, name) is None) is named


def test_the_payload_bucket_is_checked_too(account: Account) -> None:
    group = account.group()
    role = account.role(account.trust(), account.write_statement(group))
    refused = bucket(account)
    large = {"largeDataDeliveryS3Config": {"bucketName": refused, "keyPrefix": "large"}}
    cloudwatch = {"logGroupName": group, "roleArn": role} | large
    code, message = error_of(
        account.bedrock.put_model_invocation_logging_configuration, loggingConfig={"cloudWatchConfig": cloudwatch}
    )
    assert (code, refused in message) == ("ValidationException", True)
