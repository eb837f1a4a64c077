"""Several looks at once, in threads that never keep the process alive."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

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
