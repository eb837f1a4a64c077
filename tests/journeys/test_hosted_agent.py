"""Agents hosted elsewhere: deployed, run with the role of their host, heard in their log group, and no more."""

from __future__ import annotations

import io
import json
import time
import zipfile
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from bedrock_o11y.blueprint import permissions, policy_document
from tests.journeys.audited_roles import ACCOUNT, VALUES, AuditedRole
from tests.journeys.roles_in_account import create
from tests.sandbox import test_otlp_logs, test_otlp_traces
from tests.sandbox.otlp_client import send

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Journey

pytestmark = pytest.mark.sandbox

LAPTOP = f"arn:aws:iam::{ACCOUNT}:role/laptop"
OWN, THEIRS, SHARED = "/aws/bedrock-agentcore/runtimes/clock-1", "/agents/by-hand", "aws/spans"
TASK = "/aws/bedrock-agentcore/runtimes/task"
AGENTS = f"""
invocation_logging: {{enabled: false}}
tracing: {{enabled: true}}
agents:
  - {{name: clock, host: lambda, agent_id: clock-1, models: [amazon.nova-micro-v1:0]}}
  - {{name: task, host: ecs, unified_spans: false}}
  - {{name: laptop, host: elsewhere, role: "{LAPTOP}", log_group: {{name: {THEIRS}, create: false}}}}
"""
# A function that is the agent; its credentials are those with which its exporters sign.
AGENT = """
import os
def handler(event, context):
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    return {name: os.environ[name] for name in names}
"""


@pytest.fixture(scope="module")
def assembly(journey: Journey) -> Path:
    """A role and a log group that somebody has already, and the agents deployed beside them."""
    (journey.sandbox.directory / "services.json").write_text(json.dumps({"trace_destination_seconds": 0}))
    iam, logs = journey.sandbox.client("iam"), journey.sandbox.client("logs")
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    iam.create_role(
        RoleName="laptop", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )
    logs.create_log_group(logGroupName=THEIRS)
    for stream in ("runtime-logs", "spans"):
        logs.create_log_stream(logGroupName=THEIRS, logStreamName=stream)
    for name, command in (("auditor", "audit"), ("looker", "env")):
        create(
            journey.sandbox.client("iam"),
            AuditedRole(name, "", (policy_document(permissions.COMMANDS[command], VALUES),)),
        )
    (journey.folder / "bedrock-o11y.yaml").write_text(
        f"targets: [{{name: BedrockO11y, account: '{ACCOUNT}', region: us-east-1}}]\n{AGENTS}"
    )
    logs.create_log_group(logGroupName=OWN)
    stopped = journey.run("bedrock-o11y", "plan")
    assert stopped.returncode == 1, stopped.stdout + stopped.stderr
    assert f"{OWN}" in stopped.stdout
    assert "no deploy of ours made it" in " ".join(stopped.stdout.split())
    logs.delete_log_group(logGroupName=OWN)
    plan = journey.run("bedrock-o11y", "plan")
    assert plan.returncode == 0, plan.stdout + plan.stderr
    assembly = journey.synth(AGENTS)
    deploy = journey.deploy(assembly)
    assert deploy.returncode == 0, deploy.stdout + deploy.stderr
    return assembly


def outputs(journey: Journey) -> dict[str, str]:
    (stack,) = journey.sandbox.client("cloudformation").describe_stacks(StackName="BedrockO11y-Agents")["Stacks"]
    return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}


def role_of(journey: Journey, agent: str) -> str:
    return LAPTOP if agent == "laptop" else outputs(journey)[f"{agent}RoleArn"]


def keys_of_function(journey: Journey, role: str) -> Credentials:
    """What Lambda gives to a function that runs with a role: the role is assumed by its host and by nobody else."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", AGENT)
    client = journey.sandbox.client("lambda")
    client.create_function(
        FunctionName="clock", Runtime="python3.13", Handler="index.handler", Role=role, Timeout=20,
        Code={"ZipFile": packed.getvalue()},
    )  # fmt: skip
    given = json.loads(client.invoke(FunctionName="clock")["Payload"].read())
    return Credentials(given["AWS_ACCESS_KEY_ID"], given["AWS_SECRET_ACCESS_KEY"], given["AWS_SESSION_TOKEN"])


@pytest.fixture(scope="module")
def keys(journey: Journey, assembly: Path) -> dict[str, Credentials]:
    """The credentials of each agent, from whoever may assume its role."""
    del assembly
    got = journey.sandbox.credentials("laptop")
    return {
        "clock": keys_of_function(journey, role_of(journey, "clock")),
        "laptop": Credentials(got.access_key_id, got.secret_access_key, got.session_token),
    }


def environment_of(journey: Journey, agent: str) -> dict[str, str]:
    """What ``env show`` prints for an agent of the configuration file."""
    run = journey.run("bedrock-o11y", "env", "show", "--agent", agent, "--format", "json")
    assert run.returncode == 0, run.stderr
    shown: dict[str, str] = json.loads(run.stdout)["environment"]
    return shown


def export(journey: Journey, keys: Credentials, environment: dict[str, str], signal: str, data: bytes) -> str:
    """Send what an exporter sends, with the headers of the environment; why it was refused, if it was."""
    headers = environment.get(f"OTEL_EXPORTER_OTLP_{signal}_HEADERS", "")
    named = dict(pair.split("=", 1) for pair in headers.split(",") if pair)
    named["Content-Type"] = "application/x-protobuf"
    status, body = send(journey.sandbox, keys, f"/v1/{signal.lower()}", data, named)
    return "" if status == 200 else f"{status} {body.decode()}"


def kept(journey: Journey, group: str, stream: str) -> list[dict[str, Any]]:
    answer = journey.sandbox.client("logs").get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True)
    return [json.loads(event["message"]) for event in answer["events"]]


def client(journey: Journey, keys: Credentials, service: str) -> Any:
    return boto3.client(
        service,
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
        aws_session_token=keys.token,
        region_name=journey.sandbox.region,
        endpoint_url=journey.sandbox.endpoint,
        verify=str(journey.sandbox.directory / "tls" / "ca.pem"),
        config=Config(retries={"total_max_attempts": 1}, inject_host_prefix=False, proxies={}),
    )


@pytest.mark.parametrize(("agent", "group"), [("clock", OWN), ("laptop", THEIRS)])
def test_what_the_agent_sends_with_the_environment_of_env_show_arrives_in_its_log_group(
    journey: Journey, keys: dict[str, Credentials], agent: str, group: str
) -> None:
    environment = environment_of(journey, agent)
    spans = test_otlp_traces.binary_request(test_otlp_traces.binary_span())
    assert export(journey, keys[agent], environment, "LOGS", test_otlp_logs.binary_request()) == ""
    assert export(journey, keys[agent], environment, "TRACES", spans) == ""
    assert kept(journey, group, "runtime-logs") == [test_otlp_logs.KEPT]
    assert kept(journey, group, "spans") == [test_otlp_traces.RECORD]
    assert kept(journey, SHARED, "default") == []


def test_without_spans_of_its_own_an_agent_writes_to_the_shared_group(
    journey: Journey, keys: dict[str, Credentials]
) -> None:
    environment = environment_of(journey, "task")
    assert "OTEL_EXPORTER_OTLP_TRACES_HEADERS" not in environment
    spans = test_otlp_traces.binary_request(test_otlp_traces.binary_span())
    # The role of a task is ECS's to assume; that of the function may send spans just so.
    assert export(journey, keys["clock"], environment, "TRACES", spans) == ""
    assert len(kept(journey, SHARED, "default")) == 1
    refusal = export(journey, keys["clock"], environment, "LOGS", test_otlp_logs.binary_request())
    assert "is not authorized to perform: logs:PutLogEvents" in refusal, "the log group is another's"
    assert kept(journey, TASK, "runtime-logs") == []


EVENT = {"logEvents": [{"timestamp": int(time.time() * 1000), "message": "{}"}]}
BEYOND: list[tuple[str, str, dict[str, Any]]] = [
    ("logs", "put_log_events", {"logGroupName": OWN, "logStreamName": "spans", **EVENT}),
    ("logs", "put_log_events", {"logGroupName": TASK, "logStreamName": "runtime-logs", **EVENT}),
    ("logs", "get_log_events", {"logGroupName": OWN, "logStreamName": "runtime-logs"}),
    ("logs", "filter_log_events", {"logGroupName": OWN}),
    ("logs", "create_log_group", {"logGroupName": "/aws/bedrock-agentcore/runtimes/clock-2"}),
    ("logs", "create_log_stream", {"logGroupName": OWN, "logStreamName": "more"}),
    ("logs", "delete_log_group", {"logGroupName": OWN}),
    ("logs", "put_retention_policy", {"logGroupName": OWN, "retentionInDays": 1}),
    ("logs", "put_resource_policy", {"policyName": "mine", "policyDocument": "{}"}),
    ("logs", "describe_log_streams", {"logGroupName": THEIRS}),
    ("xray", "get_trace_summaries", {"StartTime": 1, "EndTime": 2}),
    ("xray", "get_sampling_rules", {}),
    ("xray", "update_trace_segment_destination", {"Destination": "XRay"}),
    ("cloudwatch", "put_metric_data", {"Namespace": "mine", "MetricData": [{"MetricName": "m", "Value": 1}]}),
    ("iam", "list_roles", {}),
    ("s3", "list_buckets", {}),
    ("bedrock-runtime", "converse", {"modelId": "anthropic.claude-haiku-4-5-20251001-v1:0", "messages": [
        {"role": "user", "content": [{"text": "hello"}]}]}),
]  # fmt: skip
WITHIN: list[tuple[str, str, dict[str, Any]]] = [
    ("logs", "put_log_events", {"logGroupName": OWN, "logStreamName": "runtime-logs", **EVENT}),
    ("logs", "describe_log_groups", {}),
    ("logs", "describe_log_streams", {"logGroupName": OWN}),
    ("xray", "put_trace_segments", {"TraceSegmentDocuments": ["{}"]}),
    ("bedrock-runtime", "converse", {"modelId": "amazon.nova-micro-v1:0", "messages": [
        {"role": "user", "content": [{"text": "hello"}]}]}),
]  # fmt: skip


@pytest.mark.parametrize(("service", "call", "arguments"), WITHIN, ids=[f"{s}-{c}" for s, c, _ in WITHIN])
def test_the_role_may_do_what_its_purpose_needs(
    journey: Journey, keys: dict[str, Credentials], service: str, call: str, arguments: dict[str, Any]
) -> None:
    getattr(client(journey, keys["clock"], service), call)(**arguments)


@pytest.mark.parametrize(("service", "call", "arguments"), BEYOND, ids=[f"{s}-{c}" for s, c, _ in BEYOND])
def test_every_call_beyond_its_purpose_is_refused(
    journey: Journey, keys: dict[str, Credentials], service: str, call: str, arguments: dict[str, Any]
) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(client(journey, keys["clock"], service), call)(**arguments)
    assert refused.value.response["Error"]["Code"] in {"AccessDenied", "AccessDeniedException"}


@pytest.mark.parametrize(("agent", "variant"), [("clock", "lambda"), ("task", "ecs"), ("laptop", "elsewhere")])
def test_the_audit_finds_nothing_missing_and_nothing_too_much(
    journey: Journey, assembly: Path, agent: str, variant: str
) -> None:
    del assembly
    run = journey.run("bedrock-o11y", "audit", "--all", "--format", "json", role="auditor")
    judged = {each["arn"]: each for each in json.loads(run.stdout)["roles"]}
    role = judged[role_of(journey, agent)]
    assert role["kind"] == "agent-elsewhere"
    assert f"variant {variant}." in " ".join(role["assumed"])
    assert (role["findings"], role["unread"]) == ([], [])
    assert run.returncode == 0


@pytest.mark.parametrize(("agent", "hosted"), [("clock", "lambda"), ("laptop", "elsewhere")])
def test_env_check_finds_the_log_group_the_streams_and_the_policy(
    journey: Journey, assembly: Path, agent: str, hosted: str
) -> None:
    del assembly
    shown = journey.run("bedrock-o11y", "env", "show", "--agent", agent, "--out", f"{agent}.env")
    assert shown.returncode == 0, shown.stderr
    check = ["bedrock-o11y", "env", "check", "--hosted", hosted, "--from", f"{agent}.env"]
    run = journey.run(*check, role="looker")
    assert run.returncode == 0, run.stdout + run.stderr
    (journey.folder / f"{agent}.env").write_text(
        (journey.folder / f"{agent}.env").read_text().replace("x-aws-log-stream=runtime-logs", "x-aws-log-stream=logs")
    )
    run = journey.run(*check, role="looker")
    assert run.returncode == 1
    assert "log stream logs" in " ".join(run.stdout.split())


def test_a_second_deploy_changes_nothing_and_a_destroy_keeps_what_was_said(
    journey: Journey, assembly: Path, keys: dict[str, Credentials]
) -> None:
    said = test_otlp_logs.binary_request()
    assert export(journey, keys["clock"], environment_of(journey, "clock"), "LOGS", said) == ""
    before = kept(journey, OWN, "runtime-logs")
    assert before
    assert journey.run("bedrock-o11y", "plan").returncode == 0, "what is ours is not in the way"
    assert journey.deploy(assembly).returncode == 0
    destroy = journey.destroy(assembly)
    assert destroy.returncode == 0, destroy.stdout + destroy.stderr
    assert kept(journey, OWN, "runtime-logs") == before
    attached = journey.sandbox.client("iam").list_attached_role_policies(RoleName="laptop")["AttachedPolicies"]
    assert attached == [], "the role is as it was"
    assert journey.sandbox.client("logs").describe_log_streams(logGroupName=THEIRS)["logStreams"]
    assert journey.run("bedrock-o11y", "plan").returncode == 0, "what a destroy left is ours"
    again = journey.deploy(assembly)
    assert again.returncode == 0, again.stdout + again.stderr
    assert kept(journey, OWN, "runtime-logs") == before
