"""What the demo shows on screen and writes to ``build/demo/report.json``."""

from __future__ import annotations

import json
import os
import sys
import textwrap
import threading
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_WIDTH, _INDENT = 110, "      "
_GREEN, _RED, _DIM, _PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[2m", "\x1b[0m"


class StepFailed(Exception):
    """A step did not do what it should; the message says what it did instead."""


@dataclass
class Step:
    """One step of the demo.

    Attributes:
        name: a word or two.
        state: PASS when the step did what it should, a deliberate failure included; else FAIL.
        seconds: how long it took.
        evidence: what was seen, a line each.
    """

    name: str
    state: str = "FAIL"
    seconds: float = 0.0
    evidence: list[str] = field(default_factory=list)

    def saw(self, line: str) -> None:
        """Add a line of evidence.

        Args:
            line: what was seen.
        """
        self.evidence.append(line)


@dataclass
class Report:
    """The steps so far.

    Attributes:
        folder: where ``report.json`` goes.
        steps: in the order in which they ran.
    """

    folder: Path
    steps: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, name: str, what: str) -> Iterator[Step]:
        """Run one step: say that it begins, then how it ended and what was seen.

        Args:
            name: a word or two.
            what: what happens, for the person who waits.

        Yields:
            The step, for its evidence.

        Raises:
            StepFailed: when the block raised it; the report is written first.
        """
        step = Step(name)
        self.steps.append(step)
        number = f"{len(self.steps):2}"
        started = time.monotonic()
        ended = self._tick(f"{number}  {what} ...", started)
        try:
            yield step
            step.state = "PASS"
        except StepFailed as failure:
            step.saw(str(failure))
            raise
        finally:
            ended()
            step.seconds = round(time.monotonic() - started, 1)
            self._tell(f"{number}  {what:<62}", step)
            self.write()

    def write(self) -> None:
        """Write ``report.json``."""
        document = {
            "schema": {"name": "bedrock-o11y/demo", "version": 1},
            "state": "PASS" if self.steps and all(step.state == "PASS" for step in self.steps) else "FAIL",
            "seconds": round(sum(step.seconds for step in self.steps), 1),
            "steps": [asdict(step) for step in self.steps],
        }
        (self.folder / "report.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")

    def say(self, line: str) -> None:
        """Print a line, and keep it for ``transcript.txt``.

        Args:
            line: without colour.
        """
        print(line, flush=True)
        self._keep(line)

    def _tell(self, title: str, step: Step) -> None:
        print(f"{title} {_coloured(step.state)} {step.seconds:5.1f} s")
        lines = [line for seen in step.evidence for line in _wrapped(seen)]
        for line in lines:
            print(_dim(line))
        sys.stdout.flush()
        self._keep(f"{title} {step.state} {step.seconds:5.1f} s", *lines)

    def _keep(self, *lines: str) -> None:
        with (self.folder / "transcript.txt").open("a", encoding="utf-8") as transcript:
            transcript.writelines(f"{line}\n" for line in lines)

    @staticmethod
    def _tick(title: str, started: float) -> Callable[[], None]:
        """Show on a terminal how long the step has been running; the answer ends it."""
        if not sys.stdout.isatty():
            return lambda: None
        done = threading.Event()

        def show() -> None:
            while True:
                print(f"\r{title} {time.monotonic() - started:4.0f} s", end="", flush=True)
                if done.wait(0.5):
                    print("\r\x1b[K", end="", flush=True)
                    return

        thread = threading.Thread(target=show, daemon=True)
        thread.start()

        def end() -> None:
            done.set()
            thread.join()

        return end


def _wrapped(seen: str) -> list[str]:
    """A line of evidence in lines that fit a page; words are kept whole, and so are columns."""
    line = f"{_INDENT}{seen}"
    if len(line) <= _WIDTH:
        return [line]
    return textwrap.wrap(
        seen,
        _WIDTH,
        initial_indent=_INDENT,
        subsequent_indent=f"{_INDENT}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _coloured(state: str) -> str:
    if not _colour():
        return state
    return f"{_GREEN if state == 'PASS' else _RED}{state}{_PLAIN}"


def _dim(text: str) -> str:
    return f"{_DIM}{text}{_PLAIN}" if _colour() else text


def _colour() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ
