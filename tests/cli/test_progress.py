"""What is said while a command works."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

PROGRAM = """
import time
from bedrock_o11y.cli import progress
progress._PATIENCE_SECONDS = {patience}
progress._FRAME_SECONDS = 0.01
with progress.Progress("first", quiet={quiet}) as say:
    time.sleep(0.1)
    say("second")
    time.sleep(0.2)
print("done")
"""


def shown(*, terminal: bool, quiet: bool = False, patience: float = 0.02) -> str:
    master, slave = pty.openpty()
    program = PROGRAM.format(quiet=quiet, patience=patience)
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.DEVNULL,
        stderr=slave if terminal else subprocess.PIPE,
        text=True,
    )
    piped = process.stderr.read() if process.stderr else ""
    process.wait()
    if process.stderr:
        process.stderr.close()
    os.close(slave)
    drawn = b""
    try:
        while chunk := os.read(master, 65536):
            drawn += chunk
    except OSError:
        pass  # the other end is closed: everything was read
    os.close(master)
    return piped + drawn.decode()


def test_a_person_who_waits_sees_what_is_being_done_and_the_line_is_wiped() -> None:
    drawn = shown(terminal=True)
    assert "first" in drawn
    assert "second" in drawn
    assert drawn.endswith("\r\033[K")


@pytest.mark.parametrize(
    "silent", [{"terminal": False}, {"terminal": True, "quiet": True}, {"terminal": True, "patience": 60.0}]
)
def test_nothing_is_said_to_a_program_or_when_quiet_or_when_it_is_quick(silent: dict[str, float]) -> None:
    assert shown(**silent) == ""  # type: ignore[arg-type]
