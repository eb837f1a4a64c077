"""Runs the command line in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from bedrock_o11y.sandbox.process import server_python

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = [sys.executable, "-c", "import sys; from bedrock_o11y.cli import main; sys.exit(main())", "sandbox"]


def environment(**changes: str) -> dict[str, str]:
    return {**os.environ, "BEDROCK_O11Y_SANDBOX_PYTHON": str(server_python()), **changes}


def run(folder: Path, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], cwd=folder, env=environment(**changes), capture_output=True, text=True, check=False,
        timeout=60,
    )  # fmt: skip
