"""What one agent needs and is granted, in managed policies of its role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import Stack
from aws_cdk import aws_ecr as ecr

from bedrock_o11y.blueprint import agentcore_runtime as blueprint
from bedrock_o11y.blueprint import regions

from .agent_checks import check_agent_name, check_region, check_repository_name, refuse
from .agent_policy import AgentPolicy
from .agent_uses import AgentUses, environment_of
from .agent_validation import RuntimeHasTheName
from .statements import values_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from aws_cdk import aws_iam as iam
    from constructs import Construct

(_IMAGE_ACCESS,) = (grant for grant in blueprint.GRANTS if grant.sid == "ECRImageAccess")
_DEPLOYMENTS: Final = (blueprint.CONTAINER, blueprint.DIRECT_CODE)


class AgentGrants(AgentUses):
    """What one agent is granted; the role is new or was there before.

    Attributes:
        role: the role.
        policy: the managed policy of what the agent needs to run and to be heard.
    """

    policy: iam.ManagedPolicy

    def __init__(
        self, scope: Construct, id: str, *, agent_name: str, deployment: str, path: str | None, allow_unlisted: bool
    ) -> None:
        """Check what the agent is; whoever calls this calls :meth:`_give` next.

        Args:
            scope: parent of the construct.
            id: id of the construct.
            agent_name: name of the agent.
            deployment: ``container`` or ``direct-code``.
            path: path of the policies; None for the root.
            allow_unlisted: warn in a Region for which AgentCore is not listed, and do not refuse it.

        Raises:
            ValueError: one of them is not what AWS accepts; the message names the construct.
        """
        super().__init__(scope, id, agent_name=agent_name, path=path, allow_unlisted=allow_unlisted)
        check_agent_name(self, agent_name)
        if deployment not in _DEPLOYMENTS:
            refuse(self, f"deployment {deployment!r} is not known; expected {' or '.join(_DEPLOYMENTS)}")
        check_region(self, regions.RUNTIME, allow_unlisted=allow_unlisted)
        self._deployment = deployment
        self._images: set[str] = set()

    @property
    def has_image(self) -> bool:
        """Whether the agent may pull an image, as far as this construct granted it."""
        return bool(self._images)

    def _give(
        self,
        role: iam.IRole,
        repository: ecr.IRepository | str | None,
        *,
        policies_in: Construct,
        created: date | None,
        unified_spans: bool | None,
        jwt_only: bool,
    ) -> None:
        """Grant a role what the agent needs; ``policies_in`` is the parent of its policies."""
        self.role, self._holder = role, policies_in
        self._needs = AgentPolicy(
            self._holder,
            "Needs",
            role=self.role,
            description=f"Lets the agent {self._name} run, and write its logs, spans and metrics.",
            path=self._path,
        )
        self.policy = self._needs.policy
        grants = blueprint.needed(self._deployment, created=created, unified_spans=unified_spans)
        values = values_of(self, Agent=f"{self._name}-*")
        self._needs.allow((grant for grant in grants if grant is not _IMAGE_ACCESS), values)
        if jwt_only:
            self._needs.deny(blueprint.DENIES, values)
        if repository is not None:
            self._name_image(repository)
        self.node.add_validation(RuntimeHasTheName(self.role, self._name, Stack.of(self)))

    def _name_image(self, repository: ecr.IRepository | str) -> None:
        if self._deployment != blueprint.CONTAINER:
            refuse(self, f"an agent of deployment {self._deployment} has no image; leave repository out")
        if isinstance(repository, str):
            check_repository_name(self, repository)
            repository = ecr.Repository.from_repository_name(self, "Repository", repository)
        stack, at = Stack.of(self), repository.env
        if (at.account, at.region) != environment_of(stack):
            self._let_pull([repository.repository_arn])
            return
        # By its name, because an ARN that only the deploy knows tells nobody who reads the template whose it is.
        self._images.add(self._resolved(repository.repository_arn))
        self._needs.allow((_IMAGE_ACCESS,), values_of(self, Repository=repository.repository_name))

    def _let_pull(self, arns: Sequence[str]) -> None:
        """Let the agent pull images of repositories, by their ARNs; twice is as good as once."""
        new = [arn for arn in arns if self._resolved(arn) not in self._images]
        self._images.update(map(self._resolved, new))
        self._needs.allow_on(_IMAGE_ACCESS, new)

    def _resolved(self, text: str) -> str:
        return str(Stack.of(self).resolve(text))
