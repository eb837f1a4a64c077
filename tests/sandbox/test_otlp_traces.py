"""The OTLP endpoint for traces. Sources: OpenTelemetry Protocol specification; CloudWatch user guide."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.services.conftest import policy
from tests.sandbox.test_xray_account import PROTOBUF, tracing, tracing_clients

if TYPE_CHECKING:
    from tests.sandbox.test_xray_account import Tracing

__all__ = ["tracing", "tracing_clients"]

pytestmark = pytest.mark.sandbox

PATH = "/v1/traces"
TRACE, SPAN, PARENT = "5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174", "eee19b7ec3c1b173"
START = time.time_ns()
END = START + 1_500_000_000


def text(key: str, value: str) -> dict[str, Any]:
    return {"key": key, "value": {"stringValue": value}}


def span(**changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "traceId": TRACE,
        "spanId": SPAN,
        "parentSpanId": PARENT,
        "name": "chat model",
        "kind": 3,
        "startTimeUnixNano": str(START),
        "endTimeUnixNano": str(END),
        "attributes": [
            text("session.id", "s-1"),
            {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "12"}},
            {"key": "gen_ai.response.finish_reasons", "value": {"arrayValue": {"values": [{"stringValue": "end"}]}}},
            {"key": "ok", "value": {"boolValue": True}},
        ],
        "events": [{"timeUnixNano": str(END), "name": "gen_ai.choice", "attributes": [text("finish", "stop")]}],
        "status": {"code": 2, "message": "throttled"},
    }
    return made | changes


def request(*spans: dict[str, Any], resource: str = "agent.DEFAULT") -> dict[str, Any]:
    scope = {"scope": {"name": "strands.telemetry.tracer", "version": "1"}, "spans": list(spans)}
    return {"resourceSpans": [{"resource": {"attributes": [text("service.name", resource)]}, "scopeSpans": [scope]}]}


RECORD: dict[str, Any] = {
    "resource": {"attributes": {"service.name": "agent.DEFAULT"}},
    "scope": {"name": "strands.telemetry.tracer", "version": "1"},
    "traceId": TRACE,
    "spanId": SPAN,
    "parentSpanId": PARENT,
    "name": "chat model",
    "kind": "CLIENT",
    "startTimeUnixNano": START,
    "endTimeUnixNano": END,
    "durationNano": 1_500_000_000,
    "attributes": {
        "session.id": "s-1",
        "gen_ai.usage.input_tokens": 12,
        "gen_ai.response.finish_reasons": ["end"],
        "ok": True,
    },
    "events": [{"timeUnixNano": END, "name": "gen_ai.choice", "attributes": {"finish": "stop"}}],
    "status": {"code": "ERROR", "message": "throttled"},
}

# --- Protobuf, written by hand from the .proto files -------------------------------------------------------------


def varint(number: int) -> bytes:
    low, rest = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + varint(rest) if rest else bytes([low])


def nested(field: int, content: bytes | str) -> bytes:
    data = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(data)) + data


def counted(field: int, number: int) -> bytes:
    return varint(field << 3) + varint(number)


def fixed(field: int, number: int) -> bytes:
    return varint(field << 3 | 1) + number.to_bytes(8, "little")


def pair(key: str, value: bytes) -> bytes:
    return nested(1, key) + nested(2, value)


def binary_span() -> bytes:
    attributes = (
        pair("session.id", nested(1, "s-1")),
        pair("gen_ai.usage.input_tokens", counted(3, 12)),
        pair("gen_ai.response.finish_reasons", nested(5, nested(1, nested(1, "end")))),
        pair("ok", counted(2, 1)),
    )
    event = fixed(1, END) + nested(2, "gen_ai.choice") + nested(3, pair("finish", nested(1, "stop")))
    return (
        nested(1, bytes.fromhex(TRACE))
        + nested(2, bytes.fromhex(SPAN))
        + nested(4, bytes.fromhex(PARENT))
        + nested(5, "chat model")
        + counted(6, 3)
        + fixed(7, START)
        + fixed(8, END)
        + b"".join(nested(9, item) for item in attributes)
        + nested(11, event)
        + nested(15, nested(2, "throttled") + counted(3, 2))
    )


def binary_request(*spans: bytes) -> bytes:
    scope = nested(1, nested(1, "strands.telemetry.tracer") + nested(2, "1"))
    resource = nested(1, nested(1, pair("service.name", nested(1, "agent.DEFAULT"))))
    return nested(1, resource + nested(2, scope + b"".join(nested(2, item) for item in spans)))


# --- What arrives ------------------------------------------------------------------------------------------------


def test_spans_in_json_arrive_with_the_names_that_queries_use(tracing: Tracing) -> None:
    tracing.search()
    assert tracing.post(PATH, request(span())) == (200, b"{}")
    assert tracing.kept() == [RECORD]


def test_spans_in_protobuf_arrive_just_so(tracing: Tracing) -> None:
    tracing.search()
    assert tracing.post(PATH, binary_request(binary_span())) == (200, b"")
    assert tracing.kept() == [RECORD]


def test_a_packed_request_is_unpacked(tracing: Tracing) -> None:
    tracing.search()
    assert tracing.post(PATH, binary_request(binary_span()), Content_Encoding="gzip")[0] == 200
    assert tracing.kept() == [RECORD]


def test_the_host_name_of_aws_leads_to_the_same_endpoint(tracing: Tracing) -> None:
    tracing.search()
    assert tracing.post(PATH, request(span()), Host="xray.us-east-1.amazonaws.com")[0] == 200
    assert tracing.kept() == [RECORD]


def test_fields_that_the_specification_does_not_know_are_ignored(tracing: Tracing) -> None:
    tracing.search()
    assert tracing.post(PATH, request(span(futureField=1)))[0] == 200
    assert tracing.kept() == [RECORD]


def test_a_root_span_with_nothing_to_say_is_short(tracing: Tracing) -> None:
    tracing.search()
    tracing.post(PATH, request({"traceId": TRACE, "spanId": SPAN, "name": "x"}))
    [record] = tracing.kept()
    assert set(RECORD) - set(record) == {"parentSpanId", "events"}
    assert (record["kind"], record["status"], record["attributes"]) == ("UNSPECIFIED", {"code": "UNSET"}, {})


def test_insights_finds_a_span_by_its_session(tracing: Tracing) -> None:
    tracing.search()
    other = span(spanId="1" * 16, attributes=[text("session.id", "s-2")])
    tracing.post(PATH, request(span(), other))
    query = tracing.logs.start_query(
        logGroupName="aws/spans", startTime=START // 10**9 - 60, endTime=int(time.time()) + 60,
        queryString="fields spanId, durationNano | filter attributes.session.id = 's-1'",
    )["queryId"]  # fmt: skip
    [row] = tracing.logs.get_query_results(queryId=query)["results"]
    found = {cell["field"]: cell["value"] for cell in row}
    assert (found["spanId"], float(found["durationNano"])) == (SPAN, 1.5e9)


# --- Another log group -------------------------------------------------------------------------------------------


def test_headers_send_the_spans_to_another_log_group(tracing: Tracing) -> None:
    tracing.search()
    there = tracing.stream()
    tracing.let_xray_write(there[0], name="Agents")
    assert tracing.post(PATH, request(span()), to=there)[0] == 200
    assert tracing.kept(*there) == [RECORD]
    assert tracing.kept() == []


def test_the_policy_of_the_log_group_itself_will_do(tracing: Tracing) -> None:
    tracing.search()
    there = tracing.stream()
    arn = f"arn:aws:logs:{tracing.region}:{tracing.id}:log-group:{there[0]}"
    statement = {"Effect": "Allow", "Principal": {"Service": "xray.amazonaws.com"}, "Action": "logs:PutLogEvents"}
    document = policy({**statement, "Resource": f"{arn}:log-stream:{there[1]}"})
    tracing.logs.put_resource_policy(resourceArn=arn, policyDocument=document)
    assert tracing.post(PATH, request(span()), to=there)[0] == 200
    assert tracing.kept(*there) == [RECORD]


def test_without_a_policy_for_xray_the_other_log_group_is_closed(tracing: Tracing) -> None:
    tracing.search()
    there = tracing.stream()
    tracing.let_xray_write(there[0], name="Agents", Principal={"Service": "delivery.logs.amazonaws.com"})
    status, body = tracing.post(PATH, request(span()), to=there)
    assert status == 403
    assert b"XRay does not have permission to call PutLogEvents" in body
    assert tracing.kept(*there) == []


@pytest.mark.parametrize(
    "to", [("/test/no-such-group", "events"), ("/test/there", "no-such-stream"), ("/test/there", ""), ("", "events")]
)
def test_a_log_group_or_stream_that_is_not_there_is_refused(tracing: Tracing, to: tuple[str, str]) -> None:
    tracing.search()
    tracing.let_xray_write("/test/*", name="Agents")
    if not tracing.logs.describe_log_groups(logGroupNamePrefix="/test/there")["logGroups"]:
        tracing.logs.create_log_group(logGroupName="/test/there")
    assert tracing.post(PATH, request(span()), to=to)[0] == 400
    assert tracing.kept() == []


def test_a_fault_on_putting_segments_falls_on_the_endpoint_too(tracing: Tracing) -> None:
    tracing.search()
    tracing.sandbox.faults.add("xray:PutTraceSegments", "deny", times=1)
    assert [tracing.post(PATH, request(span()))[0] for _ in range(2)] == [403, 200]
    assert tracing.kept() == [RECORD]
    tracing.sandbox.faults.clear()


# --- What is refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pending", [False, True])
def test_before_transaction_search_is_active_nothing_is_taken(tracing: Tracing, pending: bool) -> None:
    if pending:
        tracing.let_xray_write()
        tracing.settings(trace_destination_seconds=600)
        tracing.xray.update_trace_segment_destination(Destination="CloudWatchLogs")
    status, body = tracing.post(PATH, request(span()))
    assert status == 400
    assert b"CloudWatch Logs" in body


def test_without_the_policy_nothing_is_taken_any_more(tracing: Tracing) -> None:
    tracing.search()
    tracing.logs.delete_resource_policy(policyName="TransactionSearchAccess")
    assert tracing.post(PATH, request(span()))[0] == 403
    assert tracing.kept() == []


LARGE: dict[str, tuple[dict[str, Any], bool]] = {
    "10,000 spans": (request(*[{"traceId": TRACE, "spanId": SPAN}] * 10_000), True),
    "10,001 spans": (request(*[{"traceId": TRACE, "spanId": SPAN}] * 10_001), False),
    "a span under 200 KB": (request(span(attributes=[text("x", "y" * 199 * 1024)])), True),
    "a span over 200 KB": (request(span(attributes=[text("x", "y" * 200 * 1024)])), False),
    "a resource under 16 KB": (request(span(), resource="y" * 15 * 1024), True),
    "a resource over 16 KB": (request(span(), resource="y" * 16 * 1024), False),
    "over 5 MB": (request(*[span(attributes=[text("x", "y" * 180 * 1024)])] * 29), False),
}


@pytest.mark.parametrize(("body", "accepted"), LARGE.values(), ids=LARGE)
def test_the_limits_of_the_endpoint(tracing: Tracing, body: dict[str, Any], accepted: bool) -> None:
    tracing.search()
    assert tracing.post(PATH, body)[0] == (200 if accepted else 400)
    assert bool(tracing.kept()) is accepted


MALFORMED: dict[str, bytes | dict[str, Any]] = {
    "bytes that are no protobuf": b"\x0a\xff",
    "an id that is not hexadecimal": request(span(traceId="no")),
    "a short trace id": request(span(traceId="abcd")),
    "no span id": request(span(spanId="")),
    "a number that is a list": request(span(startTimeUnixNano=[])),
    "no list of resources": {"resourceSpans": 1},
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_request_is_refused_as_a_whole(tracing: Tracing, body: bytes | dict[str, Any]) -> None:
    tracing.search()
    assert tracing.post(PATH, body)[0] == 400
    assert tracing.kept() == []


def test_another_content_type_is_refused(tracing: Tracing) -> None:
    tracing.search()
    assert tracing.post(PATH, request(span()), Content_Type="text/plain")[0] == 415
    assert tracing.kept() == []


def test_a_refusal_in_protobuf_is_a_status_message(tracing: Tracing) -> None:
    status, body = tracing.post(PATH, binary_request(binary_span()), Content_Type=PROTOBUF)
    assert status == 400
    assert body[0] == 2 << 3 | 2  # google.rpc.Status: field 2, the message
    assert len(body) == 2 + body[1]
    assert body[2:].decode().endswith(".")
