"""The headers that name log group and log stream: ADOT reads those of logs letter by letter, spaces and capitals alike.

Those of traces are read by OpenTelemetry Python, which is more patient (``opentelemetry.util.re``).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity
from bedrock_o11y.blueprint.agentcore_runtime import METRIC_NAMESPACE
from bedrock_o11y.otel import sources
from bedrock_o11y.otel.finding import Finding
from bedrock_o11y.otel.pairs import LOG_GROUP, decoded, header, pairs
from bedrock_o11y.otel.secrecy import PLAIN_HEADERS
from bedrock_o11y.otel.variables import (
    GROUP_HEADER,
    LOGS_HEADERS,
    NAMESPACE_HEADER,
    STREAM_HEADER,
    TRACES_HEADERS,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.otel.pairs import Pair
    from bedrock_o11y.otel.subject import Subject

RULE: Final = "log-header"
_GENERAL: Final = "OTEL_EXPORTER_OTLP_HEADERS"
_EXAMPLE: Final = f"{GROUP_HEADER}=GROUP,{STREAM_HEADER}=STREAM"
_COUNTERPART: Final = {GROUP_HEADER: STREAM_HEADER, STREAM_HEADER: GROUP_HEADER}


def check(subject: Subject) -> Iterator[Finding]:
    """Yields findings about the headers of logs and traces."""
    if subject.another_vendor:
        return
    for name in (LOGS_HEADERS, TRACES_HEADERS):
        text = subject.environment.get(name)
        if text is None:
            continue
        if len(pairs(text)) == 1 and any(mark in text for mark in (";", "\n", "|")):
            message = "Its headers are not separated by commas."
            yield _finding(subject, name, message, f"Write {_EXAMPLE}.", Severity.HIGH)
        else:
            yield from _pieces(subject, name, text)
            yield from _missing(subject, name, text)
            yield from _group(subject, name, text)
            yield from _own_credentials(subject, name, text)
    text = subject.environment.get(_GENERAL) or ""
    if any(each.name.strip().lower() in PLAIN_HEADERS for each in pairs(text)):
        message = "ADOT reads log group and log stream from the headers of each signal, not from here."
        step = f"Move the headers of AWS to {LOGS_HEADERS} and {TRACES_HEADERS}."
        yield _finding(subject, _GENERAL, message, step, Severity.HIGH)


def _pieces(subject: Subject, name: str, text: str) -> Iterator[Finding]:
    found, exactly = pairs(text), name == LOGS_HEADERS
    for number, each in enumerate(found, start=1):
        if each.value is None and ":" in each.text and each.text.split(":")[0].strip().lower() in PLAIN_HEADERS:
            message = f"{each.text.split(':')[0].strip()} is followed by a colon; expected an equals sign."
            yield _finding(subject, name, message, f"Write {_EXAMPLE}.", Severity.HIGH)
        elif each.value is None:
            message = f"Piece {number} of it is no header; expected name=value."
            yield _finding(subject, name, message, f"Write {_EXAMPLE}.", Severity.HIGH)
        elif _spaced(each):
            lost = "ADOT then does not find the header or its name" if exactly else "not every SDK takes it away"
            message = f"There is a space around {each.name.strip()} or its value; {lost}."
            step, severity = "Remove the spaces.", Severity.HIGH if exactly else Severity.LOW
            yield _finding(subject, name, message, step, severity)
        elif exactly and each.name != each.name.lower() and each.name.lower() in PLAIN_HEADERS:
            message = f"ADOT finds {each.name.lower()} in lower case alone."
            yield _finding(subject, name, message, f"Write {each.name.lower()}.", Severity.HIGH)
    counted = Counter(each.name.strip().lower() for each in found if each.value is not None)
    for twice in (header_name for header_name, number in counted.items() if number > 1):
        message = f"{twice} stands in it more than once; the last one counts."
        yield _finding(subject, name, message, f"Keep one {twice}.", Severity.MEDIUM)


def _spaced(each: Pair) -> bool:
    ours = each.name.strip().lower() in PLAIN_HEADERS
    return ours and (each.name != each.name.strip() or (each.value or "") != (each.value or "").strip())


def _missing(subject: Subject, name: str, text: str) -> Iterator[Finding]:
    exactly = name == LOGS_HEADERS
    almost = {each.name.strip().lower() for each in pairs(text)} | {
        each.text.split(":")[0].strip().lower() for each in pairs(text) if each.value is None
    }
    for needed in (GROUP_HEADER, STREAM_HEADER):
        if header(text, needed, exactly=exactly) is not None:
            continue
        empty = any(each.name == needed and each.value == "" for each in pairs(text))
        if needed in almost and not empty:
            continue  # said already: it is there, and written wrongly
        if name == TRACES_HEADERS and header(text, _COUNTERPART[needed], exactly=False) is None:
            if needed == STREAM_HEADER:
                continue  # nothing of AWS is in it: said once
            message = f"It names no log group: spans go to the shared group aws/spans and not to {GROUP_HEADER}."
            step = f"Write {GROUP_HEADER}=GROUP,{STREAM_HEADER}=spans, or remove {name}."
            yield _finding(subject, name, message, step, Severity.MEDIUM)
            continue
        lost = "log records have no destination, and ADOT does not sign them" if name == LOGS_HEADERS else ""
        message = f"{needed} {'is empty' if empty else 'is missing'}{f': {lost}' if lost else ''}."
        yield _finding(subject, name, message, f"Add {needed}=NAME.", Severity.HIGH)
    if name == LOGS_HEADERS and header(text, NAMESPACE_HEADER) is None and NAMESPACE_HEADER not in almost:
        message = f"{NAMESPACE_HEADER} is missing: metrics of the agent are not in the namespace {METRIC_NAMESPACE}."
        yield _finding(subject, name, message, f"Add {NAMESPACE_HEADER}={METRIC_NAMESPACE}.", Severity.LOW)


def _group(subject: Subject, name: str, text: str) -> Iterator[Finding]:
    group = header(text, GROUP_HEADER, exactly=name == LOGS_HEADERS)
    if group is None or group != group.strip() or LOG_GROUP.fullmatch(group):
        return
    if group.startswith("arn:"):
        message = "The log group is given as an ARN; expected its name."
    elif LOG_GROUP.fullmatch(decoded(group)):
        message = "The log group is percent-encoded, and ADOT takes the name as it stands."
    else:
        message = "No log group can have this name; expected letters, digits and . - _ / #."
    yield _finding(
        subject, name, message, f"Write the name as CloudWatch shows it: {GROUP_HEADER}=/aws/…", Severity.HIGH
    )


def _own_credentials(subject: Subject, name: str, text: str) -> Iterator[Finding]:
    """With a header of their own to authorise them, ADOT leaves the requests of a signal unsigned."""
    if not any(each.value is not None and each.name.strip().lower() == "authorization" for each in pairs(text)):
        return
    if name == LOGS_HEADERS:
        message = "ADOT does not sign log records with an Authorization header; the log group must allow bearer tokens."
        yield _finding(subject, name, message, "Remove Authorization, unless that is meant.", Severity.LOW)
    else:
        message = "ADOT does not sign spans with an Authorization header, and the endpoint takes signed requests alone."
        yield _finding(subject, name, message, "Remove Authorization.", Severity.HIGH)


def _finding(subject: Subject, name: str, message: str, step: str, severity: Severity) -> Finding:
    return Finding(
        rule=RULE,
        severity=severity,
        variable=name,
        message=message,
        evidence=(subject.seen_as(name),),
        next=step,
        sources=(sources.OBSERVABILITY, sources.ADOT),
    )
