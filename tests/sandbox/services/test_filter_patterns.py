"""Filter patterns filter. Source: CloudWatch Logs user guide, filter pattern syntax; the examples are the guide's."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import error_of

if TYPE_CHECKING:
    from .conftest import Account

pytestmark = pytest.mark.sandbox

EVENT: dict[str, Any] = {
    "eventType": "UpdateTrail",
    "sourceIPAddress": "111.111.111.111",
    "arrayKey": ["value", "another value"],
    "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
    "SomeObject": None,
    "ThisFlag": True,
    "latency": 51.5,
    "nested": {"deep": {"text": "to be or not"}},
}

JSON_PATTERNS: dict[str, bool] = {
    '{ $.eventType = "UpdateTrail" }': True,
    '{ $.eventType = "updatetrail" }': False,
    "{ $.eventType = UpdateTrail }": True,
    "{ $.eventType = Update* }": True,
    '{ $.eventType = "*Trail" }': True,
    '{ $.eventType = "Update" }': False,
    '{ $.eventType != "UpdateTrail" }': False,
    '{ $.eventType != "DeleteTrail" }': True,
    "{ $.sourceIPAddress != 123.123.* }": True,
    "{ $.sourceIPAddress = 111.111.* }": True,
    '{ $.arrayKey[0] = "value" }': True,
    '{ $.arrayKey[1] = "value" }': False,
    '{ $.arrayKey[*] = "another value" }': True,
    "{ $.objectList[1].id = 2 }": True,
    '{ $.objectList[*].name = "b" }': True,
    "{ $.SomeObject IS NULL }": True,
    "{ $.eventType IS NULL }": False,
    "{ $.SomeOtherObject NOT EXISTS }": True,
    "{ $.SomeObject NOT EXISTS }": False,
    "{ $.ThisFlag IS TRUE }": True,
    "{ $.ThisFlag IS FALSE }": False,
    "{ $.latency > 50 }": True,
    "{ $.latency < 50 }": False,
    "{ $.latency = 51.5 }": True,
    "{ $.latency >= 5.15e1 }": True,
    "{ $.latency != 51.5 }": False,
    '{ $.nested.deep.text = "to be*" }': True,
    '{ $.nested["deep"].text = "to be or not" }': True,
    "{ $.nested.deep.text = %be.*not% }": True,
    '{ ($.eventType = "UpdateTrail") && ($.latency > 50) }': True,
    '{ ($.eventType = "UpdateTrail") && ($.latency > 60) }': False,
    '{ ($.eventType = "x") || ($.latency > 50) }': True,
    '{ $.eventType = "x" && $.latency > 50 || $.ThisFlag IS TRUE }': True,
    '{ $.eventType = "x" && ($.latency > 50 || $.ThisFlag IS TRUE) }': False,
    "{ $.missing = 1 }": False,
    "{ $.missing != 1 }": False,
    '{ $.eventType = "*" }': True,
}

TERM_PATTERNS: dict[tuple[str, str], bool] = {
    ("ERROR", "[ERROR 400] BAD REQUEST"): True,
    ("ERROR", "[error 400] bad request"): False,
    ("ERROR ARGUMENTS", "[ERROR 419] MISSING ARGUMENTS"): True,
    ("ERROR ARGUMENTS", "[ERROR 400] BAD REQUEST"): False,
    ("?ERROR ?ARGUMENTS", "[WARN] MISSING ARGUMENTS"): True,
    ("?ERROR ?ARGUMENTS", "[WARN] fine"): False,
    ("ERROR -ARGUMENTS", "[ERROR 400] BAD REQUEST"): True,
    ("ERROR -ARGUMENTS", "[ERROR 419] MISSING ARGUMENTS"): False,
    ('"INTERNAL SERVER ERROR"', "[ERROR 500] INTERNAL SERVER ERROR"): True,
    ('"INTERNAL SERVER ERROR"', "INTERNAL ERROR of the SERVER"): False,
    ("%ER+OR%", "[ERRROR]"): True,
    ("", "anything"): True,
    ('{ $.a = "b" }', "not JSON"): False,
}


@pytest.fixture(scope="module")
def group(sandbox: Any) -> Any:
    logs = sandbox.client("logs")
    name = f"/test/patterns-{time.time_ns()}"
    logs.create_log_group(logGroupName=name)
    logs.create_log_stream(logGroupName=name, logStreamName="s")
    now = int(time.time() * 1000)
    messages = [json.dumps(EVENT), *dict.fromkeys(message for _, message in TERM_PATTERNS)]
    events = [{"timestamp": now + number, "message": message} for number, message in enumerate(messages)]
    logs.put_log_events(logGroupName=name, logStreamName="s", logEvents=events)

    def matching(pattern: str) -> list[str]:
        found = logs.filter_log_events(logGroupName=name, filterPattern=pattern)["events"]
        return [event["message"] for event in found]

    matching.group = name  # type: ignore[attr-defined]
    return matching


@pytest.mark.parametrize("pattern", JSON_PATTERNS)
def test_a_json_pattern_matches_what_it_says(group: Any, pattern: str) -> None:
    assert group(pattern) == ([json.dumps(EVENT)] if JSON_PATTERNS[pattern] else [])


@pytest.mark.parametrize(("pattern", "message"), TERM_PATTERNS)
def test_terms_match_as_the_guide_says(group: Any, pattern: str, message: str) -> None:
    assert (message in group(pattern)) is TERM_PATTERNS[pattern, message]


@pytest.mark.parametrize(
    "pattern",
    [
        "[ip, user, ...]",
        '{ $.a = "b" ',
        "{ $.a }",
        "{ $.a == 1 }",
        '{ $.a > "text" }',
        "{ ($.a = 1 }",
        "{ a = 1 }",
        "{ $.a = 1 && }",
        "{ $.a IS SOMETHING }",
        '"not closed',
        "{ $.a = %(% }",
    ],
)
def test_a_pattern_that_cannot_be_matched_rightly_is_refused(account: Account, group: Any, pattern: str) -> None:
    code, message = error_of(account.logs.filter_log_events, logGroupName=group.group, filterPattern=pattern)
    assert (code, message.startswith("Invalid filter pattern")) == ("InvalidParameterException", True)


def test_pages_go_on_until_the_end(account: Account, group: Any) -> None:
    pages = account.logs.get_paginator("filter_log_events").paginate(
        logGroupName=group.group, PaginationConfig={"PageSize": 3}
    )
    found = [event["message"] for page in pages for event in page["events"]]
    assert found == group("")


def test_time_and_streams_limit_the_search(account: Account, group: Any) -> None:
    search = account.logs.filter_log_events
    name = group.group
    first = search(logGroupName=name, limit=1)["events"][0]
    assert search(logGroupName=name, endTime=first["timestamp"])["events"] == [first]
    assert first not in search(logGroupName=name, startTime=first["timestamp"] + 1)["events"]
    assert search(logGroupName=name, logStreamNamePrefix="t")["events"] == []
    assert error_of(search, logGroupName=name, logStreamNames=["t"])[0] == "ResourceNotFoundException"
