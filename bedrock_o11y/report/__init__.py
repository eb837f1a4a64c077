"""Results as text, JSON, JUnit XML, SARIF and markdown.

Pure: values in, text out; only :func:`deliver` touches a file or stdout.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .audit import Accepted, AuditReport, DiffLine, RoleReport, RoleState, RuleSummary
    from .finding import Finding
    from .ladder import LadderReport, Rung, State
    from .output import deliver, interactive
    from .plan import PlanReport
    from .render import audit_as, check_as, plan_as

_MODULES: Final = {
    "Accepted": "audit",
    "AuditReport": "audit",
    "DiffLine": "audit",
    "RoleReport": "audit",
    "RoleState": "audit",
    "RuleSummary": "audit",
    "Finding": "finding",
    "LadderReport": "ladder",
    "Rung": "ladder",
    "State": "ladder",
    "deliver": "output",
    "interactive": "output",
    "PlanReport": "plan",
    "audit_as": "render",
    "check_as": "render",
    "plan_as": "render",
}
"""Where each name is: imported when it is first used, because most commands need a few of them."""


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_MODULES[name]}", __name__), name)
    globals()[name] = value
    return value


__all__ = [
    "Accepted",
    "AuditReport",
    "DiffLine",
    "Finding",
    "LadderReport",
    "PlanReport",
    "RoleReport",
    "RoleState",
    "RuleSummary",
    "Rung",
    "State",
    "audit_as",
    "check_as",
    "deliver",
    "interactive",
    "plan_as",
]
