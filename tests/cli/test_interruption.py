"""Ctrl-C while AWS does not answer."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time

import pytest


@pytest.mark.parametrize("command", ["check", "plan"])
def test_ctrl_c_ends_a_command_at_once_although_an_endpoint_hangs(command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{silent.getsockname()[1]}",
            "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "us-east-1",
        }
        process = subprocess.Popen(
            [sys.executable, "-c", "from bedrock_o11y.cli import main; raise SystemExit(main())", command],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        silent.settimeout(30)
        connection, _ = silent.accept()  # it is waiting for an answer now
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        output, error = process.communicate(timeout=10)
        connection.close()
    assert process.returncode == 130
    assert error.strip() == "interrupted"
    assert output == ""
