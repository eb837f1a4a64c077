"""Resource policies of CloudWatch Logs: an account has ten for each Region, and everything that logs wants one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.aws import look
from bedrock_o11y.report.plan import Bearing, Slots

if TYPE_CHECKING:
    from bedrock_o11y.aws import Account, Reading

LIMIT: Final = 10
"""Resource policies per Region and account (Amazon CloudWatch Logs user guide, quotas)."""

NEEDED: Final = 0
"""Model invocation logging writes as a role; it needs no resource policy."""


def count_policies(account: Account) -> Reading:
    """How many resource policies exist; the limit keeps them on one page."""

    def call() -> Any:
        return len(account.client("logs").describe_resource_policies()["resourcePolicies"])

    return look("logs:DescribeResourcePolicies", call)


def judge_slots(found: Reading, needed: int = NEEDED) -> Slots:
    """Whether there is room for what the deploy adds.

    Args:
        found: how many exist.
        needed: how many the deploy adds.

    Returns:
        The finding. Where none is needed, not being able to count is no obstacle.
    """
    if found.is_unreadable:
        bearing = Bearing.UNKNOWN if needed else Bearing.CLEAR
        return Slots(None, LIMIT, needed, f"They could not be counted: {found.reason}. Needed: {needed}.", bearing)
    used = int(found.value)
    message = f"{used} of {LIMIT} are used; this deploy needs {needed}."
    return Slots(used, LIMIT, needed, message, Bearing.STOPS if used + needed > LIMIT and needed else Bearing.CLEAR)
