"""Trace segments. Source: X-Ray developer guide, segment documents; CloudWatch user guide, "Transaction Search"."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.services.conftest import error_of, eventually
from tests.sandbox.test_xray_account import tracing, tracing_clients

if TYPE_CHECKING:
    from tests.sandbox.test_xray_account import Tracing

__all__ = ["tracing", "tracing_clients"]

pytestmark = pytest.mark.sandbox

NOW = time.time()


def trace_id(last: str = "", when: float = NOW) -> str:
    random = os.urandom(12).hex()
    return f"1-{int(when):08x}-{random[: 24 - len(last)]}{last}"


def segment(**changes: Any) -> dict[str, Any]:
    made = {"id": os.urandom(8).hex(), "trace_id": trace_id(), "name": "agent", "start_time": NOW - 2, "end_time": NOW}
    return {name: value for name, value in (made | changes).items() if value is not None}


def put(tracing: Tracing, *documents: dict[str, Any] | str) -> list[dict[str, Any]]:
    sent = [item if isinstance(item, str) else json.dumps(item) for item in documents]
    return list(tracing.xray.put_trace_segments(TraceSegmentDocuments=sent)["UnprocessedTraceSegments"])


def test_a_trace_is_read_back_as_it_was_put(tracing: Tracing) -> None:
    root = segment()
    child = segment(trace_id=root["trace_id"], parent_id=root["id"], type="subsegment", start_time=NOW - 1)
    assert put(tracing, root, child, segment()) == []
    [trace] = tracing.xray.batch_get_traces(TraceIds=[root["trace_id"], trace_id()])["Traces"]
    assert trace["Id"] == root["trace_id"]
    assert trace["Duration"] == pytest.approx(2)
    assert [json.loads(item["Document"]) for item in trace["Segments"]] == [root, child]


def test_a_segment_in_progress_is_replaced_when_it_is_complete(tracing: Tracing) -> None:
    begun = segment(in_progress=True, end_time=None)
    put(tracing, begun)
    assert summaries(tracing)[begun["trace_id"]]["IsPartial"] is True
    put(tracing, begun | {"end_time": NOW, "in_progress": False})
    assert summaries(tracing)[begun["trace_id"]]["IsPartial"] is False
    [trace] = tracing.xray.batch_get_traces(TraceIds=[begun["trace_id"]])["Traces"]
    assert len(trace["Segments"]) == 1


def summaries(tracing: Tracing, **more: Any) -> dict[str, dict[str, Any]]:
    answer = tracing.xray.get_trace_summaries(**({"StartTime": NOW - 60, "EndTime": NOW + 60} | more))
    return {item["Id"]: item for item in answer["TraceSummaries"]}


def test_a_summary_says_what_happened(tracing: Tracing) -> None:
    http = {"request": {"method": "POST", "url": "https://agent.example/"}, "response": {"status": 500}}
    root = segment(fault=True, http=http)
    put(tracing, root, segment(trace_id=root["trace_id"], parent_id=root["id"], error=True, throttle=True))
    found = summaries(tracing)[root["trace_id"]]
    assert (found["HasFault"], found["HasError"], found["HasThrottle"]) == (True, True, True)
    assert found["Http"] == {"HttpURL": "https://agent.example/", "HttpMethod": "POST", "HttpStatus": 500}
    assert found["ResponseTime"] == pytest.approx(2)


def test_summaries_are_those_of_the_time_in_the_trace_id_or_of_the_segments(tracing: Tracing) -> None:
    old = segment(trace_id=trace_id(when=NOW - 3600))
    put(tracing, old)
    assert old["trace_id"] not in summaries(tracing)
    assert old["trace_id"] in summaries(tracing, TimeRangeType="Event")
    assert old["trace_id"] in summaries(tracing, StartTime=NOW - 3700)


def test_what_cannot_be_answered_is_refused(tracing: Tracing) -> None:
    when = {"StartTime": NOW, "EndTime": NOW + 1}
    assert error_of(tracing.xray.get_trace_summaries, **when, FilterExpression="fault")[0] == "InvalidRequestException"
    assert error_of(tracing.xray.get_trace_summaries, StartTime=NOW, EndTime=NOW)[0] == "InvalidRequestException"


BAD: dict[str, tuple[dict[str, Any] | str, str]] = {
    "no JSON": ("{", "ParseError"),
    "no object": ("[]", "ParseError"),
    "no id": (segment(id=None), "InvalidId"),
    "a short id": (segment(id="abc"), "InvalidId"),
    "no trace id": (segment(trace_id=None), "InvalidTraceId"),
    "a trace id of OpenTelemetry": (segment(trace_id="0af7651916cd43dd8448eb211c80319c"), "InvalidTraceId"),
    "no name": (segment(name=""), "MissingName"),
    "no start": (segment(start_time=None), "MissingStartTime"),
    "a start that is no number": (segment(start_time="now"), "MissingStartTime"),
    "no end": (segment(end_time=None), "MissingEndTime"),
    "a subsegment of nothing": (segment(type="subsegment"), "MissingParentId"),
    "over 64 KB": (segment(metadata={"x": "y" * 64 * 1024}), "SegmentTooLarge"),
}


@pytest.mark.parametrize(("bad", "code"), BAD.values(), ids=BAD)
def test_a_bad_document_is_not_processed_and_the_others_are(
    tracing: Tracing, bad: dict[str, Any] | str, code: str
) -> None:
    good = segment()
    assert [item["ErrorCode"] for item in put(tracing, bad, good)] == [code]
    assert len(tracing.xray.batch_get_traces(TraceIds=[good["trace_id"]])["Traces"]) == 1


def test_a_document_of_64_kilobytes_is_processed(tracing: Tracing) -> None:
    document = json.dumps(segment())
    assert put(tracing, document + " " * (64 * 1024 - len(document))) == []


def test_telemetry_records_are_taken(tracing: Tracing) -> None:
    tracing.xray.put_telemetry_records(TelemetryRecords=[{"Timestamp": NOW, "SegmentsReceivedCount": 1}])


# --- Transaction Search ------------------------------------------------------------------------------------------


def test_with_transaction_search_every_segment_is_a_span_in_the_log_group(tracing: Tracing) -> None:
    tracing.search()
    inner = {"id": os.urandom(8).hex(), "name": "bedrock", "namespace": "aws", "start_time": NOW - 1, "end_time": NOW}
    unfinished = {"id": os.urandom(8).hex(), "name": "later", "start_time": NOW - 1, "in_progress": True}
    root = segment(subsegments=[inner, unfinished], fault=True, annotations={"session.id": "s-1"})
    assert put(tracing, root, segment(in_progress=True, end_time=None)) == []
    first, second = tracing.kept()
    assert first["traceId"] == root["trace_id"].replace("-", "")[1:]
    assert (first["spanId"], first["name"], first["kind"]) == (root["id"], "agent", "SERVER")
    assert "parentSpanId" not in first
    assert first["durationNano"] == first["endTimeUnixNano"] - first["startTimeUnixNano"] == 2_000_000_000
    assert first["status"] == {"code": "ERROR"}
    assert first["attributes"] == {"session.id": "s-1"}
    assert first["resource"]["attributes"] == {"service.name": "agent"}
    assert (second["spanId"], second["parentSpanId"], second["kind"]) == (inner["id"], root["id"], "CLIENT")
    assert second["traceId"] == first["traceId"]


def test_only_the_indexed_percentage_can_still_be_read_from_xray(tracing: Tracing) -> None:
    tracing.search()
    # Decided by the last digits of the trace id: 0 and just under one half.
    low, high = segment(trace_id=trace_id("00000000")), segment(trace_id=trace_id("7fffffff"))

    def indexed(percentage: float) -> int:
        rule = {"Probabilistic": {"DesiredSamplingPercentage": percentage}}
        tracing.xray.update_indexing_rule(Name="Default", Rule=rule)
        put(tracing, low, high)
        return len(tracing.xray.batch_get_traces(TraceIds=[low["trace_id"], high["trace_id"]])["Traces"])

    assert [indexed(0), indexed(1), indexed(50)] == [0, 1, 2]
    assert len(tracing.kept()) == 6


def test_while_the_change_is_pending_segments_stay_in_xray(tracing: Tracing) -> None:
    tracing.let_xray_write()
    tracing.settings(trace_destination_seconds=0.5)
    tracing.xray.update_trace_segment_destination(Destination="CloudWatchLogs")
    early = segment()
    put(tracing, early)
    assert eventually(lambda: tracing.xray.get_trace_segment_destination()["Status"] == "ACTIVE")
    assert tracing.kept() == []
    assert len(tracing.xray.batch_get_traces(TraceIds=[early["trace_id"]])["Traces"]) == 1


def test_without_the_policy_nothing_is_written_any_more(tracing: Tracing) -> None:
    tracing.search()
    tracing.logs.delete_resource_policy(policyName="TransactionSearchAccess")
    assert put(tracing, segment()) == []
    assert tracing.kept() == []


def test_back_to_xray_nothing_more_is_written(tracing: Tracing) -> None:
    tracing.search()
    tracing.xray.update_trace_segment_destination(Destination="XRay")
    put(tracing, segment())
    assert tracing.kept() == []
