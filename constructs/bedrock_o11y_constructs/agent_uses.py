"""What an agent uses: the models, memories and gateways that its role is granted, wherever it runs."""

from __future__ import annotations

from dataclasses import replace
from string import Template
from typing import TYPE_CHECKING, Final

import jsii
from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from bedrock_o11y.blueprint import agentcore, regions
from bedrock_o11y.blueprint.agentcore_runtime_extras import TOOL_GRANTS

from .agent_checks import check_kind, check_own, check_region, read_arn, refuse
from .agent_models import arns_of_calls
from .agent_policy import AgentPolicy
from .statements import values_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_bedrock as bedrock
    from aws_cdk import aws_bedrockagentcore as agentcore_cdk

    from bedrock_o11y.blueprint import Grant

    Model = str | bedrock.IModel | bedrock.FoundationModelIdentifier | bedrock.CfnApplicationInferenceProfile
    Memory = str | agentcore_cdk.IMemory | agentcore_cdk.CfnMemory
    Gateway = str | agentcore_cdk.IGateway | agentcore_cdk.CfnGateway

_TOOLS: Final = {grant.sid: grant for grant in TOOL_GRANTS}
_FORGETS: Final = ":Delete"
_TYPES: Final = {"memory": regions.MEMORY, "gateway": regions.GATEWAY}


@jsii.implements(iam.IGrantable)
class AgentUses(Construct):
    """What the role of one agent is granted beside its telemetry; the role is new or was there before.

    Attributes:
        role: the role.
    """

    role: iam.IRole

    def __init__(
        self, scope: Construct, id: str, *, agent_name: str, path: str | None, allow_unlisted: bool = False
    ) -> None:
        """Take the agent; whoever calls this sets :attr:`role` next.

        Args:
            scope: parent of the construct.
            id: id of the construct.
            agent_name: name of the agent.
            path: path of the policies; None for the root.
            allow_unlisted: warn in a Region for which AgentCore is not listed, and do not refuse it.
        """
        super().__init__(scope, id)
        self._name, self._path, self._allow_unlisted = agent_name, path, allow_unlisted
        self._holder: Construct = self
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
        grant = _TOOLS["UseMemory"]
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
        grant = _TOOLS["InvokeGateways"]
        arn = self._arn_of(gateway, grant, "gateway", ids=("gateway_id", "attr_gateway_identifier"))
        self._further.allow_on(grant, [arn])

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
        check_region(self, _TYPES[what], allow_unlisted=self._allow_unlisted)
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
        if id is None or not isinstance(given, Construct) or environment_of(Stack.of(given)) != environment_of(own):
            return text
        (template,) = grant.resources
        return Template(template.removesuffix("*") + "${Id}").substitute(values_of(self, Id=id))


def _with_actions(grant: Grant, sid: str, *, forgetting: bool) -> Grant:
    return replace(grant, sid=sid, actions=tuple(one for one in grant.actions if (_FORGETS in one) == forgetting))


def _first(given: object, attributes: Sequence[str]) -> str | None:
    """The first attribute that is a text."""
    found = (getattr(given, attribute, None) for attribute in attributes)
    return next((one for one in found if isinstance(one, str)), None)


def environment_of(stack: Stack) -> tuple[str, str]:
    """Account and Region of a stack, which may be tokens.

    Args:
        stack: the stack.
    """
    return stack.account, stack.region
