"""AccountTelemetryRules: one rule for each kind and type of telemetry, and never beside a delivery of the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from aws_cdk import App, Environment, Stack, Validations
from aws_cdk.assertions import Template
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks

from bedrock_o11y_constructs import AccountTelemetryRules, AgentLogDelivery

FLAGS = json.loads((Path(__file__).parents[2] / "cdk.json").read_text())["context"]
HERE = Environment(account="123456789012", region="us-east-1")
THERE = Environment(account="123456789012", region="eu-west-1")
RUNTIME = "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/my_agent-AbCdEfGhIj"
TYPE = "AWS::ObservabilityAdmin::TelemetryRule"


def stack_of(app=None, name="Mine", environment=HERE):
    return Stack(app or App(context=FLAGS), name, env=environment)


def rules(**props):
    stack = stack_of()
    AccountTelemetryRules(stack, "Rules", **props)
    found = Template.from_stack(stack).find_resources(TYPE).values()
    return {rule["Properties"]["RuleName"]: rule["Properties"]["Rule"] for rule in found}


def test_without_payloads_and_traces_nothing_is_switched_on_but_usage():
    assert rules() == {
        f"Mine-{kind}-logs": {
            "ResourceType": f"AWS::BedrockAgentCore::{name}",
            "TelemetryType": "Logs",
            "DestinationConfiguration": {
                "DestinationType": "cloud-watch-logs",
                "DestinationPattern": f"/aws/vendedlogs/bedrock-agentcore/{kind}/<resourceId>",
                "RetentionInDays": 90,
                "LogDeliveryParameters": {"LogTypes": ["USAGE_LOGS"]},
            },
        }
        for kind, name in (("runtime", "Runtime"), ("code-interpreter", "CodeInterpreter"), ("browser", "Browser"))
    }


def test_with_both_every_kind_has_a_rule_for_each():
    found = rules(payloads=True, traces=True, retention_days=30)
    traced = {rule["ResourceType"] for rule in found.values() if rule["TelemetryType"] == "Traces"}
    assert traced == {
        *(f"AWS::BedrockAgentCore::{name}" for name in ("Runtime", "Memory", "Gateway", "CodeInterpreter", "Browser")),
        "AWS::BedrockAgentCore::WorkloadIdentity",
        "AWS::Bedrock::KnowledgeBase",
    }
    logs = {
        rule["ResourceType"].rpartition(":")[2]: rule["DestinationConfiguration"]["LogDeliveryParameters"]["LogTypes"]
        for rule in found.values()
        if rule["TelemetryType"] == "Logs"
    }
    application = ["APPLICATION_LOGS"]
    assert logs == {
        "Runtime": [*application, "USAGE_LOGS"],
        "CodeInterpreter": [*application, "USAGE_LOGS"],
        "Browser": ["USAGE_LOGS"],
        "Memory": application,
        "Gateway": application,
        "WorkloadIdentity": application,
        "KnowledgeBase": application,
    }
    assert all("DestinationConfiguration" not in rule for name, rule in found.items() if name.endswith("-traces"))


@pytest.mark.parametrize(
    ("props", "said"),
    [
        ({"kinds": ["agent"]}, "kinds has agent; expected a list of runtime, memory"),
        ({"kinds": "runtime"}, "kinds has runtime; expected a list of"),
        ({"kinds": []}, "kinds has none; expected a list of"),
        ({"kinds": ["memory"]}, "nothing is switched on for memory; expected payloads or traces"),
        ({"retention_days": 8}, "CloudWatch Logs knows no retention of 8 days"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(props, said):
    with pytest.raises(ValueError) as raised:
        rules(**props)
    assert str(raised.value).startswith("Mine/Rules: ")
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_rule_and_a_delivery_of_the_same_are_refused_in_either_order():
    stack = stack_of()
    AccountTelemetryRules(stack, "Rules", kinds=["runtime"])
    with pytest.raises(ValueError, match="Mine/D: Mine/Rules switches USAGE_LOGS of a runtime on already"):
        AgentLogDelivery(stack, "D", resource=RUNTIME)
    AgentLogDelivery(stack, "E", resource=RUNTIME, log_types=["APPLICATION_LOGS"])

    app = App(context=FLAGS)
    AgentLogDelivery(stack_of(app), "D", resource=RUNTIME, log_types=["TRACES"])
    with pytest.raises(ValueError, match="Other/Rules: Mine/D switches TRACES of a runtime on already; expected a"):
        AccountTelemetryRules(stack_of(app, "Other"), "Rules", traces=True)
    AccountTelemetryRules(stack_of(app, "Third"), "Rules", kinds=["memory", "runtime"])


def test_rules_hold_for_one_region_and_are_there_once():
    app = App(context=FLAGS)
    AgentLogDelivery(stack_of(app), "D", resource=RUNTIME)
    AccountTelemetryRules(stack_of(app, "There", THERE), "Rules", payloads=True)
    with pytest.raises(ValueError, match="Again/Rules: There/Rules switches"):
        AccountTelemetryRules(stack_of(app, "Again", THERE), "Rules")


def test_names_are_short_enough_and_of_letters_that_aws_takes():
    stack = stack_of(name="A" * 128)
    built = AccountTelemetryRules(stack, "Rules", payloads=True, traces=True)
    names = [str(rule.rule_name) for rule in built.rules.values()]
    assert len(set(names)) == len(names) == 14
    assert all(len(name) <= 100 for name in names)


def test_both_nag_packs_find_nothing(tmp_path):
    app = App(context=FLAGS, outdir=str(tmp_path))
    Validations.of(app).add_plugins(AwsSolutionsChecks(app), NIST80053R5Checks(app))
    AccountTelemetryRules(stack_of(app), "Rules", payloads=True, traces=True)
    app.synth()
