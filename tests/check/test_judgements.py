"""The judgement of each rung over evidence typed by hand; no account is involved."""

from __future__ import annotations

from typing import Any

import pytest

from bedrock_o11y.report import State

from .typed_evidence import (
    ABSENT,
    DENIED,
    GROUP,
    KEY,
    KEY_POLICY,
    LIVE,
    MASKING,
    NEVER,
    NO_BUCKET,
    OFF,
    RECORD,
    ROLE,
    S3_ONLY,
    UNKEYED,
    at,
    canary,
    expecting,
    group,
    judged,
    live,
    metrics,
    record_of_canary,
)

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = State.PASS, State.FAIL, State.UNKNOWN, State.NOT_APPLICABLE

ALL_OFF = {f"{kind}DataDeliveryEnabled": False for kind in ("text", "image", "embedding", "video", "audio")}

CASES: list[tuple[str, dict[str, Any], State, str]] = [
    ("configuration", {}, PASS, f"Records go to log group {GROUP}, written as {ROLE}."),
    ("configuration", {"configuration": ABSENT}, FAIL, "Model invocation logging is off"),
    ("configuration", {"configuration": DENIED}, UNKNOWN, "permission x:Y is missing"),
    ("configuration", {"configuration": S3_ONLY}, PASS, "Records go to bucket payloads."),
    ("configuration-as-expected", {}, PASS, "as stack Obs-InvocationLogging wrote it"),
    (
        "configuration-as-expected",
        {"configuration": live(**OFF)},
        FAIL,
        "textDataDeliveryEnabled is false; the deploy wrote true",
    ),
    ("configuration-as-expected", {"configuration": live(newDataDeliveryEnabled=True)}, PASS, "Every member"),
    ("configuration-as-expected", {"configuration": live(audioDataDeliveryEnabled=True)}, PASS, "Every member"),
    (
        "configuration-as-expected",
        {"configuration": live(audioDataDeliveryEnabled=False)},
        FAIL,
        "audioDataDeliveryEnabled is false; the deploy wrote true",
    ),
    (
        "configuration-as-expected",
        {"configuration": live(s3Config={"bucketName": "x"})},
        FAIL,
        's3Config.bucketName is "x"; the deploy wrote not set',
    ),
    (
        "configuration-as-expected",
        {"configuration": NO_BUCKET},
        FAIL,
        "cloudWatchConfig.largeDataDeliveryS3Config.bucketName is not set",
    ),
    (
        "configuration-as-expected",
        {"configuration": live(**OFF), "record": {**RECORD, "written": live(**OFF)}},
        PASS,
        "Every member",
    ),
    ("configuration-as-expected", {"record": {**RECORD, "written": None, "writing": LIVE}}, PASS, "Every member"),
    ("configuration-as-expected", {"record": ABSENT}, PASS, "judged alone"),
    (
        "configuration-as-expected",
        {"record": ABSENT, "configuration": live(**OFF)},
        FAIL,
        "textDataDeliveryEnabled is off",
    ),
    ("configuration-as-expected", {"record": DENIED}, UNKNOWN, "What the last deploy wrote could not be read"),
    ("configuration-as-expected", {"configuration": DENIED}, UNKNOWN, "The configuration could not be read"),
    ("log-group", {}, PASS, f"Log group {GROUP} exists."),
    ("log-group", {"log_group": ABSENT}, FAIL, "does not exist in Region us-east-1"),
    ("log-group", {"log_group": DENIED}, UNKNOWN, "x:Y"),
    ("log-group", {"configuration": S3_ONLY}, NOT_APPLICABLE, "delivers to S3 only"),
    ("log-group", {"configuration": ABSENT}, PASS, "which the record of the deploy names"),
    ("log-group", {"configuration": DENIED, "record": ABSENT}, UNKNOWN, "No log group is named"),
    ("retention", {}, PASS, "Records are kept 365 days, as stack Obs-InvocationLogging expects."),
    (
        "retention",
        {"log_group": group(retentionInDays=30)},
        FAIL,
        "kept 30 days; stack Obs-InvocationLogging expects 365",
    ),
    ("retention", {"log_group": NEVER}, FAIL, "kept for ever; stack"),
    ("retention", {"log_group": NEVER, "record": ABSENT}, FAIL, "for ever, which is the default"),
    ("retention", {"log_group": group(retentionInDays=30), "record": ABSENT}, PASS, "kept 30 days"),
    (
        "retention",
        {"log_group": NEVER, "record": expecting(logGroup={"name": GROUP, "retentionInDays": None})},
        PASS,
        "leaves that to the owner",
    ),
    (
        "retention",
        {"log_group": group(retentionInDays=90, retentionPolicyName="org")},
        FAIL,
        "stack Obs-InvocationLogging expects 365",
    ),
    ("retention", {"log_group": DENIED}, UNKNOWN, "x:Y"),
    ("encryption", {}, PASS, "key 11111111-2222-3333-4444-555555555555, as stack"),
    (
        "encryption",
        {"log_group": UNKEYED},
        FAIL,
        "the key that CloudWatch Logs owns; stack Obs-InvocationLogging expects key 1111",
    ),
    ("encryption", {"log_group": UNKEYED, "record": ABSENT}, PASS, "the key that CloudWatch Logs owns"),
    ("encryption", {"log_group": group(kmsKeyId=KEY + "0")}, FAIL, "expects key"),
    ("key-policy", {}, PASS, "lets logs.us-east-1.amazonaws.com use it for log group"),
    ("key-policy", {"key_policy": {"Statement": []}}, FAIL, "No statement of the policy of key 11111111"),
    (
        "key-policy",
        {"key_policy": {"Statement": KEY_POLICY["Statement"][1:]}},
        FAIL,
        "allows kms:Encrypt to logs.us-east-1",
    ),
    (
        "key-policy",
        {"payload_key_policy": {"Statement": KEY_POLICY["Statement"][:1]}},
        FAIL,
        "allows kms:GenerateDataKey to bedrock",
    ),
    ("key-policy", {"key_policy": DENIED}, UNKNOWN, "x:Y"),
    ("key-policy", {"key_policy": ABSENT}, FAIL, "does not exist"),
    ("key-policy", {"log_group": UNKEYED, "bucket_encryption": ABSENT}, NOT_APPLICABLE, "No customer key"),
    ("key-policy", {"log_group": DENIED, "bucket_encryption": DENIED, "record": ABSENT}, UNKNOWN, "x:Y"),
    ("masking", {}, PASS, "Masked data identifiers (1): EmailAddress."),
    ("masking", {"data_protection": ABSENT}, FAIL, "there is no data-protection policy"),
    ("masking", {"data_protection": ABSENT, "record": ABSENT}, FAIL, "no record of a deploy excuses it"),
    ("masking", {"data_protection": {"Statement": MASKING["Statement"][:1]}}, FAIL, "the policy masks nothing"),
    (
        "masking",
        {"data_protection": {"Statement": [{"DataIdentifier": [], "Operation": {"Deidentify": {"MaskConfig": {}}}}]}},
        FAIL,
        "masks nothing",
    ),
    (
        "masking",
        {"data_protection": ABSENT, "log_group": group(inheritedProperties=["ACCOUNT_DATA_PROTECTION"])},
        PASS,
        "of the account applies",
    ),
    (
        "masking",
        {"data_protection": ABSENT, "record": expecting(logGroup={"name": GROUP, "masked": False})},
        NOT_APPLICABLE,
        "on purpose",
    ),
    (
        "masking",
        {"data_protection": ABSENT, "record": expecting(logGroup={"name": GROUP})},
        NOT_APPLICABLE,
        "leaves that to the owner",
    ),
    ("masking", {"data_protection": DENIED}, UNKNOWN, "x:Y"),
    ("payload-bucket", {}, PASS, "Bucket payloads exists in us-east-1."),
    ("payload-bucket", {"bucket": ABSENT}, FAIL, "does not exist"),
    ("payload-bucket", {"bucket": DENIED}, UNKNOWN, "x:Y"),
    ("payload-bucket", {"bucket": {"region": "eu-west-1"}}, FAIL, "is in Region eu-west-1"),
    ("payload-bucket", {"bucket_ownership": "ObjectWriter"}, FAIL, "Access control lists are on"),
    ("payload-bucket", {"bucket_ownership": ABSENT}, FAIL, "not set"),
    ("payload-bucket", {"bucket_ownership": DENIED}, UNKNOWN, "x:Y"),
    ("payload-bucket", {"bucket_policy": ABSENT}, FAIL, "no statement allows it"),
    ("payload-bucket", {"bucket_policy": DENIED}, UNKNOWN, "x:Y"),
    (
        "payload-bucket",
        {"bucket_encryption": {"algorithm": "AES256", "key": None}},
        FAIL,
        "encrypted with AES256; stack",
    ),
    ("payload-bucket", {"bucket_encryption": {"algorithm": "aws:kms", "key": KEY.rpartition("/")[2]}}, PASS, "exists"),
    ("payload-bucket", {"configuration": NO_BUCKET, "record": ABSENT}, FAIL, "have nowhere to go"),
    ("payload-bucket", {"configuration": NO_BUCKET, "record": expecting(bucket=None)}, NOT_APPLICABLE, "on purpose"),
    ("payload-bucket", {"configuration": NO_BUCKET}, PASS, "exists"),  # the drift is another rung's
    (
        "payload-bucket",
        {"configuration": {"cloudWatchConfig": {"logGroupName": GROUP}}, "record": ABSENT},
        FAIL,  # a switch that is not mentioned is on
        "have nowhere to go",
    ),
    (
        "payload-bucket",
        {"configuration": {**NO_BUCKET, **ALL_OFF}, "record": ABSENT},
        NOT_APPLICABLE,
        "No kind of data",
    ),
    ("payload-bucket", {"configuration": DENIED, "record": ABSENT}, UNKNOWN, "No bucket is named"),
    (
        "delivery",
        {},
        PASS,
        "1 delivery of records to the log group succeeded between 04:00 and 04:59 UTC, the newest at 04:30.",
    ),
    ("delivery", {"delivery": metrics(), "canary": ABSENT}, UNKNOWN, "No delivery of records"),
    ("delivery", {"delivery": metrics()}, PASS, "The canary's record arrived"),
    ("delivery", {"delivery": metrics(good={40: 1}, bad={39: 2}), "canary": ABSENT}, PASS, "2 failed before that"),
    ("delivery", {"delivery": metrics(good={39: 1}, bad={40: 2}), "canary": ABSENT}, FAIL, "2 of 3 deliveries"),
    ("delivery", {"delivery": metrics(good={39: 1}, bad={39: 2}), "canary": ABSENT}, FAIL, "the newest at 04:39"),
    ("delivery", {"delivery": metrics(bad={10: 1}), "canary": ABSENT}, FAIL, "none succeeded"),
    ("delivery", {"delivery": metrics(bad={30: 5})}, PASS, "5 failed before that"),  # the canary came at 04:30:20
    ("delivery", {"delivery": metrics(bad={31: 5})}, FAIL, "5 of 5"),  # and these failed after it
    ("delivery", {"delivery": metrics(good={30: 1}, large_bad={30: 1})}, FAIL, "large bodies to the bucket failed"),
    ("delivery", {"delivery": metrics(good={30: 1}, large_bad={30: 1}, large_good={31: 1})}, PASS, "succeeded"),
    ("delivery", {"delivery": DENIED}, UNKNOWN, "x:Y"),
    ("delivery", {"delivery": DENIED, "canary": canary()}, UNKNOWN, "x:Y"),
    ("canary", {}, PASS, "The record of request r-1 was found 9.50 s after the answer."),
    ("canary", {"canary": ABSENT}, NOT_APPLICABLE, "No canary was sent"),
    ("canary", {"canary": canary(nonce="other")}, FAIL, "does not carry its nonce"),
    (
        "canary",
        {"canary": canary(log={"found": False, "waited_seconds": 5, "reason": None, "action": None})},
        FAIL,
        "Bedrock reports no failed delivery",
    ),
    (
        "canary",
        {
            "canary": canary(
                log={"found": False, "waited_seconds": 5, "reason": "permission a:B is missing", "action": "a:B"}
            )
        },
        UNKNOWN,
        "could not be searched: permission a:B is missing",
    ),
    (
        "canary",
        {
            "canary": canary(
                call={
                    "answered": False,
                    "reason": "permission bedrock:InvokeModel is missing",
                    "action": "bedrock:InvokeModel",
                    "next": "Grant it.",
                }
            )
        },
        UNKNOWN,
        "says nothing about logging",
    ),
]


def name_of(case: tuple[str, dict[str, Any], State, str]) -> str:
    return f"{case[0]}-{case[2]}-{case[3][:30]}"


@pytest.mark.parametrize(("name", "changes", "state", "said"), CASES, ids=map(name_of, CASES))
def test_a_rung_judges_what_was_seen(name: str, changes: dict[str, Any], state: State, said: str) -> None:
    result = judged(name, **changes)
    assert result.state is state, result
    assert any(said in sentence for sentence in result.evidence), result.evidence
    assert bool(result.next) or state is not State.FAIL


def test_a_missing_action_is_named_in_the_next_step() -> None:
    assert judged("log-group", log_group=DENIED).next == "Grant x:Y to the caller, then run again."


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"requestId": "r-2"}, "requestId is 'r-2'; the call had 'r-1'."),
        ({"accountId": "999999999999"}, "accountId is '999999999999'"),
        (
            {"identity": {"arn": "arn:aws:iam::123456789012:user/x"}},
            "identity.arn is 'arn:aws:iam::1234",
        ),
        ({"schemaVersion": "2.0"}, "schemaVersion is '2.0'"),
        ({"identity": {}}, "The record lacks identity.arn."),
        ({"operation": ""}, "The record lacks operation."),
        ({"input": {"inputContentType": "a"}}, "The record lacks input.inputBodyJson, input.inputTokenCount."),
        ({"output": {**record_of_canary()["output"], "outputTokenCount": 0}}, "outputTokenCount is 0"),
        ({"output": {**record_of_canary()["output"], "outputTokenCount": 9}}, "the answer of the model counted 2"),
        ({"output": {**record_of_canary()["output"], "outputTokenCount": "2"}}, "a count of at least 1 was expected"),
    ],
)
def test_a_record_that_arrived_incomplete_fails(changes: dict[str, Any], said: str) -> None:
    log = {"found": True, "seen_at": at(30), "delay_seconds": 1.0, "record": record_of_canary(**changes)}
    result = judged("canary", canary=canary(log=log))
    assert result.state is State.FAIL
    assert any(said in sentence for sentence in result.evidence)


def test_a_masked_value_is_not_a_wrong_one() -> None:
    log = {"found": True, "seen_at": at(30), "delay_seconds": 1.0, "record": record_of_canary(accountId="************")}
    assert judged("canary", canary=canary(log=log)).state is State.PASS
