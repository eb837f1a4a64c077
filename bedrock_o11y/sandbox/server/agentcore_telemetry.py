"""What the telemetry library of the built-in agent says about one invocation, in the JSON of OTLP. Pure.

Names: AgentCore developer guide, "Supported frameworks" and runtime observability; CloudWatch user guide, generative AI
observability; aws-opentelemetry-distro 0.21 (resource attributes, `session.id` from baggage, prompts and answers as log
records of the span instead of attributes, unless `AWS_GENAI_CONTENT_EXTRACTION_OPT_OUT` is true).
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .agentcore_state import Endpoint, Runtime

SERVER_SCOPE = "opentelemetry.instrumentation.starlette"
AGENT_SCOPE = "strands.telemetry.tracer"
MODEL_SCOPE = "opentelemetry.instrumentation.botocore.bedrock-runtime"
APPLICATION_SCOPE = "bedrock_agentcore.app"
EXPORTER_SCOPE = "opentelemetry.exporter.otlp.proto.http.trace_exporter"
PROVIDER = "aws.bedrock"

_INTERNAL, _SERVER, _CLIENT = 1, 2, 3
_OK, _ERROR = 1, 2
_SEVERITY = {"INFO": 9, "ERROR": 17}


@dataclass(slots=True)
class Span:
    """A span that is open until its end is set.

    Attributes:
        name: of the span.
        scope: name of the instrumentation.
        kind: as OTLP counts kinds.
        parent: id of the parent, or an empty text.
        attributes: beside those that every span of the invocation has.
        id: sixteen hexadecimal digits.
        start: nanoseconds since the epoch.
        end: nanoseconds since the epoch.
        error: what went wrong, or an empty text.
    """

    name: str
    scope: str
    kind: int
    parent: str
    attributes: dict[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    start: int = field(default_factory=time.time_ns)
    end: int = 0
    error: str = ""

    def close(self, error: str = "") -> None:
        """End the span.

        Args:
            error: what went wrong, or an empty text.
        """
        self.end, self.error = time.time_ns(), error


@dataclass(slots=True)
class Telemetry:
    """The spans and log records of one invocation.

    Attributes:
        runtime: that is invoked.
        endpoint: by which it is invoked.
        log_group: of the endpoint.
        session_id: of the runtime session.
        trace_id: thirty-two hexadecimal digits.
        caller_span: id of the caller's span, or an empty text.
        spans: opened so far.
        records: log records so far.
    """

    runtime: Runtime
    endpoint: Endpoint
    log_group: str
    session_id: str
    trace_id: str
    caller_span: str = ""
    spans: list[Span] = field(default_factory=list)
    records: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def service_name(self) -> str:
        """`service.name` of an agent on the runtime."""
        return f"{self.runtime.name}.{self.endpoint.name}"

    def open_invocation(self) -> Span:
        """Open the span of the request that the agent serves.

        Returns:
            the span.
        """
        named = {"http.method": "POST", "http.target": "/invocations"}
        return self._open(Span("POST /invocations", SERVER_SCOPE, _SERVER, self.caller_span, named))

    def open_agent(self, parent: Span) -> Span:
        """Open the span of the agent.

        Args:
            parent: the span of the request.

        Returns:
            the span.
        """
        attributes = {
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.provider.name": PROVIDER,
            "gen_ai.system": PROVIDER,
            "gen_ai.agent.name": self.runtime.name,
            "gen_ai.agent.id": self.runtime.id,
            "gen_ai.conversation.id": self.session_id,
        }
        return self._open(Span(f"invoke_agent {self.runtime.name}", AGENT_SCOPE, _INTERNAL, parent.id, attributes))

    def open_chat(self, parent: Span, model: str) -> Span:
        """Open the span of the model call.

        Args:
            parent: the span of the agent.
            model: that is called.

        Returns:
            the span.
        """
        attributes = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": PROVIDER,
            "gen_ai.system": PROVIDER,
            "gen_ai.request.model": model,
            "rpc.system": "aws-api",
            "rpc.service": "Bedrock Runtime",
            "rpc.method": "Converse",
            "aws.remote.service": "AWS::BedrockRuntime",
            "aws.remote.operation": "Converse",
        }
        return self._open(Span(f"chat {model}", MODEL_SCOPE, _CLIENT, parent.id, attributes))

    def log(self, scope: str, body: Any, span: Span, severity: str = "", **attributes: Any) -> None:
        """Add a log record.

        Args:
            scope: name of the instrumentation.
            body: of the record.
            span: during which it was written.
            severity: `INFO`, `ERROR`, or none for an event.
            attributes: beside the session; two underscores stand for a dot.
        """
        moment = time.time_ns()
        record = {
            "timeUnixNano": str(moment),
            "observedTimeUnixNano": str(moment),
            "body": _value(body),
            "attributes": _pairs(
                {"session.id": self.session_id, **{key.replace("__", "."): item for key, item in attributes.items()}}
            ),
            "traceId": self.trace_id,
            "spanId": span.id,
            "flags": 1,
        }
        if severity:
            record |= {"severityText": severity, "severityNumber": _SEVERITY[severity]}
        self.records.append((scope, record))

    def traces_request(self) -> dict[str, Any]:
        """The spans as an ExportTraceServiceRequest."""
        parts = [{"scope": {"name": span.scope}, "spans": [self._encoded(span)]} for span in self.spans]
        return {"resourceSpans": [{"resource": self._resource(), "scopeSpans": parts}]}

    def logs_request(self) -> dict[str, Any]:
        """The log records as an ExportLogsServiceRequest."""
        parts = [{"scope": {"name": scope}, "logRecords": [record]} for scope, record in self.records]
        return {"resourceLogs": [{"resource": self._resource(), "scopeLogs": parts}]}

    def _open(self, span: Span) -> Span:
        self.spans.append(span)
        return span

    def _encoded(self, span: Span) -> dict[str, Any]:
        attributes = {
            "session.id": self.session_id,
            "aws.local.service": self.service_name,
            "aws.local.operation": "POST /invocations",
            "aws.local.environment": "bedrock-agentcore:default",
            **span.attributes,
        }
        return {
            "traceId": self.trace_id,
            "spanId": span.id,
            "parentSpanId": span.parent,
            "flags": 1,
            "name": span.name,
            "kind": span.kind,
            "startTimeUnixNano": str(span.start),
            "endTimeUnixNano": str(span.end),
            "attributes": _pairs(attributes),
            "status": {"code": _ERROR, "message": span.error} if span.error else {"code": _OK},
        }

    def _resource(self) -> dict[str, Any]:
        return {
            "attributes": _pairs(
                {
                    "service.name": self.service_name,
                    "cloud.provider": "aws",
                    "cloud.platform": "aws_bedrock_agentcore",
                    "cloud.region": self.endpoint.arn.split(":")[3],
                    "cloud.resource_id": f"{self.endpoint.arn}:{self.endpoint.name}",
                    "aws.log.group.names": self.log_group,
                    "aws.service.type": "gen_ai_agent",
                    "aws.local.service": self.service_name,
                    "telemetry.sdk.language": "python",
                    "telemetry.sdk.name": "opentelemetry",
                }
            )
        }


def _pairs(attributes: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in attributes.items()]


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, dict):
        return {"kvlistValue": {"values": _pairs(value)}}
    if isinstance(value, list):
        return {"arrayValue": {"values": [_value(item) for item in value]}}
    return {"stringValue": str(value)}
