"""Sources and deliveries of vended logs: against an account in memory, and against the sandbox."""

from __future__ import annotations

import itertools
import json
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bedrock_o11y.account_settings import delivery_source, handler, log_delivery
from bedrock_o11y.account_settings.action import Event, Outcome, Phase, RemoveValue, SaveRecord
from bedrock_o11y.account_settings.calls import BUSY_SECONDS, Calls
from bedrock_o11y.account_settings.failures import CallFailedError, Failure
from bedrock_o11y.account_settings.live import Present
from bedrock_o11y.account_settings.policy import Policy
from bedrock_o11y.account_settings.reconcile import reconcile
from bedrock_o11y.account_settings.record import Owner, Record, Superseded
from bedrock_o11y.account_settings.registry import find
from bedrock_o11y.account_settings.vended_log import OUR_PREFIX, VendedLog, read_instance
from bedrock_o11y.blueprint import log_delivery_grants
from tests.account_settings.cases import DELIVERY, LOG, SOURCE, Case, called, delivered_to
from tests.account_settings.fake_aws import FakeAccount
from tests.account_settings.fake_calls import DELETE, PUT, Fault, client_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bedrock_o11y.sandbox import Sandbox

NUMBERS = itertools.count()
STACK = "arn:aws:cloudformation:us-east-1:123456789012:stack/Agents/1"
OWNER, NEWCOMER = Owner(STACK, "bedrock-o11y:source:A"), Owner(STACK, "bedrock-o11y:source:B")
BUSY = "Requested resource is currently being updated. Please try again later."


class Context:
    def get_remaining_time_in_millis(self) -> int:
        return 290_000


class Clock:
    """Time that passes only where somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def send(
    connect: Callable[[str], Any],
    case: Case,
    kind: str,
    desired: dict[str, Any],
    *,
    real: bool = False,
    stack: str = "Agents",
    **members: Any,
) -> handler.Answer:
    document = {
        "setting": case.setting,
        "instance": case.instance,
        "mode": "manage",
        "policy": "leave",
        "desired": desired,
    } | members
    registration = find(document["setting"], str(document["instance"] or ""))
    request = {
        "RequestType": kind,
        "RequestId": f"delivery-{next(NUMBERS)}",
        "StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/" + stack + "/1",
        "LogicalResourceId": "Setting",
        "PhysicalResourceId": f"bedrock-o11y:{registration.rules.name if registration else ''}:Setting",
        "ResourceProperties": {"Request": json.dumps(document)},
    }
    clock = Clock()
    times = {} if real else {"clock": lambda: clock.now, "sleep": clock.sleep}
    surroundings = handler.Surroundings(connect=connect, log=lambda _line: None, **times)
    return handler.handle(request, Context(), surroundings)


def in_memory(case: Case, **members: Any) -> FakeAccount:
    return FakeAccount(source=case.source, **members)


OURS = {SOURCE.setting: called("ours"), DELIVERY.setting: delivered_to("o11y-ours")}
THEIRS = {SOURCE.setting: called("console"), DELIVERY.setting: delivered_to("console")}
BOTH = pytest.mark.parametrize("case", [SOURCE, DELIVERY], ids=["source", "delivery"])


@BOTH
def test_what_is_not_there_is_made_and_taken_away_again(case: Case) -> None:
    account = in_memory(case)
    assert send(account.client, case, "Create", OURS[case.setting]).outcome == "write"
    assert account.live == OURS[case.setting]
    assert send(account.client, case, "Delete", OURS[case.setting]).outcome == "remove"
    assert (account.live, account.parameters) == (None, {})


@BOTH
def test_what_somebody_made_is_met_said_and_never_touched(case: Case) -> None:
    account = in_memory(case, live=THEIRS[case.setting])
    answer = send(account.client, case, "Create", OURS[case.setting])
    assert (answer.success, answer.outcome) == (True, "keep")
    assert "console), set by somebody else: it stays theirs" in answer.message
    assert send(account.client, case, "Update", OURS[case.setting]).success
    assert send(account.client, case, "Delete", OURS[case.setting]).outcome == "leave"
    assert (account.live, account.parameters) == (THEIRS[case.setting], {})
    assert PUT not in account.calls
    assert DELETE not in account.calls


@BOTH
def test_what_somebody_made_in_place_of_ours_stays(case: Case) -> None:
    account = in_memory(case)
    assert send(account.client, case, "Create", OURS[case.setting]).success
    account.live = THEIRS[case.setting]
    assert send(account.client, case, "Update", OURS[case.setting]).outcome == "keep"
    assert send(account.client, case, "Delete", OURS[case.setting]).outcome == "leave"
    assert (account.live, account.parameters) == (THEIRS[case.setting], {})


@BOTH
def test_what_somebody_makes_at_the_same_moment_is_met(case: Case) -> None:
    account = in_memory(case)

    def somebody_is_faster(operation: str, _value: Any) -> None:
        if operation == PUT and account.live is None:
            account.live = THEIRS[case.setting]
            message = "This ResourceId has already been used in another Delivery Source in this account."
            raise client_error(PUT, "ConflictException", message)

    account.before = somebody_is_faster
    assert send(account.client, case, "Create", OURS[case.setting]).outcome == "keep"
    assert account.live == THEIRS[case.setting]


@BOTH
def test_under_refuse_it_stops_the_deploy(case: Case) -> None:
    account = in_memory(case, live=THEIRS[case.setting])
    answer = send(account.client, case, "Create", OURS[case.setting], policy="refuse")
    assert not answer.success
    assert "console" in answer.message


@BOTH
@pytest.mark.parametrize("policy", ["adopt", "merge", "replace", "none"])
def test_there_is_no_third_way(case: Case, policy: str) -> None:
    account = in_memory(case, live=THEIRS[case.setting])
    answer = send(account.client, case, "Create", OURS[case.setting], policy=policy)
    assert not answer.success
    assert f"policy is '{policy}', expected one of refuse, leave" in answer.message
    assert account.calls == []


@BOTH
@pytest.mark.parametrize("instance", [None, "", 5, "x", "arn:aws:x", "arn:aws:x|", "|TRACES", "arn:aws:x|A|B|C"])
def test_a_request_must_say_which_type_of_log(case: Case, instance: Any) -> None:
    account = in_memory(case)
    answer = send(account.client, case, "Create", OURS[case.setting], instance=instance)
    assert not answer.success
    assert "instance" in answer.message
    assert account.calls == []


@BOTH
@pytest.mark.parametrize("operation", [PUT, DELETE])
def test_a_missing_permission_is_named_and_a_repeated_request_goes_on(case: Case, operation: str) -> None:
    account = in_memory(case, fault=lambda called: Fault.DENIED if called == operation else None)
    first = send(account.client, case, "Create", OURS[case.setting])
    assert first.success is (operation == DELETE)
    last = send(account.client, case, "Delete", OURS[case.setting]) if first.success else first
    assert operation in last.message
    account.fault = lambda _called: None
    if operation == PUT:
        assert send(account.client, case, "Create", OURS[case.setting]).success
    assert send(account.client, case, "Delete", OURS[case.setting]).success
    assert (account.live, account.parameters) == (None, {})


@BOTH
@pytest.mark.parametrize(("times", "succeeds"), [(1, True), (6, True), (10**6, False)])
def test_a_change_under_way_is_waited_for(case: Case, times: int, succeeds: bool) -> None:
    account, left = in_memory(case), [times]

    def busy(operation: str, _value: Any) -> None:
        if operation == PUT and left[0]:
            left[0] -= 1
            raise client_error(PUT, "ConflictException", BUSY)

    account.before = busy
    answer = send(account.client, case, "Create", OURS[case.setting])
    assert answer.success is succeeds
    assert (account.live == OURS[case.setting]) is succeeds
    if not succeeds:
        assert "another change does not end. Try once more" in answer.message
        assert "\n" not in answer.message


def test_patience_with_a_change_under_way_ends() -> None:
    clock = Clock()

    def busy() -> None:
        raise client_error(PUT, "ConflictException", BUSY)

    with pytest.raises(CallFailedError) as raised:
        Calls(clock=lambda: clock.now, sleep=clock.sleep).run(busy, "logs:CreateDelivery")
    assert raised.value.failure is Failure.BUSY
    assert BUSY_SECONDS - 8 < clock.now <= BUSY_SECONDS


def test_a_delivery_of_ours_moves_to_another_destination() -> None:
    account = in_memory(DELIVERY)
    assert send(account.client, DELIVERY, "Create", delivered_to("o11y-json")).success
    account.calls.clear()
    assert send(account.client, DELIVERY, "Update", delivered_to("o11y-plain")).success
    assert account.live == delivered_to("o11y-plain")
    assert [call for call in account.calls if call in (PUT, DELETE)] == [DELETE, PUT]


def test_a_delivery_needs_a_source() -> None:
    account = FakeAccount()
    answer = send(account.client, DELIVERY, "Create", OURS[DELIVERY.setting])
    assert not answer.success
    assert "APPLICATION_LOGS of arn:aws:bedrock-agentcore" in answer.message
    assert "has no delivery source" in answer.message


def test_a_source_that_shows_late_is_waited_for() -> None:
    account, looks = FakeAccount(), []

    def show_late(_operation: str, _value: Any) -> None:
        looks.append(1)
        account.source = "late" if len(looks) > 8 else None

    account.before = show_late
    assert send(account.client, DELIVERY, "Create", OURS[DELIVERY.setting]).success
    assert account.live == OURS[DELIVERY.setting]


def test_two_stacks_have_a_source_together_and_the_last_one_takes_it_away() -> None:
    account = in_memory(SOURCE)
    for stack, outcome in (("One", "write"), ("Two", "share")):
        assert send(account.client, SOURCE, "Create", called("ours"), stack=stack).outcome == outcome
    assert send(account.client, SOURCE, "Delete", called("ours"), stack="One").outcome == "leave"
    assert account.live == called("ours")
    assert send(account.client, SOURCE, "Delete", called("ours"), stack="Two").outcome == "remove"
    assert (account.live, account.parameters) == (None, {})


def test_a_delivery_belongs_to_one_stack_and_another_is_told_which() -> None:
    account = in_memory(DELIVERY)
    assert send(account.client, DELIVERY, "Create", delivered_to("o11y-one"), stack="One").success
    refused = send(account.client, DELIVERY, "Create", delivered_to("o11y-two"), stack="Two")
    assert not refused.success
    assert "is managed by the stack One" in refused.message
    assert send(account.client, DELIVERY, "Delete", delivered_to("o11y-two"), stack="Two").success
    assert account.live == delivered_to("o11y-one")


def test_a_rolled_back_take_over_leaves_a_source_that_somebody_uses_meanwhile() -> None:
    taken = Superseded(Record(SOURCE.rules.name, OWNER), None)
    record = Record(SOURCE.rules.name, NEWCOMER, written=called("ours"), superseded=taken)
    delete = Event("Delete", SOURCE.rules, NEWCOMER, None, "request", phase=Phase.ROLLING_BACK)
    live = Present(called("ours"), called("ours"))
    assert any(isinstance(step, RemoveValue) for step in reconcile(delete, live, record, Policy.LEAVE).steps)
    left = reconcile(replace(delete, in_use="the deliveries x have it"), live, record, Policy.LEAVE)
    assert left.outcome is Outcome.LEAVE
    assert left.succeeds
    assert [type(step) for step in left.steps] == [SaveRecord]


def test_a_source_is_not_renamed() -> None:
    account = in_memory(SOURCE)
    assert send(account.client, SOURCE, "Create", called("ours")).success
    answer = send(account.client, SOURCE, "Update", called("other-name"))
    assert not answer.success
    assert "it is called ours, and a source is not renamed" in answer.message
    assert account.live == called("ours")


def test_a_source_of_something_else_with_our_name_is_not_changed() -> None:
    account = in_memory(SOURCE)
    answer = send(account.client, SOURCE, "Create", called("other"))
    assert not answer.success
    assert "another source has this name, and would be changed" in answer.message
    assert PUT not in account.calls


def test_instances_say_what_they_are_about() -> None:
    log = VendedLog("arn:aws:bedrock-agentcore:us-east-1:123456789012:memory/m-0123456789", "TRACES")
    assert read_instance(log.instance("XRAY"), 3) == (log, ("XRAY",))
    names = {
        registration.rules.name
        for registration in (
            find(delivery_source.NAME, log.instance()),
            find(log_delivery.NAME, log.instance("XRAY")),
            find(log_delivery.NAME, log.instance("CWL")),
            find(log_delivery.NAME, LOG.instance("CWL")),
        )
        if registration
    }
    assert len(names) == 4
    assert all(name.count("/") == 1 for name in names)


def test_the_grants_reach_the_destinations_that_are_ours() -> None:
    assert log_delivery_grants.OUR_DESTINATIONS == OUR_PREFIX


# --- The sandbox -------------------------------------------------------------------------------------------------

SENT = VendedLog("arn:aws:bedrock-agentcore:us-east-1:000000000000:runtime/contract-AbCdEfGhIj", "USAGE_LOGS")
SENT_SOURCE = Case(delivery_source.rules_of(SENT), {}, [], delivery_source.NAME, SENT.instance())
SENT_DELIVERY = Case(log_delivery.rules_of(SENT, "CWL"), {}, [], log_delivery.NAME, SENT.instance("CWL"))
FIELDS = ["resource_arn", "event_timestamp", "metrics"]


@pytest.fixture
def logs(sandbox: Sandbox) -> Iterator[Any]:
    """CloudWatch Logs with destinations `o11y-contract`, `o11y-other` and `theirs`, and two pages of sources."""
    client = sandbox.client("logs")
    for number in range(51):
        memory = f"arn:aws:bedrock-agentcore:us-east-1:000000000000:memory/m{number}-AbCdEfGhIj"
        client.put_delivery_source(name=f"many-{number}", resourceArn=memory, logType="APPLICATION_LOGS")
    for name in ("o11y-contract", "o11y-other", "theirs"):
        group = f"/aws/vendedlogs/{name}"
        client.create_log_group(logGroupName=group)
        arn = f"arn:aws:logs:us-east-1:000000000000:log-group:{group}"
        client.put_delivery_destination(name=name, deliveryDestinationConfiguration={"destinationResourceArn": arn})
    yield client
    for delivery in client.describe_deliveries()["deliveries"]:
        client.delete_delivery(id=delivery["id"])
    while found := client.describe_delivery_sources()["deliverySources"]:
        for source in found:
            client.delete_delivery_source(name=source["name"])
    for name in ("o11y-contract", "o11y-other", "theirs"):
        client.delete_delivery_destination(name=name)
        client.delete_log_group(logGroupName=f"/aws/vendedlogs/{name}")


def to(name: str, **more: Any) -> dict[str, Any]:
    return {"deliveryDestinationArn": f"arn:aws:logs:us-east-1:000000000000:delivery-destination:{name}", **more}


def delivered(logs: Any) -> dict[str, Any]:
    """Name of the destination and fields of each delivery, by name of the source."""
    return {
        delivery["deliverySourceName"]: (
            delivery["deliveryDestinationArn"].rpartition(":")[2],
            delivery.get("recordFields"),
        )
        for delivery in logs.describe_deliveries()["deliveries"]
    }


def own_sources(logs: Any) -> set[str]:
    pages = logs.get_paginator("describe_delivery_sources").paginate()
    names = {source["name"] for page in pages for source in page["deliverySources"]}
    return {name for name in names if not name.startswith("many-")}


@pytest.mark.sandbox
def test_the_handler_makes_moves_and_ends_a_delivery_in_the_sandbox(sandbox: Sandbox, logs: Any) -> None:
    for _ in ("once", "twice"):
        assert send(sandbox.client, SENT_SOURCE, "Create", called("contract")).success
        answer = send(sandbox.client, SENT_DELIVERY, "Create", to("o11y-contract", recordFields=FIELDS))
        assert answer.success, answer.message
        assert delivered(logs) == {"contract": ("o11y-contract", FIELDS)}
    answer = send(sandbox.client, SENT_DELIVERY, "Update", to("o11y-other"))
    assert answer.success, answer.message
    assert delivered(logs) == {"contract": ("o11y-other", None)}
    for _ in ("once", "twice"):
        assert send(sandbox.client, SENT_DELIVERY, "Delete", to("o11y-other")).success
        assert send(sandbox.client, SENT_SOURCE, "Delete", called("contract")).success
    assert (delivered(logs), own_sources(logs)) == ({}, set())


@pytest.mark.sandbox
def test_the_handler_delivers_from_a_source_that_somebody_made_in_the_sandbox(sandbox: Sandbox, logs: Any) -> None:
    logs.put_delivery_source(name="console", resourceArn=SENT.resource_arn, logType=SENT.log_type)
    assert send(sandbox.client, SENT_SOURCE, "Create", called("contract")).outcome == "keep"
    assert send(sandbox.client, SENT_DELIVERY, "Create", to("o11y-contract")).outcome == "write"
    assert delivered(logs) == {"console": ("o11y-contract", None)}
    assert send(sandbox.client, SENT_DELIVERY, "Delete", to("o11y-contract")).outcome == "remove"
    assert send(sandbox.client, SENT_SOURCE, "Delete", called("contract")).outcome == "leave"
    assert (delivered(logs), own_sources(logs)) == ({}, {"console"})


@pytest.mark.sandbox
def test_a_source_of_ours_stays_while_somebody_uses_it(sandbox: Sandbox, logs: Any) -> None:
    assert send(sandbox.client, SENT_SOURCE, "Create", called("contract")).success
    logs.create_delivery(deliverySourceName="contract", **to("theirs"))
    answer = send(sandbox.client, SENT_DELIVERY, "Create", to("o11y-contract"))
    assert (answer.success, answer.outcome) == (True, "keep"), "they deliver it already"
    assert send(sandbox.client, SENT_DELIVERY, "Delete", to("o11y-contract")).success
    answer = send(sandbox.client, SENT_SOURCE, "Delete", called("contract"))
    assert (answer.success, answer.outcome) == (True, "leave")
    assert "have the source contract" in answer.message
    assert (delivered(logs), own_sources(logs)) == ({"contract": ("theirs", None)}, {"contract"})
    assert not [p for p in sandbox.client("ssm").describe_parameters()["Parameters"] if "contract" in p["Name"]]


@pytest.mark.sandbox
def test_ours_counts_where_somebody_delivers_to_a_second_log_group(sandbox: Sandbox, logs: Any) -> None:
    assert send(sandbox.client, SENT_SOURCE, "Create", called("contract")).success
    assert send(sandbox.client, SENT_DELIVERY, "Create", to("o11y-contract")).success
    logs.create_delivery(deliverySourceName="contract", **to("theirs"))
    assert send(sandbox.client, SENT_DELIVERY, "Update", to("o11y-contract")).outcome == "keep"
    assert send(sandbox.client, SENT_DELIVERY, "Delete", to("o11y-contract")).outcome == "remove"
    assert delivered(logs) == {"contract": ("theirs", None)}


@pytest.mark.sandbox
def test_a_change_that_somebody_has_under_way_in_the_sandbox_is_waited_for(sandbox: Sandbox, logs: Any) -> None:
    assert send(sandbox.client, SENT_SOURCE, "Create", called("contract")).success
    services = sandbox.directory / "services.json"
    former = services.read_text() if services.exists() else None
    services.write_text(json.dumps(json.loads(former or "{}") | {"log_delivery_change_seconds": 2}))
    try:
        # They connect another source with our destination, which takes a while.
        logs.put_delivery_source(name="theirs-slow", resourceArn=SENT.resource_arn, logType="APPLICATION_LOGS")
        slow = threading.Thread(
            target=lambda: logs.create_delivery(deliverySourceName="theirs-slow", **to("o11y-contract"))
        )
        slow.start()
        time.sleep(0.5)
        answer = send(sandbox.client, SENT_DELIVERY, "Create", to("o11y-contract"), real=True)
        slow.join()
    finally:
        services.write_text(former) if former is not None else services.unlink()
    assert answer.success, answer.message
    assert delivered(logs) == {"contract": ("o11y-contract", None), "theirs-slow": ("o11y-contract", None)}
