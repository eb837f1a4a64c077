"""Reads the policy of a key or a bucket: does it let an AWS service do one thing?

This is a reading of one document for one request of a service principal, in three values: what it cannot know for
certain (an unfamiliar condition) it calls undecided, never allowed. Rules: IAM user guide, policy evaluation logic and
condition operators.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ANYTHING: Final = "\0"
"""As the last part of an ARN in a context: the service fills in something that nobody has documented."""


class Answer(Enum):
    """Whether the document lets the service do it."""

    ALLOWED = "allowed"
    NOT_ALLOWED = "not allowed"
    """No statement allows it."""
    DENIED = "denied"
    """A Deny statement forbids it."""
    UNDECIDED = "undecided"
    """A statement that matters has a condition whose value is not known here."""


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """One thing that an AWS service wants to do.

    Attributes:
        service: the service principal.
        action: one IAM action.
        resource: ARN of the resource.
        context: the condition keys that the service sends. A key that is not here is unknown.
    """

    service: str
    action: str
    resource: str
    context: Mapping[str, str]


def answer(document: Mapping[str, Any], request: ServiceRequest) -> tuple[Answer, str]:
    """Whether a resource policy lets a service do one thing.

    Args:
        document: the policy document.
        request: what the service wants to do.

    Returns:
        The answer, and the statement that decides it: its Sid, or its number; empty when no statement does.
    """
    decided: dict[tuple[str, bool | None], str] = {}
    for name, statement in _statements(document):
        if matched := _applies(statement, request):
            decided.setdefault((str(statement.get("Effect")), True), name)
        elif matched is None:
            decided.setdefault((str(statement.get("Effect")), None), name)
    for key, verdict in (
        (("Deny", True), Answer.DENIED),
        (("Deny", None), Answer.UNDECIDED),
        (("Allow", True), Answer.ALLOWED),
        (("Allow", None), Answer.UNDECIDED),
    ):
        # An uncertain Deny matters only where something would allow.
        if key in decided and (key != ("Deny", None) or ("Allow", True) in decided or ("Allow", None) in decided):
            return verdict, decided[key]
    return Answer.NOT_ALLOWED, ""


def _statements(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, statement in enumerate(_listed(document.get("Statement")), start=1):
        yield str(statement.get("Sid") or f"number {number}"), statement


def _applies(statement: Mapping[str, Any], request: ServiceRequest) -> bool | None:
    parts = (
        _principal(statement, request.service),
        _among(statement, "Action", lambda pattern: _glob(pattern.lower(), request.action.lower())),
        _among(statement, "Resource", lambda pattern: _glob(pattern, request.resource)),
        _conditions(statement.get("Condition") or {}, request),
    )
    return _all(parts)


def _principal(statement: Mapping[str, Any], service: str) -> bool | None:
    if "NotPrincipal" in statement:
        return None
    principal = statement.get("Principal")
    if principal == "*":
        return True
    if not isinstance(principal, dict):
        return False
    return service in _listed(principal.get("Service")) or "*" in _listed(principal.get("AWS"))


def _among(statement: Mapping[str, Any], member: str, matches: Callable[[str], bool]) -> bool:
    if f"Not{member}" in statement:
        return not any(matches(str(pattern)) for pattern in _listed(statement[f"Not{member}"]))
    return any(matches(str(pattern)) for pattern in _listed(statement.get(member)))


def _conditions(block: Mapping[str, Any], request: ServiceRequest) -> bool | None:
    context = {key.lower(): value for key, value in request.context.items()}
    context |= {
        "aws:principalisawsservice": "true",
        "aws:principalservicename": request.service,
        "aws:securetransport": "true",
    }
    return _all(
        _condition(operator, context.get(str(key).lower()), [str(value) for value in map(_text, _listed(values))])
        for operator, keys in block.items()
        for key, values in keys.items()
    )


def _condition(operator: str, value: str | None, patterns: list[str]) -> bool | None:
    # A service sends one value for each key, so the set operators mean the same as the plain ones.
    plain = operator.lower().removeprefix("foranyvalue:").removeprefix("forallvalues:").removesuffix("ifexists")
    if plain == "null":
        return None if value is None else all(pattern == "false" for pattern in patterns)
    if plain not in _OPERATORS or value is None or any("${" in pattern for pattern in patterns):
        return None
    matches, negated = _OPERATORS[plain]
    results = [matches(pattern, value) for pattern in patterns]
    found = True if True in results else None if None in results else False
    return found if found is None else found is not negated


def _arn(pattern: str, value: str) -> bool | None:
    wanted, given = pattern.split(":", 5), value.split(":", 5)
    if len(wanted) < 6 or len(given) < 6:
        return False
    if not all(_glob(part, other) for part, other in zip(wanted[:5], given[:5], strict=True)):
        return False
    if given[5] == ANYTHING:
        return True if wanted[5] == "*" else None
    return _glob(wanted[5], given[5])


def _like(pattern: str, value: str) -> bool | None:
    if value.endswith(ANYTHING):
        known = value.removesuffix(ANYTHING)
        if pattern.endswith("*") and _glob(pattern, known):
            return True
        return None if _glob(pattern[: len(known)], known) or "*" in pattern else False
    return _glob(pattern, value)


def _equal(pattern: str, value: str) -> bool | None:
    if value.endswith(ANYTHING):
        # A literal star never equals an ARN: the classic mistake of StringEquals with a pattern.
        return None if pattern.startswith(value.removesuffix(ANYTHING)) and "*" not in pattern else False
    return pattern == value


_OPERATORS: Final[dict[str, tuple[Callable[[str, str], bool | None], bool]]] = {
    "stringequals": (_equal, False),
    "stringnotequals": (_equal, True),
    "stringequalsignorecase": (lambda pattern, value: _equal(pattern.lower(), value.lower()), False),
    "stringnotequalsignorecase": (lambda pattern, value: _equal(pattern.lower(), value.lower()), True),
    "stringlike": (_like, False),
    "stringnotlike": (_like, True),
    "arnequals": (_arn, False),
    "arnlike": (_arn, False),
    "arnnotequals": (_arn, True),
    "arnnotlike": (_arn, True),
    "bool": (lambda pattern, value: pattern.lower() == value.lower(), False),
}
"""What compares a pattern with a value, and whether the operator is negated. ArnEquals is ArnLike."""


def _all(values: Any) -> bool | None:
    seen = list(values)
    return False if False in seen else None if None in seen else True


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _glob(pattern: str, value: str) -> bool:
    return _compiled(pattern).fullmatch(value) is not None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    body = "".join(
        ".*" if part == "*" else "." if part == "?" else re.escape(part) for part in re.sub(r"\*+", "*", pattern)
    )
    return re.compile(body, re.DOTALL)
