"""What a deploy of one target asks of the account, as far as a plan looks at it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WantedTracing:
    """What a target asks of tracing.

    Attributes:
        stack: name of the stack that will manage Transaction Search.
        resource_policy: name of the resource policy of CloudWatch Logs that it makes.
        percentage: of the traces that are indexed at first.
        indexing_policy: what to do with a percentage of somebody else: leave (keep it), refuse or replace.
    """

    stack: str
    resource_policy: str
    percentage: float
    indexing_policy: str


@dataclass(frozen=True, slots=True)
class WantedAgents:
    """What a target asks for agents hosted elsewhere.

    Attributes:
        stack: name of the stack that makes their log groups.
        log_groups: names of the log groups that it makes.
        existing: names of log groups that are there already, and are used as they are.
        resource_policy: name of the resource policy that lets X-Ray into those; None when none is needed.
    """

    stack: str
    log_groups: tuple[str, ...] = ()
    existing: tuple[str, ...] = ()
    resource_policy: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the configuration of one target asks for.

    Attributes:
        target: name of the target.
        stacks: names of the stacks that the deploy makes.
        setting_stack: name of the stack that will manage model invocation logging; None when it is not wanted.
        policy: what to do with a configuration of somebody else: refuse, adopt, merge or replace.
        log_group: name of the log group; None when records go to S3 only.
        log_group_exists: the log group is one that exists already, used as it is.
        bucket: name of the payload bucket; None when there is none.
        bucket_exists: the bucket is one that exists already, used as it is.
        key_arn: an existing key that is used; None when the deploy makes one.
        tracing: what is asked of tracing; None when it is not wanted.
        delivery_policy: name of the resource policies that let logs and traces of agents be delivered, one of
            CloudWatch Logs and one of X-Ray; None when nothing is delivered.
        agents: what is asked for agents hosted elsewhere; None when there are none.
    """

    target: str
    stacks: tuple[str, ...]
    setting_stack: str | None
    policy: str
    log_group: str | None
    log_group_exists: bool
    bucket: str | None
    bucket_exists: bool
    key_arn: str | None
    tracing: WantedTracing | None = None
    delivery_policy: str | None = None
    agents: WantedAgents | None = None

    @property
    def logs_policies(self) -> tuple[str, ...]:
        """The resource policies of CloudWatch Logs that the deploy makes."""
        parts = (self.tracing, self.agents)
        own = (part.resource_policy for part in parts if part and part.resource_policy)
        return (*own, *self.trace_policies)

    @property
    def trace_policies(self) -> tuple[str, ...]:
        """The resource policies of X-Ray that the deploy makes."""
        return (self.delivery_policy,) if self.delivery_policy else ()

    @property
    def makes_key(self) -> bool:
        """Whether the deploy makes a customer key."""
        return self.key_arn is None
