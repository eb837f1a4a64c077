"""Budget: `bedrock-o11y check` takes 3 s at most, and no more API calls however many records there are."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
from collections import Counter
from typing import TYPE_CHECKING, Any

import botocore

from bedrock_o11y.cli import main
from bedrock_o11y.errors import CouldNotRunError
from bedrock_o11y.sandbox import Sandbox
from benchmarks.accounts import by_hand
from benchmarks.measuring import BrokenWorkError, Budget, Work, in_turn, judge

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

COMMAND = ("bedrock-o11y", "check", "--quiet")
ALLOWED_SECONDS = 3.0
ROUNDS = 5
FEW_EVENTS = 10
MANY_EVENTS = 12_000
"""More than one page of FilterLogEvents holds (10,000; Amazon CloudWatch Logs API reference): paging would show."""


def measure() -> Iterator[Budget]:
    """Check a healthy account in a sandbox, with few events in its log group and with many.

    Yields:
        The median time of the command, then the number of its API calls compared between few events and many.

    Raises:
        BrokenWorkError: the sandbox does not start, or a rung of the healthy account does not pass.
    """
    with tempfile.TemporaryDirectory(prefix="bedrock-o11y-check-") as folder:
        try:
            sandbox = Sandbox.start(folder)
        except CouldNotRunError as error:
            raise BrokenWorkError(str(error)) from error
        try:
            by_hand.create(sandbox)
            by_hand.put_events(sandbox, FEW_EVENTS)
            yield _time(sandbox, FEW_EVENTS)
            few = _calls(sandbox)
            by_hand.put_events(sandbox, MANY_EVENTS - FEW_EVENTS)
            yield _time(sandbox, MANY_EVENTS)
            many = _calls(sandbox)
        finally:
            sandbox.stop()
    print(f"  calls: {', '.join(f'{name} {count}' for name, count in sorted(few.items()))}")
    grown = ", ".join(f"{name} {few[name]} to {count}" for name, count in sorted(many.items()) if count != few[name])
    detail = f"{many.total()} calls with {MANY_EVENTS} events, {few.total()} with {FEW_EVENTS}"
    yield Budget("API calls", many.total() / few.total(), 1, "x those with few events", f"{detail}; {grown or 'same'}")


def _time(sandbox: Sandbox, events: int) -> Budget:
    python = Work("python -c pass", ("python", "-c", "pass"))
    check = Work(" ".join(COMMAND), COMMAND, sandbox.environment())
    timings = in_turn([python, check], ROUNDS)
    seconds = timings[check.name]
    ratio = seconds.median / timings[python.name].median
    detail = f"{seconds}; {ratio:.0f} x {python.name}"
    return Budget(f"{check.name}, {events} events", seconds.median, ALLOWED_SECONDS, "s", detail)


def _calls(sandbox: Sandbox) -> Counter[str]:
    """How often one check in this process calls each operation, every attempt counted."""
    calls: Counter[str] = Counter()

    def count(event_name: str, **_: Any) -> None:
        calls[event_name.removeprefix("before-send.")] += 1

    def listen(session: Any) -> None:
        session.register("before-send.*", count)

    botocore.register_initializer(listen)
    try:
        with _environment(sandbox.environment()), contextlib.redirect_stdout(io.StringIO()):
            code = main(COMMAND[1:])
    finally:
        botocore.unregister_initializer(listen)
    if code != 0:
        raise BrokenWorkError(f"{' '.join(COMMAND)} left with exit code {code} when its calls were counted")
    return calls


@contextlib.contextmanager
def _environment(wanted: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


if __name__ == "__main__":
    sys.exit(judge(measure))
