"""The logs of an agent are delivered by a deploy of the real command line, beside what somebody delivers by hand.

They follow the agent's successor and leave with the stack; what is somebody else's stays as it was.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import App, CfnOutput, Environment, Stack

from bedrock_o11y_constructs import AgentLogDelivery

from .conftest import FLAGS

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from .conftest import Journey

pytestmark = pytest.mark.sandbox

GROUP = "/aws/vendedlogs/bedrock-agentcore/runtime/my-agent"
FIRST, SECOND = "my_agent-AbCdEfGhIj", "my_agent-KlMnOpQrSt"


def arn(journey: Journey, runtime: str) -> str:
    return f"arn:aws:bedrock-agentcore:{journey.sandbox.region}:{journey.sandbox.account_id}:runtime/{runtime}"


def synth(journey: Journey, runtime: str, name: str) -> Path:
    out = journey.folder / f"delivery-{name}"
    app = App(context=FLAGS, outdir=str(out))
    environment = Environment(account=journey.sandbox.account_id, region=journey.sandbox.region)
    stack = Stack(app, "Agents", env=environment)
    delivery = AgentLogDelivery(stack, "Delivery", resource=arn(journey, runtime), log_group_name=GROUP)
    CfnOutput(stack, "Met", value=" ".join(delivery.messages))
    app.synth()
    return out


def turn_transaction_search_on(journey: Journey) -> None:
    if journey.sandbox.client("xray").get_trace_segment_destination()["Destination"] == "CloudWatchLogs":
        return
    account, region = journey.sandbox.account_id, journey.sandbox.region
    (journey.sandbox.directory / "services.json").write_text(json.dumps({"trace_destination_seconds": 0}))
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "xray.amazonaws.com"},
        "Action": "logs:PutLogEvents",
        "Resource": [
            f"arn:aws:logs:{region}:{account}:log-group:{group}:*"
            for group in ("aws/spans", "/aws/application-signals/data")
        ],
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    journey.sandbox.client("logs").put_resource_policy(policyName="spans", policyDocument=document)
    journey.sandbox.client("xray").update_trace_segment_destination(Destination="CloudWatchLogs")


def sources(journey: Journey) -> dict[str, str]:
    """Resources by name of the source."""
    found = journey.sandbox.client("logs").describe_delivery_sources()["deliverySources"]
    return {source["name"]: source["resourceArns"][0] for source in found}


def output_of(run: subprocess.CompletedProcess[str]) -> str:
    return run.stdout + run.stderr


def deliveries(journey: Journey) -> list[dict[str, Any]]:
    return list(journey.sandbox.client("logs").describe_deliveries()["deliveries"])


def named(runtime: str) -> set[str]:
    unique = runtime.partition("-")[2]
    return {f"runtime-{unique}-{log_type}" for log_type in ("APPLICATION_LOGS", "USAGE_LOGS", "TRACES")}


def test_the_logs_of_an_agent_are_delivered_follow_it_and_leave_with_it(journey: Journey) -> None:
    refused = journey.deploy(synth(journey, FIRST, "too-early"))
    assert refused.returncode != 0, "traces need Transaction Search"
    assert "UpdateTraceSegmentDestination" in refused.stdout + refused.stderr
    assert sources(journey) == {}
    assert journey.destroy(journey.folder / "delivery-too-early").returncode == 0

    turn_transaction_search_on(journey)
    first = synth(journey, FIRST, "first")
    deploy = journey.deploy(first)
    assert deploy.returncode == 0, deploy.stdout + deploy.stderr
    assert set(sources(journey)) == named(FIRST)
    assert sorted(delivery["deliveryDestinationType"] for delivery in deliveries(journey)) == ["CWL", "CWL", "XRAY"]
    assert not any("request_payload" in delivery.get("recordFields", []) for delivery in deliveries(journey))
    [group] = journey.sandbox.client("logs").describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"]
    assert group["retentionInDays"] == 90
    assert group["kmsKeyId"]

    # The runtime was replaced: its sources are others, the log group stays.
    second = synth(journey, SECOND, "second")
    deploy = journey.deploy(second)
    assert deploy.returncode == 0, deploy.stdout + deploy.stderr
    assert sources(journey) == dict.fromkeys(named(SECOND), arn(journey, SECOND))
    assert len(deliveries(journey)) == 3

    destroy = journey.destroy(second)
    assert destroy.returncode == 0, destroy.stdout + destroy.stderr
    assert sources(journey) == {}
    assert deliveries(journey) == []
    assert journey.sandbox.client("logs").describe_delivery_destinations()["deliveryDestinations"] == []
    assert journey.sandbox.client("xray").list_resource_policies()["ResourcePolicies"] == []
    assert journey.sandbox.client("logs").describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"], "records are kept"


@dataclass(frozen=True)
class ByHand:
    """What somebody has made in the console: logs go to their own group, and use is a source that goes nowhere yet."""

    journey: Journey

    def make(self) -> dict[str, Any]:
        logs = self.journey.sandbox.client("logs")
        logs.create_log_group(logGroupName="/aws/vendedlogs/theirs")
        group = f"arn:aws:logs:{self.journey.sandbox.region}:{self.journey.sandbox.account_id}:log-group:"
        for name, log_type in (("console", "APPLICATION_LOGS"), ("by-hand", "USAGE_LOGS")):
            logs.put_delivery_source(name=name, resourceArn=arn(self.journey, FIRST), logType=log_type)
        destination = logs.put_delivery_destination(
            name="theirs",
            outputFormat="plain",
            deliveryDestinationConfiguration={"destinationResourceArn": f"{group}/aws/vendedlogs/theirs"},
        )["deliveryDestination"]
        logs.create_delivery(deliverySourceName="console", deliveryDestinationArn=destination["arn"])
        return self.state()

    def state(self) -> dict[str, Any]:
        """Everything of theirs, to the last member."""
        logs = self.journey.sandbox.client("logs")
        theirs = logs.get_delivery_destination(name="theirs")["deliveryDestination"]
        return {
            "sources": [logs.get_delivery_source(name=name)["deliverySource"] for name in ("console", "by-hand")],
            "destination": theirs,
            "deliveries": [
                each for each in deliveries(self.journey) if each["deliveryDestinationArn"] == theirs["arn"]
            ],
            "events": logs.describe_log_groups(logGroupNamePrefix="/aws/vendedlogs/theirs")["logGroups"],
        }


def test_what_somebody_delivers_by_hand_is_met_and_left_as_it_is(journey: Journey) -> None:
    turn_transaction_search_on(journey)
    logs = journey.sandbox.client("logs")
    by_hand = ByHand(journey)
    theirs = by_hand.make()
    assembly = synth(journey, FIRST, "beside")
    for _ in ("once", "twice"):
        deploy = journey.deploy(assembly)
        assert deploy.returncode == 0, output_of(deploy)
        assert by_hand.state() == theirs
        traces = f"runtime-{FIRST.partition('-')[2]}-TRACES"
        assert set(sources(journey)) == {"console", "by-hand", traces}, "one source for each type of log"
        ours = {each["deliverySourceName"]: each for each in deliveries(journey) if each not in theirs["deliveries"]}
        assert set(ours) == {"by-hand", traces}, "what they deliver is not delivered twice"
        assert "set by somebody else: it stays theirs" in output_of(deploy), "and the deploy says so"

    # Meanwhile they change the fields of a delivery of ours, and deliver our traces to a destination of theirs.
    logs.update_delivery_configuration(
        id=ours["by-hand"]["id"], recordFields=["resource_arn", "event_timestamp", "metrics"]
    )
    xray = logs.put_delivery_destination(name="theirs-xray", deliveryDestinationType="XRAY")["deliveryDestination"]
    beside = logs.create_delivery(deliverySourceName=traces, deliveryDestinationArn=xray["arn"])["delivery"]
    assert journey.deploy(assembly, "--force").returncode == 0

    journey.sandbox.faults.add("logs:DeleteDelivery", "deny", times=9)
    failed = journey.destroy(assembly)
    journey.sandbox.faults.clear()
    assert failed.returncode != 0
    assert by_hand.state() == theirs
    for _ in ("again", "and when there is nothing left"):
        destroy = journey.destroy(assembly)
        assert destroy.returncode == 0, output_of(destroy)
    assert by_hand.state() == theirs
    assert set(sources(journey)) == {"console", "by-hand", traces}, "our source stays while their delivery has it"
    assert [each["id"] for each in deliveries(journey)] == [theirs["deliveries"][0]["id"], beside["id"]]
    assert not logs.describe_delivery_destinations()["deliveryDestinations"][2:], "ours are gone"
    parameters = journey.sandbox.client("ssm").describe_parameters()["Parameters"]
    assert not [each for each in parameters if "delivery" in each["Name"]], "nothing remembers what is gone"


def test_rules_for_the_whole_account_take_the_place_of_deliveries(journey: Journey) -> None:
    agents = f"agents: [{{name: my_agent, deployment: direct-code, runtime_arn: '{arn(journey, SECOND)}'}}]"
    common = f"invocation_logging: {{enabled: false}}\n{agents}\n"
    before = deliveries(journey)
    assembly = journey.synth(f"{common}agents_telemetry: rules\n", name="Rules")
    for _ in ("once", "twice"):
        deploy = journey.deploy(assembly)
        assert deploy.returncode == 0, output_of(deploy)
    stack = journey.sandbox.client("cloudformation").describe_stack_resources(StackName="Rules-Agents")
    rules = [each["PhysicalResourceId"] for each in stack["StackResources"] if "TelemetryRule" in each["ResourceType"]]
    assert sorted(rule.rpartition("/")[2] for rule in rules) == [
        f"Rules-Agents-{kind}-logs" for kind in ("browser", "code-interpreter", "runtime")
    ]
    assert deliveries(journey) == before
    assert journey.destroy(assembly).returncode == 0
