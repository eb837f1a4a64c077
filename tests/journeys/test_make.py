"""The commands of README.md for a real account, run in a sandbox account: make plan, make deploy, make destroy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Journey

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.sandbox, pytest.mark.long]


def test_make_deploy_stops_at_what_plan_finds_and_otherwise_deploys_and_destroys(journey: Journey) -> None:
    journey.make_foreign_configuration()
    refused = journey.run("make", "deploy", "OPTIONS=--require-approval never", cwd=ROOT)
    assert refused.returncode != 0
    assert "/somebody/else" in refused.stdout
    assert journey.inventory()["stacks"] == ["CDKToolkit"], "cdk was never started"

    journey.forget_foreign_configuration()
    journey.sandbox.faults.add("bedrock:PutModelInvocationLoggingConfiguration", "throttle")
    deployed = journey.run("make", "deploy", "OPTIONS=--require-approval never", cwd=ROOT)
    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    code, rungs = journey.canary()
    assert code == 0, rungs

    destroyed = journey.run("make", "destroy", "OPTIONS=--force", cwd=ROOT)
    assert destroyed.returncode == 0, destroyed.stdout + destroyed.stderr
    assert journey.configuration is None
    again = journey.run("make", "plan", cwd=ROOT)
    assert again.returncode != 0, "plan asks for the key of what was kept"
    assert "encryption.key_arn" in again.stdout
