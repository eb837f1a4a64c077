"""Chooses the form of a report. Each form is imported only when it is asked for: rich costs time at start."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from .output import colourful, interactive

if TYPE_CHECKING:
    from pathlib import Path

    from .audit import AuditReport
    from .audit_sarif import Locate
    from .ladder import LadderReport
    from .plan import PlanReport


def check_as(form: str, report: LadderReport, *, out: Path | None = None, no_color: bool = False) -> str:
    """A check in the form that was asked for.

    Args:
        form: ``text``, ``json`` or ``junit``.
        report: the result.
        out: where it will go; a file never gets colours.
        no_color: colours are not wanted.

    Returns:
        The report as text, without a closing newline.
    """
    if form == "json":
        from .ladder_json import ladder_json

        return ladder_json(report)
    if form == "junit":
        from .ladder_junit import ladder_junit

        return ladder_junit(report)
    if out is None and interactive(sys.stdout):
        from .ladder_table import ladder_table

        width = shutil.get_terminal_size((100, 40)).columns
        return ladder_table(report, width=width, colour=colourful(sys.stdout, no_color=no_color))
    from .ladder_text import ladder_text

    return ladder_text(report)


def plan_as(form: str, report: PlanReport) -> str:
    """A plan in the form that was asked for.

    Args:
        form: ``text`` or ``json``.
        report: the result.

    Returns:
        The report as text, without a closing newline.
    """
    if form == "json":
        from .plan_json import plan_json

        return plan_json(report)
    from .plan_text import plan_text

    return plan_text(report)


def audit_as(
    form: str,
    report: AuditReport,
    *,
    diff: bool = False,
    patch: str = "",
    locate: Locate | None = None,
    out: Path | None = None,
    no_color: bool = False,
) -> str:
    """An audit in the form that was asked for.

    Args:
        form: ``text``, ``json``, ``sarif``, ``junit`` or ``markdown``.
        report: the result.
        diff: whether to set each role beside the blueprint; text and json have room for it.
        patch: the command that prints the patch, for people.
        locate: where in a file the value of a JSON pointer stands, for sarif.
        out: where it will go; a file never gets colours.
        no_color: colours are not wanted.

    Returns:
        The report as text, without a closing newline.
    """
    if form == "json":
        from .audit_json import audit_json

        return audit_json(report, diff=diff)
    if form == "sarif":
        from .audit_sarif import audit_sarif

        return audit_sarif(report, locate=locate)
    if form == "junit":
        from .audit_junit import audit_junit

        return audit_junit(report)
    if form == "markdown":
        from .audit_markdown import audit_markdown

        return audit_markdown(report, patch=patch)
    if out is None and interactive(sys.stdout):
        from .audit_table import audit_table

        width = shutil.get_terminal_size((100, 40)).columns
        colour = colourful(sys.stdout, no_color=no_color)
        return audit_table(report, width=width, colour=colour, diff=diff, patch=patch)
    from .audit_text import audit_text

    return audit_text(report, diff=diff, patch=patch)
