from __future__ import annotations

import threading
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest

from bedrock_o11y.aws import one_after_another

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def test_results_come_in_the_order_of_the_calls_and_only_a_few_are_on_their_way() -> None:
    running, most, lock = 0, 0, threading.Lock()

    def call(number: int) -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02 if number % 4 == 0 else 0.002)
        with lock:
            running -= 1
        return number

    assert list(one_after_another((partial(call, number) for number in range(20)), at_once=4)) == list(range(20))
    assert 2 <= most <= 4


def test_no_more_is_begun_than_needed() -> None:
    begun = []

    def calls() -> Iterator[Callable[[], int]]:
        for number in range(1000):
            begun.append(number)
            yield partial(int, number)

    assert next(iter(one_after_another(calls(), at_once=3))) == 0
    assert len(begun) <= 4


def test_an_error_of_a_call_is_that_of_the_whole() -> None:
    with pytest.raises(ZeroDivisionError):
        list(one_after_another([lambda: 1, lambda: 1 // 0, lambda: 3]))
