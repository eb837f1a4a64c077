"""CloudWatch Logs: deliveries whose permission depends on what is delivered, and where.

Service Authorization Reference: condition keys `logs:LogGeneratingResourceArns` and
`logs:DeliveryDestinationResourceArn`, actions AllowVendedLogDeliveryForResource.
"""

from __future__ import annotations

from typing import Any

from tests.sandbox.authorization_case import Allow, Case, on, passing

LOGS = "arn:aws:logs:us-east-1:000000000000"
GROUP = f"{LOGS}:log-group:/aws/vendedlogs/case"
SOURCE = f"{LOGS}:delivery-source:x"
DESTINATION = f"{LOGS}:delivery-destination:x"
TO_LOGS = {"StringEquals": {"iam:PassedToService": "logs.amazonaws.com"}}


def source(action: str, resource: str, another: str) -> Case:
    """The service whose logs are delivered is asked about the resource."""
    put = Allow("logs:PutDeliverySource", SOURCE)
    keyed = {"ForAllValues:StringEquals": {"logs:LogGeneratingResourceArns": resource}}
    wrong = {"ForAllValues:StringEquals": {"logs:LogGeneratingResourceArns": another}}
    return Case(
        "logs:PutDeliverySource",
        {"name": "x", "resourceArn": resource, "logType": "APPLICATION_LOGS"},
        (Allow(put.action, put.resource, keyed), Allow(action, resource)),
        (
            (put, Allow(action, another)),
            (Allow(put.action, put.resource, wrong), Allow(action, resource)),
            (Allow(put.action, f"{LOGS}:delivery-source:y"), Allow(action, resource)),
        ),
        about=f"of {resource.split(':')[2]}",
    )


def destination(**condition: Any) -> tuple[Allow, ...]:
    return (Allow("logs:PutDeliveryDestination", DESTINATION, condition),)


CASES: list[Case] = [
    source(
        "bedrock-agentcore:AllowVendedLogDeliveryForResource",
        "arn:aws:bedrock-agentcore:us-east-1:000000000000:memory/case-AbCdEfGhIj",
        "arn:aws:bedrock-agentcore:us-east-1:000000000000:memory/other-AbCdEfGhIj",
    ),
    source(
        "bedrock:AllowVendedLogDeliveryForResource",
        "arn:aws:bedrock:us-east-1:000000000000:knowledge-base/ABCDEFGHIJ",
        "arn:aws:bedrock:us-east-1:000000000000:knowledge-base/JIHGFEDCBA",
    ),
    Case(
        "logs:PutDeliveryDestination",
        {"name": "x", "deliveryDestinationConfiguration": {"destinationResourceArn": GROUP}},
        destination(StringEquals={"logs:DeliveryDestinationResourceArn": GROUP}),
        (destination(StringEquals={"logs:DeliveryDestinationResourceArn": f"{GROUP}-not"}),),
        about="by what it delivers to",
    ),
    passing(on("logs:PutDeliveryDestination", {"name": "x"}, DESTINATION), TO_LOGS,
            roleArn="arn:aws:iam::000000000000:role/passed"),
    on("logs:UpdateDeliveryConfiguration", {"id": "x"}, f"{LOGS}:delivery:x", f"{LOGS}:delivery:y", SOURCE),
]  # fmt: skip
