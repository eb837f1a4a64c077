"""Prompts and answers: are they captured, did anybody decide that, and where do they go?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity
from bedrock_o11y.otel import sources
from bedrock_o11y.otel.finding import Finding
from bedrock_o11y.otel.variables import CONTENT, CONTENT_ON_SPANS, OBSERVABILITY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.otel.subject import Subject

RULE: Final = "message-content"
_NOT_CAPTURED: Final = ("false", "no_content")


def check(subject: Subject) -> Iterator[Finding]:
    """Yields findings about the content of messages."""
    environment = subject.environment
    captured = _captured(subject)
    if captured and not environment.is_set(CONTENT):
        yield Finding(
            rule=RULE,
            severity=Severity.LOW,
            variable=CONTENT,
            message="Prompts and answers are captured: ADOT does that when nobody decides otherwise.",
            next=f"Set {CONTENT}=false, or true when the log group may hold them.",
            sources=(sources.ADOT,),
        )
    elif captured:
        yield _info(subject, CONTENT, "Prompts and answers are captured.", "Nothing, when the log group may hold them.")
    if captured and environment.says("OTEL_LOGS_EXPORTER", "none") and not environment.says(CONTENT_ON_SPANS, "true"):
        yield Finding(
            rule=RULE,
            severity=Severity.MEDIUM,
            variable=CONTENT_ON_SPANS,
            message="Captured prompts and answers are taken off the spans and lost: no exporter takes log records.",
            evidence=(subject.seen_as("OTEL_LOGS_EXPORTER"),),
            next=f"Set {CONTENT_ON_SPANS}=true, or remove OTEL_LOGS_EXPORTER.",
            sources=(sources.ADOT, sources.TELEMETRY),
        )
    refused = (environment.get(CONTENT) or "").strip().lower() in _NOT_CAPTURED
    if refused and environment.says(CONTENT_ON_SPANS, "true"):
        yield Finding(
            rule=RULE,
            severity=Severity.MEDIUM,
            variable=CONTENT_ON_SPANS,
            message=f"Prompts stay on the spans that a framework writes by itself, although {CONTENT} refuses them: it "
            "does not reach those, and what takes them off the spans is switched off (observed with Strands 1.62 and "
            "ADOT 0.21).",
            evidence=(subject.seen_as(CONTENT_ON_SPANS), subject.seen_as(CONTENT)),
            next=f"Remove {CONTENT_ON_SPANS}, or let the log group of the spans hold prompts.",
            sources=(sources.ADOT, sources.TELEMETRY),
        )
    elif environment.says(CONTENT_ON_SPANS, "true"):
        message = "Captured prompts and answers stay on the spans; it does not keep them from being captured."
        yield _info(subject, CONTENT_ON_SPANS, message, f"{CONTENT}=false keeps them from being captured.")
    elif environment.says(CONTENT_ON_SPANS, "false"):
        message = "Captured prompts and answers are taken off the spans and sent as log records."
        yield _info(subject, CONTENT_ON_SPANS, message, "Nothing, when that is meant; true keeps them on the spans.")


def _captured(subject: Subject) -> bool:
    """Whether ADOT captures them; an agent without the defaults of ADOT is no business of this rule."""
    environment = subject.environment
    active = subject.on_runtime or environment.says(OBSERVABILITY, "true")
    if not active or subject.another_vendor or environment.is_unknown(CONTENT):
        return False
    return (environment.get(CONTENT) or "true").strip().lower() not in _NOT_CAPTURED


def _info(subject: Subject, name: str, message: str, step: str) -> Finding:
    return Finding(
        rule=RULE,
        severity=Severity.INFO,
        variable=name,
        message=message,
        evidence=(subject.seen_as(name),),
        next=step,
        sources=(sources.ADOT, sources.TELEMETRY),
    )
