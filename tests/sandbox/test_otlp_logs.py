"""The OTLP endpoint for logs. Sources: OpenTelemetry Protocol specification; CloudWatch user guide."""

from __future__ import annotations

import json
import struct
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.test_otlp_traces import SPAN, TRACE, counted, fixed, nested, pair, text
from tests.sandbox.test_xray_account import tracing, tracing_clients

if TYPE_CHECKING:
    from tests.sandbox.test_xray_account import Tracing

__all__ = ["tracing", "tracing_clients"]

pytestmark = pytest.mark.sandbox

PATH = "/v1/logs"
WHEN = time.time_ns()


def record(**changes: Any) -> dict[str, Any]:
    body = {"kvlistValue": {"values": [text("input", "hello"), {"key": "n", "value": {"doubleValue": 0.5}}]}}
    made: dict[str, Any] = {
        "timeUnixNano": str(WHEN),
        "observedTimeUnixNano": str(WHEN + 1),
        "severityNumber": 9,
        "severityText": "INFO",
        "body": body,
        "attributes": [text("event.name", "gen_ai.choice")],
        "traceId": TRACE,
        "spanId": SPAN,
        "flags": 1,
    }
    return made | changes


def request(*records: dict[str, Any]) -> dict[str, Any]:
    scope = {"scope": {"name": "bedrock"}, "logRecords": list(records)}
    return {"resourceLogs": [{"resource": {"attributes": [text("service.name", "agent")]}, "scopeLogs": [scope]}]}


KEPT = {
    "resource": {"attributes": {"service.name": "agent"}},
    "scope": {"name": "bedrock"},
    "timeUnixNano": WHEN,
    "observedTimeUnixNano": WHEN + 1,
    "severityNumber": 9,
    "severityText": "INFO",
    "body": {"input": "hello", "n": 0.5},
    "attributes": {"event.name": "gen_ai.choice"},
    "flags": 1,
    "traceId": TRACE,
    "spanId": SPAN,
}


def binary_request() -> bytes:
    half = bytes([4 << 3 | 1]) + struct.pack("<d", 0.5)
    body = nested(6, nested(1, pair("input", nested(1, "hello"))) + nested(1, pair("n", half)))
    item = (
        fixed(1, WHEN)
        + counted(2, 9)
        + nested(3, "INFO")
        + nested(5, body)
        + nested(6, pair("event.name", nested(1, "gen_ai.choice")))
        + bytes([8 << 3 | 5, 1, 0, 0, 0])
        + nested(9, bytes.fromhex(TRACE))
        + nested(10, bytes.fromhex(SPAN))
        + fixed(11, WHEN + 1)
    )
    resource = nested(1, nested(1, pair("service.name", nested(1, "agent"))))
    return nested(1, resource + nested(2, nested(1, nested(1, "bedrock")) + nested(2, item)))


def test_records_in_json_arrive_in_the_named_stream(tracing: Tracing) -> None:
    there = tracing.stream()
    assert tracing.post(PATH, request(record()), to=there)[0] == 200
    assert tracing.kept(*there) == [KEPT]
    [event] = tracing.logs.get_log_events(logGroupName=there[0], logStreamName=there[1])["events"]
    assert event["timestamp"] == WHEN // 1_000_000


def test_records_in_protobuf_arrive_just_so(tracing: Tracing) -> None:
    there = tracing.stream()
    assert tracing.post(PATH, binary_request(), to=there, Content_Encoding="gzip") == (200, b"")
    assert tracing.kept(*there) == [KEPT]


def test_the_host_name_of_aws_leads_to_the_same_endpoint(tracing: Tracing) -> None:
    there = tracing.stream()
    assert tracing.post(PATH, request(record()), to=there, Host="logs.us-east-1.amazonaws.com")[0] == 200
    assert tracing.kept(*there) == [KEPT]


def test_a_record_without_a_time_has_the_time_at_which_it_was_observed(tracing: Tracing) -> None:
    there = tracing.stream()
    tracing.post(PATH, request(record(timeUnixNano="0", observedTimeUnixNano="5000000000000")), to=there)
    [event] = tracing.logs.get_log_events(logGroupName=there[0], logStreamName=there[1], startFromHead=True)["events"]
    assert event["timestamp"] == 5_000_000


def test_logs_need_no_transaction_search(tracing: Tracing) -> None:
    assert tracing.xray.get_trace_segment_destination()["Destination"] == "XRay"
    assert tracing.post(PATH, request(record()), to=tracing.stream())[0] == 200


def test_what_is_masked_in_the_log_group_is_masked_here_too(tracing: Tracing) -> None:
    there = tracing.stream()
    identifier = ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"]
    document = {
        "Name": "mask",
        "Version": "2021-06-01",
        "Statement": [
            {"DataIdentifier": identifier, "Operation": {"Audit": {"FindingsDestination": {}}}},
            {"DataIdentifier": identifier, "Operation": {"Deidentify": {"MaskConfig": {}}}},
        ],
    }
    tracing.logs.put_data_protection_policy(logGroupIdentifier=there[0], policyDocument=json.dumps(document))
    tracing.post(PATH, request(record(body={"stringValue": "from jane@example.com"})), to=there)
    [kept] = tracing.kept(*there)
    assert "jane@example.com" not in kept["body"]


NOWHERE: list[tuple[str, str] | None] = [
    ("/test/no-such-group", "events"),
    ("/test/logs", "no-such-stream"),
    ("/test/logs", ""),
    ("", "events"),
    None,
]


@pytest.mark.parametrize("to", NOWHERE)
def test_log_group_and_stream_must_exist(tracing: Tracing, to: tuple[str, str] | None) -> None:
    if not tracing.logs.describe_log_groups(logGroupNamePrefix="/test/logs")["logGroups"]:
        tracing.logs.create_log_group(logGroupName="/test/logs")
    assert tracing.post(PATH, request(record()), to=to)[0] == 400


def test_spans_cannot_be_slipped_into_the_log_group_of_aws(tracing: Tracing) -> None:
    tracing.search()
    assert tracing.post(PATH, request(record()), to=("aws/spans", "default"))[0] == 400
    assert tracing.kept() == []


SMALL: dict[str, Any] = {"body": {"stringValue": "x"}}
LARGE: dict[str, tuple[dict[str, Any], bool]] = {
    "10,000 records": (request(*[SMALL] * 10_000), True),
    "10,001 records": (request(*[SMALL] * 10_001), False),
    "under 1 MB": (request({"body": {"stringValue": "y" * (1024 * 1024 - 500)}}), True),
    "over 1 MB": (request({"body": {"stringValue": "y" * 1024 * 1024}}), False),
}


@pytest.mark.parametrize(("body", "accepted"), LARGE.values(), ids=LARGE)
def test_the_limits_of_the_endpoint(tracing: Tracing, body: dict[str, Any], accepted: bool) -> None:
    there = tracing.stream()
    assert tracing.post(PATH, body, to=there)[0] == (200 if accepted else 400)
    assert bool(tracing.kept(*there)) is accepted


@pytest.mark.parametrize("body", [b"\x0a\xff", request(record(traceId="no")), {"resourceLogs": 1}])
def test_a_malformed_request_is_refused_as_a_whole(tracing: Tracing, body: bytes | dict[str, Any]) -> None:
    there = tracing.stream()
    assert tracing.post(PATH, body, to=there)[0] == 400
    assert tracing.kept(*there) == []
