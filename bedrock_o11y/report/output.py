"""Where a report goes: stdout, or a file that is either whole or not there."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import TextIO

from bedrock_o11y.errors import CouldNotRunError, UsageError


def interactive(stream: TextIO | None) -> bool:
    """Whether a person is looking at the stream; nobody looks at one that was closed before the start (``>&-``)."""
    return stream is not None and stream.isatty()


def colourful(stream: TextIO | None, *, no_color: bool) -> bool:
    """Whether to colour: only on a terminal, and neither ``--no-color`` nor ``NO_COLOR`` (https://no-color.org)."""
    return interactive(stream) and not no_color and not os.environ.get("NO_COLOR")


def deliver(text: str, out: Path | None) -> None:
    """Writes a report to a file, or to stdout.

    Args:
        text: the report; a closing newline is added when it has none.
        out: the file; None writes to stdout.

    Raises:
        UsageError: the folder of the file does not exist, or the file is a folder.
        CouldNotRunError: the file or stdout cannot be written: permission, full disk.
    """
    text = text if text.endswith("\n") else f"{text}\n"
    if out is not None:
        write_whole(out, text)
        return
    if sys.stdout is None:
        raise CouldNotRunError("cannot write to stdout: it is closed; redirect it, or name a file with --out")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has seen enough (``bedrock-o11y check | head``); the exit code still tells the result.
        _forget_stdout()
    except OSError as error:
        _forget_stdout()
        raise CouldNotRunError(f"cannot write to stdout: {error.strerror or error}") from error


def _forget_stdout() -> None:
    """Keeps Python from trying, and failing, to write the rest at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_whole(path: Path, text: str) -> None:
    """Writes a file through a temporary neighbour, so that a reader never sees half of it.

    What is there and is no file (a pipe, ``/dev/stderr``, ``/dev/null``) is written to as it is and never replaced. The
    target of a symbolic link is replaced, not the link; a file that is written again keeps its mode.

    Args:
        path: the file.
        text: what it will contain.

    Raises:
        UsageError: the folder of the file does not exist, or the file is a folder.
        CouldNotRunError: the file cannot be written: permission, full disk.
    """
    temporary: Path | None = None
    try:
        mode = _mode(path)
        if mode is not None and stat.S_ISDIR(mode):
            raise UsageError(f"cannot write {path}: it is a folder; name a file")
        if mode is not None and not stat.S_ISREG(mode):
            with path.open("w", encoding="utf-8") as file:
                file.write(text)
            return
        target = path.resolve() if path.is_symlink() else path
        if not target.parent.is_dir():
            raise UsageError(f"cannot write {path}: the folder {target.parent} does not exist; create it first")
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=target.parent, prefix=".bedrock-o11y.", delete=False
        ) as whole:
            temporary = Path(whole.name)
            whole.write(text)
        # A temporary file is private; a report is meant to be read.
        temporary.chmod(0o644 if mode is None else stat.S_IMODE(mode))
        temporary.replace(target)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise CouldNotRunError(f"cannot write {path}: {error.strerror or error}") from error


def _mode(path: Path) -> int | None:
    """Type and permissions of what is there; None when nothing is."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None
