"""Real calls, to the sandbox."""

from __future__ import annotations

import contextlib
import json

import pytest

from bedrock_o11y.cli import main

from .environments import GOOD, TRACES

pytestmark = pytest.mark.sandbox

ACCOUNT = "000000000000"
GROUP = "/aws/bedrock-agentcore/runtimes/mine"
REGION = "us-east-1"
ARN = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}"
STATEMENT = {
    "Sid": "Spans",
    "Effect": "Allow",
    "Principal": {"Service": "xray.amazonaws.com"},
    "Action": "logs:PutLogEvents",
    "Resource": f"{ARN}:*",
    "Condition": {
        "ArnLike": {"aws:SourceArn": f"arn:aws:xray:{REGION}:{ACCOUNT}:*"},
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
    },
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    ],
}
ACTIONS = ["logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:DescribeResourcePolicies"]


@pytest.fixture
def as_role(sandbox, monkeypatch):
    def become(role):
        for name, value in sandbox.environment(role).items():
            if name.startswith("AWS_"):
                monkeypatch.setenv(name, value)

    return become


@pytest.fixture
def logs(sandbox, as_role):
    """The account's logs with group, streams and policy in place; nothing is left afterwards."""
    as_role(None)
    client = sandbox.client("logs")
    client.create_log_group(logGroupName=GROUP)
    for stream in ("runtime-logs", "spans"):
        client.create_log_stream(logGroupName=GROUP, logStreamName=stream)
    put(client, STATEMENT)
    yield client
    for call, what in (
        (client.delete_log_group, {"logGroupName": GROUP}),
        (client.delete_resource_policy, {"policyName": "spans"}),
    ):
        with contextlib.suppress(client.exceptions.ResourceNotFoundException):
            call(**what)


def put(client, *statements):
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    client.put_resource_policy(policyName="spans", policyDocument=document)


@pytest.fixture
def check(tmp_path, capsys):
    """Judges an agent whose spans go to its own log group; gives exit code and findings."""
    path = tmp_path / "agent.json"
    values = {**GOOD, "AWS_REGION": REGION, "OTEL_EXPORTER_OTLP_TRACES_HEADERS": TRACES}
    path.write_text(json.dumps(values))

    def run(*options):
        code = main(["env", "check", "--from", str(path), "--hosted", "elsewhere", "--format", "json", *options])
        answer = capsys.readouterr()
        assert answer.out, answer.err
        return code, json.loads(answer.out)["findings"]

    return run


def rules(found):
    return {each["rule"]: each["state"] for each in found}


def test_nothing_is_found_where_everything_is_in_place(logs, check):
    assert check() == (0, [])


def test_a_log_group_that_does_not_exist_is_told_once_with_the_command_that_makes_it(logs, check):
    logs.delete_log_group(logGroupName=GROUP)
    code, found = check()
    assert code == 1
    assert rules(found) == {"log-group": "FAIL"}
    assert found[0]["next"] == f"aws logs create-log-group --log-group-name {GROUP} --region {REGION}"


def test_a_log_group_of_a_similar_name_is_another_one(logs, check):
    logs.delete_log_group(logGroupName=GROUP)
    logs.create_log_group(logGroupName=f"{GROUP}-2")
    try:
        assert rules(check()[1]) == {"log-group": "FAIL"}
    finally:
        logs.delete_log_group(logGroupName=f"{GROUP}-2")


def test_a_log_stream_that_does_not_exist_is_told(logs, check):
    logs.delete_log_stream(logGroupName=GROUP, logStreamName="runtime-logs")
    logs.create_log_stream(logGroupName=GROUP, logStreamName="runtime-logs-2")
    code, found = check()
    assert code == 1
    assert [(each["rule"], each["severity"], each["variable"]) for each in found] == [
        ("log-stream", "high", "OTEL_EXPORTER_OTLP_LOGS_HEADERS")
    ]
    assert "--log-stream-name runtime-logs " in found[0]["next"]


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, None),
        ({"Resource": "*"}, None),
        ({"Action": "logs:*", "Condition": {}}, None),
        ({"Resource": f"{ARN}:log-stream:spans"}, None),
        ({"Resource": ARN}, "FAIL"),
        ({"Resource": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:aws/spans:*"}, "FAIL"),
        ({"Action": "logs:CreateLogStream"}, "FAIL"),
        ({"Principal": {"Service": "delivery.logs.amazonaws.com"}}, "FAIL"),
        ({"Effect": "Deny"}, "FAIL"),
        ({"Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}}, "FAIL"),
        ({"Condition": {"StringEquals": {"aws:SourceOrgID": "o-1"}}}, "UNKNOWN"),
    ],
)
def test_the_resource_policy_must_let_xray_write_to_this_group(change, state, logs, check):
    put(logs, {**STATEMENT, **change})
    code, found = check()
    assert rules(found) == ({"traces-resource-policy": state} if state else {})
    assert code == {None: 0, "FAIL": 1, "UNKNOWN": 3}[state]


def test_without_any_resource_policy_the_missing_statement_is_told(logs, check):
    logs.delete_resource_policy(policyName="spans")
    _, found = check()
    assert rules(found) == {"traces-resource-policy": "FAIL"}
    assert f"{ARN}:*" in found[0]["next"]


@pytest.mark.parametrize("action", ACTIONS)
def test_a_permission_that_is_missing_is_named_and_the_rest_is_judged(action, logs, check, sandbox, as_role):
    iam = sandbox.client("iam")
    with contextlib.suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName="EnvReader", AssumeRolePolicyDocument=json.dumps(TRUST))
    allowed = {"Effect": "Allow", "Action": [each for each in ACTIONS if each != action], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_role_policy(RoleName="EnvReader", PolicyName="read", PolicyDocument=policy)
    as_role("EnvReader")
    code, found = check()
    assert code == 3
    assert {each["state"] for each in found} == {"UNKNOWN"}
    assert all(f"permission {action} is missing" in each["message"] for each in found)
    assert check("--allow-unknown")[0] == 0


def test_a_call_that_is_throttled_is_unknown(logs, check, sandbox):
    sandbox.faults.add("logs:DescribeLogStreams", "throttle", times=40)
    try:
        code, found = check()
    finally:
        sandbox.faults.clear()
    assert code == 3
    assert rules(found) == {"log-stream": "UNKNOWN"}
    assert "throttled" in found[0]["message"]


def test_offline_asks_nothing(logs, check, sandbox):
    logs.delete_log_group(logGroupName=GROUP)
    code, found = check("--offline")
    assert code == 3
    assert rules(found) == {"log-group": "UNKNOWN", "traces-resource-policy": "UNKNOWN"}
