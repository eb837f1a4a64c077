"""The words in which the variables are written: where an agent runs, when a variable is needed, what it may hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TYPE_CHECKING

from bedrock_o11y.blueprint import Severity

if TYPE_CHECKING:
    from bedrock_o11y.blueprint import Source


class Hosting(StrEnum):
    """Where an agent runs."""

    RUNTIME = "runtime"
    """On AgentCore Runtime, which sets most variables itself."""
    ELSEWHERE = "elsewhere"
    """On EC2, ECS, EKS or a laptop."""
    LAMBDA = "lambda"
    """In a Lambda function with the ADOT layer."""


class When(Enum):
    """When a variable belongs into the environment."""

    ALWAYS = "always"
    UNIFIED = "unified"
    """When spans go to the agent's own log group."""
    CONTENT_ON_SPANS = "content on spans"
    """When prompts and answers are captured and spans go to the agent's own log group."""


OUTSIDE: tuple[Hosting, ...] = (Hosting.ELSEWHERE, Hosting.LAMBDA)
"""Where nobody sets the variables but the user."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable.

    Attributes:
        name: of the variable.
        purpose: what it is for, in a sentence or two that stand above it as a comment.
        sources: where that was read.
        value: template of its value, with ``${Agent}``, ``${LogGroup}``, ``${LogStream}``, ``${Region}``,
            ``${Unified}`` and ``${Content}``; empty for a variable that is only judged.
        hosted: where it is written.
        when: in which environments it is written.
        required: where an environment without it does not work.
        allowed: values that work, where there are only few.
        wrong: how bad it is when it is missing or has another value.
        breaks: what does not work without it, in a sentence.
    """

    name: str
    purpose: str
    sources: tuple[Source, ...]
    value: str = ""
    hosted: tuple[Hosting, ...] = ()
    when: When = When.ALWAYS
    required: tuple[Hosting, ...] = ()
    allowed: tuple[str, ...] = ()
    wrong: Severity = Severity.HIGH
    breaks: str = ""
