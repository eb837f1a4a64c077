"""Deliveries: each connects one source with one destination. Also the table of every delivery operation.

Sources: CloudWatch Logs API reference (CreateDelivery, UpdateDeliveryConfiguration, the Delete operations); the schema
of vended logs that the CDK is generated from: traces go to X-Ray, and only traces.
"""

from __future__ import annotations

import asyncio
import secrets
import string
from typing import TYPE_CHECKING, Any

from . import deliveries_destinations as destinations
from . import deliveries_sources as sources
from . import service_seams as seams
from . import service_settings
from .deliveries_destinations import DESTINATIONS
from .deliveries_permissions import caller_of, let_deliver
from .deliveries_shape import changing, conflict, invalid, missing, name_of, page, shown, text_of
from .deliveries_sources import SOURCES
from .logs_answers import ok

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .deliveries_permissions import May

_DELIMITED = ("plain", "w3c", "raw")
_ID_CHARACTERS = string.ascii_letters + string.digits
_CONFIGURED = ("recordFields", "fieldDelimiter", "s3DeliveryConfiguration")


def deliveries() -> dict[str, dict[str, Any]]:
    """The deliveries of the account and Region by id; MiniStack tags what stands there.

    Returns:
        the store itself.
    """
    store: dict[str, dict[str, Any]] = seams.get("logs.deliveries")
    return store


def create(data: dict[str, Any], may: May) -> dict[str, Any]:
    """CreateDelivery.

    Args:
        data: the request.
        may: what the caller may do beside.

    Returns:
        the answer.

    Raises:
        LogsError: no such source or destination, a pair that exists or that does not fit, a configuration that does
            not fit, or a destination that lets nobody write.
    """
    source = SOURCES.found(name_of(data, "deliverySourceName"))
    destination = destinations.found_by_arn(text_of(data, "deliveryDestinationArn"))
    kind = destination["deliveryDestinationType"]
    if (kind == destinations.XRAY) != (source["logType"] == sources.TRACES):
        raise invalid(f"The log type {source['logType']} cannot be delivered to the destination type {kind}.")
    pair = (source["name"], destination["arn"])
    if any((other["deliverySourceName"], other["deliveryDestinationArn"]) == pair for other in deliveries().values()):
        raise conflict("A delivery already exists for this delivery source and delivery destination.")
    _check_configuration(data, source, destination)
    let_deliver(source, destination, may)
    identifier = "".join(secrets.choice(_ID_CHARACTERS) for _ in range(16))
    delivery = {
        "id": identifier,
        "arn": f"arn:aws:logs:{seams.region()}:{seams.account_id()}:delivery:{identifier}",
        "deliverySourceName": source["name"],
        "deliveryDestinationArn": destination["arn"],
        "deliveryDestinationType": kind,
        "tags": dict(data.get("tags") or {}),
        **{member: data[member] for member in _CONFIGURED if data.get(member)},
    }
    deliveries()[identifier] = delivery
    return {"delivery": shown(delivery)}


def get(data: dict[str, Any]) -> dict[str, Any]:
    """GetDelivery.

    Args:
        data: the request.

    Returns:
        the answer.
    """
    return {"delivery": shown(found(data))}


def describe(data: dict[str, Any]) -> dict[str, Any]:
    """DescribeDeliveries, of some sources or of all.

    Args:
        data: the request.

    Returns:
        one page.
    """
    wanted = data.get("deliverySourceNames")
    chosen = [record for record in deliveries().values() if not wanted or record["deliverySourceName"] in wanted]
    return page(chosen, data, "deliveries")


def update(data: dict[str, Any]) -> dict[str, Any]:
    """UpdateDeliveryConfiguration: fields, delimiter and S3 path of a delivery; what is not named stays.

    Args:
        data: the request.

    Returns:
        an empty answer.
    """
    delivery = found(data)
    source = SOURCES.found(delivery["deliverySourceName"])
    _check_configuration(data, source, destinations.found_by_arn(delivery["deliveryDestinationArn"]))
    delivery.update({member: data[member] for member in _CONFIGURED if member in data})
    return {}


def delete(data: dict[str, Any]) -> dict[str, Any]:
    """DeleteDelivery: source and destination stay.

    Args:
        data: the request.

    Returns:
        an empty answer.
    """
    del deliveries()[found(data)["id"]]
    return {}


def found(data: dict[str, Any]) -> dict[str, Any]:
    """A delivery that must be there.

    Args:
        data: a request with its `id`.

    Returns:
        the record itself.

    Raises:
        LogsError: it is not there.
    """
    delivery = deliveries().get(text_of(data, "id"))
    if delivery is None:
        raise missing("Delivery")
    return delivery


def ends_of(data: dict[str, Any]) -> tuple[str, str]:
    """The ARNs of source and destination that a change of a delivery takes in hand.

    Args:
        data: a request that names the delivery, or the source and destination of a new one.

    Returns:
        both ARNs.
    """
    record = found(data) if "id" in data else data
    return SOURCES.arn_of(name_of(record, "deliverySourceName")), text_of(record, "deliveryDestinationArn")


async def answer(operation: str, data: dict[str, Any], headers: Mapping[str, str]) -> seams.Response:
    """Answer one operation of the delivery API.

    Args:
        operation: a key of `OPERATIONS`.
        data: the request.
        headers: its headers, lower case.

    Returns:
        the answer.

    Raises:
        LogsError: CloudWatch Logs refuses.
    """
    if operation not in CHANGES:
        return ok(OPERATIONS[operation](data, caller_of(headers)))
    with changing(*ends_of(data)):
        done = OPERATIONS[operation](data, caller_of(headers))
        # What comes in the meantime finds source and destination in hand.
        await asyncio.sleep(service_settings.current().log_delivery_change_seconds)
    return ok(done)


def _check_configuration(data: dict[str, Any], source: dict[str, Any], destination: dict[str, Any]) -> None:
    fields = data.get("recordFields") or []
    if len(fields) > 128:
        raise invalid("1 validation error detected: Value at 'recordFields' must have at most 128 members")
    sources.check_fields(source, fields)
    if data.get("s3DeliveryConfiguration") and destination["deliveryDestinationType"] != "S3":
        raise invalid("The S3 delivery configuration is only valid for a delivery destination of type S3.")
    output = destination.get("outputFormat")
    if data.get("fieldDelimiter") and output and output not in _DELIMITED:
        raise invalid(f"The field delimiter is not supported for the output format {output}.")


def _alone(operation: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[dict[str, Any], May], dict[str, Any]]:
    return lambda data, _may: operation(data)


OPERATIONS: dict[str, Callable[[dict[str, Any], May], dict[str, Any]]] = {
    "PutDeliverySource": _alone(sources.put),
    "GetDeliverySource": _alone(SOURCES.get),
    "DescribeDeliverySources": _alone(sources.describe),
    "DeleteDeliverySource": _alone(SOURCES.delete),
    "PutDeliveryDestination": _alone(destinations.put),
    "GetDeliveryDestination": _alone(DESTINATIONS.get),
    "DescribeDeliveryDestinations": _alone(destinations.describe),
    "DeleteDeliveryDestination": _alone(DESTINATIONS.delete),
    "PutDeliveryDestinationPolicy": _alone(destinations.put_policy),
    "GetDeliveryDestinationPolicy": _alone(destinations.get_policy),
    "DeleteDeliveryDestinationPolicy": _alone(destinations.delete_policy),
    "CreateDelivery": create,
    "GetDelivery": _alone(get),
    "DescribeDeliveries": _alone(describe),
    "UpdateDeliveryConfiguration": _alone(update),
    "DeleteDelivery": _alone(delete),
}
"""Every operation of the delivery API; MiniStack's own of these names are not reached."""

CHANGES = frozenset({"CreateDelivery", "UpdateDeliveryConfiguration", "DeleteDelivery"})
"""What takes its time and has source and destination in hand meanwhile."""
