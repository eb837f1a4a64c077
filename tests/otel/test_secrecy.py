from __future__ import annotations

import json

import pytest

from bedrock_o11y.otel.judge import judge
from bedrock_o11y.otel.report_json import report_json
from bedrock_o11y.otel.report_text import report_text
from bedrock_o11y.otel.secrecy import shown
from bedrock_o11y.otel.subject import Subject
from bedrock_o11y.otel.variable import Hosting

from .environments import environment

SECRET = "hunter2hunter2"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "OTEL_EXPORTER_OTLP_HEADERS",
            f"Authorization=Bearer {SECRET},x-aws-log-group=/a",
            "Authorization=***,x-aws-log-group=/a",
        ),
        ("OTEL_EXPORTER_OTLP_HEADERS", f"authorization:Basic {SECRET}", "authorization:***"),
        ("OTEL_EXPORTER_OTLP_HEADERS", SECRET, "***"),
        ("OTEL_EXPORTER_OTLP_LOGS_HEADERS", f"x-honeycomb-team={SECRET}", "x-honeycomb-team=***"),
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            f"https://user:{SECRET}@example.com/v1?key={SECRET}",
            "https://***@example.com/v1?***",
        ),
        ("OTEL_RESOURCE_ATTRIBUTES", f"a=b,api.key={SECRET},token={SECRET}", "a=b,api.key=***,token=***"),
        ("AWS_SECRET_ACCESS_KEY", SECRET, "***"),
        ("LANGFUSE_API_KEY", SECRET, "***"),
        ("OTEL_SERVICE_NAME", "AKIAIOSFODNN7EXAMPLE", "***"),
        ("OTEL_SERVICE_NAME", "mine", "mine"),
        ("OTEL_SERVICE_NAME", "x" * 300, "x" * 200 + "…"),
    ],
)
def test_a_value_is_shown_without_what_is_secret_in_it(name, text, expected):
    assert shown(name, text) == expected


PLACES = [
    {"OTEL_EXPORTER_OTLP_LOGS_HEADERS": f"Authorization=Bearer%20{SECRET}, x-aws-log-group=/a"},
    {"OTEL_EXPORTER_OTLP_LOGS_HEADERS": f"Authorization: Bearer {SECRET}"},
    {"OTEL_EXPORTER_OTLP_LOGS_HEADERS": SECRET},
    {"OTEL_EXPORTER_OTLP_LOGS_HEADERS": f"api-key={SECRET};x-aws-log-group=/a"},
    {"OTEL_EXPORTER_OTLP_TRACES_HEADERS": f"signature={SECRET}"},
    {"OTEL_EXPORTER_OTLP_HEADERS": f"x-aws-log-group=/a,Authorization=Basic {SECRET}"},
    {"OTEL_EXPORTER_OTLP_ENDPOINT": f"https://user:{SECRET}@example.com"},
    {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"https://example.com/?token={SECRET}"},
    {"OTEL_RESOURCE_ATTRIBUTES": f"password={SECRET} x,secret {SECRET}"},
    {"OTEL_RESOURCE_ATTRIBUTES": f"password=a,{SECRET}"},
    {"OTEL_EXPORTER_JAEGER_PASSWORD": f"<{SECRET}>"},
    {"OTEL_API_TOKEN": SECRET, "OTEL_EXPORTER_OTLP_HEADER": f"Authorization={SECRET}"},
]


@pytest.mark.parametrize("changes", PLACES)
@pytest.mark.parametrize("hosted", list(Hosting))
def test_no_report_holds_a_secret(changes, hosted):
    report = judge(Subject(environment(changes), hosted, not_seen="x"))
    assert report.findings
    assert SECRET not in report_text(report)
    assert SECRET not in report_json(report)
    assert json.loads(report_json(report))["schema"] == {"name": "bedrock-o11y/env", "version": 1}
