"""Each thing that breaks the flow, broken through the AWS API: one rung says so, and the canary never passes."""

from __future__ import annotations

import contextlib
import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import (
    ACCOUNT,
    BUCKET,
    DENIED,
    GROUP,
    KEY_POLICY,
    OWNER_ONLY_KEY_POLICY,
    OWNER_STATEMENT,
    ROLE,
    RUNGS,
    TRUST,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import ByHand

pytestmark = pytest.mark.sandbox

CANARY = ("--canary", "--yes", "--wait", "2s")


def replaced(document: dict[str, Any], old: str, new: str) -> str:
    return json.dumps(document).replace(old, new)


def trust_another_account(account: ByHand) -> None:
    policy = replaced(TRUST, ACCOUNT, "123456789012")
    account.client("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=policy)


def trust_another_service(account: ByHand) -> None:
    policy = replaced(TRUST, "bedrock.amazonaws.com", "lambda.amazonaws.com")
    account.client("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=policy)


def deny_put_log_events(account: ByHand) -> None:
    account.client("iam").put_role_policy(RoleName=ROLE, PolicyName="deny", PolicyDocument=json.dumps(DENIED))


def take_the_permissions_away(account: ByHand) -> None:
    account.client("iam").delete_role_policy(RoleName=ROLE, PolicyName="write")


def put_the_role_under_a_boundary(account: ByHand) -> None:
    iam = account.client("iam")
    statement = {"Effect": "Allow", "Action": ["s3:*", "logs:CreateLogStream"], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    with contextlib.suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_policy(PolicyName="by-hand-boundary", PolicyDocument=document)
    arn = f"arn:aws:iam::{ACCOUNT}:policy/by-hand-boundary"
    iam.put_role_permissions_boundary(RoleName=ROLE, PermissionsBoundary=arn)


def delete_the_log_group(account: ByHand) -> None:
    account.delete_group()


def delete_the_configuration(account: ByHand) -> None:
    account.client("bedrock").delete_model_invocation_logging_configuration()


def turn_text_off(account: ByHand) -> None:
    account.configure(textDataDeliveryEnabled=False)


def key_policy(document: dict[str, Any]) -> Callable[[ByHand], None]:
    def put(account: ByHand) -> None:
        account.client("kms").put_key_policy(KeyId=account.key, PolicyName="default", Policy=json.dumps(document))

    return put


def name_another_log_group_in_the_key_policy(account: ByHand) -> None:
    policy = replaced(KEY_POLICY, f"log-group:{GROUP}", f"log-group:{GROUP}-other")
    account.client("kms").put_key_policy(KeyId=account.key, PolicyName="default", Policy=policy)


def deny_the_key_to_logs(account: ByHand) -> None:
    deny = {"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "kms:GenerateDataKey*", "Resource": "*"}
    document = {**KEY_POLICY, "Statement": [*KEY_POLICY["Statement"], deny]}
    key_policy(document)(account)


# What is broken, the rung that must fail, and the rung that blocks the canary.
BROKEN = [
    (trust_another_account, "logging-role-trust", "logging-role-trust"),
    (trust_another_service, "logging-role-trust", "logging-role-trust"),
    (deny_put_log_events, "logging-role-permissions", "logging-role-permissions"),
    (take_the_permissions_away, "logging-role-permissions", "logging-role-permissions"),
    (put_the_role_under_a_boundary, "logging-role-permissions", "logging-role-permissions"),
    (delete_the_log_group, "log-group", "log-group"),
    (delete_the_configuration, "configuration", "configuration"),
    (turn_text_off, "configuration-as-expected", "configuration-as-expected"),
    (key_policy(OWNER_ONLY_KEY_POLICY), "key-policy", "key-policy"),
    (key_policy({"Version": "2012-10-17", "Statement": [OWNER_STATEMENT]}), "key-policy", "key-policy"),
    (name_another_log_group_in_the_key_policy, "key-policy", "key-policy"),
    (deny_the_key_to_logs, "key-policy", "key-policy"),
]


@pytest.mark.parametrize("with_record", [True, False], ids=["record", "alone"])
@pytest.mark.parametrize(("harm", "failing", "blocker"), BROKEN)
def test_exactly_the_matching_rung_fails_and_the_canary_is_blocked(
    harm: Callable[[ByHand], None], failing: str, blocker: str, with_record: bool, by_hand: ByHand
) -> None:
    if with_record:
        by_hand.remember()
    harm(by_hand)
    code, report = by_hand.check(*CANARY)
    rungs = {rung["id"]: rung for rung in report["rungs"]}
    assert code == 1
    assert [name for name, rung in rungs.items() if rung["state"] == "FAIL"] == [failing]
    assert rungs[failing]["next"]
    assert (rungs["canary"]["state"], rungs["canary"]["blocked_by"]) == ("UNKNOWN", blocker)


def test_a_repair_is_seen_at_once_although_the_failures_stay_in_the_window(by_hand: ByHand) -> None:
    deny_put_log_events(by_hand)
    by_hand.call_model()
    _, report = by_hand.check(*CANARY)
    rungs = {rung["id"]: rung for rung in report["rungs"]}
    assert rungs["delivery"]["blocked_by"] == "logging-role-permissions"
    assert "statement deny/statement 1 denies it" in rungs["logging-role-permissions"]["evidence"][0]
    by_hand.client("iam").delete_role_policy(RoleName=ROLE, PolicyName="deny")
    eventually_fails(by_hand, "delivery")  # without a canary there are only the failures of before
    assert by_hand.states(*CANARY) == dict.fromkeys(RUNGS, "PASS")


def eventually_fails(account: ByHand, rung: str) -> None:
    deadline = time.monotonic() + 10
    while (states := account.states())[rung] != "FAIL" and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [name for name, state in states.items() if state == "FAIL"] == [rung]


def test_a_role_that_anybody_may_borrow_fails_its_rung_and_records_flow_all_the_same(by_hand: ByHand) -> None:
    statement = {"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    by_hand.client("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=document)
    assert by_hand.states(*CANARY) == {**dict.fromkeys(RUNGS, "PASS"), "logging-role-trust": "FAIL"}


def test_a_broken_role_costs_neither_the_wait_nor_a_model_call(by_hand: ByHand) -> None:
    trust_another_account(by_hand)
    _, report = by_hand.check("--canary", "--yes", "--wait", "1h")
    canary = report["rungs"][-1]
    assert canary["seconds"] < 60
    assert canary["blocked_by"] == "logging-role-trust"


def test_retention_that_was_taken_away_fails_its_rung_alone(by_hand: ByHand) -> None:
    by_hand.remember()
    by_hand.client("logs").delete_retention_policy(logGroupName=GROUP)
    states = by_hand.states(*CANARY)
    assert states == {**dict.fromkeys(RUNGS, "PASS"), "retention": "FAIL"}


def test_masking_that_was_taken_away_fails_its_rung_alone(by_hand: ByHand) -> None:
    by_hand.remember()
    by_hand.client("logs").delete_data_protection_policy(logGroupIdentifier=GROUP)
    assert by_hand.states(*CANARY) == {**dict.fromkeys(RUNGS, "PASS"), "masking": "FAIL"}


def test_a_log_group_without_its_key_fails_the_encryption_rung_alone(by_hand: ByHand) -> None:
    by_hand.remember()
    by_hand.client("logs").disassociate_kms_key(logGroupName=GROUP)
    assert by_hand.states(*CANARY) == {**dict.fromkeys(RUNGS, "PASS"), "encryption": "FAIL"}


def test_a_bucket_that_bedrock_may_not_write_to_fails_its_rung_and_not_the_canary(by_hand: ByHand) -> None:
    by_hand.remember()
    by_hand.client("s3").delete_bucket_policy(Bucket=BUCKET)
    states = by_hand.states(*CANARY)
    assert [name for name, state in states.items() if state == "FAIL"] == ["payload-bucket"]
    assert states["canary"] == "PASS"


def test_a_configuration_without_a_bucket_loses_large_bodies(by_hand: ByHand) -> None:
    destination = {"logGroupName": GROUP, "roleArn": f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"}
    by_hand.configure(cloudWatchConfig=destination)
    assert by_hand.states("--only", "payload-bucket") == {"payload-bucket": "FAIL"}
    by_hand.remember(
        written={
            **{"textDataDeliveryEnabled": True, "imageDataDeliveryEnabled": True},
            "cloudWatchConfig": destination,
        },
        expects={"stackName": "Demo", "logGroup": None, "bucket": None, "role": None},
    )
    assert by_hand.states("--only", "payload-bucket") == {"payload-bucket": "NOT_APPLICABLE"}


def test_drift_names_the_member_that_somebody_changed(by_hand: ByHand) -> None:
    by_hand.remember()
    by_hand.configure(imageDataDeliveryEnabled=False)
    _, report = by_hand.check("--only", "configuration-as-expected")
    (rung,) = report["rungs"]
    assert rung["state"] == "FAIL"
    assert rung["evidence"] == [
        "imageDataDeliveryEnabled is false; the deploy wrote true (stack Demo-InvocationLogging)."
    ]
