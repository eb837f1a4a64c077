"""What every command promises: exit codes, streams, one line for a mistake, a quick start."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import click
import pytest

import bedrock_o11y.cli as cli
from bedrock_o11y.cli import COMMANDS, main
from bedrock_o11y.errors import CouldNotRunError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = ("boto3", "botocore", "pydantic", "rich", "yaml", "aws_cdk", "cryptography", "importlib.metadata")


def loaded_after(*arguments: str) -> set[str]:
    program = (
        "import sys, json\n"
        "from bedrock_o11y.cli import main\n"
        f"main({list(arguments)!r})\n"
        "print(json.dumps(sorted(sys.modules)))\n"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(json.loads(answer.stdout.splitlines()[-1]))


@pytest.mark.parametrize("arguments", [["--help"], ["check", "--help"], ["plan", "--help"], ["nonsense"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    assert loaded_after(*arguments).isdisjoint(HEAVY)


def test_explaining_a_rung_needs_no_boto3() -> None:
    assert loaded_after("check", "--explain", "delivery").isdisjoint({"boto3", "pydantic", "rich"})


def test_the_list_of_commands_tells_what_each_command_tells(capsys: pytest.CaptureFixture[str]) -> None:
    for name, (_, line) in COMMANDS.items():
        command = cli.cli.get_command(click.Context(cli.cli), name)
        assert command is not None
        assert (command.short_help or command.get_short_help_str(limit=200)) == line
    assert main(["--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert all(name in shown and line in shown for name, (_, line) in COMMANDS.items())


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    from importlib.metadata import version

    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"bedrock-o11y {version('bedrock-o11y')}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Usage:"),
        (["nonsense"], "No such command"),
        (["check", "--nonsense"], "No such option"),
        (["check", "--only", "nonsense"], "there is no rung 'nonsense'; choose from configuration,"),
        (["check", "--explain", "nonsense"], "there is no rung 'nonsense'"),
        (["check", "--format", "xml"], "'xml' is not one of"),
        (["check", "--wait", "soon"], "'soon' is not a duration; expected something like 10s, 15m or 1h"),
        (["check", "--wait", "0s"], "is not a duration"),
        (["check", "--wait", "7h"], "is not a duration"),
        (["check", "--wait", "-5s"], "is not a duration"),
        (["check", "--wait", "1.5m"], "is not a duration"),
        (["check", "--canary", "--region", "us-east-1"], "there is no terminal to ask at; add --yes"),
        (["check", "--canary", "--yes", "--only", "masking"], "--canary has nothing to prove without its rung"),
        (["check", "--replay", "x", "--canary"], "--replay calls nothing"),
        (["check", "--replay", "x", "--record", "y"], "--replay calls nothing"),
        (["check", "--region", "Frankfurt"], "'Frankfurt' is not the name of a Region"),
    ],
)
def test_a_mistake_of_the_user_is_a_usage_error(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    output = capsys.readouterr()
    assert said in output.err
    assert output.out == ""
    assert "Traceback" not in output.err


def run_raising(monkeypatch: pytest.MonkeyPatch, error: BaseException, *arguments: str) -> int:
    def command(**_options: object) -> None:
        raise error

    fake = SimpleNamespace(
        fail=click.Command("fail", callback=command, params=[click.Option(["--debug"], is_flag=True)])
    )
    monkeypatch.setitem(COMMANDS, "fail", ("fake_module:fail", "Fails."))
    monkeypatch.setitem(sys.modules, "fake_module", fake)
    return main(["fail", *arguments])


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (CouldNotRunError("no network"), 4, "bedrock-o11y: no network\n"),
        (UsageError("bad file"), 2, "bedrock-o11y: bad file\n"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (click.Abort(), 130, "interrupted"),
        (ZeroDivisionError("one\ntwo"), 4, "internal error: ZeroDivisionError: one two (run again with --debug"),
    ],
)
def test_every_failure_is_one_line_and_its_exit_code(
    error: BaseException, code: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_raising(monkeypatch, error) == code
    output = capsys.readouterr()
    assert said in output.err
    assert "Traceback" not in output.err
    assert output.out == ""


def test_debug_shows_the_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_raising(monkeypatch, ZeroDivisionError("x"), "--debug") == 4
    assert "Traceback" in capsys.readouterr().err


def test_no_credentials_is_one_line_and_exit_code_4(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    assert main(["check", "--region", "us-east-1"]) == 4
    error = capsys.readouterr().err
    assert error.startswith("bedrock-o11y: no usable AWS credentials")
    assert error.count("\n") == 1


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    evidence = tmp_path / "e.json"
    evidence.write_text(
        json.dumps(
            {
                "schema": {"name": "bedrock-o11y/check-evidence", "version": 1},
                "account": "1",
                "region": "r",
                "partition": "aws",
                "caller": "c",
                "time": "t",
                "facts": {},
            }
        )
    )
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from bedrock_o11y.cli import main; raise SystemExit(main())",
            "check",
            "--replay",
            evidence,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 3  # the result, nevertheless


@pytest.mark.parametrize(
    ("options", "variables", "coloured"),
    [([], {}, True), (["--no-color"], {}, False), ([], {"NO_COLOR": "1"}, False)],
)
def test_a_terminal_gets_colours_unless_told_otherwise(
    options: list[str], variables: dict[str, str], coloured: bool, tmp_path: Path
) -> None:
    evidence = tmp_path / "e.json"
    evidence.write_text(
        '{"schema": {"name": "bedrock-o11y/check-evidence", "version": 1}, "account": "1", "region": "r", '
        '"partition": "aws", "caller": "c", "time": "t", "facts": {}}'
    )
    master, terminal = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | {"TERM": "xterm"} | variables
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from bedrock_o11y.cli import main; raise SystemExit(main())",
            *("check", "--replay", str(evidence), "--only", "configuration"),
            *options,
        ],
        stdout=terminal,
        env=environment,
    )
    process.wait()
    os.close(terminal)
    shown = b""
    try:
        while chunk := os.read(master, 65536):
            shown += chunk
    except OSError:
        pass  # the other end is closed: everything was read
    os.close(master)
    assert (b"\x1b[" in shown) is coloured
    assert b"configuration" in shown
