from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bedrock_o11y.aws import AwsAccount
from bedrock_o11y.errors import CouldNotRunError, UsageError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def no_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


@pytest.mark.parametrize(
    ("option", "variables", "expected"),
    [
        ("eu-west-1", {"AWS_REGION": "us-west-2"}, "eu-west-1"),
        (None, {"AWS_REGION": "us-west-2", "AWS_DEFAULT_REGION": "us-east-1"}, "us-west-2"),
        (None, {"AWS_DEFAULT_REGION": "us-gov-west-1"}, "us-gov-west-1"),
    ],
)
def test_the_region_is_the_option_then_the_environment(
    option: str | None, variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert AwsAccount(region=option).region == expected


def test_no_region_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="pass --region"):
        AwsAccount()


@pytest.mark.parametrize("region", ["useast1", "us-east-1/", "US-EAST-1", "http://x"])
def test_a_malformed_region_is_a_usage_error(region: str) -> None:
    with pytest.raises(UsageError, match="is not the name of a Region"):
        AwsAccount(region=region)


def test_an_unknown_profile_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="nobody"):
        AwsAccount(profile="nobody", region="us-east-1")


def test_an_endpoint_out_of_reach_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(CouldNotRunError) as raised:
        AwsAccount(region="us-east-1").identity()
    assert "sts:GetCallerIdentity did not reach AWS" in str(raised.value)
    assert "AWS_ENDPOINT_URL" in str(raised.value)


def test_a_client_is_made_once() -> None:
    account = AwsAccount(region="us-east-1")
    assert account.client("logs") is account.client("logs")
