"""What the configuration file may say about agents."""

from __future__ import annotations

import re
from datetime import date  # noqa: TC003 (pydantic looks it up)
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from bedrock_o11y.blueprint import invocation_logging as blueprint

from .section import Section, matching

_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,47}")
_ARN = re.compile(r"arn:aws[a-z-]*:bedrock-agentcore:[a-z0-9-]+:[0-9]{12}:(\w+|[a-z-]+)/[\w/-]+")
_REPOSITORY = re.compile(r"[a-z0-9]+([._/-][a-z0-9]+)*")


class Agent(Section):
    """An agent on AgentCore Runtime: the role that it runs with, and the delivery of its logs."""

    name: Annotated[str, Field(description="Name of the agent, `agentRuntimeName`.")]
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
    unified_spans: Annotated[
        bool | None,
        Field(
            description="What `UNIFIED_TRACES_DESTINATION_ENABLED` says to the agent; without it the day decides "
            "whether spans go to its own log group."
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

    log_retention_days: Annotated[
        int,
        Field(
            description="Days until an event in the agent's own log group is deleted, which AWS would keep for ever; "
            "for an agent with `runtime_arn`. A retention that somebody else chose stays."
        ),
    ] = blueprint.RETENTION_DAYS

    @field_validator("log_retention_days")
    @classmethod
    def _is_known(cls, value: int) -> int:
        if value not in blueprint.RETENTION_VALUES:
            raise ValueError(f"expected one of {', '.join(map(str, blueprint.RETENTION_VALUES))} days")
        return value

    @field_validator("name")
    @classmethod
    def _is_a_name(cls, value: str) -> str:
        return matching(_NAME, value, "a letter, then at most 47 letters, digits and underscores")

    @field_validator("repository")
    @classmethod
    def _is_a_repository(cls, value: str | None) -> str | None:
        return value if value is None else matching(_REPOSITORY, value, "the name of an ECR repository")

    @field_validator("memories", "gateways")
    @classmethod
    def _are_arns(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            matching(_ARN, one, "ARNs of AgentCore, arn:aws:bedrock-agentcore:us-east-1:123456789012:memory/<id>")
        return value

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
