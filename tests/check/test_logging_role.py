"""The two rungs that judge the logging role, over evidence typed by hand."""

from __future__ import annotations

from typing import Any

import pytest

from bedrock_o11y.report import State

from .typed_evidence import (
    ABSENT,
    ACCOUNT,
    DENIED,
    GROUP,
    S3_ONLY,
    SOURCE,
    STREAM,
    TRUST,
    WRITE,
    judged,
    live,
    policies,
    role,
    statement,
)

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = State.PASS, State.FAIL, State.UNKNOWN, State.NOT_APPLICABLE
TRUSTING, PERMITTED = "logging-role-trust", "logging-role-permissions"
BEDROCK = {"Service": "bedrock.amazonaws.com"}
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ELSEWHERE = f"arn:aws:bedrock:eu-west-1:{ACCOUNT}:*"


def trust(*statements: dict[str, Any]) -> dict[str, Any]:
    whole = [{"Effect": "Allow", "Principal": BEDROCK, "Action": "sts:AssumeRole", **each} for each in statements]
    return {"Version": "2012-10-17", "Statement": whole}


def source(**conditions: Any) -> dict[str, Any]:
    return {"Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}, **conditions}}


# The trust policy, what the rung says of it, and a part of its first sentence.
TRUSTS: list[tuple[dict[str, Any], State, str]] = [
    (TRUST, PASS, f"lets bedrock.amazonaws.com in for account {ACCOUNT}, Region us-east-1, and for no other account"),
    (trust({"Condition": {"StringEquals": {"AWS:sourceaccount": ACCOUNT}}}), PASS, "(trust/statement 1)"),
    (trust({"Condition": {"ArnLike": SOURCE["ArnLike"]}}), PASS, "lets bedrock.amazonaws.com in"),
    (trust({}, {"Effect": "Deny", "Condition": {"StringNotEquals": {"aws:SourceAccount": ACCOUNT}}}), PASS, "lets"),
    (
        trust({}),
        FAIL,
        "Another account can make bedrock.amazonaws.com assume the role (trust/statement 1), for example",
    ),
    (trust({"Condition": {"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}}}), FAIL, "when it names no source"),
    (trust({"Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}), FAIL, "111122223333 does not hold"),
    (
        trust(source(ArnLike={"aws:SourceArn": ELSEWHERE})),
        FAIL,
        "bedrock.amazonaws.com cannot assume role BedrockLogging",
    ),
    (trust({**source(), "Principal": {"Service": "lambda.amazonaws.com"}}), FAIL, "cannot assume role BedrockLogging"),
    (trust({**source(), "Action": "sts:TagSession"}), FAIL, "cannot assume role BedrockLogging"),
    (trust({"Condition": {"StringEquals": SOURCE["ArnLike"]}}), FAIL, "a star is a star there, use ArnLike"),
    (trust(source(), {"Effect": "Deny", "Principal": "*"}), FAIL, "cannot assume role BedrockLogging"),
    (
        trust({**source(), "Principal": {**BEDROCK, "AWS": ROOT}}),
        FAIL,
        f"Beside bedrock.amazonaws.com, AWS {ROOT} may assume the role when StringEquals aws:SourceAccount {ACCOUNT}",
    ),
    (trust(source(), {"Principal": {"AWS": ROOT}}), FAIL, f"AWS {ROOT} may assume the role (trust/statement 2)."),
    (trust({"Condition": {"StringEquals": {"aws:SourceOrgID": "o-1"}}}), UNKNOWN, "StringEquals aws:SourceOrgID o-1"),
    ({"Version": "2012-10-17", "Statement": [{"Effect": "Sometimes"}]}, UNKNOWN, "its text cannot be understood"),
]


@pytest.mark.parametrize(("document", "state", "said"), TRUSTS)
def test_trust(document: dict[str, Any], state: State, said: str) -> None:
    result = judged(TRUSTING, logging_role=role(trust=document))
    assert (result.state, said in result.evidence[0]) == (state, True), result
    assert bool(result.next) is (state is not PASS)


def test_the_next_step_for_a_broken_trust_is_the_whole_statement() -> None:
    result = judged(TRUSTING, logging_role=role(trust=trust({"Principal": {"Service": "lambda.amazonaws.com"}})))
    assert result.next == (
        "Let the trust policy of role BedrockLogging allow sts:AssumeRole to bedrock.amazonaws.com with StringEquals "
        f"aws:SourceAccount {ACCOUNT} and ArnLike aws:SourceArn arn:aws:bedrock:us-east-1:{ACCOUNT}:*. "
        "Bedrock cannot become the logging role, so no record is ever written."
    )


UNREAD = {"name": "extra", "reason": "permission iam:GetRolePolicy is missing", "action": "iam:GetRolePolicy"}
UNLISTED = {"name": "inline policies", "reason": "AWS throttled iam:ListRolePolicies", "action": None}
BOUNDARY = {"arn": f"arn:aws:iam::{ACCOUNT}:policy/b", "name": "b"}
IN_VPC = {"StringEquals": {"aws:SourceVpc": "vpc-1"}}
TEAM = {"StringEquals": {"aws:PrincipalTag/team": "blue"}}
WRITES = ("logs:CreateLogStream", "logs:PutLogEvents")


def bounded(document: dict[str, Any]) -> dict[str, Any]:
    return policies(boundary={**BOUNDARY, "document": document})


# The policies of the role, what the rung says of them, and a part of its first sentence.
POLICIES: list[tuple[dict[str, Any], State, str]] = [
    (policies(), PASS, f"logs:CreateLogStream is granted by write/Write on {STREAM}."),
    (policies(statement("Allow", "logs:*")), PASS, "is granted by write/statement 1"),
    (policies(statement("Allow", *WRITES, Resource=f"arn:aws:logs:*:*:log-group:{GROUP}:*")), PASS, "is granted"),
    (policies(statement("Allow", *WRITES, Condition=TEAM)), PASS, "is granted"),
    (policies(statement("Allow", "logs:PutLogEvents")), FAIL, "may not do logs:CreateLogStream"),
    (policies(statement("Allow", "logs:CreateLogStream")), FAIL, f"logs:PutLogEvents on {STREAM}: no statement allows"),
    (policies(statement("Allow", *WRITES, Resource=f"arn:aws:logs:*:*:log-group:{GROUP}")), FAIL, "no statement"),
    (policies(statement("Allow", *WRITES, Resource=f"{STREAM}:*")), FAIL, "no statement allows it"),
    (policies(WRITE, statement("Deny", "logs:PutLogEvents")), FAIL, "statement write/statement 1 denies it"),
    (policies(WRITE, statement("Deny", "logs:PutLogEvents", Condition=TEAM)), FAIL, "denies it"),
    (bounded(statement("Allow", "s3:*")), FAIL, "the permissions boundary does not allow it"),
    (bounded(statement("Deny", "logs:*")), FAIL, "the permissions boundary does not allow it"),
    (bounded(statement("Allow", "*")), PASS, "is granted"),
    (policies(WRITE, statement("Deny", "logs:*", Condition=IN_VPC)), UNKNOWN, "depends on StringEquals aws:SourceVpc"),
    (policies(statement("Allow", *WRITES, Condition=IN_VPC)), UNKNOWN, "cannot be judged from outside"),
    (policies(WRITE, UNREAD), UNKNOWN, "permission iam:GetRolePolicy is missing"),
    (policies(unlisted=[UNLISTED]), UNKNOWN, "AWS throttled iam:ListRolePolicies"),
    (policies(boundary={**BOUNDARY, "reason": "permission iam:GetPolicy is missing", "action": "iam:GetPolicy"}),
     UNKNOWN, "permission iam:GetPolicy is missing"),
    (policies(UNREAD, statement("Deny", "logs:*")), FAIL, "denies it"),
    (policies(managed=[{**BOUNDARY, "document": statement("Deny", "logs:*")}]), FAIL, "statement b/statement 1 denies"),
]  # fmt: skip


@pytest.mark.parametrize(("found", "state", "said"), POLICIES)
def test_permissions(found: dict[str, Any], state: State, said: str) -> None:
    result = judged(PERMITTED, logging_role_policies=found)
    assert (result.state, said in result.evidence[0]) == (state, True), result
    assert bool(result.next) is (state is not PASS)


@pytest.mark.parametrize(
    ("found", "next_step"),
    [
        (policies(WRITE, UNREAD), "Grant iam:GetRolePolicy to the caller, then run again."),
        (policies(unlisted=[UNLISTED]), "Run again later."),
        (
            policies(statement("Allow", "s3:*")),
            f"Add a statement to the policies of role BedrockLogging: logs:CreateLogStream and logs:PutLogEvents on "
            f"{STREAM}. Bedrock cannot write to the log stream; it refuses the configuration, or drops every record.",
        ),
        (
            policies(WRITE, statement("Deny", "logs:PutLogEvents")),
            "Take logs:PutLogEvents out of statement write/statement 1: adding an Allow cannot help. Bedrock cannot "
            "write to the log stream; it refuses the configuration, or drops every record.",
        ),
        (
            bounded(statement("Allow", "s3:*")),
            f"Let the permissions boundary of role BedrockLogging allow logs:CreateLogStream on {STREAM}: adding an "
            "Allow to the role cannot help.",
        ),
    ],
)
def test_the_next_step_is_one_that_can_help(found: dict[str, Any], next_step: str) -> None:
    assert judged(PERMITTED, logging_role_policies=found).next == next_step


NO_ROLE = live(cloudWatchConfig={"logGroupName": GROUP})

FOREIGN_ROLE = live(cloudWatchConfig={"logGroupName": GROUP, "roleArn": "arn:aws:iam::111122223333:role/R"})


@pytest.mark.parametrize("rung", [TRUSTING, PERMITTED])
@pytest.mark.parametrize(
    ("changes", "state", "said"),
    [
        ({"configuration": S3_ONLY}, NOT_APPLICABLE, "The configuration delivers to S3 only"),
        ({"logging_role": ABSENT}, FAIL, "role/BedrockLogging does not exist"),
        ({"logging_role": DENIED}, UNKNOWN, "permission x:Y is missing"),
        ({"configuration": DENIED, "record": ABSENT}, UNKNOWN, "No log group is named: permission x:Y is missing"),
        ({"configuration": NO_ROLE, "record": ABSENT}, UNKNOWN, "No logging role is named."),
        ({"configuration": FOREIGN_ROLE, "logging_role": DENIED}, UNKNOWN, f"is not of account {ACCOUNT}"),
        ({"configuration": DENIED}, PASS, ""),  # by the role that the record names
    ],
)
def test_without_a_role_nothing_is_claimed(rung: str, changes: dict[str, Any], state: State, said: str) -> None:
    result = judged(rung, **changes)
    assert (result.state, said in result.evidence[0]) == (state, True), result


def test_policies_that_may_not_be_read_leave_the_trust_judged() -> None:
    assert judged(TRUSTING, logging_role_policies=DENIED).state is PASS
    assert judged(PERMITTED, logging_role_policies=DENIED).state is UNKNOWN
