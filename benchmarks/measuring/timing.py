"""Time and memory of whole processes that take turns, so that a busy machine slows all of them alike."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent.parent
"""The repository: every work runs there."""

_RSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes in what the system counts memory in: see getrusage(2) of either system."""


class BrokenWorkError(Exception):
    """A work did not do what it should, so its time means nothing."""


@dataclass(frozen=True, slots=True)
class Work:
    """A command to be timed.

    Attributes:
        name: what the report calls it.
        command: program and arguments; the program is looked for beside this interpreter first.
        environment: all of the environment; None for this process's own.
        output: folder that the command fills; removed before each run, so that no run finds the work of the last.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] | None = None
    output: Path | None = None


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a work took, once in each round.

    Attributes:
        seconds: by the clock, in the order of the rounds.
        processor_seconds: user and system time of the process and those it waited for, in the same order.
        peak_bytes: the most memory that the process held at once, in the same order. It is at least what this process
            holds when it starts the other one.
    """

    seconds: Sequence[float]
    processor_seconds: Sequence[float]
    peak_bytes: Sequence[int]

    @property
    def best(self) -> float:
        """The shortest round in seconds: what the work takes when nothing else disturbs it."""
        return min(self.seconds)

    @property
    def median(self) -> float:
        """The median round in seconds."""
        return statistics.median(self.seconds)

    @property
    def best_processor(self) -> float:
        """The least processor time of a round in seconds; other programs hardly change it."""
        return min(self.processor_seconds)

    @property
    def peak(self) -> int:
        """The most bytes that any round held."""
        return max(self.peak_bytes)

    def __str__(self) -> str:
        return (
            f"best {self.best:.3f} s, median {self.median:.3f} s of {len(self.seconds)}, "
            f"processor {self.best_processor:.3f} s, {self.peak / 1e6:.0f} MB"
        )


def in_turn(works: Sequence[Work], rounds: int) -> dict[str, Timing]:
    """Time works in turn: each once to warm up, then each once in every round.

    Args:
        works: what to time.
        rounds: how often.

    Returns:
        The timing of each work, by its name.

    Raises:
        BrokenWorkError: a work's program is missing, or it left with another exit code than 0.
    """
    for work in works:
        _run(work)
    measured: dict[str, list[_Run]] = {work.name: [] for work in works}
    for _ in range(rounds):
        for work in works:
            measured[work.name].append(_run(work))
    return {
        name: Timing(
            [run.seconds for run in runs], [run.processor_seconds for run in runs], [run.peak_bytes for run in runs]
        )
        for name, runs in measured.items()
    }


@dataclass(frozen=True, slots=True)
class _Run:
    """One round of one work."""

    seconds: float
    processor_seconds: float
    peak_bytes: int


def _run(work: Work) -> _Run:
    environment = dict(os.environ if work.environment is None else work.environment)
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment.get("PATH", "")])
    program, *arguments = work.command
    found = shutil.which(program, path=environment["PATH"])
    if found is None:
        raise BrokenWorkError(f"{work.name}: there is no program {program}; `make setup` installs it")
    if work.output:
        shutil.rmtree(work.output, ignore_errors=True)
    with tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(
            [found, *arguments],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        # wait4 tells of this one process, where getrusage would tell of all that ever ended.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            errors.seek(0)
            lines = errors.read().decode(errors="replace").splitlines()
            said = next((line for line in reversed(lines) if line.strip()), "no output on stderr")
            raise BrokenWorkError(f"{work.name} left with exit code {process.returncode}: {said}")
    return _Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _RSS_UNIT)
