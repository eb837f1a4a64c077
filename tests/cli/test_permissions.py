"""The printed policy is enough for its command, in an account where permissions are enforced."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bedrock_o11y.aws import AwsAccount
from bedrock_o11y.blueprint import permissions
from bedrock_o11y.cli import COMMANDS, cli, main
from bedrock_o11y.roles import Role
from bedrock_o11y.roles.account import AccountRoles
from bedrock_o11y.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ACCOUNT = "000000000000"
HERE = ("--account", "123456789012", "--region", "us-east-1")
TRUST = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
LITERAL = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "ReadAllRoles",
            "Effect": "Allow",
            "Action": ["iam:GetAccountAuthorizationDetails"],
            "Resource": ["*"],
        },
        {
            "Sid": "ReadRoles",
            "Effect": "Allow",
            "Action": ["iam:GetRole", "iam:ListRolePolicies", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies"],
            "Resource": ["arn:aws-us-gov:iam::123456789012:role/*"],
        },
        {
            "Sid": "ReadManagedPolicies",
            "Effect": "Allow",
            "Action": ["iam:GetPolicy", "iam:GetPolicyVersion"],
            "Resource": ["arn:aws-us-gov:iam::123456789012:policy/*", "arn:aws-us-gov:iam::aws:policy/*"],
        },
    ],
}


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In a folder without a configuration file, without credentials and without a Region."""
    monkeypatch.chdir(tmp_path)
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["permissions", *arguments]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def resources(document: dict[str, Any]) -> set[str]:
    return {resource for statement in document["Statement"] for resource in statement["Resource"]}


def test_every_command_of_the_blueprint_can_be_asked_for() -> None:
    command = cli.get_command(None, "permissions")  # type: ignore[arg-type]
    assert command
    (argument,) = [each for each in command.params if each.name == "command"]
    assert {*argument.type.choices, "check --canary"} == set(permissions.COMMANDS)  # type: ignore[attr-defined]
    assert set(argument.type.choices) - {"deploy"} <= set(COMMANDS)  # type: ignore[attr-defined]


def test_with_an_account_nothing_is_called_and_the_policy_is_this(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "audit", "--account", "123456789012", "--region", "us-gov-west-1") == LITERAL


def test_the_names_are_those_of_the_configuration(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "bedrock-o11y.yaml").write_text(
        "invocation_logging: {log_group: {name: /mine}, payloads: {enabled: false}}\n"
        "bootstrap_qualifier: mine\n"
        "targets:\n"
        "  - {name: Here, account: '123456789012', region: eu-west-1}\n"
        "  - {name: There, account: '111122223333', region: eu-west-2}\n"
    )
    found = resources(printed(capsys, "check", "--canary", "--account", "123456789012"))
    assert "arn:aws:logs:eu-west-1:123456789012:log-group:/mine" in found
    assert "arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-micro-v1:0" in found
    assert not any(":s3:" in resource for resource in found)
    deploy = resources(printed(capsys, "deploy", "--target", "There", "--account", "111122223333"))
    assert "arn:aws:iam::111122223333:role/cdk-mine-deploy-role-111122223333-eu-west-2" in deploy


@pytest.mark.parametrize("command", sorted(permissions.COMMANDS))
def test_no_policy_leaves_a_name_open_or_exceeds_a_managed_policy(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    document = printed(capsys, *command.split(), *HERE)
    text = json.dumps(document)
    assert "$" not in text
    assert "None" not in text
    assert len("".join(text.split())) <= 6144
    assert len({statement["Sid"] for statement in document["Statement"]}) == len(document["Statement"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["audit", "--account", "1234", "--region", "us-east-1"], "--account '1234': expected twelve digits"),
        (["audit", "--account", "123456789012"], "no Region is set: pass --region beside --account"),
        (["audit", "--account", "123456789012", "--region", "here"], "--region 'here': expected something like"),
        (["audit", "--account", "123456789012", "--profile", "x"], "does not go with --profile"),
        (["audit", "--partition", "aws-cn"], "--partition goes with --account"),
        (["audit", *HERE, "--partition", "azure"], "expected aws,"),
        (["audit", *HERE, "--target", "No"], "no target No is in"),
        (["plan", "--canary"], "--canary goes with check"),
        (["check", "--model", "x"], "--model with --canary"),
        (["nonsense"], "'nonsense' is not one of"),
        (
            ["check", "--canary", "--model", "us.amazon.nova-micro-v1:0", *HERE],
            "through an inference profile needs bedrock:InvokeModel on the profile",
        ),
    ],
)
def test_a_mistake_is_a_usage_error(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["permissions", *arguments]) == 2
    output = capsys.readouterr()
    assert said in output.err
    assert output.out == ""


# --- In an account -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """An empty account, in which nothing of other tests stops a plan."""
    running = Sandbox.start(tmp_path_factory.mktemp("empty"))
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture
def as_role(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Any:
    def become(name: str | None, document: dict[str, Any] | None = None) -> None:
        if name and document:
            iam = sandbox.client("iam")
            trust = {"Version": "2012-10-17", "Statement": [TRUST]}
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
            iam.put_role_policy(RoleName=name, PolicyName="printed", PolicyDocument=json.dumps(document))
        for variable, value in sandbox.environment(name).items():
            if variable.startswith("AWS_"):
                monkeypatch.setenv(variable, value)

    become(None)
    return become


@pytest.mark.sandbox
def test_without_an_account_it_is_that_of_the_caller(as_role: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"arn:aws:iam::{ACCOUNT}:role/*" in resources(printed(capsys, "audit"))


@pytest.mark.sandbox
def test_a_role_with_the_policy_of_plan_plans(as_role: Any, capsys: pytest.CaptureFixture[str]) -> None:
    as_role("PrintedPlanner", printed(capsys, "plan"))
    assert main(["plan", "--format", "json"]) == 0
    assert "permission" not in capsys.readouterr().out


@pytest.mark.sandbox
@pytest.mark.parametrize("names", [(), ("PrintedAuditor",)])
def test_a_role_with_the_policy_of_audit_reads_roles(
    names: tuple[str, ...], as_role: Any, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    iam = sandbox.client("iam")
    if "PrintedAuditor" not in [role["RoleName"] for role in iam.list_roles()["Roles"]]:
        as_role("PrintedAuditor", printed(capsys, "audit"))
        iam.attach_role_policy(RoleName="PrintedAuditor", PolicyArn="arn:aws:iam::aws:policy/SecurityAudit")
    as_role("PrintedAuditor")
    source = AccountRoles(AwsAccount(), names)
    (role,) = [each for each in source.roles() if isinstance(each, Role) and each.name == "PrintedAuditor"]
    assert [policy.name for policy in role.policies if not policy.unknown] == ["printed", "SecurityAudit"]
    assert source.reading.partial == []
