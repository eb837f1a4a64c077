"""The destination of trace segments. Source: X-Ray API model; CloudWatch user guide, "Enable Transaction Search"."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.services.conftest import error_of, eventually, policy
from tests.sandbox.test_xray_account import SPANS, STREAM, tracing, tracing_clients

if TYPE_CHECKING:
    from tests.sandbox.test_xray_account import Tracing

__all__ = ["tracing", "tracing_clients"]

pytestmark = pytest.mark.sandbox


def spans_group(tracing: Tracing) -> list[dict[str, Any]]:
    return list(tracing.logs.describe_log_groups(logGroupNamePrefix=SPANS)["logGroups"])


def test_a_change_is_pending_first_and_the_log_group_appears_with_its_end(tracing: Tracing) -> None:
    tracing.settings(trace_destination_seconds=0.4)
    tracing.let_xray_write()
    changed = tracing.xray.update_trace_segment_destination(Destination="CloudWatchLogs")
    assert (changed["Destination"], changed["Status"]) == ("CloudWatchLogs", "PENDING")
    assert spans_group(tracing) == []
    assert eventually(lambda: tracing.xray.get_trace_segment_destination()["Status"] == "ACTIVE")
    [group] = spans_group(tracing)
    assert group["logGroupName"] == SPANS
    streams = tracing.logs.describe_log_streams(logGroupName=SPANS)["logStreams"]
    assert [stream["logStreamName"] for stream in streams] == [STREAM]


def test_a_change_that_is_overtaken_leaves_nothing_behind(tracing: Tracing) -> None:
    tracing.settings(trace_destination_seconds=0.2)
    tracing.let_xray_write()
    tracing.xray.update_trace_segment_destination(Destination="CloudWatchLogs")
    tracing.settings(trace_destination_seconds=1.5)
    tracing.xray.update_trace_segment_destination(Destination="XRay")
    time.sleep(0.6)
    answer = tracing.xray.get_trace_segment_destination()
    assert (answer["Destination"], answer["Status"]) == ("XRay", "PENDING")
    assert eventually(lambda: tracing.xray.get_trace_segment_destination()["Status"] == "ACTIVE")
    assert spans_group(tracing) == []


@pytest.mark.parametrize("destination", ["XRay", "CloudWatchLogs"])
def test_what_is_set_cannot_be_set_again(tracing: Tracing, destination: str) -> None:
    if destination == "CloudWatchLogs":
        tracing.search()
    refusal = error_of(tracing.xray.update_trace_segment_destination, Destination=destination)
    assert refusal == ("InvalidRequestException", f"The destination is already set to {destination}")


def test_without_a_destination_nothing_changes(tracing: Tracing) -> None:
    assert error_of(tracing.xray.update_trace_segment_destination)[0] == "InvalidRequestException"


NOT_ENOUGH: dict[str, dict[str, Any]] = {
    "another action": {"Action": "logs:CreateLogStream"},
    "another service": {"Principal": {"Service": "delivery.logs.amazonaws.com"}},
    "one log group of two": {"Resource": "arn:aws:logs:us-east-1:000000000000:log-group:aws/spans:*"},
    "a slash in front": {"Resource": "arn:aws:logs:us-east-1:000000000000:log-group:/aws/*"},
    "the bare ARN": {
        "Resource": [
            "arn:aws:logs:us-east-1:000000000000:log-group:aws/spans",
            "arn:aws:logs:us-east-1:000000000000:log-group:/aws/application-signals/data",
        ]
    },
    "another account": {"Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}},
    "the source ARN of Logs": {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:logs:us-east-1:000000000000:*"}}},
    "another Region": {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:xray:eu-west-1:000000000000:*"}}},
    "a denial": {"Effect": "Deny"},
}


@pytest.mark.parametrize("changes", NOT_ENOUGH.values(), ids=NOT_ENOUGH)
def test_a_policy_that_does_not_let_xray_write_refuses_the_change(tracing: Tracing, changes: dict[str, Any]) -> None:
    tracing.let_xray_write(**changes)
    code, message = error_of(tracing.xray.update_trace_segment_destination, Destination="CloudWatchLogs")
    assert code == "AccessDeniedException"
    assert message.startswith("XRay does not have permission to call PutLogEvents on the ")
    assert tracing.xray.get_trace_segment_destination()["Destination"] == "XRay"


def test_without_any_policy_the_change_is_refused(tracing: Tracing) -> None:
    code, _ = error_of(tracing.xray.update_trace_segment_destination, Destination="CloudWatchLogs")
    assert code == "AccessDeniedException"


def test_a_denial_in_one_policy_outweighs_the_grant_in_another(tracing: Tracing) -> None:
    tracing.let_xray_write()
    tracing.let_xray_write(name="Never", Effect="Deny", Condition={})
    code, _ = error_of(tracing.xray.update_trace_segment_destination, Destination="CloudWatchLogs")
    assert code == "AccessDeniedException"


# --- The key of aws/spans ----------------------------------------------------------------------------------------


def key(tracing: Tracing, *, for_logs: bool) -> str:
    statements: list[dict[str, Any]] = [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{tracing.id}:root"}, "Action": "kms:*", "Resource": "*"}
    ]
    if for_logs:
        group = f"arn:aws:logs:{tracing.region}:{tracing.id}:log-group:{SPANS}"
        statements.append({
            "Effect": "Allow",
            "Principal": {"Service": f"logs.{tracing.region}.amazonaws.com"},
            "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
            "Resource": "*",
            "Condition": {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": group}},
        })  # fmt: skip
    return str(tracing.kms.create_key(Policy=policy(*statements))["KeyMetadata"]["Arn"])


def encrypted(arn: str) -> dict[str, Any]:
    return {"Destination": "CloudWatchLogs", "CloudWatchLogsConfiguration": {"SpansLogGroupKmsKeyId": arn}}


def test_the_log_group_is_made_with_the_key(tracing: Tracing) -> None:
    tracing.let_xray_write()
    arn = key(tracing, for_logs=True)
    tracing.xray.update_trace_segment_destination(**encrypted(arn))
    assert [group["kmsKeyId"] for group in spans_group(tracing)] == [arn]


def test_a_key_for_a_log_group_that_exists_is_refused_and_changes_nothing(tracing: Tracing) -> None:
    tracing.search()
    tracing.xray.update_trace_segment_destination(Destination="XRay")
    code, message = error_of(tracing.xray.update_trace_segment_destination, **encrypted(key(tracing, for_logs=True)))
    assert code == "InvalidRequestException"
    assert "AssociateKmsKey" in message
    assert [group.get("kmsKeyId") for group in spans_group(tracing)] == [None]
    assert tracing.xray.get_trace_segment_destination()["Destination"] == "XRay"
    tracing.xray.update_trace_segment_destination(Destination="CloudWatchLogs")


def test_a_key_that_cannot_be_used_is_refused(tracing: Tracing) -> None:
    tracing.let_xray_write()
    usable = key(tracing, for_logs=True)
    for arn in (
        key(tracing, for_logs=False),
        usable.rpartition("/")[2],
        usable.replace(":key/", ":alias/"),
        usable.replace("us-east-1", "us-east-2"),
        f"{usable[:-4]}0000",
    ):
        assert error_of(tracing.xray.update_trace_segment_destination, **encrypted(arn))[0] == "InvalidRequestException"
    assert tracing.xray.get_trace_segment_destination()["Destination"] == "XRay"
    assert spans_group(tracing) == []


def test_a_key_is_only_for_cloudwatch_logs(tracing: Tracing) -> None:
    tracing.search()
    request = encrypted(key(tracing, for_logs=True)) | {"Destination": "XRay"}
    assert error_of(tracing.xray.update_trace_segment_destination, **request)[0] == "InvalidRequestException"


# --- What is AWS's own -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["aws/spans", "aws/anything", "AWS/spans"])
def test_customers_cannot_make_a_log_group_of_aws(tracing: Tracing, name: str) -> None:
    refusal = error_of(tracing.logs.create_log_group, logGroupName=name)
    assert refusal == ("InvalidParameterException", "Log groups starting with AWS/ are reserved for AWS.")
    assert tracing.logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"] == []


def test_customers_cannot_write_spans_by_themselves(tracing: Tracing) -> None:
    tracing.search()
    event = {"timestamp": int(time.time() * 1000), "message": json.dumps({"traceId": "0" * 32})}
    code, _ = error_of(tracing.logs.put_log_events, logGroupName=SPANS, logStreamName=STREAM, logEvents=[event])
    assert code == "InvalidParameterException"
    assert tracing.kept() == []


def test_a_log_group_with_a_slash_in_front_is_anybodys(tracing: Tracing) -> None:
    group, stream = tracing.stream("/aws/spans-of-mine")
    event = {"timestamp": int(time.time() * 1000), "message": "{}"}
    tracing.logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[event])
    assert tracing.kept(group, stream) == [{}]
