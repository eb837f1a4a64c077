"""What can only be seen when the whole app is there, shortly before it becomes a template."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsii
from aws_cdk import Stack
from aws_cdk import aws_bedrockagentcore as agentcore_cdk
from constructs import IValidation

from bedrock_o11y.blueprint import agentcore_runtime as blueprint

if TYPE_CHECKING:
    from .agent_grants import AgentGrants


@jsii.implements(IValidation)
class ImageIsNamed:
    """A container that nobody lets pull its image would never start."""

    def __init__(self, agent: AgentGrants) -> None:
        """Take the agent.

        Args:
            agent: an agent that is a container.
        """
        self._agent = agent

    def validate(self) -> list[str]:
        """Look whether anybody named the image.

        Returns:
            One line when nobody did.
        """
        if self._agent.has_image:
            return []
        return [
            "repository is missing: the agent could not pull its image; expected repository=, deployment="
            f"{blueprint.DIRECT_CODE!r}, or a Runtime of the CDK that has this role and names the image"
        ]


@jsii.implements(IValidation)
class RuntimeHasTheName:
    """An agent that runs under another name than its role was made for is refused its own log group, silently."""

    def __init__(self, agent: AgentGrants, name: str) -> None:
        """Take the agent.

        Args:
            agent: what was granted.
            name: the name for which it was granted.
        """
        self._agent, self._name = agent, name

    def validate(self) -> list[str]:
        """Look at the runtimes of the stack that have the role.

        Returns:
            A line for each whose name is another; names that only the deploy knows are taken to be right.
        """
        stack = Stack.of(self._agent)
        role, wanted = stack.resolve(self._agent.role.role_arn), stack.resolve(self._name)
        found = {
            stack.resolve(runtime.agent_runtime_name): runtime.node.path
            for runtime in stack.node.find_all()
            if isinstance(runtime, agentcore_cdk.CfnRuntime)
            and stack.resolve(runtime.role_arn) == role
            and isinstance(stack.resolve(runtime.agent_runtime_name), str)
        }
        return [
            f"agent_name is {wanted}, and {path}, which has this role, is called {name}: it could not write its logs; "
            "expected the same name"
            for name, path in found.items()
            if isinstance(wanted, str) and name != wanted
        ]
