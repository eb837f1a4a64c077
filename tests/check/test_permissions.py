"""A reader who lacks one permission: that rung says which, and the others still run."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

import pytest

from bedrock_o11y.cli import main

from .conftest import ACCOUNT, BUCKET, GROUP, ROLE, RUNGS, fresh_sandbox

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import ByHand

pytestmark = pytest.mark.sandbox
sandbox = pytest.fixture(scope="module")(fresh_sandbox)

ALLOWED = [
    "bedrock:GetModelInvocationLoggingConfiguration",
    "ssm:GetParameter",
    "logs:DescribeLogGroups",
    "logs:GetDataProtectionPolicy",
    "logs:FilterLogEvents",
    "kms:GetKeyPolicy",
    "s3:ListBucket",
    "s3:GetBucketPolicy",
    "s3:GetBucketOwnershipControls",
    "s3:GetEncryptionConfiguration",
    "cloudwatch:ListMetrics",
    "cloudwatch:GetMetricData",
    "bedrock:InvokeModel",
    "iam:GetRole",
    "iam:ListRolePolicies",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
]
READER = "CheckReader"
TRUST_ACCOUNT = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    ],
}
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
"""As the boundary of the logging role, so that there is a managed policy to read; it allows everything."""

# The action that is missing, the rungs that cannot be judged without it, and what becomes of the canary.
MISSING = [
    ("bedrock:GetModelInvocationLoggingConfiguration", {"configuration", "configuration-as-expected", "delivery"}),
    ("ssm:GetParameter", {"configuration-as-expected"}),
    ("logs:DescribeLogGroups", {"log-group", "retention", "encryption"}),
    ("logs:GetDataProtectionPolicy", {"masking"}),
    ("logs:FilterLogEvents", {"canary"}),
    ("kms:GetKeyPolicy", {"key-policy"}),
    ("s3:ListBucket", {"payload-bucket"}),
    ("s3:GetBucketPolicy", {"payload-bucket"}),
    ("s3:GetBucketOwnershipControls", {"payload-bucket"}),
    ("s3:GetEncryptionConfiguration", {"payload-bucket"}),
    ("cloudwatch:ListMetrics", {"delivery"}),
    ("cloudwatch:GetMetricData", {"delivery"}),
    ("bedrock:InvokeModel", {"canary"}),
    ("iam:GetRole", {"logging-role-trust", "logging-role-permissions"}),
    ("iam:ListRolePolicies", {"logging-role-permissions"}),
    ("iam:GetRolePolicy", {"logging-role-permissions"}),
    ("iam:ListAttachedRolePolicies", {"logging-role-permissions"}),
    ("iam:GetPolicy", {"logging-role-permissions"}),
    ("iam:GetPolicyVersion", {"logging-role-permissions"}),
]


@pytest.fixture
def reader(by_hand: ByHand, as_role: Callable[[str | None], None]) -> Callable[[str | None], None]:
    """Runs the commands of this test as a role that may do all that a reader needs, but for one action."""

    def without(action: str | None) -> None:
        iam = by_hand.client("iam")
        allow = {"Effect": "Allow", "Action": [each for each in ALLOWED if each != action], "Resource": "*"}
        with contextlib.suppress(iam.exceptions.EntityAlreadyExistsException):
            iam.create_role(RoleName=READER, AssumeRolePolicyDocument=json.dumps(TRUST_ACCOUNT))
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        iam.put_role_policy(RoleName=READER, PolicyName="read", PolicyDocument=policy)
        as_role(READER)

    return without


def test_a_reader_with_the_listed_permissions_sees_everything(
    by_hand: ByHand, reader: Callable[[str | None], None]
) -> None:
    by_hand.remember()
    reader(None)
    code, report = by_hand.check("--canary", "--yes")
    assert {rung["state"] for rung in report["rungs"]} == {"PASS"}
    assert code == 0


def test_the_policy_that_the_permissions_command_prints_is_enough(
    by_hand: ByHand, as_role: Callable[[str | None], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {"log_group": {"name": GROUP}, "payloads": {"bucket": BUCKET}}
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bedrock-o11y.yaml").write_text(json.dumps({"invocation_logging": names}))
    assert main(["permissions", "check", "--canary", "--out", "policy.json"]) == 0
    iam = by_hand.client("iam")
    iam.put_role_permissions_boundary(RoleName=ROLE, PermissionsBoundary=ADMINISTRATOR)
    iam.create_role(RoleName="Printed", AssumeRolePolicyDocument=json.dumps(TRUST_ACCOUNT))
    iam.put_role_policy(RoleName="Printed", PolicyName="printed", PolicyDocument=(tmp_path / "policy.json").read_text())
    as_role("Printed")
    code, report = by_hand.check("--canary", "--yes")
    assert {rung["id"]: rung["state"] for rung in report["rungs"]} == dict.fromkeys(RUNGS, "PASS")
    assert code == 0


@pytest.mark.parametrize(("action", "blind"), MISSING)
def test_a_missing_permission_is_named_and_the_other_rungs_run(
    action: str, blind: set[str], by_hand: ByHand, reader: Callable[[str | None], None]
) -> None:
    by_hand.remember()
    by_hand.client("iam").put_role_permissions_boundary(RoleName=ROLE, PermissionsBoundary=ADMINISTRATOR)
    by_hand.call_model()
    reader(action)
    code, report = by_hand.check("--canary", "--yes", "--wait", "1s")
    rungs = {rung["id"]: rung for rung in report["rungs"]}
    unknown = {name: rung["evidence"] for name, rung in rungs.items() if rung["state"] == "UNKNOWN"}
    assert set(unknown) == blind, unknown
    assert {name for name, rung in rungs.items() if rung["state"] == "FAIL"} == set()
    assert code == 3
    assert any(action in " ".join(rungs[name]["evidence"]) for name in blind)


def test_unknown_can_be_allowed(by_hand: ByHand, reader: Callable[[str | None], None]) -> None:
    reader("kms:GetKeyPolicy")
    assert by_hand.check("--only", "key-policy")[0] == 3
    assert by_hand.check("--only", "key-policy", "--allow-unknown")[0] == 0


@pytest.mark.parametrize(("kind", "said"), [("throttle", "throttled"), ("5xx", "was answered with")])
def test_a_call_that_keeps_failing_is_unknown_and_no_permission_is_blamed(
    kind: str, said: str, by_hand: ByHand
) -> None:
    by_hand.sandbox.faults.add("logs:DescribeLogGroups", kind, times=20)
    try:
        code, report = by_hand.check("--only", "log-group")
    finally:
        by_hand.sandbox.faults.clear()
    (rung,) = report["rungs"]
    assert rung["state"] == "UNKNOWN"
    assert said in rung["evidence"][0]
    assert rung["next"] == "Run again later."
    assert code == 3


@pytest.mark.parametrize("kind", ["throttle", "5xx", "drop", "slow"])
def test_a_call_that_fails_once_is_made_again(kind: str, by_hand: ByHand) -> None:
    by_hand.sandbox.faults.add("logs:DescribeLogGroups", kind)
    try:
        assert by_hand.states("--only", "log-group") == {"log-group": "PASS"}
    finally:
        by_hand.sandbox.faults.clear()
