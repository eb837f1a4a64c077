"""The answer to CloudFormation, received by an HTTP server on this machine."""

from __future__ import annotations

import http.server
import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from bedrock_o11y.account_settings import handler
from bedrock_o11y.account_settings.response import MAXIMUM_BYTES, Answer, NotDeliveredError, body, send

if TYPE_CHECKING:
    from collections.abc import Iterator

REQUEST = {
    "RequestType": "Create",
    "RequestId": "request-1",
    "StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/Logging/1",
    "LogicalResourceId": "Setting",
}


class Receiver(http.server.ThreadingHTTPServer):
    """What CloudFormation's presigned address would be: it keeps what it gets, and fails as often as it is told to."""

    failures: list[int]
    received: list[tuple[str, dict[str, str], bytes]]


class _Put(http.server.BaseHTTPRequestHandler):
    server: Receiver

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, dict(self.headers), content))
        self.send_response(self.server.failures.pop(0) if self.server.failures else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver(("127.0.0.1", 0), _Put)
    server.failures, server.received = [], []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def url(receiver: Receiver) -> str:
    return f"http://127.0.0.1:{receiver.server_port}/stack?Signature=secret"


def test_the_answer_has_the_fields_cloudformation_wants_and_no_content_type(receiver: Receiver) -> None:
    answer = Answer(success=False, physical_resource_id="id", outcome="refuse", message="because")
    send(url(receiver), body(REQUEST, answer))
    path, headers, content = receiver.received[0]
    assert path == "/stack?Signature=secret"
    assert headers["Content-Type"] == ""
    assert json.loads(content) == {
        "Status": "FAILED",
        "Reason": "because",
        "PhysicalResourceId": "id",
        "StackId": REQUEST["StackId"],
        "RequestId": "request-1",
        "LogicalResourceId": "Setting",
        "NoEcho": False,
        "Data": {"Outcome": "refuse", "Message": "because"},
    }


def test_an_answer_that_is_not_taken_is_sent_again(receiver: Receiver) -> None:
    receiver.failures = [503, 500, 403]
    waited: list[float] = []
    send(url(receiver), b"{}", sleep=waited.append)
    assert len(receiver.received) == 4
    assert waited == sorted(waited)


def test_an_answer_that_is_never_taken_is_an_error_that_does_not_name_the_address(receiver: Receiver) -> None:
    receiver.failures = [403] * 9
    with pytest.raises(NotDeliveredError) as error:
        send(url(receiver), b"{}", sleep=lambda _seconds: None)
    assert "403" in str(error.value)
    assert "secret" not in str(error.value)
    assert error.value.__context__ is None or "secret" not in repr(error.value.__context__)


def test_an_unreachable_address_is_an_error_that_does_not_name_it() -> None:
    for address in ("http://127.0.0.1:1/?Signature=secret", "not an address?Signature=secret"):
        with pytest.raises(NotDeliveredError) as error:
            send(address, b"{}", sleep=lambda _seconds: None)
        assert "secret" not in str(error.value)


@pytest.mark.parametrize("letter", ["a", "ß", "漢", "😀", '"', "\n"])
def test_no_answer_is_longer_than_cloudformation_accepts(letter: str) -> None:
    answer = Answer(success=False, physical_resource_id="i" * 300, outcome="refuse", message=letter * 10_000)
    content = body(REQUEST | {"StackId": "s" * 300, "LogicalResourceId": "l" * 255}, answer)
    assert len(content) <= MAXIMUM_BYTES
    assert json.loads(content)["Reason"].startswith(letter * 100)


def test_on_event_answers_a_request_it_cannot_even_read(
    receiver: Receiver, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    result = handler.on_event(REQUEST | {"RequestId": "unreadable", "ResponseURL": url(receiver)}, None)
    assert result == {"Status": "FAILED", "Outcome": "failed"}
    assert json.loads(receiver.received[0][2])["Status"] == "FAILED"
    output = capsys.readouterr()
    assert "unreadable" in output.out
    assert "secret" not in output.out + output.err
