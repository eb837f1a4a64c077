"""What one question may cost, in states and bits of them, so that no policy makes an answer slow."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator


class TooManyStatesError(Exception):
    """A search was given up: nothing is proved."""


QUESTION_STATES: Final = 200_000
"""How many states all searches of one question may meet: a policy of thousands of pairs must not be slow either."""

QUESTION_WORK: Final = 250_000_000
"""How many bits of states they may step through together."""

_LOOKS: Final = 10
LEFT: Final[ContextVar[list[int] | None]] = ContextVar("states and bits left to a question", default=None)
"""The two budgets of the question that is being answered."""


@contextmanager
def one_question() -> Iterator[None]:
    """What is searched within belongs to one question, and shares its states; a question within one is a part of it."""
    if LEFT.get() is not None:
        yield
        return
    token = LEFT.set([QUESTION_STATES, QUESTION_WORK])
    try:
        yield
    finally:
        LEFT.reset(token)


def spend(looks: int) -> None:
    """Counts looks at statements or patterns, which cost a tenth of a state, to the question that is being answered.

    Raises:
        TooManyStatesError: the question has used up what it may.
    """
    left = LEFT.get()
    if left is not None:
        left[0] -= looks // _LOOKS
        if left[0] < 0:
            raise TooManyStatesError
