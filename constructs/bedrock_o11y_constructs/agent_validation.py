"""What can only be seen when the whole app is there, shortly before it becomes a template."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsii
from aws_cdk import aws_bedrockagentcore as agentcore_cdk
from constructs import IValidation

from bedrock_o11y.blueprint import agentcore_runtime as blueprint

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_cdk import Stack
    from aws_cdk import aws_iam as iam


@jsii.implements(IValidation)
class ImageIsNamed:
    """A container that nobody lets pull its image would never start."""

    def __init__(self, has_image: Callable[[], bool]) -> None:
        """Take the agent, which is a container.

        Args:
            has_image: whether somebody lets it pull its image, when the app is complete.
        """
        self._has_image = has_image

    def validate(self) -> list[str]:
        """Look whether anybody named the image.

        Returns:
            One line when nobody did.
        """
        if self._has_image():
            return []
        return [
            "repository is missing: the agent could not pull its image; expected repository=, deployment="
            f"{blueprint.DIRECT_CODE!r}, or a Runtime of the CDK that has this role and names the image"
        ]


@jsii.implements(IValidation)
class RuntimeHasTheName:
    """An agent that runs under another name than its role was made for is refused its own log group, silently."""

    def __init__(self, role: iam.IRole, name: str, stack: Stack) -> None:
        """Take the agent.

        Args:
            role: what the agent runs with.
            name: the name for which the role was made.
            stack: where its runtime is looked for.
        """
        self._role, self._name, self._stack = role, name, stack

    def validate(self) -> list[str]:
        """Look at the runtimes of the stack that have the role.

        Returns:
            A line for each whose name is another; names that only the deploy knows are taken to be right.
        """
        stack = self._stack
        role, wanted = stack.resolve(self._role.role_arn), stack.resolve(self._name)
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
