"""The environment variables of the OpenTelemetry specification, and what each may hold.

Names and values: OpenTelemetry specification, Environment Variable Specification and OTLP Exporter Configuration;
names that only Python has: OpenTelemetry Python, ``environment_variables`` of the API, the SDK and the
instrumentations. A name that is here is never taken for a misspelling. Pure data.
"""

from __future__ import annotations

from enum import Enum
from typing import Final


class Kind(Enum):
    """What a variable of the specification may hold."""

    BOOLEAN = "true or false"
    """Only ``true``, in any case, is true; everything else is taken as false."""
    INTEGER = "a whole number, 0 or more"
    MILLISECONDS = "milliseconds, a whole number, 0 or more"
    TEXT = "text"
    PATH = "the path of a file"
    URL = "a URL with http:// or https://"


_SIGNALS: Final = ("", "TRACES_", "METRICS_", "LOGS_", "PROFILES_")


def _otlp(option: str, kind: Kind) -> dict[str, Kind]:
    return {f"OTEL_EXPORTER_OTLP_{signal}{option}": kind for signal in _SIGNALS}


SPECIFIED: Final[dict[str, Kind]] = {
    "OTEL_SDK_DISABLED": Kind.BOOLEAN,
    "OTEL_ENTITIES": Kind.TEXT,
    "OTEL_RESOURCE_ATTRIBUTES": Kind.TEXT,
    "OTEL_SERVICE_NAME": Kind.TEXT,
    "OTEL_LOG_LEVEL": Kind.TEXT,
    "OTEL_PROPAGATORS": Kind.TEXT,
    "OTEL_TRACES_SAMPLER": Kind.TEXT,
    "OTEL_TRACES_SAMPLER_ARG": Kind.TEXT,
    "OTEL_BSP_SCHEDULE_DELAY": Kind.MILLISECONDS,
    "OTEL_BSP_EXPORT_TIMEOUT": Kind.MILLISECONDS,
    "OTEL_BSP_MAX_QUEUE_SIZE": Kind.INTEGER,
    "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": Kind.INTEGER,
    "OTEL_BLRP_SCHEDULE_DELAY": Kind.MILLISECONDS,
    "OTEL_BLRP_EXPORT_TIMEOUT": Kind.MILLISECONDS,
    "OTEL_BLRP_MAX_QUEUE_SIZE": Kind.INTEGER,
    "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE": Kind.INTEGER,
    "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT": Kind.INTEGER,
    "OTEL_ATTRIBUTE_COUNT_LIMIT": Kind.INTEGER,
    "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT": Kind.INTEGER,
    "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT": Kind.INTEGER,
    "OTEL_SPAN_EVENT_COUNT_LIMIT": Kind.INTEGER,
    "OTEL_SPAN_LINK_COUNT_LIMIT": Kind.INTEGER,
    "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT": Kind.INTEGER,
    "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT": Kind.INTEGER,
    "OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT": Kind.INTEGER,
    "OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT": Kind.INTEGER,
    "OTEL_EXPORTER_ZIPKIN_ENDPOINT": Kind.URL,
    "OTEL_EXPORTER_ZIPKIN_TIMEOUT": Kind.MILLISECONDS,
    "OTEL_EXPORTER_ZIPKIN_PROTOCOL": Kind.TEXT,
    "OTEL_EXPORTER_PROMETHEUS_HOST": Kind.TEXT,
    "OTEL_EXPORTER_PROMETHEUS_PORT": Kind.INTEGER,
    "OTEL_EXPORTER_JAEGER_AGENT_HOST": Kind.TEXT,
    "OTEL_EXPORTER_JAEGER_AGENT_PORT": Kind.INTEGER,
    "OTEL_EXPORTER_JAEGER_ENDPOINT": Kind.TEXT,
    "OTEL_EXPORTER_JAEGER_PASSWORD": Kind.TEXT,
    "OTEL_EXPORTER_JAEGER_PROTOCOL": Kind.TEXT,
    "OTEL_EXPORTER_JAEGER_TIMEOUT": Kind.MILLISECONDS,
    "OTEL_EXPORTER_JAEGER_USER": Kind.TEXT,
    "OTEL_TRACES_EXPORTER": Kind.TEXT,
    "OTEL_METRICS_EXPORTER": Kind.TEXT,
    "OTEL_LOGS_EXPORTER": Kind.TEXT,
    "OTEL_PROFILES_EXPORTER": Kind.TEXT,
    "OTEL_METRICS_EXEMPLAR_FILTER": Kind.TEXT,
    "OTEL_METRIC_EXPORT_INTERVAL": Kind.MILLISECONDS,
    "OTEL_METRIC_EXPORT_TIMEOUT": Kind.MILLISECONDS,
    "OTEL_EXPERIMENTAL_CONFIG_FILE": Kind.PATH,
    "OTEL_CONFIG_FILE": Kind.PATH,
    "OTEL_SEMCONV_STABILITY_OPT_IN": Kind.TEXT,
    **_otlp("ENDPOINT", Kind.URL),
    **_otlp("HEADERS", Kind.TEXT),
    **_otlp("PROTOCOL", Kind.TEXT),
    **_otlp("TIMEOUT", Kind.INTEGER),  # milliseconds by the specification, seconds in Python
    **_otlp("COMPRESSION", Kind.TEXT),
    **_otlp("INSECURE", Kind.BOOLEAN),
    **_otlp("CERTIFICATE", Kind.PATH),
    **_otlp("CLIENT_KEY", Kind.PATH),
    **_otlp("CLIENT_CERTIFICATE", Kind.PATH),
    "OTEL_EXPORTER_OTLP_SPAN_INSECURE": Kind.BOOLEAN,  # older names of the specification, still read by some SDKs
    "OTEL_EXPORTER_OTLP_METRIC_INSECURE": Kind.BOOLEAN,
    "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": Kind.TEXT,
    "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION": Kind.TEXT,
}
"""The variables of the specification."""

PYTHON: Final = frozenset(
    {
        "OTEL_EXPERIMENTAL_RESOURCE_DETECTORS",
        "OTEL_PYTHON_CONTEXT",
        "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS",
        "OTEL_PYTHON_EXCLUDED_URLS",
        "OTEL_PYTHON_ID_GENERATOR",
        "OTEL_PYTHON_LOG_CORRELATION",
        "OTEL_PYTHON_LOG_FORMAT",
        "OTEL_PYTHON_LOG_LEVEL",
        "OTEL_PYTHON_LOGGER_CONFIGURATOR",
        "OTEL_PYTHON_LOGGER_PROVIDER",
        "OTEL_PYTHON_LOG_AUTO_INSTRUMENTATION",
        "OTEL_PYTHON_LOGGING_AUTO_INSTRUMENTATION_ENABLED",
        "OTEL_PYTHON_METER_CONFIGURATOR",
        "OTEL_PYTHON_METER_PROVIDER",
        "OTEL_PYTHON_REQUESTS_EXCLUDED_URLS",
        "OTEL_PYTHON_TRACER_CONFIGURATOR",
        "OTEL_PYTHON_TRACER_PROVIDER",
        "OTEL_PYTHON_URLLIB3_EXCLUDED_URLS",
    }
)
"""Names of OpenTelemetry Python beside the specification."""

OF_A_LANGUAGE: Final = (
    "OTEL_PYTHON_",
    "OTEL_INSTRUMENTATION_",
    "OTEL_JAVA_",
    "OTEL_JAVAAGENT_",
    "OTEL_DOTNET_",
    "OTEL_NODE_",
    "OTEL_PHP_",
    "OTEL_GO_",
    "OTEL_RUBY_",
    "OTEL_R_",
    "OTEL_AWS_",
)
"""Names that begin like this are each language's or distribution's own (specification, Language Specific Environment
Variables): there are more of them than any list holds."""

CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "OTEL_PROPAGATORS": (
        "tracecontext", "baggage", "b3", "b3multi", "jaeger", "xray", "xray-lambda", "ottrace", "none",
    ),
    "OTEL_TRACES_SAMPLER": (
        "always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off",
        "parentbased_traceidratio", "parentbased_jaeger_remote", "jaeger_remote", "xray",
    ),
    "OTEL_TRACES_EXPORTER": (
        "otlp", "otlp_proto_http", "otlp_proto_grpc", "zipkin", "console", "logging", "none", "otlp/stdout",
    ),
    "OTEL_METRICS_EXPORTER": (
        "otlp", "otlp_proto_http", "otlp_proto_grpc", "prometheus", "console", "logging", "none", "otlp/stdout",
        "awsemf",
    ),
    "OTEL_LOGS_EXPORTER": (
        "otlp", "otlp_proto_http", "otlp_proto_grpc", "console", "logging", "none", "otlp/stdout",
    ),
    "OTEL_METRICS_EXEMPLAR_FILTER": ("always_on", "always_off", "trace_based"),
    **{f"OTEL_EXPORTER_OTLP_{signal}PROTOCOL": ("grpc", "http/protobuf", "http/json") for signal in _SIGNALS},
    **{f"OTEL_EXPORTER_OTLP_{signal}COMPRESSION": ("gzip", "deflate", "none") for signal in _SIGNALS},
}  # fmt: skip
"""The values of the variables that know only some; ``awsemf`` is ADOT's, ``otlp_proto_…`` are Python's."""

LISTS: Final = frozenset({"OTEL_PROPAGATORS", "OTEL_TRACES_EXPORTER", "OTEL_METRICS_EXPORTER", "OTEL_LOGS_EXPORTER"})
"""Those that hold several of their values, with commas between."""
