"""Filter patterns of CloudWatch Logs: terms and JSON selectors.

Source: CloudWatch Logs user guide, "Filter pattern syntax for metric filters, subscription filters, filter log events".
Space-delimited patterns (``[a, b, ...]``) are refused: a pattern is matched right or not at all. Decided here because
the guide is silent: a term matches anywhere in the message, and a comparison with a field that is missing is false.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Matcher = Callable[[str], bool]
    Condition = Callable[[Any], bool]

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<selector>\$(?:\.(?:[\w@:\-/]+|\*)|\[(?:\d+|\*|'[^']*'|"[^"]*")\])+)
      | (?P<operator>&&|\|\||!=|<=|>=|=|<|>|\(|\))
      | (?P<quoted>"(?:[^"\\]|\\.)*")
      | (?P<regex>%(?:[^%\\]|\\.)+%)
      | (?P<word>[^\s()&|=<>"]+)
    )""",
    re.VERBOSE,
)
_STEP = re.compile(r"""\.([\w@:\-/]+|\*)|\[(\d+|\*|'[^']*'|"[^"]*")\]""")
_TERM = re.compile(r"""\s*([?-]?)("(?:[^"\\]|\\.)*"|%(?:[^%\\]|\\.)+%|[^\s"]+)""")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


class PatternError(Exception):
    """The pattern is malformed or of a kind that the sandbox does not match."""


def compile_pattern(pattern: str | None) -> Matcher:
    """A function that tells whether a message matches.

    Args:
        pattern: of FilterLogEvents; empty matches everything.

    Returns:
        the matcher.

    Raises:
        PatternError: the pattern cannot be matched rightly.
    """
    text = (pattern or "").strip()
    if not text:
        return lambda _message: True
    if text.startswith("["):
        raise PatternError("Invalid filter pattern: the sandbox does not match space-delimited patterns.")
    if text.startswith("{"):
        if not text.endswith("}"):
            raise PatternError("Invalid filter pattern: a JSON pattern ends with }.")
        condition = _Parser(text[1:-1]).parse()
        return lambda message: _matches_json(condition, message)
    return _terms(text)


def _matches_json(condition: Condition, message: str) -> bool:
    try:
        event = json.loads(message)
    except ValueError:
        return False
    return isinstance(event, dict | list) and condition(event)


def _terms(text: str) -> Matcher:
    included: list[Matcher] = []
    excluded: list[Matcher] = []
    optional: list[Matcher] = []
    position = 0
    while position < len(text):
        match = _TERM.match(text, position)
        if match is None:
            raise PatternError("Invalid filter pattern: a quotation mark is not closed.")
        position = match.end()
        sign, term = match.groups()
        if not term.startswith(('"', "%")) and re.search(r"[^\w.:/@*-]", term):
            raise PatternError(f"Invalid filter pattern: the term {term} has to stand in quotation marks.")
        {"?": optional, "-": excluded, "": included}[sign].append(_term(term))
    if included or excluded:
        # "If you combine ? with other terms, the ? terms are ignored."
        return lambda message: all(term(message) for term in included) and not any(term(message) for term in excluded)
    return lambda message: any(term(message) for term in optional)


def _term(term: str) -> Matcher:
    if term.startswith("%"):
        compiled = _regex(term)
        return lambda message: compiled.search(message) is not None
    wanted = _unquote(term) if term.startswith('"') else term
    return lambda message: wanted in message


class _Parser:
    """Recursive descent: or, and, parentheses, comparison."""

    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        position, end = 0, len(text.rstrip())
        while position < end:
            match = _TOKEN.match(text, position)
            if match is None:
                raise PatternError(f"Invalid filter pattern: {text[position:].strip()[:40]} is not understood.")
            kind = str(match.lastgroup)
            self._tokens.append((kind, match.group(kind)))
            position = match.end()

    def parse(self) -> Condition:
        condition = self._either()
        if self._tokens:
            raise PatternError(f"Invalid filter pattern: {self._tokens[0][1]} is not expected.")
        return condition

    def _take(self) -> tuple[str, str]:
        if not self._tokens:
            raise PatternError("Invalid filter pattern: it ends too early.")
        return self._tokens.pop(0)

    def _skip(self, operator: str) -> bool:
        if self._tokens and self._tokens[0] == ("operator", operator):
            self._tokens.pop(0)
            return True
        return False

    def _either(self) -> Condition:
        parts = [self._both()]
        while self._skip("||"):
            parts.append(self._both())
        return lambda event: any(part(event) for part in parts)

    def _both(self) -> Condition:
        parts = [self._one()]
        while self._skip("&&"):
            parts.append(self._one())
        return lambda event: all(part(event) for part in parts)

    def _one(self) -> Condition:
        if self._skip("("):
            inner = self._either()
            if not self._skip(")"):
                raise PatternError("Invalid filter pattern: a parenthesis is not closed.")
            return inner
        kind, selector = self._take()
        if kind != "selector":
            raise PatternError(f"Invalid filter pattern: {selector} is not a selector that begins with $.")
        steps = [a or b.strip("'\"") for a, b in _STEP.findall(selector)]
        kind, operator = self._take()
        if kind == "word":
            return self._word(steps, operator.upper())
        if kind != "operator" or operator in ("(", ")", "&&", "||"):
            raise PatternError(f"Invalid filter pattern: {operator} is not a comparison.")
        kind, wanted = self._take()
        test = _comparison(operator, kind, wanted)
        return lambda event: any(test(value) for value in _select(event, steps))

    def _word(self, steps: list[str], first: str) -> Condition:
        kind, second = self._take()
        if kind == "word" and (first, second.upper()) == ("NOT", "EXISTS"):
            return lambda event: not _select(event, steps)
        tests: dict[str, Callable[[Any], bool]] = {
            "NULL": lambda value: value is None,
            "TRUE": lambda value: value is True,
            "FALSE": lambda value: value is False,
        }
        test = tests.get(second.upper())
        if kind != "word" or first != "IS" or test is None:
            raise PatternError(f"Invalid filter pattern: {first} {second} is not understood.")
        return lambda event: any(test(value) for value in _select(event, steps))


def _comparison(operator: str, kind: str, wanted: str) -> Callable[[Any], bool]:
    if kind == "regex":
        compiled = _regex(wanted)
        tests = {
            "=": lambda value: isinstance(value, str) and compiled.search(value) is not None,
            "!=": lambda value: isinstance(value, str) and compiled.search(value) is None,
        }
        if operator not in tests:
            raise PatternError("Invalid filter pattern: a regular expression is compared with = or !=.")
        return tests[operator]
    if kind == "word" and _NUMBER.fullmatch(wanted):
        return _numeric(operator, wanted)
    if kind not in ("word", "quoted") or operator not in ("=", "!="):
        raise PatternError(f"Invalid filter pattern: {operator} {wanted} is not a comparison with a number.")
    text = _unquote(wanted) if kind == "quoted" else wanted
    pattern = re.compile(".*".join(re.escape(part) for part in text.split("*")), re.DOTALL)
    return lambda value: _scalar(value) and (pattern.fullmatch(_text(value)) is not None) is (operator == "=")


def _numeric(operator: str, wanted: str) -> Callable[[Any], bool]:
    number = float(wanted)
    tests: dict[str, Callable[[float], bool]] = {
        "=": lambda value: value == number,
        "!=": lambda value: value != number,
        "<": lambda value: value < number,
        "<=": lambda value: value <= number,
        ">": lambda value: value > number,
        ">=": lambda value: value >= number,
    }
    test = tests[operator]

    def compare(value: Any) -> bool:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return test(value)
        if isinstance(value, str) and operator in ("=", "!="):
            return (value == wanted) is (operator == "=")
        return False

    return compare


def _select(event: Any, steps: list[str]) -> list[Any]:
    values = [event]
    for step in steps:
        found: list[Any] = []
        for value in values:
            if isinstance(value, list):
                found += value if step == "*" else value[int(step) : int(step) + 1] if step.isdigit() else []
            elif isinstance(value, dict):
                found += list(value.values()) if step == "*" else [value[step]] if step in value else []
        values = found
    return values


def _scalar(value: Any) -> bool:
    return isinstance(value, str | int | float | bool)


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool | float | int) else str(value)


def _unquote(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def _regex(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text[1:-1])
    except re.error as error:
        raise PatternError(f"Invalid filter pattern: {text} is not a regular expression ({error}).") from None
