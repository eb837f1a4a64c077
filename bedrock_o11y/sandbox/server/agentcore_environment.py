"""The environment in which AgentCore Runtime starts an agent. Pure.

Sources: AgentCore developer guide, "Add observability to your agentic resources" (the variables of an agent hosted
elsewhere, which the service sets for an agent on the runtime; `DISABLE_ADOT_OBSERVABILITY` removes them). Seen by
users: that the headers of the log records are set in every container (spring-ai-community/spring-ai-agentcore 112), and
the resource attributes and the sampler in the environment of a runtime (write-up of the quiet runtime).

Not published, therefore decided here: that the spans of the agent's own log group are asked for by the header of the
guide; that the agent's own metrics are not exported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .agentcore_roles import Session
    from .agentcore_state import Endpoint, Runtime

RECORDS_STREAM, SPANS_STREAM = "otel-rt-logs", "spans"
NO_TELEMETRY_VARIABLE = "DISABLE_ADOT_OBSERVABILITY"
METRIC_NAMESPACE = "bedrock-agentcore"


@dataclass(frozen=True, slots=True)
class Spans:
    """Where the spans of an agent go.

    Attributes:
        own_group: to the stream `spans` of the agent's own log group; else to `aws/spans`.
        problem: why they do not go to the agent's own log group although they should, or an empty text.
        nowhere: they are not sent at all.
    """

    own_group: bool = False
    problem: str = ""
    nowhere: bool = False


def has_telemetry(variables: Mapping[str, str]) -> bool:
    """Whether an agent is to be observed.

    Args:
        variables: that the owner of the agent set.

    Returns:
        False where they switch it off.
    """
    return variables.get(NO_TELEMETRY_VARIABLE, "").lower() != "true"


def observed(runtime: Runtime, endpoint: Endpoint, log_group: str, spans: Spans) -> dict[str, str]:
    """The variables of OpenTelemetry.

    Args:
        runtime: the agent.
        endpoint: by which it is invoked.
        log_group: of the endpoint.
        spans: where they go.

    Returns:
        the variables.
    """
    attributes = {
        "service.name": f"{runtime.name}.{endpoint.name}",
        "aws.log.group.names": log_group,
        "cloud.resource_id": f"{endpoint.arn}:{endpoint.name}",
    }
    to_group = f"x-aws-log-group={log_group}"
    records = f"{to_group},x-aws-log-stream={RECORDS_STREAM},x-aws-metric-namespace={METRIC_NAMESPACE}"
    variables = {
        "AGENT_OBSERVABILITY_ENABLED": "true",
        "OTEL_PYTHON_DISTRO": "aws_distro",
        "OTEL_PYTHON_CONFIGURATOR": "aws_configurator",
        "OTEL_RESOURCE_ATTRIBUTES": ",".join(f"{name}={value}" for name, value in attributes.items()),
        "OTEL_EXPORTER_OTLP_LOGS_HEADERS": records,
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_TRACES_EXPORTER": "none" if spans.nowhere else "otlp",
        "OTEL_TRACES_SAMPLER": "always_on",
        "OTEL_METRICS_EXPORTER": "none",
    }
    if spans.own_group:
        variables["OTEL_EXPORTER_OTLP_TRACES_HEADERS"] = f"{to_group},x-aws-log-stream={SPANS_STREAM}"
    return variables


def credentials(session: Session, region: str) -> dict[str, str]:
    """The variables of the AWS SDKs: the execution role's session, and nobody else's.

    Args:
        session: of the execution role.
        region: of the runtime.

    Returns:
        the variables.
    """
    return {
        "AWS_ACCESS_KEY_ID": session.access_key_id,
        "AWS_SECRET_ACCESS_KEY": session.secret_access_key,
        "AWS_SESSION_TOKEN": session.session_token,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
