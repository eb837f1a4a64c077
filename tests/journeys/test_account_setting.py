"""What belongs to somebody else is never lost: deploys, destroys and retries around a setting that exists once."""

from __future__ import annotations

import json
import signal
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Journey

pytestmark = pytest.mark.sandbox

RECORD = "/bedrock-o11y/account-settings/model-invocation-logging"


@pytest.fixture(scope="module")
def ours(journey: Journey) -> Path:
    return journey.synth()


@pytest.fixture(autouse=True)
def clean_account(journey: Journey):
    yield
    journey.sandbox.faults.clear()
    journey.forget_foreign_configuration()
    journey.empty()


def output_of(run) -> str:
    return run.stdout + run.stderr


def test_a_foreign_configuration_stops_the_deploy_before_it_creates_anything(journey: Journey, ours: Path) -> None:
    before = journey.make_foreign_configuration("/refused/group")
    inventory = journey.inventory()

    plan = journey.run("bedrock-o11y", "plan")
    assert plan.returncode == 1
    assert "/refused/group" in plan.stdout

    deploy = journey.deploy(ours)
    assert deploy.returncode != 0
    said = output_of(deploy)
    assert "/refused/group" in said, "the message names the log group"
    for way in ("adopt", "merge", "replace"):
        assert way in said, f"the message offers {way}"
    assert journey.configuration == before, "byte for byte as before"

    after = journey.inventory()
    stacks = set(after.pop("stacks")) - set(inventory.pop("stacks"))
    assert stacks <= {"BedrockO11y-Foundation"}, "the second stack was never begun"
    assert after == inventory, "nothing remains of what the guard itself needed"


def test_replace_remembers_the_foreign_value_and_gives_it_back(journey: Journey) -> None:
    before = journey.make_foreign_configuration("/replaced/group")
    assembly = journey.synth("invocation_logging: {existing: replace}")
    deploy = journey.deploy(assembly)
    assert deploy.returncode == 0, output_of(deploy)
    assert journey.configuration != before
    record = json.loads(journey.sandbox.client("ssm").get_parameter(Name=RECORD)["Parameter"]["Value"])
    assert record["remembered"]["cloudWatchConfig"]["logGroupName"] == "/replaced/group"
    code, rungs = journey.canary()
    assert code == 0, rungs

    destroy = journey.destroy(assembly)
    assert destroy.returncode == 0, output_of(destroy)
    assert journey.configuration == before
    assert RECORD not in journey.inventory()["parameters"]


def test_what_somebody_changed_after_the_deploy_survives_the_destroy_and_a_second_destroy(
    journey: Journey, ours: Path
) -> None:
    assert journey.deploy(ours).returncode == 0
    changed = journey.make_foreign_configuration("/changed/group")
    code, rungs = journey.check()
    assert code == 1
    assert rungs["configuration-as-expected"]["state"] == "FAIL"

    destroy = journey.destroy(ours)
    assert destroy.returncode == 0, output_of(destroy)
    assert journey.configuration == changed
    again = journey.destroy(ours)
    assert again.returncode == 0, output_of(again)
    assert journey.configuration == changed


def test_a_second_app_with_the_same_setting_is_refused_and_the_first_keeps_working(
    journey: Journey, ours: Path
) -> None:
    assert journey.deploy(ours).returncode == 0
    mine = journey.configuration
    other = journey.synth("invocation_logging: {log_group: {name: /other}, existing: replace}", name="Other")
    deploy = journey.deploy(other)
    assert deploy.returncode != 0
    assert "BedrockO11y-InvocationLogging" in output_of(deploy), "the message names the stack that owns the setting"
    assert journey.configuration == mine
    code, rungs = journey.canary()
    assert code == 0, rungs
    assert journey.destroy(other).returncode == 0
    assert journey.configuration == mine
    assert journey.destroy(ours).returncode == 0
    assert journey.configuration is None


@pytest.mark.long
def test_a_rollback_after_bedrock_has_written_its_permission_check_converges(journey: Journey, ours: Path) -> None:
    """The bucket is not empty then, so that CloudFormation cannot delete it; the next deploy must take it over."""
    journey.sandbox.faults.add("ssm:PutParameter", "deny", at=2, times=1000)
    deploy = journey.deploy(ours)
    assert deploy.returncode != 0
    journey.sandbox.faults.clear()
    assert journey.configuration is None, "what the failed deploy wrote was taken back"
    retry = journey.deploy(ours)
    assert retry.returncode == 0, output_of(retry)
    code, rungs = journey.canary()
    assert code == 0, rungs


def test_a_deploy_that_fails_is_rolled_back_and_a_retry_converges(journey: Journey, ours: Path) -> None:
    inventory = journey.inventory()
    journey.sandbox.faults.add("bedrock:PutModelInvocationLoggingConfiguration", "deny", times=1000)
    deploy = journey.deploy(ours)
    assert deploy.returncode != 0
    assert "bedrock:PutModelInvocationLoggingConfiguration" in output_of(deploy), "the message names the action"
    assert journey.configuration is None
    after = journey.inventory()
    assert after["parameters"] == inventory["parameters"], "no record of a value that was never written"
    assert not set(after["log groups"]) & {"/aws/bedrock/model-invocations"}, "a first deploy leaves nothing behind"
    assert not [bucket for bucket in after["buckets"] if "payloads" in bucket]

    journey.sandbox.faults.clear()
    retry = journey.deploy(ours)
    assert retry.returncode == 0, output_of(retry)
    code, rungs = journey.canary()
    assert code == 0, rungs


@pytest.mark.parametrize(
    "kind", [pytest.param("throttle", marks=pytest.mark.long), "drop", pytest.param("5xx", marks=pytest.mark.long)]
)
def test_a_call_that_fails_once_does_not_fail_the_deploy(journey: Journey, ours: Path, kind: str) -> None:
    for operation in (
        "bedrock:PutModelInvocationLoggingConfiguration",
        "bedrock:GetModelInvocationLoggingConfiguration",
        "ssm:PutParameter",
    ):
        journey.sandbox.faults.add(operation, kind)
    deploy = journey.deploy(ours)
    assert deploy.returncode == 0, output_of(deploy)
    code, rungs = journey.canary()
    assert code == 0, rungs
    assert journey.destroy(ours).returncode == 0
    assert journey.configuration is None


def test_a_role_that_iam_does_not_know_everywhere_yet_is_waited_for(journey: Journey, ours: Path) -> None:
    settings = journey.sandbox.directory / "services.json"
    settings.write_text(json.dumps({"iam_propagation_seconds": 6}))
    try:
        deploy = journey.deploy(ours)
        assert deploy.returncode == 0, output_of(deploy)
        code, rungs = journey.canary()
        assert code == 0, rungs
    finally:
        settings.unlink()


def test_a_destroy_that_fails_changes_nothing_and_a_retry_converges(journey: Journey, ours: Path) -> None:
    assert journey.deploy(ours).returncode == 0
    mine = journey.configuration
    journey.sandbox.faults.add("bedrock:DeleteModelInvocationLoggingConfiguration", "deny", times=1000)
    destroy = journey.destroy(ours)
    assert destroy.returncode != 0
    assert "bedrock:DeleteModelInvocationLoggingConfiguration" in output_of(destroy), "the message names the action"
    assert journey.configuration == mine

    journey.sandbox.faults.clear()
    retry = journey.destroy(ours)
    assert retry.returncode == 0, output_of(retry)
    assert journey.configuration is None
    assert RECORD not in journey.inventory()["parameters"]


@pytest.mark.long
def test_a_deploy_whose_command_line_is_interrupted_converges_when_it_is_run_again(
    journey: Journey, ours: Path
) -> None:
    command = ("cdk", "deploy", "**", "--require-approval", "never", "--import-existing-resources", "--app", str(ours))
    running = journey.start(*command)
    formation = journey.sandbox.client("cloudformation")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        names = [stack["StackName"] for stack in formation.describe_stacks()["Stacks"]]
        if "BedrockO11y-Foundation" in names:
            break
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)

    retry = journey.deploy(ours)
    assert retry.returncode == 0, output_of(retry)
    code, rungs = journey.canary()
    assert code == 0, rungs
    assert journey.destroy(ours).returncode == 0
    assert journey.configuration is None
