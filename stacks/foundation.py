"""What every other stack stands on: the guard that may stop the deploy, and the key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Stack
from aws_cdk import aws_kms as kms

from bedrock_o11y.blueprint import account_setting as blueprint
from bedrock_o11y_constructs import AccountSettingGuard, ExistingSetting, LogsKey

from .network import provider_in

if TYPE_CHECKING:
    from constructs import Construct

    from bedrock_o11y.config import Settings


class FoundationStack(Stack):
    """The guard, and the customer key of log group and bucket.

    Attributes:
        logs_key: the key, new or existing.
    """

    def __init__(self, scope: Construct, id: str, *, settings: Settings, owner_stack: str, **stack: Any) -> None:
        """Create the stack.

        Args:
            scope: the stage.
            id: id of the stack.
            settings: of the target.
            owner_stack: name of the stack that will manage model invocation logging.
            **stack: properties of every stack of the stage.
        """
        super().__init__(scope, id, description="bedrock-o11y: what the other stacks stand on.", **stack)
        guard = self._guard_invocation_logging(settings, owner_stack) if settings.invocation_logging.enabled else None
        self.logs_key = self._key(settings, guard)

    def _guard_invocation_logging(self, settings: Settings, owner_stack: str) -> AccountSettingGuard:
        return AccountSettingGuard(
            self,
            "InvocationLoggingGuard",
            setting=blueprint.MODEL_INVOCATION_LOGGING,
            existing=ExistingSetting(settings.invocation_logging.existing),
            owner_stack=owner_stack,
            provider=provider_in(self, settings.network),
        )

    def _key(self, settings: Settings, guard: AccountSettingGuard | None) -> kms.IKey:
        if settings.encryption.key_arn:
            return kms.Key.from_key_arn(self, "LogsKey", settings.encryption.key_arn)
        key = LogsKey(self, "LogsKey", alias="bedrock-o11y/logs")
        if guard:
            key.node.add_dependency(guard)
        return key.key
