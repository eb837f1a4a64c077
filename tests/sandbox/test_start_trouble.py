"""What can keep a sandbox from starting: each is one clear line."""

from __future__ import annotations

import errno
import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from bedrock_o11y.errors import CouldNotRunError, UsageError
from bedrock_o11y.sandbox import Sandbox, certificates, process
from bedrock_o11y.sandbox.state import StateFolder
from tests.sandbox.command_line import run

pytestmark = pytest.mark.sandbox


def one_line(folder: Path, code: int, *arguments: str, **changes: str) -> str:
    answer = run(folder, *arguments, **changes)
    assert answer.returncode == code, answer.stderr
    assert answer.stdout == ""
    assert len(answer.stderr.splitlines()) == 1, answer.stderr
    return answer.stderr


def test_a_taken_port_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = one_line(tmp_path, 4, "up", "--port", port)
    assert port in said
    assert "is taken" in said
    assert run(tmp_path, "status").returncode == 1


def test_a_chosen_port_is_used(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    try:
        assert run(tmp_path, "up", "--port", str(port)).stdout.strip() == f"https://127.0.0.1:{port}"
    finally:
        run(tmp_path, "down")


@pytest.mark.parametrize(
    ("python", "says"),
    [("/nowhere/python", "is not a file"), (sys.executable, "ministack"), ("/bin/false", "ended with code 1")],
)
def test_a_python_that_cannot_be_the_servers_is_one_line(tmp_path: Path, python: str, says: str) -> None:
    assert says in one_line(tmp_path, 4, "up", BEDROCK_O11Y_SANDBOX_PYTHON=python)


def test_without_the_servers_environment_the_line_says_how_to_make_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BEDROCK_O11Y_SANDBOX_PYTHON", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(process, "_HERE", tmp_path / "site-packages" / "bedrock_o11y" / "sandbox")
    with pytest.raises(CouldNotRunError, match=r"python3 -m venv \.venv-sandbox .*requirements-sandbox\.txt"):
        Sandbox.start(tmp_path / "state")


def test_without_cryptography_the_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(CouldNotRunError, match=r"bedrock-o11y\[sandbox\]"):
        Sandbox.start(tmp_path / "state")


def test_a_folder_that_is_not_a_sandboxs_is_not_touched(tmp_path: Path) -> None:
    precious = tmp_path / "work"
    precious.mkdir()
    (precious / "thesis.txt").write_text("years of it")
    assert "not empty" in one_line(tmp_path, 2, "up", "--dir", "work")
    assert (precious / "thesis.txt").read_text() == "years of it"
    with pytest.raises(UsageError):
        Sandbox.start(precious)


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "cannot write" in one_line(tmp_path, 4, "up", "--dir", "file/state")


def test_a_full_disk_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: Any, **_named: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for owner, name in ((certificates, "issue"), (os, "fdopen"), (Path, "mkdir")):
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, full)
            with pytest.raises(CouldNotRunError, match=r"cannot write .*No space left"):
                Sandbox.start(tmp_path / "state")


@pytest.mark.parametrize("words", [("exec", "--", "true"), ("faults", "list"), ("faults", "clear")])
def test_what_needs_a_sandbox_says_how_to_start_one(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert "bedrock-o11y sandbox up" in one_line(tmp_path, 4, *words)


def test_a_state_file_cut_off_in_the_middle_counts_as_no_sandbox(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path / "state")
    folder.prepare()
    for content in ("", "{", "[]", '{"pid": 1}', "null"):
        (folder.path / "running.json").write_text(content)
        assert Sandbox.find(folder.path) is None
