"""Texts of a policy that its source does not know, and names of which a need means any.

An unresolved intrinsic of a template, a value known only after apply: such a text is written with :func:`unknown` and
stays inside the string, so that joining strings keeps it.
"""

from __future__ import annotations

import re
from typing import Final

UNKNOWN_START: Final = "\ue000"
UNKNOWN_END: Final = "\ue001"
ANY_NAME: Final = "\ue004"
"""In the resource of a need: one character or more, none of them a colon, as in the name of a log group."""

_UNKNOWN: Final = re.compile(f"{UNKNOWN_START}([^{UNKNOWN_END}]*){UNKNOWN_END}")


def unknown(name: str) -> str:
    """A piece of text whose value the source does not know, to be put into or joined with other text.

    The same name stands for the same value wherever it occurs; the value may itself contain wildcards.

    Args:
        name: what it is called, for people: ``LogGroup.Arn``, ``aws_kms_key.logs.arn (known after apply)``.
    """
    return f"{UNKNOWN_START}{name}{UNKNOWN_END}"


def readable(text: str) -> str:
    """A text for people: unknown pieces are written as ``<LogGroup.Arn>``."""
    return _UNKNOWN.sub(r"<\1>", text)


def readable_need(resource: str) -> str:
    """The resource of a need for people: as :func:`readable`, and any name is a star."""
    return readable(resource).replace(ANY_NAME, "*")


def unknown_pieces(text: str) -> tuple[str, ...]:
    """The unknown pieces of a text as people read them, each once; a variable without value as it is written."""
    names = (found[1] for found in _UNKNOWN.finditer(text))
    return tuple(dict.fromkeys(name if name.startswith("${") else f"<{name}>" for name in names))
