"""What one agent needs and is granted, in managed policies of its role."""

from __future__ import annotations

from dataclasses import replace
from string import Template
from typing import TYPE_CHECKING, Final

import jsii
from aws_cdk import Stack
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from constructs import Construct

from bedrock_o11y.blueprint import agentcore
from bedrock_o11y.blueprint import agentcore_runtime as blueprint

from .agent_checks import (
    check_agent_name,
    check_kind,
    check_own,
    check_region,
    check_repository_name,
    read_arn,
    refuse,
)
from .agent_models import arns_of_calls
from .agent_policy import AgentPolicy
from .agent_validation import RuntimeHasTheName
from .statements import values_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from aws_cdk import aws_bedrock as bedrock
    from aws_cdk import aws_bedrockagentcore as agentcore_cdk

    from bedrock_o11y.blueprint import Grant

    Model = str | bedrock.IModel | bedrock.FoundationModelIdentifier | bedrock.CfnApplicationInferenceProfile
    Memory = str | agentcore_cdk.IMemory | agentcore_cdk.CfnMemory
    Gateway = str | agentcore_cdk.IGateway | agentcore_cdk.CfnGateway

_BY_SID: Final = {grant.sid: grant for grant in blueprint.GRANTS}
_IMAGE_ACCESS: Final = _BY_SID["ECRImageAccess"]
_FORGETS: Final = ":Delete"
_DEPLOYMENTS: Final = (blueprint.CONTAINER, blueprint.DIRECT_CODE)


@jsii.implements(iam.IGrantable)
class AgentGrants(Construct):
    """What one agent is granted; the role is new or was there before.

    Attributes:
        role: the role.
        policy: the managed policy of what the agent needs to run and to be heard.
    """

    role: iam.IRole
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
        super().__init__(scope, id)
        check_agent_name(self, agent_name)
        if deployment not in _DEPLOYMENTS:
            refuse(self, f"deployment {deployment!r} is not known; expected {' or '.join(_DEPLOYMENTS)}")
        check_region(self, allow_unlisted=allow_unlisted)
        self._name, self._deployment, self._path = agent_name, deployment, path
        self._images: set[str] = set()
        self._uses: AgentPolicy | None = None

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """What ``grant_…`` methods of other constructs grant to: the role."""
        return self.role.grant_principal

    def grant_model(self, model: Model, *, behind: Sequence[Model] = ()) -> None:
        """Let the agent call one model.

        A cross-Region inference profile (its id begins with a geography, ``eu.``) is granted with the foundation model
        behind it in every Region, because the profile alone is not enough.

        Args:
            model: id of a foundation model or a cross-Region inference profile; the ARN of one, of an application
                inference profile, a provisioned, imported or custom model, or a prompt router; or a construct that has
                such an ARN. A token is taken for an ARN.
            behind: the models behind an application inference profile or a prompt router, whose ARNs do not tell them.

        Raises:
            ValueError: it is none of these, is of another partition, account or Region than the stack, or the models
                behind it are not told.
        """
        for arn in arns_of_calls(self, model, behind):
            wildcard = agentcore.ROUTED_WILDCARD if "*" in arn else ""
            self._further.allow_on(agentcore.INVOKE_MODELS, [arn], wildcard=wildcard)

    def grant_memory(self, memory: Memory, *, forget: bool = False) -> None:
        """Let the agent read and write one memory.

        Args:
            memory: ARN of the memory, or a construct that has it.
            forget: whether it may delete events and records too.

        Raises:
            ValueError: it is no memory of the stack's partition, account and Region.
        """
        grant = _BY_SID["UseMemory"]
        arn = self._arn_of(memory, grant, "memory", ids=("memory_id", "attr_memory_id"))
        self._further.allow_on(_with_actions(grant, grant.sid, forgetting=False), [arn])
        if forget:
            self._further.allow_on(_with_actions(grant, "ForgetMemory", forgetting=True), [arn])

    def grant_gateway(self, gateway: Gateway) -> None:
        """Let the agent call the tools behind one gateway.

        Args:
            gateway: ARN of the gateway, or a construct that has it.

        Raises:
            ValueError: it is no gateway of the stack's partition, account and Region.
        """
        grant = _BY_SID["InvokeGateways"]
        arn = self._arn_of(gateway, grant, "gateway", ids=("gateway_id", "attr_gateway_identifier"))
        self._further.allow_on(grant, [arn])

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
        self.node.add_validation(RuntimeHasTheName(self, self._name))

    def _name_image(self, repository: ecr.IRepository | str) -> None:
        if self._deployment != blueprint.CONTAINER:
            refuse(self, f"an agent of deployment {self._deployment} has no image; leave repository out")
        if isinstance(repository, str):
            check_repository_name(self, repository)
            repository = ecr.Repository.from_repository_name(self, "Repository", repository)
        stack, at = Stack.of(self), repository.env
        if (at.account, at.region) != _environment(stack):
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

    @property
    def _further(self) -> AgentPolicy:
        if self._uses is None:
            self._uses = AgentPolicy(
                self._holder,
                "Uses",
                role=self.role,
                description=f"Lets the agent {self._name} call its models, memories and gateways.",
                path=self._path,
            )
        return self._uses

    def _arn_of(self, given: object, grant: Grant, what: str, *, ids: Sequence[str]) -> str:
        """The ARN of a memory or a gateway, which are written ``what/ID``."""
        text = given if isinstance(given, str) else _first(given, (f"{what}_arn", f"attr_{what}_arn"))
        if text is None:
            refuse(self, f"a {type(given).__name__} is no {what}; expected an ARN or a {what} of the CDK")
        arn = read_arn(self, text, what=what, service="bedrock-agentcore")
        if arn:
            check_kind(self, arn, what=what, kinds=(what,))
            check_own(self, arn, what=what)
            return text
        # By its id, because an ARN that only the deploy knows tells nobody who reads the template whose it is.
        id, own = _first(given, ids), Stack.of(self)
        if id is None or not isinstance(given, Construct) or _environment(Stack.of(given)) != _environment(own):
            return text
        (template,) = grant.resources
        return Template(template.removesuffix("*") + "${Id}").substitute(values_of(self, Id=id))


def _with_actions(grant: Grant, sid: str, *, forgetting: bool) -> Grant:
    return replace(grant, sid=sid, actions=tuple(one for one in grant.actions if (_FORGETS in one) == forgetting))


def _first(given: object, attributes: Sequence[str]) -> str | None:
    """The first attribute that is a text."""
    found = (getattr(given, attribute, None) for attribute in attributes)
    return next((one for one in found if isinstance(one, str)), None)


def _environment(stack: Stack) -> tuple[str, str]:
    return stack.account, stack.region
