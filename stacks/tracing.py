"""The stack of tracing: Transaction Search, and the log group of the spans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_cdk import Stack

from bedrock_o11y.blueprint import transaction_search
from bedrock_o11y_constructs import ExistingSetting, ServiceLogGroup, TransactionSearch

from .network import provider_in

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from constructs import Construct

    from bedrock_o11y.config import Target

INDEXING_POLICIES: Final = {
    "keep": ExistingSetting.LEAVE,
    "refuse": ExistingSetting.REFUSE,
    "replace": ExistingSetting.REPLACE,
}
"""What the configuration file calls the ways of meeting somebody else's percentage."""


class TracingStack(Stack):
    """Transaction Search and the percentage of indexed traces.

    Attributes:
        transaction_search: the construct that holds them.
        spans: the log group of the spans, which may come after the stack.
    """

    def __init__(self, scope: Construct, id: str, *, target: Target, key: kms.IKey, **stack: Any) -> None:
        """Create the stack.

        Args:
            scope: the stage.
            id: id of the stack.
            target: of the configuration.
            key: encrypts the spans.
            **stack: properties of every stack of the stage.
        """
        super().__init__(scope, id, description="bedrock-o11y: the spans of agents, kept and searchable.", **stack)
        indexing = target.settings.tracing.indexing
        self.transaction_search = TransactionSearch(
            self,
            "TransactionSearch",
            percentage=indexing.percentage,
            later=[(step.after_days, step.percentage) for step in indexing.later],
            existing_indexing=INDEXING_POLICIES[indexing.existing],
            provider=provider_in(self, target.settings.network),
        )
        spans = target.settings.tracing.spans
        self.spans = ServiceLogGroup(
            self,
            "Spans",
            log_group_name=transaction_search.SPANS_LOG_GROUP,
            retention_days=spans.retention_days,
            encryption_key=key if spans.encryption else None,
            indexed_fields=spans.index,
            provider=provider_in(self, target.settings.network),
        )
        self.spans.node.add_dependency(self.transaction_search)
