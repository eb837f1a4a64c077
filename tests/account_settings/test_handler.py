"""The Lambda function from the request to the answer, against an account in memory."""

from __future__ import annotations

import copy
import itertools
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from bedrock_o11y.account_settings import handler
from bedrock_o11y.account_settings.model_invocation_logging import NAME, normalise
from bedrock_o11y.account_settings.record import parameter_name
from tests.account_settings.fake_aws import FakeAccount
from tests.account_settings.fake_calls import CHANGES, DELETE, DROP, GET, PUT, READ, SAVE, STATUS, SWITCHES, Fault

if TYPE_CHECKING:
    from bedrock_o11y.account_settings.response import Answer

STACK = "arn:aws:cloudformation:us-east-1:123456789012:stack/Logging/1"
ROLE = "arn:aws:iam::123456789012:role/logging"
OFF = dict.fromkeys(SWITCHES, False)
DESIRED = OFF | {
    "cloudWatchConfig": {"logGroupName": "/ours", "roleArn": ROLE},
    "textDataDeliveryEnabled": True,
}
THEIRS = OFF | {
    "cloudWatchConfig": {"logGroupName": "/theirs", "roleArn": f"{ROLE}-theirs"},
    "textDataDeliveryEnabled": True,
}
REQUEST_NUMBERS = itertools.count()
SECRET_URL = "https://cloudformation-custom-resource-response/?Signature=secret"


@dataclass
class Lambda:
    """The function: its account, its clock, its log, and the requests CloudFormation sends it."""

    account: FakeAccount = field(default_factory=FakeAccount)
    now: float = 0.0
    remaining: float = 170.0
    log: list[str] = field(default_factory=list)

    def get_remaining_time_in_millis(self) -> int:
        return int(self.remaining * 1000)

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def request(self, kind: str, desired: dict[str, Any] | None = DESIRED, **members: Any) -> dict[str, Any]:
        document = {"setting": NAME, "mode": "manage", "policy": "refuse", "desired": desired, "ownerStack": "Logging"}
        return {
            "RequestType": kind,
            "RequestId": f"request-{next(REQUEST_NUMBERS)}",
            "ResponseURL": SECRET_URL,
            "StackId": STACK,
            "LogicalResourceId": "Setting",
            "PhysicalResourceId": f"bedrock-o11y:{NAME}:Setting",
            "ResourceProperties": {"ServiceToken": "arn", "Request": json.dumps(document | members)},
        }

    def handle(self, request: dict[str, Any]) -> Answer:
        surroundings = handler.Surroundings(
            connect=self.account.client, clock=lambda: self.now, sleep=self.sleep, log=self.log.append
        )
        return handler.handle(request, self, surroundings)

    def send(self, kind: str, desired: dict[str, Any] | None = DESIRED, **members: Any) -> Answer:
        return self.handle(self.request(kind, desired, **members))

    def record(self) -> dict[str, Any]:
        return json.loads(self.account.parameters[parameter_name(NAME)][0])

    def failing(self, operation: str, fault: Fault) -> None:
        self.account.fault = lambda called: fault if called == operation else None


@pytest.fixture
def function() -> Lambda:
    return Lambda()


def test_create_update_and_delete_leave_the_account_as_it_was(function: Lambda) -> None:
    created = function.send("Create", expects={"stackName": "Logging"})
    assert (created.success, created.physical_resource_id) == (True, f"bedrock-o11y:{NAME}:Setting")
    assert function.account.live == normalise(DESIRED)
    assert function.record()["owner"] == {"stackId": STACK, "physicalResourceId": created.physical_resource_id}
    assert function.record()["expects"] == {"stackName": "Logging"}
    assert function.send("Update", DESIRED | {"imageDataDeliveryEnabled": True}).success
    assert function.account.live == normalise(DESIRED | {"imageDataDeliveryEnabled": True})
    assert function.send("Delete").success
    assert (function.account.live, function.account.parameters) == (None, {})


@pytest.mark.parametrize("policy", ["merge", "replace", "adopt"])
def test_a_foreign_configuration_is_given_back_on_delete_byte_for_byte(function: Lambda, policy: str) -> None:
    function.account.live = dict(THEIRS)
    assert function.send("Create", policy=policy).success
    assert function.send("Delete", policy=policy).success
    assert (function.account.live, function.account.parameters) == (THEIRS, {})


def test_a_refused_create_and_its_rollback_touch_nothing(function: Lambda) -> None:
    function.account.live = dict(THEIRS)
    refused = function.send("Create")
    assert not refused.success
    for words in ("/theirs", "adopt", "merge", "replace", "invocation_logging.existing"):
        assert words in refused.message
    assert function.send("Delete").success
    assert (function.account.live, function.account.parameters) == (THEIRS, {})
    assert not set(function.account.calls) & set(CHANGES)


def test_a_guard_only_reads(function: Lambda) -> None:
    function.account.live = dict(THEIRS)
    assert not function.send("Create", None, mode="guard").success
    assert not function.send("Update", None, mode="guard").success
    assert function.send("Create", None, mode="guard", policy="replace").success
    assert set(function.account.calls) <= {GET, READ, STATUS}
    function.account.calls.clear()
    assert function.send("Delete", None, mode="guard").success
    assert function.account.calls == []


def test_the_calls_of_every_mode_are_these_and_no_others(function: Lambda) -> None:
    function.account.live = dict(THEIRS)
    for kind in ("Create", "Update", "Delete"):
        function.send(kind, policy="replace")
    function.account.live = None
    for kind in ("Create", "Delete"):
        function.send(kind)
    assert set(function.account.calls) == {GET, PUT, DELETE, READ, SAVE, DROP}


@pytest.mark.parametrize("kind", ["Create", "Update", "Delete"])
@pytest.mark.parametrize(
    ("operation", "fault"),
    [(operation, fault) for operation in (GET, READ) for fault in (Fault.DENIED, Fault.THROTTLED, Fault.LOST_REQUEST)],
)
def test_what_cannot_be_read_fails_naming_the_action_and_changes_nothing(
    function: Lambda, kind: str, operation: str, fault: Fault
) -> None:
    function.send("Create")
    before = function.account.live, dict(function.account.parameters)
    function.failing(operation, fault)
    answer = function.send(kind)
    assert not answer.success
    assert ("ssm:GetParameter" if operation == READ else "bedrock:Get") in answer.message
    assert (function.account.live, function.account.parameters) == before
    function.account.fault = lambda _operation: None
    assert function.send("Delete").success
    assert (function.account.live, function.account.parameters) == (None, {})


def test_a_delete_that_is_not_ours_succeeds_although_the_setting_cannot_be_read(function: Lambda) -> None:
    function.failing(GET, Fault.DENIED)
    assert function.send("Delete").success


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_a_role_that_is_not_usable_yet_is_waited_for(function: Lambda, kind: str) -> None:
    if kind == "Update":
        function.send("Create", THEIRS)
    function.account.unusable_roles.add(ROLE)
    started = function.now

    def sleep(seconds: float) -> None:
        function.now += seconds
        if function.now - started > 60:
            function.account.unusable_roles.clear()

    function.sleep = sleep  # type: ignore[method-assign]
    assert function.send(kind).success
    assert 60 < function.now - started <= 90


def test_a_role_that_never_becomes_usable_fails_after_ninety_seconds_naming_role_and_group(function: Lambda) -> None:
    function.account.unusable_roles.add(ROLE)
    answer = function.send("Create")
    assert not answer.success
    for words in (ROLE, "/ours", "check the role with bedrock-o11y check"):
        assert words in answer.message
    assert 75 < function.now <= 90
    assert function.send("Delete").success
    assert (function.account.live, function.account.parameters) == (None, {})


def test_a_role_that_is_gone_at_restore_keeps_the_memory_and_removes_ours(function: Lambda) -> None:
    function.account.live = dict(THEIRS)
    function.send("Create", policy="replace")
    function.account.unusable_roles.add(f"{ROLE}-theirs")
    answer = function.send("Delete")
    assert answer.success
    assert "/theirs" in answer.message
    assert function.account.live is None
    assert (function.record()["owner"], function.record()["remembered"]) == (None, THEIRS)


def test_a_denied_restore_fails_and_keeps_everything(function: Lambda) -> None:
    function.account.live = dict(THEIRS)
    function.send("Create", policy="replace")
    function.failing(PUT, Fault.DENIED)
    answer = function.send("Delete")
    assert not answer.success
    assert "bedrock:Put" in answer.message
    assert function.record()["remembered"] == THEIRS


def test_a_repeated_request_gets_the_same_answer_and_does_nothing(function: Lambda) -> None:
    request = function.request("Create")
    first = function.handle(request)
    handler._answers.clear()
    function.account.live = dict(THEIRS)
    calls = len(function.account.calls)
    assert function.handle(request) == first
    assert set(function.account.calls[calls:]) == {READ}
    assert function.handle(request) == first
    assert len(function.account.calls) == calls + 1


def test_a_create_that_never_answered_is_deleted_under_the_id_cloudformation_made_up(function: Lambda) -> None:
    function.send("Create")
    request = function.request("Delete") | {"PhysicalResourceId": "Logging-Setting-1A2B3C"}
    answer = function.handle(request)
    assert (answer.success, answer.physical_resource_id) == (True, "Logging-Setting-1A2B3C")
    assert (function.account.live, function.account.parameters) == (None, {})


def test_a_rollback_over_a_foreign_change_succeeds_and_leaves_it(function: Lambda) -> None:
    function.send("Create")
    function.account.live = dict(THEIRS)
    assert not function.send("Update", DESIRED | {"imageDataDeliveryEnabled": True}).success
    function.account.stack_status[STACK] = "UPDATE_ROLLBACK_IN_PROGRESS"
    assert function.send("Update").success
    assert function.account.live == THEIRS


@pytest.mark.parametrize("fault", [Fault.DENIED, Fault.LOST_REQUEST])
def test_when_the_stack_cannot_be_asked_for_an_update_is_refused_with_its_own_reason(
    function: Lambda, fault: Fault
) -> None:
    function.send("Create")
    function.account.live = dict(THEIRS)
    function.failing(STATUS, fault)
    answer = function.send("Update")
    assert (answer.success, "/theirs" in answer.message) == (False, True)


@pytest.mark.parametrize(
    "text",
    ["not JSON", "[]", '{"schema": "bedrock-o11y/account-setting-record/2"}', '{"schema": 1}'],
    ids=["text", "list", "newer", "wrong type"],
)
@pytest.mark.parametrize("kind", ["Create", "Update", "Delete"])
def test_a_record_that_cannot_be_understood_stops_everything(function: Lambda, text: str, kind: str) -> None:
    function.account.live = dict(THEIRS)
    function.account.parameters[parameter_name(NAME)] = (text, 3)
    answer = function.send(kind, policy="replace")
    assert not answer.success
    assert parameter_name(NAME) in answer.message
    assert function.account.live == THEIRS
    assert function.account.parameters[parameter_name(NAME)] == (text, 3)


BAD_REQUESTS = [
    ({"Request": "{"}, "JSON"),
    ({"Request": "[]"}, "JSON object"),
    ({}, "JSON"),
    ({"Request": json.dumps({"setting": "other"})}, "other"),
    ({"Request": json.dumps({"setting": NAME, "mode": "watch"})}, "watch"),
    ({"Request": json.dumps({"setting": NAME, "mode": "manage", "policy": "ask"})}, "ask"),
    ({"Request": json.dumps({"setting": NAME, "mode": "manage", "policy": "refuse"})}, "desired"),
    ({"Request": json.dumps({"setting": NAME, "mode": "manage", "policy": "refuse", "desired": []})}, "desired"),
    ({"Request": json.dumps({"setting": NAME, "mode": "guard", "policy": "refuse"})}, "ownerStack"),
    (
        {"Request": json.dumps({"setting": NAME, "mode": "manage", "policy": "refuse", "desired": {"x": 1}})},
        "the member x",
    ),
]


@pytest.mark.parametrize(("properties", "words"), BAD_REQUESTS, ids=[case[1] for case in BAD_REQUESTS])
def test_a_request_that_cannot_be_read_fails_without_a_call_and_rolls_back(
    function: Lambda, properties: dict[str, Any], words: str
) -> None:
    request = function.request("Create") | {"ResourceProperties": properties}
    answer = function.handle(request)
    assert not answer.success
    assert words in answer.message
    delete = request | {"RequestType": "Delete", "RequestId": f"{request['RequestId']}-delete"}
    assert function.handle(delete).success
    assert not set(function.account.calls) & set(CHANGES)


VALUES_THAT_DO_NOT_FIT = [
    ({"cloudWatchConfig": {"logGroupName": "/ours"}}, "roleArn"),
    ({"cloudWatchConfig": {"logGroupName": 1, "roleArn": ROLE}}, "logGroupName"),
    ({"s3Config": {"bucketName": "b"}}, "bucketName"),
]


@pytest.mark.parametrize(("desired", "member"), VALUES_THAT_DO_NOT_FIT)
@pytest.mark.parametrize("mode", ["manage", "guard"])
def test_a_value_that_does_not_fit_the_api_fails_before_any_call(
    function: Lambda, desired: dict[str, Any], member: str, mode: str
) -> None:
    answer = function.send("Create", desired, mode=mode)
    assert not answer.success
    assert member in answer.message
    assert function.account.calls == []


@pytest.mark.parametrize("asked", [True, False])
def test_a_member_that_botocore_lacks_fails_when_it_is_asked_for(
    function: Lambda, monkeypatch: pytest.MonkeyPatch, asked: bool
) -> None:
    from bedrock_o11y.account_settings.model_invocation_logging import ModelInvocationLogging

    shape = ModelInvocationLogging._shape

    def older(self: Any) -> Any:
        known = copy.deepcopy(shape(self))
        known.members["loggingConfig"].members.pop("audioDataDeliveryEnabled", None)
        return known

    monkeypatch.setattr(ModelInvocationLogging, "_shape", older)
    desired = dict(DESIRED)
    del desired["audioDataDeliveryEnabled"]
    answer = function.send("Create", desired | {"audioDataDeliveryEnabled": asked})
    assert not answer.success
    assert "audioDataDeliveryEnabled" in answer.message
    assert function.send("Create", desired).success


def test_an_unexpected_error_is_answered_too(function: Lambda) -> None:
    function.account.before = lambda _operation, _value: 1 / 0
    answer = function.send("Create")
    assert not answer.success
    assert "ZeroDivisionError" in answer.message


def test_a_function_short_of_time_makes_no_more_calls_and_answers(function: Lambda) -> None:
    function.remaining = 45.0
    function.account.unusable_roles.add(ROLE)
    assert not function.send("Create").success
    assert function.now < 45


def test_a_call_that_hangs_is_interrupted_before_the_function_is_ended(function: Lambda) -> None:
    import time

    function.remaining = 0.5
    function.account.before = lambda _operation, _value: time.sleep(30)
    started = time.monotonic()
    answer = function.send("Create")
    assert time.monotonic() - started < 30, "the call was not interrupted"
    assert (answer.success, "ran out of time" in answer.message) == (False, True)


def test_the_log_names_no_response_url(function: Lambda) -> None:
    function.send("Create")
    function.handle(function.request("Create") | {"ResourceProperties": {}})
    assert len(function.log) == 2
    assert "secret" not in "".join(function.log)
