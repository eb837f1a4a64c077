"""Runtimes that run a program of this machine: what it is given, what becomes of what it says, and how it ends.

Sources: AgentCore developer guide, "HTTP protocol contract" (`/ping`, `/invocations`) and observability (the variables
of the environment, the session id in the baggage, `DISABLE_ADOT_OBSERVABILITY`).
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.test_agentcore_account import OUTPUT, RECORDS, SESSION, SPANS, agents, tracing, tracing_clients

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.sandbox.test_agentcore_account import Agents

__all__ = ["agents", "tracing", "tracing_clients"]

pytestmark = pytest.mark.sandbox

PROGRAM = """
import json, os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Agent(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(200, {})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        print(json.dumps({"asked": asked}), flush=True)
        if asked.get("prompt") == "fail":
            return self.answer(500, {})
        import boto3
        who = boto3.client("sts").get_caller_identity()["Arn"] if asked.get("prompt") == "who" else ""
        self.answer(200, {"environment": dict(os.environ), "headers": dict(self.headers), "who": who})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

try:
    HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Agent).serve_forever()
except KeyboardInterrupt:
    print(json.dumps({"said": "goodbye"}), flush=True)
"""


@pytest.fixture
def command(agents: Agents, tmp_path: Path) -> Iterator[list[str]]:
    file = tmp_path / "program.py"
    file.write_text(PROGRAM)
    with agents.sandbox.running_agent(sys.executable, str(file)):
        yield [sys.executable, str(file)]


def given(agents: Agents, identity: str, prompt: str = "hello", **more: Any) -> dict[str, Any]:
    """What the program says of itself."""
    return dict(agents.ask(identity, prompt, **more)["json"])


def test_it_acts_as_the_execution_role_under_the_real_names_of_aws(agents: Agents, command: list[str]) -> None:
    role = agents.execution_role()
    who = given(agents, agents.agent(role), "who")["who"]
    assert f":assumed-role/{role.rpartition('/')[2]}/BedrockAgentCore-" in who


def test_it_knows_nothing_of_the_machine_but_how_to_get_to_the_sandbox(agents: Agents, command: list[str]) -> None:
    environment = given(agents, agents.agent(agents.execution_role(), MINE="yes"))["environment"]
    assert environment["MINE"] == "yes"
    assert environment["AWS_REGION"] == agents.region
    assert "AWS_ENDPOINT_URL" not in environment
    assert {name for name in environment if name.startswith(("MINISTACK", "SANDBOX", "STATE"))} == set()


def test_its_environment_is_that_of_an_observed_agent(agents: Agents, command: list[str]) -> None:
    agents.search()
    identity = agents.agent(agents.execution_role())
    environment = given(agents, identity)["environment"]
    group, name = agents.group(identity), identity.rpartition("-")[0]
    assert environment["AGENT_OBSERVABILITY_ENABLED"] == "true"
    assert (environment["OTEL_PYTHON_DISTRO"], environment["OTEL_PYTHON_CONFIGURATOR"]) == (
        "aws_distro",
        "aws_configurator",
    )
    assert environment["OTEL_RESOURCE_ATTRIBUTES"].startswith(
        f"service.name={name}.DEFAULT,aws.log.group.names={group},cloud.resource_id=arn:aws:bedrock-agentcore:"
    )
    assert environment["OTEL_EXPORTER_OTLP_LOGS_HEADERS"] == (
        f"x-aws-log-group={group},x-aws-log-stream={RECORDS},x-aws-metric-namespace=bedrock-agentcore"
    )
    assert environment["OTEL_EXPORTER_OTLP_TRACES_HEADERS"] == f"x-aws-log-group={group},x-aws-log-stream={SPANS}"
    assert environment["OTEL_TRACES_EXPORTER"] == "otlp"


@pytest.mark.parametrize(("destination", "exporter"), [("shared", "otlp"), ("nowhere", "none")])
def test_a_role_that_may_not_let_spans_in_gets_no_header_for_them(
    agents: Agents, command: list[str], destination: str, exporter: str
) -> None:
    agents.search()
    agents.settings(trace_destination_seconds=0, spans_without_own_group=destination)
    environment = given(agents, agents.agent(agents.execution_role("logs:PutResourcePolicy")))["environment"]
    assert "OTEL_EXPORTER_OTLP_TRACES_HEADERS" not in environment
    assert environment["OTEL_TRACES_EXPORTER"] == exporter


def test_observability_switched_off_leaves_its_variables_out(agents: Agents, command: list[str]) -> None:
    identity = agents.agent(agents.execution_role(), DISABLE_ADOT_OBSERVABILITY="true")
    environment = given(agents, identity)["environment"]
    assert [name for name in environment if name.startswith(("OTEL_", "AGENT_"))] == []


def test_the_session_is_in_its_header_and_in_the_baggage_and_the_trace_goes_on(
    agents: Agents, command: list[str]
) -> None:
    identity = agents.agent(agents.execution_role())
    trace, parent = "5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174"
    headers = given(agents, identity, traceParent=f"00-{trace}-{parent}-01", baggage="tenant=a")["headers"]
    known = {name.lower(): value for name, value in headers.items()}
    assert known["x-amzn-bedrock-agentcore-runtime-session-id"] == SESSION
    assert known["baggage"] == f"tenant=a,session.id={SESSION}"
    assert known["traceparent"] == f"00-{trace}-{parent}-01"


def test_what_it_prints_until_it_has_ended_is_its_output(agents: Agents, command: list[str]) -> None:
    identity = agents.agent(agents.execution_role())
    given(agents, identity)
    assert (agents.streams(identity) or {})[OUTPUT] == [{"asked": {"prompt": "hello"}}, {"said": "goodbye"}]


def test_its_error_is_the_error_of_the_invocation(agents: Agents, command: list[str]) -> None:
    identity = agents.agent(agents.execution_role())
    with pytest.raises(agents.bedrock_agentcore.exceptions.RuntimeClientError, match=r"error \(500\) from runtime"):
        agents.ask(identity, "fail")
    assert (agents.streams(identity) or {})[OUTPUT][0] == {"asked": {"prompt": "fail"}}


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ([sys.executable, "-c", "print('[\"no key\"]'); raise SystemExit(3)"], ["no key"]),
        (["/no/such/program"], None),
    ],
    ids=["ends at once", "is not there"],
)
def test_a_program_that_does_not_serve_is_a_failed_invocation(
    agents: Agents, command: list[str], said: list[str] | None
) -> None:
    identity = agents.agent(agents.execution_role())
    with (
        agents.sandbox.running_agent(*command),
        pytest.raises(agents.bedrock_agentcore.exceptions.RuntimeClientError, match=r"error \(500\) from runtime"),
    ):
        agents.ask(identity)
    streams = agents.logs.describe_log_streams(logGroupName=agents.group(identity))["logStreams"]
    [name] = [stream["logStreamName"] for stream in streams if OUTPUT in stream["logStreamName"]]
    [event] = agents.logs.get_log_events(logGroupName=agents.group(identity), logStreamName=name)["events"]
    assert event["message"] == ('["no key"]' if said else "cannot run /no/such/program: No such file or directory")


def test_afterwards_the_built_in_agent_answers_again(agents: Agents, tmp_path: Path) -> None:
    identity = agents.agent(agents.execution_role())
    with agents.sandbox.running_agent("/no/such/program"):
        pass
    assert "reply" in agents.ask(identity)["json"]["result"]
