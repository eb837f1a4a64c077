"""Where the spans of an agent go, and what others see of it: invocation records, faults, metrics.

Sources: AgentCore developer guide, observability (span destination) and runtime metrics; Bedrock user guide.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from tests.sandbox.services.conftest import eventually, policy
from tests.sandbox.test_agentcore_account import OUTPUT, RECORDS, SESSION, agents, tracing, tracing_clients
from tests.sandbox.test_agentcore_telemetry import ALL, written

if TYPE_CHECKING:
    from tests.sandbox.test_agentcore_account import Agents

__all__ = ["agents", "tracing", "tracing_clients"]

pytestmark = pytest.mark.sandbox

COUNTED = ("Invocations", "SessionCount", "UserErrors", "TotalErrors", "SystemErrors")


# --- Where spans go ----------------------------------------------------------------------------------------------


def test_the_role_puts_the_policy_by_which_xray_writes_to_the_log_group(agents: Agents) -> None:
    agents.search()
    identity = agents.agent(agents.execution_role())
    agents.ask(identity)
    agents.ask(identity)
    arn = f"arn:aws:logs:{agents.region}:{agents.id}:log-group:{agents.group(identity)}"
    [stored] = agents.logs.describe_resource_policies(policyScope="RESOURCE", resourceArn=arn)["resourcePolicies"]
    [statement] = json.loads(stored["policyDocument"])["Statement"]
    assert statement["Principal"] == {"Service": "xray.amazonaws.com"}
    assert (statement["Action"], statement["Resource"]) == ("logs:PutLogEvents", f"{arn}:*")


def test_a_policy_that_the_log_group_has_is_kept(agents: Agents) -> None:
    agents.search()
    identity = agents.agent(agents.execution_role())
    agents.logs.create_log_group(logGroupName=agents.group(identity))
    arn = f"arn:aws:logs:{agents.region}:{agents.id}:log-group:{agents.group(identity)}"
    delivery = {
        "Sid": "Mine",
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": "logs:PutLogEvents",
        "Resource": f"{arn}:*",
    }
    agents.logs.put_resource_policy(resourceArn=arn, policyDocument=policy(delivery))
    agents.ask(identity)
    [stored] = agents.logs.describe_resource_policies(policyScope="RESOURCE", resourceArn=arn)["resourcePolicies"]
    assert [item["Sid"] for item in json.loads(stored["policyDocument"])["Statement"]] == ["Mine", "AgentSpans"]
    assert written(agents.streams(identity)) == ALL


def test_where_xray_is_let_in_already_the_role_needs_the_permission_all_the_same(agents: Agents) -> None:
    agents.search()
    role = agents.execution_role("logs:PutResourcePolicy")
    agents.let_xray_write("/aws/bedrock-agentcore/runtimes/*", name="Agents")
    identity = agents.agent(role)
    agents.ask(identity)
    assert written(agents.streams(identity)) == {OUTPUT: True, RECORDS: True}
    agents.change_role(role, *agents.grants().values())
    agents.ask(identity)
    assert written(agents.streams(identity)) == ALL


def test_switched_off_by_its_variable_the_spans_go_to_the_shared_group(agents: Agents) -> None:
    agents.search()
    identity = agents.agent(agents.execution_role(), UNIFIED_TRACES_DESTINATION_ENABLED="false")
    agents.ask(identity)
    assert written(agents.streams(identity)) == {OUTPUT: True, RECORDS: True}
    assert [span["name"].split()[0] for span in agents.shared()] == ["POST", "invoke_agent", "chat"]


def test_without_transaction_search_there_are_no_spans_and_the_records_say_so(agents: Agents) -> None:
    identity = agents.agent(agents.execution_role())
    agents.ask(identity)
    streams = agents.streams(identity)
    assert written(streams) == {OUTPUT: True, RECORDS: True}
    assert streams is not None
    errors = [record for record in streams[RECORDS] if record.get("severityText") == "ERROR"]
    assert [record["body"].partition(",")[0] for record in errors] == ["Failed to export span batch code: 400"]
    assert agents.shared() == []


def test_telemetry_that_is_switched_off_leaves_the_output_alone(agents: Agents) -> None:
    agents.search()
    identity = agents.agent(agents.execution_role(), DISABLE_ADOT_OBSERVABILITY="true")
    agents.ask(identity)
    assert written(agents.streams(identity)) == {OUTPUT: True, RECORDS: False}
    assert agents.shared() == []


# --- What others see of the agent --------------------------------------------------------------------------------


def test_the_model_call_is_recorded_as_the_execution_roles(agents: Agents) -> None:
    group = agents.name("/test/invocations")
    agents.logs.create_log_group(logGroupName=group)
    statement = agents.write_statement(group)
    trust = agents.trust(Principal={"Service": "bedrock.amazonaws.com"}, Condition={})
    logging_role = agents.role(trust, statement)
    configured = {"cloudWatchConfig": {"logGroupName": group, "roleArn": logging_role}}
    agents.bedrock.put_model_invocation_logging_configuration(loggingConfig=configured)
    role = agents.execution_role()
    try:
        agents.ask(agents.agent(role), "recorded")
        [record] = agents.records(group)
    finally:
        agents.bedrock.delete_model_invocation_logging_configuration()
    session = f"arn:aws:sts::{agents.id}:assumed-role/{role.rpartition('/')[2]}/BedrockAgentCore-"
    assert record["identity"]["arn"].startswith(session)
    assert record["operation"] == "Converse"


def test_a_fault_falls_on_the_agents_own_calls(agents: Agents) -> None:
    identity = agents.agent(agents.execution_role())
    agents.sandbox.faults.add("bedrock:Converse", "throttle")
    try:
        with pytest.raises(agents.bedrock_agentcore.exceptions.RuntimeClientError):
            agents.ask(identity)
    finally:
        agents.sandbox.faults.clear()
    streams = agents.streams(identity)
    assert streams is not None
    assert streams[OUTPUT][0]["errorType"] == "ThrottlingException"


def test_the_metrics_count_invocations_sessions_and_errors(agents: Agents) -> None:
    role = agents.execution_role()
    identity = agents.agent(role)
    agents.ask(identity)
    agents.ask(identity)
    agents.change_role(role, *(item for name, item in agents.grants().items() if name != "bedrock:InvokeModel"))
    with pytest.raises(agents.bedrock_agentcore.exceptions.RuntimeClientError):
        agents.ask(identity, runtimeSessionId=SESSION[::-1])
    name = identity.rpartition("-")[0]
    by = {"Name": f"{name}::DEFAULT", "Operation": "InvokeAgentRuntime", "Resource": agents.arn(identity)}
    counts = {metric: total(agents, metric, **by) for metric in COUNTED}
    assert counts == {"Invocations": 3, "SessionCount": 2, "UserErrors": 1, "TotalErrors": 1, "SystemErrors": 0}
    assert total(agents, "Latency", **by) > 0
    assert total(agents, "Invocations", AggregateOperation="InvokeAgentRuntime") >= 3
    assert eventually(lambda: total(agents, "Sessions", AggregateOperation="InvokeAgentRuntime") >= 2)


def total(agents: Agents, metric: str, **dimensions: str) -> float:
    now = time.time()
    points = agents.cloudwatch.get_metric_statistics(
        Namespace="AWS/Bedrock-AgentCore", MetricName=metric, Period=86400, Statistics=["Sum"],
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=now - 7200, EndTime=now + 60,
    )["Datapoints"]  # fmt: skip
    return float(sum(point["Sum"] for point in points))
