"""The variables that make an agent observable: the only place where they are written.

``bedrock-o11y env show`` prints those with a value, ``bedrock-o11y env check`` judges all of them. Pure data.
"""

from __future__ import annotations

from typing import Final

from bedrock_o11y.blueprint import Severity
from bedrock_o11y.blueprint.agent_elsewhere import SPANS_STREAM
from bedrock_o11y.blueprint.agentcore_runtime import METRIC_NAMESPACE

from . import sources
from .variable import OUTSIDE, Hosting, Variable, When

GROUP_HEADER: Final = "x-aws-log-group"
STREAM_HEADER: Final = "x-aws-log-stream"
NAMESPACE_HEADER: Final = "x-aws-metric-namespace"

OBSERVABILITY: Final = "AGENT_OBSERVABILITY_ENABLED"
DISABLE_ADOT: Final = "DISABLE_ADOT_OBSERVABILITY"
UNIFIED: Final = "UNIFIED_TRACES_DESTINATION_ENABLED"
CONTENT: Final = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
CONTENT_ON_SPANS: Final = "AWS_GENAI_CONTENT_EXTRACTION_OPT_OUT"
RESOURCE_ATTRIBUTES: Final = "OTEL_RESOURCE_ATTRIBUTES"
SERVICE_NAME: Final = "OTEL_SERVICE_NAME"
LOGS_HEADERS: Final = "OTEL_EXPORTER_OTLP_LOGS_HEADERS"
TRACES_HEADERS: Final = "OTEL_EXPORTER_OTLP_TRACES_HEADERS"
REGION: Final = "AWS_REGION"
DEFAULT_REGION: Final = "AWS_DEFAULT_REGION"

SMALLEST_UNIFIED_ADOT: Final = (0, 18, 0)
"""First version of aws-opentelemetry-distro that can write spans to the agent's own log group."""

VARIABLES: Final[tuple[Variable, ...]] = (
    Variable(
        name=OBSERVABILITY,
        purpose="Turns on the defaults of ADOT for agents: its exporters, its endpoints in AWS, 100 % of the spans.",
        sources=(sources.OBSERVABILITY, sources.ADOT),
        value="true",
        hosted=OUTSIDE,
        required=OUTSIDE,
        allowed=("true",),
        breaks="ADOT sends nothing to the endpoints of AWS.",
    ),
    Variable(
        name=REGION,
        purpose="The Region of the endpoints to which spans and logs are sent.",
        sources=(sources.OBSERVABILITY, sources.SDK_REGION),
        value="${Region}",
        hosted=(Hosting.ELSEWHERE,),  # in a Lambda function it is a reserved name that the service sets
        breaks="ADOT does not know the endpoints of AWS, and spans and logs go nowhere.",
    ),
    Variable(
        name="OTEL_PYTHON_DISTRO",
        purpose="Takes ADOT's defaults and not those of OpenTelemetry's own distribution.",
        sources=(sources.OBSERVABILITY,),
        value="aws_distro",
        hosted=OUTSIDE,
        required=OUTSIDE,
        allowed=("aws_distro",),
        breaks="opentelemetry-instrument may load OpenTelemetry's own distribution, which does not know AWS.",
    ),
    Variable(
        name="OTEL_PYTHON_CONFIGURATOR",
        purpose="Takes ADOT's exporters, which sign their requests.",
        sources=(sources.OBSERVABILITY,),
        value="aws_configurator",
        hosted=OUTSIDE,
        required=OUTSIDE,
        allowed=("aws_configurator",),
        breaks="Requests are not signed, and the endpoints of AWS refuse them.",
    ),
    Variable(
        name="OTEL_EXPORTER_OTLP_PROTOCOL",
        purpose="The endpoints of AWS speak HTTP/1.1; they know no gRPC.",
        sources=(sources.OBSERVABILITY, sources.OTLP_ENDPOINTS),
        value="http/protobuf",
        hosted=OUTSIDE,
        allowed=("http/protobuf",),
    ),
    Variable(
        name="OTEL_TRACES_EXPORTER",
        purpose="Spans are sent with OTLP.",
        sources=(sources.OBSERVABILITY,),
        value="otlp",
        hosted=OUTSIDE,
    ),
    Variable(
        name="OTEL_LOGS_EXPORTER",
        purpose="Log records, and prompts and answers that are taken off the spans, are sent with OTLP.",
        sources=(sources.OBSERVABILITY,),
        value="otlp",
        hosted=(Hosting.LAMBDA,),
    ),
    Variable(
        name="OTEL_METRICS_EXPORTER",
        purpose="Metrics are written as log events in CloudWatch's embedded metric format.",
        sources=(sources.OBSERVABILITY,),
        value="awsemf",
        hosted=(Hosting.LAMBDA,),
    ),
    Variable(
        name="AWS_LAMBDA_EXEC_WRAPPER",
        purpose="Starts the function under the instrumentation of the ADOT layer.",
        sources=(sources.OBSERVABILITY,),
        value="/opt/otel-instrument",
        hosted=(Hosting.LAMBDA,),
        required=(Hosting.LAMBDA,),
        allowed=("/opt/otel-instrument",),
        breaks="The function runs without instrumentation, and no span is made.",
    ),
    Variable(
        name="OTEL_AWS_APPLICATION_SIGNALS_ENABLED",
        purpose="Application Signals would be paid beside Transaction Search, for the same spans.",
        sources=(sources.OBSERVABILITY,),
        value="false",
        hosted=(Hosting.LAMBDA,),
    ),
    Variable(
        name=RESOURCE_ATTRIBUTES,
        purpose="The name under which CloudWatch shows the agent, and the log group that belongs to its spans.",
        sources=(sources.OBSERVABILITY, sources.RESOURCE),
        value="service.name=${Agent},aws.log.group.names=${LogGroupAttribute}",
        hosted=OUTSIDE,
    ),
    Variable(
        name=LOGS_HEADERS,
        purpose="Log group and log stream of log records, and the namespace of metrics. Both must exist already.",
        sources=(sources.OBSERVABILITY, sources.OTLP_ENDPOINTS),
        value=f"{GROUP_HEADER}=${{LogGroup}},{STREAM_HEADER}=${{LogStream}},{NAMESPACE_HEADER}={METRIC_NAMESPACE}",
        hosted=OUTSIDE,
        required=OUTSIDE,
        breaks="Log records have no destination, and ADOT neither signs them nor writes metrics.",
    ),
    Variable(
        name=TRACES_HEADERS,
        purpose="Spans go to the agent's own log group and not to the shared group aws/spans. The group needs a "
        "resource policy that lets xray.amazonaws.com write to it.",
        sources=(sources.OBSERVABILITY, sources.OTLP_ENDPOINTS),
        value=f"{GROUP_HEADER}=${{LogGroup}},{STREAM_HEADER}={SPANS_STREAM}",
        hosted=OUTSIDE,
        when=When.UNIFIED,
    ),
    Variable(
        name=UNIFIED,
        purpose="true sends spans to the agent's own log group, false to the shared group aws/spans. Unset, that "
        "depends on the day on which the agent was created.",
        sources=(sources.OBSERVABILITY, sources.TELEMETRY),
        value="${Unified}",
        hosted=(Hosting.RUNTIME,),
        allowed=("true", "false"),
        wrong=Severity.MEDIUM,
    ),
    Variable(
        name=CONTENT,
        purpose="Whether prompts and answers are captured. ADOT captures them unless this says false.",
        sources=(sources.ADOT,),
        value="${Content}",
        hosted=tuple(Hosting),
        # The last four: OpenTelemetry's newer GenAI conventions.
        allowed=("true", "false", "no_content", "span_only", "event_only", "span_and_event"),
        wrong=Severity.MEDIUM,
    ),
    Variable(
        name=CONTENT_ON_SPANS,
        purpose="true keeps captured prompts and answers on the spans; otherwise ADOT moves them to log records.",
        sources=(sources.OBSERVABILITY, sources.TELEMETRY),
        value="true",
        hosted=tuple(Hosting),
        when=When.CONTENT_ON_SPANS,
        allowed=("true", "false"),
        wrong=Severity.MEDIUM,
    ),
    Variable(
        name=DISABLE_ADOT,
        purpose="true takes away what AgentCore Runtime sets, for an agent that reports to another vendor.",
        sources=(sources.OBSERVABILITY,),
        allowed=("true", "false"),
        wrong=Severity.MEDIUM,
    ),
    Variable(
        name="AWS_GENAI_INSTRUMENTATION",
        purpose="Whether ADOT's own instrumentation of agent frameworks is loaded.",
        sources=(sources.ADOT,),
        allowed=("auto", "enabled", "disabled"),
        wrong=Severity.MEDIUM,
    ),
    Variable(name=DEFAULT_REGION, purpose="The Region, where AWS_REGION is not set.", sources=(sources.SDK_REGION,)),
)
"""Every variable that is written or judged for its meaning, in the order in which it is written."""

BY_NAME: Final = {variable.name: variable for variable in VARIABLES}

OTHER_NAMES: Final = frozenset(
    {
        "AWS_AGENTIC_INSTRUMENTATION",
        "AWS_AGENTIC_OBSERVABILITY_OPT_IN",
        "AWS_PROFILE",
        "AWS_XRAY_ADAPTIVE_SAMPLING_CONFIG",
        "OTEL_AWS_APPLICATION_SIGNALS_EXPORTER_ENDPOINT",
        "OTEL_AWS_APPLICATION_SIGNALS_RUNTIME_ENABLED",
        "OTEL_AWS_APP_SIGNALS_ENABLED",
        "OTEL_AWS_APP_SIGNALS_EXPORTER_ENDPOINT",
        "OTEL_AWS_EXPERIMENTAL_CODE_ATTRIBUTES",
        "OTEL_AWS_PYTHON_DEFER_TO_WORKERS_ENABLED",
        "OTEL_BAGGAGE_SPAN_ATTRIBUTE_KEYS",
        "OTEL_METRICS_ADD_APPLICATION_SIGNALS_DIMENSIONS",
    }
)
"""Names that ADOT reads beside those above (its source); they are real, and nothing is said about their values."""
