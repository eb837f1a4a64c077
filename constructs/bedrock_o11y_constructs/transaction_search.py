"""Transaction Search: X-Ray keeps the spans of the account and Region in CloudWatch Logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import Stack
from aws_cdk import aws_logs as logs
from constructs import Construct

from bedrock_o11y.account_settings.span_indexing import PERCENTAGE
from bedrock_o11y.account_settings.trace_destination import CLOUDWATCH_LOGS
from bedrock_o11y.blueprint import account_setting as settings
from bedrock_o11y.blueprint import names, policy_document, regions
from bedrock_o11y.blueprint import transaction_search as blueprint

from .account_setting import AccountSetting, ExistingSetting
from .agent_checks import check_region
from .provider import AccountSettingsProvider
from .statements import values_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_ON: Final = {"Destination": CLOUDWATCH_LOGS}


class TransactionSearch(Construct):
    """Turns Transaction Search on where it is not on already, and hands both of its settings back on delete.

    It holds for every producer of traces of the account and Region. Turning on takes AWS about ten minutes, which the
    deploy does not wait for. A Transaction Search that somebody else turned on is left to them: nothing fails, and a
    delete does not turn it off. ``AWS::XRay::TransactionSearchConfig`` is not used, because it fails in such an account
    and turns everything off when its stack is deleted.

    Attributes:
        destination: the account setting of where spans are kept.
        indexing: the account setting of how many traces are indexed.
        resource_policy: lets X-Ray write to its log groups; one of the ten that CloudWatch Logs allows.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        percentage: float = blueprint.INDEXING_PERCENTAGE,
        later: Sequence[tuple[int, float]] = blueprint.INDEXING_LATER,
        existing_indexing: ExistingSetting = ExistingSetting.LEAVE,
        policy_name: str | None = None,
        provider: AccountSettingsProvider | None = None,
        allow_unlisted_region: bool = False,
    ) -> None:
        """Create the resource policy and the settings.

        Args:
            scope: parent of the construct.
            id: id of the construct.
            percentage: of the traces that are indexed at first.
            later: days after the deploy, and the percentage from then on; a timer carries it out.
            existing_indexing: what to do with a percentage that somebody else chose; ``LEAVE`` keeps it.
            policy_name: name of the resource policy; made of the stack's name by default.
            provider: the function that sets the settings; the provider of this stack by default.
            allow_unlisted_region: warn in a Region for which Transaction Search is not listed, and do not refuse it.

        Raises:
            ValueError: a percentage is not one, the days are not in order, or the Region has no Transaction Search.
        """
        super().__init__(scope, id)
        check_region(self, regions.TRANSACTION_SEARCH, allow_unlisted=allow_unlisted_region)
        for one in (percentage, *(step for _, step in later)):
            if not 0 <= one <= 100:
                raise ValueError(f"{self.node.path}: {one} is no percentage; expected a number from 0 to 100")
        days = [day for day, _ in later]
        if days != sorted(set(days)) or any(day < 1 for day in days):
            raise ValueError(f"{self.node.path}: the days {days} are not in order; expected each later than the last")
        provider = provider or AccountSettingsProvider.of(self)
        stack = Stack.of(self)
        self.resource_policy = logs.CfnResourcePolicy(
            self,
            "LetXRayWriteSpans",
            policy_name=policy_name or names.transaction_search_policy_name(stack.stack_name),
            policy_document=stack.to_json_string(policy_document((blueprint.LET_XRAY_WRITE_SPANS,), values_of(self))),
        )
        self.destination = AccountSetting(
            self, "Destination", setting=settings.TRACE_DESTINATION, desired=_ON, provider=provider
        )
        self.destination.resource.node.add_dependency(self.resource_policy)
        self.indexing = AccountSetting(
            self,
            "Indexing",
            setting=settings.SPAN_INDEXING,
            desired={PERCENTAGE: percentage},
            existing=existing_indexing,
            later=[(day, {PERCENTAGE: step}) for day, step in later],
            provider=provider,
        )
        self.indexing.resource.node.add_dependency(self.destination.resource)
