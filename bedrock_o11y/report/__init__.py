"""Results as text, JSON, JUnit XML, SARIF and markdown.

Pure: values in, text out; only :func:`deliver` touches a file or stdout.
"""

from .audit import Accepted, AuditReport, DiffLine, RoleReport, RoleState, RuleSummary
from .finding import Finding
from .ladder import LadderReport, Rung, State
from .output import deliver, interactive
from .plan import PlanReport
from .render import audit_as, check_as, plan_as

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
