from __future__ import annotations

import pytest

from bedrock_o11y.otel.judge import judge
from bedrock_o11y.otel.reading import Environment, Value
from bedrock_o11y.otel.requirements import Distribution
from bedrock_o11y.otel.specification import SPECIFIED
from bedrock_o11y.otel.subject import Subject
from bedrock_o11y.otel.variable import Hosting

from .environments import GOOD, GROUP, LAMBDA, LOGS, TRACES, environment, judged, told

L = "OTEL_EXPORTER_OTLP_LOGS_HEADERS"
T = "OTEL_EXPORTER_OTLP_TRACES_HEADERS"
R = "OTEL_RESOURCE_ATTRIBUTES"
E = "OTEL_EXPORTER_OTLP_ENDPOINT"
C = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
NAMED = f"service.name=mine,aws.log.group.names={GROUP}"

# What is changed in an environment to which nothing is missing, and what is found then: rule, severity, variable.
CASES = [
    ({}, set()),
    ({T: TRACES}, set()),
    # missing
    ({"AGENT_OBSERVABILITY_ENABLED": None}, {("missing-variable", "high", "AGENT_OBSERVABILITY_ENABLED")}),
    ({"AGENT_OBSERVABILITY_ENABLED": ""}, {("missing-variable", "high", "AGENT_OBSERVABILITY_ENABLED")}),
    ({"OTEL_PYTHON_DISTRO": None}, {("missing-variable", "high", "OTEL_PYTHON_DISTRO")}),
    ({L: None}, {("missing-variable", "high", L)}),
    ({"AWS_REGION": None}, {("region", "high", "AWS_REGION")}),
    ({"AWS_REGION": None, "AWS_DEFAULT_REGION": "us-east-1"}, set()),
    ({"AWS_REGION": None, "AWS_PROFILE": "x"}, {("region", "unknown", "AWS_REGION")}),
    ({"AWS_REGION": "Frankfurt"}, {("value-not-allowed", "high", "AWS_REGION")}),
    (
        {
            "AWS_REGION": None,
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://xray.eu-west-1.amazonaws.com/v1/traces",
            "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": "https://logs.eu-west-1.amazonaws.com/v1/logs",
        },
        set(),
    ),
    # misspelt; the right one is then not missed as well
    (
        {"AGENT_OBSERVABILITY_ENABLED": None, "AGENT_OBSERVABILTY_ENABLED": "true"},
        {("misspelt-variable", "high", "AGENT_OBSERVABILTY_ENABLED")},
    ),
    (
        {L: None, "OTEL_EXPORTER_OTLP_LOG_HEADERS": LOGS},
        {("misspelt-variable", "high", "OTEL_EXPORTER_OTLP_LOG_HEADERS")},
    ),
    ({"otel_python_distro": "aws_distro"}, {("misspelt-variable", "high", "otel_python_distro")}),
    ({"OTEL_PYTHON_CONFIGURATION": "x"}, {("misspelt-variable", "high", "OTEL_PYTHON_CONFIGURATION")}),
    ({"OTEL_SERVICE_NAMES": "x"}, {("misspelt-variable", "medium", "OTEL_SERVICE_NAMES")}),
    # real names, or names of somebody else
    (
        {
            "OTEL_PYTHON_FLASK_EXCLUDED_URLS": "/ping",
            "OTEL_PYTHON_URLLIB_EXCLUDED_URLS": "/ping",
            "OTEL_PYTHON_METER_CONFIGURATOR": "x",
        },
        set(),
    ),
    ({"OTEL_JAVA_GLOBAL_AUTOCONFIGURE_ENABLED": "true", "OTEL_NODE_RESOURCE_DETECTORS": "env"}, set()),
    ({"AWS_REGION_NAME": "x", "AWS_SECRET_ACCESS_KEY": "x", "SERVICE_NAME": "x", "HOME": "/"}, set()),
    # values
    ({"AGENT_OBSERVABILITY_ENABLED": "1"}, {("value-not-allowed", "high", "AGENT_OBSERVABILITY_ENABLED")}),
    ({"AGENT_OBSERVABILITY_ENABLED": "TRUE"}, set()),
    ({"AGENT_OBSERVABILITY_ENABLED": "false"}, {("value-not-allowed", "high", "AGENT_OBSERVABILITY_ENABLED")}),
    ({"OTEL_PYTHON_CONFIGURATOR": "aws_distro"}, {("value-not-allowed", "high", "OTEL_PYTHON_CONFIGURATOR")}),
    ({"OTEL_TRACES_EXPORTER": "otpl"}, {("value-not-allowed", "high", "OTEL_TRACES_EXPORTER")}),
    ({"OTEL_TRACES_EXPORTER": "otlp,console"}, set()),
    ({"OTEL_METRICS_EXPORTER": "awsemf"}, set()),
    ({"OTEL_PROPAGATORS": "baggage,xray,tracecontext"}, set()),
    ({"OTEL_PROPAGATORS": "baggage,w3c"}, {("value-not-allowed", "high", "OTEL_PROPAGATORS")}),
    ({"OTEL_BSP_MAX_QUEUE_SIZE": "many"}, {("value-not-allowed", "medium", "OTEL_BSP_MAX_QUEUE_SIZE")}),
    ({"OTEL_BSP_SCHEDULE_DELAY": "1000"}, set()),
    ({"OTEL_SDK_DISABLED": "no"}, {("value-not-allowed", "medium", "OTEL_SDK_DISABLED")}),
    (
        {"OTEL_SERVICE_NAME": "'mine'"},
        {("quoted-value", "medium", "OTEL_SERVICE_NAME"), ("service-name", "low", "OTEL_SERVICE_NAME")},
    ),
    (
        {"OTEL_SERVICE_NAME": "<agent-name>"},
        {("placeholder", "medium", "OTEL_SERVICE_NAME"), ("service-name", "low", "OTEL_SERVICE_NAME")},
    ),
    # switched off
    ({"OTEL_SDK_DISABLED": "True"}, {("switched-off", "high", "OTEL_SDK_DISABLED")}),
    ({"OTEL_TRACES_EXPORTER": "none"}, {("switched-off", "high", "OTEL_TRACES_EXPORTER")}),
    ({"OTEL_LOGS_EXPORTER": "none"}, {("switched-off", "medium", "OTEL_LOGS_EXPORTER")}),
    ({"OTEL_METRICS_EXPORTER": "none"}, {("switched-off", "low", "OTEL_METRICS_EXPORTER")}),
    ({"OTEL_TRACES_SAMPLER": "always_off"}, {("switched-off", "high", "OTEL_TRACES_SAMPLER")}),
    ({"OTEL_TRACES_SAMPLER": "always_on"}, set()),
    ({"OTEL_TRACES_SAMPLER": "traceidratio"}, set()),
    (
        {"OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.0"},
        {("switched-off", "high", "OTEL_TRACES_SAMPLER_ARG")},
    ),
    (
        {"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.25"},
        {("switched-off", "low", "OTEL_TRACES_SAMPLER_ARG")},
    ),
    (
        {"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "25"},
        {("value-not-allowed", "medium", "OTEL_TRACES_SAMPLER_ARG")},
    ),
    ({"DISABLE_ADOT_OBSERVABILITY": "true"}, {("switched-off", "high", "DISABLE_ADOT_OBSERVABILITY")}),
    ({"OTEL_CONFIG_FILE": "/otel.yaml"}, {("switched-off", "low", "OTEL_CONFIG_FILE")}),
    # endpoints and protocols
    ({E: "http://localhost:4318"}, {("endpoint", "high", E)}),
    (
        {E: "http://localhost:4318", "DISABLE_ADOT_OBSERVABILITY": "true"},
        {("endpoint", "info", E), ("switched-off", "high", "DISABLE_ADOT_OBSERVABILITY")},
    ),
    (
        {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://localhost:4318/v1/traces"},
        {("endpoint", "high", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")},
    ),
    (
        {"OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": "https://logs.us-east-1.amazonaws.com/v1/logs"},
        {("region", "medium", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT")},
    ),
    ({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, {("protocol", "high", "OTEL_EXPORTER_OTLP_PROTOCOL")}),
    ({"OTEL_EXPORTER_OTLP_LOGS_PROTOCOL": "http/json"}, {("protocol", "high", "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL")}),
    ({"OTEL_EXPORTER_OTLP_PROTOCOL": None}, set()),
    ({"OTEL_TRACES_EXPORTER": "otlp_proto_grpc"}, {("protocol", "high", "OTEL_TRACES_EXPORTER")}),
    # headers
    ({L: f"x-aws-log-group={GROUP},x-aws-metric-namespace=n"}, {("log-header", "high", L)}),
    ({L: "x-aws-log-stream=s,x-aws-metric-namespace=n"}, {("log-header", "high", L)}),
    ({L: f"x-aws-log-group={GROUP},x-aws-log-stream="}, {("log-header", "high", L), ("log-header", "low", L)}),
    ({L: f"x-aws-log-group={GROUP}, x-aws-log-stream=s,x-aws-metric-namespace=n"}, {("log-header", "high", L)}),
    ({L: f"x-aws-log-group = {GROUP},x-aws-log-stream=s,x-aws-metric-namespace=n"}, {("log-header", "high", L)}),
    ({L: LOGS.replace(",", ";")}, {("log-header", "high", L)}),
    ({L: LOGS.replace("=", ":")}, {("log-header", "high", L)}),
    ({L: LOGS.replace("x-aws-log-group", "X-Aws-Log-Group")}, {("log-header", "high", L)}),
    ({L: LOGS.replace("/", "%2F")}, {("log-header", "high", L)}),
    ({L: LOGS.replace(GROUP, "arn:aws:logs:eu-west-1:123456789012:log-group:x")}, {("log-header", "high", L)}),
    ({L: LOGS.replace(GROUP, "a:b")}, {("log-header", "high", L)}),
    ({L: LOGS.rpartition(",")[0]}, {("log-header", "low", L)}),
    ({L: f"{LOGS},x-aws-log-stream=other"}, {("log-header", "medium", L)}),
    ({L: f"{LOGS},"}, set()),
    ({T: f"x-aws-log-group={GROUP}, x-aws-log-stream=spans"}, {("log-header", "low", T)}),
    ({T: f"X-Aws-Log-Group={GROUP},x-aws-log-stream=spans"}, set()),
    ({T: f"x-aws-log-group={GROUP}"}, {("log-header", "high", T)}),
    ({T: "Authorization=x"}, {("log-header", "medium", T), ("log-header", "high", T)}),
    ({L: f"{LOGS},authorization=Bearer%20x"}, {("log-header", "low", L)}),
    ({"OTEL_EXPORTER_OTLP_HEADERS": LOGS}, {("log-header", "high", "OTEL_EXPORTER_OTLP_HEADERS")}),
    ({"OTEL_EXPORTER_OTLP_HEADERS": "Authorization=Basic%20x"}, set()),
    # attributes of the resource
    ({R: f"service.name=mine,aws.log.group.names={GROUP}-2"}, {("log-group-contradiction", "medium", L)}),
    ({R: f"service.name=mine,aws.log.group.names=/other&{GROUP}"}, set()),
    ({R: "service.name=mine"}, {("log-group-attribute", "low", R)}),
    ({R: f"{NAMED},team"}, {("resource-attributes", "medium", R)}),
    ({R: f"{NAMED},=x"}, {("resource-attributes", "medium", R)}),
    ({R: f"{NAMED},team=a b"}, {("resource-attributes", "medium", R)}),
    ({R: f"{NAMED},team=a;b"}, {("resource-attributes", "medium", R)}),
    ({R: f"{NAMED},team=Zoë"}, {("resource-attributes", "medium", R)}),
    ({R: f"{NAMED},team=100%"}, {("resource-attributes", "medium", R)}),
    ({R: f"{NAMED},team=%FF"}, {("resource-attributes", "medium", R)}),
    ({R: f"{NAMED},team=100%25%20Zo%C3%AB,a=b=c"}, set()),
    ({R: f"aws.log.group.names={GROUP}"}, {("service-name", "medium", R)}),
    ({R: None}, {("service-name", "medium", R)}),
    ({R: f"aws.log.group.names={GROUP}", "OTEL_SERVICE_NAME": "mine"}, set()),
    ({R: f"service.name=unknown_service,aws.log.group.names={GROUP}"}, {("service-name", "medium", R)}),
    ({"OTEL_SERVICE_NAME": "other"}, {("service-name", "low", "OTEL_SERVICE_NAME")}),
    # prompts and answers
    ({C: None}, {("message-content", "low", C)}),
    ({C: "true"}, {("message-content", "info", C)}),
    ({C: "span_only"}, {("message-content", "info", C)}),
    ({C: "no_content"}, set()),
    ({C: "maybe"}, {("value-not-allowed", "medium", C), ("message-content", "info", C)}),
    (
        {"AWS_GENAI_CONTENT_EXTRACTION_OPT_OUT": "true"},
        {("message-content", "medium", "AWS_GENAI_CONTENT_EXTRACTION_OPT_OUT")},
    ),
    (
        {C: "true", "AWS_GENAI_CONTENT_EXTRACTION_OPT_OUT": "true"},
        {("message-content", "info", C), ("message-content", "info", "AWS_GENAI_CONTENT_EXTRACTION_OPT_OUT")},
    ),
    (
        {"AWS_GENAI_CONTENT_EXTRACTION_OPT_OUT": "false"},
        {("message-content", "info", "AWS_GENAI_CONTENT_EXTRACTION_OPT_OUT")},
    ),
    (
        {C: "true", "OTEL_LOGS_EXPORTER": "none"},
        {
            ("message-content", "info", C),
            ("switched-off", "medium", "OTEL_LOGS_EXPORTER"),
            ("message-content", "medium", "AWS_GENAI_CONTENT_EXTRACTION_OPT_OUT"),
        },
    ),
]


@pytest.mark.parametrize(("changes", "expected"), CASES)
def test_what_is_found_about_an_agent_elsewhere(changes, expected):
    assert told(judged(changes)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {("message-content", "low", C)}),
        ({C: "false"}, set()),
        (
            {C: "false", "UNIFIED_TRACES_DESTINATION_ENABLED": "yes"},
            {("value-not-allowed", "medium", "UNIFIED_TRACES_DESTINATION_ENABLED")},
        ),
        ({"DISABLE_ADOT_OBSERVABILITY": "true"}, {("switched-off", "high", "DISABLE_ADOT_OBSERVABILITY")}),
        ({C: "false", R: "team=x"}, {("service-name", "medium", R)}),
    ],
)
def test_what_is_found_on_the_runtime_where_nothing_must_be_set(changes, expected):
    assert told(judged(changes, {}, Hosting.RUNTIME)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        ({"AWS_LAMBDA_EXEC_WRAPPER": None}, {("missing-variable", "high", "AWS_LAMBDA_EXEC_WRAPPER")}),
        ({"AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrapper"}, {("value-not-allowed", "high", "AWS_LAMBDA_EXEC_WRAPPER")}),
    ],
)
def test_what_is_found_about_a_lambda_function(changes, expected):
    assert told(judged(changes, LAMBDA, Hosting.LAMBDA)) == expected


def test_every_finding_says_what_is_wrong_what_to_do_and_where_that_was_read():
    for changes, _ in CASES:
        for finding in judged(changes):
            assert finding.message[-1] in ".", finding.message
            assert finding.next.endswith((".", "…")) or finding.next.startswith("aws "), finding.next
            assert finding.sources, finding.rule


def test_no_real_variable_of_the_specification_is_taken_for_a_misspelling():
    found = judge(Subject(environment(dict.fromkeys(SPECIFIED, "x")), Hosting.ELSEWHERE)).findings
    assert not [each for each in found if each.rule == "misspelt-variable"]


def test_a_value_that_refers_to_something_unknown_is_unknown_and_not_judged_otherwise():
    values = dict(environment({C: "false"}, {}).values)
    values[L] = Value("x-aws-log-group=${GROUP}", 3, ("GROUP",))
    found = judge(Subject(Environment("a.env", values), Hosting.RUNTIME)).findings
    assert told(found) == {("unresolved-value", "unknown", L)}
    assert found[0].evidence == (f"a.env:3: {L}=x-aws-log-group=${{GROUP}}",)


@pytest.mark.parametrize(
    ("distribution", "hosted", "expected"),
    [
        (Distribution("r.txt", True, "==0.17.0", "r.txt:1"), Hosting.RUNTIME, {("adot-version", "high", "")}),
        (Distribution("r.txt", True, "==0.18.0", "r.txt:1"), Hosting.RUNTIME, set()),
        (Distribution("r.txt", True, "", "r.txt:1"), Hosting.RUNTIME, {("adot-version", "unknown", "")}),
        (Distribution("r.txt", False), Hosting.RUNTIME, {("adot-version", "high", "")}),
        (Distribution("r.txt", True, "==0.17.0", "r.txt:1"), Hosting.ELSEWHERE, set()),
    ],
)
def test_the_version_of_adot_matters_where_spans_go_to_the_agents_own_log_group(distribution, hosted, expected):
    base = {C: "false"} if hosted is Hosting.RUNTIME else GOOD
    assert told(judged({}, base, hosted, distribution=distribution)) == expected


@pytest.mark.parametrize(
    ("start", "found"),
    [
        (("python", "main.py"), True),
        (("uvicorn", "main:app"), True),
        (("opentelemetry-instrument", "python", "main.py"), False),
        (("uv", "run", "opentelemetry-instrument", "main.py"), False),
        (("./start.sh",), False),
        (None, False),
    ],
)
def test_an_agent_that_is_started_without_instrumentation_is_found(start, found):
    subject = Subject(environment({C: "false"}, {}, start=start), Hosting.RUNTIME)
    assert ("start-command" in {each.rule for each in judge(subject).findings}) is found


def test_without_a_look_at_the_account_its_findings_are_unknown():
    found = judge(Subject(environment({T: TRACES}), Hosting.ELSEWHERE, not_seen="--offline was given")).findings
    assert told(found) == {("log-group", "unknown", L), ("traces-resource-policy", "unknown", T)}
    assert all("--offline was given" in each.message for each in found)


def test_the_region_that_was_asked_for_and_the_one_of_the_environment_must_agree():
    assert ("region", "medium", "AWS_REGION") in told(judged(region="us-east-1"))
    assert told(judged(region="eu-west-1")) == set()
