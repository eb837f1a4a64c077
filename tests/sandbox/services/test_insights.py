"""Insights answers rightly or refuses. Source: CloudWatch Logs user guide, Logs Insights query syntax."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from .conftest import Account, error_of

pytestmark = pytest.mark.sandbox

EVENTS: list[dict[str, Any]] = [
    {"modelId": "a", "input": {"inputTokenCount": 10}, "identity": {"arn": "x"}, "operation": "Converse"},
    {"modelId": "b", "input": {"inputTokenCount": 5}, "identity": {"arn": "x"}, "operation": "Converse"},
    {"modelId": "a", "input": {"inputTokenCount": 7}, "identity": {"arn": "y"}, "errorCode": "ThrottlingException"},
    {"modelId": "a", "list": [{"name": "first"}], "flag": True},
]


@pytest.fixture(scope="module")
def ask(sandbox: Any) -> Any:
    account = Account(sandbox, {})
    group = account.group()
    logs = account.logs
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    now = int(time.time() * 1000)
    messages = ["not JSON", *(json.dumps(event) for event in EVENTS)]
    events = [{"timestamp": now + number, "message": message} for number, message in enumerate(messages)]
    logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=events)

    def ask(query: str, **options: Any) -> list[dict[str, str]]:
        request = {"logGroupName": group, "startTime": 0, "endTime": int(time.time()) + 60, "queryString": query}
        answer = logs.get_query_results(queryId=logs.start_query(**request, **options)["queryId"])
        assert answer["status"] == "Complete"
        return [{item["field"]: item["value"] for item in row if item["field"] != "@ptr"} for row in answer["results"]]

    ask.logs, ask.group = logs, group  # type: ignore[attr-defined]
    return ask


ANSWERS: dict[str, list[dict[str, str]]] = {
    'filter modelId = "b" | fields input.inputTokenCount': [{"input.inputTokenCount": "5"}],
    "filter ispresent(errorCode) | stats count(*) as n by errorCode, modelId": [
        {"errorCode": "ThrottlingException", "modelId": "a", "n": "1"}
    ],
    "stats sum(input.inputTokenCount) as tokens, count(*) as calls by modelId | sort tokens desc | limit 1": [
        {"modelId": "a", "tokens": "17", "calls": "3"}
    ],
    "filter ispresent(modelId) | stats count(*) by modelId | sort modelId": [
        {"modelId": "a", "count(*)": "3"},
        {"modelId": "b", "count(*)": "1"},
    ],
    "stats avg(input.inputTokenCount), min(input.inputTokenCount), max(input.inputTokenCount)": [
        {
            "avg(input.inputTokenCount)": "7.333333333333333",
            "min(input.inputTokenCount)": "5",
            "max(input.inputTokenCount)": "10",
        }
    ],
    "stats count_distinct(identity.arn) as callers": [{"callers": "2"}],
    "filter input.inputTokenCount >= 7 and not ispresent(errorCode) | fields modelId": [{"modelId": "a"}],
    "filter modelId in ['b', 'c'] or errorCode like /Throttling/ | fields modelId": [
        {"modelId": "a"},
        {"modelId": "b"},
    ],
    'filter errorCode like "throttling" | fields modelId': [],
    "filter errorCode like /throttling/i | fields modelId as m": [{"m": "a"}],
    "filter @message not like /modelId/ | fields @message": [{"@message": "not JSON"}],
    "fields list.0.name, flag | filter ispresent(flag)": [{"list.0.name": "first", "flag": "true"}],
    "# a comment\nfilter modelId != 'a' | fields modelId": [{"modelId": "b"}],
    "stats count(*) as n by modelId | filter n > 2": [{"modelId": "a", "n": "3"}],
    "stats sum(missing) as nothing": [{"nothing": "0"}],
}


@pytest.mark.parametrize("query", ANSWERS)
def test_a_query_is_answered(ask: Any, query: str) -> None:
    found = ask(query)
    assert sorted(found, key=str) == sorted(ANSWERS[query], key=str)


def test_rows_are_sorted_as_asked(ask: Any) -> None:
    rows = ask("fields input.inputTokenCount as t | filter t > 0 | sort t desc")
    assert [row["t"] for row in rows] == ["10", "7", "5"]
    ordered = ask("filter ispresent(input.inputTokenCount) | fields modelId | sort input.inputTokenCount desc")
    assert [row["modelId"] for row in ordered] == ["a", "a", "b"]


def test_a_time_bin_holds_its_events(ask: Any) -> None:
    rows = ask("stats count(*) as n by bin(1d)")
    assert sum(int(row["n"]) for row in rows) == len(EVENTS) + 1


def test_without_fields_the_event_is_shown_with_a_pointer(ask: Any) -> None:
    [row] = ask("filter modelId = 'b'")
    assert json.loads(row["@message"]) == EVENTS[1]
    assert row["@log"].endswith(ask.group)


@pytest.mark.parametrize(
    "query",
    [
        "parse @message '*' as a",
        "dedup modelId",
        "fields strlen(modelId)",
        "fields a + b",
        "stats pct(latency, 99)",
        "stats count(*) | stats count(*)",
        "stats count(*) as n | display n",
        "limit 1 | stats count(*)",
        "filter modelId",
        "filter modelId ~ 'a'",
        "filter (modelId = 'a'",
        "stats sum(*)",
        "stats count(*) by bin(5x)",
        "SOURCE logGroups()",
        "unmask @message",
        "limit many",
    ],
)
def test_what_is_not_understood_is_refused(ask: Any, query: str) -> None:
    request = {"logGroupName": ask.group, "startTime": 0, "endTime": 10, "queryString": query}
    assert error_of(ask.logs.start_query, **request)[0] == "MalformedQueryException"


def test_another_language_and_a_missing_group_are_refused(ask: Any) -> None:
    request = {"logGroupName": ask.group, "startTime": 0, "endTime": 10, "queryString": "SELECT 1"}
    assert error_of(ask.logs.start_query, queryLanguage="SQL", **request)[0] == "MalformedQueryException"
    missing = request | {"logGroupName": "/not/there", "queryString": "fields @message"}
    assert error_of(ask.logs.start_query, **missing)[0] == "ResourceNotFoundException"
