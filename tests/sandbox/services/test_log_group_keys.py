"""A log group's key is checked when it is associated, and again whenever CloudWatch Logs has to use it.

Source: CloudWatch Logs user guide, encrypt-log-data-kms (key policy statement), API reference of AssociateKmsKey.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import MODEL, error_of, eventually, policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Account

pytestmark = pytest.mark.sandbox


def administrators(account: Account) -> dict[str, Any]:
    principal = {"AWS": f"arn:aws:iam::{account.id}:root"}
    return {"Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*"}


def logs_statement(account: Account, group: str, **changes: Any) -> dict[str, Any]:
    arn = f"arn:aws:logs:{account.region}:{account.id}:log-group:{group}"
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": f"logs.{account.region}.amazonaws.com"},
        "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        "Resource": "*",
        "Condition": {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": arn}},
    }
    return statement | changes


def key(account: Account, *statements: dict[str, Any]) -> str:
    created = account.kms.create_key(Policy=policy(administrators(account), *statements))
    return str(created["KeyMetadata"]["Arn"])


KEY_POLICIES: dict[str, tuple[Callable[[Account, str], list[dict[str, Any]]], bool]] = {
    "as documented": (lambda a, g: [logs_statement(a, g)], True),
    "any group of the account": (
        lambda a, g: [
            logs_statement(
                a, g, Condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{a.region}:{a.id}:*"}}
            )
        ],
        True,
    ),
    "without a condition": (lambda a, g: [logs_statement(a, g, Condition={})], True),
    "no statement for Logs": (lambda _a, _g: [], False),
    "Logs of another Region": (
        lambda a, g: [logs_statement(a, g, Principal={"Service": "logs.eu-west-1.amazonaws.com"})],
        False,
    ),
    "another group's ARN": (lambda a, g: [logs_statement(a, g + "-other")], False),
    "no data keys": (lambda a, g: [logs_statement(a, g, Action=["kms:Encrypt", "kms:Decrypt"])], False),
    "denied": (lambda a, g: [logs_statement(a, g), logs_statement(a, g, Effect="Deny")], False),
}


@pytest.mark.parametrize("case", KEY_POLICIES)
def test_the_key_policy_decides_whether_a_key_can_be_associated(account: Account, case: str) -> None:
    make, accepted = KEY_POLICIES[case]
    group = account.group()
    arn = key(account, *make(account, group))
    if accepted:
        account.logs.associate_kms_key(logGroupName=group, kmsKeyId=arn)
        [described] = account.logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        assert described["kmsKeyId"] == arn
    else:
        code, message = error_of(account.logs.associate_kms_key, logGroupName=group, kmsKeyId=arn)
        assert code == "AccessDeniedException"
        assert "The specified KMS key does not exist or is not allowed to be used with" in message


@pytest.mark.parametrize("named", [True, False])
def test_a_group_is_created_only_with_a_key_that_logs_may_use(account: Account, named: bool) -> None:
    group = account.name("/test/keyed")
    arn = key(account, *([logs_statement(account, group)] if named else []))
    if named:
        account.logs.create_log_group(logGroupName=group, kmsKeyId=arn)
    else:
        assert error_of(account.logs.create_log_group, logGroupName=group, kmsKeyId=arn)[0] == "AccessDeniedException"
    found = account.logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    assert [item["kmsKeyId"] for item in found] == ([arn] if named else [])


def test_a_missing_or_disabled_key_is_an_invalid_parameter(account: Account) -> None:
    group = account.group()
    absent = f"arn:aws:kms:{account.region}:{account.id}:key/00000000-0000-0000-0000-000000000000"
    assert error_of(account.logs.associate_kms_key, logGroupName=group, kmsKeyId=absent)[0] == (
        "InvalidParameterException"
    )
    arn = key(account, logs_statement(account, group))
    account.kms.disable_key(KeyId=arn)
    assert error_of(account.logs.associate_kms_key, logGroupName=group, kmsKeyId=arn)[0] == "InvalidParameterException"


def put(account: Account, group: str, message: str) -> None:
    account.logs.put_log_events(
        logGroupName=group, logStreamName="s", logEvents=[{"timestamp": int(time.time() * 1000), "message": message}]
    )


def keyed_group(account: Account) -> tuple[str, str]:
    group = account.group()
    arn = key(account, logs_statement(account, group))
    account.logs.associate_kms_key(logGroupName=group, kmsKeyId=arn)
    account.logs.create_log_stream(logGroupName=group, logStreamName="s")
    return group, arn


def test_a_key_policy_that_no_longer_names_logs_stops_writing_and_reading(account: Account) -> None:
    group, arn = keyed_group(account)
    put(account, group, "before")
    pointer = account.logs.filter_log_events(logGroupName=group)["events"][0]["eventId"]
    assert account.logs.get_log_record(logRecordPointer=pointer)["logRecord"]["@message"] == "before"
    account.kms.put_key_policy(KeyId=arn, PolicyName="default", Policy=policy(administrators(account)))
    event = [{"timestamp": int(time.time() * 1000), "message": "after"}]
    for call, arguments in (
        (account.logs.put_log_events, {"logGroupName": group, "logStreamName": "s", "logEvents": event}),
        (account.logs.get_log_events, {"logGroupName": group, "logStreamName": "s"}),
        (account.logs.filter_log_events, {"logGroupName": group}),
        (account.logs.get_log_record, {"logRecordPointer": pointer}),
        (
            account.logs.start_query,
            {"logGroupName": group, "startTime": 0, "endTime": int(time.time()), "queryString": "fields @message"},
        ),
    ):
        assert error_of(call, **arguments)[0] == "AccessDeniedException"
    account.kms.put_key_policy(
        KeyId=arn, PolicyName="default", Policy=policy(administrators(account), logs_statement(account, group))
    )
    events = account.logs.get_log_events(logGroupName=group, logStreamName="s")["events"]
    assert [event["message"] for event in events] == ["before"]


def test_events_from_before_the_association_need_no_key(account: Account) -> None:
    group = account.group()
    account.logs.create_log_stream(logGroupName=group, logStreamName="s")
    put(account, group, "plain")
    arn = key(account, logs_statement(account, group))
    account.logs.associate_kms_key(logGroupName=group, kmsKeyId=arn)
    account.kms.disable_key(KeyId=arn)
    events = account.logs.get_log_events(logGroupName=group, logStreamName="s")["events"]
    assert [event["message"] for event in events] == ["plain"]


def test_events_stay_under_their_key_after_it_is_disassociated(account: Account) -> None:
    group, arn = keyed_group(account)
    put(account, group, "under the key")
    account.logs.disassociate_kms_key(logGroupName=group)
    put(account, group, "plain")
    account.kms.disable_key(KeyId=arn)
    assert error_of(account.logs.get_log_events, logGroupName=group, logStreamName="s")[0] == "AccessDeniedException"


def test_invocation_records_stop_when_logs_loses_the_key(account: Account) -> None:
    group = account.configure()
    arn = key(account, logs_statement(account, group))
    account.logs.associate_kms_key(logGroupName=group, kmsKeyId=arn)
    account.converse("one", modelId=MODEL)
    assert len(account.records(group)) == 1
    failed = account.metric("ModelInvocationLogsCloudWatchDeliveryFailure")
    account.kms.put_key_policy(KeyId=arn, PolicyName="default", Policy=policy(administrators(account)))
    account.converse("two", modelId=MODEL)
    assert eventually(lambda: account.metric("ModelInvocationLogsCloudWatchDeliveryFailure") == failed + 1)
    stored = account.bedrock.get_model_invocation_logging_configuration()["loggingConfig"]
    code, message = error_of(account.bedrock.put_model_invocation_logging_configuration, loggingConfig=stored)
    assert (code, "Failed to validate permissions" in message) == ("ValidationException", True)
