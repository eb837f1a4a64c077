"""Figures held against their budgets."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .timing import BrokenWorkError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(frozen=True, slots=True)
class Budget:
    """A measured figure and the most that it may be.

    Attributes:
        what: what was measured.
        measured: the figure.
        allowed: the most that it may be.
        unit: of both, printed behind the figures.
        detail: how the figure came about.
    """

    what: str
    measured: float
    allowed: float
    unit: str
    detail: str = ""

    @property
    def is_kept(self) -> bool:
        """Whether the figure is within the budget."""
        return self.measured <= self.allowed

    def __str__(self) -> str:
        detail = f" ({self.detail})" if self.detail else ""
        return f"{self.what}: {self.measured:.3g} {self.unit}, allowed {self.allowed:.3g} {self.unit}{detail}"


def judge(measure: Callable[[], Iterable[Budget]]) -> int:
    """Print every figure as it is measured, and say which are over budget.

    Args:
        measure: measures, one figure after the other.

    Returns:
        The exit code: 0 when every budget is kept, 1 when one is not or when a work is broken.
    """
    over: list[Budget] = []
    try:
        for budget in measure():
            print(f"  {'kept' if budget.is_kept else 'OVER'}  {budget}", flush=True)
            if not budget.is_kept:
                over.append(budget)
    except BrokenWorkError as error:
        print(f"not measured: {error}", file=sys.stderr)
        return 1
    if over:
        print(f"over budget: {'; '.join(map(str, over))}", file=sys.stderr)
    return 1 if over else 0
