"""InvokeAgentRuntime: one invocation of an agent, and everything that it leaves behind.

Sources: API model of the data plane; AgentCore developer guide, "Invoke an AgentCore Runtime agent" and "Add
observability to your agentic resources" (where spans go, by the day on which the agent was created and by
`UNIFIED_TRACES_DESTINATION_ENABLED`). Seen by users, word for word: the messages of a qualifier that leads nowhere and
of an agent that failed. A span that X-Ray refuses leaves an error among the log records (starter toolkit of AgentCore,
issue 457). The answer is given after everything has been written.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from . import agentcore_metrics, agentcore_program, agentcore_roles, agentcore_state, service_settings, xray_state
from . import service_seams as seams
from .agentcore_agent import Agent
from .agentcore_answers import AgentCoreError, dumps, invalid, not_found
from .agentcore_calls import Caller
from .agentcore_environment import Spans, credentials, has_telemetry, observed
from .agentcore_logs import GROUP_PREFIX, AgentLogs
from .agentcore_telemetry import EXPORTER_SCOPE, Telemetry
from .authorization_agentcore import DEFAULT_ENDPOINT, PREFIX

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .agentcore_program import Program
    from .agentcore_state import Endpoint, Runtime

UNIFIED_VARIABLE = "UNIFIED_TRACES_DESTINATION_ENABLED"
UNIFIED_SINCE = datetime(2026, 7, 20, tzinfo=UTC)
"""Agents created from this day on write their spans to their own log group."""

SESSION_HEADER = "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"
REQUEST_HEADER = "X-Amzn-Bedrock-AgentCore-Runtime-Request-Id"
_SHORTEST_SESSION, _LONGEST_SESSION = 33, 256
_TRACE_PARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
_AMAZON_TRACE = re.compile(r"Root=1-([0-9a-f]{8})-([0-9a-f]{24})(?:;Parent=([0-9a-f]{16}))?")
_GOOD = 200
_USABLE = {"READY", "UPDATING"}
_logger = logging.getLogger("bedrock-o11y.sandbox.agentcore")


@dataclass(frozen=True, slots=True)
class Invocation:
    """A request that has found its agent.

    Attributes:
        runtime: the agent.
        endpoint: by which it is invoked.
        headers: of the request, names in lower case.
        session_id: of the runtime session.
        is_new_session: the session begins with it.
        machine: id of the microVM that serves the session.
    """

    runtime: Runtime
    endpoint: Endpoint
    headers: Mapping[str, str]
    session_id: str
    is_new_session: bool
    machine: str

    @property
    def version(self) -> dict[str, Any]:
        """The members of the request that made the version to which the endpoint leads."""
        return self.runtime.versions[self.endpoint.version]

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables of that version."""
        return dict(self.version.get("environmentVariables") or {})

    @property
    def log_group(self) -> str:
        """The log group of the endpoint."""
        return f"{GROUP_PREFIX}{self.runtime.id}-{self.endpoint.name}"

    @property
    def wants_own_spans(self) -> bool:
        """Whether the spans are to go to the log group of the endpoint."""
        chosen = self.environment.get(UNIFIED_VARIABLE, "").lower()
        if chosen in ("true", "false"):
            return chosen == "true"
        return self.runtime.life.created >= UNIFIED_SINCE.timestamp()


async def invoke(named: str, query: Mapping[str, str], headers: Mapping[str, str], payload: bytes) -> seams.Response:
    """InvokeAgentRuntime.

    Args:
        named: the runtime, by ARN or id.
        query: `qualifier` and `accountId`.
        headers: of the request, names in lower case.
        payload: of the request.

    Returns:
        what the agent answered.

    Raises:
        AgentCoreError: no such agent or endpoint, an agent that wants bearer tokens, a malformed session id, a role
            that cannot be assumed, or an agent that failed.
    """
    runtime, endpoint = _found(named, query)
    if runtime.versions[endpoint.version].get("authorizerConfiguration"):
        # Seen by users; a bearer token is not accepted here, see the README.
        raise AgentCoreError(
            "AccessDeniedException",
            "Authorization method mismatch. The agent is configured for a different authorization method than what was "
            "used in your request. Check the agent's authorization configuration and ensure your request uses the "
            "matching method (OAuth or SigV4)",
        )
    session_id = headers.get(SESSION_HEADER.lower()) or str(uuid.uuid4())
    if not _SHORTEST_SESSION <= len(session_id) <= _LONGEST_SESSION:
        raise invalid(
            f"1 validation error detected: Value '{session_id}' at 'runtimeSessionId' failed to satisfy constraint: "
            f"Member must have length between {_SHORTEST_SESSION} and {_LONGEST_SESSION}"
        )
    key = (endpoint.name, session_id)
    is_new = key not in runtime.sessions
    machine = runtime.sessions.setdefault(key, str(uuid.uuid4()))
    invocation = Invocation(runtime, endpoint, headers, session_id, is_new, machine)
    began, status = time.monotonic(), 500
    try:
        response = await _run(invocation, payload)
        status = response[0]
        return response
    except AgentCoreError as error:
        status = error.status
        raise
    finally:
        milliseconds = (time.monotonic() - began) * 1000
        agentcore_metrics.publish(runtime, endpoint, agentcore_metrics.Outcome(status, milliseconds, is_new))


def _found(named: str, query: Mapping[str, str]) -> tuple[Runtime, Endpoint]:
    qualifier = query.get("qualifier") or DEFAULT_ENDPOINT
    arn = named
    if not named.startswith("arn:"):
        if not query.get("accountId"):
            raise invalid("accountId is required when agentRuntimeArn is an agent id and not an ARN.")
        arn = f"arn:aws:{PREFIX}:{seams.region()}:{query['accountId']}:runtime/{named}"
    for runtime in agentcore_state.current().runtimes.values():
        endpoint = runtime.endpoints.get(qualifier) if runtime.arn == arn else None
        if endpoint is not None and {runtime.life.status(), endpoint.life.status()} <= _USABLE:
            return runtime, endpoint
    raise not_found(f"No endpoint or agent found with qualifier '{qualifier}' for agent '{arn}'")


async def _run(invocation: Invocation, payload: bytes) -> seams.Response:
    session = agentcore_roles.assume(str(invocation.version["roleArn"]), invocation.runtime.arn)
    logs = AgentLogs(Caller(session), invocation.log_group)
    await logs.prepare()
    program = agentcore_program.current()
    ran = await (_run_program(program, invocation, logs, payload) if program else _run_agent(invocation, logs, payload))
    if ran.status != _GOOD:
        raise AgentCoreError(
            "RuntimeClientError",
            f"Received error ({ran.status}) from runtime. Please check your CloudWatch logs for more information.",
        )
    headers = {
        "Content-Type": ran.content_type or "application/json",
        SESSION_HEADER: invocation.session_id,
        "X-Amzn-Trace-Id": f"Root=1-{ran.trace_id[:8]}-{ran.trace_id[8:]};Sampled=1",
        "traceparent": f"00-{ran.trace_id}-{ran.span_id}-01",
    }
    return _GOOD, headers, ran.body


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    content_type: str
    body: bytes
    trace_id: str
    span_id: str


async def _run_agent(invocation: Invocation, logs: AgentLogs, payload: bytes) -> _Answer:
    """Run the built-in agent."""
    trace_id, caller_span = _trace(invocation.headers)
    telemetry = Telemetry(
        invocation.runtime, invocation.endpoint, invocation.log_group, invocation.session_id, trace_id, caller_span
    )
    agent = Agent(logs.caller, telemetry, invocation.environment, str(uuid.uuid4()))
    status, answer = await agent.serve(payload)
    await _forward(invocation, logs, agent.output)
    if has_telemetry(invocation.environment):
        _note(invocation, "spans", await _export_spans(invocation, logs, telemetry))
        _note(invocation, "log records", await logs.export_records(telemetry.logs_request()))
    return _Answer(status, "", dumps(answer), trace_id, telemetry.spans[0].id)


async def _run_program(program: Program, invocation: Invocation, logs: AgentLogs, payload: bytes) -> _Answer:
    """Run a program of this machine, which sends its spans and log records by itself."""
    trace_id, caller_span = _trace(invocation.headers)
    span_id = caller_span or secrets.token_hex(8)
    variables = credentials(logs.caller.session, seams.region())
    if has_telemetry(invocation.environment):
        spans = await _spans(invocation, logs)
        _note(invocation, "spans", spans.problem)
        variables |= observed(invocation.runtime, invocation.endpoint, invocation.log_group, spans)
    known = invocation.headers.get("baggage", "")
    headers = {
        "Content-Type": invocation.headers.get("content-type", "application/json"),
        SESSION_HEADER: invocation.session_id,
        REQUEST_HEADER: str(uuid.uuid4()),
        "traceparent": f"00-{trace_id}-{span_id}-01",
        # AgentCore developer guide, observability: the session header is also the baggage session.id.
        "baggage": ",".join(filter(None, [known, f"session.id={invocation.session_id}"])),
    }
    ran = await agentcore_program.invoke(program, {**variables, **invocation.environment}, headers, payload)
    await _forward(invocation, logs, ran.output)
    return _Answer(ran.status, ran.content_type, ran.body, trace_id, span_id)


async def _forward(invocation: Invocation, logs: AgentLogs, output: list[str]) -> None:
    stream = f"{datetime.now(UTC):%Y/%m/%d}/[runtime-logs] {invocation.machine}"
    if output:
        _note(invocation, "output", await logs.forward(stream, output))


async def _spans(invocation: Invocation, logs: AgentLogs) -> Spans:
    """Prepare the place where the spans are to go, as far as the role may."""
    if not (invocation.wants_own_spans and xray_state.current().searches_transactions):
        return Spans()
    problem = await logs.let_spans_in()
    nowhere = bool(problem) and service_settings.current().spans_without_own_group == "nowhere"
    return Spans(own_group=not problem, problem=problem, nowhere=nowhere)


async def _export_spans(invocation: Invocation, logs: AgentLogs, telemetry: Telemetry) -> str:
    spans = await _spans(invocation, logs)
    if spans.nowhere:
        return spans.problem
    answer = await logs.export_spans(telemetry.traces_request(), own_group=spans.own_group)
    if not answer.is_ok:
        reason = f"Failed to export span batch code: {answer.status}, reason: {answer.body.decode('utf-8', 'replace')}"
        telemetry.log(EXPORTER_SCOPE, reason, telemetry.spans[0], "ERROR")
    return answer.refusal


def _trace(headers: Mapping[str, str]) -> tuple[str, str]:
    """The trace and the span of the caller, or a new trace."""
    parent = _TRACE_PARENT.fullmatch(headers.get("traceparent", ""))
    if parent:
        return parent[1], parent[2]
    amazon = _AMAZON_TRACE.match(headers.get("x-amzn-trace-id", ""))
    if amazon:
        return amazon[1] + amazon[2], amazon[3] or ""
    return f"{int(time.time()):08x}{secrets.token_hex(12)}", ""


def _note(invocation: Invocation, what: str, problem: str) -> None:
    # AWS tells nobody; whoever keeps the sandbox finds it in its log.
    if problem:
        _logger.info("%s of %s not written: %s", what, invocation.runtime.id, json.dumps(problem))
