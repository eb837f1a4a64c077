"""A scripted model on this machine answers for every model, with tools, and fails as Bedrock would.

Source: Bedrock API reference, Converse and InvokeModel (errors), "Use a tool to complete a model response".
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config

from bedrock_o11y.sandbox import Sandbox

from .conftest import Account, error_of, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.sandbox

MODEL = "jp.anthropic.claude-haiku-4-5-20251001-v1:0"
TOOLS = {"tools": [{"toolSpec": {"name": "clock", "inputSchema": {"json": {"type": "object"}}}}]}


class Script:
    """What the endpoint answers next, and what it was asked."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, Any]]] = []
        self.asked: list[dict[str, Any]] = []

    def says(self, *, status: int = 200, finish: str = "stop", **message: Any) -> None:
        choice = {"message": {"role": "assistant", **message}, "finish_reason": finish}
        usage = {"prompt_tokens": 11, "completion_tokens": 7}
        self.answers.append((status, {"choices": [choice], "usage": usage}))

    def calls(self, name: str, **arguments: Any) -> None:
        call = {"id": "call-1", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
        self.says(content=None, tool_calls=[call], finish="tool_calls")


@pytest.fixture(scope="module")
def script() -> Iterator[tuple[Script, str]]:
    script = Script()

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            script.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            status, answer = script.answers.pop(0)
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield script, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def scripted(script: tuple[Script, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    running = Sandbox.start(tmp_path_factory.mktemp("scripted"), model_endpoint=script[1])
    try:
        once = Config(retries={"total_max_attempts": 1})
        yield Account(running, {"bedrock-runtime": running.client("bedrock-runtime", config=once)})
    finally:
        running.stop()


@pytest.fixture
def model(script: tuple[Script, str]) -> Script:
    script[0].answers.clear()
    script[0].asked.clear()
    return script[0]


def ask(account: Account, text: str = "what time is it?", **options: Any) -> Any:
    return account.converse(text, modelId=MODEL, **options)


def test_converse_goes_through_a_whole_tool_loop(scripted: Account, model: Script) -> None:
    model.calls("clock", city="Tokyo")
    model.says(content="It is noon.")
    first = ask(scripted, toolConfig=TOOLS)
    assert first["stopReason"] == "tool_use"
    [block] = first["output"]["message"]["content"]
    assert block["toolUse"] == {"toolUseId": "call-1", "name": "clock", "input": {"city": "Tokyo"}}
    assert first["usage"] == {"inputTokens": 11, "outputTokens": 7, "totalTokens": 18}
    result = {"toolResult": {"toolUseId": "call-1", "content": [{"text": "12:00"}]}}
    messages = [
        {"role": "user", "content": [{"text": "what time is it?"}]},
        first["output"]["message"],
        {"role": "user", "content": [result]},
    ]
    second = scripted.bedrock_runtime.converse(modelId=MODEL, messages=messages, toolConfig=TOOLS)
    assert second["stopReason"] == "end_turn"
    assert second["output"]["message"]["content"] == [{"text": "It is noon."}]
    assert [question["model"] for question in model.asked] == [MODEL, MODEL]
    assert [message["role"] for message in model.asked[1]["messages"]] == ["user", "assistant", "tool"]


def test_converse_stream_carries_the_tool_call(scripted: Account, model: Script) -> None:
    model.calls("clock", city="Tokyo")
    message = {"role": "user", "content": [{"text": "what time is it?"}]}
    stream = scripted.bedrock_runtime.converse_stream(modelId=MODEL, messages=[message], toolConfig=TOOLS)["stream"]
    events = list(stream)
    assert "contentBlockStart" in events[1]  # no empty text block before the tool call
    starts = [event["contentBlockStart"]["start"] for event in events if "contentBlockStart" in event]
    assert starts == [{"toolUse": {"toolUseId": "call-1", "name": "clock"}}]
    assert [event["messageStop"] for event in events if "messageStop" in event] == [{"stopReason": "tool_use"}]
    assert events[-1]["metadata"]["usage"]["outputTokens"] == 7


def test_converse_stream_carries_text_and_tool_call_in_order(scripted: Account, model: Script) -> None:
    call = {"id": "call-1", "type": "function", "function": {"name": "clock", "arguments": "{}"}}
    model.says(content="Let me look at the clock for you.", tool_calls=[call], finish="tool_calls")
    message = {"role": "user", "content": [{"text": "what time is it?"}]}
    stream = scripted.bedrock_runtime.converse_stream(modelId=MODEL, messages=[message], toolConfig=TOOLS)["stream"]
    deltas = [event["contentBlockDelta"] for event in stream if "contentBlockDelta" in event]
    text = "".join(delta["delta"]["text"] for delta in deltas if delta["contentBlockIndex"] == 0)
    assert text == "Let me look at the clock for you."
    assert [delta["delta"] for delta in deltas if delta["contentBlockIndex"] == 1] == [{"toolUse": {"input": "{}"}}]


def test_the_record_holds_the_tool_call(scripted: Account, model: Script) -> None:
    group = scripted.configure()
    model.calls("clock", city="Tokyo")
    ask(scripted, toolConfig=TOOLS)
    [record] = scripted.records(group)
    assert record["output"]["outputBodyJson"]["stopReason"] == "tool_use"
    assert (record["input"]["inputTokenCount"], record["output"]["outputTokenCount"]) == (11, 7)
    assert record["input"]["inputBodyJson"]["toolConfig"] == TOOLS


def test_an_answer_cut_short_says_so(scripted: Account, model: Script) -> None:
    model.says(content="It is", finish="length")
    assert ask(scripted)["stopReason"] == "max_tokens"


FAILURES = {
    429: ("ThrottlingException", "InvocationThrottles"),
    400: ("ValidationException", "InvocationClientErrors"),
    403: ("AccessDeniedException", "InvocationClientErrors"),
    424: ("ModelErrorException", "InvocationClientErrors"),
    500: ("InternalServerException", "InvocationServerErrors"),
    502: ("InternalServerException", "InvocationServerErrors"),
    503: ("ServiceUnavailableException", "InvocationServerErrors"),
}


@pytest.mark.parametrize("status", FAILURES)
def test_a_failing_model_fails_the_call_and_leaves_a_record(scripted: Account, model: Script, status: int) -> None:
    code, metric = FAILURES[status]
    group = scripted.configure()
    before = scripted.metric(metric, ModelId=MODEL)
    invocations = scripted.metric("Invocations", ModelId=MODEL)
    model.says(status=status)
    message = {"role": "user", "content": [{"text": "hello"}]}
    assert error_of(scripted.bedrock_runtime.converse, modelId=MODEL, messages=[message])[0] == code
    [record] = scripted.records(group)
    assert record["errorCode"] == code
    assert "output" not in record
    assert eventually(lambda: scripted.metric(metric, ModelId=MODEL) == before + 1)
    counted = code not in ("ThrottlingException", "ValidationException")
    assert scripted.metric("Invocations", ModelId=MODEL) == invocations + counted


def test_a_failing_stream_and_invoke_model_fail_alike(scripted: Account, model: Script) -> None:
    model.says(status=429)
    model.says(status=503)
    message = {"role": "user", "content": [{"text": "hello"}]}
    runtime = scripted.bedrock_runtime
    assert error_of(runtime.converse_stream, modelId=MODEL, messages=[message])[0] == "ThrottlingException"
    body = json.dumps({"messages": [{"role": "user", "content": "hello"}]})
    assert error_of(runtime.invoke_model, modelId=MODEL, body=body)[0] == "ServiceUnavailableException"


def test_an_answer_that_is_no_completion_is_a_model_error(scripted: Account, model: Script) -> None:
    model.answers.append((200, {"hello": "world"}))
    message = {"role": "user", "content": [{"text": "hello"}]}
    code, _ = error_of(scripted.bedrock_runtime.converse, modelId=MODEL, messages=[message])
    assert code == "ModelErrorException"


def test_a_model_that_is_not_there_is_an_error_and_never_a_mock(tmp_path: Any) -> None:
    running = Sandbox.start(tmp_path / "sandbox", model_endpoint="http://127.0.0.1:9")
    try:
        once = Config(retries={"total_max_attempts": 1})
        client = running.client("bedrock-runtime", config=once)
        message = {"role": "user", "content": [{"text": "hello"}]}
        code, text = error_of(client.converse, modelId=MODEL, messages=[message])
        assert (code, "Nothing answers" in text) == ("ServiceUnavailableException", True)
    finally:
        running.stop()
