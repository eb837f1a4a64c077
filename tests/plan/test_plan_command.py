"""``bedrock-o11y plan`` on the sandbox: it reads only, and stops where the deploy would."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from bedrock_o11y.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bedrock_o11y.sandbox import Sandbox

ACCOUNT = "000000000000"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
WRITE = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}


@pytest.fixture
def account(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Sandbox]:
    for name, value in sandbox.environment().items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    bedrock, ssm = sandbox.client("bedrock"), sandbox.client("ssm")
    bedrock.delete_model_invocation_logging_configuration()
    yield sandbox
    bedrock.delete_model_invocation_logging_configuration()
    with contextlib.suppress(ssm.exceptions.ParameterNotFound):
        ssm.delete_parameter(Name="/bedrock-o11y/account-settings/model-invocation-logging")


def configure_as_somebody_else(sandbox: Sandbox) -> dict[str, Any]:
    iam, logs, bedrock = (sandbox.client(service) for service in ("iam", "logs", "bedrock"))
    try:
        iam.create_role(RoleName="Theirs", AssumeRolePolicyDocument=json.dumps(TRUST))
        iam.put_role_policy(RoleName="Theirs", PolicyName="w", PolicyDocument=json.dumps(WRITE))
        logs.create_log_group(logGroupName="/theirs/bedrock")
    except (iam.exceptions.EntityAlreadyExistsException, logs.exceptions.ResourceAlreadyExistsException):
        pass
    bedrock.put_model_invocation_logging_configuration(
        loggingConfig={
            "cloudWatchConfig": {
                "logGroupName": "/theirs/bedrock",
                "roleArn": f"arn:aws:iam::{ACCOUNT}:role/Theirs",
            },
            "textDataDeliveryEnabled": True,
        }
    )
    return bedrock.get_model_invocation_logging_configuration()["loggingConfig"]


def plan(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = main(["plan", "--format", "json", *options])
    output = capsys.readouterr()
    assert output.out, output.err
    return code, json.loads(output.out)


@pytest.mark.sandbox
def test_an_empty_account_has_nothing_in_the_way(account: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    code, document = plan(capsys)
    assert code == 0
    assert document["account"] == account.account_id
    assert document["stacks"] == ["BedrockO11y-Foundation", "BedrockO11y-InvocationLogging"]
    outcomes = {setting["setting"]: (setting["outcome"], setting["bearing"]) for setting in document["settings"]}
    assert outcomes == {"model-invocation-logging": ("write", "clear"), "trace-destination": ("leave", "notice")}
    assert document["slots"]["limit"] == 10


@pytest.mark.sandbox
def test_a_foreign_configuration_stops_and_stays_as_it_is(account: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    before = configure_as_somebody_else(account)
    code, document = plan(capsys)
    setting = document["settings"][0]
    assert code == 1
    assert setting["bearing"] == "stops"
    assert "/theirs/bedrock" in setting["message"]
    assert all(way in setting["message"] for way in ("adopt", "merge", "replace"))
    assert account.client("bedrock").get_model_invocation_logging_configuration()["loggingConfig"] == before


@pytest.mark.sandbox
def test_the_configuration_file_says_what_becomes_of_it(
    account: Sandbox, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    configure_as_somebody_else(account)
    path = tmp_path / "mine.yaml"
    path.write_text("invocation_logging:\n  existing: replace\n")
    code, document = plan(capsys, "--config", str(path))
    assert code == 0
    assert document["settings"][0]["outcome"] == "replace"


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("content", "options", "code", "said"),
    [
        ("nonsense: 1\n", (), 2, "nonsense"),
        ("targets: [{name: A, region: eu-west-1}]\n", ("--target", "B"), 2, "there is no target 'B'"),
        ("targets: [{name: A, region: eu-west-1}]\n", ("--region", "us-east-1"), 2, "--region says us-east-1"),
        ("targets: [{name: A, account: '123456789012'}]\n", (), 2, "choose another --profile"),
        ("targets: [{name: A, region: eu-west-1}, {name: B, region: eu-west-2}]\n", (), 2, "choose one of A, B"),
    ],
)
def test_a_configuration_that_does_not_fit_is_a_usage_error(
    content: str,
    options: tuple[str, ...],
    code: int,
    said: str,
    account: Sandbox,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    (tmp_path / "bedrock-o11y.yaml").write_text(content)
    assert main(["plan", *options]) == code
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error


@pytest.mark.sandbox
def test_of_several_targets_the_one_of_the_callers_region_is_planned(
    account: Sandbox, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "bedrock-o11y.yaml").write_text("targets: [{name: A, region: eu-west-1}, {name: B, region: us-east-1}]")
    assert plan(capsys)[1]["target"] == "B"
    assert plan(capsys, "--target", "A")[1]["region"] == "eu-west-1"


@pytest.mark.sandbox
def test_the_key_of_the_configuration_is_looked_at(
    account: Sandbox, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    kms = account.client("kms")
    arn = kms.create_key()["KeyMetadata"]["Arn"]
    path = tmp_path / "bedrock-o11y.yaml"

    def key(named: str) -> tuple[int, dict[str, Any]]:
        path.write_text(f"encryption: {{key_arn: {named}}}")
        code, document = plan(capsys, "--config", str(path))
        (finding,) = (each for each in document["collisions"] if each["kind"] == "key")
        return code, finding

    assert (key(arn)[0], key(arn)[1]["bearing"]) == (0, "clear")
    kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
    code, finding = key(arn)
    assert (code, finding["bearing"]) == (1, "stops")
    assert "PendingDeletion" in finding["message"]
    missing = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/00000000-0000-0000-0000-000000000000"
    code, finding = key(missing)
    assert (code, finding["bearing"]) == (1, "stops")
    assert "does not exist" in finding["message"]


AGENT = """
agents:
  - name: mine
    deployment: direct-code
    runtime_arn: arn:aws:bedrock-agentcore:us-east-1:000000000000:runtime/mine-Ab12345678
"""


@pytest.mark.sandbox
def test_a_deploy_that_finds_no_room_for_its_xray_policy_stops_before_it(
    account: Sandbox, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "bedrock-o11y.yaml").write_text(AGENT)
    xray = account.client("xray")
    taken = [f"theirs-{number}" for number in range(5)]
    document = {"Effect": "Allow", "Principal": {"Service": "delivery.logs.amazonaws.com"}, "Resource": "*"}
    statement = json.dumps({"Version": "2012-10-17", "Statement": [document | {"Action": "xray:PutTraceSegments"}]})
    try:
        for name in taken[:4]:
            xray.put_resource_policy(PolicyName=name, PolicyDocument=statement)
        code, answer = plan(capsys)
        assert (code, answer["trace_slots"]["used"], answer["trace_slots"]["needed"]) == (0, 4, 1)
        xray.put_resource_policy(PolicyName=taken[4], PolicyDocument=statement)
        code, answer = plan(capsys)
        assert (code, answer["trace_slots"]["bearing"]) == (1, "stops")
        account.faults.add("xray:ListResourcePolicies", "deny", times=9)
        code, answer = plan(capsys)
        assert (code, answer["trace_slots"]["used"], answer["trace_slots"]["bearing"]) == (3, None, "unknown")
        assert "xray:ListResourcePolicies" in answer["trace_slots"]["message"]
    finally:
        account.faults.clear()
        for policy in xray.list_resource_policies()["ResourcePolicies"]:
            xray.delete_resource_policy(PolicyName=policy["PolicyName"])
