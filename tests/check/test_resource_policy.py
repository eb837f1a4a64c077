"""Reading a resource policy for one request of a service: hand-typed documents, hand-typed answers."""

from __future__ import annotations

from typing import Any

import pytest

from bedrock_o11y.check.resource_policy import ANYTHING, Answer, ServiceRequest, answer

GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:/g"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
LOGS = ServiceRequest(
    "logs.us-east-1.amazonaws.com", "kms:GenerateDataKey", KEY, {"kms:EncryptionContext:aws:logs:arn": GROUP}
)
BEDROCK = ServiceRequest(
    "bedrock.amazonaws.com",
    "s3:PutObject",
    "arn:aws:s3:::b/p/AWSLogs/123456789012/BedrockModelInvocationLogs/us-east-1/x.json.gz",
    {
        "aws:SourceAccount": "123456789012",
        "aws:SourceArn": f"arn:aws:bedrock:us-east-1:123456789012:{ANYTHING}",
    },
)


def allow(**members: Any) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"Service": "logs.us-east-1.amazonaws.com"},
        "Action": "kms:*",
        "Resource": "*",
        **members,
    }


def on_group(operator: str, value: Any) -> dict[str, Any]:
    return allow(Condition={operator: {"kms:EncryptionContext:aws:logs:arn": value}})


CASES: list[tuple[str, list[dict[str, Any]], Answer]] = [
    ("nothing is allowed without a statement", [], Answer.NOT_ALLOWED),
    ("the documented statement", [on_group("ArnEquals", GROUP)], Answer.ALLOWED),
    ("without a condition", [allow()], Answer.ALLOWED),
    ("one of several services", [allow(Principal={"Service": ["x.amazonaws.com", LOGS.service]})], Answer.ALLOWED),
    ("everybody", [allow(Principal="*")], Answer.ALLOWED),
    ("every AWS principal", [allow(Principal={"AWS": "*"})], Answer.ALLOWED),
    (
        "the account is not the service",
        [allow(Principal={"AWS": "arn:aws:iam::123456789012:root"})],
        Answer.NOT_ALLOWED,
    ),
    ("another Region's service", [allow(Principal={"Service": "logs.eu-west-1.amazonaws.com"})], Answer.NOT_ALLOWED),
    ("the service without its Region", [allow(Principal={"Service": "logs.amazonaws.com"})], Answer.NOT_ALLOWED),
    ("everybody but somebody", [allow(NotPrincipal={"AWS": "x"})], Answer.UNDECIDED),
    ("actions in any case", [allow(Action="KMS:generatedatakey")], Answer.ALLOWED),
    ("a pattern of actions", [allow(Action=["kms:Encrypt", "kms:GenerateDataKey*"])], Answer.ALLOWED),
    ("a question mark is one character", [allow(Action="kms:GenerateDataKe?")], Answer.ALLOWED),
    ("another action", [allow(Action=["kms:Encrypt", "kms:Decrypt"])], Answer.NOT_ALLOWED),
    ("all but another action", [allow(Action=None, NotAction="kms:ScheduleKeyDeletion")], Answer.ALLOWED),
    ("all but this action", [allow(Action=None, NotAction="kms:Generate*")], Answer.NOT_ALLOWED),
    ("this key", [allow(Resource=KEY)], Answer.ALLOWED),
    ("another key", [allow(Resource=KEY.replace("key/1", "key/2"))], Answer.NOT_ALLOWED),
    ("resources are case-sensitive", [allow(Resource=KEY.upper())], Answer.NOT_ALLOWED),
    ("any group of the account", [on_group("ArnLike", "arn:aws:logs:us-east-1:123456789012:*")], Answer.ALLOWED),
    ("another group", [on_group("ArnEquals", GROUP + "-other")], Answer.NOT_ALLOWED),
    ("another account", [on_group("ArnLike", "arn:aws:logs:us-east-1:999999999999:*")], Answer.NOT_ALLOWED),
    ("one of several groups", [on_group("ArnEquals", ["arn:aws:logs:us-east-1:1:x", GROUP])], Answer.ALLOWED),
    (
        "a star does not cross into the account field",
        [on_group("ArnLike", "arn:aws:logs:*:log-group:/g")],
        Answer.NOT_ALLOWED,
    ),
    (
        "StringLike is one pattern over the whole text",
        [on_group("StringLike", "arn:aws:logs:*:log-group:/g")],
        Answer.ALLOWED,
    ),
    (
        "StringEquals takes a star literally",
        [on_group("StringEquals", "arn:aws:logs:us-east-1:123456789012:*")],
        Answer.NOT_ALLOWED,
    ),
    ("StringEquals of the group itself", [on_group("StringEquals", GROUP)], Answer.ALLOWED),
    ("IfExists", [on_group("ArnEqualsIfExists", GROUP)], Answer.ALLOWED),
    (
        "condition keys in any case",
        [allow(Condition={"ArnEquals": {"KMS:encryptionContext:AWS:Logs:ARN": GROUP}})],
        Answer.ALLOWED,
    ),
    ("a set operator on one value", [on_group("ForAnyValue:ArnLike", GROUP)], Answer.ALLOWED),
    ("Null false means present", [on_group("Null", "false")], Answer.ALLOWED),
    ("Null true means absent", [on_group("Null", True)], Answer.NOT_ALLOWED),
    ("an unfamiliar key", [allow(Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}})], Answer.UNDECIDED),
    ("an unfamiliar operator", [on_group("NumericEquals", "1")], Answer.UNDECIDED),
    ("a policy variable", [on_group("ArnLike", "arn:aws:logs:${aws:x}:*:*")], Answer.UNDECIDED),
    (
        "two conditions, one false, one unknown",
        [
            allow(
                Condition={
                    "ArnEquals": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:a:b:c"},
                    "StringEquals": {"aws:SourceVpc": "v"},
                }
            )
        ],
        Answer.NOT_ALLOWED,
    ),
    ("a Deny wins", [allow(), allow(Effect="Deny", Principal="*")], Answer.DENIED),
    (
        "a Deny of somebody else",
        [allow(), allow(Effect="Deny", Principal={"AWS": "arn:aws:iam::1:root"})],
        Answer.ALLOWED,
    ),
    (
        "a Deny of insecure transport",
        [allow(), allow(Effect="Deny", Principal="*", Condition={"Bool": {"aws:SecureTransport": "false"}})],
        Answer.ALLOWED,
    ),
    (
        "a Deny of everybody but AWS services",
        [
            allow(),
            allow(Effect="Deny", Principal="*", Condition={"BoolIfExists": {"aws:PrincipalIsAWSService": False}}),
        ],
        Answer.ALLOWED,
    ),
    (
        "a Deny unless the group is another one",
        [allow(), {**on_group("ArnNotEquals", GROUP + "-other"), "Effect": "Deny"}],
        Answer.DENIED,
    ),
    (
        "a Deny unless the group is this one",
        [allow(), {**on_group("ArnNotEquals", GROUP), "Effect": "Deny"}],
        Answer.ALLOWED,
    ),
    (
        "a Deny that may apply",
        [allow(), allow(Effect="Deny", Condition={"StringEquals": {"aws:SourceVpc": "v"}})],
        Answer.UNDECIDED,
    ),
    (
        "a Deny that may apply to what nobody allows",
        [allow(Effect="Deny", Condition={"StringEquals": {"aws:SourceVpc": "v"}})],
        Answer.NOT_ALLOWED,
    ),
]


@pytest.mark.parametrize(("statements", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_key_policy_is_read_statement_by_statement(statements: list[dict[str, Any]], expected: Answer) -> None:
    assert answer({"Statement": statements}, LOGS)[0] is expected


def test_a_single_statement_may_stand_without_a_list() -> None:
    assert answer({"Statement": allow()}, LOGS) == (Answer.ALLOWED, "number 1")


def write(condition: dict[str, Any]) -> dict[str, Any]:
    return {
        "Statement": [
            {
                "Sid": "W",
                "Effect": "Allow",
                "Principal": {"Service": "bedrock.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": "arn:aws:s3:::b/p/AWSLogs/123456789012/BedrockModelInvocationLogs/*",
                "Condition": condition,
            }
        ]
    }


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringEquals": {"aws:SourceAccount": "123456789012"}}, Answer.ALLOWED),
        ({"StringEquals": {"aws:SourceAccount": ["999999999999", "123456789012"]}}, Answer.ALLOWED),
        ({"StringEquals": {"aws:SourceAccount": "999999999999"}}, Answer.NOT_ALLOWED),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:bedrock:us-east-1:123456789012:*"}}, Answer.ALLOWED),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:bedrock:*:123456789012:*"}}, Answer.ALLOWED),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:bedrock:eu-west-1:123456789012:*"}}, Answer.NOT_ALLOWED),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:bedrock:us-east-1:123456789012:model/x"}}, Answer.UNDECIDED),
        ({"StringLike": {"aws:SourceArn": "arn:aws:bedrock:us-east-1:123456789012:*"}}, Answer.ALLOWED),
        ({"StringEquals": {"aws:SourceArn": "arn:aws:bedrock:us-east-1:123456789012:*"}}, Answer.NOT_ALLOWED),
        ({"StringEquals": {"aws:SourceArn": "arn:aws:bedrock:us-east-1:999999999999:x"}}, Answer.NOT_ALLOWED),
    ],
)
def test_what_bedrock_calls_its_source_is_known_only_up_to_the_account(
    condition: dict[str, Any], expected: Answer
) -> None:
    assert answer(write(condition), BEDROCK)[0] is expected
