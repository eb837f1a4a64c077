"""Where the facts about the variables were read."""

from __future__ import annotations

from typing import Final

from bedrock_o11y.blueprint import Source
from bedrock_o11y.blueprint import sources as pages

OBSERVABILITY: Final = pages.RUNTIME_OBSERVABILITY
TELEMETRY: Final = Source(
    "Amazon Bedrock AgentCore developer guide, Supported frameworks and telemetry",
    "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/supported-frameworks-telemetry.html",
)
OTLP_ENDPOINTS: Final = pages.OTLP_ENDPOINTS
ADOT: Final = Source(
    "AWS Distro for OpenTelemetry Python 0.21.0, source of the distro and the configurator",
    "https://github.com/aws-observability/aws-otel-python-instrumentation",
)
SDK_VARIABLES: Final = Source(
    "OpenTelemetry specification, Environment Variable Specification",
    "https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/",
)
OTLP_VARIABLES: Final = Source(
    "OpenTelemetry specification, OTLP Exporter Configuration",
    "https://opentelemetry.io/docs/specs/otel/protocol/exporter/",
)
RESOURCE: Final = Source(
    "OpenTelemetry specification, Resource SDK",
    "https://opentelemetry.io/docs/specs/otel/resource/sdk/",
)
PYTHON_VARIABLES: Final = Source(
    "OpenTelemetry Python documentation, opentelemetry.sdk.environment_variables",
    "https://opentelemetry-python.readthedocs.io/en/latest/sdk/environment_variables.html",
)
LAMBDA_VARIABLES: Final = Source(
    "AWS Lambda developer guide, Working with Lambda environment variables",
    "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
)
SDK_REGION: Final = Source(
    "AWS SDKs and Tools reference guide, AWS Region",
    "https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html",
)
