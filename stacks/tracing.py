"""The stack of tracing: Transaction Search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_cdk import Stack

from bedrock_o11y_constructs import ExistingSetting, TransactionSearch

from .network import provider_in

if TYPE_CHECKING:
    from constructs import Construct

    from bedrock_o11y.config import Target

INDEXING_POLICIES: Final = {
    "keep": ExistingSetting.MERGE,
    "refuse": ExistingSetting.REFUSE,
    "replace": ExistingSetting.REPLACE,
}
"""What the configuration file calls the ways of meeting somebody else's percentage."""


class TracingStack(Stack):
    """Transaction Search and the percentage of indexed traces.

    Attributes:
        transaction_search: the construct that holds them.
    """

    def __init__(self, scope: Construct, id: str, *, target: Target, **stack: Any) -> None:
        """Create the stack.

        Args:
            scope: the stage.
            id: id of the stack.
            target: of the configuration.
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
