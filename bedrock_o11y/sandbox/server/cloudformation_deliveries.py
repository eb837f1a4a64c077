"""`AWS::Logs::DeliverySource`, `DeliveryDestination` and `Delivery`, which MiniStack lacks.

Source: CloudFormation resource schemas (create-only properties, identifiers, attributes). Where the schema and the API
disagree, the API has the last word, as in AWS: a new `ResourceArn` is tried in place and refused
(cloudformation-coverage-roadmap 2513).

CloudFormation begins at once with everything whose dependencies are done, so that two deliveries of one source, or to
one destination, that do not depend on each other meet (terraform-provider-aws 42194; the AWS CDK chains its own for
this reason). In AWS that is a race, here the second one always fails.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import deliveries
from . import deliveries_template_ends as ends
from . import service_seams as seams
from .deliveries_permissions import anything
from .deliveries_shape import BUSY, changing
from .deliveries_template_ends import DESTINATION, SOURCE, given, tags_of
from .logs_answers import LogsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from .deliveries_template_ends import Created, Properties

DELIVERY = "AWS::Logs::Delivery"

_ENDS = ("DeliverySourceName", "DeliveryDestinationArn")
_IDENTITY = {
    SOURCE: ("Name",),
    DESTINATION: ("Name", "OutputFormat", "DestinationResourceArn", "DeliveryDestinationType"),
    DELIVERY: _ENDS,
}
"""Create-only properties by type."""

_begun: dict[str, tuple[str, set[str]]] = {}
"""By stack: its last operation, and the deliveries that this operation has created."""


def create_delivery(logical_id: str, properties: Properties, stack_name: str) -> Created:
    """Create a delivery.

    Args:
        logical_id: in the template.
        properties: of the template, resolved.
        stack_name: of the stack that is being deployed.

    Returns:
        its id and attributes.

    Raises:
        LogsError: another delivery of the same source or destination is created at the same time.
    """
    stack = seams.get("cfn.stacks").get(stack_name) or {}
    begun = _begun_with(stack)
    if _meets(logical_id, begun, stack):
        raise LogsError("ConflictException", BUSY)
    request = {
        "deliverySourceName": properties.get("DeliverySourceName"),
        "deliveryDestinationArn": properties.get("DeliveryDestinationArn"),
        **_configuration(properties),
    }
    with changing(*deliveries.ends_of(request)):
        delivery = deliveries.create({**request, "tags": tags_of(properties)}, anything)["delivery"]
    begun.add(logical_id)
    return delivery["id"], _attributes(delivery)


def update_delivery(physical_id: str, _former: Properties, properties: Properties, _stack: str) -> Created:
    """Change the configuration of a delivery.

    Args:
        physical_id: its id.
        properties: of the template, resolved.

    Returns:
        its id and attributes.
    """
    with changing(*deliveries.ends_of({"id": physical_id})):
        deliveries.update({"id": physical_id, **_configuration(properties)})
    delivery = deliveries.found({"id": physical_id})
    delivery["tags"] = tags_of(properties)
    return physical_id, _attributes(delivery)


def delete_delivery(physical_id: str, _properties: Properties) -> None:
    """Delete a delivery; one that is gone already is no failure.

    Args:
        physical_id: its id.
    """
    if physical_id in deliveries.deliveries():
        with changing(*deliveries.ends_of({"id": physical_id})):
            deliveries.delete({"id": physical_id})


def _configuration(properties: Properties) -> dict[str, Any]:
    """Everything that can be configured, so that what the template no longer says is taken back."""
    path = given(
        suffixPath=properties.get("S3SuffixPath"), enableHiveCompatiblePath=properties.get("S3EnableHiveCompatiblePath")
    )
    return {
        "recordFields": properties.get("RecordFields") or [],
        "fieldDelimiter": properties.get("FieldDelimiter") or "",
        "s3DeliveryConfiguration": path,
    }


def _attributes(delivery: dict[str, Any]) -> dict[str, Any]:
    return {
        "Arn": delivery["arn"],
        "DeliveryId": delivery["id"],
        "DeliveryDestinationType": delivery["deliveryDestinationType"],
    }


def _begun_with(stack: dict[str, Any]) -> set[str]:
    """The deliveries that the operation in hand has created in the stack."""
    stack_id, operation = str(stack.get("StackId")), str(stack.get("LastUpdatedTime"))
    if _begun.get(stack_id, ("", set()))[0] != operation:
        _begun[stack_id] = (operation, set())
    return _begun[stack_id][1]


def _meets(logical_id: str, begun: set[str], stack: dict[str, Any]) -> bool:
    """Whether a delivery of the operation shares an end with this one, which does not wait for it.

    Ends are the same when the template says the same about them.
    """
    resources = seams.get("cfn.parse_template")(stack.get("_template_body") or "{}").get("Resources") or {}
    waits_for = seams.get("cfn.with_dependencies")([logical_id], resources, set(resources))
    own = resources.get(logical_id, {}).get("Properties", {})
    others = (resources.get(other, {}).get("Properties", {}) for other in begun - set(waits_for))
    return any(other.get(end) == own.get(end) for other in others for end in _ENDS)


def _replacing(resource_type: str, create: Callable[..., Created], update: Callable[..., Created]) -> Any:
    """An update that creates anew when a create-only property changes; CloudFormation deletes the former one after."""

    def change(
        physical_id: str, former: Properties, properties: Properties, stack_name: str, logical_id: str | None = None
    ) -> Created:
        if any(former.get(name) != properties.get(name) for name in _IDENTITY[resource_type]):
            return _told(create)(logical_id or physical_id, properties, stack_name)
        return _told(update)(physical_id, former, properties, stack_name)

    return change


def _told(handler: Callable[..., Any]) -> Callable[..., Any]:
    """A handler whose refusals read as CloudFormation reports them."""

    def handle(*arguments: Any) -> Any:
        try:
            return handler(*arguments)
        except LogsError as error:
            raise ValueError(
                f'Resource handler returned message: "{error}" (HandlerErrorCode: {_code(error)})'
            ) from None

    return handle


def _code(error: LogsError) -> str:
    if "already been used" in str(error):
        return "AlreadyExists"
    codes = {
        "ConflictException": "ResourceConflict",
        "ResourceNotFoundException": "NotFound",
        "AccessDeniedException": "AccessDenied",
        "ServiceQuotaExceededException": "ServiceLimitExceeded",
    }
    return codes.get(error.code, "InvalidRequest")


def install() -> None:
    """Register the three types."""
    handlers = seams.get("cfn.handlers")
    for resource_type, create, update, delete in (
        (SOURCE, ends.create_source, ends.update_source, ends.delete_source),
        (DESTINATION, ends.create_destination, ends.update_destination, ends.delete_destination),
        (DELIVERY, create_delivery, update_delivery, delete_delivery),
    ):
        handlers[resource_type] = {
            "create": _told(create),
            "update": _replacing(resource_type, create, update),
            "update_with_logical_id": True,
            "delete": _told(delete),
        }
