"""Where roles come from: a live account, a dump of one, a policy, a template, a plan."""

from .role import Reading, Role, RoleSource, UnreadRole

__all__ = ["Reading", "Role", "RoleSource", "UnreadRole"]
