"""Sending the canary and following it, against an account that is played."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from bedrock_o11y.aws import Reading
from bedrock_o11y.check.canary import Canary, send_and_follow
from bedrock_o11y.check.canary_evidence import bodies, redacted
from bedrock_o11y.check.ladder import judge, selected
from bedrock_o11y.report import State

from .typed_evidence import GROUP, evidence, record_of_canary

KEY = "bedrock-o11y-canary"
FAILURE = "ModelInvocationLogsCloudWatchDeliveryFailure"


class Played:
    """An account whose log answers what the test wants, page by page."""

    region = "us-east-1"

    def __init__(self, pages: Any = (), failures: int = 0, refusal: ClientError | None = None) -> None:
        self.pages = list(pages)
        self.failures = failures
        self.refusal = refusal
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.nonce = ""
        # The clock of AWS; this machine's is ten minutes ahead of it.
        self.served = datetime.now(UTC) - timedelta(minutes=10)

    def client(self, _service: str) -> Any:
        return self

    def identity(self) -> Any:
        raise AssertionError("nobody needs it here")

    def converse(self, **request: Any) -> dict[str, Any]:
        self.calls.append(("converse", request))
        self.nonce = request["requestMetadata"][KEY]
        if self.refusal:
            raise self.refusal
        return {
            "usage": {"inputTokens": 6, "outputTokens": 2},
            "ResponseMetadata": {"RequestId": "r-1", "HTTPHeaders": {"date": format_datetime(self.served)}},
        }

    def filter_log_events(self, **request: Any) -> dict[str, Any]:
        self.calls.append(("filter", request))
        page = self.pages.pop(0) if self.pages else {"events": []}
        if isinstance(page, ClientError):
            raise page
        return json.loads(json.dumps(page).replace("NONCE", self.nonce))

    def get_metric_data(self, **_request: Any) -> dict[str, Any]:
        self.calls.append(("metrics", {}))
        queries = _request["MetricDataQueries"]
        failing = next(query["Id"] for query in queries if query["MetricStat"]["Metric"]["MetricName"] == FAILURE)
        now = datetime.now(UTC).replace(second=0, microsecond=0)
        values = [float(self.failures)] if self.failures else []
        return {"MetricDataResults": [{"Id": failing, "Timestamps": [now] * len(values), "Values": values}]}

    def count(self, name: str) -> int:
        return sum(call[0] == name for call in self.calls)


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += max(seconds, 0.001)

    def __call__(self) -> float:
        return self.now


def event(**changes: Any) -> dict[str, Any]:
    return {"message": json.dumps(record_of_canary(requestMetadata={KEY: "NONCE"}, **changes))}


def follow(account: Played, wait: float = 60.0, **options: Any) -> dict[str, Any]:
    clock = Clock()
    empty = {"start": "2026-11-21T04:00:00Z", "end": "2026-11-21T04:30:00Z", "listed": [], "series": {}}
    seen = evidence(delivery=empty, canary=Reading.absent())
    facts = send_and_follow(
        account,
        seen,
        GROUP,
        Canary(model="amazon.nova-micro-v1:0", wait=wait, sleep=clock.sleep, clock=clock, **options),
    )
    result = judge(seen.with_facts(facts), selected(["canary"]))[0]
    return {"fact": facts["canary"].value, "state": result.state, "rung": result, "seconds": clock.now}


def test_the_call_is_small_and_carries_a_nonce_of_letters() -> None:
    account = Played([{"events": [event()]}])
    follow(account)
    _, request = account.calls[0]
    assert request["inferenceConfig"]["maxTokens"] <= 16
    assert request["modelId"] == "amazon.nova-micro-v1:0"
    assert account.nonce.isalpha()
    assert len(account.nonce) >= 20
    other = Played([{"events": [event()]}])
    follow(other)
    assert other.nonce != account.nonce


def test_a_record_with_the_nonce_is_found_and_its_bodies_are_dropped() -> None:
    bodies = {"inputContentType": "a", "inputBodyJson": {"messages": ["secret"]}, "inputTokenCount": 6}
    account = Played([{"events": [event(input=bodies)]}])
    found = follow(account)
    assert found["state"] is State.PASS
    assert "secret" not in json.dumps(found["fact"])
    account = Played([{"events": [event(input=bodies)]}])
    assert "secret" in json.dumps(follow(account, show_bodies=True)["fact"])


def test_a_filter_that_lets_everything_through_deceives_nobody() -> None:
    others = [
        {"message": "Permissions are correctly set for Amazon Bedrock logs."},
        {"message": json.dumps(record_of_canary(requestMetadata={KEY: "somebody-else"}))},
        {"message": json.dumps({**record_of_canary(), "requestMetadata": None})},
        {"message": json.dumps(["NONCE"])},
        {"message": json.dumps({"input": "NONCE"})},
    ]
    found = follow(Played([{"events": others}] * 50))
    assert found["fact"]["log"]["found"] is False
    assert found["state"] is State.FAIL


def test_the_search_begins_at_the_call_by_the_clock_of_aws_and_reads_one_stream() -> None:
    account = Played([{"events": [event()]}])
    follow(account)
    _, request = account.calls[1]
    assert request["logStreamNames"] == ["aws/bedrock/modelinvocations"]
    assert request["logGroupName"] == GROUP
    served = account.served.timestamp() * 1000
    assert served - 120_000 <= request["startTime"] <= served
    assert account.nonce in request["filterPattern"]


def test_a_record_on_a_later_page_is_found() -> None:
    account = Played([{"events": [], "nextToken": "t"}, {"events": [], "nextToken": "u"}, {"events": [event()]}])
    assert follow(account)["state"] is State.PASS
    assert [request.get("nextToken") for name, request in account.calls if name == "filter"] == [None, "t", "u"]


def test_a_log_without_end_is_not_read_without_end() -> None:
    account = Played([{"events": [], "nextToken": "more"}] * 10_000)
    assert follow(account)["state"] is State.FAIL
    assert account.count("filter") <= 400


def test_a_record_that_comes_late_is_waited_for_and_its_delay_told() -> None:
    account = Played([{"events": []}] * 5 + [{"events": [event()]}])
    found = follow(account)
    assert found["state"] is State.PASS
    assert found["fact"]["log"]["delay_seconds"] == pytest.approx(found["seconds"], abs=0.01)
    assert found["seconds"] > 1


@pytest.mark.parametrize("wait", [1.0, 30.0, 900.0])
def test_the_wait_is_kept_and_the_calls_grow_slower_than_it(wait: float) -> None:
    account = Played()
    found = follow(account, wait)
    assert wait <= found["seconds"] <= wait + 4
    assert account.count("filter") <= 10 + wait / 8
    assert found["rung"].evidence[0].startswith("The canary was answered (request r-1), but its record did not arrive")


def test_a_failed_delivery_ends_the_wait_soon() -> None:
    found = follow(Played(failures=1), wait=900)
    assert found["seconds"] < 10
    assert found["fact"]["log"]["stopped_early"] is True
    assert (found["state"], found["rung"].blocked_by) == (State.UNKNOWN, "delivery")


def test_a_late_count_of_an_older_failure_does_not_hide_a_record_that_comes() -> None:
    found = follow(Played([{"events": []}] * 2 + [{"events": [event()]}], failures=1), wait=900)
    assert found["state"] is State.PASS


def test_a_stream_that_does_not_exist_yet_is_an_empty_one() -> None:
    missing = ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "no stream"}}, "FilterLogEvents")
    assert follow(Played([missing, missing, {"events": [event()]}]))["state"] is State.PASS


def test_a_log_that_may_not_be_read_is_unknown_and_names_the_action() -> None:
    message = "User: x is not authorized to perform: logs:FilterLogEvents on resource: y"
    denied = ClientError({"Error": {"Code": "AccessDeniedException", "Message": message}}, "FilterLogEvents")
    found = follow(Played([denied]))
    assert found["state"] is State.UNKNOWN
    assert "logs:FilterLogEvents" in found["rung"].evidence[0]
    assert found["rung"].next == "Grant logs:FilterLogEvents to the caller, then run again."


@pytest.mark.parametrize(
    ("code", "message", "said", "advice"),
    [
        (
            "AccessDeniedException",
            "User: x is not authorized to perform: bedrock:InvokeModel on resource: y",
            "permission bedrock:InvokeModel is missing",
            "Grant bedrock:InvokeModel",
        ),
        (
            "AccessDeniedException",
            "You don't have access to the model with the specified model ID.",
            "You don't have access to the model",
            "Choose a model that this account may use",
        ),
        (
            "ValidationException",
            "Invocation of model ID x with on-demand throughput isn't supported.",
            "on-demand throughput isn't supported",
            "inference profile",
        ),
        ("ResourceNotFoundException", "no such model", "no such model", "--model"),
        ("ThrottlingException", "Too many requests", "ThrottlingException", "Run again in a minute."),
    ],
)
def test_a_call_that_the_model_refuses_says_nothing_about_logging(
    code: str, message: str, said: str, advice: str
) -> None:
    account = Played(refusal=ClientError({"Error": {"Code": code, "Message": message}}, "Converse"))
    found = follow(account)
    assert found["state"] is State.UNKNOWN
    assert "says nothing about logging" in found["rung"].evidence[0]
    assert said in found["rung"].evidence[0]
    assert advice in str(found["rung"].next)
    assert account.count("filter") == 0


def test_progress_is_told_and_never_holds_a_body() -> None:
    phrases: list[str] = []
    follow(Played([{"events": []}] * 3 + [{"events": [event()]}]), progress=phrases.append)
    assert phrases[0] == "calling amazon.nova-micro-v1:0"
    assert any("waiting for the record" in phrase for phrase in phrases)


def test_a_metric_that_is_published_in_both_readings_is_counted_once() -> None:
    from bedrock_o11y.check.readers.metrics import read_delivery

    class Both(Played):
        def list_metrics(self, **request: Any) -> dict[str, Any]:
            own = {"Name": "ModelId", "Value": "Across all model IDs"}
            return {
                "Metrics": [{"Dimensions": [own]}, {"Dimensions": []}, {"Dimensions": [{"Name": "X", "Value": "y"}]}]
            }

        def get_metric_data(self, **request: Any) -> dict[str, Any]:
            now = datetime.now(UTC).replace(second=0, microsecond=0)
            return {
                "MetricDataResults": [
                    {"Id": query["Id"], "Timestamps": [now], "Values": [2.0]} for query in request["MetricDataQueries"]
                ]
            }

    reading = read_delivery(Both(), evidence(delivery=Reading.absent()))
    assert all(list(minutes.values()) == [2.0] for minutes in reading.value["series"].values())
    assert len(reading.value["listed"]) == 18


def test_whatever_is_called_a_body_is_redacted_and_paths_stay() -> None:
    record = record_of_canary(
        input={
            "inputBodyJson": {"a": 1},
            "inputBodyText": "secret",
            "inputBodyS3Path": "s3://b/k",
            "inputTokenCount": 6,
        },
        output={"outputBodyJson": [], "outputTokenCount": 2},
    )
    assert redacted(record)["input"] == {
        "inputBodyJson": "[redacted]",
        "inputBodyText": "[redacted]",
        "inputBodyS3Path": "s3://b/k",
        "inputTokenCount": 6,
    }
    assert redacted(record)["output"] == {"outputBodyJson": [], "outputTokenCount": 2}
    assert bodies(redacted(record)) == {}
