"""Resource policies of CloudWatch Logs: an account has ten for each Region, and everything that logs wants one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.aws import look
from bedrock_o11y.report.plan import Bearing, Slots

if TYPE_CHECKING:
    from collections.abc import Collection

    from bedrock_o11y.aws import Account, Reading

LIMIT: Final = 10
"""Resource policies per Region and account (Amazon CloudWatch Logs user guide, quotas)."""


def name_policies(account: Account) -> Reading:
    """The names of the resource policies that exist; the limit keeps them on one page."""

    def call() -> Any:
        return [
            policy["policyName"] for policy in account.client("logs").describe_resource_policies()["resourcePolicies"]
        ]

    return look("logs:DescribeResourcePolicies", call)


def judge_slots(found: Reading, makes: Collection[str] = ()) -> Slots:
    """Whether there is room for what the deploy adds.

    Args:
        found: the names of those that exist.
        makes: the names of those that the deploy makes; one that exists already takes no further slot. Model invocation
            logging writes as a role, and makes none.

    Returns:
        The finding. Where none is needed, not being able to count is no obstacle.
    """
    if found.is_unreadable:
        bearing = Bearing.UNKNOWN if makes else Bearing.CLEAR
        message = f"They could not be counted: {found.reason}. Needed: {len(makes)}."
        return Slots(None, LIMIT, len(makes), message, bearing)
    used = len(found.value)
    needed = len(set(makes) - set(found.value))
    message = f"{used} of {LIMIT} are used; this deploy needs {needed}."
    if used + needed > LIMIT and needed:
        message += " Free one: aws logs describe-resource-policies lists them."
        return Slots(used, LIMIT, needed, message, Bearing.STOPS)
    return Slots(used, LIMIT, needed, message, Bearing.CLEAR)
