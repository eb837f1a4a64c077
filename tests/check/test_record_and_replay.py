"""Evidence that was saved and judged again, offline; and what is never saved."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bedrock_o11y.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import ByHand

PROMPT = "Reply with the word ok."


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No credentials, no endpoint: whatever calls AWS fails."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")


@pytest.mark.sandbox
@pytest.mark.parametrize("healthy", [True, False])
def test_a_replay_gives_the_same_result_without_a_call(
    by_hand: ByHand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, healthy: bool
) -> None:
    by_hand.remember()
    if not healthy:
        by_hand.delete_group()
    path = tmp_path / "evidence.json"
    live = by_hand.check("--canary", "--yes", "--wait", "1s", "--record", str(path))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    assert by_hand.check("--replay", str(path)) == live


@pytest.mark.sandbox
def test_bodies_are_neither_saved_nor_printed_unless_asked_for(by_hand: ByHand, tmp_path: Path) -> None:
    path = tmp_path / "evidence.json"
    _, report = by_hand.check("--canary", "--yes", "--record", str(path))
    assert PROMPT not in path.read_text()
    assert PROMPT not in json.dumps(report)
    assert report["rungs"][-1]["state"] == "PASS"
    _, report = by_hand.check("--canary", "--yes", "--show-bodies", "--record", str(path))
    assert PROMPT in path.read_text()
    assert PROMPT in json.dumps(report)


def saved(path: Path, **changes: Any) -> Path:
    document = {
        "schema": {"name": "bedrock-o11y/check-evidence", "version": 1},
        "account": "123456789012",
        "region": "us-east-1",
        "partition": "aws",
        "caller": "arn:aws:sts::123456789012:assumed-role/R/s",
        "time": "2026-11-21T04:00:00Z",
        "facts": {},
        **changes,
    }
    path.write_text(json.dumps(document))
    return path


@pytest.mark.usefixtures("offline")
def test_facts_that_were_not_saved_are_unknown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--replay", str(saved(tmp_path / "e.json")), "--only", "configuration"]) == 3
    assert "could not be read: it was not looked at" in capsys.readouterr().out


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "it is not JSON"),
        ("{", "it is not JSON"),
        ("[]", "its schema is null"),
        ('{"schema": {"name": "bedrock-o11y/check", "version": 1}}', "its schema is"),
        ('{"schema": {"name": "bedrock-o11y/check-evidence", "version": 2}}', '"version": 2'),
        ('{"schema": {"name": "bedrock-o11y/check-evidence", "version": 1}}', "it is damaged"),
    ],
)
def test_a_file_that_is_no_evidence_is_a_usage_error(
    content: str, expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "e.json"
    path.write_text(content)
    assert main(["check", "--replay", str(path)]) == 2
    error = capsys.readouterr().err
    assert expected in error
    assert error.count("\n") == 1


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        ({"status": "perhaps", "value": None, "action": None, "reason": "", "seconds": 0}, "it is damaged"),
        ({"status": "present"}, "it is damaged"),
        ("text", "it is damaged"),
    ],
)
def test_a_damaged_fact_is_a_usage_error(
    fact: Any, expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--replay", str(saved(tmp_path / "e.json", facts={"record": fact}))]) == 2
    assert expected in capsys.readouterr().err


def test_a_file_that_does_not_exist_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--replay", str(tmp_path / "none.json")]) == 2
    assert "No such file or directory" in capsys.readouterr().err
