"""Several looks at once, in threads that never keep the process alive."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

AT_ONCE: Final = 8
"""How many looks go on at once where there may be thousands: more would only be throttled."""

_Result = TypeVar("_Result")


def in_background(call: Callable[[], _Result]) -> Future[_Result]:
    """Makes a call in a thread of its own.

    A thread pool would be joined at exit, so that Ctrl-C would wait for an endpoint that does not answer; these threads
    end with the process. Calls that only read can be left behind like that.

    Args:
        call: what to do.

    Returns:
        Its result, or its exception, when there is one.
    """
    future: Future[_Result] = Future()

    def run() -> None:
        try:
            result = call()
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(result)

    threading.Thread(target=run, name="look", daemon=True).start()
    return future


def one_after_another(calls: Iterable[Callable[[], _Result]], at_once: int = AT_ONCE) -> Iterator[_Result]:
    """Makes many calls, a few at once, and gives their results in the order of the calls.

    Args:
        calls: what to do; taken one by one, so that no more is begun than needed.
        at_once: how many are on their way at the same time.

    Yields:
        The result of each.
    """
    running: deque[Future[_Result]] = deque()
    for call in calls:
        running.append(in_background(call))
        if len(running) >= at_once:
            yield running.popleft().result()
    while running:
        yield running.popleft().result()
