"""Transaction Search and the indexing of traces, from the request to the answer, against an account in memory."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bedrock_o11y.account_settings import handler, span_indexing, trace_destination
from bedrock_o11y.account_settings.record import parameter_name
from tests.account_settings.cases import TO_LOGS, indexed
from tests.account_settings.fake_aws import FakeAccount
from tests.account_settings.fake_calls import CHANGES, DISCOVER, GET, PUT, Fault, client_error

STACK = "arn:aws:cloudformation:us-east-1:123456789012:stack/Tracing/1"
NUMBERS = itertools.count()


@dataclass
class Lambda:
    setting: str
    account: FakeAccount = field(default_factory=FakeAccount)
    now: float = 0.0
    age_days: float = 0.0
    later: list[dict[str, Any]] = field(default_factory=list)

    def get_remaining_time_in_millis(self) -> int:
        return 170_000

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def send(self, kind: str, desired: dict[str, Any] | None = None, policy: str = "refuse") -> handler.Answer:
        document = {"setting": self.setting, "mode": "manage", "policy": policy, "desired": desired, "expects": None}
        document["later"] = self.later
        request = {
            "RequestType": kind,
            "RequestId": f"xray-{next(NUMBERS)}",
            "StackId": STACK,
            "LogicalResourceId": "Setting",
            "PhysicalResourceId": f"bedrock-o11y:{self.setting}:Setting",
            "ResourceProperties": {"Request": json.dumps(document)},
        }
        surroundings = handler.Surroundings(
            connect=self.account.client,
            clock=lambda: self.now,
            now=lambda: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=self.age_days),
            sleep=self.sleep,
            log=lambda _line: None,
        )
        return handler.handle(request, self, surroundings)

    def failing(self, operation: str, fault: Fault) -> None:
        self.account.fault = lambda called: fault if called == operation else None


@pytest.fixture
def destination() -> Lambda:
    return Lambda(trace_destination.NAME)


@pytest.fixture
def indexing() -> Lambda:
    return Lambda(span_indexing.NAME)


def test_transaction_search_is_switched_on_and_given_back(destination: Lambda) -> None:
    created = destination.send("Create", TO_LOGS)
    assert created.success, created.message
    assert destination.account.live == TO_LOGS
    assert destination.account.calls.index(DISCOVER) < destination.account.calls.index(PUT)
    assert destination.send("Delete").success
    assert (destination.account.live, destination.account.parameters) == (None, {})


def test_transaction_search_that_is_on_already_is_left_to_whoever_switched_it_on(destination: Lambda) -> None:
    destination.account.live = dict(TO_LOGS)
    for kind in ("Create", "Update", "Delete"):
        answer = destination.send(kind, TO_LOGS)
        assert answer.success, answer.message
    assert not set(CHANGES) & set(destination.account.calls)
    assert DISCOVER not in destination.account.calls
    assert destination.account.live == TO_LOGS


def test_a_destination_that_was_set_between_the_look_and_the_change_is_no_error(destination: Lambda) -> None:
    def somebody_was_faster(operation: str, _value: Any) -> None:
        if operation == PUT:
            destination.account.live = dict(TO_LOGS)

    destination.account.before = somebody_was_faster
    assert destination.send("Create", TO_LOGS).success
    assert destination.account.live == TO_LOGS


@pytest.mark.parametrize(
    ("operation", "missing"),
    [
        (DISCOVER, "application-signals:StartDiscovery"),
        (PUT, PUT),
        (GET, GET),
    ],
)
def test_a_missing_permission_fails_the_deploy_and_is_named(destination: Lambda, operation: str, missing: str) -> None:
    destination.failing(operation, Fault.DENIED)
    answer = destination.send("Create", TO_LOGS)
    assert not answer.success
    assert missing in answer.message
    assert destination.account.live is None


def refusing(destination: Lambda, until: float) -> None:
    def look(operation: str, _value: Any) -> None:
        if operation == PUT and destination.now < until:
            message = "XRay does not have permission to call PutLogEvents on the aws/spans Log Group"
            raise client_error(PUT, "AccessDeniedException", message)

    destination.account.before = look


def test_the_policy_that_lets_xray_write_is_waited_for(destination: Lambda) -> None:
    refusing(destination, until=40.0)
    answer = destination.send("Create", TO_LOGS)
    assert answer.success, answer.message
    assert 40 <= destination.now < 90


def test_a_policy_that_never_lets_xray_write_is_told_in_xrays_words(destination: Lambda) -> None:
    refusing(destination, until=10_000.0)
    answer = destination.send("Create", TO_LOGS)
    assert not answer.success
    assert "XRay does not have permission to call PutLogEvents on the aws/spans Log Group" in answer.message
    assert destination.now < 95
    assert destination.account.live is None


def test_the_percentage_is_set_changed_and_given_back(indexing: Lambda) -> None:
    assert indexing.send("Create", indexed(10)).success
    assert indexing.account.live == indexed(10.0)
    assert indexing.send("Update", indexed(5)).success
    assert indexing.account.live == indexed(5.0)
    assert indexing.send("Delete").success
    assert (indexing.account.live, indexing.account.parameters) == (None, {})


def test_a_percentage_that_somebody_chose_stays_through_every_update_unless_it_is_to_be_replaced(
    indexing: Lambda,
) -> None:
    indexing.account.live = indexed(42.0)
    assert indexing.send("Create", indexed(10), "merge").success
    assert indexing.send("Update", indexed(5), "merge").success
    assert indexing.account.live == indexed(42.0)
    assert indexing.send("Update", indexed(5), "replace").success
    assert indexing.account.live == indexed(5.0)
    assert indexing.send("Delete").success
    assert indexing.account.live == indexed(42.0)


def test_a_percentage_that_somebody_chose_stops_the_deploy_under_refuse(indexing: Lambda) -> None:
    indexing.account.live = indexed(42.0)
    answer = indexing.send("Create", indexed(10))
    assert not answer.success
    assert "42 % of the traces are indexed" in answer.message
    assert "tracing.indexing.existing" in answer.message
    assert indexing.account.live == indexed(42.0)


def test_an_answer_without_the_rule_is_not_taken_for_one_percent(
    indexing: Lambda, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = indexing.account.client("xray")
    monkeypatch.setattr(type(client), "get_indexing_rules", lambda _self: {"IndexingRules": [{"Name": "Other"}]})
    answer = indexing.send("Create", indexed(10))
    assert not answer.success
    assert "no rule Default" in answer.message
    assert indexing.account.live is None


def test_every_page_of_the_rules_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    account = FakeAccount(live=indexed(7.0))
    client = account.client("xray")
    first = {"IndexingRules": [{"Name": "Other"}], "NextToken": "more"}

    def pages(self: Any, NextToken: str = "") -> dict[str, Any]:
        return self._rules() if NextToken == "more" else first

    monkeypatch.setattr(type(client), "get_indexing_rules", pages)
    live = span_indexing.SpanIndexing(client, handler.Calls()).read()
    assert getattr(live, "value", None) == indexed(7.0)


@pytest.mark.parametrize("desired", [{"DesiredSamplingPercentage": "ten"}, {"Percentage": 10}])
def test_a_percentage_that_is_none_is_refused(indexing: Lambda, desired: dict[str, Any]) -> None:
    answer = indexing.send("Create", desired)
    assert not answer.success
    assert indexing.account.live is None


def test_each_setting_has_a_record_of_its_own(destination: Lambda, indexing: Lambda) -> None:
    indexing.account.parameters = destination.account.parameters
    assert destination.send("Create", TO_LOGS).success
    assert indexing.send("Create", indexed(10)).success
    assert set(destination.account.parameters) == {
        parameter_name(trace_destination.NAME),
        parameter_name(span_indexing.NAME),
    }


PLAN = [{"afterDays": 7, "desired": indexed(5)}, {"afterDays": 30, "desired": indexed(1)}]


@pytest.fixture
def planned(indexing: Lambda) -> Lambda:
    indexing.later = PLAN
    assert indexing.send("Create", indexed(10)).success
    assert indexing.account.live == indexed(10.0)
    return indexing


def test_the_percentage_follows_its_plan_and_is_given_back(planned: Lambda) -> None:
    seen = {}
    for day in (1, 6.9, 7, 8, 29, 30, 31, 400):
        planned.age_days = day
        assert planned.send("Step", indexed(10)).success
        seen[day] = planned.account.live
    five = indexed(5.0)
    assert seen == {1: indexed(10.0), 6.9: indexed(10.0), 7: five, 8: five, 29: five, 30: None, 31: None, 400: None}
    assert planned.send("Delete").success
    assert (planned.account.live, planned.account.parameters) == (None, {})


@pytest.mark.parametrize(("day", "expected"), [(0, 10.0), (10, 5.0), (40, None)])
def test_a_deploy_asks_for_what_is_due_on_its_day(planned: Lambda, day: float, expected: float | None) -> None:
    planned.age_days = day
    assert planned.send("Update", indexed(10)).success
    assert planned.account.live == (indexed(expected) if expected else None)


@pytest.mark.parametrize("theirs", [indexed(42.0), None])
def test_the_timer_leaves_alone_what_somebody_chose_since(planned: Lambda, theirs: dict[str, Any] | None) -> None:
    planned.account.live = theirs
    before = dict(planned.account.parameters)
    planned.age_days = 8
    answer = planned.send("Step", indexed(10))
    assert (answer.success, answer.outcome) == (True, "leave")
    assert (planned.account.live, planned.account.parameters) == (theirs, before)


def test_the_timer_leaves_alone_what_was_there_before_us(indexing: Lambda) -> None:
    indexing.later = PLAN
    indexing.account.live = indexed(42.0)
    assert indexing.send("Create", indexed(10), "merge").success
    indexing.age_days = 31
    assert indexing.send("Step", indexed(10), "merge").outcome == "leave"
    assert indexing.account.live == indexed(42.0)


def test_a_timer_without_a_deploy_does_nothing(indexing: Lambda) -> None:
    indexing.later = PLAN
    assert indexing.send("Step", indexed(10)).outcome == "leave"
    assert not set(CHANGES) & set(indexing.account.calls)


@pytest.mark.parametrize("operation", [GET, PUT])
def test_a_step_that_fails_is_made_the_next_time(planned: Lambda, operation: str) -> None:
    planned.age_days = 8
    planned.failing(operation, Fault.DENIED)
    assert not planned.send("Step", indexed(10)).success
    planned.account.fault = lambda _operation: None
    assert planned.send("Step", indexed(10)).success
    assert planned.account.live == indexed(5.0)


def test_a_stack_whose_age_is_not_known_changes_nothing(planned: Lambda) -> None:
    planned.account.stacks_created = None
    planned.age_days = 8
    answer = planned.send("Step", indexed(10))
    assert not answer.success
    assert "does not say when" in answer.message
    assert planned.account.live == indexed(10.0)


@pytest.mark.parametrize(
    "later",
    [
        7,
        [7],
        [{"afterDays": "7", "desired": indexed(5)}],
        [{"afterDays": 0, "desired": indexed(5)}],
        [{"afterDays": 7}],
    ],
)
def test_a_plan_that_is_none_is_refused(indexing: Lambda, later: Any) -> None:
    indexing.later = later
    answer = indexing.send("Create", indexed(10))
    assert not answer.success
    assert "later" in answer.message
