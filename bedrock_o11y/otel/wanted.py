"""The environment that an agent should have: the variables of the table, with the values of one agent."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from string import Template
from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import agent_elsewhere, agentcore_runtime
from bedrock_o11y.blueprint.agent_elsewhere import LOGS_STREAM, SPANS_STREAM
from bedrock_o11y.errors import UsageError

from .pairs import LOG_GROUP, encoded
from .variable import Hosting, When
from .variables import CONTENT, VARIABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .variable import Variable

_REGION: Final = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d+")
_STREAM: Final = re.compile(agent_elsewhere.LOG_STREAM)
_ID: Final = re.compile(agent_elsewhere.AGENT_ID)
_LONGEST_NAME: Final = 256


@dataclass(frozen=True, slots=True)
class Wish:
    """What an environment is asked for.

    Attributes:
        hosted: where the agent runs.
        agent: its name, which CloudWatch shows.
        agent_id: its id, of which the name of its log group is made; None takes the agent's name.
        endpoint: name of its endpoint; None for the usual one.
        region: the Region.
        log_group: name of its log group; None for the usual one.
        log_stream: log stream of its log records.
        unified: whether spans go to its own log group.
        content: whether prompts and answers are captured.
        deployed: whether a deploy of the configuration makes its log group and log streams.
    """

    hosted: Hosting = Hosting.RUNTIME
    agent: str | None = None
    agent_id: str | None = None
    endpoint: str | None = None
    region: str | None = None
    log_group: str | None = None
    log_stream: str = LOGS_STREAM
    unified: bool = True
    content: bool = False
    deployed: bool = False

    def __post_init__(self) -> None:
        """Refuses what no agent, log group, log stream or Region is called, and what is missing."""
        if self.hosted is not Hosting.RUNTIME and not self.agent:
            raise UsageError(f"--hosted {self.hosted} needs --agent: the name under which CloudWatch shows the agent")
        if self.hosted is Hosting.ELSEWHERE and not self.region:
            raise UsageError("--hosted elsewhere needs a Region: pass --region or set AWS_REGION")
        if self.agent is not None and not (self.agent.isprintable() and 0 < len(self.agent.strip()) <= _LONGEST_NAME):
            raise UsageError(f"--agent {self.agent!r}: expected 1 to {_LONGEST_NAME} characters that print")
        self._expect("--agent-id", self.agent_id, _ID, "letters, digits, hyphens and underscores")
        self._expect("--endpoint", self.endpoint, _ID, "letters, digits, hyphens and underscores")
        self._expect("--region", self.region, _REGION, "something like us-east-1")
        self._expect("--log-group", self.log_group, LOG_GROUP, "letters, digits and . - _ / #, at most 512")
        stream = f"ASCII without spaces and without any of {agent_elsewhere.NOT_IN_A_STREAM}"
        self._expect("--log-stream", self.log_stream, _STREAM, stream)
        if self.hosted is not Hosting.RUNTIME and self.log_group is None and not LOG_GROUP.fullmatch(self.group or ""):
            raise UsageError(
                f"--agent {self.agent!r} makes no name of a log group; pass --agent-id (letters, digits, - and _) "
                "or --log-group"
            )

    @property
    def group(self) -> str | None:
        """The log group; None when it cannot be named. On the Runtime it carries the endpoint, elsewhere it need not.

        Source: AgentCore developer guide, Add observability.
        """
        if self.log_group is not None:
            return self.log_group
        if self.hosted is Hosting.RUNTIME:
            return (
                agentcore_runtime.log_group_of(self.agent_id, self.endpoint or agentcore_runtime.DEFAULT_ENDPOINT)
                if self.agent_id
                else None
            )
        end = f"-{self.endpoint}" if self.endpoint else ""
        return agent_elsewhere.log_group_of(f"{self.agent_id or self.agent}{end}")

    @staticmethod
    def _expect(option: str, value: str | None, pattern: re.Pattern[str], expected: str) -> None:
        if value is not None and not pattern.fullmatch(value):
            raise UsageError(f"{option} {value!r}: expected {expected}")


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable with its value.

    Attributes:
        variable: of the table.
        value: for this agent.
    """

    variable: Variable
    value: str

    @property
    def name(self) -> str:
        """Name of the variable."""
        return self.variable.name


def settings(wish: Wish) -> tuple[Setting, ...]:
    """The variables of an agent with their values, in the order of the table."""
    values = {
        "Agent": encoded(wish.agent or ""),
        "Region": wish.region or "",
        "LogGroup": wish.group or "",
        "LogGroupAttribute": encoded(wish.group or ""),
        "LogStream": wish.log_stream,
        "Unified": _word(wish.unified),
        "Content": _word(wish.content),
    }
    return tuple(
        Setting(variable, Template(variable.value).substitute(values))
        for variable in VARIABLES
        if wish.hosted in variable.hosted and _belongs(variable, wish)
    )


def notes(wish: Wish) -> tuple[str, ...]:
    """What a person must know beside the variables: sentences, and after some of them a command on a line of its own.

    A command begins with two spaces.
    """
    return tuple(_notes(wish))


def _notes(wish: Wish) -> Iterator[str]:
    if wish.hosted is Hosting.RUNTIME:
        yield "AgentCore Runtime sets all other variables itself."
    if wish.hosted is Hosting.LAMBDA:
        yield "The function needs the ADOT layer. Lambda sets AWS_REGION itself and refuses it here."
    else:
        place = "The image" if wish.hosted is Hosting.RUNTIME else "The agent"
        yield f"{place} needs aws-opentelemetry-distro>=0.18.0 and boto3, and starts with:"
        yield "  opentelemetry-instrument python main.py"
    yield "Spans reach CloudWatch only where Transaction Search is on, once for each account and Region."
    yield (
        f"Prompts and answers are {'' if wish.content else 'not '}captured: {CONTENT} decides that. ADOT captures them "
        "when it is not set. A framework that writes spans of its own accord may have a switch of its own."
    )
    yield from _runtime_notes(wish) if wish.hosted is Hosting.RUNTIME else _log_notes(wish)


def _runtime_notes(wish: Wish) -> Iterator[str]:
    if wish.group and wish.unified:
        yield f"Spans go to {wish.group}, log stream {SPANS_STREAM}."
    if wish.unified:
        yield "The execution role needs logs:PutResourcePolicy on the agent's log group."


def _log_notes(wish: Wish) -> Iterator[str]:
    if wish.deployed:
        spans = ", and lets X-Ray write spans to it" if wish.unified else ""
        yield f"The deploy makes log group {wish.group} with its log streams{spans}."
        return
    group, region = shlex.quote(wish.group or ""), f" --region {wish.region}" if wish.region else ""
    yield "Log group and log streams must exist before the agent starts:"
    yield f"  aws logs create-log-group --log-group-name {group}{region}"
    for stream in dict.fromkeys((wish.log_stream, *([SPANS_STREAM] if wish.unified else []))):
        name = shlex.quote(stream)
        yield f"  aws logs create-log-stream --log-group-name {group} --log-stream-name {name}{region}"
    if wish.unified:
        yield (
            "The log group needs a resource policy that allows logs:PutLogEvents to xray.amazonaws.com; "
            "bedrock-o11y env check looks whether it is there."
        )


def _belongs(variable: Variable, wish: Wish) -> bool:
    if variable.when is When.UNIFIED:
        return wish.unified
    if variable.when is When.CONTENT_ON_SPANS:
        return wish.unified and wish.content
    return True


def _word(value: bool) -> str:
    return "true" if value else "false"
