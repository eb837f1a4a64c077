"""The two ends of a delivery in a template: `AWS::Logs::DeliverySource` and `AWS::Logs::DeliveryDestination`.

Source: CloudFormation resource schemas (attributes, what can be changed).
"""

from __future__ import annotations

from typing import Any

from . import deliveries_destinations, deliveries_sources
from .deliveries_destinations import DESTINATIONS
from .deliveries_sources import SOURCES

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]

SOURCE = "AWS::Logs::DeliverySource"
DESTINATION = "AWS::Logs::DeliveryDestination"


def tags_of(properties: Properties) -> dict[str, str]:
    """The tags of a template as the API takes them.

    Args:
        properties: of the template, resolved.

    Returns:
        values by key.
    """
    return {str(tag["Key"]): str(tag.get("Value", "")) for tag in properties.get("Tags") or []}


def given(**members: Any) -> dict[str, Any]:
    """The members of a request that the template gives.

    Args:
        members: by name.

    Returns:
        those that are not empty.
    """
    return {name: value for name, value in members.items() if value not in (None, "", {}, [])}


def _refuse_existing(resource_type: str, name: str, store: dict[str, Any]) -> None:
    if name in store:
        raise ValueError(
            f"Resource of type '{resource_type}' with identifier '{name}' already exists. (HandlerErrorCode: "
            "AlreadyExists)"
        )


# --- Sources -----------------------------------------------------------------------------------------------------


def create_source(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    """Create a source.

    Args:
        properties: of the template, resolved.

    Returns:
        its name and attributes.
    """
    _refuse_existing(SOURCE, str(properties.get("Name")), SOURCES.stored())
    return _source(properties, tags=tags_of(properties))


def update_source(_physical_id: str, _former: Properties, properties: Properties, _stack: str) -> Created:
    """Put the source again, with everything that the API refuses.

    Args:
        properties: of the template, resolved.

    Returns:
        its name and attributes.
    """
    answer = _source(properties)
    SOURCES.found(answer[0])["tags"] = tags_of(properties)
    return answer


def _source(properties: Properties, **more: Any) -> Created:
    request = given(
        name=properties.get("Name"),
        resourceArn=properties.get("ResourceArn"),
        logType=properties.get("LogType"),
        deliverySourceConfiguration=properties.get("DeliverySourceConfiguration"),
        **more,
    )
    source = deliveries_sources.put(request)["deliverySource"]
    attributes = {name: source[name[0].lower() + name[1:]] for name in ("Arn", "Service", "ResourceArns", "Status")}
    return source["name"], attributes


def delete_source(physical_id: str, _properties: Properties) -> None:
    """Delete a source; one that is gone already is no failure.

    Args:
        physical_id: its name.
    """
    if physical_id in SOURCES.stored():
        SOURCES.delete({"name": physical_id})


# --- Destinations ------------------------------------------------------------------------------------------------


def create_destination(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    """Create a destination.

    Args:
        properties: of the template, resolved.

    Returns:
        its name and attributes.
    """
    _refuse_existing(DESTINATION, str(properties.get("Name")), DESTINATIONS.stored())
    resource = properties.get("DestinationResourceArn")
    request = given(
        name=properties.get("Name"),
        outputFormat=properties.get("OutputFormat"),
        deliveryDestinationType=properties.get("DeliveryDestinationType"),
        deliveryDestinationConfiguration={"destinationResourceArn": resource} if resource else None,
        tags=tags_of(properties),
    )
    destination = deliveries_destinations.put(request)["deliveryDestination"]
    _destination_policy(destination["name"], properties)
    return destination["name"], {"Arn": destination["arn"]}


def update_destination(physical_id: str, _former: Properties, properties: Properties, _stack: str) -> Created:
    """Change what can be changed: the policy and the tags.

    Args:
        physical_id: its name.
        properties: of the template, resolved.

    Returns:
        its name and attributes.
    """
    destination = DESTINATIONS.found(physical_id)
    destination["tags"] = tags_of(properties)
    _destination_policy(physical_id, properties)
    return physical_id, {"Arn": destination["arn"]}


def _destination_policy(name: str, properties: Properties) -> None:
    policy = (properties.get("DeliveryDestinationPolicy") or {}).get("DeliveryDestinationPolicy")
    if policy:
        deliveries_destinations.put_policy({"deliveryDestinationName": name, "deliveryDestinationPolicy": policy})
    else:
        DESTINATIONS.found(name)["policy"] = None


def delete_destination(physical_id: str, _properties: Properties) -> None:
    """Delete a destination; one that is gone already is no failure.

    Args:
        physical_id: its name.
    """
    if physical_id in DESTINATIONS.stored():
        DESTINATIONS.delete({"name": physical_id})
