"""Reads the baseline file, and says in one line what is wrong with it.

YAML or JSON; a finding is named by its fingerprint (``--format json`` prints it), or by role and rule::

    accepted:
      - fingerprint: 0123456789abcdef0123456789abcdef
        reason: The gateway that needs it goes in March.
        expires: 2027-03-31
      - role: agent-runtime-role        # name or ARN
        rule: wider-resource
        action: logs:PutLogEvents       # optional: accepted only while it is about nothing else
        reason: As agreed with the platform team, until the move.
        expires: 2027-06-30
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.errors import UsageError

from .baseline_entry import FINGERPRINT, Entry

if TYPE_CHECKING:
    from pathlib import Path

_KEYS: Final = ("fingerprint", "role", "rule", "action", "reason", "expires")
_EXPECTED: Final = "expected a mapping with accepted: and a list of {fingerprint, or role and rule; reason; expires}"
_WORDS_OF_A_SENTENCE: Final = 3


def read(path: Path) -> tuple[Entry, ...]:
    """Reads the entries of a baseline file.

    Args:
        path: YAML or JSON.

    Raises:
        UsageError: it cannot be read or is not a baseline: file, place, value, what was expected.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f"{path}: the baseline cannot be read: {reason}") from None
    try:
        document = _parsed(text, str(path))
    except RecursionError:
        raise UsageError(f"{path}: it is nested too deeply; {_EXPECTED}") from None
    if not isinstance(document, dict) or not isinstance(document.get("accepted"), list):
        raise UsageError(f"{path}: it is not a baseline; {_EXPECTED}")
    if more := [str(key) for key in document if key != "accepted"]:
        raise UsageError(f"{path}: unknown key {more[0]!r}; {_EXPECTED}")
    return tuple(_entry(raw, f"{path}: accepted[{index}]") for index, raw in enumerate(document["accepted"]))


def _entry(raw: Any, where: str) -> Entry:
    if not isinstance(raw, dict):
        raise UsageError(f"{where}: {_shown(raw)} is not allowed; expected a mapping with the keys {', '.join(_KEYS)}")
    if more := [str(key) for key in raw if key not in _KEYS]:
        raise UsageError(f"{where}: unknown key {more[0]!r}; expected some of {', '.join(_KEYS)}")
    fingerprint = _text(raw, "fingerprint", where)
    role, rule, actions = _text(raw, "role", where), _text(raw, "rule", where), _actions(raw, where)
    by_name = bool(role and rule)
    if bool(fingerprint) == by_name or (not by_name and (role or rule or actions)):
        raise UsageError(f"{where}: expected either fingerprint, or role and rule (and action, to be narrower)")
    if fingerprint and not FINGERPRINT.fullmatch(fingerprint):
        raise UsageError(
            f"{where}.fingerprint: {_shown(fingerprint)} is not allowed; expected 32 hexadecimal digits, as "
            "--format json prints them"
        )
    reason = _text(raw, "reason", where)
    if len(reason.split()) < _WORDS_OF_A_SENTENCE:
        raise UsageError(f"{where}.reason: {_shown(reason)} is not allowed; expected a sentence: why is it accepted?")
    return Entry(where, reason, _day(raw.get("expires"), where), fingerprint, role, rule, actions)


def _text(raw: dict[Any, Any], key: str, where: str) -> str:
    value = raw.get(key, "")
    if not isinstance(value, str):
        raise UsageError(f"{where}.{key}: {_shown(value)} is not allowed; expected text")
    return value.strip()


def _actions(raw: dict[Any, Any], where: str) -> tuple[str, ...]:
    value = raw.get("action", [])
    # The report writes several actions as one text, and that text may be pasted.
    actions = value.split(",") if isinstance(value, str) else value
    named = isinstance(actions, list) and all(isinstance(each, str) and each.strip() for each in actions)
    if not named or ("action" in raw and not actions):
        raise UsageError(f"{where}.action: {_shown(value)} is not allowed; expected an action, or a list of actions")
    return tuple(each.strip() for each in actions)


def _day(value: Any, where: str) -> date:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else _no_day(value, where)
    except ValueError:
        return _no_day(value, where)


def _no_day(value: Any, where: str) -> date:
    raise UsageError(f"{where}.expires: {_shown(value)} is not allowed; expected the last day, such as 2027-03-31")


def _parsed(text: str, name: str) -> Any:
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text, object_pairs_hook=lambda pairs: _unique(pairs, name))
        except ValueError:
            pass  # YAML may begin with a brace too
    import yaml  # costs time, and JSON needs none of it

    from bedrock_o11y.roles.yaml_template import load

    try:
        return load(text)
    except (yaml.YAMLError, ValueError) as error:
        # What breaks off does so in its last line, not behind it.
        last = text.rstrip().count("\n")
        where = f":{min(mark.line, last) + 1}" if (mark := getattr(error, "problem_mark", None)) else ""
        problem = " ".join(str(getattr(error, "problem", None) or error).split())
        raise UsageError(f"{name}{where}: neither YAML nor JSON: {problem}") from None


def _unique(pairs: list[tuple[str, Any]], where: str) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    for key, value in pairs:
        if key in mapping:
            raise UsageError(f"{where}: the key {key!r} stands twice; expected it once")
        mapping[key] = value
    return mapping


def _shown(value: Any) -> str:
    text = "nothing" if value is None or value == "" else repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
