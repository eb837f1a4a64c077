"""Text that came from a policy, a template or an account, made harmless for the form it is put into."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.iam import readable

if TYPE_CHECKING:
    from collections.abc import Mapping

_MARKDOWN: Final = re.compile(r"[\\`*_\[\]<>#|~&$]|(?<=:)//|(?<=\bwww)\.|@")
_MENTION: Final = "@&#8203;"
"""An at sign that notifies nobody: the renderer joins entities before it looks for names, not across this one."""

_NOT_ASCII: Final = re.compile("[^\n -~]")


def plain(text: str) -> str:
    r"""A text on one line of a terminal: control characters, escape sequences and marks that reorder text are shown.

    Args:
        text: any text; unknown pieces of a template are written as ``<LogGroup.Arn>``.

    Returns:
        Text in which every character is printable; the others stand there as ``\x1b``, ``\u202e``.
    """
    if text.isprintable():
        return text
    shown = readable(text)
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in shown)


def xml_text(text: str) -> str:
    """A text between two tags."""
    return html.escape("\n".join(plain(line) for line in text.split("\n")), quote=False)


def xml_attribute(text: str) -> str:
    """A text as an attribute, with its quotes."""
    return f'"{html.escape(plain(text))}"'


def markdown(text: str) -> str:
    """A text inside a paragraph or a table cell: it makes no markup, no link, no cell, and mentions nobody."""
    return _MARKDOWN.sub(_entity, plain(text))


def markdown_code(text: str) -> str:
    """A text as code; an element, because a code span cannot hold every text, least of all in a table."""
    return f"<code>{_MARKDOWN.sub(_entity, plain(text))}</code>"


def json_text(document: Mapping[str, Any]) -> str:
    r"""A document as JSON that any terminal and any encoding survives.

    Args:
        document: of plain values.

    Returns:
        Indented JSON, or one line for each element of a list when there are many. Unknown pieces of a template are
        written as ``<LogGroup.Arn>``, characters that do not print as ``\u202e``, which a reader of JSON turns back.
    """
    many = any(isinstance(value, list) and len(value) > _MANY for value in document.values())
    text = readable(_lines(document) if many else json.dumps(document, indent=2, ensure_ascii=False))
    if text.isascii() and "\x7f" not in text:
        return text
    return _NOT_ASCII.sub(_json_character, text)


_MANY: Final = 50
"""A list of more elements is read by programs, and indenting it takes longer than judging what is in it."""


def _lines(document: Mapping[str, Any]) -> str:
    members = []
    for key, value in document.items():
        if isinstance(value, list) and value:
            elements = ",\n    ".join(json.dumps(each, ensure_ascii=False) for each in value)
            text = f"[\n    {elements}\n  ]"
        else:
            text = json.dumps(value, ensure_ascii=False)
        members.append(f"  {json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(members) + "\n}"


def _entity(found: re.Match[str]) -> str:
    if found.group() == "@":
        return _MENTION
    return "".join(f"&#{ord(each)};" for each in found.group())


def _json_character(found: re.Match[str]) -> str:
    character = found.group()
    return character if character.isprintable() else json.dumps(character)[1:-1]
