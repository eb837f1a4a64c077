"""Reads the configuration file, and says in one clear line what is wrong with it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from bedrock_o11y.errors import UsageError

from .agents import HOSTED_TAG, RUNTIME_TAG
from .model import Configuration, Settings, Target

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

DEFAULT_PATH = Path("bedrock-o11y.yaml")
"""Read from the current folder when no other file is named."""

PATH_VARIABLE = "BEDROCK_O11Y_CONFIG"
"""Environment variable that names another file."""

_Model = TypeVar("_Model", bound=BaseModel)


def load(path: Path | None = None) -> Configuration:
    """Read the configuration file.

    Args:
        path: the file; None reads what ``BEDROCK_O11Y_CONFIG`` names, else ``bedrock-o11y.yaml`` of the current
            folder if there is one.

    Returns:
        The configuration, with the defaults filled in and the settings of each target merged.

    Raises:
        UsageError: the file cannot be read, is not YAML, or says something that is not allowed. The message has a
            line for each problem: file, path, value, expectation.
    """
    if path is None:
        named = os.environ.get(PATH_VARIABLE)
        path = Path(named) if named else DEFAULT_PATH
        if not named and not path.exists():
            return Configuration()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f"{path}: cannot be read: {reason}") from None
    return parse(text, str(path))


def parse(text: str, name: str = str(DEFAULT_PATH)) -> Configuration:
    """Read a configuration from text.

    Args:
        text: YAML.
        name: what the messages call it.

    Returns:
        The configuration, as :func:`load` gives it.

    Raises:
        UsageError: as :func:`load`.
    """
    try:
        document = yaml.load(text, _UniqueKeyLoader)  # noqa: S506 (a SafeLoader that also refuses duplicate keys)
    except yaml.YAMLError as error:
        where = f":{mark.line + 1}" if (mark := getattr(error, "problem_mark", None)) else ""
        raise UsageError(f"{name}{where}: not YAML: {getattr(error, 'problem', None) or error}") from None
    if document is None:
        return Configuration()
    if not isinstance(document, dict):
        raise UsageError(f"{name}: the file is {_shown(document)}; expected a mapping of settings")
    problems: list[str] = []
    common = {key: value for key, value in document.items() if key != "targets"}
    top = _validated(Settings, common, (), name, problems)
    targets = [Target(settings=top)] if top and "targets" not in document else []
    if "targets" in document:
        targets = _targets(document["targets"], common if top else {}, name, problems)
    if problems:
        raise UsageError("\n".join(problems))
    return Configuration(targets=tuple(targets))


def _targets(written: Any, common: Mapping[str, Any], name: str, problems: list[str]) -> list[Target]:
    if not isinstance(written, list) or not written:
        problems.append(f"{name}: targets: {_shown(written)} is not allowed; expected a list of at least one target")
        return []
    targets: list[Target] = []
    for index, entry in enumerate(written):
        at = ("targets", index)
        if not isinstance(entry, dict):
            problems.append(f"{name}: {_path(at)}: {_shown(entry)} is not allowed; expected a mapping")
            continue
        target = _validated(
            Target, {**entry, "settings": _merged(common, entry.get("settings", {}))}, at, name, problems
        )
        if target and target.name.lower() in {other.name.lower() for other in targets}:
            problems.append(
                f"{name}: {_path((*at, 'name'))}: {_shown(target.name)} stands twice; expected another name"
            )
        if target:
            targets.append(target)
    return targets


def _validated(
    model: type[_Model], value: Any, at: tuple[str | int, ...], name: str, problems: list[str]
) -> _Model | None:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        problems.extend(
            dict.fromkeys(f"{name}: {_path((*at, *one['loc']))}: {_problem(one)}" for one in error.errors())
        )
        return None


class _UniqueKeyLoader(yaml.SafeLoader):
    """A safe loader that refuses a key written twice, of which plain YAML silently takes the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, (str, int)) and key in seen:
                raise yaml.MarkedYAMLError(problem=f"the key {key} stands twice", problem_mark=key_node.start_mark)
            if isinstance(key, (str, int)):
                seen.add(key)
        return super().construct_mapping(node, deep)


def _merged(base: Mapping[str, Any], over: Any) -> Any:
    if not isinstance(over, dict):
        return over
    result = dict(base)
    for key, value in over.items():
        below = result.get(key)
        result[key] = _merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result


def _path(location: tuple[str | int, ...]) -> str:
    path = ""
    for part in location:
        if part in (RUNTIME_TAG, HOSTED_TAG):
            continue  # which of two kinds of agent it is, and no key of the file
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return path or "the file"


_EXPECTATIONS = {
    "string_type": "expected text; write it in quotes",
    "int_type": "expected a whole number",
    "bool_type": "expected true or false",
    "dict_type": "expected a mapping",
    "model_type": "expected a mapping",
    "tuple_type": "expected a list",
}


def _problem(error: ErrorDetails) -> str:
    value = _shown(error["input"])
    kind = error["type"]
    if kind == "extra_forbidden":
        return "unknown key; see the configuration reference in README.md for the keys there are"
    if kind == "missing":
        return "missing; it is required"
    if kind == "value_error":
        reason = str(error["ctx"]["error"])
        return reason if isinstance(error["input"], dict) else f"{value} is not allowed; {reason}"
    if kind == "literal_error":
        return f"{value} is not allowed; expected one of {error['ctx']['expected']}"
    if kind == "string_pattern_mismatch":
        return f"{value} is not allowed; expected text that matches {error['ctx']['pattern']}"
    expected = _EXPECTATIONS.get(kind) or f"expected: {error['msg'][0].lower()}{error['msg'][1:]}"
    return f"{value} is not allowed; {expected}"


def _shown(value: Any) -> str:
    text = "null" if value is None else str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
