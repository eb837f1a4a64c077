"""The stack of agents: a least-privilege role for each, and the delivery of the logs of those that exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import CfnOutput, Stack

from bedrock_o11y.account_settings.log_group_retention import DAYS
from bedrock_o11y.blueprint import account_setting as settings
from bedrock_o11y.blueprint import agentcore_runtime as runtime
from bedrock_o11y_constructs import (
    AccountSetting,
    AccountTelemetryRules,
    AgentExecutionRole,
    AgentLogDelivery,
    ExistingSetting,
)

from .network import provider_in

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from constructs import Construct

    from bedrock_o11y.config import Agent, Target


class AgentsStack(Stack):
    """What the agents of a target need.

    Attributes:
        roles: the role of each agent, by the agent's name.
        deliveries: the delivery of logs and traces of each agent that exists, by the agent's name; empty where rules
            switch them on.
    """

    def __init__(self, scope: Construct, id: str, *, target: Target, key: kms.IKey, **stack: Any) -> None:
        """Create the stack.

        Args:
            scope: the stage.
            id: id of the stack.
            target: of the configuration.
            key: encrypts the log groups of delivered logs.
            **stack: properties of every stack of the stage.
        """
        super().__init__(scope, id, description="bedrock-o11y: what agents run with, and where they log.", **stack)
        self._network = target.settings.network
        self.roles: dict[str, AgentExecutionRole] = {}
        self.deliveries: dict[str, AgentLogDelivery] = {}
        for agent in target.settings.agents:
            self.roles[agent.name] = self._role(agent)
            if agent.runtime_arn:
                if target.settings.agents_telemetry == "deliveries":
                    self._deliver(agent, agent.runtime_arn, key)
                self._keep_logs(agent, agent.runtime_arn)
        if target.settings.agents_telemetry == "rules":
            AccountTelemetryRules(
                self,
                "Telemetry",
                payloads=all(agent.deliver_payloads for agent in target.settings.agents),
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

    def _keep_logs(self, agent: Agent, runtime_arn: str) -> None:
        """Give the log group of the agent's default endpoint a retention; AgentCore gives it none."""
        runtime_id = runtime_arn.rpartition("/")[2]
        AccountSetting(
            self,
            f"{agent.name}-Retention",
            setting=settings.LOG_GROUP_RETENTION,
            instance=f"{runtime.LOG_GROUP_PREFIX}{runtime_id}-DEFAULT",
            desired={DAYS: agent.log_retention_days},
            existing=ExistingSetting.MERGE,
            provider=provider_in(self, self._network),
        )

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
        for model in agent.models:
            role.grant_model(model)
        for memory in agent.memories:
            role.grant_memory(memory)
        for gateway in agent.gateways:
            role.grant_gateway(gateway)
        CfnOutput(self, f"{agent.name}-RoleArn", value=role.role.role_arn)
        return role
