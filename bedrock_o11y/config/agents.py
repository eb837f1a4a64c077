"""What the configuration file may say about agents on AgentCore Runtime, and about those hosted elsewhere."""

from __future__ import annotations

import re
from datetime import date  # noqa: TC003 (pydantic looks it up)
from typing import Annotated, Any, Final, Literal

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from bedrock_o11y.blueprint import agent_elsewhere, agentcore_runtime, transaction_search
from bedrock_o11y.blueprint import invocation_logging as blueprint

from .log_groups import IndexedFields, RetentionDays  # noqa: TC001 (pydantic looks them up)
from .section import LOG_GROUP, Section, matching

_NAME = re.compile(agentcore_runtime.AGENT_NAME)
_HOSTED_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_-]{0,62}")
_ID = re.compile(agent_elsewhere.AGENT_ID)
_STREAM = re.compile(agent_elsewhere.LOG_STREAM)
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+")
_ARN = re.compile(r"arn:aws[a-z-]*:bedrock-agentcore:[a-z0-9-]+:[0-9]{12}:(\w+|[a-z-]+)/[\w/-]+")
_REPOSITORY = re.compile(r"[a-z0-9]+([._/-][a-z0-9]+)*")

RUNTIME_TAG: Final = "(runtime)"
HOSTED_TAG: Final = "(hosted)"


class _AnyAgent(Section):
    """What is said of an agent wherever it runs."""

    name: Annotated[str, Field(description="Name of the agent; on AgentCore Runtime its `agentRuntimeName`.")]
    unified_spans: Annotated[
        bool | None,
        Field(
            description="Whether spans go to the agent's own log group: what `UNIFIED_TRACES_DESTINATION_ENABLED` says "
            "to an agent on AgentCore Runtime, where otherwise the day decides; an agent elsewhere does it by default."
        ),
    ] = None
    models: Annotated[
        tuple[str, ...],
        Field(
            description="Ids or ARNs of the foundation models and cross-Region inference profiles that it calls.",
            strict=False,
        ),
    ] = ()
    memories: Annotated[
        tuple[str, ...], Field(description="ARNs of the memories that it reads and writes.", strict=False)
    ] = ()
    gateways: Annotated[
        tuple[str, ...], Field(description="ARNs of the gateways whose tools it calls.", strict=False)
    ] = ()
    log_retention_days: Annotated[
        RetentionDays,
        Field(
            description="Days until an event in the agent's own log group is deleted, which AWS would keep for ever; "
            "on AgentCore Runtime for an agent with `runtime_arn`. A retention that somebody else chose stays."
        ),
    ] = blueprint.RETENTION_DAYS

    @field_validator("memories", "gateways")
    @classmethod
    def _are_arns(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            matching(_ARN, one, "ARNs of AgentCore, arn:aws:bedrock-agentcore:us-east-1:123456789012:memory/<id>")
        return value


class Agent(_AnyAgent):
    """An agent on AgentCore Runtime: the role that it runs with, and the delivery of its logs."""

    host: Annotated[
        Literal["runtime"],
        Field(
            description="Where the agent runs: `runtime` is AgentCore Runtime; `lambda`, `ecs`, `ec2` and `eks` get a "
            "role that this service assumes; `elsewhere` is a laptop, or any other machine."
        ),
    ] = "runtime"
    deployment: Annotated[
        Literal["container", "direct-code"], Field(description="An image, or an archive of code.")
    ] = "container"
    repository: Annotated[
        str | None, Field(description="ECR repository of the image, in this account and Region; a container needs one.")
    ] = None
    created: Annotated[
        date | None,
        Field(
            description="Day on which an existing agent was created or last updated, which decides what it needs; "
            "today's by default.",
            strict=False,
        ),
    ] = None
    runtime_arn: Annotated[
        str | None,
        Field(
            description="ARN of the agent where it exists: the role is pinned to it, and its logs and traces are "
            "delivered."
        ),
    ] = None
    deliver_payloads: Annotated[
        bool, Field(description="`true` delivers the requests and answers of the agent too, not only what it did.")
    ] = False
    endpoints: Annotated[
        tuple[str, ...],
        Field(
            description="Endpoints by which the agent is invoked; each has a log group of its own.",
            min_length=1,
            strict=False,
        ),
    ] = (agentcore_runtime.DEFAULT_ENDPOINT,)
    log_encryption: Annotated[
        bool,
        Field(
            description="`true` encrypts the events that arrive in the agent's own log groups with the customer key. A "
            "key that somebody else chose stays."
        ),
    ] = True
    log_index: Annotated[
        IndexedFields,
        Field(
            description="Fields of the agent's own log groups that have an index; an empty list leaves them as they "
            "are. Fields that somebody else chose stay.",
            strict=False,
        ),
    ] = transaction_search.INDEXED_FIELDS

    @property
    def own_log_group(self) -> str | None:
        """The log group of its default endpoint; None before the agent exists, and has an id."""
        if self.runtime_arn is None:
            return None
        return agentcore_runtime.log_group_of(self.runtime_arn.rpartition("/")[2])

    @field_validator("endpoints")
    @classmethod
    def _are_endpoints(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            matching(_NAME, one, "names of endpoints: a letter, then at most 47 letters, digits and underscores")
        if len(set(value)) != len(value):
            raise ValueError("expected each endpoint once")
        return value

    @field_validator("name")
    @classmethod
    def _is_a_name(cls, value: str) -> str:
        return matching(_NAME, value, "a letter, then at most 47 letters, digits and underscores")

    @field_validator("repository")
    @classmethod
    def _is_a_repository(cls, value: str | None) -> str | None:
        return value if value is None else matching(_REPOSITORY, value, "the name of an ECR repository")

    @field_validator("runtime_arn")
    @classmethod
    def _is_an_arn(cls, value: str | None) -> str | None:
        expected = "the ARN of a runtime, arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/<name>-<id>"
        return value if value is None else matching(_ARN, value, expected)

    @model_validator(mode="after")
    def _has_an_image(self) -> Agent:
        if self.deployment == "container" and not self.repository:
            raise ValueError("expected repository, the ECR repository of the image, or deployment: direct-code")
        if self.deployment != "container" and self.repository:
            raise ValueError("expected no repository: an agent of direct code has no image")
        return self


class AgentLogGroup(Section):
    """The log group of an agent hosted elsewhere."""

    name: Annotated[
        str | None,
        Field(
            description="Log group of an agent elsewhere; `/aws/bedrock-agentcore/runtimes/<agent_id or name>` by "
            "default."
        ),
    ] = None
    create: Annotated[
        bool,
        Field(description="`false` uses a log group and log streams that exist and leaves their settings alone."),
    ] = True

    @field_validator("name")
    @classmethod
    def _is_a_name(cls, value: str | None) -> str | None:
        return value if value is None else matching(LOG_GROUP, value, "1 to 512 of letters, digits and . - _ / #")


class HostedAgent(_AnyAgent):
    """An agent hosted elsewhere: its log group with its log streams, and the role with which it writes to them."""

    host: Annotated[Literal["lambda", "ecs", "ec2", "eks", "elsewhere"], Field(description="Where the agent runs.")]
    agent_id: Annotated[
        str | None, Field(description="Id of an agent elsewhere, part of its log group's name; its name by default.")
    ] = None
    role: Annotated[
        str | None,
        Field(
            description="ARN of the role that an agent elsewhere has already: it gets one policy more and is otherwise "
            "left alone. Without it a role is made; for `host: elsewhere` none is."
        ),
    ] = None
    log_group: Annotated[AgentLogGroup, Field(description="Its log group.")] = AgentLogGroup()
    log_stream: Annotated[str, Field(description="Log stream of the log records of an agent elsewhere.")] = (
        agent_elsewhere.LOGS_STREAM
    )

    @property
    def own_log_group(self) -> str:
        """Name of its log group."""
        return self.log_group.name or agent_elsewhere.log_group_of(self.agent_id or self.name)

    @field_validator("host", mode="before")
    @classmethod
    def _is_a_host(cls, value: object) -> object:
        if value not in agent_elsewhere.HOSTS:
            raise ValueError(f"expected runtime, {', '.join(agent_elsewhere.HOSTS)}")
        return value

    @field_validator("name")
    @classmethod
    def _is_a_name(cls, value: str) -> str:
        return matching(_HOSTED_NAME, value, "a letter, then at most 62 letters, digits, hyphens and underscores")

    @field_validator("agent_id")
    @classmethod
    def _is_an_id(cls, value: str | None) -> str | None:
        return value if value is None else matching(_ID, value, "letters, digits, hyphens and underscores")

    @field_validator("role")
    @classmethod
    def _is_a_role(cls, value: str | None) -> str | None:
        return (
            value
            if value is None
            else matching(_ROLE, value, "the ARN of a role, arn:aws:iam::123456789012:role/<name>")
        )

    @field_validator("log_stream")
    @classmethod
    def _is_a_stream(cls, value: str) -> str:
        if value == agent_elsewhere.SPANS_STREAM:
            raise ValueError("expected another log stream than that of the spans")
        return matching(_STREAM, value, f"ASCII without spaces and without any of {agent_elsewhere.NOT_IN_A_STREAM}")

    @model_validator(mode="after")
    def _calls_with_a_role(self) -> HostedAgent:
        if self.host == agent_elsewhere.ELSEWHERE and not self.role and (self.models or self.memories or self.gateways):
            raise ValueError("expected role: without one nothing can be granted the models, memories and gateways")
        return self


def _kind_of(value: Any) -> str:
    host = value.get("host", "runtime") if isinstance(value, dict) else getattr(value, "host", "runtime")
    return RUNTIME_TAG if host == "runtime" else HOSTED_TAG


AnyAgent = Annotated[
    Annotated[Agent, Tag(RUNTIME_TAG)] | Annotated[HostedAgent, Tag(HOSTED_TAG)], Discriminator(_kind_of)
]
"""An agent, by its ``host``; one that names none runs on AgentCore Runtime."""
