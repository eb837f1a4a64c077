"""Terraform's language as ``terraform fmt`` writes it: strings, lists, objects, blocks with aligned attributes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from .text import Pseudo, joined

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WIDTH: Final = 110
_IDENTIFIER: Final = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
_SHORT_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}

DATA_SOURCES: Final = {
    Pseudo.ACCOUNT: ("aws_caller_identity", "account_id"),
    Pseudo.REGION: ("aws_region", "id"),
    Pseudo.PARTITION: ("aws_partition", "partition"),
}
"""The data source that tells what a template says of its own account: its type, and the attribute."""


def string(text: str) -> str:
    """A text as a string: quotes, backslashes, line ends and the two openings of a template escaped.

    Of a run of dollars before a brace the last opens a template, so it alone is doubled.
    """
    return f'"{joined(text, _escaped, _expression)}"'


def variable_string(text: str) -> str:
    """A text of a policy as a string of ``aws_iam_policy_document``, which writes IAM's variables as ``&{aws:x}``."""
    return f'"{joined(text, lambda piece: _escaped(piece.replace("${", "&{")), _expression)}"'


def value(content: Any, indent: str = "", *, write: Any = string) -> str:
    """A text, a list or an object; a list that is too long for a line has a line for each element.

    Args:
        content: text, or lists and dictionaries of it.
        indent: white space before the line on which it begins.
        write: what writes a text.
    """
    if isinstance(content, str):
        return str(write(content))
    inner = indent + "  "
    if isinstance(content, dict):
        lines = attributes({_key(name): value(each, inner, write=write) for name, each in content.items()}, inner)
        return "\n".join(["{", *lines, indent + "}"])
    written = [value(each, inner, write=write) for each in content]
    line = f"[{', '.join(written)}]"
    if "\n" not in line and len(indent) + len(line) <= _WIDTH - 20:
        return line
    return "\n".join(["[", *(f"{inner}{each}," for each in written), indent + "]"])


def attributes(values: Mapping[str, str], indent: str) -> list[str]:
    """Attributes, one each line; the signs of neighbours that take one line each stand below one another.

    Args:
        values: names and what they are, as it stands in the text.
        indent: white space before each line.
    """
    lines: list[str] = []
    for group in _neighbours(values):
        width = max(map(len, group)) if len(group) > 1 else len(group[0])
        lines += [f"{indent}{name.ljust(width)} = {values[name]}" for name in group]
    return "\n".join(lines).split("\n") if lines else []


def block(head: str, body: Sequence[str], indent: str = "") -> list[str]:
    """A block with its lines."""
    return [f"{indent}{head} {{", *body, f"{indent}}}"]


def _neighbours(values: Mapping[str, str]) -> list[list[str]]:
    """Names in groups whose signs are aligned: an attribute of several lines stands alone."""
    groups: list[list[str]] = []
    alone = True
    for name, written in values.items():
        several = "\n" in written
        if several or alone:
            groups.append([name])
        else:
            groups[-1].append(name)
        alone = several
    return groups


def _key(name: str) -> str:
    return name if _IDENTIFIER.fullmatch(name) else string(name)


def _escaped(text: str) -> str:
    written = "".join(_SHORT_ESCAPES.get(sign) or _printable(sign) for sign in text)
    return written.replace("${", "$${").replace("%{", "%%{")


def _printable(sign: str) -> str:
    return sign if sign.isprintable() else f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"


def _expression(pseudo: Pseudo) -> str:
    kind, attribute = DATA_SOURCES[pseudo]
    return f"${{data.{kind}.current.{attribute}}}"
