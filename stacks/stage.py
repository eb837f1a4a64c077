"""One target: an account and Region with all its stacks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from aws_cdk import Aspects, DefaultStackSynthesizer, Environment, Stage, Tags
from aws_cdk import aws_iam as iam

from .agents import AgentsStack
from .foundation import FoundationStack
from .invocation_logging import InvocationLoggingStack
from .role_names import RoleNames
from .tracing import TracingStack

if TYPE_CHECKING:
    from constructs import Construct

    from bedrock_o11y.config import Settings, Target


class ObservabilityStage(Stage):
    """Everything that is deployed into one account and Region.

    Attributes:
        foundation: the first stack.
        invocation_logging: the stack of model invocation logging, or None when it is turned off.
        tracing: the stack of Transaction Search, or None when it is turned off.
        agents: the stack of agents, or None when there are none.
    """

    def __init__(self, scope: Construct, target: Target) -> None:
        """Create the stacks of a target.

        Args:
            scope: the app.
            target: of the configuration.
        """
        # Without account or Region in the configuration, those of the credentials that the CDK command line found.
        super().__init__(
            scope,
            target.name,
            env=Environment(
                account=target.account or os.environ.get("CDK_DEFAULT_ACCOUNT"),
                region=target.region or os.environ.get("CDK_DEFAULT_REGION"),
            ),
        )
        settings = target.settings
        self.foundation = FoundationStack(self, "Foundation", target=target, **_properties(settings))
        self.invocation_logging = (
            InvocationLoggingStack(
                self, "InvocationLogging", target=target, key=self.foundation.logs_key, **_properties(settings)
            )
            if settings.invocation_logging.enabled
            else None
        )
        if self.invocation_logging:
            self.invocation_logging.add_stack_dependency(self.foundation)
        self.tracing = (
            TracingStack(self, "Tracing", target=target, key=self.foundation.logs_key, **_properties(settings))
            if settings.tracing.enabled
            else None
        )
        if self.tracing:
            self.tracing.add_stack_dependency(self.foundation)
        self.agents = (
            AgentsStack(self, "Agents", target=target, key=self.foundation.logs_key, **_properties(settings))
            if settings.agents
            else None
        )
        if self.agents:
            self.agents.add_stack_dependency(self.foundation)
            if self.tracing:
                # Traces are delivered only where Transaction Search is on.
                self.agents.add_stack_dependency(self.tracing)
        self._apply_what_enterprises_ask_for(settings)

    def _apply_what_enterprises_ask_for(self, settings: Settings) -> None:
        for key, value in settings.tags.items():
            Tags.of(self).add(key, value)
        if boundary := settings.permissions_boundary:
            policy = (
                iam.ManagedPolicy.from_managed_policy_arn(self.foundation, "Boundary", boundary)
                if boundary.startswith("arn:")
                else iam.ManagedPolicy.from_managed_policy_name(self.foundation, "Boundary", boundary)
            )
            iam.PermissionsBoundary.of(self).apply(policy)
        if settings.role_path != "/" or settings.role_name_prefix:
            Aspects.of(self).add(RoleNames(path=settings.role_path, prefix=settings.role_name_prefix))


def _properties(settings: Settings) -> dict[str, Any]:
    """Properties of every stack; each needs a synthesiser of its own."""
    return {
        "termination_protection": settings.termination_protection,
        "synthesizer": DefaultStackSynthesizer(qualifier=settings.bootstrap_qualifier),
    }
