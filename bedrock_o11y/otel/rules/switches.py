"""What turns the telemetry of an agent off: by a switch, an exporter called none, a sampler that drops every span."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity
from bedrock_o11y.otel import sources
from bedrock_o11y.otel.finding import Finding
from bedrock_o11y.otel.variables import DISABLE_ADOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.otel.subject import Subject

RULE: Final = "switched-off"
_EXPORTERS: Final = (
    ("OTEL_TRACES_EXPORTER", "no span leaves the agent", Severity.HIGH),
    (
        "OTEL_LOGS_EXPORTER",
        "no log record leaves the agent, nor prompts and answers that are moved there",
        Severity.MEDIUM,
    ),
    ("OTEL_METRICS_EXPORTER", "no metric of the agent is written", Severity.LOW),
)
_DROPPING: Final = ("always_off", "parentbased_always_off")
_BY_RATIO: Final = ("traceidratio", "parentbased_traceidratio")
_FILES: Final = ("OTEL_EXPERIMENTAL_CONFIG_FILE", "OTEL_CONFIG_FILE")


def check(subject: Subject) -> Iterator[Finding]:
    """Yields a finding for each switch that is off."""
    environment = subject.environment
    if environment.says("OTEL_SDK_DISABLED", "true"):
        yield _finding(subject, "OTEL_SDK_DISABLED", "OpenTelemetry is switched off as a whole.", Severity.HIGH)
    if subject.another_vendor:
        yield Finding(
            rule=RULE,
            severity=Severity.HIGH,
            variable=DISABLE_ADOT,
            message="What AgentCore Runtime sets for ADOT is taken away: spans and logs do not reach CloudWatch.",
            evidence=(subject.seen_as(DISABLE_ADOT),),
            next="Remove it, unless the agent reports to another vendor on purpose.",
            sources=(sources.OBSERVABILITY,),
        )
    for name, lost, severity in _EXPORTERS:
        if environment.says(name, "none"):
            yield _finding(subject, name, f"{name} is none: {lost}.", severity)
    for name in _FILES:
        if environment.is_set(name):
            message = "An SDK that knows this file takes everything from it and ignores the other OTEL variables."
            yield _finding(subject, name, message, Severity.LOW)
    yield from _sampler(subject)


def _sampler(subject: Subject) -> Iterator[Finding]:
    environment = subject.environment
    sampler = (environment.get("OTEL_TRACES_SAMPLER") or "").strip()
    if sampler in _DROPPING:
        yield _finding(subject, "OTEL_TRACES_SAMPLER", f"The sampler {sampler} drops every span.", Severity.HIGH)
    if sampler not in _BY_RATIO:
        return
    try:
        ratio = float(environment.get("OTEL_TRACES_SAMPLER_ARG") or "1")
    except ValueError:
        return
    if ratio == 0:
        yield _finding(subject, "OTEL_TRACES_SAMPLER_ARG", "The sampler drops every span.", Severity.HIGH)
    elif ratio < 1:
        message = f"The sampler keeps {ratio * 100:g} % of the traces: sessions are seen in part."
        yield _finding(subject, "OTEL_TRACES_SAMPLER_ARG", message, Severity.LOW)


def _finding(subject: Subject, name: str, message: str, severity: Severity) -> Finding:
    return Finding(
        rule=RULE,
        severity=severity,
        variable=name,
        message=message,
        evidence=(subject.seen_as(name),),
        next=f"Remove {name}.",
        sources=(sources.SDK_VARIABLES,),
    )
