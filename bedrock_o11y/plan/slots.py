"""Resource policies of CloudWatch Logs and of X-Ray: an account has few for each Region, and many want one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.aws import look
from bedrock_o11y.report.plan import Bearing, Slots

if TYPE_CHECKING:
    from collections.abc import Collection

    from bedrock_o11y.aws import Account, Reading


@dataclass(frozen=True, slots=True)
class Room:
    """How many resource policies a service has room for.

    Attributes:
        limit: per Region and account.
        listing: the command that lists them.
    """

    limit: int
    listing: str


LOGS: Final = Room(10, "aws logs describe-resource-policies")
"""Source: Amazon CloudWatch Logs user guide, quotas."""
XRAY: Final = Room(5, "aws xray list-resource-policies")
"""Source: AWS X-Ray API reference, PutResourcePolicy (at most five policies in each Region)."""


def name_policies(account: Account) -> Reading:
    """The names of the resource policies of CloudWatch Logs; the limit keeps them on one page."""

    def call() -> Any:
        return [
            policy["policyName"] for policy in account.client("logs").describe_resource_policies()["resourcePolicies"]
        ]

    return look("logs:DescribeResourcePolicies", call)


def name_trace_policies(account: Account) -> Reading:
    """The names of the resource policies of X-Ray; the limit keeps them on one page."""

    def call() -> Any:
        return [policy["PolicyName"] for policy in account.client("xray").list_resource_policies()["ResourcePolicies"]]

    return look("xray:ListResourcePolicies", call)


def judge_slots(found: Reading, makes: Collection[str] = (), room: Room = LOGS) -> Slots:
    """Whether there is room for what the deploy adds.

    Args:
        found: the names of those that exist.
        makes: the names of those that the deploy makes; one that exists already takes no further slot. Model invocation
            logging writes as a role, and makes none.
        room: how many there can be.

    Returns:
        The finding. Where none is needed, not being able to count is no obstacle.
    """
    if found.is_unreadable:
        bearing = Bearing.UNKNOWN if makes else Bearing.CLEAR
        message = f"They could not be counted: {found.reason}. Needed: {len(makes)}."
        return Slots(None, room.limit, len(makes), message, bearing)
    used = len(found.value)
    needed = len(set(makes) - set(found.value))
    message = f"{used} of {room.limit} are used; this deploy needs {needed}."
    if used + needed > room.limit and needed:
        message += f" Free one: {room.listing} lists them."
        return Slots(used, room.limit, needed, message, Bearing.STOPS)
    return Slots(used, room.limit, needed, message, Bearing.CLEAR)
