"""Recognises by its content what a file or a folder is, and gives the roles in it."""

from __future__ import annotations

import re
import stat
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.errors import UsageError

from .documents import is_policy
from .dump import TOP_LEVEL_KEYS, DumpSource
from .single import PolicyFileSource, RoleFileSource, policy_in
from .text_file import read_value

if TYPE_CHECKING:
    from pathlib import Path

    from .role import RoleSource

_BEGIN: Final = 4096
_DUMP: Final = re.compile(rb'(?:\xef\xbb\xbf)?\s*(\[\s*)?\{\s*"([A-Za-z]+)"\s*:')

_EXPECTED: Final = (
    "expected an authorization-details dump (RoleDetailList), a policy (Statement), a role (Role), "
    "a CloudFormation template (Resources), a cdk.out folder, or what terraform show -json prints"
)


def open_source(path: Path) -> RoleSource:
    """Where the roles of a file or a folder come from.

    Args:
        path: a dump, a policy, a trust policy, a role, a template, a plan or state of Terraform, or a ``cdk.out``
            folder. What it is, is seen by its content.

    Returns:
        The source; a dump is read only when its roles are asked for, whatever its size.

    Raises:
        UsageError: it is not there, may not be read, is broken, or is none of these.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    if stat.S_ISDIR(mode):
        from .cloud_assembly import CloudAssemblySource  # with the rest of the templates, only when there is one

        return CloudAssemblySource(path)
    pages = _is_dump(path)
    if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
        # A dump is read several times, and what any file is, is seen by a first look into it.
        raise UsageError(f"{path}: it is a pipe, which can be read only once; save it to a file and name that")
    if pages is not None:
        return DumpSource(path, pages=pages)
    value = read_value(path)
    return _source_of(path, value)


def _is_dump(path: Path) -> bool | None:
    """Whether a dump is a list of pages; None when the file begins like something else."""
    try:
        with path.open("rb") as file:
            begin = file.read(_BEGIN)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    match = _DUMP.match(begin)
    return bool(match[1]) if match and match[2].decode() in TOP_LEVEL_KEYS else None


def _source_of(path: Path, value: Any) -> RoleSource:
    if isinstance(value, list):
        if value and all(isinstance(page, dict) and "RoleDetailList" in page for page in value):
            return DumpSource(path, pages=True)
        raise UsageError(f"{path}: it is a list; {_EXPECTED}")
    if not isinstance(value, dict):
        raise UsageError(f"{path}: it is no object; {_EXPECTED}")
    if "RoleDetailList" in value:
        return DumpSource(path)
    if isinstance(value.get("Resources"), dict):
        from .cloudformation import TemplateSource  # only when there is a template

        return TemplateSource(path, value)
    if {"planned_values", "values", "terraform_version"} & value.keys() and not is_policy(value):
        from .terraform import TerraformSource  # only when there is a plan or a state

        return TerraformSource(path, value)
    if isinstance(value.get("Role"), dict):
        return RoleFileSource(path, value)
    if policy_in(value):
        return PolicyFileSource(path, value)
    keys = ", ".join(list(value)[:5])
    raise UsageError(f"{path}: its keys ({keys or 'none'}) are those of nothing that has roles; {_EXPECTED}")
