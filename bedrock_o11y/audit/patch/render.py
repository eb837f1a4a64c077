"""Patches in the form that somebody applies them in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .as_cdk import cdk
from .as_cli import cli
from .as_json import as_json
from .as_terraform import terraform

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .role_patch import RolePatch

_WRITERS: Final[dict[str, Callable[[Sequence[RolePatch]], str]]] = {
    "json": as_json,
    "terraform": terraform,
    "cdk": cdk,
    "cli": cli,
}

FORMS: Final = tuple(_WRITERS)
"""What ``--patch`` takes."""


def patch_as(form: str, patches: Sequence[RolePatch]) -> str:
    """Patches as text.

    Args:
        form: one of :data:`FORMS`.
        patches: one for each role; one that changes nothing is a comment with its notes.

    Raises:
        KeyError: there is no such form.
    """
    return _WRITERS[form](patches)
