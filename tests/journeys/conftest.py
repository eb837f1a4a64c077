"""Journeys: the real CDK command line and the real commands against a sandbox account with IAM enforced."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import App

import app as entry
from bedrock_o11y.config import parse
from bedrock_o11y.sandbox import Sandbox
from demo.account import inventory

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
FLAGS = json.loads((ROOT / "cdk.json").read_text())["context"]
SETTLED = "targets: [{name: %s, account: '000000000000', region: us-east-1}]\n"


@dataclass
class Journey:
    """A bootstrapped account, and what a person does in it.

    Attributes:
        sandbox: the account.
        folder: where assemblies and configuration files go.
    """

    sandbox: Sandbox
    folder: Path
    synthesised: int = 0

    def synth(self, settings: str = "", name: str = "BedrockO11y") -> Path:
        """An assembly of the app for a configuration; synthesised once, deployed as often as wanted."""
        self.synthesised += 1
        out = self.folder / f"assembly-{self.synthesised}"
        entry.build(parse(SETTLED % name + settings), App(context=FLAGS, outdir=str(out))).synth()
        return out

    def deploy(self, assembly: Path, *options: str) -> subprocess.CompletedProcess[str]:
        everything = ("deploy", "**", "--require-approval", "never", "--import-existing-resources")
        return self.run("cdk", *everything, "--app", str(assembly), "--progress", "events", *options)

    def destroy(self, assembly: Path) -> subprocess.CompletedProcess[str]:
        return self.run("cdk", "destroy", "**", "--force", "--app", str(assembly))

    def check(self, *options: str, role: str | None = None) -> tuple[int, dict[str, dict[str, Any]]]:
        """Exit code and rungs by id."""
        run = self.run("bedrock-o11y", "check", "--format", "json", *options, role=role)
        assert run.stdout, run.stderr
        return run.returncode, {rung["id"]: rung for rung in json.loads(run.stdout)["rungs"]}

    def canary(self) -> tuple[int, dict[str, dict[str, Any]]]:
        return self.check("--canary", "--yes", "--wait", "2s")

    def run(self, *command: str, role: str | None = None, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=cwd or self.folder,
            env=self._environment(role),
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=280,
        )

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """A command that goes on while the test does something else."""
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=self._environment(None),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )

    def _environment(self, role: str | None) -> dict[str, str]:
        environment = self.sandbox.environment(role)
        own = [str(Path(sys.executable).parent), str(ROOT / "node_modules" / ".bin")]
        environment["PATH"] = os.pathsep.join([*own, environment["PATH"]])
        return environment

    @property
    def configuration(self) -> dict[str, Any] | None:
        """The live model invocation logging configuration."""
        answer = self.sandbox.client("bedrock").get_model_invocation_logging_configuration()
        found: dict[str, Any] | None = answer.get("loggingConfig")
        return found

    def inventory(self) -> dict[str, Any]:
        return inventory(self.sandbox)

    def make_foreign_configuration(self, group: str = "/somebody/else") -> dict[str, Any]:
        """Configure invocation logging as somebody else would have done it by hand."""
        account, region = self.sandbox.account_id, self.sandbox.region
        logs, iam = self.sandbox.client("logs"), self.sandbox.client("iam")
        logs.create_log_group(logGroupName=group)
        role = group.strip("/").replace("/", "-")
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": "bedrock.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": account}},
        }
        write = {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": f"arn:aws:logs:{region}:{account}:log-group:{group}:log-stream:aws/bedrock/modelinvocations",
        }
        iam.create_role(
            RoleName=role, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        )
        document = json.dumps({"Version": "2012-10-17", "Statement": [write]})
        iam.put_role_policy(RoleName=role, PolicyName="write", PolicyDocument=document)
        self.sandbox.client("bedrock").put_model_invocation_logging_configuration(
            loggingConfig={
                "cloudWatchConfig": {"logGroupName": group, "roleArn": f"arn:aws:iam::{account}:role/{role}"},
                "textDataDeliveryEnabled": True,
                "imageDataDeliveryEnabled": False,
                "embeddingDataDeliveryEnabled": False,
            }
        )
        found = self.configuration
        assert found
        return found

    def forget_foreign_configuration(self) -> None:
        self.sandbox.client("bedrock").delete_model_invocation_logging_configuration()

    def empty(self) -> None:
        """Delete what stacks kept, so that the next journey of the module begins in an account without it."""
        formation = self.sandbox.client("cloudformation")
        for name in ("InvocationLogging", "Foundation"):
            for stack in formation.describe_stacks()["Stacks"]:
                if stack["StackName"].endswith(f"-{name}"):
                    formation.delete_stack(StackName=stack["StackName"])
                    formation.get_waiter("stack_delete_complete").wait(
                        StackName=stack["StackName"], WaiterConfig={"Delay": 1, "MaxAttempts": 30}
                    )
        for group in self.sandbox.client("logs").describe_log_groups()["logGroups"]:
            self.sandbox.client("logs").delete_log_group(logGroupName=group["logGroupName"])
        s3 = self.sandbox.client("s3")
        for bucket in s3.list_buckets()["Buckets"]:
            if "-payloads-" in bucket["Name"]:
                for version in s3.list_object_versions(Bucket=bucket["Name"]).get("Versions", []):
                    s3.delete_object(Bucket=bucket["Name"], Key=version["Key"], VersionId=version["VersionId"])
                s3.delete_bucket(Bucket=bucket["Name"])


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    """An account of this module's own, bootstrapped by the real command line."""
    folder = tmp_path_factory.mktemp("journey")
    sandbox = Sandbox.start(folder / "sandbox")
    try:
        travelled = Journey(sandbox, folder)
        bootstrapped = travelled.run("cdk", "bootstrap", "aws://000000000000/us-east-1")
        assert bootstrapped.returncode == 0, bootstrapped.stderr
        yield travelled
    finally:
        sandbox.stop()
