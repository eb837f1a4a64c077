"""An environment in the languages in which agents get theirs; each value is escaped as the language wants it."""

from __future__ import annotations

import json
import re
import textwrap
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from .wanted import Setting, Wish

SCHEMA: Final = {"name": "bedrock-o11y/env-variables", "version": 1}
_BARE: Final = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")
_WIDTH: Final = 110
_HCL_ESCAPES: Final = {"\\": "\\\\", '"': '\\"'}


def environment_as(form: str, wish: Wish, settings: Sequence[Setting], notes: Sequence[str]) -> str:
    """An environment as text.

    Args:
        form: ``dotenv``, ``json``, ``dockerfile``, ``terraform`` or ``lambda``.
        wish: what was asked for.
        settings: the variables.
        notes: what a person must know; a comment where the form has comments, a member of the JSON document.

    Returns:
        The text, without a closing newline.
    """
    if form == "lambda":
        # What `aws lambda update-function-configuration --environment` takes, and nothing more.
        return json.dumps({"Variables": {setting.name: setting.value for setting in settings}}, indent=2)
    if form == "json":
        return json.dumps(_document(wish, settings, notes), indent=2, ensure_ascii=False)
    return "\n".join({"dotenv": _dotenv, "dockerfile": _dockerfile, "terraform": _terraform}[form](settings, notes))


def dotenv_value(text: str) -> str:
    """A value that a shell, Docker Compose and the usual dotenv libraries read alike.

    Without quotes where that is possible, so that ``docker run --env-file``, which knows no quotes, reads it too.
    """
    if _BARE.fullmatch(text):
        return text
    if "'" not in text:
        return f"'{text}'"
    return '"' + re.sub(r'([\\"$`])', r"\\\1", text) + '"'


def dockerfile_value(text: str) -> str:
    """A value of an ENV instruction, in quotes (Dockerfile reference, ENV and environment replacement)."""
    return '"' + re.sub(r'([\\"$])', r"\\\1", text) + '"'


def hcl_value(text: str) -> str:
    """A value as a string of Terraform's language; of a run of dollars before a brace the last one opens a template."""
    return '"' + "".join(_HCL_ESCAPES.get(sign, sign) for sign in text).replace("${", "$${").replace("%{", "%%{") + '"'


def _dotenv(settings: Sequence[Setting], notes: Sequence[str]) -> Iterator[str]:
    yield from _lines(settings, notes, lambda setting: f"{setting.name}={dotenv_value(setting.value)}")


def _dockerfile(settings: Sequence[Setting], notes: Sequence[str]) -> Iterator[str]:
    yield from _lines(settings, notes, lambda setting: f"ENV {setting.name}={dockerfile_value(setting.value)}")


def _terraform(settings: Sequence[Setting], notes: Sequence[str]) -> Iterator[str]:
    yield from _comment("environment_variables = local.agent_environment", "")
    yield "#"
    for note in notes:
        yield from _comment(note, "")
    yield "locals {"
    yield "  agent_environment = {"
    for setting in settings:
        yield from _comment(setting.variable.purpose, "    ")
        yield f"    {setting.name} = {hcl_value(setting.value)}"
    yield "  }"
    yield "}"


def _lines(settings: Sequence[Setting], notes: Sequence[str], line: Callable[[Setting], str]) -> Iterator[str]:
    for note in notes:
        yield from _comment(note, "")
    for setting in settings:
        yield ""
        yield from _comment(setting.variable.purpose, "")
        yield line(setting)


def _comment(text: str, indent: str) -> list[str]:
    mark = f"{indent}# "
    if text.startswith(" "):
        return [f"{mark}{text}"]  # a command, to be copied as a whole
    return textwrap.wrap(
        text, _WIDTH, initial_indent=mark, subsequent_indent=mark, break_long_words=False, break_on_hyphens=False
    )


def _document(wish: Wish, settings: Sequence[Setting], notes: Sequence[str]) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "hosted": wish.hosted.value,
        "environment": {setting.name: setting.value for setting in settings},
        "variables": [
            {
                "name": setting.name,
                "value": setting.value,
                "purpose": setting.variable.purpose,
                "sources": [source.url for source in setting.variable.sources],
            }
            for setting in settings
        ],
        "notes": list(notes),
    }
