"""What a well-observed account contains: pure data, with a reason and a source for each entry.

The constructs deploy it, the check looks for it, the audit compares against it, the documentation prints it.
"""

from . import account_setting, invocation_logging, names, permissions, roles, sources, vended_log_grants, vended_logs
from .grant import Condition, Confidence, Grant, Severity, Source, policy_document
from .role_kind import RoleKind

__all__ = [
    "Condition",
    "Confidence",
    "Grant",
    "RoleKind",
    "Severity",
    "Source",
    "account_setting",
    "invocation_logging",
    "names",
    "permissions",
    "policy_document",
    "roles",
    "sources",
    "vended_log_grants",
    "vended_logs",
]
