"""Endpoints and protocols: ADOT signs its requests only where it finds the endpoints of AWS."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity
from bedrock_o11y.otel import sources
from bedrock_o11y.otel.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.otel.subject import Subject

GENERAL: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"
_TRACES: Final = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
_LOGS: Final = "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"
_SHAPES: Final = {
    _TRACES: (re.compile(r"https://xray\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/v1/traces"), "xray", "traces"),
    _LOGS: (re.compile(r"https://logs\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/v1/logs"), "logs", "logs"),
}
_PROTOCOLS: Final = (
    "OTEL_EXPORTER_OTLP_PROTOCOL",
    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
    "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL",
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yields findings about endpoints, protocols, and Regions that contradict each other."""
    yield from _general(subject)
    for name in _SHAPES:
        yield from _own(subject, name)
    yield from _protocols(subject)
    if subject.region and subject.own_region and subject.region != subject.own_region:
        yield Finding(
            rule="region",
            severity=Severity.MEDIUM,
            variable="AWS_REGION",
            message=f"The environment names {subject.own_region}, and the agent is said to be in {subject.region}.",
            next="Set AWS_REGION to the Region of the agent's log group, or judge it with that --region.",
            sources=(sources.SDK_REGION,),
        )


def _general(subject: Subject) -> Iterator[Finding]:
    environment = subject.environment
    if not environment.is_set(GENERAL):
        return
    aws = [name for name, (shape, _, _) in _SHAPES.items() if shape.fullmatch((environment.get(name) or "").lower())]
    replaced = len(aws) == len(_SHAPES)
    if subject.another_vendor:
        severity, message = Severity.INFO, "Spans and logs go to this endpoint and not to AWS."
    elif replaced:
        severity = Severity.LOW
        message = "It has no effect on spans and log records, whose own endpoints are set."
    else:
        severity = Severity.HIGH
        message = "ADOT does not use the endpoints of AWS while this is set: spans and logs go there, unsigned."
    yield Finding(
        rule="endpoint",
        severity=severity,
        variable=GENERAL,
        message=message,
        evidence=(subject.seen_as(GENERAL), *(f"{name} is an endpoint of AWS." for name in aws)),
        next="Nothing, when that is meant." if subject.another_vendor else f"Remove {GENERAL}.",
        sources=(sources.ADOT,),
    )


def _own(subject: Subject, name: str) -> Iterator[Finding]:
    value = subject.environment.get(name)
    if value is None or subject.another_vendor:
        return
    shape, service, signal = _SHAPES[name]
    found = shape.fullmatch(value.lower())
    region = subject.own_region or subject.region or "REGION"
    expected = f"https://{service}.{region}.amazonaws.com/v1/{signal}"
    if not found:
        yield Finding(
            rule="endpoint",
            severity=Severity.HIGH,
            variable=name,
            message="It is not an endpoint of AWS, and ADOT does not sign requests to it.",
            evidence=(subject.seen_as(name),),
            next=f"Remove it: ADOT knows the endpoint. Or set it to {expected}.",
            sources=(sources.ADOT, sources.OTLP_ENDPOINTS),
        )
    elif subject.own_region and found[1] != subject.own_region:
        yield Finding(
            rule="region",
            severity=Severity.MEDIUM,
            variable=name,
            message=f"It is the endpoint of {found[1]}, and the environment names {subject.own_region}.",
            evidence=(subject.seen_as(name),),
            next=f"Remove it: ADOT knows the endpoint. Or set it to {expected}.",
            sources=(sources.ADOT,),
        )


def _protocols(subject: Subject) -> Iterator[Finding]:
    for name in _PROTOCOLS:
        value = subject.environment.get(name)
        if value is None or value == "http/protobuf":
            continue
        message = (
            "The endpoints of AWS speak HTTP/1.1 and no gRPC: nothing arrives."
            if value == "grpc"
            else "ADOT signs requests of http/protobuf alone."
        )
        yield Finding(
            rule="protocol",
            severity=Severity.MEDIUM if subject.another_vendor else Severity.HIGH,
            variable=name,
            message=message,
            evidence=(subject.seen_as(name),),
            next=f"Set {name}=http/protobuf.",
            sources=(sources.OTLP_ENDPOINTS, sources.ADOT),
        )
    for name in ("OTEL_TRACES_EXPORTER", "OTEL_LOGS_EXPORTER"):
        words = [word.strip() for word in (subject.environment.get(name) or "").split(",")]
        if "otlp_proto_grpc" in words:
            yield Finding(
                rule="protocol",
                severity=Severity.HIGH,
                variable=name,
                message="The endpoints of AWS speak HTTP/1.1 and no gRPC: nothing arrives.",
                evidence=(subject.seen_as(name),),
                next=f"Set {name}=otlp.",
                sources=(sources.OTLP_ENDPOINTS,),
            )
