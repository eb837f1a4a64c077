"""Log groups and log streams: they must exist, and X-Ray must be allowed to write spans to the agent's own group."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from bedrock_o11y.blueprint import Severity
from bedrock_o11y.blueprint.agent_elsewhere import SPANS_STREAM
from bedrock_o11y.otel import sources
from bedrock_o11y.otel.finding import Finding
from bedrock_o11y.otel.variables import LOGS_HEADERS, TRACES_HEADERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.aws import Reading
    from bedrock_o11y.otel.subject import Destination, Seen, Subject

_ACTION = "logs:PutLogEvents"
_SERVICE = "xray.amazonaws.com"


def check(subject: Subject) -> Iterator[Finding]:
    """Yields findings about the destinations of an environment."""
    if subject.another_vendor:
        return
    told: set[str] = set()
    for destination in subject.destinations():
        seen = subject.seen
        group = seen.groups[destination.group] if seen else None
        if destination.group not in told:
            told.add(destination.group)
            yield from _group(subject, destination, group)
        if group and group.is_present:
            yield from _stream(subject, destination)
        if destination.variable == TRACES_HEADERS and not subject.on_runtime and not (group and group.is_absent):
            yield from _policy(subject, destination)


def _group(subject: Subject, destination: Destination, found: Reading | None) -> Iterator[Finding]:
    name = shlex.quote(destination.group)
    step = f"aws logs create-log-group --log-group-name {name}{_in_region(subject)}"
    if found is None or found.is_unreadable:
        streams = [each.stream for each in subject.destinations() if each.group == destination.group and each.stream]
        streams = list(dict.fromkeys(streams))
        named = f" and log stream{'s' if len(streams) > 1 else ''} {' and '.join(streams)}" if streams else ""
        what = f"log group {destination.group}{named}"
        reason = found.reason if found else subject.not_seen
        yield _unknown(
            "log-group", destination, f"Whether {what} exist{'' if streams else 's'} is not known: {reason}."
        )
    elif found.is_absent:
        yield _finding(
            "log-group", destination, f"The log group {destination.group} does not exist in {_region(subject)}.", step
        )


def _stream(subject: Subject, destination: Destination) -> Iterator[Finding]:
    if subject.seen is None or destination.stream is None:
        return
    found = subject.seen.streams[destination.group, destination.stream]
    step = (
        f"aws logs create-log-stream --log-group-name {shlex.quote(destination.group)} "
        f"--log-stream-name {shlex.quote(destination.stream)}{_in_region(subject)}"
    )
    if found.is_unreadable:
        message = f"Whether the log stream {destination.stream} exists is not known: {found.reason}."
        yield _unknown("log-stream", destination, message)
    elif found.is_absent:
        message = f"The log stream {destination.stream} of {destination.group} does not exist."
        # Only for log records AWS says that the stream must be there before.
        severity = Severity.HIGH if destination.variable == LOGS_HEADERS else Severity.LOW
        yield _finding("log-stream", destination, message, step, severity)


def _policy(subject: Subject, destination: Destination) -> Iterator[Finding]:
    rule, seen = "traces-resource-policy", subject.seen
    question = f"Whether a resource policy lets {_SERVICE} write to {destination.group} is not known"
    found = seen.policies[destination.group] if seen else None
    if seen is None or found is None or found.is_unreadable:
        reason = found.reason if found else subject.not_seen
        yield _unknown(rule, destination, f"{question}: {reason}.")
        return
    allowed, statement = _allowed(seen, destination, found.value)
    if allowed is None:
        yield _unknown(rule, destination, f"{question}: the statement {statement} has a condition that is not known.")
    elif not allowed:
        why = f"the statement {statement} denies it" if statement else f"none of {len(found.value)} allows it"
        yield _finding(
            rule,
            destination,
            f"No resource policy lets {_SERVICE} write spans to {destination.group}: {why}.",
            f"aws logs put-resource-policy with a statement that allows {_ACTION} to {_SERVICE} on "
            f"{_arn(seen, destination.group)}:*, with aws:SourceArn arn:{seen.partition}:xray:{seen.region}:"
            f"{seen.account}:* and aws:SourceAccount {seen.account}.",
        )


def _allowed(seen: Seen, destination: Destination, documents: list[dict[str, object]]) -> tuple[bool | None, str]:
    """Whether X-Ray may write: True, False, or None when that cannot be decided; and the statement that decides."""
    from bedrock_o11y.check.resource_policy import ANYTHING, Answer, ServiceRequest, answer  # only for a live account

    request = ServiceRequest(
        service=_SERVICE,
        action=_ACTION,
        resource=f"{_arn(seen, destination.group)}:log-stream:{destination.stream or SPANS_STREAM}",
        context={
            "aws:SourceAccount": seen.account,
            "aws:SourceArn": f"arn:{seen.partition}:xray:{seen.region}:{seen.account}:{ANYTHING}",
        },
    )
    answers = [answer(document, request) for document in documents]
    for verdict, allowed in (
        (Answer.DENIED, False),
        (Answer.ALLOWED, True),
        (Answer.UNDECIDED, None),
    ):
        for found, statement in answers:
            if found is verdict:
                return allowed, statement
    return False, ""


def _arn(seen: Seen, group: str) -> str:
    return f"arn:{seen.partition}:logs:{seen.region}:{seen.account}:log-group:{group}"


def _region(subject: Subject) -> str:
    return subject.seen.region if subject.seen else ""


def _in_region(subject: Subject) -> str:
    return f" --region {_region(subject)}" if subject.seen else ""


def _finding(
    rule: str, destination: Destination, message: str, step: str, severity: Severity = Severity.HIGH
) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        variable=destination.variable,
        message=message,
        next=step,
        sources=(sources.OBSERVABILITY, sources.OTLP_ENDPOINTS),
    )


def _unknown(rule: str, destination: Destination, message: str) -> Finding:
    return Finding(
        rule=rule,
        severity=Severity.HIGH,
        variable=destination.variable,
        message=message,
        next="Run it where AWS may be asked; it needs logs:DescribeLogGroups, logs:DescribeLogStreams and "
        "logs:DescribeResourcePolicies.",
        unknown=True,
        sources=(sources.OBSERVABILITY,),
    )
