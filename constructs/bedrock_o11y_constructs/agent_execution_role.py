"""The execution role of one agent on AgentCore Runtime: it is heard, it calls its models, and it can do no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Token

from bedrock_o11y.blueprint import agentcore_runtime as blueprint

from .agent_checks import check_changeable, check_kind, check_own, read_arn, refuse
from .agent_grants import AgentGrants
from .agent_role import AgentRole
from .agent_validation import ImageIsNamed
from .statements import trust, values_of

if TYPE_CHECKING:
    from datetime import date

    from aws_cdk import aws_ecr as ecr
    from aws_cdk import aws_iam as iam
    from constructs import Construct


class AgentExecutionRole(AgentGrants):
    """The role that AgentCore assumes to run one agent, with what the blueprint says that it needs and nothing more.

    Every grant is scoped to this agent: its log groups, its workload identity, its repository. The role is trusted to
    AgentCore alone, for this agent alone. It may let spans into its own log group (``logs:PutResourcePolicy``), without
    which an agent created since 2026-07-20 writes no spans. It may call no model before :meth:`grant_model` names one.

    Give :attr:`role` to ``aws_bedrockagentcore.Runtime`` as its ``execution_role``, under the same name for the agent:
    what that construct adds for every agent of the account is left out, and it waits for the policies. A
    ``CfnRuntime`` takes ``role.role_arn`` and must be told to wait: ``runtime.node.add_dependency(agent.role)``. An
    archive of code is another matter: that construct lets the role read the whole bucket, which AWS's guide does not
    ask for, and which is kept, because it looks like any other grant. Anything else is granted as to any role of the
    CDK: ``bucket.grant_read(agent)``.

    Source: Amazon Bedrock AgentCore developer guide, IAM Permissions for AgentCore Runtime.

    Attributes:
        role: the role.
        policy: the managed policy of what the agent needs to run and to be heard.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        agent_name: str,
        deployment: str = blueprint.CONTAINER,
        repository: ecr.IRepository | str | None = None,
        role_name: str | None = None,
        path: str | None = None,
        permissions_boundary: iam.IManagedPolicy | None = None,
        created: date | None = None,
        unified_spans: bool | None = None,
        jwt_only: bool = True,
        runtime_arn: str | None = None,
        allow_unlisted_region: bool = False,
    ) -> None:
        """Create the role.

        Args:
            scope: parent of the construct.
            id: id of the construct.
            agent_name: name of the agent, ``agentRuntimeName``; a letter, then letters, digits and underscores.
            deployment: ``container`` for an image, ``direct-code`` for an archive of code.
            repository: where the image is, or the name of a repository of this account and Region; for a container it
                may be left out when a ``Runtime`` of the CDK names it.
            role_name: name of the role; CloudFormation chooses one by default.
            path: path of the role and its policies; the root by default.
            permissions_boundary: the most that the role may do; none by default.
            created: the day on which an existing agent was created or last updated. One from before 2026-07-20 needs
                no ``logs:PutResourcePolicy``, one from before 2025-10-13 needs to get its workload tokens itself.
            unified_spans: what ``UNIFIED_TRACES_DESTINATION_ENABLED`` says to the agent; the day decides by default.
            jwt_only: deny the workload token for whatever user id is named, as AWS advises where users come with a
                JWT. False leaves the Deny out and allows nothing more.
            runtime_arn: ARN of the agent where it exists, to which the trust policy is pinned; by default it is pinned
                to the name, because AgentCore makes the id after the role. The ARN of a ``Runtime`` that has this role
                would be a circle.
            allow_unlisted_region: warn in a Region for which AgentCore is not listed, and do not refuse it.

        Raises:
            ValueError: a value is not one that AWS accepts, or is of another partition, account or Region than the
                stack; the message names the construct.
        """
        super().__init__(
            scope,
            id,
            agent_name=agent_name,
            deployment=deployment,
            path=path,
            allow_unlisted=allow_unlisted_region,
        )
        role = AgentRole(
            self,
            "Role",
            let_pull=self._let_pull if deployment == blueprint.CONTAINER else None,
            assumed_by=self._trust(agent_name, runtime_arn),
            description=f"AgentCore runs the agent {agent_name} with this role.",
            role_name=role_name,
            path=path,
            permissions_boundary=permissions_boundary,
        )
        # In the role, so that whatever waits for the role waits for its policies.
        self._give(role, repository, policies_in=role, created=created, unified_spans=unified_spans, jwt_only=jwt_only)
        if deployment == blueprint.CONTAINER:
            self.node.add_validation(ImageIsNamed(lambda: self.has_image))

    @staticmethod
    def from_existing(
        scope: Construct,
        id: str,
        role: iam.IRole,
        *,
        agent_name: str,
        deployment: str = blueprint.CONTAINER,
        repository: ecr.IRepository | str | None = None,
        path: str | None = None,
        created: date | None = None,
        unified_spans: bool | None = None,
        jwt_only: bool = True,
        allow_unlisted_region: bool = False,
    ) -> AgentGrants:
        """Give a role that exists what its agent needs, in a managed policy of its own.

        The trust policy of the role and its other policies stay as they are. What they allow cannot be read at synth,
        so everything is granted, whether the role has it already or not; ``bedrock-o11y audit --patch`` reads the role
        in the account and gives the least that it lacks.

        Args:
            scope: parent of the construct.
            id: id of the construct.
            role: the role; one imported by its name or ARN, or one of this app.
            agent_name: as above.
            deployment: as above.
            repository: as above; without one, nothing about images but the right to sign in is granted.
            path: path of the policy; the root by default.
            created: as above.
            unified_spans: as above.
            jwt_only: as above.
            allow_unlisted_region: as above.

        Returns:
            A construct with the same grants, whose :attr:`role` is the given one.

        Raises:
            ValueError: as above, or the CDK must not change the role.
        """
        agent = AgentGrants(
            scope,
            id,
            agent_name=agent_name,
            deployment=deployment,
            path=path,
            allow_unlisted=allow_unlisted_region,
        )
        check_changeable(agent, role)
        agent._give(
            role, repository, policies_in=agent, created=created, unified_spans=unified_spans, jwt_only=jwt_only
        )
        return agent

    def _trust(self, agent_name: str, runtime_arn: str | None) -> iam.IPrincipal:
        values = values_of(self, Agent=f"{agent_name}-*")
        if runtime_arn is None:
            return trust(blueprint.TRUST_OF_AGENT, values)
        arn = read_arn(self, runtime_arn, what="runtime_arn", service="bedrock-agentcore")
        if arn:
            check_kind(self, arn, what="runtime_arn", kinds=("runtime",))
            check_own(self, arn, what="runtime_arn")
            if not Token.is_unresolved(arn.name + agent_name) and not arn.name.startswith(f"{agent_name}-"):
                refuse(self, f"runtime_arn {runtime_arn} is of another agent; expected runtime/{agent_name}-ID")
        return trust(blueprint.TRUST_OF_RUNTIME, {**values, "RuntimeArn": runtime_arn})
