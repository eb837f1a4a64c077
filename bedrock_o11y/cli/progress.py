"""What is said while a command works: on stderr, only to a person, and only when it takes a while."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from types import TracebackType

_PATIENCE_SECONDS: Final = 2.0
_FRAME_SECONDS: Final = 0.25


class Progress:
    """One line on stderr that shows the last phrase and the seconds gone by; nothing within the first two seconds.

    Use it as a context manager and call it with a phrase. The line is wiped when the work is done.
    """

    def __init__(self, phrase: str, *, quiet: bool = False) -> None:
        """Begins to count.

        Args:
            phrase: what is being done.
            quiet: say nothing.
        """
        self._phrase = phrase
        self._shown = not quiet and sys.stderr.isatty()
        self._done = threading.Event()
        self._started = time.monotonic()
        self._thread = threading.Thread(target=self._draw, daemon=True)

    def __call__(self, phrase: str) -> None:
        """Says what is being done now."""
        self._phrase = phrase

    def __enter__(self) -> Progress:
        """Starts to draw."""
        if self._shown:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wipes the line."""
        self._done.set()
        if self._thread.is_alive():
            self._thread.join()

    def _draw(self) -> None:
        drawn = False
        if not self._done.wait(_PATIENCE_SECONDS):
            drawn = True
            while not self._done.wait(_FRAME_SECONDS):
                seconds = time.monotonic() - self._started
                click.echo(f"\r\033[K{self._phrase} … {seconds:.0f} s", nl=False, err=True)
        if drawn:
            click.echo("\r\033[K", nl=False, err=True)
