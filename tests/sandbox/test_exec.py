from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.command_line import COMMAND, environment, run

if TYPE_CHECKING:
    from pathlib import Path

    from bedrock_o11y.sandbox import Sandbox

pytestmark = pytest.mark.sandbox

SHOW = "import json, os; print(json.dumps(dict(os.environ)))"


def exec_(sandbox: Sandbox, *words: str, **changes: str) -> subprocess.CompletedProcess[str]:
    return run(sandbox.directory, "exec", "--dir", str(sandbox.directory), *words, **changes)


def shown(sandbox: Sandbox, *words: str, **changes: str) -> dict[str, str]:
    answer: dict[str, str] = json.loads(exec_(sandbox, *words, "--", sys.executable, "-c", SHOW, **changes).stdout)
    return answer


def test_a_command_sees_the_sandbox_and_no_other_account(sandbox: Sandbox) -> None:
    seen = shown(
        sandbox, AWS_PROFILE="production", AWS_ENDPOINT_URL_LOGS="https://example.com", AWS_ROLE_ARN="arn:aws:iam::1:x",
        HTTPS_PROXY="http://127.0.0.1:9", NO_PROXY="intranet", MINE="kept",
    )  # fmt: skip
    ours = {name for name in seen if name.startswith("AWS_")}
    assert ours == {
        "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
        "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_EC2_METADATA_DISABLED",
    }  # fmt: skip
    assert seen["AWS_ENDPOINT_URL"] == sandbox.endpoint
    assert seen["MINE"] == "kept"
    assert set(seen["NO_PROXY"].split(",")) == {"127.0.0.1", "localhost", "intranet"}
    assert seen["CDK_HOME"].startswith(str(sandbox.directory))
    assert seen["NODE_EXTRA_CA_CERTS"] == seen["AWS_CA_BUNDLE"]


def test_a_command_acts_as_the_administrator_role_or_another(sandbox: Sandbox) -> None:
    ask = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"
    trust = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "sts:AssumeRole"}
    sandbox.client("iam").create_role(
        RoleName="another", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )
    for words, name in (((), "SandboxAdministrator"), (("--as", "another"), "another")):
        answer = exec_(sandbox, *words, "--", sys.executable, "-c", ask, HTTPS_PROXY="http://127.0.0.1:9")
        assert answer.stdout.strip() == f"arn:aws:sts::000000000000:assumed-role/{name}/sandbox", answer.stderr
    arn = "arn:aws:iam::000000000000:role/another"
    assert shown(sandbox, "--as", arn)["AWS_ACCESS_KEY_ID"]


@pytest.mark.parametrize("code", [0, 1, 7, 130])
def test_the_exit_code_of_the_command_is_the_answer(sandbox: Sandbox, code: int) -> None:
    assert exec_(sandbox, "--", "sh", "-c", f"exit {code}").returncode == code


def test_options_of_the_command_are_its_own(sandbox: Sandbox) -> None:
    assert exec_(sandbox, "--", "echo", "--as", "x", "--help").stdout == "--as x --help\n"
    assert exec_(sandbox, "echo", "-n", "x").stdout == "x"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_reaches_the_command(sandbox: Sandbox, number: signal.Signals) -> None:
    script = (
        "import signal, sys, time\n"
        "for n in (signal.SIGTERM, signal.SIGINT): signal.signal(n, lambda n, _: sys.exit(40 + n))\n"
        "print('ready', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [*COMMAND, "exec", "--dir", str(sandbox.directory), "--", sys.executable, "-c", script], env=environment(),
        stdout=subprocess.PIPE, text=True,
    ) as command:  # fmt: skip
        assert command.stdout is not None
        assert command.stdout.readline() == "ready\n"
        os.kill(command.pid, number)
        assert command.wait(10) == 40 + number


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


def test_faults_are_added_listed_and_cleared(sandbox: Sandbox, tmp_path: Path) -> None:
    def faults(*words: str) -> subprocess.CompletedProcess[str]:
        return run(tmp_path, "faults", *words, "--dir", str(sandbox.directory))

    sandbox.faults.clear()
    assert faults("add", "--operation", "logs:PutLogEvents", "--kind", "drop", "--at", "3").returncode == 0
    listed: dict[str, Any] = json.loads(faults("list", "--format", "json").stdout)
    assert listed["schema"] == {"name": "bedrock-o11y/sandbox-faults", "version": 1}
    assert [(fault["operation"], fault["kind"], fault["at"]) for fault in listed["faults"]] == [
        ("logs:PutLogEvents", "drop", 3)
    ]
    assert "logs:PutLogEvents  drop  call 3" in faults("list").stdout
    assert faults("add", "--operation", "PutLogEvents", "--kind", "drop").returncode == 2
    assert faults("add", "--operation", "logs:PutLogEvents", "--kind", "explode").returncode == 2
    assert faults("clear").returncode == 0
    assert faults("list").stdout == ""
