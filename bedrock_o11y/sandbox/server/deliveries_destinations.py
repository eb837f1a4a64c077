"""Delivery destinations: a log group, a bucket, a Firehose stream, or X-Ray for traces.

Sources: CloudWatch Logs API reference, PutDeliveryDestination; the schema of vended logs that the CDK is generated from
(which format goes where); for X-Ray, that it takes no resource, terraform-provider-aws 44995.
"""

from __future__ import annotations

import re
from typing import Any

from . import service_seams as seams
from .deliveries_ends import Ends
from .deliveries_shape import changing, invalid, missing, name_of, page, shown, tags_of, text_of
from .logs_answers import LogsError

XRAY = "XRAY"

FORMATS: dict[str, tuple[str, ...]] = {
    "CWL": ("plain", "json"),
    "S3": ("plain", "json", "w3c", "parquet"),
    "FH": ("plain", "json", "raw"),
    XRAY: (),
}
"""Types of destination, with the formats they take."""

DESTINATIONS = Ends(
    "logs.delivery_destinations",
    "delivery-destination",
    "Delivery Destination",
    "deliveryDestination",
    ("deliveryDestinationArn", "arn"),
)

_TYPE_OF_SERVICE = {"logs": "CWL", "s3": "S3", "firehose": "FH"}
_RESOURCES = {"CWL": r"log-group:[.\-_/#A-Za-z0-9]+(:\*)?", "S3": r"[a-z0-9.\-]+(/.*)?", "FH": r"deliverystream/[^/]+"}


def put(data: dict[str, Any]) -> dict[str, Any]:
    """PutDeliveryDestination: create a destination, or overwrite the parameters of one.

    Args:
        data: the request.

    Returns:
        the answer.

    Raises:
        LogsError: no such type, format or resource.
    """
    name = name_of(data)
    resource = (data.get("deliveryDestinationConfiguration") or {}).get("destinationResourceArn") or ""
    kind = _kind(str(data.get("deliveryDestinationType") or ""), resource)
    output = data.get("outputFormat")
    if output and output not in FORMATS[kind]:
        expected = ", ".join(FORMATS[kind]) or "none"
        raise invalid(f"The output format {output} is not supported for the destination type {kind}: {expected}.")
    _check_exists(kind, resource)
    existing = DESTINATIONS.stored().get(name)
    with changing(DESTINATIONS.arn_of(name)):
        destination = {
            "name": name,
            "arn": DESTINATIONS.arn_of(name),
            "deliveryDestinationType": kind,
            "outputFormat": output,
            "deliveryDestinationConfiguration": {"destinationResourceArn": resource} if resource else {},
            "roleArn": data.get("roleArn"),
            "tags": tags_of(data, existing),
            "policy": (existing or {}).get("policy"),
        }
        DESTINATIONS.stored()[name] = destination
    return {"deliveryDestination": shown(destination)}


def describe(data: dict[str, Any]) -> dict[str, Any]:
    """DescribeDeliveryDestinations, some or all.

    Args:
        data: the request.

    Returns:
        one page.
    """
    wanted = data.get("names")
    chosen = [record for name, record in DESTINATIONS.stored().items() if not wanted or name in wanted]
    return page(chosen, data, "deliveryDestinations")


def put_policy(data: dict[str, Any]) -> dict[str, Any]:
    """PutDeliveryDestinationPolicy.

    Args:
        data: the request.

    Returns:
        the answer.
    """
    destination = DESTINATIONS.found(name_of(data, "deliveryDestinationName"))
    destination["policy"] = text_of(data, "deliveryDestinationPolicy")
    return _policy(destination)


def get_policy(data: dict[str, Any]) -> dict[str, Any]:
    """GetDeliveryDestinationPolicy.

    Args:
        data: the request.

    Returns:
        the answer.
    """
    return _policy(_with_policy(data))


def delete_policy(data: dict[str, Any]) -> dict[str, Any]:
    """DeleteDeliveryDestinationPolicy.

    Args:
        data: the request.

    Returns:
        the answer.
    """
    _with_policy(data)["policy"] = None
    return {}


def found_by_arn(arn: str) -> dict[str, Any]:
    """A destination that must be there, by its ARN.

    Args:
        arn: of the destination.

    Returns:
        the record itself.

    Raises:
        LogsError: it is not there, or is another account's, which the sandbox does not have.
    """
    name = arn.rpartition(":delivery-destination:")[2]
    if arn != DESTINATIONS.arn_of(name):
        raise missing("Delivery Destination")
    return DESTINATIONS.found(name)


def resource_of(destination: dict[str, Any]) -> str:
    """What a destination stands for.

    Args:
        destination: the record.

    Returns:
        ARN of log group, bucket or stream; empty for X-Ray.
    """
    return str(destination["deliveryDestinationConfiguration"].get("destinationResourceArn") or "")


def _with_policy(data: dict[str, Any]) -> dict[str, Any]:
    destination = DESTINATIONS.found(name_of(data, "deliveryDestinationName"))
    if not destination.get("policy"):
        raise missing("Delivery Destination Policy")
    return destination


def _policy(destination: dict[str, Any]) -> dict[str, Any]:
    return {"policy": {"deliveryDestinationPolicy": destination["policy"]}}


def _kind(given: str, resource: str) -> str:
    if given == XRAY:
        if resource:
            raise invalid("The destination type XRAY takes no destination resource.")
        return XRAY
    if not resource:
        raise invalid("The delivery destination configuration is required for every destination type but XRAY.")
    parts = resource.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn":
        raise invalid("Invalid ARN provided.")
    kind = _TYPE_OF_SERVICE.get(parts[2], "")
    if not kind:
        raise invalid("Delivery Destination Resource ARN is of unsupported service.")
    if given and given != kind:
        raise invalid(f"The destination type {given} does not match the destination resource, which is {kind}.")
    if not re.fullmatch(_RESOURCES[kind], parts[5]):
        raise invalid("Invalid ARN provided.")
    if kind != "S3" and parts[3] != seams.region():
        raise invalid("Region from identity does not match the Destination Resource ARN.")
    if kind != "S3" and parts[4] != seams.account_id():
        raise invalid("Account id from identity does not match the Destination Resource ARN.")
    return kind


def _check_exists(kind: str, resource: str) -> None:
    name = resource.split(":", 5)[-1]
    if kind == "CWL" and name.removeprefix("log-group:").removesuffix(":*") not in seams.get("logs.groups"):
        raise LogsError("ResourceNotFoundException", "The specified log group does not exist.")
    if kind == "S3" and name.partition("/")[0] not in seams.get("s3.buckets"):
        raise LogsError("ResourceNotFoundException", "The specified bucket does not exist.")
