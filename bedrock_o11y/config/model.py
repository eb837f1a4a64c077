"""What the configuration file may say: its sections, their defaults and what each value must look like."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from bedrock_o11y.blueprint import invocation_logging as blueprint

from .agents import AnyAgent  # noqa: TC001 (pydantic looks it up)
from .log_groups import RetentionDays  # noqa: TC001 (pydantic looks it up)
from .section import LOG_GROUP, Section, matching
from .tracing import Tracing

ExistingPolicy = Literal["refuse", "adopt", "merge", "replace"]

_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]{1,2}")
_ACCOUNT = re.compile(r"[0-9]{12}")
_TARGET_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,39}")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_KEY_ARN = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+")
_ROLE_PATH = re.compile(r"/([\x21-\x2e\x30-\x7e]+/)*")
_BOUNDARY = re.compile(r"(arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[\w+=,.@/-]+|[\w+=,.@-]{1,128})")
_PREFIX = re.compile(r"([A-Za-z0-9!_.*'()-]+/)*[A-Za-z0-9!_.*'()-]+")


class Network(Section):
    """The VPC that the provider of account settings runs in."""

    vpc_id: Annotated[str, Field(description="Id of the VPC.", pattern=r"^vpc-([0-9a-f]{8}|[0-9a-f]{17})$")]
    subnet_ids: Annotated[
        tuple[Annotated[str, Field(pattern=r"^subnet-([0-9a-f]{8}|[0-9a-f]{17})$")], ...],
        Field(description="Private subnets with a way to the AWS APIs.", min_length=1, strict=False),
    ]
    security_group_ids: Annotated[
        tuple[Annotated[str, Field(pattern=r"^sg-([0-9a-f]{8}|[0-9a-f]{17})$")], ...],
        Field(description="Security groups of the function.", min_length=1, strict=False),
    ]


class Encryption(Section):
    """The customer KMS key of log group and payload bucket."""

    key_arn: Annotated[
        str | None,
        Field(
            description="An existing key to use instead of a new one. Its key policy must already name CloudWatch Logs "
            "and Bedrock; `bedrock-o11y check` tells whether it does."
        ),
    ] = None

    @field_validator("key_arn")
    @classmethod
    def _is_a_key(cls, value: str | None) -> str | None:
        return (
            value
            if value is None
            else matching(_KEY_ARN, value, "the ARN of a key, arn:aws:kms:us-east-1:123456789012:key/<id>")
        )


class LogGroup(Section):
    """The log group of the invocation records."""

    name: Annotated[str, Field(description="Name of the log group.")] = blueprint.LOG_GROUP_NAME
    create: Annotated[
        bool, Field(description="`false` uses a log group that exists and leaves its settings alone.")
    ] = True
    retention_days: Annotated[RetentionDays, Field(description="Days until a record is deleted.")] = (
        blueprint.RETENTION_DAYS
    )
    masked_identifiers: Annotated[
        tuple[str, ...],
        Field(
            description="Managed data identifiers that are masked on reading; an empty list turns masking off.",
            strict=False,
        ),
    ] = blueprint.MASKED_DATA_IDENTIFIERS

    @field_validator("name")
    @classmethod
    def _is_a_name(cls, value: str) -> str:
        return matching(LOG_GROUP, value, "1 to 512 of letters, digits and . - _ / #")


class Payloads(Section):
    """The bucket for bodies over 100 KB, images and documents."""

    enabled: Annotated[bool, Field(description="`false` loses every body over 100 KB and every image.")] = True
    bucket: Annotated[
        str | None,
        Field(
            description="An existing bucket of the same account and Region to use instead of a new one. Its bucket "
            "policy must already let Bedrock write."
        ),
    ] = None
    prefix: Annotated[str, Field(description="Key prefix of the objects, without slash at either end.")] = (
        blueprint.PAYLOAD_PREFIX
    )
    expire_days: Annotated[int, Field(description="Days until a payload is deleted.", ge=1, le=36500)] = (
        blueprint.RETENTION_DAYS
    )

    @field_validator("bucket")
    @classmethod
    def _is_a_bucket(cls, value: str | None) -> str | None:
        return (
            value
            if value is None
            else matching(_BUCKET, value, "the name of a bucket, 3 to 63 of lower-case letters, digits, . and -")
        )

    @field_validator("prefix")
    @classmethod
    def _is_a_prefix(cls, value: str) -> str:
        return matching(_PREFIX, value, "a key prefix without slash at either end, such as payloads")


class Data(Section):
    """The kinds of data that are recorded."""

    text: Annotated[bool, Field(description="Text of prompts and answers.")] = True
    image: Annotated[bool, Field(description="Images.")] = True
    embedding: Annotated[bool, Field(description="Embeddings.")] = True
    video: Annotated[bool, Field(description="Video.")] = True
    audio: Annotated[
        bool | None,
        Field(description="Audio; left out unless given, because not every Region knows this member."),
    ] = None


class InvocationLogging(Section):
    """Model invocation logging."""

    enabled: Annotated[bool, Field(description="`false` deploys nothing of invocation logging.")] = True
    existing: Annotated[
        ExistingPolicy,
        Field(
            description="What to do with a configuration that somebody else made: `refuse` stops the deploy, `adopt` "
            "keeps it and manages it from now on, `merge` fills in what it lacks, `replace` remembers it and puts "
            "ours in its place until the destroy."
        ),
    ] = "refuse"
    cloudwatch: Annotated[bool, Field(description="Records go to the log group.")] = True
    s3: Annotated[bool, Field(description="Records go to the payload bucket too.")] = False
    log_group: Annotated[LogGroup, Field(description="The log group.")] = LogGroup()
    payloads: Annotated[Payloads, Field(description="The payload bucket.")] = Payloads()
    data: Annotated[Data, Field(description="What is recorded.")] = Data()

    @model_validator(mode="after")
    def _goes_somewhere(self) -> InvocationLogging:
        if self.enabled and not (self.cloudwatch or self.s3):
            raise ValueError("expected cloudwatch or s3 to be true: records must go somewhere")
        if self.s3 and not self.payloads.enabled:
            raise ValueError("expected payloads.enabled to be true when s3 is true: records go to that bucket")
        return self


class Settings(Section):
    """Everything that can be set for every target, or for one under ``targets[].settings``."""

    tags: Annotated[dict[str, str], Field(description="Tags of every resource.")] = {}  # noqa: RUF012 (pydantic copies it)
    bootstrap_qualifier: Annotated[
        str, Field(description="Qualifier of the CDK bootstrap.", pattern=r"^[a-z0-9]{1,10}$")
    ] = "hnb659fds"
    permissions_boundary: Annotated[
        str | None, Field(description="Permissions boundary of every role: name or ARN of a managed policy.")
    ] = None
    role_path: Annotated[str, Field(description="Path of every role.")] = "/"
    role_name_prefix: Annotated[
        str,
        Field(
            description="Beginning of every role's name; without one CloudFormation chooses the names.",
            pattern=r"^[\w+=,.@-]{0,20}$",
        ),
    ] = ""
    termination_protection: Annotated[bool, Field(description="Protects every stack from deletion.")] = False
    network: Annotated[Network | None, Field(description="VPC of the provider's function.")] = None
    encryption: Annotated[Encryption, Field(description="The customer KMS key.")] = Encryption()
    invocation_logging: Annotated[InvocationLogging, Field(description="Model invocation logging.")] = (
        InvocationLogging()
    )
    tracing: Annotated[Tracing, Field(description="Transaction Search.")] = Tracing()
    agents_telemetry: Annotated[
        Literal["deliveries", "rules"],
        Field(
            description="How logs and traces of agents are switched on: `deliveries` for each of `agents` with "
            "`runtime_arn`, or `rules` of CloudWatch for everything of AgentCore in the account, which needs telemetry "
            "configuration turned on. Rules carry requests and answers only when every agent says `deliver_payloads`, "
            "and traces only with `tracing.enabled`."
        ),
    ] = "deliveries"
    agents: Annotated[
        tuple[AnyAgent, ...], Field(description="Agents that get a role, and whose logs are kept.", strict=False)
    ] = ()

    @field_validator("agents")
    @classmethod
    def _have_names_of_their_own(cls, value: tuple[AnyAgent, ...]) -> tuple[AnyAgent, ...]:
        names = [agent.name.lower() for agent in value]
        twice = next((agent.name for agent in value if names.count(agent.name.lower()) > 1), None)
        if twice:
            raise ValueError(f"expected each agent once: {twice} stands there twice")
        return value

    @model_validator(mode="after")
    def _has_agents_for_rules(self) -> Settings:
        if self.agents_telemetry == "rules" and not self.agents:
            raise ValueError("expected agents, with which the rules are deployed, when agents_telemetry is rules")
        return self

    @model_validator(mode="after")
    def _have_log_groups_of_their_own(self) -> Settings:
        records = self.invocation_logging
        whose = {records.log_group.name: "the invocation records"} if records.enabled and records.cloudwatch else {}
        for agent in self.agents:
            if agent.own_log_group is None:
                continue
            if other := whose.get(agent.own_log_group):
                problem = f"{agent.own_log_group} is that of {other}"
                raise ValueError(f"agents: expected a log group of its own for {agent.name}: {problem}")
            whose[agent.own_log_group] = f"agent {agent.name}"
        return self

    @field_validator("permissions_boundary")
    @classmethod
    def _is_a_policy(cls, value: str | None) -> str | None:
        return value if value is None else matching(_BOUNDARY, value, "the name or the ARN of a managed policy")

    @field_validator("role_path")
    @classmethod
    def _is_a_path(cls, value: str) -> str:
        return matching(_ROLE_PATH, value, "a path that begins and ends with a slash, such as /observability/")


class Target(Section):
    """One account and Region.

    Attributes:
        name: name of the stage, and beginning of the stacks' names.
        account: twelve digits; None is the account of the caller's credentials.
        region: None is the Region of the caller's credentials.
        settings: everything that holds here: the settings at the top, overridden by the target's own.
    """

    name: Annotated[str, Field(description="Name of the stage, and beginning of the stacks' names.")] = "BedrockO11y"
    account: Annotated[str | None, Field(description="Account id in quotes; without it, the caller's.")] = None
    region: Annotated[str | None, Field(description="Region; without it, the caller's.")] = None
    settings: Annotated[Settings, Field(description="Settings that differ from those at the top.")] = Settings()

    @field_validator("name")
    @classmethod
    def _is_a_stage(cls, value: str) -> str:
        return matching(_TARGET_NAME, value, "a letter, then at most 39 letters, digits and hyphens")

    @field_validator("account")
    @classmethod
    def _is_an_account(cls, value: str | None) -> str | None:
        return value if value is None else matching(_ACCOUNT, value, "twelve digits in quotes")

    @field_validator("region")
    @classmethod
    def _is_a_region(cls, value: str | None) -> str | None:
        return value if value is None else matching(_REGION, value, "a Region such as us-east-1")


class Configuration(Section):
    """What the whole file comes to.

    Attributes:
        targets: accounts and Regions, one stage each; the settings at the top of the file are merged into each.
    """

    targets: tuple[Target, ...] = (Target(),)

    def target_for(self, account: str, region: str) -> Target | None:
        """The target that describes an account and Region.

        Args:
            account: twelve digits.
            region: name of the Region.

        Returns:
            The first target whose account and Region agree or are left to the caller; None when there is none.
        """
        for target in self.targets:
            if target.account in (None, account) and target.region in (None, region):
                return target
        return None

    def unknown_regions(self) -> tuple[str, ...]:
        """Regions that the installed botocore does not know: perhaps new, perhaps misspelt.

        Returns:
            Their names, in order; a reason for a warning, not for an error.
        """
        wanted = {target.region for target in self.targets if target.region}
        if not wanted:
            return ()
        from botocore.loaders import Loader  # here, because only a configuration with Regions needs it

        partitions = Loader().load_data("partitions")["partitions"]
        known = {region for partition in partitions for region in partition["regions"]}
        return tuple(sorted(wanted - known))
