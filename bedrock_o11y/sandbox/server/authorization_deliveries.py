"""The rows of the delivery operations of Amazon CloudWatch Logs that reach beyond their own names.

A source needs the permission of the service whose logs it delivers, and the keys say what is delivered where.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .authorization_model import Confidence, Need, Row
from .authorization_resources import named, passed_to, role

if TYPE_CHECKING:
    from .authorization_model import Request, Resources

REFERENCE = "Service Authorization Reference, Amazon CloudWatch Logs"
USER_GUIDE = 'CloudWatch Logs user guide, "Logging that requires additional permissions [V2]"'


def _vended_by(service: str) -> Resources:
    """The resource that a source names, when it is one of this service."""

    def resources(request: Request) -> list[str]:
        arn = request.text("resourceArn")
        return [arn] if arn.split(":")[2:3] == [service] else []

    return resources


def _generating(request: Request) -> dict[str, str | list[str]]:
    arn = request.text("resourceArn")
    return {"logs:LogGeneratingResourceArns": [arn]} if arn else {}


def _delivered_to(request: Request) -> dict[str, str | list[str]]:
    configuration = request.parameters.get("deliveryDestinationConfiguration")
    arn = configuration.get("destinationResourceArn") if isinstance(configuration, dict) else None
    return {"logs:DeliveryDestinationResourceArn": arn} if isinstance(arn, str) else {}


ROWS: tuple[Row, ...] = (
    Row("logs:PutDeliverySource", (
        Need("logs:PutDeliverySource", named("delivery-source", "name"), _generating),
        Need("bedrock-agentcore:AllowVendedLogDeliveryForResource", _vended_by("bedrock-agentcore"), optional=True),
        Need("bedrock:AllowVendedLogDeliveryForResource", _vended_by("bedrock"), optional=True),
    ), f"{REFERENCE}; {USER_GUIDE}", Confidence.DERIVED,
        note="The reference lists memory, payment manager and knowledge base for AllowVendedLogDeliveryForResource. The"
        " other resources of AgentCore are asked for by their own ARN too; public policies grant it on everything."),
    Row("logs:PutDeliveryDestination", (
        Need("logs:PutDeliveryDestination", named("delivery-destination", "name"), _delivered_to),
        Need("iam:PassRole", role("roleArn"), passed_to("logs.amazonaws.com"), optional=True),
    ), REFERENCE, Confidence.UNCONFIRMED,
        note="That a role of a destination is passed is IAM's general rule and stands on no page of CloudWatch Logs."),
    Row("logs:UpdateDeliveryConfiguration", (
        Need("logs:UpdateDeliveryConfiguration", named("delivery", "id")),
    ), REFERENCE, Confidence.DERIVED,
        note="The reference lists source and destination too, which the request does not name."),
)  # fmt: skip
"""They take the place of the rows of the same operations in `authorization_logs`."""
