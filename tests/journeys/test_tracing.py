"""Transaction Search: turned on, kept where it was on already, and handed back."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .conftest import Journey

pytestmark = pytest.mark.sandbox

TRACING = "invocation_logging: {enabled: false}\ntracing: {enabled: true}"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "xray.amazonaws.com"},
            "Action": "logs:PutLogEvents",
            "Resource": [
                "arn:aws:logs:us-east-1:000000000000:log-group:aws/spans:*",
                "arn:aws:logs:us-east-1:000000000000:log-group:/aws/application-signals/data:*",
            ],
        }
    ],
}


@pytest.fixture(scope="module")
def assembly(journey: Journey) -> Path:
    return journey.synth(TRACING)


@pytest.fixture(autouse=True)
def clean_account(journey: Journey) -> Iterator[None]:
    yield
    journey.sandbox.faults.clear()
    xray = journey.sandbox.client("xray")
    if destination(journey)["Destination"] != "XRay":
        xray.update_trace_segment_destination(Destination="XRay")
    xray.update_indexing_rule(Name="Default", Rule={"Probabilistic": {"DesiredSamplingPercentage": 1}})
    journey.empty()


def destination(journey: Journey) -> dict[str, Any]:
    answer = journey.sandbox.client("xray").get_trace_segment_destination()
    return {name: answer[name] for name in ("Destination", "Status")}


def percentage(journey: Journey) -> float:
    (rule,) = journey.sandbox.client("xray").get_indexing_rules()["IndexingRules"]
    return float(rule["Rule"]["Probabilistic"]["DesiredSamplingPercentage"])


def switch_on_by_hand(journey: Journey, *, indexed: float) -> None:
    logs, xray = journey.sandbox.client("logs"), journey.sandbox.client("xray")
    logs.put_resource_policy(policyName="by-hand", policyDocument=json.dumps(POLICY))
    xray.update_trace_segment_destination(Destination="CloudWatchLogs")
    xray.update_indexing_rule(Name="Default", Rule={"Probabilistic": {"DesiredSamplingPercentage": indexed}})


def output_of(run: Any) -> str:
    return str(run.stdout + run.stderr)


def test_transaction_search_is_turned_on_and_handed_back(journey: Journey, assembly: Path) -> None:
    assert destination(journey)["Destination"] == "XRay"
    deploy = journey.deploy(assembly)
    assert deploy.returncode == 0, output_of(deploy)
    assert (destination(journey)["Destination"], percentage(journey)) == ("CloudWatchLogs", 10)
    waited = time.monotonic() + 60
    while destination(journey)["Status"] != "ACTIVE" and time.monotonic() < waited:
        time.sleep(0.5)
    assert destination(journey)["Status"] == "ACTIVE"
    again = journey.deploy(assembly)
    assert again.returncode == 0, output_of(again)

    destroy = journey.destroy(assembly)
    assert destroy.returncode == 0, output_of(destroy)
    assert (destination(journey)["Destination"], percentage(journey)) == ("XRay", 1)
    policies = journey.sandbox.client("logs").describe_resource_policies()["resourcePolicies"]
    assert not [policy for policy in policies if "TransactionSearch" in policy["policyName"]]


def test_what_was_switched_on_by_hand_stays_as_it_was(journey: Journey, assembly: Path) -> None:
    switch_on_by_hand(journey, indexed=42)
    try:
        plan = journey.run("bedrock-o11y", "plan")
        assert plan.returncode == 0, output_of(plan)
        deploy = journey.deploy(assembly)
        assert deploy.returncode == 0, output_of(deploy)
        assert (destination(journey)["Destination"], percentage(journey)) == ("CloudWatchLogs", 42)
        assert journey.destroy(assembly).returncode == 0
        assert (destination(journey)["Destination"], percentage(journey)) == ("CloudWatchLogs", 42)
    finally:
        journey.sandbox.client("logs").delete_resource_policy(policyName="by-hand")


def test_a_percentage_of_somebody_else_stops_the_deploy_where_it_is_to_be_refused(journey: Journey) -> None:
    switch_on_by_hand(journey, indexed=42)
    try:
        assembly = journey.synth(f"{TRACING[:-1]}, indexing: {{existing: refuse}}}}")
        deploy = journey.deploy(assembly)
        assert deploy.returncode != 0
        assert "42 % of the traces are indexed" in output_of(deploy)
        assert percentage(journey) == 42
        assert "BedrockO11y-Tracing" not in journey.inventory()["stacks"]
    finally:
        journey.sandbox.client("logs").delete_resource_policy(policyName="by-hand")


def test_a_full_account_is_told_by_the_plan_and_not_by_a_failed_stack(journey: Journey) -> None:
    logs = journey.sandbox.client("logs")
    names = [f"policy-{number}" for number in range(10)]
    for name in names:
        logs.put_resource_policy(policyName=name, policyDocument=json.dumps(POLICY))
    configuration = journey.folder / "full.yaml"
    configuration.write_text(TRACING)
    try:
        plan = journey.run("env", f"BEDROCK_O11Y_CONFIG={configuration}", "bedrock-o11y", "plan")
        assert plan.returncode == 1, output_of(plan)
        assert "10 of 10 are used; this deploy needs 1" in plan.stdout
    finally:
        for name in names:
            logs.delete_resource_policy(policyName=name)


def test_the_timer_steps_on_and_leaves_alone_what_somebody_chose_since(journey: Journey) -> None:
    steps = "later: [{after_days: 1, percentage: 5}]"
    assembly = journey.synth(f"{TRACING[:-1]}, indexing: {{percentage: 20, {steps}}}}}")
    assert journey.deploy(assembly).returncode == 0
    assert percentage(journey) == 20
    stack = journey.sandbox.client("cloudformation").describe_stack_resources(StackName="BedrockO11y-Tracing")
    by_type = {each["ResourceType"]: each for each in stack["StackResources"]}
    rule = next(
        each["PhysicalResourceId"]
        for each in stack["StackResources"]
        if each["ResourceType"] == "AWS::Events::Rule" and "Indexing" in each["LogicalResourceId"]
    )
    events = journey.sandbox.client("events")
    (target,) = events.list_targets_by_rule(Rule=rule.rpartition("|")[2])["Targets"]
    assert target["Arn"].endswith(by_type["AWS::Lambda::Function"]["PhysicalResourceId"])
    text = target["InputTransformer"]["InputTemplate"].replace("<id>", json.dumps("tick-1"))
    # The step is due at once when the stack is made to look older: nothing else of the event is changed.
    event = json.loads(text)
    event["ResourceProperties"]["Request"]["desired"] = {"DesiredSamplingPercentage": 5}
    function = by_type["AWS::Lambda::Function"]["PhysicalResourceId"]

    def ring(identity: str) -> dict[str, Any]:
        answer = journey.sandbox.client("lambda").invoke(
            FunctionName=function, Payload=json.dumps({**event, "RequestId": identity}).encode()
        )
        return dict(json.loads(answer["Payload"].read()))

    assert ring("tick-1") == {"Status": "SUCCESS", "Outcome": "write"}
    assert percentage(journey) == 5
    assert ring("tick-2") == {"Status": "SUCCESS", "Outcome": "keep"}
    rules = {"Probabilistic": {"DesiredSamplingPercentage": 33}}
    journey.sandbox.client("xray").update_indexing_rule(Name="Default", Rule=rules)
    assert ring("tick-3") == {"Status": "SUCCESS", "Outcome": "leave"}
    assert percentage(journey) == 33
    assert journey.destroy(assembly).returncode == 0
    assert percentage(journey) == 33
