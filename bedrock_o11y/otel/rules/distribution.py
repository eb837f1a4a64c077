"""The version of ADOT, and the command that starts the agent under it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity
from bedrock_o11y.otel import sources
from bedrock_o11y.otel.finding import Finding
from bedrock_o11y.otel.requirements import NAME
from bedrock_o11y.otel.variables import SMALLEST_UNIFIED_ADOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.otel.requirements import Distribution
    from bedrock_o11y.otel.subject import Subject

_WANTED: Final = ".".join(map(str, SMALLEST_UNIFIED_ADOT))
_STARTS_BARE: Final = re.compile(r"(.*/)?(python[\d.]*|uvicorn|gunicorn|hypercorn|fastapi|uv|poetry)")


def check(subject: Subject) -> Iterator[Finding]:
    """Yields findings about what is installed and how it is started."""
    if subject.another_vendor:
        return
    if subject.distribution:
        yield from _version(subject, subject.distribution)
    start = subject.environment.start
    if start and _STARTS_BARE.fullmatch(start[0]) and not any("opentelemetry-instrument" in word for word in start):
        yield Finding(
            rule="start-command",
            severity=Severity.HIGH,
            variable="",
            message="The agent is not started under opentelemetry-instrument, and no span of it is made.",
            evidence=(f"{subject.environment.origin} starts it with {start[0]}.",),
            next='Start it with ["opentelemetry-instrument", "python", "main.py"].',
            sources=(sources.OBSERVABILITY,),
        )


def _version(subject: Subject, distribution: Distribution) -> Iterator[Finding]:
    if not distribution.found:
        yield _finding(
            f"{NAME} is not in {distribution.origin}: no span of the agent is made.", (), Severity.HIGH, unknown=False
        )
        return
    if not subject.wants_unified:
        return
    evidence = (f"{distribution.place}: {NAME}{distribution.specifier}",)
    new = distribution.is_at_least(SMALLEST_UNIFIED_ADOT)
    if new is False:
        message = f"{NAME} is older than {_WANTED}: spans go to the shared group aws/spans, not to the agent's own."
        yield _finding(message, evidence, Severity.HIGH, unknown=False)
    elif new is None:
        message = f"Whether {NAME} is {_WANTED} or newer is not known: its version is not pinned."
        yield _finding(message, evidence, Severity.HIGH, unknown=True)


def _finding(message: str, evidence: tuple[str, ...], severity: Severity, *, unknown: bool) -> Finding:
    return Finding(
        rule="adot-version",
        severity=severity,
        variable="",
        message=message,
        evidence=evidence,
        next=f"Install {NAME}>={_WANTED}, or judge the lock that the image installs.",
        unknown=unknown,
        sources=(sources.OBSERVABILITY, sources.TELEMETRY),
    )
