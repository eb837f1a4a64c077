"""Results as text, JSON and JUnit XML. Pure: values in, text out; only :func:`deliver` touches a file or stdout."""

from .ladder import LadderReport, Rung, State
from .output import deliver, interactive
from .plan import PlanReport
from .render import check_as, plan_as

__all__ = ["LadderReport", "PlanReport", "Rung", "State", "check_as", "deliver", "interactive", "plan_as"]
