"""Bedrock delivers one record for each model call, as the user guide and real records describe it.

Source: Bedrock user guide, model-invocation-logging (fields, 100 KB limit, images to S3 only) and request metadata.
"""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import MODEL, PERMISSION_LINE, error_of, eventually, policy

if TYPE_CHECKING:
    from .conftest import Account

pytestmark = pytest.mark.sandbox

PROFILE = "jp.anthropic.claude-haiku-4-5-20251001-v1:0"
BODY = json.dumps({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": [
    {"role": "user", "content": "hello"}
]})  # fmt: skip


def test_converse_leaves_one_complete_record(account: Account) -> None:
    group = account.configure()
    answer = account.converse(modelId=PROFILE, requestMetadata={"nonce": "n-1"})
    [record] = account.records(group)
    assert record["schemaType"] == "ModelInvocationLog"
    assert record["schemaVersion"] == "1.0"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", record["timestamp"])
    assert (record["accountId"], record["region"]) == (account.id, account.region)
    assert record["requestId"] == answer["ResponseMetadata"]["RequestId"]
    assert record["requestId"] == answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"]
    assert (record["operation"], record["modelId"]) == ("Converse", PROFILE)
    assert record["identity"]["arn"].startswith(f"arn:aws:sts::{account.id}:assumed-role/SandboxAdministrator/")
    assert record["requestMetadata"] == {"nonce": "n-1"}
    assert record["input"]["inputContentType"] == "application/json"
    assert record["input"]["inputBodyJson"]["messages"][0]["content"] == [{"text": "hello"}]
    assert record["input"]["inputTokenCount"] == answer["usage"]["inputTokens"]
    assert record["output"]["outputTokenCount"] == answer["usage"]["outputTokens"]
    for field in ("output", "stopReason", "usage", "metrics"):
        assert record["output"]["outputBodyJson"][field] == answer[field]
    assert "errorCode" not in record
    assert record["inferenceRegion"] == account.region


def test_a_call_without_an_inference_profile_names_no_inference_region(account: Account) -> None:
    group = account.configure()
    account.converse(modelId=MODEL)
    assert "inferenceRegion" not in account.records(group)[0]


def test_a_stream_is_logged_as_the_list_of_its_events(account: Account) -> None:
    group = account.configure()
    message = {"role": "user", "content": [{"text": "hello"}]}
    events = list(account.bedrock_runtime.converse_stream(modelId=MODEL, messages=[message])["stream"])
    [record] = account.records(group)
    assert record["operation"] == "ConverseStream"
    assert record["output"]["outputBodyJson"] == events
    usage = events[-1]["metadata"]["usage"]
    assert record["input"]["inputTokenCount"] == usage["inputTokens"]
    assert record["output"]["outputTokenCount"] == usage["outputTokens"]


def test_a_stream_can_be_logged_assembled_as_some_accounts_show_it(account: Account) -> None:
    account.settings(converse_stream_body="assembled")
    group = account.configure()
    message = {"role": "user", "content": [{"text": "hello"}]}
    events = list(account.bedrock_runtime.converse_stream(modelId=MODEL, messages=[message])["stream"])
    [record] = account.records(group)
    body = record["output"]["outputBodyJson"]
    text = "".join(event["contentBlockDelta"]["delta"]["text"] for event in events if "contentBlockDelta" in event)
    assert body["output"]["message"]["content"] == [{"text": text}]
    assert body["stopReason"] == "end_turn"
    assert body["metrics"] == events[-1]["metadata"]["metrics"]


def test_invoke_model_is_logged_with_both_bodies(account: Account) -> None:
    group = account.configure()
    answer = account.bedrock_runtime.invoke_model(modelId=MODEL, body=BODY)
    [record] = account.records(group)
    assert record["operation"] == "InvokeModel"
    assert record["input"]["inputBodyJson"] == json.loads(BODY)
    assert record["output"]["outputBodyJson"] == json.loads(answer["body"].read())
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert record["input"]["inputTokenCount"] == int(headers["x-amzn-bedrock-input-token-count"])


def test_an_invoke_stream_is_logged_as_the_list_of_its_chunks(account: Account) -> None:
    group = account.configure()
    stream = account.bedrock_runtime.invoke_model_with_response_stream(modelId=MODEL, body=BODY)["body"]
    chunks = [json.loads(event["chunk"]["bytes"]) for event in stream]
    [record] = account.records(group)
    assert record["operation"] == "InvokeModelWithResponseStream"
    assert record["output"]["outputBodyJson"] == chunks
    assert record["input"]["inputTokenCount"] >= 1


def test_request_metadata_of_invoke_model_comes_in_a_header(account: Account) -> None:
    group = account.configure()

    def add_header(request: Any, **_: Any) -> None:
        request.headers["X-Amzn-Bedrock-Request-Metadata"] = json.dumps({"team": "blue"})

    events = account.bedrock_runtime.meta.events
    events.register("before-sign.bedrock-runtime.InvokeModel", add_header, "metadata")
    try:
        account.bedrock_runtime.invoke_model(modelId=MODEL, body=BODY)
    finally:
        events.unregister("before-sign.bedrock-runtime.InvokeModel", add_header, "metadata")
    [record] = account.records(group)
    assert record["requestMetadata"] == {"team": "blue"}


REFUSED_METADATA = {
    "seventeen entries": {f"k{number}": "v" for number in range(17)},
    "a value of 257 characters": {"k": "v" * 257},
    "a key of 257 characters": {"k" * 257: "v"},
    "a character outside the alphabet": {"k": "é"},
}


@pytest.mark.parametrize("case", REFUSED_METADATA)
def test_malformed_request_metadata_is_refused(account: Account, case: str) -> None:
    # boto3 checks the same limits, so the answer of the service needs a client that does not.
    client = account.sandbox.client("bedrock-runtime", config=_unchecked())
    message = {"role": "user", "content": [{"text": "hello"}]}
    code, text = error_of(client.converse, modelId=MODEL, messages=[message], requestMetadata=REFUSED_METADATA[case])
    assert (code, "requestMetadata" in text) == ("ValidationException", True)


def test_the_longest_allowed_metadata_is_logged(account: Account) -> None:
    group = account.configure()
    metadata = {f"k{number}": "v" * 256 for number in range(16)}
    account.converse(requestMetadata=metadata)
    assert account.records(group)[0]["requestMetadata"] == metadata


def test_a_failed_call_is_logged_with_its_error_code_and_no_output(account: Account) -> None:
    group = account.configure()
    empty = {"role": "user", "content": []}
    code, _ = error_of(account.bedrock_runtime.converse, modelId=MODEL, messages=[empty])
    [record] = account.records(group)
    assert record["errorCode"] == code == "ValidationException"
    assert "output" not in record
    assert record["input"]["inputBodyJson"]["messages"] == [empty]


def test_a_call_that_iam_refused_leaves_no_record(account: Account) -> None:
    group = account.configure()
    root = {"AWS": f"arn:aws:iam::{account.id}:root"}
    role = account.role({"Effect": "Allow", "Principal": root, "Action": "sts:AssumeRole"})
    client = account.sandbox.client("bedrock-runtime", role=role)
    message = {"role": "user", "content": [{"text": "hello"}]}
    code, _ = error_of(client.converse, modelId=MODEL, messages=[message])
    assert code == "AccessDeniedException"
    account.converse("allowed")
    assert len(account.records(group)) == 1


def test_nothing_is_logged_without_a_configuration(account: Account) -> None:
    group = account.configure()
    account.bedrock.delete_model_invocation_logging_configuration()
    account.converse()
    assert account.records(group, seconds=0.3) == []


def test_delivery_takes_its_time_when_told_to_and_the_call_does_not(account: Account) -> None:
    group = account.configure()
    account.settings(delivery_seconds=3)
    started = time.monotonic()
    account.converse()
    assert time.monotonic() - started < 3, "the call waited for the delivery"
    assert account.records(group, seconds=0.1) == []
    assert len(account.records(group)) == 1


def test_text_delivery_off_leaves_no_record(account: Account) -> None:
    group = account.configure(textDataDeliveryEnabled=False)
    account.converse()
    assert account.records(group, seconds=0.3) == []


BREAKS: dict[str, Any] = {
    "trust of another account": lambda a, role, _group: a.iam.update_assume_role_policy(
        RoleName=role,
        PolicyDocument=policy(a.trust(Condition={"StringEquals": {"aws:SourceAccount": "123456789012"}})),
    ),
    "PutLogEvents denied": lambda a, role, group: a.iam.put_role_policy(
        RoleName=role,
        PolicyName="deny",
        PolicyDocument=policy(a.write_statement(group, Effect="Deny", Action="logs:PutLogEvents")),
    ),
    "permission taken away": lambda a, role, _group: a.iam.delete_role_policy(RoleName=role, PolicyName="write"),
    "log group deleted": lambda a, _role, group: a.logs.delete_log_group(logGroupName=group),
}


@pytest.mark.parametrize("case", BREAKS)
def test_what_breaks_after_put_breaks_delivery_and_counts_as_a_failure(account: Account, case: str) -> None:
    group = account.configure()
    account.converse("before")
    if case != "log group deleted":
        assert len(account.records(group)) == 1
    role = account.bedrock.get_model_invocation_logging_configuration()["loggingConfig"]["cloudWatchConfig"]["roleArn"]
    eventually(lambda: account.metric("ModelInvocationLogsCloudWatchDeliverySuccess"))
    succeeded = account.metric("ModelInvocationLogsCloudWatchDeliverySuccess")
    failed = account.metric("ModelInvocationLogsCloudWatchDeliveryFailure")
    BREAKS[case](account, role.rsplit("/")[-1], group)
    answer = account.converse("after")
    assert answer["stopReason"] == "end_turn"
    assert eventually(lambda: account.metric("ModelInvocationLogsCloudWatchDeliveryFailure") == failed + 1)
    assert account.metric("ModelInvocationLogsCloudWatchDeliverySuccess") == succeeded
    assert [message for message in account.messages(group) if "after" in message] == []


def test_every_message_of_the_stream_is_json_but_the_permission_line(account: Account) -> None:
    group = account.configure()
    account.converse()
    account.records(group)
    first, second = account.messages(group)
    assert first == PERMISSION_LINE
    assert json.loads(second)["operation"] == "Converse"


def _unchecked() -> Any:
    from botocore.config import Config

    return Config(parameter_validation=False)
