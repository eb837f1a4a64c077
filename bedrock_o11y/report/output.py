"""Where a report goes: stdout, or a file that is either whole or not there."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TextIO

from bedrock_o11y.errors import CouldNotRunError, UsageError


def interactive(stream: TextIO) -> bool:
    """Whether a person is looking at the stream."""
    return stream.isatty()


def colourful(stream: TextIO, *, no_color: bool) -> bool:
    """Whether to colour: only on a terminal, and neither ``--no-color`` nor ``NO_COLOR`` (https://no-color.org)."""
    return interactive(stream) and not no_color and not os.environ.get("NO_COLOR")


def deliver(text: str, out: Path | None) -> None:
    """Writes a report to a file, or to stdout.

    Args:
        text: the report; a closing newline is added when it has none.
        out: the file; None writes to stdout.

    Raises:
        UsageError: the folder of the file does not exist, or the file is a folder.
        CouldNotRunError: the file cannot be written: permission, full disk.
    """
    text = text if text.endswith("\n") else f"{text}\n"
    if out is None:
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except BrokenPipeError:
            # The reader has seen enough (``bedrock-o11y check | head``); the exit code still tells the result.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return
    write_whole(out, text)


def write_whole(path: Path, text: str) -> None:
    """Writes a file through a temporary neighbour, so that a reader never sees half of it.

    Args:
        path: the file.
        text: what it will contain.

    Raises:
        UsageError: the folder of the file does not exist, or the file is a folder.
        CouldNotRunError: the file cannot be written: permission, full disk.
    """
    if path.is_dir():
        raise UsageError(f"cannot write {path}: it is a folder; name a file")
    if not path.parent.is_dir():
        raise UsageError(f"cannot write {path}: the folder {path.parent} does not exist; create it first")
    temporary: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as file:
            temporary = Path(file.name)
            file.write(text)
        if not path.exists():
            temporary.chmod(0o644)  # a temporary file is private; a report is meant to be read
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise CouldNotRunError(f"cannot write {path}: {error.strerror or error}") from error
