"""Environments for the tests, typed by hand from the AgentCore developer guide; none comes from the table."""

from __future__ import annotations

from bedrock_o11y.otel.judge import judge
from bedrock_o11y.otel.reading import Environment, Value
from bedrock_o11y.otel.subject import Subject
from bedrock_o11y.otel.variable import Hosting

GROUP = "/aws/bedrock-agentcore/runtimes/mine"
LOGS = f"x-aws-log-group={GROUP},x-aws-log-stream=runtime-logs,x-aws-metric-namespace=bedrock-agentcore"
TRACES = f"x-aws-log-group={GROUP},x-aws-log-stream=spans"
GOOD = {
    "AGENT_OBSERVABILITY_ENABLED": "true",
    "AWS_REGION": "eu-west-1",
    "OTEL_PYTHON_DISTRO": "aws_distro",
    "OTEL_PYTHON_CONFIGURATOR": "aws_configurator",
    "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
    "OTEL_TRACES_EXPORTER": "otlp",
    "OTEL_RESOURCE_ATTRIBUTES": f"service.name=mine,aws.log.group.names={GROUP}",
    "OTEL_EXPORTER_OTLP_LOGS_HEADERS": LOGS,
    "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "false",
}
"""An agent outside of the Runtime to which nothing is missing; its spans go to the shared group."""
LAMBDA = {name: value for name, value in GOOD.items() if name != "AWS_REGION"} | {
    "AWS_LAMBDA_EXEC_WRAPPER": "/opt/otel-instrument",
    "OTEL_AWS_APPLICATION_SIGNALS_ENABLED": "false",
    "OTEL_LOGS_EXPORTER": "otlp",
    "OTEL_METRICS_EXPORTER": "awsemf",
}


def environment(changes=None, base=GOOD, **more):
    """GOOD with changes; a variable that is None is taken out."""
    values = {**base, **(changes or {})}
    return Environment("test", {name: Value(text) for name, text in values.items() if text is not None}, **more)


def judged(changes=None, base=GOOD, hosted=Hosting.ELSEWHERE, **more):
    """The findings about GOOD with changes, but for those that only an account could answer."""
    found = judge(Subject(environment(changes, base), hosted, **more)).findings
    return [each for each in found if not (each.unknown and each.rule in ("log-group", "traces-resource-policy"))]


def told(findings):
    """Rule, severity and variable of each finding; UNKNOWN for what could not be judged."""
    return {(each.rule, "unknown" if each.unknown else each.severity.value, each.variable) for each in findings}
