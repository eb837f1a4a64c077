"""The account in memory behaves as the sandbox does, and the handler works on the sandbox's services."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from bedrock_o11y.account_settings import handler
from bedrock_o11y.account_settings.model_invocation_logging import NAME, normalise
from bedrock_o11y.account_settings.record import parameter_name
from tests.account_settings.fake_aws import FakeAccount
from tests.account_settings.fake_calls import SWITCHES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bedrock_o11y.sandbox import Sandbox

pytestmark = pytest.mark.sandbox

GROUP = "/account-settings-contract"
USABLE, UNUSABLE = "account-settings-usable", "account-settings-unusable"
PARAMETER = parameter_name(NAME)


@pytest.fixture
def account(sandbox: Sandbox) -> Iterator[Sandbox]:
    """The sandbox with a log group, a role that may write there, one that may not, and no logging configuration."""
    bedrock, iam, logs, ssm = (sandbox.client(service) for service in ("bedrock", "iam", "logs", "ssm"))
    before = bedrock.get_model_invocation_logging_configuration().get("loggingConfig")
    bedrock.delete_model_invocation_logging_configuration()
    logs.create_log_group(logGroupName=GROUP)
    group = f"arn:aws:logs:{sandbox.region}:{sandbox.account_id}:log-group:{GROUP}"
    stream = f"{group}:log-stream:aws/bedrock/modelinvocations"
    for role in (USABLE, UNUSABLE):
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(trust(sandbox.account_id)))
    allow = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": stream}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam.put_role_policy(RoleName=USABLE, PolicyName="write", PolicyDocument=policy)
    try:
        yield sandbox
    finally:
        bedrock.delete_model_invocation_logging_configuration()
        if before:
            bedrock.put_model_invocation_logging_configuration(loggingConfig=before)
        for parameter in ssm.get_parameters(Names=[PARAMETER])["Parameters"]:
            ssm.delete_parameter(Name=parameter["Name"])
        iam.delete_role_policy(RoleName=USABLE, PolicyName="write")
        for role in (USABLE, UNUSABLE):
            iam.delete_role(RoleName=role)
        logs.delete_log_group(logGroupName=GROUP)


def trust(account_id: str) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "bedrock.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
            }
        ],
    }


def configuration(sandbox: Sandbox, role: str, **switches: bool) -> dict[str, Any]:
    arn = f"arn:aws:iam::{sandbox.account_id}:role/{role}"
    return {"cloudWatchConfig": {"logGroupName": GROUP, "roleArn": arn}, "textDataDeliveryEnabled": True} | switches


def script(connect: Callable[[str], Any], sandbox: Sandbox) -> list[Any]:
    """The calls the handler makes, and the errors it tells apart; what each answered."""
    bedrock, ssm = connect("bedrock"), connect("ssm")
    read, put = bedrock.get_model_invocation_logging_configuration, bedrock.put_model_invocation_logging_configuration
    save = {"Name": PARAMETER, "Type": "String", "Tier": "Intelligent-Tiering"}
    good, other = configuration(sandbox, USABLE), configuration(sandbox, USABLE, imageDataDeliveryEnabled=True)
    calls: list[tuple[Callable[..., Any], dict[str, Any]]] = [
        (read, {}),
        (bedrock.delete_model_invocation_logging_configuration, {}),
        (put, {"loggingConfig": configuration(sandbox, UNUSABLE)}),
        (read, {}),
        (put, {"loggingConfig": good}),
        (read, {}),
        (put, {"loggingConfig": other}),
        (read, {}),
        (bedrock.delete_model_invocation_logging_configuration, {}),
        (read, {}),
        (ssm.get_parameter, {"Name": PARAMETER}),
        (ssm.delete_parameter, {"Name": PARAMETER}),
        (ssm.put_parameter, save | {"Value": "one", "Overwrite": False}),
        (ssm.put_parameter, save | {"Value": "two", "Overwrite": False}),
        (ssm.put_parameter, save | {"Value": "x" * 5000, "Overwrite": True}),
        (ssm.get_parameter, {"Name": PARAMETER}),
        (ssm.get_parameter, {"Name": f"{PARAMETER}:1"}),
        (ssm.delete_parameter, {"Name": PARAMETER}),
        (ssm.get_parameter, {"Name": PARAMETER}),
        (ssm.put_parameter, save | {"Value": "three", "Overwrite": False}),
        (ssm.delete_parameter, {"Name": PARAMETER}),
    ]
    return [outcome(call, arguments) for call, arguments in calls]


def outcome(call: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    try:
        answer = call(**arguments)
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        # The words of an error count only where the handler reads them.
        return (error.operation_name, code, message if code == "ValidationException" else "")
    if "Parameter" in answer:
        return {name: answer["Parameter"][name] for name in ("Name", "Type", "Value", "Version")}
    return {name: answer[name] for name in ("loggingConfig", "Version") if name in answer}


def test_the_fake_behaves_like_the_sandbox(account: Sandbox) -> None:
    fake = FakeAccount(unusable_roles={f"arn:aws:iam::{account.account_id}:role/{UNUSABLE}"})
    assert script(fake.client, account) == script(account.client, account)


class _Context(SimpleNamespace):
    def get_remaining_time_in_millis(self) -> int:
        return 170_000


def handle(account: Sandbox, kind: str, desired: dict[str, Any], policy: str) -> handler.Answer:
    document = {"setting": NAME, "mode": "manage", "policy": policy, "desired": desired, "expects": None}
    request = {
        "RequestType": kind,
        "RequestId": f"contract-{kind}-{policy}-{desired.get('imageDataDeliveryEnabled')}",
        "StackId": f"arn:aws:cloudformation:{account.region}:{account.account_id}:stack/Contract/1",
        "LogicalResourceId": "Setting",
        "ResourceProperties": {"Request": json.dumps(document)},
    }
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    surroundings = handler.Surroundings(
        connect=account.client, clock=lambda: now[0], sleep=sleep, log=lambda _line: None
    )
    handler._answers.clear()
    return handler.handle(request, _Context(), surroundings)


def test_the_handler_gives_back_what_stood_in_the_sandbox(account: Sandbox) -> None:
    bedrock = account.client("bedrock")
    theirs = dict.fromkeys(SWITCHES, False) | configuration(account, USABLE)
    ours = configuration(account, USABLE, imageDataDeliveryEnabled=True)
    bedrock.put_model_invocation_logging_configuration(loggingConfig=theirs)
    assert not handle(account, "Create", ours, "refuse").success
    assert bedrock.get_model_invocation_logging_configuration()["loggingConfig"] == theirs
    created = handle(account, "Create", ours, "replace")
    assert created.success, created.message
    assert normalise(bedrock.get_model_invocation_logging_configuration()["loggingConfig"]) == normalise(ours)
    failed = handle(account, "Update", configuration(account, UNUSABLE), "replace")
    assert not failed.success
    assert UNUSABLE in failed.message
    assert handle(account, "Update", ours, "replace").success
    deleted = handle(account, "Delete", ours, "replace")
    assert deleted.success, deleted.message
    assert bedrock.get_model_invocation_logging_configuration()["loggingConfig"] == theirs
    with pytest.raises(ClientError, match="ParameterNotFound"):
        account.client("ssm").get_parameter(Name=PARAMETER)
