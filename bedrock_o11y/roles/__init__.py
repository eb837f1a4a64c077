"""Where roles come from: a live account, a dump of one, a policy, a template, a plan."""

from .role import OtherRole, Reading, Role, RoleSource, UnreadRole, Wanted

__all__ = ["OtherRole", "Reading", "Role", "RoleSource", "UnreadRole", "Wanted"]
