"""A variable without which the agent sends nothing, or without which nobody knows where to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedrock_o11y.blueprint import Severity
from bedrock_o11y.otel import sources
from bedrock_o11y.otel.finding import Finding
from bedrock_o11y.otel.variable import Hosting
from bedrock_o11y.otel.variables import BY_NAME, DEFAULT_REGION, REGION, VARIABLES

from .spelling import misspelt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.otel.subject import Subject

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT")


def check(subject: Subject) -> Iterator[Finding]:
    """Yields a finding for each required variable that is not there, and for what may be set out of sight."""
    environment = subject.environment
    for reason in environment.elsewhere:
        yield Finding(
            rule="not-read",
            severity=Severity.HIGH,
            variable="",
            message=f"{reason}; there may be more variables than were judged.",
            next="Judge what the agent really gets: printenv in its container, piped into env check --from -.",
            unknown=True,
        )
    if subject.another_vendor:
        return
    meant = set(misspelt(environment).values())
    for variable in VARIABLES:
        if subject.hosted not in variable.required or environment.is_set(variable.name) or variable.name in meant:
            continue
        empty = variable.name in environment.values
        yield Finding(
            rule="missing-variable",
            severity=variable.wrong,
            variable=variable.name,
            message=f"{variable.name} is {'empty, which counts as not set' if empty else 'not set'}. {variable.breaks}",
            evidence=(f"{environment.place(variable.name)}: {variable.name} is empty.",) if empty else (),
            next=_how(subject, variable.name),
            sources=variable.sources,
        )
    yield from _region(subject)


def _region(subject: Subject) -> Iterator[Finding]:
    environment = subject.environment
    if subject.hosted is not Hosting.ELSEWHERE or any(environment.is_set(name) for name in (REGION, DEFAULT_REGION)):
        return
    if all(environment.is_set(name) for name in _ENDPOINTS):
        return  # ADOT needs the Region for these two alone
    profile = environment.is_set("AWS_PROFILE")
    yield Finding(
        rule="region",
        severity=Severity.HIGH,
        variable=REGION,
        message=f"Neither {REGION} nor {DEFAULT_REGION} is set"
        + ("; whether the profile of AWS_PROFILE names a Region is not known." if profile else f". {_no_region()}"),
        next=_how(subject, REGION),
        unknown=profile,
        sources=(sources.SDK_REGION, sources.ADOT),
    )


def _no_region() -> str:
    return f"Unless the machine has a configuration file of AWS: {BY_NAME[REGION].breaks}"


def _how(subject: Subject, name: str) -> str:
    value = BY_NAME[name].value
    if name == REGION:
        return f"Set {REGION} to the Region of the agent's log group."
    if value and "$" not in value:
        return f"Set {name}={value}."
    return f"bedrock-o11y env show --hosted {subject.hosted} --agent NAME prints it."
