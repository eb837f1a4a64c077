"""The logs of an agent are delivered by a deploy of the real command line, follow its successor, and leave with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import App, Environment, Stack

from bedrock_o11y_constructs import AgentLogDelivery

from .conftest import FLAGS

if TYPE_CHECKING:
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
    AgentLogDelivery(stack, "Delivery", resource=arn(journey, runtime), log_group_name=GROUP)
    app.synth()
    return out


def turn_transaction_search_on(journey: Journey) -> None:
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

    # What the console switched on is met, not taken over.
    logs = journey.sandbox.client("logs")
    logs.put_delivery_source(name="console", resourceArn=arn(journey, FIRST), logType="APPLICATION_LOGS")
    deploy = journey.deploy(first)
    assert deploy.returncode != 0
    assert "already been used in another Delivery Source" in deploy.stdout + deploy.stderr
    assert set(sources(journey)) == {"console"}
