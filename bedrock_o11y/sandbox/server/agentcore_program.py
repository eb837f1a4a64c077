"""A program of this machine that every runtime runs in place of the built-in agent.

It serves HTTP as AgentCore Runtime asks of a container or an archive of code (AgentCore developer guide, "HTTP protocol
contract": `GET /ping`, `POST /invocations`), but for the port: 8080 there, here that of the variable `PORT`. In AWS one
process serves a session; here one serves one invocation, is interrupted after its answer, and is waited for, so that
whatever it still has to send has been sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Mapping

FILE_NAME = "agent.json"
"""In the state folder; says what is run. Without it the built-in agent runs."""

LOOPBACK = "127.0.0.1"
BEGIN_SECONDS, ANSWER_SECONDS, END_SECONDS = 60.0, 120.0, 15.0
FAILED = 500


@dataclass(frozen=True, slots=True)
class Program:
    """What is run.

    Attributes:
        command: program and arguments.
        environment: variables by which it reaches the sandbox under the host names of AWS.
    """

    command: tuple[str, ...]
    environment: dict[str, str]


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of an invocation.

    Attributes:
        status: of the program's answer; 500 when there was none.
        content_type: of the answer.
        body: of the answer.
        output: lines that the program printed.
    """

    status: int
    content_type: str
    body: bytes
    output: list[str]


def current() -> Program | None:
    """The program that runtimes run now.

    Returns:
        the program, or None for the built-in agent.
    """
    state = os.environ.get("STATE_DIR")  # a folder inside the state folder, see `settings`
    if not state:
        return None
    try:
        values = json.loads((Path(state).parent / FILE_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return Program(tuple(values["command"]), dict(values["environment"]))


async def invoke(program: Program, variables: Mapping[str, str], headers: Mapping[str, str], payload: bytes) -> Ran:
    """Run the program for one invocation.

    Args:
        program: what is run.
        variables: its environment, beside what leads it to the sandbox.
        headers: of the request that it gets.
        payload: of the request that it gets.

    Returns:
        what became of it.
    """
    port = _free_port()
    home = os.environ.get("TMPDIR", "/tmp")  # noqa: S108 - the sandbox's own folder, see `settings`
    given = {"PATH": os.environ.get("PATH", os.defpath), "HOME": home, "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
    try:
        process = await asyncio.create_subprocess_exec(
            *program.command,
            env={**given, **variables, **program.environment, "PORT": str(port)},
            cwd=home,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        return Ran(FAILED, "", b"", [f"cannot run {program.command[0]}: {error.strerror}"])
    printed = asyncio.create_task(_read(process))
    try:
        status, content_type, body = await _ask(process, port, headers, payload)
        await _end(process)
    finally:
        _kill(process)  # and whatever it started; also when the sandbox is stopped meanwhile
        output = await printed
    return Ran(status, content_type, body, output)


async def _ask(process: Process, port: int, headers: Mapping[str, str], payload: bytes) -> tuple[int, str, bytes]:
    until = time.monotonic() + BEGIN_SECONDS
    while process.returncode is None and time.monotonic() < until:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if (await asyncio.to_thread(_request, port, "GET", "/ping", {}, b""))[0] == http.client.OK:
                break
        await asyncio.sleep(0.05)
    else:
        return FAILED, "", b""
    try:
        return await asyncio.to_thread(_request, port, "POST", "/invocations", headers, payload)
    except (OSError, http.client.HTTPException):
        return FAILED, "", b""


def _request(port: int, method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=ANSWER_SECONDS)
    try:
        connection.request(method, path, body or None, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Content-Type", ""), answer.read()
    finally:
        connection.close()


async def _read(process: Process) -> list[str]:
    if process.stdout is None:
        return []
    text = (await process.stdout.read()).decode("utf-8", "replace")
    return [line for line in text.splitlines() if line.strip()]


async def _end(process: Process) -> None:
    """Interrupt the program, which lets the telemetry library of Python send what it has, and wait for it."""
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGINT)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), END_SECONDS)


def _kill(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((LOOPBACK, 0))
        return int(found.getsockname()[1])
