from __future__ import annotations

import concurrent.futures
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bedrock_o11y.sandbox import Sandbox, process
from bedrock_o11y.sandbox.state import Running, StateFolder
from tests.sandbox.command_line import COMMAND, environment, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.sandbox


def gone(pid: int, within: float = 10.0) -> bool:
    return eventually(lambda: process.started_at(pid) is None, within)


def eventually(condition: Callable[[], bool], within: float = 10.0) -> bool:
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture
def up(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """A sandbox that `sandbox up` has left running, as `status` shows it."""
    assert run(tmp_path, "up").returncode == 0
    yield json.loads(run(tmp_path, "status", "--format", "json").stdout)
    run(tmp_path, "down")


# --- Where it listens and what it writes -------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_it_listens_on_one_port_of_loopback_and_nowhere_else(sandbox: Sandbox) -> None:
    inodes = {
        target.removeprefix("socket:[").removesuffix("]")
        for entry in Path(f"/proc/{sandbox.pid}/fd").iterdir()
        if (target := str(entry.readlink())).startswith("socket:[")
    }
    rows = [
        line.split() for table in ("tcp", "tcp6", "udp", "udp6")
        for line in Path(f"/proc/{sandbox.pid}/net/{table}").read_text().splitlines()[1:]
    ]  # fmt: skip
    listening = {row[1] for row in rows if row[9] in inodes and row[3] in {"0A", "07"}}
    assert listening == {f"0100007F:{int(sandbox.endpoint.rpartition(':')[2]):04X}"}


def test_no_other_address_of_this_machine_answers(sandbox: Sandbox) -> None:
    port = int(sandbox.endpoint.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=2):
        pass
    for address in ("127.0.0.2", socket.gethostbyname(socket.gethostname())):
        if address != "127.0.0.1":
            with pytest.raises(OSError, match=r"refused|assign"):
                socket.create_connection((address, port), timeout=2).close()


def test_only_the_user_can_read_the_state_folder(sandbox: Sandbox) -> None:
    assert sandbox.directory.stat().st_mode & 0o777 == 0o700
    for name in ("running.json", "tls/server.key"):
        assert (sandbox.directory / name).stat().st_mode & 0o777 == 0o600, name
    assert not (sandbox.directory / "server-settings.json").exists(), "the root user's key was left lying about"


def test_the_certificate_is_trusted_by_its_authority_alone(sandbox: Sandbox) -> None:
    import ssl

    port = int(sandbox.endpoint.rpartition(":")[2])
    ours = ssl.create_default_context(cafile=str(sandbox.directory / "tls" / "ca.pem"))
    for name in ("127.0.0.1", "localhost", "bucket.s3.localhost"):
        with socket.create_connection(("127.0.0.1", port)) as plain, ours.wrap_socket(plain, server_hostname=name):
            pass
    for context, name in ((ssl.create_default_context(), "localhost"), (ours, "example.com")):
        with (
            socket.create_connection(("127.0.0.1", port)) as plain,
            pytest.raises(ssl.SSLCertVerificationError),
        ):
            context.wrap_socket(plain, server_hostname=name)


def test_two_sandboxes_side_by_side_know_nothing_of_each_other(sandbox: Sandbox, tmp_path: Path) -> None:
    other = Sandbox.start(tmp_path / "other")
    try:
        assert other.endpoint != sandbox.endpoint
        other.client("logs").create_log_group(logGroupName="/only/there")
        groups = sandbox.client("logs").describe_log_groups(logGroupNamePrefix="/only")["logGroups"]
        assert groups == []
    finally:
        other.stop()
    assert gone(other.pid)
    assert sandbox.client("sts").get_caller_identity()["Account"] == "000000000000"


# --- Up, down, status --------------------------------------------------------------------------------------------


def test_up_outlives_its_command_and_a_second_up_says_what_runs(up: dict[str, Any], tmp_path: Path) -> None:
    assert up["running"]
    assert process.started_at(up["pid"])
    second = run(tmp_path, "up")
    assert second.returncode == 0
    assert second.stdout.strip() == up["endpoint"]
    assert str(up["pid"]) in second.stderr
    assert "already" in second.stderr


def test_down_ends_the_server_and_saying_it_twice_is_fine(up: dict[str, Any], tmp_path: Path) -> None:
    assert run(tmp_path, "down").returncode == 0
    assert process.started_at(up["pid"]) is None
    again = run(tmp_path, "down")
    assert again.returncode == 0
    assert "no sandbox runs" in again.stderr
    assert run(tmp_path, "status").returncode == 1
    assert json.loads(run(tmp_path, "status", "--format", "json").stdout)["running"] is False


def test_ups_at_the_same_time_start_one_sandbox(tmp_path: Path) -> None:
    try:
        with concurrent.futures.ThreadPoolExecutor() as pool:
            answers = list(pool.map(lambda _: run(tmp_path, "up"), range(3)))
        assert [answer.returncode for answer in answers] == [0, 0, 0]
        assert len({answer.stdout for answer in answers}) == 1
    finally:
        run(tmp_path, "down")


def test_a_sandbox_that_was_killed_is_replaced(up: dict[str, Any], tmp_path: Path) -> None:
    os.kill(up["pid"], signal.SIGKILL)
    assert gone(up["pid"])
    assert run(tmp_path, "status").returncode == 1
    assert run(tmp_path, "up").returncode == 0
    assert json.loads(run(tmp_path, "status", "--format", "json").stdout)["pid"] != up["pid"]


def test_a_process_that_got_the_pid_of_a_dead_sandbox_is_left_alone(tmp_path: Path) -> None:
    bystander = subprocess.Popen(["sleep", "60"])
    try:
        folder = StateFolder(tmp_path / "state")
        folder.prepare()
        folder.record(Running(bystander.pid, "another start time", 1, "000000000000", "us-east-1", "k", "s"))
        assert run(tmp_path, "down", "--dir", str(folder.path)).returncode == 0
        assert Sandbox.find(folder.path) is None
        assert process.end(bystander.pid, "another start time") is False
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_in_the_foreground_a_signal_takes_it_down_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    with subprocess.Popen(
        [*COMMAND, "up", "--foreground"], cwd=tmp_path, env=environment(), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    ) as command:  # fmt: skip
        assert command.stdout is not None
        assert command.stdout.readline().startswith("https://127.0.0.1:")
        pid = json.loads(run(tmp_path, "status", "--format", "json").stdout)["pid"]
        command.send_signal(number)
        _, said = command.communicate(timeout=15)
    assert command.returncode == 0
    assert said.splitlines()[-1] == "sandbox down"
    assert process.started_at(pid) is None
    assert run(tmp_path, "status").returncode == 1


def test_the_server_ends_when_the_process_that_started_it_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys, time; from bedrock_o11y.sandbox import Sandbox\n"
        "print(Sandbox.start(sys.argv[1]).pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "state")], env=environment(), stdout=subprocess.PIPE, text=True
    ) as starter:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        assert process.started_at(pid)
        starter.kill()
    assert gone(pid)


def test_the_server_ends_within_seconds_with_clients_connected(tmp_path: Path) -> None:
    running = Sandbox.start(tmp_path / "state")
    running.client("iam").list_roles()
    os.kill(running.pid, signal.SIGTERM)
    assert gone(running.pid, 30)
    running.stop()


def test_the_server_ends_when_its_state_folder_is_deleted(tmp_path: Path) -> None:
    running = Sandbox.start(tmp_path / "state", background=True)
    shutil.rmtree(tmp_path / "state")
    assert gone(running.pid)
