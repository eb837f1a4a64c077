"""Telemetry rules: CloudWatch itself switches logs or traces on for every resource of a type in the account.

The templates of this module use no names.
"""

from __future__ import annotations

from typing import Final

from .grant import Source
from .vended_logs import LOG_GROUP_PREFIX, RESOURCES, LogType, VendedResource

TELEMETRY_RULE: Final = Source(
    "CloudFormation template reference, AWS::ObservabilityAdmin::TelemetryRule",
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-observabilityadmin-telemetryrule.html",
)
RULES_GUIDE: Final = Source(
    "Amazon CloudWatch user guide, Telemetry enablement rules",
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/telemetry-config-rules.html",
)

_OTHER_NAMES: Final = {"code-interpreter": "CodeInterpreter", "browser": "Browser"}
"""The rules know these types without the "Custom" that their CloudFormation types have. Source: ``TELEMETRY_RULE``."""

LOG_TYPES: Final = (LogType.APPLICATION_LOGS, LogType.USAGE_LOGS)
"""The types of log that a rule can name. Source: CloudWatch Observability Admin API model, LogType."""

DESTINATION: Final = "cloud-watch-logs"
"""The only kind of destination there is."""

LONGEST_NAME: Final = 100
"""Of a rule, which has letters, digits and hyphens."""


def resource_type(resource: VendedResource) -> str:
    """How a rule names a kind of resource."""
    name = _OTHER_NAMES.get(resource.kind)
    return f"AWS::BedrockAgentCore::{name}" if name else resource.cloudformation_type


def log_types(resource: VendedResource, *, content: bool) -> tuple[LogType, ...]:
    """The types of log that a rule switches on for a kind of resource.

    Args:
        resource: the kind.
        content: also those that may carry what people or models wrote, of which a rule leaves no field out.

    Returns:
        The types, of those that the kind sends for certain and a rule can name.
    """
    named = (resource.log(log_type) for log_type in resource.default_log_types if log_type in LOG_TYPES)
    return tuple(log.log_type for log in named if log and (content or not log.carries_content))


def destination_pattern(resource: VendedResource) -> str:
    """The name of the log groups of a kind, one for each resource; CloudWatch fills in the id."""
    return f"{LOG_GROUP_PREFIX}{resource.service}/{resource.kind}/<resourceId>"


KINDS: Final = tuple(resource.kind for resource in RESOURCES)
"""Every kind of resource whose telemetry can be switched on by a rule."""
