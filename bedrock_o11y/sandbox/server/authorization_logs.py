"""The rows of Amazon CloudWatch Logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .authorization_model import Confidence, Need, Row
from .authorization_resources import everything, log_groups, log_stream, named, passed_to, role, tagged

if TYPE_CHECKING:
    from .authorization_model import Request, Resources

REFERENCE = "Service Authorization Reference, Amazon CloudWatch Logs"
GROUP_ARN = 'CloudWatch Logs user guide, "Overview of managing access permissions to your CloudWatch Logs resources"'
API = "CloudWatch Logs API reference"

_TO_LOGS = passed_to("logs.amazonaws.com")


def _unmasked(request: Request) -> list[str]:
    return log_groups(request) if request.parameters.get("unmask") is True else []


_UNMASK = Need("logs:Unmask", _unmasked, optional=True)


def _row(
    operation: str,
    resources: Resources,
    *more: Need,
    source: str = REFERENCE,
    confidence: Confidence = Confidence.DOCUMENTED,
    note: str = "",
) -> Row:
    name = f"logs:{operation}"
    return Row(name, (Need(name, resources), *more), source, confidence, note=note)


_GROUP_LEVEL = (
    "DeleteLogGroup", "DescribeLogStreams", "FilterLogEvents", "GetLogGroupFields", "GetLogRecord", "StartQuery",
    "StartLiveTail", "PutRetentionPolicy", "DeleteRetentionPolicy", "AssociateKmsKey", "DisassociateKmsKey",
    "PutDataProtectionPolicy", "GetDataProtectionPolicy", "DeleteDataProtectionPolicy", "PutMetricFilter",
    "DeleteMetricFilter", "DescribeMetricFilters", "DeleteSubscriptionFilter", "DescribeSubscriptionFilters",
    "PutLogGroupDeletionProtection", "PutTransformer", "GetTransformer", "DeleteTransformer", "TagLogGroup",
    "UntagLogGroup", "ListTagsLogGroup",
)  # fmt: skip

_WITHOUT_RESOURCE = (
    "PutResourcePolicy", "DescribeResourcePolicies", "DeleteResourcePolicy", "PutAccountPolicy",
    "DescribeAccountPolicies", "DeleteAccountPolicy", "PutIndexPolicy", "DescribeIndexPolicies", "DeleteIndexPolicy",
    "DescribeFieldIndexes", "PutQueryDefinition", "DescribeQueryDefinitions", "DeleteQueryDefinition",
    "DescribeQueries", "StopQuery", "TestMetricFilter", "DescribeDestinations", "DescribeDeliverySources",
    "DescribeDeliveryDestinations", "DescribeDeliveries", "DescribeConfigurationTemplates", "ListLogGroups",
)  # fmt: skip

_UNMASKING = ("FilterLogEvents", "GetLogRecord")
_DERIVED_NOTE = "The request may name no log group; it is then judged on the ARN without a name."

ROWS: tuple[Row, ...] = (
    _row("CreateLogGroup", log_groups, source=GROUP_ARN, confidence=Confidence.OBSERVED,
         note="With tags AWS also wants logs:TagResource or logs:TagLogGroup; either will do, so it is not judged."),
    _row("DescribeLogGroups", lambda request: [request.arn("logs", "log-group::log-stream:")],
         confidence=Confidence.OBSERVED,
         note="The reference knows no resource for it; AWS's messages show this one, which log-group:* matches and no"
         " named group does."),
    _row("CreateLogStream", log_stream),
    _row("DeleteLogStream", log_stream),
    _row("PutLogEvents", log_stream),
    _row("GetLogEvents", log_stream, _UNMASK),
    *(
        _row(operation, log_groups, *((_UNMASK,) if operation in _UNMASKING else ()), source=GROUP_ARN,
             confidence=Confidence.OBSERVED if operation == "PutRetentionPolicy" else Confidence.DOCUMENTED)
        for operation in _GROUP_LEVEL
    ),
    _row("GetQueryResults", log_groups, confidence=Confidence.DERIVED, note=_DERIVED_NOTE),
    *(_row(operation, everything) for operation in _WITHOUT_RESOURCE),
    _row("PutSubscriptionFilter", log_groups, Need("iam:PassRole", role("roleArn"), _TO_LOGS, optional=True),
         source=f"{API}, PutSubscriptionFilter: iam:PassRole for any destination but a Lambda function"),
    _row("TagResource", tagged, source=GROUP_ARN),
    _row("UntagResource", tagged, source=GROUP_ARN),
    _row("ListTagsForResource", tagged, source=GROUP_ARN),
    _row("PutDestination", named("destination", "destinationName"),
         Need("iam:PassRole", role("roleArn"), _TO_LOGS), source=f"{API}, PutDestination: iam:PassRole"),
    _row("PutDestinationPolicy", named("destination", "destinationName")),
    _row("DeleteDestination", named("destination", "destinationName")),
    _row("GetDeliverySource", named("delivery-source", "name")),
    _row("DeleteDeliverySource", named("delivery-source", "name"), confidence=Confidence.DERIVED,
         note="The reference lists delivery-destination, which the request does not name; probably a slip."),
    _row("GetDeliveryDestination", named("delivery-destination", "name")),
    _row("DeleteDeliveryDestination", named("delivery-destination", "name")),
    _row("PutDeliveryDestinationPolicy", named("delivery-destination", "deliveryDestinationName")),
    _row("GetDeliveryDestinationPolicy", named("delivery-destination", "deliveryDestinationName")),
    _row("DeleteDeliveryDestinationPolicy", named("delivery-destination", "deliveryDestinationName")),
    Row("logs:CreateDelivery", (
        Need("logs:CreateDelivery", lambda request: [request.arn("logs", "delivery:*")]),
        Need("logs:CreateDelivery", named("delivery-source", "deliverySourceName")),
        Need("logs:CreateDelivery", named("delivery-destination", "deliveryDestinationArn")),
    ), REFERENCE, Confidence.DERIVED, note="The new delivery has no id yet."),
    _row("GetDelivery", named("delivery", "id")),
    _row("DeleteDelivery", named("delivery", "id")),
)  # fmt: skip
"""Every operation of CloudWatch Logs that the sandbox answers."""
