"""Reads a JSON or YAML file whole, and says in one line what is wrong with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NoReturn

from bedrock_o11y.errors import UsageError

from .json_object import json_object, key_twice
from .locate import locate

if TYPE_CHECKING:
    from pathlib import Path

LARGEST: Final = 512 * 1024 * 1024
"""A template has at most 1 MB and the plan of a large estate some 100 MB; a dump is read otherwise."""


def read_text(path: Path) -> str:
    """The text of a file.

    Raises:
        UsageError: it is not there, may not be read, is empty, is too large or is no text.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(
                f"{path}: larger than {LARGEST // 2**20} MB, and no authorization-details dump; "
                "expected a policy, a template, a plan or a state"
            )
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: it is not UTF-8 text; expected JSON or YAML, saved as UTF-8") from None
    if not text.strip():
        raise UsageError(f"{path}: the file is empty; expected a dump, a policy, a template, a plan or a state")
    if "\0" in text:
        raise UsageError(f"{path}: it is binary; expected JSON or YAML (terraform show -json reads a saved plan)")
    return text


def read_value(path: Path) -> Any:
    """The value of a JSON or YAML file; short tags of CloudFormation become their long form.

    Raises:
        UsageError: the file cannot be read, is neither JSON nor YAML, or has a key twice in one object.
    """
    text = read_text(path)
    try:
        value = json.loads(text, object_pairs_hook=json_object)
    except json.JSONDecodeError as error:
        if text.lstrip()[0] in '{["' and path.suffix not in (".yaml", ".yml", ".template"):
            raise UsageError(
                f"{path}:{error.lineno}:{error.colno}: not JSON: {error.msg[0].lower()}{error.msg[1:]}; "
                f"{_next_step(text, error)}"
            ) from None
        return _from_yaml(path, text)
    except RecursionError:
        raise UsageError(f"{path}: nested too deeply to be a policy, a template, a plan or a state") from None
    except ValueError:  # Python converts no number of more than some thousand digits
        raise UsageError(f"{path}: a number in it is too long for anything; correct it") from None
    if twice := key_twice(value):
        region = locate(text, twice.pointer)
        raise UsageError(
            f"{path}:{region.start_line}: the key {twice.key} stands twice in {twice.pointer or 'the file'}; "
            "expected it once"
        )
    return value


def _next_step(text: str, error: json.JSONDecodeError) -> str:
    rest = text[error.pos :].strip()
    if error.msg == "Extra data":
        return "expected one JSON value in the file"
    if not rest or error.msg.startswith("Unterminated"):
        return "the file breaks off: save it again"
    return "correct it there"


def _from_yaml(path: Path, text: str) -> Any:
    import yaml  # only for a YAML file: it would slow the start of every other command

    from .yaml_template import load

    try:
        value = load(text)
    except yaml.YAMLError as error:
        _refuse(path, error)
    except RecursionError:
        raise UsageError(f"{path}: nested too deeply to be a template") from None
    except ValueError as error:  # a value that looks like a number and is none
        raise UsageError(f"{path}: neither JSON nor YAML: {error}; correct it") from None
    if not isinstance(value, (dict, list)):
        raise UsageError(f"{path}: neither JSON nor YAML of a template; expected a dump, a policy, a template, a plan")
    return value


def _refuse(path: Path, error: Any) -> NoReturn:
    mark = getattr(error, "problem_mark", None)
    where = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    raise UsageError(f"{path}{where}: neither JSON nor YAML: {problem}; correct it there") from None
