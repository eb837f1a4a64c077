"""What a target of the configuration asks of the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedrock_o11y.blueprint import names
from bedrock_o11y.config import Agent
from bedrock_o11y.plan import Wanted, WantedAgents, WantedTracing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bedrock_o11y.config import AnyAgent, Target, Tracing


def wanted(target: Target, account: str, region: str) -> Wanted:
    """What a deploy of a target asks of the account.

    Args:
        target: of the configuration.
        account: the account id.
        region: the Region.

    Returns:
        Names and switches, as the stacks use them.
    """
    settings = target.settings
    logging = settings.invocation_logging
    foundation, invocation_logging, tracing, agents = (
        names.stack_name(target.name, stack) for stack in ("Foundation", "InvocationLogging", "Tracing", "Agents")
    )
    payloads = logging.payloads if logging.enabled and logging.payloads.enabled else None
    return Wanted(
        target=target.name,
        stacks=(
            foundation,
            *([invocation_logging] if logging.enabled else ()),
            *([tracing] if settings.tracing.enabled else ()),
            *([agents] if settings.agents else ()),
        ),
        setting_stack=invocation_logging if logging.enabled else None,
        policy=logging.existing,
        log_group=logging.log_group.name if logging.enabled and logging.cloudwatch else None,
        log_group_exists=not logging.log_group.create,
        bucket=(payloads.bucket or names.payload_bucket_name(target.name, account, region)) if payloads else None,
        bucket_exists=bool(payloads and payloads.bucket),
        key_arn=settings.encryption.key_arn,
        tracing=_tracing(settings.tracing, tracing) if settings.tracing.enabled else None,
        delivery_policy=names.log_delivery_policy_name(agents)
        if settings.agents_telemetry == "deliveries" and any(_exists(agent) for agent in settings.agents)
        else None,
        agents=_agents(settings.agents, agents),
    )


def _exists(agent: AnyAgent) -> bool:
    return isinstance(agent, Agent) and agent.runtime_arn is not None


def _agents(all_agents: Iterable[AnyAgent], stack: str) -> WantedAgents | None:
    hosted = [agent for agent in all_agents if not isinstance(agent, Agent)]
    used = [agent for agent in hosted if not agent.log_group.create]
    if not hosted:
        return None
    return WantedAgents(
        stack=stack,
        log_groups=tuple(agent.own_log_group for agent in hosted if agent.log_group.create),
        existing=tuple(agent.own_log_group for agent in used),
        resource_policy=names.spans_policy_name(stack)
        if any(agent.unified_spans is not False for agent in used)
        else None,
    )


def _tracing(tracing: Tracing, stack: str) -> WantedTracing:
    indexing = tracing.indexing
    return WantedTracing(
        stack=stack,
        resource_policy=names.transaction_search_policy_name(stack),
        percentage=indexing.percentage,
        indexing_policy="leave" if indexing.existing == "keep" else indexing.existing,
    )
