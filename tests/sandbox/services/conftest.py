from __future__ import annotations

import io
import json
import time
import uuid
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bedrock_o11y.sandbox import Sandbox

STREAM = "aws/bedrock/modelinvocations"
PERMISSION_LINE = "Permissions are correctly set for Amazon Bedrock logs."
MODEL = "anthropic.claude-3-haiku-20240307-v1:0"


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def error_of(call: Callable[..., Any], /, **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as raised:
        call(**arguments)
    answer = raised.value.response["Error"]
    return answer["Code"], answer["Message"]


def eventually(read: Callable[[], Any], seconds: float = 5.0) -> Any:
    """What `read` answers once it is true; its last answer when time is over."""
    deadline = time.monotonic() + seconds
    while not (found := read()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


@dataclass
class Account:
    """The account and what the tests of the services make in it, each under a name of its own."""

    sandbox: Sandbox
    clients: dict[str, Any]

    def __getattr__(self, service: str) -> Any:
        name = service.replace("_", "-")
        if name not in self.clients:
            self.clients[name] = self.sandbox.client(name)
        return self.clients[name]

    @property
    def id(self) -> str:
        return self.sandbox.account_id

    @property
    def region(self) -> str:
        return self.sandbox.region

    def name(self, prefix: str) -> str:
        return f"{prefix}-{uuid.uuid4().hex[:10]}"

    def settings(self, **values: Any) -> None:
        file = self.sandbox.directory / "services.json"
        file.write_text(json.dumps(values))

    # Literals from the Bedrock user guide, never from our blueprint.
    def trust(self, **changes: Any) -> dict[str, Any]:
        statement: dict[str, Any] = {
            "Effect": "Allow",
            "Principal": {"Service": "bedrock.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": self.id},
                "ArnLike": {"aws:SourceArn": f"arn:aws:bedrock:{self.region}:{self.id}:*"},
            },
        }
        return statement | changes

    def write_statement(self, group: str, **changes: Any) -> dict[str, Any]:
        statement: dict[str, Any] = {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": f"arn:aws:logs:{self.region}:{self.id}:log-group:{group}:log-stream:{STREAM}",
        }
        return statement | changes

    def group(self, **options: Any) -> str:
        name = self.name("/test/invocations")
        self.logs.create_log_group(logGroupName=name, **options)
        return name

    def role(self, trust: dict[str, Any], *statements: dict[str, Any]) -> str:
        name = self.name("logging")
        arn = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust))["Role"]["Arn"]
        if statements:
            self.iam.put_role_policy(RoleName=name, PolicyName="write", PolicyDocument=policy(*statements))
        return str(arn)

    def configure(self, **changes: Any) -> str:
        """A configuration that works, to a group of its own; returns the group."""
        group = self.group()
        role = self.role(self.trust(), self.write_statement(group))
        cloudwatch = {"logGroupName": group, "roleArn": role} | changes.pop("cloudWatchConfig", {})
        self.bedrock.put_model_invocation_logging_configuration(
            loggingConfig={"cloudWatchConfig": cloudwatch} | changes
        )
        return group

    def messages(self, group: str) -> list[str]:
        try:
            events = self.logs.get_log_events(logGroupName=group, logStreamName=STREAM, startFromHead=True)["events"]
        except self.logs.exceptions.ResourceNotFoundException:
            return []
        return [event["message"] for event in events]

    def records(self, group: str, count: int = 1, seconds: float = 5.0) -> list[dict[str, Any]]:
        """The records of the group, once there are `count`."""

        def read() -> list[dict[str, Any]]:
            found = [json.loads(message) for message in self.messages(group) if message != PERMISSION_LINE]
            return found if len(found) >= count else []

        return list(eventually(read, seconds))

    def metric(self, name: str, **dimensions: str) -> float:
        """The sum of a metric of AWS/Bedrock since the test began the account."""
        now = time.time()
        points = self.cloudwatch.get_metric_statistics(
            Namespace="AWS/Bedrock",
            MetricName=name,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            StartTime=now - 7200,
            EndTime=now + 60,
            Period=86400,
            Statistics=["Sum"],
        )["Datapoints"]
        return float(sum(point["Sum"] for point in points))

    def converse(self, text: str = "hello", **options: Any) -> dict[str, Any]:
        message = {"role": "user", "content": [{"text": text}]}
        return dict(self.bedrock_runtime.converse(**({"modelId": MODEL, "messages": [message]} | options)))


KEPT = "RetainExceptOnCreate"
TRUST_LAMBDA = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


@dataclass
class Stacks:
    """Deploys small templates under a name of its own."""

    account: Account
    name: str

    def settled(self) -> str:
        def status() -> str:
            try:
                [stack] = self.account.cloudformation.describe_stacks(StackName=self.name)["Stacks"]
            except self.account.cloudformation.exceptions.ClientError:
                return "GONE"
            return "" if stack["StackStatus"].endswith("IN_PROGRESS") else stack["StackStatus"]

        return str(eventually(status, 30))

    def create(self, **resources: Any) -> str:
        template = json.dumps({"Resources": resources})
        self.account.cloudformation.create_stack(
            StackName=self.name, TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"]
        )
        return self.settled()

    def update(self, **resources: Any) -> str:
        template = json.dumps({"Resources": resources})
        self.account.cloudformation.update_stack(
            StackName=self.name, TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"]
        )
        return self.settled()

    def delete(self) -> str:
        self.account.cloudformation.delete_stack(StackName=self.name)
        return self.settled()

    def adopt(self, **resources: Any) -> str:
        """What `cdk deploy --import-existing-resources` does."""
        cloudformation = self.account.cloudformation
        change_set = cloudformation.create_change_set(
            StackName=self.name,
            ChangeSetName="adopt",
            ChangeSetType="CREATE",
            TemplateBody=json.dumps({"Resources": resources}),
            ImportExistingResources=True,
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )["Id"]
        cloudformation.get_waiter("change_set_create_complete").wait(
            ChangeSetName=change_set, WaiterConfig={"Delay": 1, "MaxAttempts": 20}
        )
        cloudformation.execute_change_set(ChangeSetName=change_set)
        return self.settled()

    def reason(self, logical_id: str) -> str:
        events = self.account.cloudformation.describe_stack_events(StackName=self.name)["StackEvents"]
        failed = (event for event in events if event["ResourceStatus"].endswith("FAILED"))
        return next((event["ResourceStatusReason"] for event in failed if event["LogicalResourceId"] == logical_id), "")

    def physical_id(self, logical_id: str) -> str:
        answer = self.account.cloudformation.describe_stack_resource(StackName=self.name, LogicalResourceId=logical_id)
        return str(answer["StackResourceDetail"]["PhysicalResourceId"])


def log_group(name: str, **properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": name, **properties}, "DeletionPolicy": KEPT}


def key(account: Account, *statements: dict[str, Any]) -> dict[str, Any]:
    root = {"AWS": f"arn:aws:iam::{account.id}:root"}
    administrators = {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
    return {
        "Type": "AWS::KMS::Key",
        "DeletionPolicy": KEPT,
        "Properties": {"KeyPolicy": json.loads(policy(administrators, *statements)), "EnableKeyRotation": True},
    }


@pytest.fixture(scope="session")
def clients() -> dict[str, Any]:
    """boto3 clients take longer to make than most tests to run."""
    return {}


@pytest.fixture
def account(sandbox: Sandbox, clients: dict[str, Any]) -> Iterator[Account]:
    account = Account(sandbox, clients)
    yield account
    (sandbox.directory / "services.json").unlink(missing_ok=True)
    account.bedrock.delete_model_invocation_logging_configuration()


@pytest.fixture
def stacks(account: Account) -> Stacks:
    return Stacks(account, account.name("stack"))


def zipped(text: str) -> bytes:
    """The archive of a Lambda function with one module, ``index``."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        writer.writestr("index.py", text)
    return archive.getvalue()
