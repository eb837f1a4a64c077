"""The stack of agents, deployed by the real command line: once, twice, beside what others made, and through faults."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.journeys.account_state import added, changed, state_of
from tests.journeys.roles_in_account import document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .conftest import Journey

pytestmark = pytest.mark.sandbox

ACCOUNT = "000000000000"
AGENTCORE = f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}"
MODEL = "us.amazon.nova-pro-v1:0"
CODE = {
    "codeConfiguration": {
        "code": {"s3": {"bucket": "agent-code", "prefix": "agent.zip"}},
        "runtime": "PYTHON_3_13",
        "entryPoint": ["opentelemetry-instrument", "main.py"],
    }
}
STREAM = {"logStreamName": "2026/11/01/[runtime-logs] 0f"}
RECORDS = "/bedrock-o11y/account-settings/"


@dataclass
class Known:
    """What somebody made by hand before any deploy: an agent with its role and log group, a memory, a gateway.

    Attributes:
        runtime: id of the agent.
        memory: ARN of the memory.
        gateway: ARN of the gateway.
    """

    runtime: str
    memory: str
    gateway: str

    @property
    def log_group(self) -> str:
        return f"/aws/bedrock-agentcore/runtimes/{self.runtime}-DEFAULT"

    @property
    def delivered(self) -> str:
        return f"/aws/vendedlogs/bedrock-agentcore/runtime/{self.runtime}"

    def settings(self, **more: str) -> str:
        """A configuration with an agent that is still to come and one that exists."""
        further = "".join(f"    {name}: {value}\n" for name, value in more.items())
        return (
            "invocation_logging: {enabled: false}\n"
            "agents:\n"
            f"  - {{name: new_agent, repository: agents/new, models: [{MODEL}]}}\n"
            "  - name: known_agent\n"
            "    deployment: direct-code\n"
            f"    models: [{MODEL}]\n"
            f"    memories: [{self.memory}]\n"
            f"    gateways: [{self.gateway}]\n"
            f"    runtime_arn: {AGENTCORE}:runtime/{self.runtime}\n{further}"
        )


@pytest.fixture(scope="module")
def known(journey: Journey) -> Known:
    """Everything was switched on by hand: Transaction Search with a policy of its own, and an agent that runs."""
    turn_transaction_search_on(journey)
    iam, control = journey.sandbox.client("iam"), journey.sandbox.client("bedrock-agentcore-control")
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "bedrock-agentcore.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    }
    iam.create_role(RoleName="by-hand", AssumeRolePolicyDocument=document(trust))
    everything = {"Effect": "Allow", "Action": ["logs:*", "xray:*", "bedrock:*"], "Resource": "*"}
    iam.put_role_policy(RoleName="by-hand", PolicyName="everything", PolicyDocument=document(everything))
    role = f"arn:aws:iam::{ACCOUNT}:role/by-hand"
    public = {"networkMode": "PUBLIC"}
    runtime = control.create_agent_runtime(
        agentRuntimeName="known_agent", agentRuntimeArtifact=CODE, roleArn=role, networkConfiguration=public
    )
    memory = control.create_memory(name="known_memory", eventExpiryDuration=30)["memory"]
    gateway = control.create_gateway(name="known-gateway", roleArn=role, protocolType="MCP", authorizerType="AWS_IAM")
    return Known(runtime["agentRuntimeId"], memory["arn"], gateway["gatewayArn"])


def turn_transaction_search_on(journey: Journey) -> None:
    (journey.sandbox.directory / "services.json").write_text(json.dumps({"trace_destination_seconds": 0}))
    logs, xray = journey.sandbox.client("logs"), journey.sandbox.client("xray")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "xray.amazonaws.com"},
        "Action": "logs:PutLogEvents",
        "Resource": [
            f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{group}:*"
            for group in ("aws/spans", "/aws/application-signals/data")
        ],
    }
    logs.put_resource_policy(policyName="by-hand", policyDocument=document(statement))
    xray.update_trace_segment_destination(Destination="CloudWatchLogs")
    xray.update_indexing_rule(Name="Default", Rule={"Probabilistic": {"DesiredSamplingPercentage": 42}})


@pytest.fixture(scope="module")
def assembly(journey: Journey, known: Known) -> Path:
    return journey.synth(known.settings())


@pytest.fixture(autouse=True)
def as_it_was(journey: Journey, known: Known) -> Iterator[None]:
    """After each test the account is as it was made by hand."""
    yield
    journey.sandbox.faults.clear()
    formation, logs = journey.sandbox.client("cloudformation"), journey.sandbox.client("logs")
    for name in ("BedrockO11y-Agents", "BedrockO11y-Foundation"):
        if name in journey.inventory()["stacks"]:
            formation.delete_stack(StackName=name)
            formation.get_waiter("stack_delete_complete").wait(
                StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
            )
    for group in (known.log_group, known.delivered):
        for found in logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
            logs.delete_log_group(logGroupName=found["logGroupName"])


def output_of(run: Any) -> str:
    return str(run.stdout + run.stderr)


def retention(journey: Journey, known: Known) -> int | None:
    groups = journey.sandbox.client("logs").describe_log_groups(logGroupNamePrefix=known.log_group)["logGroups"]
    return groups[0].get("retentionInDays") if groups else None


def kept(known: Known) -> set[tuple[str, str]]:
    """What a destroy leaves: the records that were delivered, the log group of the agent, and nothing else."""
    return {
        (kind, group) for kind in ("log groups", "log group", "events") for group in (known.delivered, known.log_group)
    }


def left(before: dict[tuple[str, str], Any], after: dict[tuple[str, str], Any]) -> set[tuple[str, str]]:
    """What is there now and was not before, without the key, whose id is new each time."""
    return {thing for thing in added(before, after) if thing[0] != "keys"}


def test_a_deploy_is_repeated_without_a_change_and_destroyed_twice(
    journey: Journey, known: Known, assembly: Path
) -> None:
    before = state_of(journey.sandbox)
    deploy = journey.deploy(assembly)
    assert deploy.returncode == 0, output_of(deploy)
    assert retention(journey, known) == 365
    deployed = state_of(journey.sandbox)
    assert sum(kind == "delivery source" for kind, _ in added(before, deployed)) == 3
    assert len([name for kind, name in added(before, deployed) if kind == "role" and "agentRole" in name]) == 2

    again = journey.deploy(assembly)
    assert again.returncode == 0, output_of(again)
    assert output_of(again).count("(no changes)") == 2
    assert state_of(journey.sandbox) == deployed

    for _ in range(2):
        destroy = journey.destroy(assembly)
        assert destroy.returncode == 0, output_of(destroy)
        after = state_of(journey.sandbox)
        assert changed(before, after) == {}
        assert left(before, after) == kept(known)
        assert retention(journey, known) is None


def test_what_others_made_by_hand_is_left_as_it_was(journey: Journey, known: Known, assembly: Path) -> None:
    """Transaction Search and its percentage, the agent's log group with a retention and events, roles and policies."""
    logs = journey.sandbox.client("logs")
    logs.create_log_group(logGroupName=known.log_group)
    logs.put_retention_policy(logGroupName=known.log_group, retentionInDays=7)
    logs.create_log_stream(logGroupName=known.log_group, **STREAM)
    event = {"timestamp": int(time.time() * 1000), "message": "by hand"}
    logs.put_log_events(logGroupName=known.log_group, **STREAM, logEvents=[event])
    before = state_of(journey.sandbox)
    assert before["events", known.log_group] == ["by hand"]

    deploy = journey.deploy(journey.synth(f"{known.settings()}tracing: {{enabled: true}}\n"))
    assert deploy.returncode == 0, output_of(deploy)
    # What nobody chose for the agent is chosen now, and handed back by the destroy: a key.
    chosen = {thing: after for thing, (_, after) in changed(before, state_of(journey.sandbox)).items()}
    retention_chosen, key = chosen.pop(("log group", known.log_group))
    assert retention_chosen == 7
    assert key is not None
    assert chosen == {}
    destroy = journey.destroy(journey.folder / f"assembly-{journey.synthesised}")
    assert destroy.returncode == 0, output_of(destroy)
    after = state_of(journey.sandbox)
    assert changed(before, after) == {}
    service_linked = {("role", LINKED), ("roles", LINKED)}
    assert left(before, after) - service_linked == {
        (kind, known.delivered) for kind in ("log groups", "log group", "events")
    }


LINKED = "AWSServiceRoleForCloudWatchApplicationSignals"
"""Made by Application Signals when discovery is started, and kept by it."""


@pytest.mark.parametrize(
    "operation",
    [
        "logs:PutRetentionPolicy",
        *(
            pytest.param(operation, marks=pytest.mark.long)
            for operation in ("logs:CreateLogGroup", "logs:DescribeLogGroups", "ssm:PutParameter", "ssm:GetParameter")
        ),
    ],
)
def test_a_denied_call_rolls_back_to_nothing_and_a_retry_converges(
    journey: Journey, known: Known, assembly: Path, operation: str
) -> None:
    before = state_of(journey.sandbox)
    journey.sandbox.faults.add(operation, "deny", times=1000)
    deploy = journey.deploy(assembly)
    assert deploy.returncode != 0
    assert operation in output_of(deploy), "the message names the action"
    journey.sandbox.faults.clear()
    after = state_of(journey.sandbox)
    assert changed(before, after) == {}
    # A log group of an agent is never deleted, not even one that was made a moment ago: somebody may write to it.
    assert {thing for thing in left(before, after) if thing[0] != "stacks"} <= {
        (kind, known.log_group) for kind in ("log groups", "log group", "events")
    }
    assert not after.get(("events", known.log_group))
    assert not [name for name in journey.inventory()["parameters"] if name.startswith(RECORDS)]

    retry = journey.deploy(assembly)
    assert retry.returncode == 0, output_of(retry)
    assert retention(journey, known) == 365
    destroy = journey.destroy(assembly)
    assert destroy.returncode == 0, output_of(destroy)
    assert left(before, state_of(journey.sandbox)) == kept(known)


@pytest.mark.parametrize(
    "kind", ["drop", pytest.param("throttle", marks=pytest.mark.long), pytest.param("5xx", marks=pytest.mark.long)]
)
def test_a_call_that_fails_once_does_not_fail_the_deploy(
    journey: Journey, known: Known, assembly: Path, kind: str
) -> None:
    before = state_of(journey.sandbox)
    for operation in ("logs:PutRetentionPolicy", "logs:CreateLogGroup", "ssm:PutParameter", "ssm:GetParameter"):
        journey.sandbox.faults.add(operation, kind)
    deploy = journey.deploy(assembly)
    assert deploy.returncode == 0, output_of(deploy)
    assert retention(journey, known) == 365
    for operation in ("logs:DeleteRetentionPolicy", "ssm:DeleteParameter"):
        journey.sandbox.faults.add(operation, kind)
    destroy = journey.destroy(assembly)
    assert destroy.returncode == 0, output_of(destroy)
    after = state_of(journey.sandbox)
    assert changed(before, after) == {}
    assert left(before, after) == kept(known)
