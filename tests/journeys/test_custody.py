"""The log groups of agents and of spans are kept by a deploy, whoever made them, and given back with every event."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.services.conftest import eventually, policy
from tests.sandbox.test_agentcore_account import SPANS, Agents

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Journey

pytestmark = pytest.mark.sandbox

AGENTS = "invocation_logging: {enabled: false}\ntags: {team: platform}\nagents:"
KEPT_SPANS = "spans: {retention_days: 365, encryption: true}"
TRACING = f"invocation_logging: {{enabled: false}}\ntracing: {{enabled: true, {KEPT_SPANS}, indexing: {{later: []}}}}"
OURS = "LetXRayWriteAgentSpans"


@pytest.fixture
def agents(journey: Journey) -> Agents:
    agents = Agents(journey.sandbox, {})
    if agents.xray.get_trace_segment_destination()["Destination"] != "XRay":
        agents.xray.update_trace_segment_destination(Destination="XRay")
    return agents


def asking_for(agents: Agents, *identities: str) -> str:
    asked = [
        {"name": identity.rpartition("-")[0], "deployment": "direct-code", "runtime_arn": agents.arn(identity)}
        for identity in identities
    ]
    return AGENTS + "".join(f"\n  - {json.dumps(agent)}" for agent in asked)


def succeeds(run: Any) -> None:
    assert run.returncode == 0, run.stdout + run.stderr


def kept(agents: Agents, group: str) -> dict[str, Any]:
    """What a log group looks like, with everything that a deploy may set."""
    logs = agents.logs
    found = next(
        each
        for each in logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        if each["logGroupName"] == group
    )
    arn = found["arn"].removesuffix(":*")
    policies = logs.describe_resource_policies(resourceArn=arn, policyScope="RESOURCE")["resourcePolicies"]
    indexes = logs.describe_index_policies(logGroupIdentifiers=[group])["indexPolicies"]
    statements = [each for one in policies for each in json.loads(one["policyDocument"])["Statement"]]
    return {
        "retention": found.get("retentionInDays"),
        "key": found.get("kmsKeyId"),
        "tags": logs.list_tags_for_resource(resourceArn=arn)["tags"],
        "statements": [statement["Sid"] for statement in statements],
        "fields": sorted(field for one in indexes for field in json.loads(one["policyDocument"])["Fields"]),
    }


def events(agents: Agents, identity: str) -> int:
    return sum(len(found) for found in (agents.streams(identity) or {}).values())


def logs_key(journey: Journey) -> str:
    resources = journey.sandbox.client("cloudformation").describe_stack_resources(StackName="BedrockO11y-Foundation")
    key = next(each for each in resources["StackResources"] if each["ResourceType"] == "AWS::KMS::Key")
    return str(key["PhysicalResourceId"])


def test_log_groups_are_kept_from_before_and_after_and_given_back_with_every_event(
    journey: Journey, agents: Agents
) -> None:
    agents.search()
    asked, silent, chosen = (agents.agent(agents.execution_role()) for _ in range(3))
    agents.ask(asked)
    before = kept(agents, agents.group(asked))
    assert before == {"retention": None, "key": None, "tags": {}, "statements": ["AgentSpans"], "fields": []}
    assert len((agents.streams(asked) or {})[SPANS]) == 3

    # Somebody keeps the log group of the third agent already.
    theirs = agents.group(chosen)
    key = agents.kms.create_key(Policy=policy(*_anybody(agents)))["KeyMetadata"]["Arn"]
    agents.logs.create_log_group(logGroupName=theirs, tags={"team": "theirs", "cost-center": "4711"}, kmsKeyId=key)
    agents.logs.put_retention_policy(logGroupName=theirs, retentionInDays=7)
    agents.logs.put_index_policy(logGroupIdentifier=theirs, policyDocument='{"Fields": ["requestId"]}')
    chosen_before = kept(agents, theirs)

    assembly = journey.synth(asking_for(agents, asked, silent, chosen))
    succeeds(journey.deploy(assembly))
    fields = ["attributes.session.id", "resource.attributes.service.name", "traceId"]
    ours = {"retention": 365, "tags": {"team": "platform"}, "fields": fields}
    found = kept(agents, agents.group(asked))
    assert logs_key(journey) in found.pop("key")
    assert found == {**ours, "statements": ["AgentSpans", OURS]}
    assert kept(agents, agents.group(silent)) | {"key": None} == {**ours, "statements": [OURS], "key": None}
    assert kept(agents, theirs) == {
        **chosen_before,
        "statements": [OURS],
        "fields": sorted([*fields, "requestId"]),
    }

    for identity in (asked, silent, chosen):
        agents.ask(identity)
        assert len((agents.streams(identity) or {})[SPANS]) == (6 if identity == asked else 3)
    counted = {identity: events(agents, identity) for identity in (asked, silent, chosen)}
    during = {identity: kept(agents, agents.group(identity)) for identity in counted}
    succeeds(journey.deploy(assembly))
    assert {identity: kept(agents, agents.group(identity)) for identity in counted} == during

    succeeds(journey.destroy(assembly))
    assert kept(agents, agents.group(asked)) == before
    assert kept(agents, agents.group(silent)) == before | {"statements": []}
    assert kept(agents, theirs) == chosen_before
    assert {identity: events(agents, identity) for identity in counted} == counted
    assert records(agents) == []
    agents.ask(asked)
    assert events(agents, asked) > counted[asked]


def _anybody(agents: Agents) -> list[dict[str, Any]]:
    principals = ({"AWS": f"arn:aws:iam::{agents.id}:root"}, {"Service": f"logs.{agents.region}.amazonaws.com"})
    return [{"Effect": "Allow", "Principal": each, "Action": "kms:*", "Resource": "*"} for each in principals]


def records(agents: Agents) -> list[str]:
    """The records of settings of log groups."""
    pages = agents.ssm.get_paginator("get_parameters_by_path").paginate(
        Path="/bedrock-o11y/account-settings", Recursive=True
    )
    return [each["Name"] for page in pages for each in page["Parameters"] if "/log-group-" in each["Name"]]


def test_an_agent_that_is_taken_out_of_the_configuration_is_given_back(journey: Journey, agents: Agents) -> None:
    agents.search()
    staying, leaving = (agents.agent(agents.execution_role()) for _ in range(2))
    both, one = journey.synth(asking_for(agents, staying, leaving)), journey.synth(asking_for(agents, staying))
    succeeds(journey.deploy(both))
    assert kept(agents, agents.group(leaving))["retention"] == 365
    succeeds(journey.deploy(one))
    left = kept(agents, agents.group(leaving))
    assert left == {"retention": None, "key": None, "tags": {}, "statements": [], "fields": []}
    assert kept(agents, agents.group(staying))["retention"] == 365
    succeeds(journey.destroy(one))
    assert records(agents) == []


def spans(agents: Agents) -> dict[str, Any] | None:
    there = agents.logs.describe_log_groups(logGroupNamePrefix="aws/spans")["logGroups"]
    return kept(agents, "aws/spans") if there else None


def ring(journey: Journey) -> dict[str, str]:
    """The timers ring once; what each setting answers."""
    resources = journey.sandbox.client("cloudformation").describe_stack_resources(StackName="BedrockO11y-Tracing")
    function = next(
        each["PhysicalResourceId"]
        for each in resources["StackResources"]
        if each["ResourceType"] == "AWS::Lambda::Function"
    )
    answers: dict[str, str] = {}
    for rule in (each for each in resources["StackResources"] if each["ResourceType"] == "AWS::Events::Rule"):
        name = rule["PhysicalResourceId"].rpartition("|")[2]
        (target,) = journey.sandbox.client("events").list_targets_by_rule(Rule=name)["Targets"]
        event = json.loads(
            target["InputTransformer"]["InputTemplate"].replace("<id>", json.dumps(journey.sandbox.account_id))
        )
        event["RequestId"] = f"{name}-{len(answers)}-{id(answers)}"
        answer = journey.sandbox.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event).encode())
        outcome = json.loads(answer["Payload"].read())
        answers[event["ResourceProperties"]["Request"]["setting"]] = outcome["Outcome"]
    return answers


def aws_makes_the_log_group_of_the_spans(agents: Agents) -> None:
    agents.settings(trace_destination_seconds=0)
    agents.xray.update_trace_segment_destination(Destination="XRay")
    agents.xray.update_trace_segment_destination(Destination="CloudWatchLogs")
    assert eventually(lambda: spans(agents) is not None)


@pytest.fixture
def without_spans(journey: Journey, agents: Agents) -> Path:
    """An account that never had Transaction Search, in which its log group comes long after the deploy."""
    for group in agents.logs.describe_log_groups(logGroupNamePrefix="aws/spans")["logGroups"]:
        agents.logs.delete_log_group(logGroupName=group["logGroupName"])
    agents.settings(trace_destination_seconds=3600)
    return journey.synth(TRACING)


def test_the_log_group_of_the_spans_is_waited_for_and_the_timer_carries_it_out(
    journey: Journey, agents: Agents, without_spans: Path
) -> None:
    succeeds(journey.deploy(without_spans))
    assert spans(agents) is None
    assert len(records(agents)) == 3
    settings = ("log-group-retention", "log-group-key", "log-group-index")
    assert ring(journey) == dict.fromkeys(settings, "wait")
    aws_makes_the_log_group_of_the_spans(agents)
    assert ring(journey) == dict.fromkeys(settings, "write")
    found = spans(agents) or {}
    assert found["retention"] == 365
    assert logs_key(journey) in found["key"]
    assert "traceId" in found["fields"]
    agents.logs.delete_retention_policy(logGroupName="aws/spans")
    assert ring(journey) == {**dict.fromkeys(settings, "keep"), "log-group-retention": "leave"}
    assert (spans(agents) or {})["retention"] is None
    succeeds(journey.destroy(without_spans))
    assert spans(agents) == {"retention": None, "key": None, "tags": {}, "statements": [], "fields": []}
    assert records(agents) == []


def test_a_destroy_before_the_log_group_of_the_spans_is_there_leaves_nothing_behind(
    journey: Journey, agents: Agents, without_spans: Path
) -> None:
    succeeds(journey.deploy(without_spans))
    succeeds(journey.deploy(without_spans))
    succeeds(journey.destroy(without_spans))
    assert (spans(agents), records(agents)) == (None, [])


def test_the_next_deploy_carries_out_what_waited_and_keeps_what_somebody_chose(
    journey: Journey, agents: Agents, without_spans: Path
) -> None:
    succeeds(journey.deploy(without_spans))
    aws_makes_the_log_group_of_the_spans(agents)
    agents.logs.put_retention_policy(logGroupName="aws/spans", retentionInDays=30)
    # CloudFormation asks only where a property has changed.
    changed = journey.synth(
        TRACING.replace(KEPT_SPANS, "spans: {retention_days: 90, encryption: true, index: [traceId]}")
    )
    succeeds(journey.deploy(changed))
    found = spans(agents) or {}
    assert (found["retention"], found["fields"]) == (30, ["traceId"])
    succeeds(journey.destroy(changed))
    assert spans(agents) == {"retention": 30, "key": None, "tags": {}, "statements": [], "fields": []}
