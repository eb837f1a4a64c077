"""A value that its variable does not know, that is not known here, or that is still a placeholder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity
from bedrock_o11y.otel import sources
from bedrock_o11y.otel.finding import Finding
from bedrock_o11y.otel.secrecy import HIDDEN, hidden, is_secret
from bedrock_o11y.otel.specification import CHOICES, LISTS, SPECIFIED, Kind
from bedrock_o11y.otel.variables import BY_NAME, DEFAULT_REGION, REGION

from .spelling import KNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.blueprint import Source
    from bedrock_o11y.otel.subject import Subject

RULE: Final = "value-not-allowed"
_PLACEHOLDER: Final = re.compile(r"<[A-Za-z][^<>]*>|\$\{[A-Za-z_][^}]*\}|\{\{[^{}]*\}\}|YOUR[_-][A-Z]+|CHANGE[_-]?ME")
_REGION: Final = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d+")
_NUMBER: Final = re.compile(r"\d+")
_RATIO: Final = re.compile(r"0*(\.\d+)?|0+\.|0*1(\.0*)?")
_JUDGED_ELSEWHERE: Final = re.compile(r"OTEL_EXPORTER_OTLP_(\w+_)?PROTOCOL")


def check(subject: Subject) -> Iterator[Finding]:
    """Yields a finding for each known variable whose value does not work."""
    for name in subject.environment.values:
        if name not in KNOWN or not subject.environment.is_set(name):
            continue
        yield from _value(subject, name)


def _value(subject: Subject, name: str) -> Iterator[Finding]:
    value = subject.environment.values[name]
    if value.unresolved:
        yield _finding(
            subject,
            name,
            "unresolved-value",
            f"The value of {name} is not known here: it refers to {', '.join(value.unresolved)}.",
            "Judge what the agent really gets: printenv in its container, piped into env check --from -.",
            unknown=True,
        )
        return
    text = value.text
    if found := _PLACEHOLDER.search(text):
        held = HIDDEN if is_secret(name) else hidden(found.group())
        message = f"{name} still holds the placeholder {held}."
        yield _finding(subject, name, "placeholder", message, "Replace it with the real name.")
        return
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        message = f"{name} holds its quotation marks: they are part of the value."
        yield _finding(subject, name, "quoted-value", message, "Remove the quotation marks.")
        return
    if wrong := _wrong(name, text):
        expected, severity = wrong
        message = f"{name} does not know this value; expected {expected}."
        yield _finding(subject, name, RULE, message, f"Set it to {expected}.", severity=severity)
    elif text != text.strip():
        message = f"{name} has a space at its beginning or end, which is part of the value."
        yield _finding(subject, name, RULE, message, "Remove the space.", severity=Severity.LOW)


def _wrong(name: str, text: str) -> tuple[str, Severity] | None:
    """What was expected, and how bad it is; None for a value that works, or that another rule judges."""
    variable = BY_NAME.get(name)
    if _JUDGED_ELSEWHERE.fullmatch(name):
        return None
    if variable and variable.allowed:
        # The switches are compared without regard to capitals, names of entry points as they are.
        word = text.strip().lower() if "true" in variable.allowed else text
        return None if word in variable.allowed else (_or(variable.allowed), variable.wrong)
    if name in CHOICES:
        words = [word.strip() for word in text.split(",")] if name in LISTS else [text]
        return None if all(word in CHOICES[name] for word in words) else (_or(CHOICES[name]), Severity.HIGH)
    if name in (REGION, DEFAULT_REGION):
        return None if _REGION.fullmatch(text) else ("something like us-east-1", Severity.HIGH)
    if name == "OTEL_TRACES_SAMPLER_ARG":
        return None if "=" in text or _is_ratio(text) else ("a number from 0 to 1", Severity.MEDIUM)
    kind = SPECIFIED.get(name)
    if kind is Kind.BOOLEAN and text.strip().lower() not in ("true", "false"):
        return Kind.BOOLEAN.value, Severity.MEDIUM
    if kind in (Kind.INTEGER, Kind.MILLISECONDS) and not _NUMBER.fullmatch(text.strip()):
        return kind.value, Severity.MEDIUM
    return None


def _is_ratio(text: str) -> bool:
    return bool(text.strip()) and text.strip() != "." and _RATIO.fullmatch(text.strip()) is not None


def _or(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _finding(
    subject: Subject,
    name: str,
    rule: str,
    message: str,
    step: str,
    *,
    severity: Severity | None = None,
    unknown: bool = False,
) -> Finding:
    variable = BY_NAME.get(name)
    read_in: tuple[Source, ...] = variable.sources if variable else (sources.SDK_VARIABLES,)
    return Finding(
        rule=rule,
        severity=severity or (variable.wrong if variable else Severity.MEDIUM),
        variable=name,
        message=message,
        evidence=(subject.seen_as(name),),
        next=step,
        unknown=unknown,
        sources=read_in,
    )
