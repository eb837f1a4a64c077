"""What is special about the key, the index, the policy and the tags of a log group."""

from __future__ import annotations

from typing import Any

import pytest

from bedrock_o11y.account_settings import log_group_index, log_group_policy
from tests.account_settings.cases import (
    INDEX,
    KEY,
    STATEMENT,
    TAGGED,
    encrypted,
    indexing,
    letting_in,
    tagged,
)
from tests.account_settings.fake_aws import FakeAccount
from tests.account_settings.fake_calls import PUT, Fault, client_error
from tests.account_settings.log_group_requests import send

THEIRS = {"Theirs": letting_in("theirs")["Statement"] | {"Sid": "Theirs"}}


@pytest.mark.parametrize(
    ("case", "desired"),
    [(KEY, encrypted("one")), (INDEX, indexing("a")), (STATEMENT, letting_in("one")), (TAGGED, tagged("one"))],
    ids=lambda value: getattr(value, "setting", ""),
)
def test_a_log_group_that_is_not_there_is_made_and_stays(case: Any, desired: dict[str, Any]) -> None:
    account = FakeAccount()
    assert send(account.client, case, "Create", desired).success
    assert (account.log_group, case.normalise(account.live or {})) == (True, case.normalise(desired))
    assert send(account.client, case, "Delete", desired).success
    assert (account.log_group, account.live, account.parameters) == (True, None, {})


@pytest.mark.parametrize(
    ("code", "message", "said"),
    [
        ("InvalidParameterException", "The specified KMS Key x is not enabled.", "cancel-key-deletion"),
        (
            "AccessDeniedException",
            "The specified KMS key does not exist or is not allowed to be used with Arn 'x'",
            "in the policy of the key",
        ),
    ],
)
def test_a_key_that_cannot_be_used_is_explained(code: str, message: str, said: str) -> None:
    account = FakeAccount(log_group=True)

    def refuse(operation: str, _value: Any) -> None:
        if operation == PUT:
            raise client_error(PUT, code, message)

    account.before = refuse
    answer = send(account.client, KEY, "Create", encrypted("one"))
    assert not answer.success
    assert answer.message.startswith(f"logs:AssociateKmsKey failed ({code}: {message}")
    assert said in answer.message


def test_a_permission_on_the_key_that_is_missing_is_named() -> None:
    account = FakeAccount(log_group=True)
    account.fault = lambda called: Fault.DENIED if called == PUT else None
    answer = send(account.client, KEY, "Create", encrypted("one"))
    assert "The permission" in answer.message
    assert "in the policy of the key" not in answer.message


def test_the_fields_found_stay_and_ours_are_added() -> None:
    found = {**indexing("x"), "FieldsV2": {"y": {"type": "FACET"}}}
    account = FakeAccount(log_group=True, live=found)
    assert send(account.client, INDEX, "Create", indexing("a", "y", "x")).outcome == "merge"
    assert account.live == {**indexing("x", "a"), "FieldsV2": {"y": {"type": "FACET"}}}
    assert send(account.client, INDEX, "Delete", indexing("a", "y", "x")).success
    assert account.live == found


def test_an_index_that_is_full_gets_no_more_fields() -> None:
    most = log_group_index.MOST_FIELDS
    found = indexing(*(f"x{number:02}" for number in range(most - 1)))
    assert log_group_index.merge(found, indexing("a", "b"))["Fields"] == [*found["Fields"], "a"]
    full = indexing(*(f"x{number:02}" for number in range(most)))
    assert log_group_index.merge(full, indexing("a", "b")) == full


@pytest.mark.parametrize("fields", [[], ["x" * 101], [f"x{number}" for number in range(21)], [5]])
def test_fields_that_no_index_takes_are_refused_before_any_call(fields: list[Any]) -> None:
    account = FakeAccount(log_group=True)
    answer = send(account.client, INDEX, "Create", {"Fields": fields})
    assert not answer.success
    assert account.calls == []
    assert "expected" in answer.message or "desired" in answer.message


def test_an_index_policy_of_the_account_is_not_taken_for_one_of_the_log_group() -> None:
    account = FakeAccount(log_group=True)
    assert send(account.client, INDEX, "Create", indexing("a")).outcome == "write"
    assert account.live == indexing("a")


def test_statements_of_others_stay_and_ours_comes_and_goes() -> None:
    account = FakeAccount(log_group=True, others=dict(THEIRS))
    assert send(account.client, STATEMENT, "Create", letting_in("one")).success
    assert account.others == THEIRS
    assert send(account.client, STATEMENT, "Update", letting_in("two")).success
    assert log_group_policy.normalise(account.live or {}) == log_group_policy.normalise(letting_in("two"))
    assert send(account.client, STATEMENT, "Delete", letting_in("two")).success
    assert (account.others, account.live) == (THEIRS, None)


@pytest.mark.parametrize("others", [{}, THEIRS])
@pytest.mark.parametrize("kind", ["Create", "Delete"])
def test_a_policy_that_is_changed_at_the_same_moment_is_decided_anew(others: dict[str, Any], kind: str) -> None:
    account = FakeAccount(log_group=True, others=dict(others))
    if kind == "Delete":
        assert send(account.client, STATEMENT, "Create", letting_in("one")).success
    moments = iter([True])

    def somebody_is_faster(operation: str, _value: Any) -> None:
        if operation.endswith(("Put", "Delete")) and next(moments, False):
            account.others = {**account.others, "Later": {"Sid": "Later", "Effect": "Allow"}}
            account.revision += 1

    account.before = somebody_is_faster
    assert send(account.client, STATEMENT, kind, letting_in("one")).success
    assert account.others == {**others, "Later": {"Sid": "Later", "Effect": "Allow"}}
    assert (account.live is None) is (kind == "Delete")


def test_a_statement_of_another_sid_is_refused() -> None:
    account = FakeAccount(log_group=True)
    other = {"Statement": letting_in("one")["Statement"] | {"Sid": "Other"}}
    answer = send(account.client, STATEMENT, "Create", other)
    assert not answer.success
    assert "expected a statement of this Sid" in answer.message


def test_a_policy_that_cannot_be_read_is_not_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    account = FakeAccount(log_group=True)
    monkeypatch.setattr(
        "tests.account_settings.fake_logs.Logs._policies",
        lambda _self: [{"policyDocument": "[]", "revisionId": "1"}],
    )
    answer = send(account.client, STATEMENT, "Create", letting_in("one"))
    assert not answer.success
    assert "no JSON object" in answer.message
    assert PUT not in account.calls


def test_tags_of_other_keys_stay() -> None:
    account = FakeAccount(log_group=True, others={"cost-center": "4711"})
    for kind in ("Create", "Update", "Delete"):
        assert send(account.client, TAGGED, kind, tagged("one")).success
        assert account.others == {"cost-center": "4711"}
    assert account.live is None
