"""The role of an agent hosted elsewhere than on AgentCore Runtime: it sends its own telemetry, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam

from bedrock_o11y.blueprint import agent_elsewhere as blueprint

from .agent_checks import check_changeable, refuse
from .agent_policy import AgentPolicy
from .agent_uses import AgentUses
from .statements import trust, values_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct


class HostedAgentGrants(AgentUses):
    """What one agent hosted elsewhere is granted; the role is new or was there before.

    Attributes:
        role: the role.
        policy: the managed policy of what the agent needs to be heard.
    """

    policy: iam.ManagedPolicy

    def _give(self, role: iam.IRole, values: Mapping[str, str]) -> None:
        self.role = role
        needs = AgentPolicy(
            self,
            "Needs",
            role=role,
            description=f"Lets the agent {self._name} send its logs, metrics and spans.",
            path=self._path,
        )
        needs.allow(blueprint.needed(), values)
        self.policy = needs.policy


class HostedAgentRole(HostedAgentGrants):
    """The role of one agent on Lambda, ECS, EC2 or EKS, with what the blueprint says that its exporters need.

    It may write log records to one log stream of one log group, look both up, and send spans to X-Ray. It may call no
    model before :meth:`grant_model` names one. The role is trusted to its host alone; what the host does not need to be
    told, because AWS documents no source for it, is in the blueprint.

    Source: Amazon CloudWatch user guide, OTLP endpoints; Amazon Bedrock AgentCore developer guide, Add observability.

    Attributes:
        role: the role.
        policy: the managed policy of what the agent needs to be heard.
        instance_profile: of a role for EC2; None for any other.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        agent_name: str,
        host: str,
        log_group_name: str,
        log_stream_name: str = blueprint.LOGS_STREAM,
        role_name: str | None = None,
        path: str | None = None,
        permissions_boundary: iam.IManagedPolicy | None = None,
        allow_unlisted_region: bool = False,
    ) -> None:
        """Create the role.

        Args:
            scope: parent of the construct.
            id: id of the construct.
            agent_name: name of the agent.
            host: ``lambda``, ``ecs``, ``ec2`` or ``eks`` (EKS Pod Identity): the service that assumes the role.
            log_group_name: name of the agent's log group.
            log_stream_name: log stream of its log records.
            role_name: name of the role; CloudFormation chooses one by default.
            path: path of the role and its policies; the root by default.
            permissions_boundary: the most that the role may do; none by default.
            allow_unlisted_region: warn about memories and gateways in a Region for which they are not listed, and do
                not refuse it.

        Raises:
            ValueError: the host is none of those; the message names the construct.
        """
        super().__init__(scope, id, agent_name=agent_name, path=path, allow_unlisted=allow_unlisted_region)
        grant = blueprint.trust_of(host)
        if grant is None:
            hosts = [each.variant for each in blueprint.TRUSTS]
            refuse(self, f"host {host!r} assumes no role; expected {', '.join(hosts)}, or from_existing with a role")
        values = values_of(self, LogGroupName=log_group_name, LogStream=log_stream_name)
        role = iam.Role(
            self,
            "Role",
            assumed_by=trust(grant, values),
            description=f"The agent {agent_name} sends its logs and spans with this role.",
            role_name=role_name,
            path=path,
            permissions_boundary=permissions_boundary,
        )
        self.instance_profile = (
            iam.InstanceProfile(self, "InstanceProfile", role=role, path=path) if host == blueprint.EC2 else None
        )
        self._give(role, values)

    @staticmethod
    def from_existing(
        scope: Construct,
        id: str,
        role: iam.IRole,
        *,
        agent_name: str,
        log_group_name: str,
        log_stream_name: str = blueprint.LOGS_STREAM,
        path: str | None = None,
        allow_unlisted_region: bool = False,
    ) -> HostedAgentGrants:
        """Give a role that exists what its agent needs to be heard, in a managed policy of its own.

        The trust policy of the role and its other policies stay as they are. What they allow cannot be read at synth,
        so everything is granted, whether the role has it already or not.

        Args:
            scope: parent of the construct.
            id: id of the construct.
            role: the role; one imported by its name or ARN, or one of this app.
            agent_name: as above.
            log_group_name: as above.
            log_stream_name: as above.
            path: path of the policy; the root by default.
            allow_unlisted_region: as above.

        Returns:
            A construct with the same grants, whose :attr:`role` is the given one.

        Raises:
            ValueError: the role is of another account, or the CDK must not change it.
        """
        agent = HostedAgentGrants(scope, id, agent_name=agent_name, path=path, allow_unlisted=allow_unlisted_region)
        check_changeable(agent, role)
        agent._give(role, values_of(agent, LogGroupName=log_group_name, LogStream=log_stream_name))
        return agent
