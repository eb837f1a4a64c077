from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError

from bedrock_o11y.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bedrock_o11y.sandbox import Sandbox

pytestmark = pytest.mark.sandbox

ONCE = Config(retries={"total_max_attempts": 1}, read_timeout=20)
TALK = {"modelId": "amazon.nova-lite-v1:0", "messages": [{"role": "user", "content": [{"text": "hello"}]}]}


@pytest.fixture
def account(sandbox: Sandbox) -> Iterator[Sandbox]:
    sandbox.faults.clear()
    yield sandbox
    sandbox.faults.clear()


def code(call: Callable[..., Any], **arguments: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    answer = refused.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize(
    ("operation", "client", "method", "arguments", "throttled", "failed"),
    [
        ("logs:DescribeLogGroups", "logs", "describe_log_groups", {}, ("ThrottlingException", 400),
         ("ServiceUnavailableException", 503)),
        ("bedrock:Converse", "bedrock-runtime", "converse", TALK, ("ThrottlingException", 429),
         ("InternalServerException", 500)),
        ("bedrock:GetModelInvocationLoggingConfiguration", "bedrock", "get_model_invocation_logging_configuration", {},
         ("ThrottlingException", 429), ("InternalServerException", 500)),
        ("cloudwatch:ListMetrics", "cloudwatch", "list_metrics", {}, ("Throttling", 400), ("InternalFailure", 500)),
        ("ssm:GetParameter", "ssm", "get_parameter", {"Name": "/x"}, ("ThrottlingException", 400),
         ("InternalServerError", 500)),
        ("kms:ListKeys", "kms", "list_keys", {}, ("ThrottlingException", 400), ("KMSInternalException", 500)),
        ("iam:ListRoles", "iam", "list_roles", {}, ("Throttling", 400), ("InternalFailure", 500)),
        ("sts:GetCallerIdentity", "sts", "get_caller_identity", {}, ("Throttling", 400), ("InternalFailure", 500)),
        ("cloudformation:ListStacks", "cloudformation", "list_stacks", {}, ("Throttling", 400),
         ("InternalFailure", 500)),
        ("s3:ListAllMyBuckets", "s3", "list_buckets", {}, ("SlowDown", 503), ("InternalError", 500)),
        ("lambda:ListFunctions", "lambda", "list_functions", {}, ("TooManyRequestsException", 429),
         ("ServiceException", 500)),
    ],
)  # fmt: skip
def test_a_refusal_has_the_shape_of_its_service(
    account: Sandbox,
    operation: str,
    client: str,
    method: str,
    arguments: dict[str, Any],
    throttled: tuple[str, int],
    failed: tuple[str, int],
) -> None:
    call = getattr(account.client(client, config=ONCE), method)
    account.faults.add(operation, "throttle")
    assert code(call, **arguments) == throttled
    account.faults.clear()
    account.faults.add(operation, "5xx")
    assert code(call, **arguments) == failed
    account.faults.clear()
    account.faults.add(operation, "deny")
    assert code(call, **arguments)[0] in {"AccessDenied", "AccessDeniedException"}
    if operation == "ssm:GetParameter":
        assert code(call, **arguments)[0] == "ParameterNotFound"
    else:
        call(**arguments)


def test_a_fault_falls_on_the_calls_it_names_and_on_no_other(account: Sandbox) -> None:
    logs = account.client("logs", config=ONCE)
    account.faults.add("logs:DescribeLogGroups", "throttle", at=3, times=2)
    seen = []
    for _ in range(6):
        logs.describe_resource_policies()
        try:
            logs.describe_log_groups()
            seen.append("done")
        except ClientError as error:
            seen.append(error.response["Error"]["Code"])
    assert seen == ["done", "done", "ThrottlingException", "ThrottlingException", "done", "done"]


def test_a_count_survives_another_fault_being_added(account: Sandbox) -> None:
    logs = account.client("logs", config=ONCE)
    account.faults.add("logs:DescribeLogGroups", "throttle", at=2)
    logs.describe_log_groups()
    account.faults.add("ssm:GetParameter", "deny")
    assert code(logs.describe_log_groups)[0] == "ThrottlingException"


@pytest.mark.parametrize(("kind", "done"), [("drop", True), ("throttle", False), ("deny", False), ("5xx", False)])
def test_only_a_dropped_answer_hides_work_that_was_done(account: Sandbox, kind: str, done: bool) -> None:
    ssm = account.client("ssm", config=ONCE)
    name = f"/fault/{kind}"
    account.faults.add("ssm:PutParameter", kind)
    with pytest.raises(HTTPClientError if kind == "drop" else ClientError):
        ssm.put_parameter(Name=name, Value="v", Type="String")
    names = [parameter["Name"] for parameter in ssm.describe_parameters()["Parameters"]]
    assert (name in names) is done


def test_a_slow_call_takes_its_time_and_is_done(account: Sandbox) -> None:
    sts = account.client("sts", config=ONCE)
    account.faults.add("sts:GetCallerIdentity", "slow", seconds=0.4)
    begin = time.monotonic()
    assert sts.get_caller_identity()["Account"] == "000000000000"
    assert time.monotonic() - begin >= 0.4


def test_a_call_that_is_not_authorised_is_refused_for_that_and_not_counted(account: Sandbox) -> None:
    trust = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "sts:AssumeRole"}
    account.client("iam").create_role(
        RoleName="nobody", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )
    account.faults.add("logs:DescribeLogGroups", "throttle")
    assert code(account.client("logs", role="nobody", config=ONCE).describe_log_groups)[0] == "AccessDeniedException"
    assert code(account.client("logs", config=ONCE).describe_log_groups)[0] == "ThrottlingException"


@pytest.mark.parametrize(
    "wrong",
    [
        {"operation": "PutLogEvents", "kind": "throttle"},
        {"operation": "logs:PutLogEvents", "kind": "explode"},
        {"operation": "logs:PutLogEvents", "kind": "throttle", "at": 0},
        {"operation": "logs:PutLogEvents", "kind": "throttle", "times": 0},
        {"operation": "logs:PutLogEvents", "kind": "slow", "seconds": -1},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(account: Sandbox, wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        account.faults.add(wrong.pop("operation"), wrong.pop("kind"), **wrong)
    assert account.faults.in_force() == []


def test_only_the_user_can_write_the_faults(account: Sandbox) -> None:
    account.faults.add("logs:PutLogEvents", "drop", at=9)
    assert (account.directory / "faults.json").stat().st_mode & 0o777 == 0o600
