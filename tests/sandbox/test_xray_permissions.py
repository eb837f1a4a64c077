"""Who may use X-Ray and the OTLP endpoints, tried live; what a caller says of a request changes nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

from tests.sandbox.services.conftest import policy
from tests.sandbox.test_otlp_logs import record
from tests.sandbox.test_otlp_logs import request as logs_request
from tests.sandbox.test_otlp_traces import request as traces_request
from tests.sandbox.test_otlp_traces import span
from tests.sandbox.test_xray_account import tracing, tracing_clients

if TYPE_CHECKING:
    from tests.sandbox.test_xray_account import Tracing

__all__ = ["tracing", "tracing_clients"]

pytestmark = pytest.mark.sandbox

CALLER = "telemetry-sender"


def allow(action: str | list[str], resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def as_caller(tracing: Tracing, *statements: dict[str, Any]) -> str:
    if not any(role["RoleName"] == CALLER for role in tracing.iam.list_roles()["Roles"]):
        trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{tracing.id}:root"}, "Action": "sts:AssumeRole"}
        tracing.iam.create_role(RoleName=CALLER, AssumeRolePolicyDocument=policy(trust))
    tracing.iam.put_role_policy(RoleName=CALLER, PolicyName="send", PolicyDocument=policy(*statements))
    return CALLER


def test_traces_need_the_permission_to_put_segments(tracing: Tracing) -> None:
    tracing.search()
    body = traces_request(span())
    assert tracing.post("/v1/traces", body, role=as_caller(tracing, allow("xray:PutTraceSegments")))[0] == 200
    assert len(tracing.kept()) == 1
    # Which action AWS asks for is documented by the managed policy alone; xray:PutSpans is not in it.
    status, answer = tracing.post("/v1/traces", body, role=as_caller(tracing, allow(["xray:PutSpans", "logs:*"])))
    assert status == 403
    assert b"xray:PutTraceSegments" in answer
    assert len(tracing.kept()) == 1


def test_traces_for_another_log_group_need_no_permission_of_the_caller_on_it(tracing: Tracing) -> None:
    tracing.search()
    there = tracing.stream()
    tracing.let_xray_write(there[0], name="Agents")
    role = as_caller(tracing, allow("xray:PutTraceSegments"))
    assert tracing.post("/v1/traces", traces_request(span()), to=there, role=role)[0] == 200
    assert len(tracing.kept(*there)) == 1


def test_logs_need_the_permission_on_the_stream_of_the_headers(tracing: Tracing) -> None:
    there = tracing.stream()
    group = f"arn:aws:logs:{tracing.region}:{tracing.id}:log-group:{there[0]}"
    looks = (allow("logs:DescribeLogGroups"), allow("logs:DescribeLogStreams", f"{group}:*"))

    def status(*statements: dict[str, Any]) -> int:
        return tracing.post("/v1/logs", logs_request(record()), to=there, role=as_caller(tracing, *statements))[0]

    for resource in (group, f"{group}:log-stream:other", f"{group}x:*"):
        assert status(allow("logs:PutLogEvents", resource), *looks) == 400  # how CloudWatch Logs refuses
    assert status(allow(["xray:*", "logs:CreateLogStream"]), *looks) == 400
    assert tracing.kept(*there) == []
    assert status(allow("logs:PutLogEvents", f"{group}:log-stream:{there[1]}"), *looks) == 200
    assert status(allow("logs:PutLogEvents", f"{group}:*"), *looks) == 200
    assert len(tracing.kept(*there)) == 2


def test_logs_need_the_permissions_to_look_for_group_and_stream(tracing: Tracing) -> None:
    """CloudWatch user guide, "OTLP endpoints": PutLogEvents, DescribeLogGroups and DescribeLogStreams."""
    there = tracing.stream()
    group = f"arn:aws:logs:{tracing.region}:{tracing.id}:log-group:{there[0]}"
    puts = allow("logs:PutLogEvents", f"{group}:*")
    groups, streams = allow("logs:DescribeLogGroups"), allow("logs:DescribeLogStreams", f"{group}:*")

    def answer(*statements: dict[str, Any]) -> tuple[int, bytes]:
        return tracing.post("/v1/logs", logs_request(record()), to=there, role=as_caller(tracing, *statements))

    for missing, statements in {
        b"logs:DescribeLogGroups": (puts, streams),
        b"logs:DescribeLogStreams": (puts, groups),
    }.items():
        status, said = answer(*statements)
        assert status == 400
        assert missing in said
    assert answer(puts, groups, allow("logs:DescribeLogStreams", f"{group}x:*"))[0] == 400
    assert tracing.kept(*there) == []
    assert answer(puts, groups, streams)[0] == 200


def test_transaction_search_is_enabled_with_the_documented_permissions(tracing: Tracing) -> None:
    tracing.settings(trace_destination_seconds=0)
    tracing.let_xray_write()
    update = allow("xray:UpdateTraceSegmentDestination")
    groups = allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutRetentionPolicy"], Resource=[
        "arn:aws:logs:*:*:log-group:/aws/application-signals/data:*", "arn:aws:logs:*:*:log-group:aws/spans:*",
    ])  # fmt: skip
    client = tracing.sandbox.client("xray", role=as_caller(tracing, update))
    with pytest.raises(client.exceptions.ClientError, match="not authorized to perform: logs:CreateLogGroup"):
        client.update_trace_segment_destination(Destination="CloudWatchLogs")
    as_caller(tracing, update, groups)
    client.update_trace_segment_destination(Destination="CloudWatchLogs")
    as_caller(tracing, update)
    client.update_trace_segment_destination(Destination="XRay")


ONLY_BACK = {"StringEquals": {"xray:TraceSegmentDestination": "XRay"}}


@pytest.mark.parametrize(
    "headers",
    [{"X-Amz-Target": "AWSXRay.GetSamplingRules"}, {"Content-Type": "application/x-www-form-urlencoded"}, {}],
)
@pytest.mark.parametrize("query", ["", "?Action=GetSamplingRules", "?Destination=XRay"])
@pytest.mark.parametrize(
    ("condition", "missing"), [(ONLY_BACK, b"xray:UpdateTraceSegmentDestination"), ({}, b"logs:CreateLogGroup")]
)
def test_the_operation_that_runs_is_the_one_that_is_judged(
    tracing: Tracing, headers: dict[str, str], query: str, condition: dict[str, Any], missing: bytes
) -> None:
    tracing.let_xray_write()
    update = allow("xray:UpdateTraceSegmentDestination", **({"Condition": condition} if condition else {}))
    got = tracing.sandbox.credentials(as_caller(tracing, allow("xray:GetSamplingRules"), update))
    request = AWSRequest(
        "POST", f"{tracing.sandbox.endpoint}/UpdateTraceSegmentDestination{query}",
        data=json.dumps({"Destination": "CloudWatchLogs"}).encode(), headers=headers,
    )  # fmt: skip
    keys = Credentials(got.access_key_id, got.secret_access_key, got.session_token)
    SigV4Auth(keys, "xray", tracing.region).add_auth(request)
    session = URLLib3Session(verify=str(tracing.sandbox.directory / "tls" / "ca.pem"))
    try:
        answer = session.send(request.prepare())
    finally:
        session.close()
    assert answer.status_code == 403
    assert missing in answer.content
    assert tracing.xray.get_trace_segment_destination()["Destination"] == "XRay"


@pytest.mark.parametrize(("path", "service"), [("/v1/traces", "xray"), ("/v1/logs", "logs")])
@pytest.mark.parametrize("how", ["unsigned", "wrong secret", "body changed"])
def test_a_sender_who_is_nobody_is_refused(tracing: Tracing, path: str, service: str, how: str) -> None:
    tracing.search()
    there = tracing.stream()
    body = json.dumps(traces_request(span()) if service == "xray" else logs_request(record())).encode()
    headers = {"Content-Type": "application/json", "Host": f"{service}.us-east-1.amazonaws.com"}
    if service == "logs":
        headers |= {"x-aws-log-group": there[0], "x-aws-log-stream": there[1]}
    request = AWSRequest("POST", tracing.sandbox.endpoint + path, data=body, headers=headers)
    got = tracing.sandbox.credentials()
    secret = "x" * 40 if how == "wrong secret" else got.secret_access_key
    if how != "unsigned":
        SigV4Auth(Credentials(got.access_key_id, secret, got.session_token), service, tracing.region).add_auth(request)
    if how == "body changed":
        request.data = body + b" "
    session = URLLib3Session(verify=str(tracing.sandbox.directory / "tls" / "ca.pem"))
    try:
        answer = session.send(request.prepare())
    finally:
        session.close()
    assert answer.status_code in {400, 403}
    assert tracing.kept() == []
    assert tracing.kept(*there) == []
