"""Two apps with tracing in one account: both deploy, and whichever goes first takes nothing from the other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.test_agentcore_account import CODE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .conftest import Journey

pytestmark = pytest.mark.sandbox

TRACING = "invocation_logging: {enabled: false}\ntracing: {enabled: true}"
OTHER = f"{TRACING[:-1]}, indexing: {{percentage: 20, later: []}}}}"
AGENTS_OF_OURS = "agents: [{name: ours, deployment: direct-code, runtime_arn: '%s'}]"
AGENTS_OF_OTHER = "agents: [{name: theirs, deployment: direct-code}, {name: function, host: lambda}]"


@pytest.fixture(scope="module")
def agent(journey: Journey) -> str:
    """ARN of an agent that runs."""
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "bedrock-agentcore.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": journey.sandbox.account_id}},
    }
    role = journey.sandbox.client("iam").create_role(
        RoleName="ours", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )["Role"]["Arn"]
    runtime: dict[str, str] = journey.sandbox.client("bedrock-agentcore-control").create_agent_runtime(
        agentRuntimeName="ours", agentRuntimeArtifact=CODE, roleArn=role, networkConfiguration={"networkMode": "PUBLIC"}
    )
    return runtime["agentRuntimeArn"]


@pytest.fixture(scope="module")
def apps(journey: Journey, agent: str) -> dict[str, Path]:
    return {
        "ours": journey.synth(f"{TRACING}\n{AGENTS_OF_OURS % agent}"),
        "other": journey.synth(f"{OTHER}\n{AGENTS_OF_OTHER}", name="Other"),
    }


@pytest.fixture(autouse=True)
def clean_account(journey: Journey, apps: dict[str, Path]) -> Iterator[None]:
    yield
    for assembly in apps.values():
        journey.destroy(assembly)
    journey.empty()


def state(journey: Journey) -> tuple[str, float]:
    xray = journey.sandbox.client("xray")
    (rule,) = xray.get_indexing_rules()["IndexingRules"]
    percentage = float(rule["Rule"]["Probabilistic"]["DesiredSamplingPercentage"])
    return str(xray.get_trace_segment_destination()["Destination"]), percentage


def deployed(journey: Journey, assembly: Path) -> None:
    deploy = journey.deploy(assembly)
    assert deploy.returncode == 0, deploy.stdout + deploy.stderr


def destroyed(journey: Journey, assembly: Path) -> None:
    destroy = journey.destroy(assembly)
    assert destroy.returncode == 0, destroy.stdout + destroy.stderr


def record(journey: Journey, setting: str) -> dict[str, Any]:
    name = f"/bedrock-o11y/account-settings/{setting}"
    found: dict[str, Any] = json.loads(journey.sandbox.client("ssm").get_parameter(Name=name)["Parameter"]["Value"])
    return found


def custody(journey: Journey, agent: str) -> tuple[int | None, int]:
    """How long the agent's own events are kept, and how many of its logs are delivered."""
    logs = journey.sandbox.client("logs")
    prefix = f"/aws/bedrock-agentcore/runtimes/{agent.rpartition('/')[2]}"
    groups = logs.describe_log_groups(logGroupNamePrefix=prefix)["logGroups"]
    return groups[0].get("retentionInDays") if groups else None, len(logs.describe_deliveries()["deliveries"])


def x_ray_may_write(journey: Journey) -> bool:
    policies = journey.sandbox.client("logs").describe_resource_policies()["resourcePolicies"]
    return any("xray.amazonaws.com" in policy["policyDocument"] for policy in policies)


def test_the_second_app_shares_and_the_plan_says_so(journey: Journey, apps: dict[str, Path]) -> None:
    deployed(journey, apps["ours"])
    configuration = journey.folder / "other.yaml"
    configuration.write_text(f"targets: [{{name: Other}}]\n{OTHER}")
    plan = journey.run("env", f"BEDROCK_O11Y_CONFIG={configuration}", "bedrock-o11y", "plan")
    assert plan.returncode == 0, plan.stdout + plan.stderr
    assert "This stack shares it" in " ".join(plan.stdout.split())
    deployed(journey, apps["other"])
    deployed(journey, apps["other"])
    assert state(journey) == ("CloudWatchLogs", 10), "the first app's percentage stays"
    for setting in ("trace-destination", "span-indexing"):
        assert [sharer["owner"]["stackId"].split("/")[1] for sharer in record(journey, setting)["sharers"]] == [
            "Other-Tracing"
        ]


@pytest.mark.parametrize("first", ["ours", "other"])
def test_whichever_goes_first_takes_nothing_from_the_other(
    journey: Journey, apps: dict[str, Path], agent: str, first: str
) -> None:
    last = "other" if first == "ours" else "ours"
    deployed(journey, apps["ours"])
    deployed(journey, apps["other"])
    destroyed(journey, apps[first])
    assert state(journey) == ("CloudWatchLogs", 10)
    assert x_ray_may_write(journey)
    assert custody(journey, agent) == ((365, 3) if last == "ours" else (None, 0))
    deployed(journey, apps[last])
    destroyed(journey, apps[first])
    assert state(journey)[0] == "CloudWatchLogs"
    destroyed(journey, apps[last])
    assert state(journey) == ("XRay", 1)
    assert not x_ray_may_write(journey)
    assert not [name for name in journey.inventory()["parameters"] if "account-settings" in name]
