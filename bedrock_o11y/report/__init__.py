"""Results as text, JSON and JUnit XML. Pure: values in, text out; only :func:`deliver` touches a file or stdout."""

from .ladder import LadderReport, Rung, State
from .output import deliver, interactive
from .render import check_as

__all__ = ["LadderReport", "Rung", "State", "check_as", "deliver", "interactive"]
