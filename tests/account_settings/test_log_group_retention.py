"""The retention of log groups that AWS makes: against an account in memory, and against the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bedrock_o11y.account_settings.instance import setting_name
from bedrock_o11y.account_settings.log_group_retention import NAME
from bedrock_o11y.account_settings.record import parameter_name
from tests.account_settings import log_group_requests
from tests.account_settings.cases import GROUP, RETENTION, kept
from tests.account_settings.fake_aws import FakeAccount
from tests.account_settings.fake_calls import CREATE, PUT, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bedrock_o11y.account_settings.response import Answer
    from bedrock_o11y.sandbox import Sandbox

OTHER = f"{GROUP}-other"


def send(connect: Callable[[str], Any], kind: str, days: int = 90, **members: Any) -> Answer:
    return log_group_requests.send(connect, RETENTION, kind, kept(days), **members)


def test_a_log_group_that_is_not_there_yet_is_made_with_its_retention_and_stays_without_it() -> None:
    account = FakeAccount()
    assert send(account.client, "Create").success
    assert (account.log_group, account.live) == (True, kept(90))
    assert send(account.client, "Update", 30).success
    assert account.live == kept(30)
    assert send(account.client, "Delete").success
    assert (account.log_group, account.live, account.parameters) == (True, None, {})


def test_a_log_group_that_somebody_makes_at_the_same_moment_is_no_error() -> None:
    account = FakeAccount()

    def somebody_is_faster(operation: str, _value: Any) -> None:
        account.log_group = account.log_group or operation == CREATE

    account.before = somebody_is_faster
    assert send(account.client, "Create").success
    assert account.live == kept(90)


def test_a_retention_that_somebody_chose_stays() -> None:
    account = FakeAccount(live=kept(7), log_group=True)
    for kind in ("Create", "Update", "Delete"):
        assert send(account.client, kind).success
        assert account.live == kept(7)


def test_a_log_group_that_is_gone_is_no_obstacle_to_a_delete() -> None:
    account = FakeAccount()
    assert send(account.client, "Create").success
    account.log_group, account.live = False, None
    assert send(account.client, "Delete").success
    assert account.parameters == {}


@pytest.mark.parametrize("operation", [CREATE, PUT])
def test_a_missing_permission_is_named_and_a_repeated_request_goes_on(operation: str) -> None:
    account = FakeAccount(fault=lambda called: Fault.DENIED if called == operation else None)
    answer = send(account.client, "Create")
    assert not answer.success
    assert operation in answer.message
    account.fault = lambda _called: None
    assert send(account.client, "Create").success
    assert account.live == kept(90)


@pytest.mark.parametrize("instance", [None, "", 5])
def test_a_request_must_say_which_log_group(instance: Any) -> None:
    account = FakeAccount()
    answer = send(account.client, "Create", instance=instance)
    assert answer.success is (instance == 5)
    assert account.calls == [] or instance == 5


def test_log_groups_have_settings_of_their_own() -> None:
    names = ["/a/b", ".a.b", "a/b", "/a.b", "/a/b/", "/A/b", "/a#b"]
    parameters = {parameter_name(setting_name(NAME, name)) for name in names}
    assert len(parameters) == len(names)
    assert all(parameter.count("/") == 4 for parameter in parameters)
    assert len(parameter_name(setting_name(NAME, "/" + "x" * 511))) < 1011


@pytest.fixture
def logs(sandbox: Sandbox) -> Iterator[Any]:
    client = sandbox.client("logs")
    client.create_log_group(logGroupName=OTHER)
    client.put_retention_policy(logGroupName=OTHER, retentionInDays=5)
    yield client
    for group in client.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"]:
        client.delete_log_group(logGroupName=group["logGroupName"])


def retention(logs: Any) -> dict[str, int | None]:
    groups = logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"]
    return {group["logGroupName"]: group.get("retentionInDays") for group in groups}


@pytest.mark.sandbox
def test_the_handler_works_on_the_sandbox_and_touches_no_other_log_group(sandbox: Sandbox, logs: Any) -> None:
    assert send(sandbox.client, "Create").success
    assert retention(logs) == {GROUP: 90, OTHER: 5}
    assert send(sandbox.client, "Update", 365).success
    assert retention(logs) == {GROUP: 365, OTHER: 5}
    assert send(sandbox.client, "Delete").success
    assert retention(logs) == {GROUP: None, OTHER: 5}
    refused = send(sandbox.client, "Create", 91)
    assert not refused.success
    assert "PutRetentionPolicy" in refused.message
