"""What an audit answers on stdout: the report, or the patch in its place; and the exit code."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import click

from bedrock_o11y.errors import ExitCode
from bedrock_o11y.report import audit_as

if TYPE_CHECKING:
    from pathlib import Path

    from bedrock_o11y.audit.audit import Audit, Options
    from bedrock_o11y.roles.locate import Locator, Region

    from .audit_options import Question


_LARGEST_LOCATED: Final = 24 * 2**20
"""Bytes. A place is found in the whole text, and no page shows the lines of a larger file; its pointer still tells."""


def answer(question: Question, *, out: Path | None, no_color: bool, allow_unknown: bool) -> tuple[str, ExitCode]:
    """Runs an audit and puts it into words.

    Args:
        question: what is asked for.
        out: where the answer will go; a file never gets colours.
        no_color: colours are not wanted.
        allow_unknown: what could not be read or decided counts as clean.

    Returns:
        The text, and what the command leaves with.

    Raises:
        UsageError: options that do not go together or cannot be understood, a file that is not what it should be.
        CouldNotRunError: no usable credentials, or AWS is out of reach.
    """
    options, result = question.audit()
    if question.patch:
        return _patch(question.patch, result, options, allow_unknown=allow_unknown)
    text = audit_as(
        question.form,
        result.report,
        diff=question.diff,
        patch=question.patch_command(),
        locate=locate,
        out=out,
        no_color=no_color,
    )
    return text, result.report.exit_code(allow_unknown=allow_unknown)


def _patch(form: str, result: Audit, options: Options, *, allow_unknown: bool) -> tuple[str, ExitCode]:
    from bedrock_o11y.audit.audit import reaudit
    from bedrock_o11y.audit.patch import patch, patch_as  # only when a patch is asked for
    from bedrock_o11y.report.escape import plain

    patches = [patch(each, reaudit(each, options)) for each in result.roles]
    refused = [f"no patch for {each.role.label}: {each.refused}" for each in patches if each.refused]
    # Stdout is the patch alone; what the report would say of the audit itself must be said nevertheless.
    for sentence in (*result.report.unknowns(), *result.report.expired, *refused):
        click.echo(f"bedrock-o11y: {plain(sentence)}", err=True)
    code = result.report.exit_code(allow_unknown=allow_unknown)
    if code is ExitCode.CLEAN and refused and not allow_unknown:
        code = ExitCode.UNKNOWN
    return patch_as(form, patches), code


def locate(path: Path, pointer: str) -> Region | None:
    """Where in a file the value of a JSON pointer stands.

    Args:
        path: the file.
        pointer: in that file.

    Returns:
        None when the file can no longer be read, or is so large that its lines are of no use to anybody.
    """
    locator = _locator(path)
    return locator.locate(pointer) if locator else None


@lru_cache(maxsize=2)  # findings come file by file, and a dump may be large
def _locator(path: Path) -> Locator | None:
    from bedrock_o11y.roles.locate import Locator  # for code scanning alone

    try:
        if path.stat().st_size > _LARGEST_LOCATED:
            return None
        return Locator(path.read_text(encoding="utf-8-sig", errors="replace"))
    except OSError:
        return None
