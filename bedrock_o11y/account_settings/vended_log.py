"""A type of log that a resource sends, and what CloudWatch Logs has for it: its one source, and its deliveries.

Source: CloudWatch Logs API reference, DescribeDeliverySources and DescribeDeliveries. Their filters are younger than
the boto3 of some Lambda runtimes, so everything is read, page by page, and chosen from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from .calls import Calls

OUR_PREFIX = "o11y-"
"""How the names of our delivery destinations begin: a type of log may go to several, and some of them are not ours."""

SEES_SOURCES, SEES_DELIVERIES = "logs:DescribeDeliverySources", "logs:DescribeDeliveries"
_BETWEEN = "|"


@dataclass(frozen=True, slots=True)
class VendedLog:
    """A type of log of one resource.

    Attributes:
        resource_arn: ARN of the resource that sends it.
        log_type: such as `APPLICATION_LOGS`.
    """

    resource_arn: str
    log_type: str

    def instance(self, *more: str) -> str:
        """What it is called in a request, followed by what else tells a setting of it from another."""
        return _BETWEEN.join((self.resource_arn, self.log_type, *more))

    def source(self, client: Any, calls: Calls) -> dict[str, Any] | None:
        """Its delivery source, whoever made it; AWS takes one for each resource and type of log.

        Args:
            client: a boto3 client for `logs`.
            calls: the patience of the request.

        Returns:
            None when there is none.

        Raises:
            CallFailedError: the sources could not be read.
        """
        return next((source for source in sources(client, calls) if self.has(source)), None)

    def has(self, source: dict[str, Any]) -> bool:
        """Whether a delivery source is the one of this type of log."""
        return self.resource_arn in source.get("resourceArns", []) and source.get("logType") == self.log_type


def read_instance(instance: str, parts: int) -> tuple[VendedLog, tuple[str, ...]] | None:
    """What an instance of a request names.

    Args:
        instance: as `VendedLog.instance` gives it.
        parts: how many parts it must have.

    Returns:
        The type of log and the further parts; None when it cannot be read.
    """
    found = instance.split(_BETWEEN)
    if len(found) != parts or not all(found) or not found[0].startswith("arn:"):
        return None
    return VendedLog(found[0], found[1]), tuple(found[2:])


def sources(client: Any, calls: Calls) -> list[dict[str, Any]]:
    """Every delivery source of the account and Region.

    Args:
        client: a boto3 client for `logs`.
        calls: the patience of the request.

    Raises:
        CallFailedError: they could not be read.
    """
    return _pages(client.describe_delivery_sources, "deliverySources", SEES_SOURCES, calls)


def deliveries_of(name: str, client: Any, calls: Calls) -> list[dict[str, Any]]:
    """Every delivery of a source.

    Args:
        name: of the source.
        client: a boto3 client for `logs`.
        calls: the patience of the request.

    Raises:
        CallFailedError: they could not be read.
    """
    found = _pages(client.describe_deliveries, "deliveries", SEES_DELIVERIES, calls)
    return [delivery for delivery in found if delivery.get("deliverySourceName") == name]


def is_ours(delivery: dict[str, Any]) -> bool:
    """Whether a delivery goes to a destination that this project has named."""
    return name_of(str(delivery.get("deliveryDestinationArn"))).startswith(OUR_PREFIX)


def name_of(destination_arn: str) -> str:
    """The name of a delivery destination, out of its ARN."""
    return destination_arn.rpartition(":")[2]


def _pages(describe: Callable[..., Any], member: str, action: str, calls: Calls) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    page: dict[str, Any] = {}
    while True:
        answer = calls.run(partial(describe, **page), action)
        found += answer.get(member, [])
        if not answer.get("nextToken"):
            return found
        page = {"nextToken": answer["nextToken"]}
