"""The attributes of the resource: can they be read, is the agent named, do they agree with the headers?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity
from bedrock_o11y.otel import sources
from bedrock_o11y.otel.finding import Finding
from bedrock_o11y.otel.pairs import attributes, pairs, trouble
from bedrock_o11y.otel.secrecy import hidden
from bedrock_o11y.otel.variables import GROUP_HEADER, RESOURCE_ATTRIBUTES, SERVICE_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.otel.subject import Subject

_GROUPS: Final = "aws.log.group.names"
_NAME: Final = "service.name"
_NO_NAME: Final = "unknown_service"


def check(subject: Subject) -> Iterator[Finding]:
    """Yields findings about the attributes of the resource."""
    text = subject.environment.get(RESOURCE_ATTRIBUTES)
    if text is not None:
        yield from _pieces(subject, text)
        yield from _agreement(subject, text)
    yield from _service_name(subject, attributes(text or ""))


def _pieces(subject: Subject, text: str) -> Iterator[Finding]:
    for number, each in enumerate(pairs(text), start=1):
        key = each.name.strip()
        if each.value is None or not key:
            message = f"Piece {number} of it is no attribute; expected key=value."
            step = "Write key=value pairs with commas between; a comma inside a value is %2C."
            yield _finding(subject, "resource-attributes", message, step, Severity.MEDIUM)
        elif wrong := trouble(each.value.strip()):
            message = f"The value of {hidden(key)} holds {wrong}."
            step = "Encode it; an SDK may discard all attributes for one that it cannot read."
            yield _finding(subject, "resource-attributes", message, step, Severity.MEDIUM)


def _service_name(subject: Subject, found: dict[str, str]) -> Iterator[Finding]:
    environment = subject.environment
    if environment.is_unknown(SERVICE_NAME) or environment.is_unknown(RESOURCE_ATTRIBUTES):
        return
    own = environment.get(SERVICE_NAME)
    name = own or found.get(_NAME, "")
    if own and found.get(_NAME, own) != own:
        yield Finding(
            rule="service-name",
            severity=Severity.LOW,
            variable=SERVICE_NAME,
            message=f"The agent has two names; that of {SERVICE_NAME} counts.",
            evidence=(subject.seen_as(SERVICE_NAME), subject.seen_as(RESOURCE_ATTRIBUTES)),
            next="Keep one of them.",
            sources=(sources.SDK_VARIABLES,),
        )
    if name and not name.startswith(_NO_NAME):
        return
    if not name and (subject.on_runtime and RESOURCE_ATTRIBUTES not in environment.values):
        return  # the Runtime sets it
    unnamed = f"The agent is called {_NO_NAME}." if name else f"{_NAME} is not set: the agent is called {_NO_NAME}."
    known = RESOURCE_ATTRIBUTES in environment.values
    yield Finding(
        rule="service-name",
        severity=Severity.MEDIUM,
        variable=RESOURCE_ATTRIBUTES,
        message=f"{unnamed} Its spans are not found under a name of its own.",
        evidence=(subject.seen_as(RESOURCE_ATTRIBUTES),) if known and not own else (),
        next=f"Add {_NAME}=NAME to {RESOURCE_ATTRIBUTES}, or set {SERVICE_NAME}.",
        sources=(sources.OBSERVABILITY, sources.SDK_VARIABLES),
    )


def _agreement(subject: Subject, text: str) -> Iterator[Finding]:
    named = attributes(text).get(_GROUPS)
    if not named:
        if not subject.on_runtime:
            message = f"{_GROUPS} is not set: the spans do not say in which log group their log records are."
            step = f"Add {_GROUPS}=GROUP, the log group of the headers."
            yield _finding(subject, "log-group-attribute", message, step, Severity.LOW)
        return
    groups = [group.strip() for group in named.split("&")]
    for destination in subject.destinations():
        if destination.group not in groups:
            yield Finding(
                rule="log-group-contradiction",
                severity=Severity.MEDIUM,
                variable=destination.variable,
                message=f"It sends to {destination.group}, and {_GROUPS} says {hidden(named)}: "
                "the spans point to another log group.",
                evidence=(subject.seen_as(destination.variable), subject.seen_as(RESOURCE_ATTRIBUTES)),
                next=f"Name the same log group in {_GROUPS} and in {GROUP_HEADER}.",
                sources=(sources.OBSERVABILITY,),
            )


def _finding(subject: Subject, rule: str, message: str, step: str, severity: Severity) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        variable=RESOURCE_ATTRIBUTES,
        message=message,
        evidence=(subject.seen_as(RESOURCE_ATTRIBUTES),),
        next=step,
        sources=(sources.RESOURCE, sources.OBSERVABILITY),
    )
