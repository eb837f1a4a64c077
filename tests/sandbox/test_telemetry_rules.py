"""`AWS::ObservabilityAdmin::TelemetryRule` in a template. Source: CloudFormation template reference; user guide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.services.conftest import Stacks
from tests.sandbox.test_xray_account import tracing, tracing_clients

if TYPE_CHECKING:
    from tests.sandbox.test_xray_account import Tracing

__all__ = ["tracing", "tracing_clients"]

pytestmark = pytest.mark.sandbox

LOGS: dict[str, Any] = {
    "ResourceType": "AWS::BedrockAgentCore::Runtime",
    "TelemetryType": "Logs",
    "DestinationConfiguration": {
        "DestinationType": "cloud-watch-logs",
        "DestinationPattern": "/aws/bedrock/agentcore",
        "RetentionInDays": 30,
        "LogDeliveryParameters": {"LogTypes": ["USAGE_LOGS"]},
    },
}


@pytest.fixture
def stacks(tracing: Tracing) -> Stacks:
    return Stacks(tracing, tracing.name("rules"))


def rule(name: str, **changes: Any) -> dict[str, Any]:
    properties = {"RuleName": name, "Rule": {**LOGS, **changes}}
    return {"Type": "AWS::ObservabilityAdmin::TelemetryRule", "Properties": properties}


def test_a_rule_is_made_changed_replaced_and_deleted(stacks: Stacks) -> None:
    traces = {"ResourceType": "AWS::BedrockAgentCore::Memory", "TelemetryType": "Traces"}
    assert stacks.create(Logs=rule("logs"), Traces=rule("traces", **traces, DestinationConfiguration={}))
    arn = "arn:aws:observabilityadmin:us-east-1:000000000000:telemetry-rule/"
    assert stacks.physical_id("Logs") == f"{arn}logs"
    longer = {**LOGS["DestinationConfiguration"], "RetentionInDays": 90}
    assert stacks.update(Logs=rule("logs", DestinationConfiguration=longer)) == "UPDATE_COMPLETE"
    assert stacks.physical_id("Logs") == f"{arn}logs"
    assert stacks.update(Logs=rule("other", DestinationConfiguration=LOGS["DestinationConfiguration"]))
    assert stacks.physical_id("Logs") == f"{arn}other"
    assert stacks.delete() == "GONE"
    assert stacks.create(Logs=rule("logs")) == "CREATE_COMPLETE"
    assert stacks.delete() == "GONE"


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("no_underscores", {}, "RuleName no_underscores does not match"),
        ("x" * 101, {}, "does not match"),
        ("x", {"ResourceType": "AWS::BedrockAgentCore::CodeInterpreterCustom"}, "is not supported"),
        ("x", {"TelemetryType": "Spans"}, "TelemetryType Spans is not supported"),
        ("x", {"DestinationConfiguration": {"DestinationType": "s3"}}, "DestinationType s3 is not supported"),
        ("x", {"DestinationConfiguration": {"RetentionInDays": 0}}, "RetentionInDays 0"),
        ("x", {"DestinationConfiguration": {"LogDeliveryParameters": {"LogTypes": ["TRACES"]}}}, "LogTypes TRACES"),
    ],
)
def test_what_no_rule_can_be_is_refused(stacks: Stacks, name: str, changes: dict[str, Any], said: str) -> None:
    assert stacks.create(Rule=rule(name, **changes)) == "ROLLBACK_COMPLETE"
    assert said in stacks.reason("Rule")
    stacks.delete()


def test_two_rules_of_the_same_conflict(stacks: Stacks) -> None:
    one, other = rule("one"), {**rule("other"), "DependsOn": "One"}
    assert stacks.create(One=one, Other=other) == "ROLLBACK_COMPLETE"
    assert "with this resource type, telemetry type and destination exists" in stacks.reason("Other")
    stacks.delete()
