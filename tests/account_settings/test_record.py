"""The ownership record: its JSON, and the store that keeps it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bedrock_o11y.account_settings.calls import Calls
from bedrock_o11y.account_settings.failures import CallFailedError, Failure
from bedrock_o11y.account_settings.live import Unreadable
from bedrock_o11y.account_settings.record import (
    Answered,
    Basis,
    Corrupt,
    CorruptRecordError,
    NoRecord,
    Owner,
    Record,
    Superseded,
    from_json,
    parameter_name,
    to_json,
)
from bedrock_o11y.account_settings.record_store import RecordStore, read_record
from tests.account_settings.fake_aws import FakeAccount
from tests.account_settings.fake_calls import READ, SAVE, Fault

SETTING = "model-invocation-logging"
OWNER = Owner("arn:aws:cloudformation:us-east-1:123456789012:stack/Logging/1", "Setting")
VALUE = {"s3Config": {"bucketName": "theirs"}}
FORMER = Record(SETTING, OWNER, written=VALUE)
FULL = Record(
    SETTING,
    OWNER,
    written=VALUE,
    writing=VALUE,
    remembered=VALUE,
    inherited=True,
    basis=Basis.MERGED,
    former_basis=Basis.ADOPTED,
    adopted_for=VALUE,
    superseded=Superseded(replace(FORMER, superseded=Superseded(FORMER, None)), VALUE),
    expects={"stackName": "Logging"},
    unrestorable="its role is gone",
    answered=Answered("request-1", "merge", "done"),
)


def store(account: FakeAccount) -> RecordStore:
    calls = Calls(sleep=lambda _seconds: None)
    return RecordStore(account.client("ssm"), SETTING, calls, now=lambda: datetime(2026, 1, 2, tzinfo=UTC))


@pytest.mark.parametrize("record", [FULL, FORMER, Record(SETTING, None, remembered=VALUE)])
def test_a_record_survives_its_json(record: Record) -> None:
    assert from_json(to_json(record)) == record


def test_the_members_that_others_read_have_these_names() -> None:
    document = json.loads(to_json(replace(FULL, updated_at="2026-01-02T00:00:00+00:00")))
    assert document["schema"] == "bedrock-o11y/account-setting-record/1"
    assert document["setting"] == SETTING
    assert document["owner"] == {"stackId": OWNER.stack_id, "physicalResourceId": "Setting"}
    assert document["written"] == VALUE
    assert document["remembered"] == VALUE
    assert document["expects"] == {"stackName": "Logging"}
    assert document["updatedAt"] == "2026-01-02T00:00:00+00:00"


def damaged(**members: Any) -> str:
    return json.dumps(json.loads(to_json(FULL)) | members)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("[]", "wrong type"),
        ("{}", "missing"),
        (damaged(schema="bedrock-o11y/account-setting-record/2"), "record/2"),
        (damaged(owner="me"), "wrong type"),
        (damaged(owner={"stackId": 1, "physicalResourceId": "x"}), "expected text"),
        (damaged(written=[]), "expected an object"),
        (damaged(basis="guessed"), "guessed"),
        (damaged(superseded={"record": {}, "found": None}), "missing"),
        (damaged(answered="yes"), "wrong type"),
    ],
)
def test_a_damaged_record_is_not_guessed_at(text: str, words: str) -> None:
    with pytest.raises(CorruptRecordError, match=words):
        from_json(text)


def test_the_stack_name_is_read_out_of_the_arn() -> None:
    assert OWNER.stack_name == "Logging"
    assert Owner("no-arn", "x").stack_name == "no-arn"


def test_the_store_creates_changes_and_deletes() -> None:
    account = FakeAccount()
    first = store(account)
    assert first.read() == NoRecord()
    first.save(FORMER)
    first.save(FULL)
    assert read_record(account.client("ssm"), SETTING) == FULL
    assert json.loads(account.parameters[parameter_name(SETTING)][0])["updatedAt"] == "2026-01-02T00:00:00+00:00"
    first.drop()
    assert read_record(account.client("ssm"), SETTING) == NoRecord()


def test_of_two_that_create_only_one_succeeds() -> None:
    account = FakeAccount()
    one, two = store(account), store(account)
    one.read()
    two.read()
    one.save(FORMER)
    with pytest.raises(CallFailedError) as failed:
        two.save(FULL)
    assert failed.value.failure is Failure.CONFLICT
    assert read_record(account.client("ssm"), SETTING) == FORMER


@pytest.mark.parametrize("change", ["save", "drop"])
def test_a_record_changed_meanwhile_is_neither_overwritten_nor_deleted(change: str) -> None:
    account = FakeAccount()
    one, two = store(account), store(account)
    one.read()
    one.save(FORMER)
    two.read()
    one.save(FULL)
    with pytest.raises(CallFailedError) as failed:
        two.save(FORMER) if change == "save" else two.drop()
    assert failed.value.failure is Failure.CONFLICT
    assert read_record(account.client("ssm"), SETTING) == FULL


def test_a_change_between_the_last_look_and_the_save_is_noticed_afterwards() -> None:
    account = FakeAccount()
    one, two = store(account), store(account)
    one.read()
    one.save(FORMER)
    two.read()

    def meanwhile(operation: str, _value: Any) -> None:
        if operation == SAVE:
            account.before = lambda _operation, _value: None
            one.save(FULL)

    account.before = meanwhile
    with pytest.raises(CallFailedError) as failed:
        two.save(FORMER)
    assert failed.value.failure is Failure.CONFLICT


def test_deleting_what_is_gone_is_no_error() -> None:
    account = FakeAccount()
    one = store(account)
    one.read()
    one.drop()


def test_a_record_about_another_setting_is_not_understood() -> None:
    account = FakeAccount(parameters={parameter_name(SETTING): (to_json(replace(FULL, setting="other")), 1)})
    assert isinstance(read_record(account.client("ssm"), SETTING), Corrupt)


@pytest.mark.parametrize("fault", [Fault.DENIED, Fault.THROTTLED, Fault.SERVER_ERROR, Fault.LOST_REQUEST])
def test_a_record_that_cannot_be_read_is_unreadable_and_never_absent(fault: Fault) -> None:
    account = FakeAccount(fault=lambda operation: fault if operation == READ else None)
    stored = read_record(account.client("ssm"), SETTING, Calls(sleep=lambda _seconds: None))
    assert isinstance(stored, Unreadable)
    assert stored.action == "ssm:GetParameter"
