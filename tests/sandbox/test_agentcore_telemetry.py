"""What an agent leaves in the account: as much as its execution role lets it, and nothing else.

Sources: AgentCore developer guide, observability (log group, streams, where spans go) and permissions; the write-up of
the quiet runtime (one stream `otel-rt-logs` without events).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.services.conftest import policy
from tests.sandbox.test_agentcore_account import OUTPUT, RECORDS, SESSION, SPANS, agents, tracing, tracing_clients

if TYPE_CHECKING:
    from tests.sandbox.test_agentcore_account import Agents

__all__ = ["agents", "tracing", "tracing_clients"]

pytestmark = pytest.mark.sandbox

MODEL = "anthropic.claude-3-haiku-20240307-v1:0"


def written(streams: dict[str, list[dict[str, Any]]] | None) -> dict[str, bool] | None:
    """Which streams there are, and whether each has events."""
    return None if streams is None else {name: bool(events) for name, events in streams.items()}


# --- The full role -----------------------------------------------------------------------------------------------


def test_the_role_of_the_guide_leaves_three_streams_with_the_session(agents: Agents) -> None:
    agents.search()
    identity = agents.agent(agents.execution_role())
    answer = agents.ask(identity)
    assert "reply" in answer["json"]["result"]
    streams = agents.streams(identity)
    assert written(streams) == {OUTPUT: True, RECORDS: True, SPANS: True}
    assert streams is not None
    assert {line["sessionId"] for line in streams[OUTPUT]} == {SESSION}
    assert {record["attributes"]["session.id"] for record in streams[RECORDS]} == {SESSION}
    assert {span["attributes"]["session.id"] for span in streams[SPANS]} == {SESSION}
    assert agents.shared() == []


def test_the_streams_have_the_names_that_aws_gives_them(agents: Agents) -> None:
    agents.search()
    identity = agents.agent(agents.execution_role())
    agents.ask(identity)
    found = agents.logs.describe_log_streams(logGroupName=agents.group(identity))["logStreams"]
    names = sorted(stream["logStreamName"] for stream in found)
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[runtime-logs\] [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", names[0])
    assert names[1:] == [RECORDS, SPANS]


def test_one_trace_has_the_invocation_the_agent_and_the_model_call(agents: Agents) -> None:
    agents.search()
    identity = agents.agent(agents.execution_role())
    answer = agents.ask(identity)
    streams = agents.streams(identity)
    assert streams is not None
    served, agent, chat = streams[SPANS]
    assert [span["kind"] for span in (served, agent, chat)] == ["SERVER", "INTERNAL", "CLIENT"]
    assert "parentSpanId" not in served
    assert (agent["parentSpanId"], chat["parentSpanId"]) == (served["spanId"], agent["spanId"])
    [trace] = {span["traceId"] for span in streams[SPANS]}
    assert answer["traceId"].startswith(f"Root=1-{trace[:8]}-{trace[8:]}")
    name = identity.rpartition("-")[0]
    assert agent["attributes"]["gen_ai.operation.name"] == "invoke_agent"
    assert agent["attributes"]["gen_ai.agent.name"] == name
    assert chat["attributes"]["gen_ai.operation.name"] == "chat"
    assert chat["attributes"]["gen_ai.request.model"] == MODEL
    assert chat["attributes"]["gen_ai.usage.input_tokens"] > 0
    resource = served["resource"]["attributes"]
    assert resource["service.name"] == f"{name}.DEFAULT"
    assert resource["aws.service.type"] == "gen_ai_agent"
    # The toolkit's queries find the agent by it: parse ... "runtime/*/" as parsedAgentId.
    assert f"runtime/{identity}/" in resource["cloud.resource_id"]
    assert {record["traceId"] for record in streams[RECORDS]} == {trace}


def test_a_trace_that_the_caller_began_goes_on(agents: Agents) -> None:
    agents.search()
    identity = agents.agent(agents.execution_role())
    trace, parent = "5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174"
    agents.ask(identity, traceParent=f"00-{trace}-{parent}-01")
    agents.ask(identity, traceId=f"Root=1-{trace[:8]}-{trace[8:]};Parent={parent};Sampled=1")
    streams = agents.streams(identity)
    assert streams is not None
    roots = [span for span in streams[SPANS] if span["kind"] == "SERVER"]
    assert [(span["traceId"], span["parentSpanId"]) for span in roots] == [(trace, parent)] * 2


def test_prompt_and_answer_are_in_the_records_or_on_the_span_as_chosen(agents: Agents) -> None:
    agents.search()
    role = agents.execution_role()
    split, kept = agents.agent(role), agents.agent(role, AWS_GENAI_CONTENT_EXTRACTION_OPT_OUT="true")
    for identity in (split, kept):
        agents.ask(identity, "tell me a secret")
    told = json.dumps((agents.streams(split) or {})[RECORDS])
    assert "tell me a secret" in told
    assert "tell me a secret" not in json.dumps((agents.streams(split) or {})[SPANS])
    assert "tell me a secret" in json.dumps((agents.streams(kept) or {})[SPANS])
    assert "tell me a secret" not in json.dumps((agents.streams(kept) or {})[RECORDS])


# --- The quiet role ----------------------------------------------------------------------------------------------


def test_the_quiet_role_leaves_one_empty_stream_and_nothing_else(agents: Agents) -> None:
    identity = agents.agent(agents.quiet_role())
    assert "reply" in agents.ask(identity)["json"]["result"]
    assert agents.streams(identity) == {RECORDS: []}
    [stream] = agents.logs.describe_log_streams(logGroupName=agents.group(identity))["logStreams"]
    assert "lastEventTimestamp" not in stream
    assert agents.shared() == []


@pytest.mark.parametrize(("destination", "spans"), [("shared", 3), ("nowhere", 0)])
def test_with_transaction_search_on_its_log_group_is_as_quiet(agents: Agents, destination: str, spans: int) -> None:
    agents.search()
    agents.settings(trace_destination_seconds=0, spans_without_own_group=destination)
    identity = agents.agent(agents.quiet_role())
    agents.ask(identity)
    assert agents.streams(identity) == {RECORDS: []}
    assert len(agents.shared()) == spans


def test_the_quiet_role_with_what_it_lacks_is_quiet_no_more(agents: Agents) -> None:
    agents.search()
    role = agents.quiet_role()
    identity = agents.agent(role)
    agents.ask(identity)
    agents.change_role(role, *agents.grants().values())
    agents.ask(identity)
    assert written(agents.streams(identity)) == {OUTPUT: True, RECORDS: True, SPANS: True}


# --- Each grant by itself ----------------------------------------------------------------------------------------

ALL = {OUTPUT: True, RECORDS: True, SPANS: True}
WITHOUT: dict[str, tuple[dict[str, bool] | None, bool]] = {
    # action: the streams that are left and whether they have events, whether the spans are in aws/spans
    "logs:CreateLogGroup": (None, True),
    "logs:CreateLogStream": ({}, True),
    "logs:PutLogEvents": ({OUTPUT: False, RECORDS: False, SPANS: True}, False),
    "logs:DescribeLogGroups": ({RECORDS: False, SPANS: True}, False),
    "logs:DescribeLogStreams": ({OUTPUT: True, RECORDS: False, SPANS: True}, False),
    "logs:PutResourcePolicy": ({OUTPUT: True, RECORDS: True}, True),
    "xray:PutTraceSegments": ({OUTPUT: True, RECORDS: True, SPANS: False}, False),
    "xray:PutTelemetryRecords": (ALL, False),
    "xray:GetSamplingRules": (ALL, False),
    "xray:GetSamplingTargets": (ALL, False),
    "cloudwatch:PutMetricData": (ALL, False),
    "bedrock-agentcore:GetWorkloadAccessToken": (ALL, False),
    "bedrock-agentcore:GetWorkloadAccessTokenForJWT": (ALL, False),
}


@pytest.mark.parametrize("action", WITHOUT)
def test_a_grant_that_is_taken_away_changes_the_streams_that_it_is_for(agents: Agents, action: str) -> None:
    agents.search()
    identity = agents.agent(agents.execution_role(action))
    assert "reply" in agents.ask(identity)["json"]["result"]
    assert (written(agents.streams(identity)), bool(agents.shared())) == WITHOUT[action]


@pytest.mark.parametrize("action", [action for action, (_, shared) in WITHOUT.items() if shared])
def test_by_the_other_reading_its_spans_are_nowhere_and_its_log_group_is_the_same(agents: Agents, action: str) -> None:
    """AWS does not document where the spans of an agent go whose role cannot let them into its own log group."""
    agents.search()
    agents.settings(trace_destination_seconds=0, spans_without_own_group="nowhere")
    identity = agents.agent(agents.execution_role(action))
    assert "reply" in agents.ask(identity)["json"]["result"]
    assert (written(agents.streams(identity)), agents.shared()) == (WITHOUT[action][0], [])


def test_every_grant_of_the_guide_has_its_line(agents: Agents) -> None:
    assert set(WITHOUT) | {"bedrock:InvokeModel"} == set(agents.grants())


def test_without_a_model_the_invocation_fails_and_the_streams_say_why(agents: Agents) -> None:
    agents.search()
    identity = agents.agent(agents.execution_role("bedrock:InvokeModel"))
    with pytest.raises(agents.bedrock_agentcore.exceptions.RuntimeClientError, match=r"Received error \(500\)"):
        agents.ask(identity)
    streams = agents.streams(identity)
    assert written(streams) == ALL
    assert streams is not None
    assert "bedrock:InvokeModel" in streams[OUTPUT][0]["errorMessage"]
    chat = next(span for span in streams[SPANS] if span["kind"] == "CLIENT")
    assert (chat["status"]["code"], chat["attributes"]["error.type"]) == ("ERROR", "AccessDeniedException")


def test_a_deny_and_a_boundary_count_as_much_as_a_missing_grant(agents: Agents) -> None:
    agents.search()
    deny = {"Effect": "Deny", "Action": "logs:DescribeLogGroups", "Resource": "*"}
    denied = agents.agent(agents.execution_role(more=(deny,)))
    role = agents.execution_role()
    allowed = {"Effect": "Allow", "NotAction": "logs:DescribeLogGroups", "Resource": "*"}
    boundary = agents.iam.create_policy(PolicyName=agents.name("limit"), PolicyDocument=policy(allowed))["Policy"][
        "Arn"
    ]
    agents.iam.put_role_permissions_boundary(RoleName=role.rpartition("/")[2], PermissionsBoundary=boundary)
    for identity in (denied, agents.agent(role)):
        agents.ask(identity)
        assert written(agents.streams(identity)) == {RECORDS: False, SPANS: True}


def test_a_log_group_that_is_there_needs_no_permission_to_create_it(agents: Agents) -> None:
    agents.search()
    identity = agents.agent(agents.execution_role("logs:CreateLogGroup"))
    agents.logs.create_log_group(logGroupName=agents.group(identity))
    agents.logs.put_retention_policy(logGroupName=agents.group(identity), retentionInDays=30)
    agents.ask(identity)
    assert written(agents.streams(identity)) == ALL
    [group] = agents.logs.describe_log_groups(logGroupNamePrefix=agents.group(identity))["logGroups"]
    assert group["retentionInDays"] == 30
