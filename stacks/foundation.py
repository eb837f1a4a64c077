"""What every other stack stands on: the guards that may stop the deploy, and the key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Stack
from aws_cdk import aws_kms as kms

from bedrock_o11y.blueprint import account_setting as blueprint
from bedrock_o11y.blueprint import agentcore_runtime, names, transaction_search
from bedrock_o11y_constructs import AccountSettingGuard, ExistingSetting, LogsKey, let_logs_encrypt

from .network import provider_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs import Construct

    from bedrock_o11y.config import Target


class FoundationStack(Stack):
    """The guards, and the customer key of log group and bucket.

    Attributes:
        logs_key: the key, new or existing.
    """

    def __init__(self, scope: Construct, id: str, *, target: Target, **stack: Any) -> None:
        """Create the stack.

        Args:
            scope: the stage.
            id: id of the stack.
            target: of the configuration.
            **stack: properties of every stack of the stage.
        """
        super().__init__(scope, id, description="bedrock-o11y: what the other stacks stand on.", **stack)
        guards = [
            *([self._guard_invocation_logging(target)] if target.settings.invocation_logging.enabled else ()),
            *([self._guard_indexing(target)] if self._may_refuse_indexing(target) else ()),
        ]
        self.logs_key = self._key(target, guards)

    def _guard_invocation_logging(self, target: Target) -> AccountSettingGuard:
        return AccountSettingGuard(
            self,
            "InvocationLoggingGuard",
            setting=blueprint.MODEL_INVOCATION_LOGGING,
            existing=ExistingSetting(target.settings.invocation_logging.existing),
            owner_stack=names.stack_name(target.name, "InvocationLogging"),
            provider=provider_in(self, target.settings.network),
        )

    def _may_refuse_indexing(self, target: Target) -> bool:
        return target.settings.tracing.enabled and target.settings.tracing.indexing.existing == "refuse"

    def _guard_indexing(self, target: Target) -> AccountSettingGuard:
        return AccountSettingGuard(
            self,
            "SpanIndexingGuard",
            setting=blueprint.SPAN_INDEXING,
            owner_stack=names.stack_name(target.name, "Tracing"),
            provider=provider_in(self, target.settings.network),
        )

    def _key(self, target: Target, guards: Iterable[AccountSettingGuard]) -> kms.IKey:
        if existing := target.settings.encryption.key_arn:
            return kms.Key.from_key_arn(self, "LogsKey", existing)
        key = LogsKey(self, "LogsKey", alias=names.key_alias(target.name))
        for guard in guards:
            key.node.add_dependency(guard)
        # Named whether or not they are there: events that were once encrypted need the key after their agent has gone.
        let_logs_encrypt(self, key.key, f"{agentcore_runtime.LOG_GROUP_PREFIX}*", among_others=True)
        let_logs_encrypt(self, key.key, transaction_search.SPANS_LOG_GROUP, among_others=True)
        return key.key
