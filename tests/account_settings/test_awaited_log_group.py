"""A setting of a log group that only AWS can make waits for it, and a timer carries it out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bedrock_o11y.account_settings.record import parameter_name
from tests.account_settings.cases import SPANS, kept
from tests.account_settings.fake_aws import FakeAccount
from tests.account_settings.fake_calls import CHANGES, CREATE, DELETE, PUT, SAVE, Crash, Fault
from tests.account_settings.log_group_requests import send

PARAMETER = parameter_name(SPANS.rules.name)


def waiting(**members: Any) -> FakeAccount:
    """An account without the log group, in which the setting was deployed."""
    account = FakeAccount(**members)
    created = send(account.client, SPANS, "Create", kept(90))
    assert (created.success, created.outcome) == (True, "wait")
    return account


def record(account: FakeAccount) -> dict[str, Any]:
    return dict(json.loads(account.parameters[PARAMETER][0]))


def ring(account: FakeAccount) -> str:
    answer = send(account.client, SPANS, "Step", kept(90))
    return answer.outcome


def fails(account: FakeAccount, operation: str, fault: Fault) -> None:
    account.fault = lambda called: fault if called == operation else None


def test_a_deploy_does_not_fail_and_says_that_the_setting_waits() -> None:
    account = FakeAccount()
    answer = send(account.client, SPANS, "Create", kept(90))
    assert (answer.success, answer.outcome) == (True, "wait")
    assert "aws/spans waits" in answer.message
    assert "events are kept 90 days" in answer.message
    assert record(account)["waiting"] == kept(90)
    assert not {CREATE, PUT} & set(account.calls)


def test_the_timer_writes_what_waited_once_aws_has_made_the_log_group() -> None:
    account = waiting()
    assert ring(account) == "wait"
    account.log_group = True
    assert ring(account) == "write"
    assert account.live == kept(90)
    assert "waiting" not in record(account)
    assert ring(account) == "keep"
    assert send(account.client, SPANS, "Delete", kept(90)).success
    assert (account.live, account.parameters) == (None, {})


def test_the_next_deploy_writes_what_waited_too() -> None:
    account = waiting()
    account.log_group = True
    assert send(account.client, SPANS, "Update", kept(30)).outcome == "write"
    assert account.live == kept(30)
    assert "waiting" not in record(account)


def test_a_changed_value_waits_in_place_of_the_old_one() -> None:
    account = waiting()
    assert send(account.client, SPANS, "Update", kept(30)).outcome == "wait"
    account.log_group = True
    assert ring(account) == "write"
    assert account.live == kept(30)


@pytest.mark.parametrize("appears", [False, True])
def test_a_delete_before_that_leaves_nothing_behind(appears: bool) -> None:
    account = waiting()
    account.log_group = appears
    assert send(account.client, SPANS, "Delete", kept(90)).success
    assert (account.live, account.parameters) == (None, {})
    assert ring(account) == "leave"
    assert account.live is None


def test_what_somebody_chose_meanwhile_stays() -> None:
    account = waiting()
    account.log_group, account.live = True, kept(7)
    assert ring(account) == "leave"
    account.live = None
    assert ring(account) == "leave"
    assert account.live is None
    assert send(account.client, SPANS, "Update", kept(90)).outcome == "write"


def test_what_somebody_removed_is_not_brought_back() -> None:
    account = waiting()
    account.log_group = True
    assert ring(account) == "write"
    account.live = None
    assert ring(account) == "leave"
    assert account.live is None


@pytest.mark.parametrize("fault", [Fault.LOST_RESPONSE, Fault.SERVER_ERROR])
def test_what_was_begun_and_may_have_been_removed_since_is_left_to_the_next_deploy(fault: Fault) -> None:
    account = waiting()
    account.log_group = True
    fails(account, PUT, fault)
    assert ring(account) in ("failed", "leave", "keep")
    account.fault, account.live = lambda _called: None, None
    assert ring(account) == "leave"
    assert account.live is None
    assert send(account.client, SPANS, "Update", kept(90)).outcome == "write"
    assert account.live == kept(90)


def test_a_function_that_died_after_the_write_knows_its_own_value_again() -> None:
    account = waiting()
    account.log_group = True
    fails(account, PUT, Fault.CRASH_AFTER)
    with pytest.raises(Crash):
        ring(account)
    account.fault = lambda _called: None
    assert ring(account) == "keep"
    assert send(account.client, SPANS, "Delete", kept(90)).success
    assert (account.live, account.parameters) == (None, {})


@pytest.mark.parametrize("fault", [Fault.DENIED, Fault.THROTTLED])
def test_what_aws_surely_did_not_do_goes_on_waiting(fault: Fault) -> None:
    account = waiting()
    account.log_group = True
    fails(account, PUT, fault)
    assert ring(account) == "failed"
    assert record(account)["waiting"] == kept(90)
    account.fault = lambda _called: None
    assert ring(account) == "write"
    assert account.live == kept(90)


def test_a_record_that_cannot_be_completed_still_knows_what_was_written() -> None:
    account = waiting()
    account.log_group = True
    saves = 0

    def second_save_denied(called: str) -> Fault | None:
        nonlocal saves
        saves += called == SAVE
        return Fault.DENIED if called == SAVE and saves > 1 else None

    account.fault = second_save_denied
    assert ring(account) == "failed"
    account.fault = lambda _called: None
    assert account.live == kept(90)
    assert send(account.client, SPANS, "Delete", kept(90)).success
    assert (account.live, account.parameters) == (None, {})


def test_a_log_group_that_cannot_be_read_is_not_taken_for_missing() -> None:
    account = FakeAccount()
    fails(account, "bedrock:Get", Fault.DENIED)
    assert not send(account.client, SPANS, "Create", kept(90)).success
    assert not set(CHANGES) & set(account.calls)
    assert DELETE not in account.calls
