"""Lambda functions run beside the server: what they can see, and that custom resources reach CloudFormation."""

from __future__ import annotations

import io
import json
import os
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bedrock_o11y.sandbox import Sandbox

pytestmark = pytest.mark.sandbox

LOOK_AROUND = """
import importlib.util, json, os, sys
def handler(event, context):
    return {
        "path": sys.path,
        "environment": dict(os.environ),
        "modules": {name: importlib.util.find_spec(name) is not None
                    for name in ("bedrock_o11y", "sandbox_server", "bedrock_o11y_constructs", "pytest", "botocore")},
        "folder": os.getcwd(),
    }
"""

ANSWER = """
import json, urllib.request
def handler(event, context):
    answer = {"Status": "SUCCESS", "PhysicalResourceId": "case", "StackId": event["StackId"],
              "RequestId": event["RequestId"], "LogicalResourceId": event["LogicalResourceId"],
              "Data": {"Said": event["ResourceProperties"]["Say"]}}
    request = urllib.request.Request(event["ResponseURL"], data=json.dumps(answer).encode(), method="PUT")
    urllib.request.urlopen(request).read()
"""


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture(scope="module")
def role(sandbox: Sandbox) -> str:
    made = sandbox.client("iam").create_role(
        RoleName="function", AssumeRolePolicyDocument=trust("lambda.amazonaws.com")
    )
    return str(made["Role"]["Arn"])


def create(sandbox: Sandbox, role: str, name: str, code: str) -> Any:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", code)
    client = sandbox.client("lambda")
    client.create_function(
        FunctionName=name, Runtime="python3.13", Handler="index.handler", Role=role, Timeout=20,
        Code={"ZipFile": packed.getvalue()},
    )  # fmt: skip
    return client


@pytest.fixture(scope="module")
def seen(sandbox: Sandbox, role: str) -> dict[str, Any]:
    client = create(sandbox, role, "look-around", LOOK_AROUND)
    answer = client.invoke(FunctionName="look-around")
    with answer["Payload"] as payload:
        found: dict[str, Any] = json.loads(payload.read())
    assert "environment" in found, found
    return found


def test_a_function_sees_none_of_our_packages(seen: dict[str, Any]) -> None:
    assert seen["modules"] == {
        "bedrock_o11y": False, "sandbox_server": False, "bedrock_o11y_constructs": False, "pytest": False,
        "botocore": True,
    }  # fmt: skip
    assert "PYTHONPATH" not in seen["environment"]
    repository = Path(__file__).resolve().parents[2]
    ours = [folder for folder in seen["path"] if Path(folder) in {repository, repository / "constructs"}]
    assert ours == []


def test_a_function_has_its_roles_credentials_and_not_the_root_users(sandbox: Sandbox, seen: dict[str, Any]) -> None:
    environment = seen["environment"]
    assert environment["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert environment["AWS_SESSION_TOKEN"]
    assert environment["AWS_ENDPOINT_URL"] == sandbox.endpoint
    assert environment["AWS_REGION"] == "us-east-1"
    assert environment["AWS_SECRET_ACCESS_KEY"] != sandbox.credentials().secret_access_key
    # Of this process's own environment only what the server is meant to pass on.
    assert {
        name for name in environment if name in os.environ and name.startswith(("PYTEST", "VIRTUAL", "BEDROCK"))
    } == (set())


def test_a_function_works_inside_the_state_folder(sandbox: Sandbox, seen: dict[str, Any]) -> None:
    for place in (seen["folder"], seen["environment"]["TMPDIR"], seen["environment"]["HOME"]):
        assert place.startswith(str(sandbox.directory)), place


def test_the_credentials_of_a_function_cannot_be_worked_out_from_its_name(
    sandbox: Sandbox, role: str, seen: dict[str, Any]
) -> None:
    import hashlib

    arn = "arn:aws:lambda:us-east-1:000000000000:function:look-around"
    digest = hashlib.sha256(f"{arn}:{role}".encode()).hexdigest()
    assert seen["environment"]["AWS_ACCESS_KEY_ID"] != f"ASIA{digest[:16].upper()}"
    assert seen["environment"]["AWS_SECRET_ACCESS_KEY"] != hashlib.sha256(f"secret:{digest}".encode()).hexdigest()


def test_a_custom_resource_reaches_cloudformation_over_https(sandbox: Sandbox, role: str) -> None:
    create(sandbox, role, "answer", ANSWER)
    template = {
        "Resources": {
            "Said": {
                "Type": "Custom::Case",
                "Properties": {
                    "ServiceToken": "arn:aws:lambda:us-east-1:000000000000:function:answer",
                    "ServiceTimeout": 20,
                    "Say": "hello",
                },
            }
        },
        "Outputs": {"Said": {"Value": {"Fn::GetAtt": ["Said", "Said"]}}},
    }
    client = sandbox.client("cloudformation")
    client.create_stack(StackName="custom", TemplateBody=json.dumps(template))
    stack: dict[str, Any] = {}
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        stack = client.describe_stacks(StackName="custom")["Stacks"][0]
        if not stack["StackStatus"].endswith("IN_PROGRESS"):
            break
        time.sleep(0.1)
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack
    assert stack["Outputs"][0]["OutputValue"] == "hello"


@pytest.mark.parametrize(
    ("service", "method", "arguments"),
    [
        ("iam", "list_users", {}),
        ("sts", "get_caller_identity", {}),
        ("s3", "create_bucket", {"Bucket": "case-of-s3"}),
        ("ssm", "put_parameter", {"Name": "/case", "Value": "v", "Type": "String", "Tier": "Intelligent-Tiering"}),
        ("kms", "create_key", {}),
        ("logs", "create_log_group", {"logGroupName": "/case/of/logs"}),
        ("bedrock", "get_model_invocation_logging_configuration", {}),
        ("bedrock-runtime", "converse",
         {"modelId": "amazon.nova-lite-v1:0", "messages": [{"role": "user", "content": [{"text": "hello"}]}]}),
        ("cloudwatch", "put_metric_data", {"Namespace": "Case", "MetricData": [{"MetricName": "m", "Value": 1.0}]}),
    ],
)  # fmt: skip
def test_the_services_answer_the_administrator(
    sandbox: Sandbox, service: str, method: str, arguments: dict[str, Any]
) -> None:
    answer = getattr(sandbox.client(service), method)(**arguments)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] in {200, 201}
