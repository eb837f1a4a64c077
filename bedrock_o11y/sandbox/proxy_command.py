"""Runs a command beside its proxy, as if the command stood in the place of this process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from bedrock_o11y.errors import CouldNotRunError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import FrameType

_PASSED_ON = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
_KILLED = 128


def run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command and wait for it; signals that this process gets meanwhile are the command's.

    To be called from the main thread.

    Args:
        command: program and arguments.
        environment: the whole environment.

    Returns:
        its exit code; 128 and the number of the signal that ended it, as a shell has it.

    Raises:
        CouldNotRunError: there is no such program.
    """
    early: list[int] = []
    child: subprocess.Popen[bytes] | None = None

    def pass_on(number: int, _frame: FrameType | None) -> None:
        if child is None:
            early.append(number)
        elif number != signal.SIGINT or not _terminal_is_ours():
            child.send_signal(number)

    before = {number: signal.signal(number, pass_on) for number in _PASSED_ON}
    try:
        child = subprocess.Popen(command, env=environment)  # noqa: S603 - the user's own command
        for number in early:
            child.send_signal(number)
        code = child.wait()
    except OSError as error:
        raise CouldNotRunError(f"cannot run {command[0]}: {error.strerror}") from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return _KILLED - code if code < 0 else code


def _terminal_is_ours() -> bool:
    """Whether Ctrl-C went to the command as well: the terminal sends it to every process in the foreground."""
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError, AttributeError):
        return False
