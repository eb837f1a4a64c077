"""How the budgets are measured: works in turn, the best of several rounds, one clear line when one is over."""

from .budget import Budget, judge
from .timing import ROOT, BrokenWorkError, Timing, Work, in_turn

__all__ = ["ROOT", "BrokenWorkError", "Budget", "Timing", "Work", "in_turn", "judge"]
