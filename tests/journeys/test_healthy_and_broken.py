"""A deployed account, broken in one way after another through the AWS API: exactly the matching rung fails."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .conftest import Journey

pytestmark = pytest.mark.sandbox

GROUP = "/aws/bedrock/model-invocations"
RUNGS = [
    "configuration",
    "configuration-as-expected",
    "log-group",
    "retention",
    "encryption",
    "key-policy",
    "masking",
    "payload-bucket",
    "logging-role-trust",
    "logging-role-permissions",
    "delivery",
    "canary",
]


@pytest.fixture(scope="module")
def deployed(journey: Journey) -> Iterator[Journey]:
    deploy = journey.deploy(journey.synth())
    assert deploy.returncode == 0, deploy.stderr
    yield journey


def test_every_rung_passes_after_the_deploy(deployed: Journey) -> None:
    code, rungs = deployed.canary()
    assert {id: rung["state"] for id, rung in rungs.items()} == dict.fromkeys(RUNGS, "PASS")
    assert code == 0


def trust_of_another_account(journey: Journey) -> Callable[[], object]:
    iam, role = journey.sandbox.client("iam"), _role(journey)
    before = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    text = json.dumps(before).replace("000000000000", "111111111111")
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=text)
    return lambda: iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(before))


def put_log_events_denied(journey: Journey) -> Callable[[], object]:
    iam, role = journey.sandbox.client("iam"), _role(journey)
    deny = {"Effect": "Deny", "Action": "logs:PutLogEvents", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    iam.put_role_policy(RoleName=role, PolicyName="deny", PolicyDocument=document)
    return lambda: iam.delete_role_policy(RoleName=role, PolicyName="deny")


def permissions_taken_away(journey: Journey) -> Callable[[], object]:
    iam, role = journey.sandbox.client("iam"), _role(journey)
    [attached] = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    iam.detach_role_policy(RoleName=role, PolicyArn=attached["PolicyArn"])
    return lambda: iam.attach_role_policy(RoleName=role, PolicyArn=attached["PolicyArn"])


def configuration_deleted(journey: Journey) -> Callable[[], object]:
    bedrock, before = journey.sandbox.client("bedrock"), journey.configuration
    bedrock.delete_model_invocation_logging_configuration()
    return lambda: bedrock.put_model_invocation_logging_configuration(loggingConfig=before)


def text_delivery_off(journey: Journey) -> Callable[[], object]:
    bedrock, before = journey.sandbox.client("bedrock"), journey.configuration
    assert before
    changed = {**before, "textDataDeliveryEnabled": False}
    bedrock.put_model_invocation_logging_configuration(loggingConfig=changed)
    return lambda: bedrock.put_model_invocation_logging_configuration(loggingConfig=before)


def key_policy_without_logs(journey: Journey) -> Callable[[], object]:
    kms = journey.sandbox.client("kms")
    (group,) = journey.sandbox.client("logs").describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"]
    key = group["kmsKeyId"]
    before = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    document = json.loads(before)
    document["Statement"] = [one for one in document["Statement"] if one.get("Sid") != "EncryptLogGroup"]
    assert len(document["Statement"]) < len(json.loads(before)["Statement"])
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(document))
    return lambda: kms.put_key_policy(KeyId=key, PolicyName="default", Policy=before)


def retention_removed(journey: Journey) -> Callable[[], object]:
    logs = journey.sandbox.client("logs")
    logs.delete_retention_policy(logGroupName=GROUP)
    return lambda: logs.put_retention_policy(logGroupName=GROUP, retentionInDays=365)


def masking_removed(journey: Journey) -> Callable[[], object]:
    logs = journey.sandbox.client("logs")
    before = logs.get_data_protection_policy(logGroupIdentifier=GROUP)["policyDocument"]
    logs.delete_data_protection_policy(logGroupIdentifier=GROUP)
    return lambda: logs.put_data_protection_policy(logGroupIdentifier=GROUP, policyDocument=before)


def bucket_policy_removed(journey: Journey) -> Callable[[], object]:
    s3, bucket = journey.sandbox.client("s3"), "bedrock-o11y-payloads-000000000000-us-east-1"
    before = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    s3.delete_bucket_policy(Bucket=bucket)
    return lambda: s3.put_bucket_policy(Bucket=bucket, Policy=before)


@pytest.mark.parametrize(
    ("break_it", "failing", "canary"),
    [
        (trust_of_another_account, "logging-role-trust", "UNKNOWN"),
        (put_log_events_denied, "logging-role-permissions", "UNKNOWN"),
        (permissions_taken_away, "logging-role-permissions", "UNKNOWN"),
        (configuration_deleted, "configuration", "UNKNOWN"),
        (text_delivery_off, "configuration-as-expected", "UNKNOWN"),
        (key_policy_without_logs, "key-policy", "UNKNOWN"),
        (retention_removed, "retention", "PASS"),
        (masking_removed, "masking", "PASS"),
        (bucket_policy_removed, "payload-bucket", "PASS"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_exactly_the_matching_rung_fails_and_passes_again_after_the_repair(
    deployed: Journey, break_it: Callable[[Journey], Callable[[], object]], failing: str, canary: str
) -> None:
    repair = break_it(deployed)
    try:
        code, rungs = deployed.canary()
        assert [id for id, rung in rungs.items() if rung["state"] == "FAIL"] == [failing]
        assert rungs["canary"]["state"] == canary
        assert code == 1
        assert rungs[failing]["next"], "a failure says what to do"
    finally:
        repair()
    code, rungs = deployed.canary()
    assert {id: rung["state"] for id, rung in rungs.items()} == dict.fromkeys(RUNGS, "PASS")
    assert code == 0


def test_a_deleted_log_group_fails_and_everything_above_it_is_unknown(deployed: Journey) -> None:
    """Last, because the events are gone with it."""
    deployed.sandbox.client("logs").delete_log_group(logGroupName=GROUP)
    code, rungs = deployed.canary()
    assert [id for id, rung in rungs.items() if rung["state"] == "FAIL"] == ["log-group"]
    assert rungs["canary"]["state"] == "UNKNOWN"
    assert rungs["canary"]["blocked_by"] == "log-group"
    assert code == 1


def _role(journey: Journey) -> str:
    assert journey.configuration
    return str(journey.configuration["cloudWatchConfig"]["roleArn"]).rpartition("/")[2]
