"""Budget: a command that needs no AWS starts within 3 x `python -c pass` + 0.1 s, the process as a whole."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks.measuring import Budget, Work, in_turn, judge

if TYPE_CHECKING:
    from collections.abc import Iterator

BASELINE = Work("python -c pass", ("python", "-c", "pass"))
COMMANDS = (
    "--help",
    "--version",
    "check --help",
    "check --explain configuration",
    "plan --help",
    "sandbox --help",
)
FACTOR = 3
EXTRA_SECONDS = 0.1
ROUNDS = 15


def measure() -> Iterator[Budget]:
    """Time every command in turn with the interpreter alone.

    Yields:
        For each command, its best time as a multiple of the interpreter's best.
    """
    works = [Work(f"bedrock-o11y {words}", ("bedrock-o11y", *words.split())) for words in COMMANDS]
    timings = in_turn([BASELINE, *works], ROUNDS)
    alone = timings[BASELINE.name]
    print(f"  {BASELINE.name}: {alone}")
    allowed = FACTOR + EXTRA_SECONDS / alone.best
    for work in works:
        yield Budget(work.name, timings[work.name].best / alone.best, allowed, "x python", str(timings[work.name]))


if __name__ == "__main__":
    sys.exit(judge(measure))
