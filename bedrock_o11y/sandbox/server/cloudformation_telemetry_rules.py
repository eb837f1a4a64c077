"""`AWS::ObservabilityAdmin::TelemetryRule`, as far as a template can be right or wrong about it.

Sources: CloudFormation template reference (properties, RuleName is create-only); CloudWatch Observability Admin API
model (allowed values); CloudWatch user guide, "Telemetry enablement rules": rules of an account differ in resource
type, telemetry type or destination. The service itself is not there: a rule switches nothing on.
"""

from __future__ import annotations

import json
import re
from typing import Any

from . import service_seams as seams

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]

TYPE = "AWS::ObservabilityAdmin::TelemetryRule"

_NAME = re.compile(r"[0-9A-Za-z-]{1,100}")
_AGENTCORE = ("Runtime", "Browser", "CodeInterpreter", "Gateway", "Memory", "WorkloadIdentity")
RESOURCE_TYPES = (*(f"AWS::BedrockAgentCore::{name}" for name in _AGENTCORE), "AWS::Bedrock::KnowledgeBase")
"""Of AgentCore and Bedrock; a rule about anything else is refused, because the sandbox knows nothing of it."""
TELEMETRY_TYPES = ("Logs", "Metrics", "Traces")
LOG_TYPES = ("APPLICATION_LOGS", "USAGE_LOGS")
_LONGEST_RETENTION = 3653

_rules: dict[str, Properties] = {}
"""By ARN."""


def _invalid(message: str) -> ValueError:
    return ValueError(f'Resource handler returned message: "{message}" (HandlerErrorCode: InvalidRequest)')


def _checked(properties: Properties) -> Properties:
    rule = properties.get("Rule")
    if not isinstance(rule, dict):
        raise _invalid("Rule is required.")
    destination = rule.get("DestinationConfiguration") or {}
    retention = destination.get("RetentionInDays")
    parameters = destination.get("LogDeliveryParameters") or {}
    for what, value, allowed in (
        ("ResourceType", rule.get("ResourceType"), RESOURCE_TYPES),
        ("TelemetryType", rule.get("TelemetryType"), TELEMETRY_TYPES),
        ("DestinationType", destination.get("DestinationType", "cloud-watch-logs"), ("cloud-watch-logs",)),
        *(("LogTypes", log_type, LOG_TYPES) for log_type in parameters.get("LogTypes") or []),
    ):
        if value not in allowed:
            raise _invalid(f"{what} {value} is not supported: {', '.join(allowed)}.")
    if retention is not None and not 1 <= int(retention) <= _LONGEST_RETENTION:
        raise _invalid(f"RetentionInDays {retention} is not between 1 and {_LONGEST_RETENTION}.")
    return rule


def _create(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    name = str(properties.get("RuleName"))
    if not _NAME.fullmatch(name):
        raise _invalid(f"RuleName {name} does not match ^[0-9A-Za-z-]+$ with 1 to 100 characters.")
    rule = _checked(properties)
    arn = f"arn:aws:observabilityadmin:{seams.region()}:{seams.account_id()}:telemetry-rule/{name}"
    if arn in _rules:
        raise ValueError(
            f"Resource of type '{TYPE}' with identifier '{arn}' already exists. (HandlerErrorCode: AlreadyExists)"
        )
    _refuse_same(arn, rule)
    _rules[arn] = rule
    return arn, {"RuleArn": arn}


def _refuse_same(arn: str, rule: Properties) -> None:
    here = arn.rpartition("/")[0]
    for other, existing in _rules.items():
        if other != arn and other.startswith(f"{here}/") and _identity(existing) == _identity(rule):
            raise ValueError(
                'Resource handler returned message: "A telemetry rule with this resource type, telemetry type and '
                f'destination exists: {other}" (HandlerErrorCode: ResourceConflict)'
            )


def _identity(rule: Properties) -> tuple[Any, Any, str]:
    destination = json.dumps(rule.get("DestinationConfiguration") or {}, sort_keys=True)
    return rule.get("ResourceType"), rule.get("TelemetryType"), destination


def _update(physical_id: str, former: Properties, properties: Properties, stack_name: str) -> Created:
    if former.get("RuleName") != properties.get("RuleName"):
        return _create("", properties, stack_name)
    rule = _checked(properties)
    _refuse_same(physical_id, rule)
    _rules[physical_id] = rule
    return physical_id, {"RuleArn": physical_id}


def _delete(physical_id: str, _properties: Properties) -> None:
    _rules.pop(physical_id, None)


def install() -> None:
    """Register the type."""
    seams.get("cfn.handlers")[TYPE] = {"create": _create, "update": _update, "delete": _delete}
