"""Metrics that Bedrock publishes in ``AWS/Bedrock``, and how CloudWatch reads a metric without dimensions.

Names and meanings: Bedrock user guide, "Monitor Amazon Bedrock Runtime using CloudWatch metrics".
"""

from __future__ import annotations

from typing import Any

from . import service_seams as seams
from . import service_settings

NAMESPACE = "AWS/Bedrock"


def publish(name: str, value: float, unit: str = "Count", model_id: str | None = None) -> None:
    """Publish one value of an ``AWS/Bedrock`` metric, by model when ``model_id`` is given."""
    dimensions = {"ModelId": model_id} if model_id else {}
    seams.get("cloudwatch.record")(NAMESPACE, name, value, unit, dimensions)


def publish_delivery(name: str) -> None:
    """Publish one occurrence of a log-delivery metric, such as ``ModelInvocationLogsCloudWatchDeliverySuccess``."""
    by_model = service_settings.current().delivery_metric_dimension == "model-id"
    publish(name, 1, model_id="Across all model IDs" if by_model else None)


class _ExactlyNone(dict[str, str]):
    """No dimensions, asked for on purpose: true, so that MiniStack compares it instead of taking every metric."""

    def __bool__(self) -> bool:
        return True


def install() -> None:
    """A request without dimensions reads the metric without dimensions, and no other.

    "If you published the metric without dimensions you can't retrieve it with them", and the other way round: each
    combination of name and dimensions is a metric of its own (CloudWatch user guide, "CloudWatch concepts",
    Dimensions). MiniStack adds every combination up when the request names none.
    """
    original = seams.get("cloudwatch.dimensions")

    def dimensions_from_list(dimensions: list[dict[str, Any]]) -> dict[str, str]:
        return original(dimensions) or _ExactlyNone()

    seams.replace("cloudwatch.dimensions", dimensions_from_list)
