"""An agent as its owner starts it, unchanged, with its role: spans and log events arrive, or it says why."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bedrock_o11y.sandbox import Sandbox
from demo.model import Script, Turn, serve
from tests.sandbox.command_line import COMMAND, environment

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.long, pytest.mark.sandbox]

ROOT = Path(__file__).parents[2]
AGENT = ROOT / ".venv-agent" / "bin"
PROGRAM = ROOT / "demo" / "agents" / "strands_agent.py"
ACCOUNT = "000000000000"
GROUP = "/aws/bedrock-agentcore/runtimes/clock-agent"
MODEL = "anthropic.claude-haiku-4-5-20251001-v1:0"
SCRIPT = Script({"What time is it in Tokyo?": (Turn(None, "clock", {"city": "Tokyo"}), Turn("It is late.", None, {}))})
HOSTS = {f"{service}.us-east-1.amazonaws.com:443" for service in ("bedrock-runtime", "logs", "xray")}

# AgentCore developer guide, "Configure observability", agents hosted elsewhere; typed by hand.
OBSERVED = {
    "AGENT_OBSERVABILITY_ENABLED": "true",
    "OTEL_PYTHON_DISTRO": "aws_distro",
    "OTEL_PYTHON_CONFIGURATOR": "aws_configurator",
    "OTEL_RESOURCE_ATTRIBUTES": f"service.name=clock-agent,aws.log.group.names={GROUP}",
    "OTEL_EXPORTER_OTLP_LOGS_HEADERS": (
        f"x-aws-log-group={GROUP},x-aws-log-stream=runtime-logs,x-aws-metric-namespace=bedrock-agentcore"
    ),
    "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
    "OTEL_TRACES_EXPORTER": "otlp",
}
TO_OWN_GROUP = {"OTEL_EXPORTER_OTLP_TRACES_HEADERS": f"x-aws-log-group={GROUP},x-aws-log-stream=spans"}

CALLS_MODEL = {
    "Effect": "Allow",
    "Action": "bedrock:InvokeModelWithResponseStream",
    "Resource": [
        f"arn:aws:bedrock:us-east-1:{ACCOUNT}:inference-profile/us.{MODEL}",
        f"arn:aws:bedrock:*::foundation-model/{MODEL}",
    ],
}
WRITES_LOGS = {
    "Effect": "Allow",
    "Action": ["logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:CreateLogStream"],
    "Resource": "*",
}
WRITES_SPANS = {"Effect": "Allow", "Action": "xray:PutTraceSegments", "Resource": "*"}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Transaction Search is on; log group, streams and resource policy are there; two roles an agent may have."""
    with serve(SCRIPT) as url:
        sandbox = Sandbox.start(tmp_path_factory.mktemp("agent"), model_endpoint=url)
        try:
            prepare(sandbox)
            yield sandbox
        finally:
            sandbox.stop()


def prepare(sandbox: Sandbox) -> None:
    logs, iam, xray = (sandbox.client(name) for name in ("logs", "iam", "xray"))
    logs.create_log_group(logGroupName=GROUP)
    for stream in ("runtime-logs", "spans"):
        logs.create_log_stream(logGroupName=GROUP, logStreamName=stream)
    groups = ("aws/spans", "/aws/application-signals/data", GROUP)
    by_xray = {
        "Effect": "Allow",
        "Principal": {"Service": "xray.amazonaws.com"},
        "Action": "logs:PutLogEvents",
        "Resource": [f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{group}:*" for group in groups],
        "Condition": {
            "ArnLike": {"aws:SourceArn": f"arn:aws:xray:us-east-1:{ACCOUNT}:*"},
            "StringEquals": {"aws:SourceAccount": ACCOUNT},
        },
    }
    logs.put_resource_policy(policyName="TransactionSearchAccess", policyDocument=document(by_xray))
    xray.update_trace_segment_destination(Destination="CloudWatchLogs")
    until = time.monotonic() + 30
    while xray.get_trace_segment_destination()["Status"] != "ACTIVE":
        assert time.monotonic() < until
        time.sleep(0.2)
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    for name, statements in {
        "agent": (CALLS_MODEL, WRITES_LOGS, WRITES_SPANS),
        "agent-without-spans": (CALLS_MODEL, WRITES_LOGS),
        "agent-without-logs": (CALLS_MODEL, WRITES_SPANS),
    }.items():
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))
        iam.put_role_policy(RoleName=name, PolicyName="agent", PolicyDocument=document(*statements))


def run_agent(
    sandbox: Sandbox, role: str, session: str, observed: dict[str, str] | None = None, **changes: str
) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """What the agent said, and the new lines of the proxy's log without their time."""
    if not (AGENT / "opentelemetry-instrument").exists():
        pytest.fail("the agent is not installed; make agent installs it")
    log = sandbox.directory / "proxy.log"
    before = len(log.read_text().splitlines()) if log.exists() else 0
    # As a shell has it: no variable of an agent or of a collector of this machine gets into the experiment.
    bare = {name: value for name, value in environment().items() if not name.startswith(("OTEL_", "AGENT_"))}
    command = ["exec", "--proxy", "--dir", str(sandbox.directory), "--as", role, "--"]
    agent = [str(AGENT / "opentelemetry-instrument"), str(AGENT / "python"), str(PROGRAM), "--session", session]
    ran = subprocess.run(
        [*COMMAND, *command, *agent],
        env=bare | (OBSERVED if observed is None else observed) | changes,
        cwd=sandbox.directory,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return ran, [line.partition(" ")[2] for line in log.read_text().splitlines()[before:]]


def messages(sandbox: Sandbox, group: str, stream: str) -> list[dict[str, Any]]:
    pages = sandbox.client("logs").get_paginator("filter_log_events")
    found = pages.paginate(logGroupName=group, logStreamNames=[stream])
    return [json.loads(event["message"]) for page in found for event in page["events"]]


def spans_of(sandbox: Sandbox, group: str, stream: str, session: str) -> list[dict[str, Any]]:
    return [span for span in messages(sandbox, group, stream) if span["attributes"].get("session.id") == session]


@pytest.mark.parametrize(
    ("session", "headers", "group", "stream", "elsewhere"),
    [
        ("own-group", TO_OWN_GROUP, GROUP, "spans", ("aws/spans", "default")),
        ("shared-group", {}, "aws/spans", "default", (GROUP, "spans")),
    ],
    ids=["own group", "shared group"],
)
def test_the_spans_of_a_session_and_its_log_events_arrive_where_the_headers_say(
    account: Sandbox, session: str, headers: dict[str, str], group: str, stream: str, elsewhere: tuple[str, str]
) -> None:
    ran, asked = run_agent(account, "agent", session, **headers)
    assert ran.returncode == 0, ran.stderr
    assert "It is late." in ran.stdout
    assert "Failed to export" not in ran.stderr

    spans = spans_of(account, group, stream, session)
    operations = sorted(span["attributes"]["gen_ai.operation.name"] for span in spans)
    # Two turns, each seen by Strands and by the instrumentation of botocore.
    assert operations.count("chat") == 4
    assert operations.count("execute_tool") == 1
    assert operations.count("invoke_agent") == 1
    assert len({span["traceId"] for span in spans}) == 1
    assert {span["resource"]["attributes"]["service.name"] for span in spans} == {"clock-agent"}
    assert spans_of(account, *elsewhere, session) == []

    (trace,) = {span["traceId"] for span in spans}
    events = messages(account, GROUP, "runtime-logs")
    assert [event["body"] for event in events if event.get("scope", {}).get("name") == "agent"][-1] == (
        f"session {session} begins"
    )
    # Prompts and answers are moved from the spans to log events, which name their span.
    moved = [event for event in events if event.get("traceId") == trace]
    assert "What time is it in Tokyo?" in json.dumps(moved)
    assert "What time is it in Tokyo?" not in json.dumps(spans)
    assert {event["spanId"] for event in moved if event.get("spanId")} <= {span["spanId"] for span in spans}

    assert {line.partition(" ")[2] for line in asked} == HOSTS
    assert all(line.startswith("forwarded ") for line in asked), asked


def test_a_role_without_put_trace_segments_leaves_no_span_and_the_exporter_says_so(account: Sandbox) -> None:
    ran, asked = run_agent(account, "agent-without-spans", "no-spans", **TO_OWN_GROUP)
    assert ran.returncode == 0, ran.stderr
    assert "It is late." in ran.stdout
    (failure,) = [line for line in ran.stderr.splitlines() if "Failed to export span batch" in line]
    assert "code: 403" in failure
    assert spans_of(account, GROUP, "spans", "no-spans") == []
    assert spans_of(account, "aws/spans", "default", "no-spans") == []
    assert "forwarded xray.us-east-1.amazonaws.com:443" in asked  # it was asked, and refused by its policies
    said = [event["body"] for event in messages(account, GROUP, "runtime-logs") if "body" in event]
    assert "session no-spans begins" in said


def test_a_role_without_put_log_events_leaves_no_log_event_and_the_exporter_says_so(account: Sandbox) -> None:
    ran, _ = run_agent(account, "agent-without-logs", "no-logs", **TO_OWN_GROUP)
    assert ran.returncode == 0, ran.stderr
    failures = [line for line in ran.stderr.splitlines() if "Failed to export logs batch" in line]
    assert failures
    assert all("is not authorized to perform: logs:PutLogEvents" in line for line in failures), failures
    assert "session no-logs begins" not in json.dumps(messages(account, GROUP, "runtime-logs"))
    assert spans_of(account, GROUP, "spans", "no-logs")


def test_a_host_outside_is_refused_and_the_log_shows_it(account: Sandbox) -> None:
    """The agent's spans are sent to another vendor: nothing arrives, neither there nor here."""
    ran, asked = run_agent(
        account, "agent", "elsewhere", OTEL_EXPORTER_OTLP_TRACES_ENDPOINT="https://collector.example.com/v1/traces",
        OTEL_EXPORTER_OTLP_TRACES_TIMEOUT="2",
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert "It is late." in ran.stdout
    assert {line for line in asked if not line.startswith("forwarded ")} == {
        "refused collector.example.com:443: no host of AWS"
    }
    assert spans_of(account, "aws/spans", "default", "elsewhere") == []


def test_the_agent_knows_nothing_of_the_sandbox() -> None:
    source = PROGRAM.read_text().lower()
    code = source.partition('"""')[2].partition('"""')[2]
    assert not [
        word for word in ("sandbox", "endpoint", "proxy", "127.0.0.1", "localhost", "os.environ") if word in code
    ]
    assert os.access(AGENT / "python", os.X_OK)


@pytest.mark.parametrize("content", [True, False], ids=["content", "no content"])
def test_the_environment_that_env_show_prints_is_enough(account: Sandbox, content: bool) -> None:
    """What the product tells its users to set, set as they would: in the shell from which the agent is started."""
    session = f"as-shown-{content}".lower()
    words = ["--agent", "clock-agent", "--region", "us-east-1", "--content" if content else "--no-content"]
    command = [*COMMAND[:-1], "env", "show", "--hosted", "elsewhere", *words, "--format", "json"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    ran, asked = run_agent(account, "agent", session, json.loads(shown.stdout)["environment"])
    assert ran.returncode == 0, ran.stderr
    assert "Failed to export" not in ran.stderr
    assert {line.partition(" ")[2] for line in asked} == HOSTS

    spans = spans_of(account, GROUP, "spans", session)
    assert len(spans) == 8
    (trace,) = {span["traceId"] for span in spans}
    events = messages(account, GROUP, "runtime-logs")
    assert f"session {session} begins" in [event["body"] for event in events if "body" in event]
    kept = json.dumps([*spans, *(event for event in events if event.get("traceId") == trace)])
    for said in ("What time is it in Tokyo?", "It is late."):
        assert (said in kept) is content
