"""Starts, finds and ends the server's process."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bedrock_o11y.errors import CouldNotRunError

if TYPE_CHECKING:
    from bedrock_o11y.sandbox.state import StateFolder

PYTHON_VARIABLE = "BEDROCK_O11Y_SANDBOX_PYTHON"
"""Environment variable that names the interpreter of the server's environment."""

START_TIMEOUT = 30.0
"""Seconds until a server that does not answer is given up; it takes one or two."""

_HERE = Path(__file__).resolve().parent
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT")


def server_python() -> Path:
    """The interpreter of the server's environment.

    Returns:
        what the environment variable names, else `.venv-sandbox` beside the current folder or beside the repository.

    Raises:
        CouldNotRunError: there is none; the message says how to make it.
    """
    named = os.environ.get(PYTHON_VARIABLE)
    if named:
        if not Path(named).is_file():
            raise CouldNotRunError(f"{PYTHON_VARIABLE} names {named}, which is not a file")
        return Path(named)
    for folder in (Path.cwd(), _HERE.parent.parent):
        python = folder / ".venv-sandbox" / "bin" / "python"
        if python.is_file():
            return python
    raise CouldNotRunError(
        "the sandbox's server has no environment yet; make it with: "
        f"python3 -m venv .venv-sandbox && .venv-sandbox/bin/pip install --require-hashes -r {_requirements()}"
    )


def _requirements() -> Path:
    shipped = _HERE / "requirements-sandbox.txt"
    return shipped if shipped.is_file() else _HERE.parent.parent / "requirements-sandbox.txt"


def start(folder: StateFolder, *, with_parent: bool) -> tuple[subprocess.Popen[bytes], int]:
    """Start the server and wait until it answers.

    Args:
        folder: a prepared state folder with the settings file.
        with_parent: the server ends when this process does, however it ends.

    Returns:
        the process and its port.

    Raises:
        CouldNotRunError: it did not start; the message is the server's own line.
    """
    python = server_python()
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment["HOME"] = environment["TMPDIR"] = str(folder.path / "tmp")
    try:
        with folder.log.open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 - our own script, by the interpreter found above
                # Isolated: neither PYTHONPATH nor the current folder reach the server or its Lambda workers.
                [str(python), "-I", str(_HERE / "server" / "__main__.py"), str(folder.settings)],
                stdin=subprocess.PIPE if with_parent else subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=folder.path,
                start_new_session=True,  # Ctrl-C is for the client, which stops the server in order
            )
    except OSError as error:
        raise CouldNotRunError(f"cannot start the sandbox's server with {python}: {error.strerror}") from None
    try:
        return process, _wait_for_answer(process, folder)
    except BaseException:
        end_child(process)
        raise


def _wait_for_answer(process: subprocess.Popen[bytes], folder: StateFolder) -> int:
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        ended = process.poll() is not None
        if folder.answer.exists():
            answer = json.loads(folder.answer.read_text(encoding="utf-8"))
            if "error" in answer:
                raise CouldNotRunError(f"the sandbox did not start: {answer['error']}")
            return int(answer["port"])
        if ended:
            raise CouldNotRunError(
                f"the sandbox's server ended with code {process.returncode}: {_last_line(folder.log)}"
            )
        time.sleep(0.02)
    raise CouldNotRunError(f"the sandbox's server did not answer within {START_TIMEOUT:.0f} s; see {folder.log}")


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.is_file() else []
    return lines[-1] if lines else f"see {log}"


def started_at(pid: int) -> str | None:
    """When a process started, as the system tells it.

    A pid is used again after its process has ended; together with the start time it names one process.

    Args:
        pid: the process.

    Returns:
        an opaque text, or None when no such process is alive.
    """
    if Path("/proc/self/stat").exists():
        try:
            # After the last parenthesis: the command may hold spaces. Fields 3 (state) and 22 (start) of proc(5).
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in "ZX" else fields[19]
    answer = subprocess.run(  # noqa: S603
        ["/bin/ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or None


def end(pid: int, started: str, patience: float = 10.0) -> bool:
    """End a server, only if it is still the process we started.

    Args:
        pid: the process.
        started: its start time as recorded.
        patience: seconds until it is killed.

    Returns:
        True when it was alive.
    """
    if started_at(pid) != started:
        return False
    for number, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 5.0)):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return True
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if started_at(pid) != started:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)  # a child that was released leaves no zombie
                return True
            time.sleep(0.02)
    return True


def release(process: subprocess.Popen[bytes]) -> None:
    """Let a server outlive this process.

    Args:
        process: the server.
    """
    process.returncode = 0  # or Popen warns that it is still running when it is collected


def end_child(process: subprocess.Popen[bytes], patience: float = 10.0) -> None:
    """End a server this process started.

    Args:
        process: the server.
        patience: seconds until it is killed.
    """
    if process.stdin is not None:
        process.stdin.close()
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
