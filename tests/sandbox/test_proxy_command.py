"""`sandbox exec --proxy`: the command is as free, and as bound, as without the proxy; the proxy ends with it."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import urllib.parse
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.sandbox.command_line import COMMAND, environment, run

if TYPE_CHECKING:
    from bedrock_o11y.sandbox import Sandbox

pytestmark = pytest.mark.sandbox

ROOT = Path(__file__).parents[2]
SHOW = "import json, os; print(json.dumps(dict(os.environ)))"
WAIT = (
    "import signal, sys, time\n"
    "for n in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP): signal.signal(n, lambda n, _: sys.exit(40 + n))\n"
    "print('ready', flush=True); time.sleep(60)"
)


def exec_(sandbox: Sandbox, *words: str, **changes: str) -> subprocess.CompletedProcess[str]:
    return run(sandbox.directory, "exec", "--proxy", "--dir", str(sandbox.directory), *words, **changes)


def test_a_command_asks_for_the_real_hosts_as_the_role_that_was_named(sandbox: Sandbox) -> None:
    ask = "import boto3\nsts = boto3.client('sts')\nprint(sts.meta.endpoint_url, sts.get_caller_identity()['Arn'])\n"
    trust = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "sts:AssumeRole"}
    sandbox.client("iam").create_role(
        RoleName="by-proxy", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )
    for words, name in (((), "SandboxAdministrator"), (("--as", "by-proxy"), "by-proxy")):
        answer = exec_(sandbox, *words, "--", sys.executable, "-c", ask, AWS_ENDPOINT_URL="https://example.com")
        assert answer.stdout.split() == [
            "https://sts.us-east-1.amazonaws.com",
            f"arn:aws:sts::000000000000:assumed-role/{name}/sandbox",
        ], answer.stderr


def test_the_proxy_and_its_bundle_are_gone_when_the_command_has_ended(sandbox: Sandbox) -> None:
    look = SHOW + "; assert os.path.exists(os.environ['AWS_CA_BUNDLE'])"
    answer = exec_(sandbox, "--", sys.executable, "-c", look, NO_PROXY=".amazonaws.com", AWS_PROFILE="production")
    seen = json.loads(answer.stdout)
    assert {name for name in seen if name.startswith("AWS_")} == {
        "AWS_CA_BUNDLE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION",
        "AWS_DEFAULT_REGION", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_EC2_METADATA_DISABLED",
    }  # fmt: skip
    assert seen["NO_PROXY"] == "127.0.0.1,localhost"
    assert not Path(seen["AWS_CA_BUNDLE"]).exists()
    with pytest.raises(ConnectionRefusedError):
        port = urllib.parse.urlsplit(seen["HTTPS_PROXY"]).port
        assert port
        socket.create_connection(("127.0.0.1", port), 5)


@pytest.mark.parametrize(("script", "code"), [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137)])
def test_the_exit_code_of_the_command_is_the_answer(sandbox: Sandbox, script: str, code: int) -> None:
    assert exec_(sandbox, "--", "sh", "-c", script).returncode == code


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_to_exec_is_the_commands(sandbox: Sandbox, number: signal.Signals) -> None:
    with subprocess.Popen(
        [*COMMAND, "exec", "--proxy", "--dir", str(sandbox.directory), "--", sys.executable, "-c", WAIT],
        env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
    ) as command:  # fmt: skip
        assert command.stdout is not None
        assert command.stdout.readline() == "ready\n"
        os.kill(command.pid, number)
        assert command.wait(10) == 40 + number


def test_ctrl_c_at_a_terminal_reaches_the_command_once(sandbox: Sandbox) -> None:
    count = (
        "import signal, sys, time\n"
        "got = []\n"
        "signal.signal(signal.SIGINT, lambda *_: got.append(1))\n"
        "print('ready', flush=True)\n"
        "until = time.monotonic() + 60\n"
        "while not got and time.monotonic() < until: time.sleep(0.05)\n"
        "time.sleep(0.5)\n"
        "print('got', len(got), flush=True); sys.exit(3)\n"
    )
    pid, terminal = pty.fork()
    if pid == 0:
        words = [*COMMAND, "exec", "--proxy", "--dir", str(sandbox.directory), "--", sys.executable, "-c", count]
        os.execvpe(words[0], words, environment())  # noqa: S606
    said = b""
    try:
        while b"ready" not in said:
            said += os.read(terminal, 1000)
        os.write(terminal, b"\x03")
        while not re.search(rb"got [0-9]+\r\n", said):
            said += os.read(terminal, 1000)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 3
    finally:
        os.close(terminal)
    assert re.search(rb"got 1\b", said), said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--", "no-such-command"), "cannot run no-such-command"),
        (("--as", "no-such-role", "--", "true"), "no-such-role"),
    ],
)
def test_what_cannot_be_run_is_one_line(sandbox: Sandbox, words: tuple[str, ...], says: str) -> None:
    answer = exec_(sandbox, *words)
    assert answer.returncode == 4
    assert answer.stdout == ""
    assert says in answer.stderr
    assert len(answer.stderr.splitlines()) == 1
    assert not list((sandbox.directory / "tls").glob("proxy-*"))


def test_without_a_sandbox_there_is_one_line(tmp_path: Path) -> None:
    answer = run(tmp_path, "exec", "--proxy", "--dir", str(tmp_path / "none"), "--", "true")
    assert answer.returncode == 4
    assert "start one with: bedrock-o11y sandbox up" in answer.stderr


def test_the_lock_of_the_agent_pins_every_package_with_hashes_and_no_address() -> None:
    text = (ROOT / "requirements-agent.txt").read_text()
    assert "://" not in text
    pins = re.findall(r"^([a-z0-9._-]+)(\[[a-z,]+\])?==([^ ;\\]+)(.*?)(?=^[a-z]|\Z)", text, re.MULTILINE | re.DOTALL)
    assert len(pins) > 50
    assert all("--hash=sha256:" in rest for *_, rest in pins)
    versions = {name: tuple(int(part) for part in version.split(".")[:2]) for name, _, version, _ in pins
                if name in ("aws-opentelemetry-distro", "strands-agents")}  # fmt: skip
    assert versions["aws-opentelemetry-distro"] >= (0, 18)
    assert versions["strands-agents"] >= (1, 10)
