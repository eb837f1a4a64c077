"""The ARNs on which CloudWatch Logs authorises, and patterns that can match none of them.

Sources: the service authorization reference of CloudWatch Logs names the ARN of a log stream as
``arn:P:logs:R:A:log-group:NAME:log-stream:STREAM``; denials reported from real accounts show that CreateLogGroup and
DescribeLogStreams are authorised on ``…:log-group:NAME:log-stream:``, with an empty stream. Names of log groups contain
letters, digits and ``_-/.#`` (CloudWatch Logs API reference, CreateLogGroup), names of streams no ``:`` and no ``*``
(CreateLogStream).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from bedrock_o11y.blueprint import agentcore, agentcore_runtime, evaluation, invocation_logging

_NAME: Final = "\0"
"""Stands for one or more characters that are no colon."""

_AGENTCORE_LOG_GROUPS: Final = (
    agentcore_runtime.LOG_GROUP_PREFIX,
    evaluation.LOG_GROUP_PREFIX,
    agentcore.VENDED_LOG_GROUP_PREFIX,
)

_ON_STREAMS: Final = frozenset({"logs:createlogstream", "logs:putlogevents", "logs:getlogevents"})
_ON_GROUPS: Final = frozenset({"logs:createloggroup", "logs:describelogstreams"})
_WRITES: Final = _ON_STREAMS | _ON_GROUPS
_STREAM: Final = f"log-group:{_NAME}:log-stream:{_NAME}"
_GROUP: Final = f"log-group:{_NAME}:log-stream:"


@lru_cache(maxsize=4096)
def never_matches(resource: str, actions: tuple[str, ...], kind: str) -> str:
    """Why a resource pattern can match no request of the actions; empty when it can, or when it is not judged.

    Only patterns of CloudWatch Logs are judged, and only for the actions that write logs; a pattern is never-matching
    when it is so for all of them that the statement names.

    Args:
        resource: a resource pattern.
        actions: the action patterns of its statement.
        kind: the kind of the role.
    """
    fields = resource.split(":", 5)
    asked = [action.lower() for action in actions]
    if len(fields) < 6 or fields[2] != "logs" or "\ue000" in resource or not any(each in _WRITES for each in asked):
        return ""
    if any(each not in _WRITES for each in asked):
        return ""
    pattern = fields[5]
    shapes = [_STREAM if each in _ON_STREAMS else _GROUP for each in asked]
    if not any(meets(pattern, shape) for shape in shapes):
        return _reason(pattern)
    wrong = _wrong_prefix(pattern, kind)
    if wrong:
        return wrong
    stream = f"log-group:{_NAME}:log-stream:{invocation_logging.LOG_STREAM_NAME}"
    if kind == "invocation-logging" and all(each in _ON_STREAMS for each in asked) and not meets(pattern, stream):
        return f"Bedrock writes to the stream {invocation_logging.LOG_STREAM_NAME} alone"
    return ""


def _reason(pattern: str) -> str:
    if ":*:" in pattern or ":*" in pattern.removesuffix(":*"):
        return "the ':*' is doubled; the ARN of a log group already ends in ':*', so build it from the name"
    if ":" not in pattern.removeprefix("log-group:"):
        return "the action is authorised on the log group's streams; append ':*' or ':log-stream:*'"
    return "no ARN of a log group or log stream has this form"


def _wrong_prefix(pattern: str, kind: str) -> str:
    """A log group that speaks of AgentCore and is none of those that AgentCore writes to."""
    group = pattern.removeprefix("log-group:").split(":")[0]
    if not kind.startswith(("agentcore", "evaluation")) or "agentcore" not in group.lower():
        return ""
    if any(meets(f"log-group:{group}", f"log-group:{prefix}{_NAME}") for prefix in _AGENTCORE_LOG_GROUPS):
        return ""
    return f"AgentCore writes to log groups below {_AGENTCORE_LOG_GROUPS[0]}, and not below {group}"


def meets(pattern: str, shape: str) -> bool:
    """Whether some text matches a pattern of IAM and has a shape.

    Args:
        pattern: with ``*`` (any run) and ``?`` (one character).
        shape: literal text, in which NUL stands for one or more characters that are no colon.
    """
    todo, seen = [(0, 0, False)], {(0, 0, False)}
    while todo:
        place, at, inside = todo.pop()
        if place == len(pattern) and at == len(shape):
            return True
        for step in _steps(pattern, shape, place, at, inside):
            if step not in seen:
                seen.add(step)
                todo.append(step)
    return False


def _steps(pattern: str, shape: str, place: int, at: int, inside: bool) -> list[tuple[int, int, bool]]:
    """Where one character, or none, leads; ``inside`` means that the name at this place has had a character."""
    steps = []
    sign = pattern[place : place + 1]
    if sign == "*":
        steps.append((place + 1, at, inside))
    if inside:
        steps.append((place, at + 1, False))
    if at < len(shape) and sign:
        expected = shape[at]
        fits = sign in "*?" or sign == expected or (expected == _NAME and sign != ":")
        if fits:
            after = place if sign == "*" else place + 1
            steps.append((after, at, True) if expected == _NAME else (after, at + 1, False))
    return steps
