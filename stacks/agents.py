"""The stack of agents: a least-privilege role for each, where its logs and spans go, and how they are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs

from bedrock_o11y.blueprint import agent_elsewhere as blueprint
from bedrock_o11y.blueprint import agentcore_runtime as runtime
from bedrock_o11y.config import Agent, HostedAgent
from bedrock_o11y_constructs import (
    AccountTelemetryRules,
    AgentExecutionRole,
    AgentLogDelivery,
    HostedAgentRole,
    HostedAgentTelemetry,
    ServiceLogGroup,
)

from .network import provider_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_kms as kms
    from constructs import Construct

    from bedrock_o11y.config import AnyAgent, Target
    from bedrock_o11y_constructs.agent_uses import AgentUses


class AgentsStack(Stack):
    """What the agents of a target need.

    Attributes:
        roles: the role of each agent, by the agent's name.
        deliveries: the delivery of logs and traces of each agent that exists, by the agent's name; empty where rules
            switch them on.
        hosted: where each agent that is hosted elsewhere sends its telemetry, by the agent's name.
        log_groups: the log groups of the endpoints of each agent that exists, by the agent's name.
    """

    def __init__(self, scope: Construct, id: str, *, target: Target, key: kms.IKey, **stack: Any) -> None:
        """Create the stack.

        Args:
            scope: the stage.
            id: id of the stack.
            target: of the configuration.
            key: encrypts the log groups.
            **stack: properties of every stack of the stage.
        """
        super().__init__(scope, id, description="bedrock-o11y: what agents run with, and where they log.", **stack)
        self._network = target.settings.network
        self.roles: dict[str, AgentUses] = {}
        self.deliveries: dict[str, AgentLogDelivery] = {}
        self.hosted: dict[str, HostedAgentTelemetry] = {}
        self.log_groups: dict[str, list[ServiceLogGroup]] = {}
        for agent in target.settings.agents:
            if isinstance(agent, HostedAgent):
                self._host(agent, key)
                continue
            self.roles[agent.name] = self._role(agent)
            if agent.runtime_arn:
                if target.settings.agents_telemetry == "deliveries":
                    self._deliver(agent, agent.runtime_arn, key)
                self.log_groups[agent.name] = self._keep_logs(agent, agent.runtime_arn, key, target.settings.tags)
        if target.settings.agents_telemetry == "rules":
            on_runtime = [agent for agent in target.settings.agents if isinstance(agent, Agent)]
            AccountTelemetryRules(
                self,
                "Telemetry",
                payloads=bool(on_runtime) and all(agent.deliver_payloads for agent in on_runtime),
                traces=target.settings.tracing.enabled,
            )

    def _deliver(self, agent: Agent, runtime_arn: str, key: kms.IKey) -> None:
        """Deliver what the agent sends, and say in an output what was met."""
        delivery = AgentLogDelivery(
            self,
            f"{agent.name}-Delivery",
            resource=runtime_arn,
            payloads=agent.deliver_payloads,
            encryption_key=key,
            provider=provider_in(self, self._network),
        )
        CfnOutput(self, f"{agent.name}-Logs", value=" ".join(delivery.messages))
        self.deliveries[agent.name] = delivery

    def _keep_logs(
        self, agent: Agent, runtime_arn: str, key: kms.IKey, tags: Mapping[str, str]
    ) -> list[ServiceLogGroup]:
        """Keep the log group of each endpoint of an agent, which AgentCore makes without any of this."""
        runtime_id = runtime_arn.rpartition("/")[2]
        return [
            ServiceLogGroup(
                self,
                f"{agent.name}-{endpoint}-Logs",
                log_group_name=runtime.log_group_of(runtime_id, endpoint),
                retention_days=agent.log_retention_days,
                encryption_key=key if agent.log_encryption else None,
                indexed_fields=agent.log_index,
                let_xray_write_spans=True,
                tags=tags,
                provider=provider_in(self, self._network),
            )
            for endpoint in agent.endpoints
        ]

    def _role(self, agent: Agent) -> AgentExecutionRole:
        role = AgentExecutionRole(
            self,
            agent.name,
            agent_name=agent.name,
            deployment=agent.deployment,
            repository=agent.repository,
            created=agent.created,
            unified_spans=agent.unified_spans,
            runtime_arn=agent.runtime_arn,
        )
        self._grant_uses(role, agent)
        CfnOutput(self, f"{agent.name}-RoleArn", value=role.role.role_arn)
        return role

    def _grant_uses(self, role: AgentUses, agent: AnyAgent) -> None:
        for model in agent.models:
            role.grant_model(model)
        for memory in agent.memories:
            role.grant_memory(memory)
        for gateway in agent.gateways:
            role.grant_gateway(gateway)

    def _host(self, agent: HostedAgent, key: kms.IKey) -> None:
        """Make the log group of an agent hosted elsewhere, and the role that writes to it, if there is to be one."""
        name = agent.own_log_group
        telemetry = self.hosted[agent.name] = HostedAgentTelemetry(
            self,
            f"{agent.name}-Telemetry",
            agent_name=agent.agent_id or agent.name,
            log_group=None
            if agent.log_group.create
            else logs.LogGroup.from_log_group_name(self, f"{agent.name}-LogGroup", name),
            log_group_name=name if agent.log_group.create else None,
            log_stream_name=agent.log_stream,
            own_spans=agent.unified_spans is not False,
            retention_days=agent.log_retention_days,
            encryption_key=key,
        )
        CfnOutput(self, f"{agent.name}-LogGroupName", value=telemetry.log_group_name)
        role = self._role_of_hosted(agent)
        if role is not None:
            self.roles[agent.name] = role
            self._grant_uses(role, agent)

    def _role_of_hosted(self, agent: HostedAgent) -> AgentUses | None:
        group, stream = agent.own_log_group, agent.log_stream
        if agent.role:
            existing = iam.Role.from_role_arn(self, f"{agent.name}-ExistingRole", agent.role)
            return HostedAgentRole.from_existing(
                self, agent.name, existing, agent_name=agent.name, log_group_name=group, log_stream_name=stream
            )
        if agent.host == blueprint.ELSEWHERE:
            return None
        made = HostedAgentRole(
            self, agent.name, agent_name=agent.name, host=agent.host, log_group_name=group, log_stream_name=stream
        )
        CfnOutput(self, f"{agent.name}-RoleArn", value=made.role.role_arn)
        if made.instance_profile:
            CfnOutput(self, f"{agent.name}-InstanceProfileName", value=made.instance_profile.instance_profile_name)
        return made
