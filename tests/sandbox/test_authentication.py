"""Nothing is answered to a caller who has not shown who they are."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore import UNSIGNED, xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

from bedrock_o11y.sandbox.server.authorization_table import TABLE
from bedrock_o11y.sandbox.server.gate import CAPABILITY_PREFIXES, OPEN_PATHS, is_refused
from tests.sandbox.authorization_cases import CASES, Case

if TYPE_CHECKING:
    from collections.abc import Callable

    from bedrock_o11y.sandbox import Sandbox

pytestmark = pytest.mark.sandbox

NOBODY = {
    "UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException", "SignatureDoesNotMatch",
    "MissingAuthenticationToken", "MissingAuthenticationTokenException", "AccessDenied", "InvalidAccessKeyId",
    "ExpiredTokenException",
}  # fmt: skip

ONE_OF_EACH = list({case.operation: case for case in CASES}.values()) + [
    Case(operation, arguments, (), ())
    for operation, arguments in {
        "iam:ListRoles": {}, "sts:GetCallerIdentity": {}, "s3:ListBuckets": {}, "ssm:GetParameter": {"Name": "/x"},
        "kms:ListKeys": {}, "lambda:ListFunctions": {}, "cloudformation:ListStacks": {},
    }.items()
]  # fmt: skip


class Strangers:
    """Clients that are not who they say: a key nobody has, the right key signed wrongly, no signature."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        good = sandbox.credentials()
        self._keys: dict[str, dict[str, Any]] = {
            "an unknown key": {"aws_access_key_id": "AKIAUNKNOWNUNKNOWN00", "aws_secret_access_key": "x" * 40},
            "MiniStack's default root key": {"aws_access_key_id": "test", "aws_secret_access_key": "test"},
            "an account number for a key": {"aws_access_key_id": "000000000000", "aws_secret_access_key": "test"},
            "a wrong secret": {
                "aws_access_key_id": good.access_key_id,
                "aws_secret_access_key": "x" * 40,
                "aws_session_token": good.session_token,
            },
            "no session token": {
                "aws_access_key_id": good.access_key_id,
                "aws_secret_access_key": good.secret_access_key,
            },
            "no signature": {"config": Config(signature_version=UNSIGNED)},
        }
        self._clients: dict[tuple[str, str], Any] = {}

    def __iter__(self) -> Any:
        return iter(self._keys)

    def client(self, stranger: str, service: str) -> Any:
        if (stranger, service) not in self._clients:
            given = dict(self._keys[stranger])
            config = given.pop("config", Config()).merge(
                Config(retries={"total_max_attempts": 1}, inject_host_prefix=False, proxies={})
            )
            self._clients[stranger, service] = boto3.client(
                service,
                region_name="us-east-1",
                endpoint_url=self._sandbox.endpoint,
                verify=str(self._sandbox.directory / "tls" / "ca.pem"),
                config=config,
                **given,
            )
        return self._clients[stranger, service]

    def close(self) -> None:
        for client in self._clients.values():
            client.close()


@pytest.fixture(scope="module")
def strangers(sandbox: Sandbox) -> Any:
    made = Strangers(sandbox)
    yield made
    made.close()


def test_the_calls_below_are_every_operation_of_the_table() -> None:
    assert set(TABLE) <= {case.operation for case in ONE_OF_EACH}


@pytest.mark.parametrize("case", ONE_OF_EACH, ids=lambda case: case.operation)
def test_a_caller_who_is_nobody_gets_no_answer(strangers: Strangers, case: Case) -> None:
    for stranger in strangers:
        service = case.client or case.operation.partition(":")[0]
        call = getattr(strangers.client(stranger, service), xform_name(case.operation.partition(":")[2]))
        with pytest.raises(ClientError) as refused:
            call(**case.arguments)
        error = refused.value.response["Error"]
        # Unsigned, a REST request names no service: S3 takes it and refuses it in XML, which this client cannot read.
        assert error["Code"] in NOBODY or "<Code>InvalidAccessKeyId</Code>" in error["Message"], f"{stranger}: {error}"


@pytest.fixture(scope="module")
def fetch(sandbox: Sandbox) -> Callable[..., int]:
    trust = ssl.create_default_context(cafile=str(sandbox.directory / "tls" / "ca.pem"))
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust))

    def status(method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"{}") -> int:
        request = urllib.request.Request(  # noqa: S310 - our own server
            sandbox.endpoint + path, data=None if method in {"GET", "HEAD"} else body, method=method,
            headers=headers or {},
        )  # fmt: skip
        try:
            with opener.open(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    return status


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/_ministack/reset"),
        ("POST", "//_ministack/reset"),
        ("POST", "/%5Fministack/reset"),
        ("POST", "/_ministack/config"),
        ("GET", "/_ministack/ready"),
        ("GET", "/_ministack/lambda-code/anything"),
        ("GET", "/_ministack/lambda-layers/anything/1/content"),
        ("GET", "/_ministack/ses/messages"),
        ("GET", "/_ministack/sqs/messages"),
        ("GET", "/_ministack/sns/sms-messages"),
        ("POST", "/_ministack/eks-auth/cluster"),
        ("POST", "/_ministack/rds/iam-auth"),
        ("GET", "/_localstack/health"),
        ("GET", "/_aws/sqs/messages"),
        ("GET", "/_aws/ses"),
        ("GET", "/_alb/anything"),
        ("GET", "/health"),
    ],
)
def test_ministacks_own_pages_are_closed(fetch: Callable[..., int], method: str, path: str) -> None:
    assert fetch(method, path) == 403


def test_what_stays_open_is_listed_with_its_reason(fetch: Callable[..., int]) -> None:
    assert [path for _, path in OPEN_PATHS] == ["/_ministack/health"]
    assert fetch("GET", "/_ministack/health") == 200
    assert [prefix for _, prefix in CAPABILITY_PREFIXES] == ["/_ministack/cfn-response/", "/_ministack/cfn-signal/"]
    assert fetch("OPTIONS", "/bucket/key") == 200  # a CORS preflight, which says nothing of the account
    # Nobody waits for these tokens, so nothing happens.
    assert fetch("PUT", "/_ministack/cfn-response/guess") == 200
    assert fetch("PUT", "/_ministack/cfn-signal/guess") == 404
    assert not is_refused("PUT", "/_ministack/cfn-response/guess")
    assert is_refused("POST", "/_ministack/cfn-response/guess")


@pytest.mark.parametrize("path", ["/", "/bucket/key", "/model/m/converse", "/logging/modelinvocations", "/v2/", "/x"])
@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
def test_a_bare_request_to_a_path_of_aws_is_refused(fetch: Callable[..., int], method: str, path: str) -> None:
    assert fetch(method, path) >= 400


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer x",
        "Basic dGVzdDp0ZXN0",
        "AWS test:x",
        "AWS4-HMAC-SHA256 x",
        "AWS4-HMAC-SHA256 Credential=/20260101/us-east-1/logs/aws4_request, SignedHeaders=host, Signature=x",
        "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/logs/aws4_request, SignedHeaders=host, Signature=x",
    ],
)
def test_an_authorization_header_that_is_none_is_refused(fetch: Callable[..., int], authorization: str) -> None:
    logs = {"X-Amz-Target": "Logs_20140328.DescribeLogGroups", "Content-Type": "application/x-amz-json-1.1"}
    assert fetch("POST", "/", {"Authorization": authorization, **logs}) in {400, 403}
    assert fetch("GET", "/", {"Authorization": authorization}) in {400, 403}


@pytest.mark.parametrize(
    ("claimed", "real"),
    [
        ("/?Action=DescribeLogGroups", {"X-Amz-Target": "Logs_20140328.DeleteLogGroup"}),
        ("/?Action=GetCallerIdentity", {"X-Amz-Target": "AmazonSSM.DeleteParameter"}),
    ],
)
def test_naming_two_operations_in_one_request_needs_the_permission_of_the_one_that_runs(
    sandbox: Sandbox, claimed: str, real: dict[str, str]
) -> None:
    import json

    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
    from botocore.httpsession import URLLib3Session

    iam = sandbox.client("iam")
    trust = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "sts:AssumeRole"}
    name = f"reader-{real['X-Amz-Target'].partition('.')[2]}"
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    reads = {"Effect": "Allow", "Action": ["logs:Describe*", "ssm:Get*"], "Resource": "*"}
    iam.put_role_policy(
        RoleName=name, PolicyName="reads", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [reads]})
    )
    got = sandbox.credentials(name)
    request = AWSRequest(
        "POST", sandbox.endpoint + claimed, data=b'{"logGroupName": "/x", "Name": "/x"}',
        headers={**real, "Content-Type": "application/x-amz-json-1.1"},
    )  # fmt: skip
    service = "logs" if "Logs" in real["X-Amz-Target"] else "ssm"
    SigV4Auth(Credentials(got.access_key_id, got.secret_access_key, got.session_token), service, "us-east-1").add_auth(
        request
    )
    session = URLLib3Session(verify=str(sandbox.directory / "tls" / "ca.pem"))
    try:
        answer = session.send(request.prepare())
        assert b"AccessDenied" in answer.content
        assert real["X-Amz-Target"].partition(".")[2].encode() in answer.content
    finally:
        session.close()


def test_an_operation_that_the_table_does_not_know_is_refused_to_the_administrator_too(sandbox: Sandbox) -> None:
    for client, method, arguments in (
        ("logs", "create_export_task", {"logGroupName": "/x", "fromTime": 0, "to": 1, "destination": "b"}),
        ("logs", "cancel_export_task", {"taskId": "t"}),
        ("bedrock", "list_custom_models", {}),
        ("cloudwatch", "list_metric_streams", {}),
    ):
        with pytest.raises(ClientError) as refused:
            getattr(sandbox.client(client), method)(**arguments)
        assert "authorisation table has no row" in str(refused.value)
        assert refused.value.response["Error"]["Code"] in {"AccessDenied", "AccessDeniedException"}


def test_a_role_that_trusts_only_a_service_cannot_be_taken_on(sandbox: Sandbox) -> None:
    import json

    from bedrock_o11y.errors import CouldNotRunError

    trust = {"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "sts:AssumeRole"}
    sandbox.client("iam").create_role(
        RoleName="for-bedrock", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )
    with pytest.raises(CouldNotRunError, match="trust policy"):
        sandbox.credentials("for-bedrock")
