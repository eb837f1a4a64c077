"""Findings turned into patches: the smallest addition, and a separate proposal that tightens, each audited again."""

from .patcher import patch
from .render import FORMS, patch_as
from .role_patch import Addition, Reason, Rewrite, RolePatch

__all__ = ["FORMS", "Addition", "Reason", "Rewrite", "RolePatch", "patch", "patch_as"]
