from __future__ import annotations

import pytest
from botocore import exceptions as botocore
from botocore.exceptions import ClientError

from bedrock_o11y.aws.reading import Status, look
from bedrock_o11y.aws.trouble import Kind, classify
from bedrock_o11y.errors import CouldNotRunError


def client_error(code: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


@pytest.mark.parametrize(
    ("code", "message", "missing"),
    [
        (
            "AccessDeniedException",
            "User: arn:aws:sts::123456789012:assumed-role/R/s is not authorized to perform: logs:DescribeLogGroups on "
            "resource: arn:aws:logs:us-east-1:123456789012:log-group::log-stream: because no identity-based policy "
            "allows the logs:DescribeLogGroups action",
            "logs:DescribeLogGroups",
        ),
        ("AccessDenied", "Access Denied", "asked:Action"),
        ("403", "Forbidden", "asked:Action"),
        ("AccessDeniedException", "is not authorized to perform: kms:GetKeyPolicy on this", "kms:GetKeyPolicy"),
    ],
)
def test_a_denied_call_names_the_missing_action(code: str, message: str, missing: str) -> None:
    trouble = classify(client_error(code, message), "asked:Action")
    assert (trouble.kind, trouble.action) == (Kind.DENIED, missing)
    assert missing in trouble.reason


@pytest.mark.parametrize("code", ["Throttling", "ThrottlingException", "TooManyRequestsException", "SlowDown"])
def test_a_throttled_call_is_no_missing_permission(code: str) -> None:
    reading = look("logs:DescribeLogGroups", lambda: (_ for _ in ()).throw(client_error(code)))
    assert reading.status is Status.UNREADABLE
    assert reading.action is None
    assert "throttled" in reading.reason


@pytest.mark.parametrize(
    "error",
    [
        client_error("ExpiredTokenException"),
        client_error("ExpiredToken"),
        client_error("InvalidClientTokenId"),
        client_error("UnrecognizedClientException"),
        client_error("SignatureDoesNotMatch"),
        botocore.NoCredentialsError(),
        botocore.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"),
        botocore.TokenRetrievalError(provider="sso", error_msg="expired"),
        botocore.UnauthorizedSSOTokenError(),
    ],
)
def test_bad_credentials_stop_everything_with_one_line(error: Exception) -> None:
    with pytest.raises(CouldNotRunError) as raised:
        classify(error, "sts:GetCallerIdentity")
    assert "\n" not in str(raised.value)
    assert "credentials" in str(raised.value) or "access key" in str(raised.value)


@pytest.mark.parametrize(
    "error",
    [
        botocore.EndpointConnectionError(endpoint_url="https://127.0.0.1:1"),
        botocore.ConnectTimeoutError(endpoint_url="https://127.0.0.1:1"),
        botocore.ReadTimeoutError(endpoint_url="https://127.0.0.1:1"),
        botocore.SSLError(endpoint_url="https://127.0.0.1:1", error="certificate"),
    ],
)
def test_an_endpoint_out_of_reach_is_unreadable_with_its_address(error: Exception) -> None:
    trouble = classify(error, "ssm:GetParameter")
    assert trouble.kind is Kind.UNREACHABLE
    assert "127.0.0.1" in trouble.reason


def test_what_is_not_there_is_absent_only_by_the_codes_that_say_so() -> None:
    def missing() -> None:
        raise client_error("ParameterNotFound")

    assert look("ssm:GetParameter", missing, absent=("ParameterNotFound",)).status is Status.ABSENT
    assert look("ssm:GetParameter", missing).status is Status.UNREADABLE


def test_a_programming_error_is_not_swallowed() -> None:
    with pytest.raises(ZeroDivisionError):
        look("a:B", lambda: 1 // 0)
