"""The role itself: what the CDK's own Runtime adds to it does not make it wider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_cdk import aws_iam as iam
from constructs import DependencyGroup

from bedrock_o11y.blueprint import agentcore, agentcore_runtime

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from constructs import Construct

_OF_AGENTS: Final = frozenset(
    action
    for grant in agentcore_runtime.GRANTS
    if not grant.optional
    for action in (*grant.actions, *agentcore.WORKLOAD_IDENTITY_ACTIONS)
)
_SIGN_IN: Final = frozenset(
    action for grant in agentcore_runtime.GRANTS if grant.sid == "ECRTokenAccess" for action in grant.actions
)
_PULL: Final = frozenset(
    action
    for grant in agentcore_runtime.GRANTS
    if grant.sid in ("ECRImageAccess", "CheckImageLayers")
    for action in grant.actions
)


class AgentRole(iam.Role):
    """A role to which ``aws_bedrockagentcore.Runtime`` can be told to add what it likes.

    That construct adds to whatever role it is given the logs and the workload identities of every agent of the
    account. Those six statements are answered by the narrower ones that the role has already, and are left out. The
    right to pull an image is kept for the one repository. Everything else that anybody grants the role is added, as
    to any role of the CDK.
    """

    def __init__(
        self, scope: Construct, id: str, *, let_pull: Callable[[Sequence[str]], None] | None, **role: Any
    ) -> None:
        """Create the role.

        Args:
            scope: parent of the role.
            id: id of the role.
            let_pull: lets the role pull images of repositories, by their ARNs; None for an agent without an image.
            **role: as :class:`aws_cdk.aws_iam.Role` takes it.
        """
        self._let_pull = let_pull
        super().__init__(scope, id, **role)

    def add_to_principal_policy(self, statement: iam.PolicyStatement) -> iam.AddToPrincipalPolicyResult:
        """Add a statement, unless the role has what it is about already.

        Args:
            statement: what a construct or a person grants the role.

        Returns:
            That it is granted, and on what to wait for it.
        """
        if self._has(statement):
            return iam.AddToPrincipalPolicyResult(statement_added=True, policy_dependable=DependencyGroup())
        return super().add_to_principal_policy(statement)

    def _has(self, statement: iam.PolicyStatement) -> bool:
        actions = frozenset(statement.actions)
        if statement.effect is not iam.Effect.ALLOW or not actions:
            return False
        if statement.sid in agentcore_runtime.CDK_STATEMENTS and actions <= _OF_AGENTS:
            return True
        if self._let_pull is None or statement.conditions or not actions <= _PULL | _SIGN_IN:
            return False
        if not actions <= _SIGN_IN:
            if any("*" in resource for resource in statement.resources):
                return False
            self._let_pull(statement.resources)
        return True
