"""How the demo runs the commands that a person would type, and holds each to its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import account
from .report import StepFailed

if TYPE_CHECKING:
    from bedrock_o11y.sandbox import Sandbox

    from .outside import Outside
    from .report import Report, Step

ROOT = Path(__file__).resolve().parent.parent


class Commands:
    """Commands in the sandbox account.

    Attributes:
        sandbox: the running sandbox.
        outside: the proxy that refuses everything outside this machine.
        report: where the steps are told.
        configuration: the configuration file of the commands; None for none.
    """

    def __init__(self, sandbox: Sandbox, outside: Outside, report: Report) -> None:
        """Take what the commands work with."""
        self.sandbox = sandbox
        self.outside = outside
        self.report = report
        self.configuration: Path | None = None

    def check_with_canary(self, step: Step, expected: int) -> list[dict[str, Any]]:
        """The rungs of a check with a canary, as the reader."""
        command = ("bedrock-o11y", "check", "--canary", "--yes", "--wait", "5s", "--format", "json")
        answer = self.command(step, *command, role=account.READER, expected=expected)
        rungs: list[dict[str, Any]] = json.loads(answer)["rungs"]
        return rungs

    def audit_roles(self, step: Step, *arguments: str, expected: int) -> dict[str, Any]:
        """The answer of an audit, as the auditor."""
        command = ("bedrock-o11y", "audit", *arguments, "--format", "json")
        answer: dict[str, Any] = json.loads(self.command(step, *command, role=account.AUDITOR, expected=expected))
        return answer

    def cdk(self, step: Step, *command: str, role: str | None = None) -> None:
        """Run the CDK command line."""
        # An output folder of its own: the command line locks it, and the user may be at work in cdk.out.
        self.command(step, *command, "--output", str(self.report.folder / "cdk.out"), role=role)

    def command(self, step: Step, *command: str, role: str | None = None, expected: int = 0) -> str:
        """Run a command in the sandbox account, keep its output, and hold it to its exit code."""
        log = self.report.folder / f"{step.name}.log"
        environment = self.sandbox.environment(role) | self.outside.environment() | {"NO_COLOR": "1"}
        environment["PATH"] = _path()
        if self.configuration:
            environment["BEDROCK_O11Y_CONFIG"] = str(self.configuration)
        result = subprocess.run(  # the demo's own commands, found on the PATH above
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        with log.open("a", encoding="utf-8") as file:
            file.write(f"$ {' '.join(command)}\n{result.stdout}{result.stderr}\nexit code {result.returncode}\n\n")
        if result.returncode != expected:
            last = next((line for line in reversed(result.stderr.splitlines()) if line.strip()), "no output")
            raise StepFailed(
                f"`{' '.join(command[:2])}` left with {result.returncode}, expected {expected}: {last} "
                f"(see {shown(log)})"
            )
        return result.stdout


def _path() -> str:
    own = [str(Path(sys.executable).parent), str(ROOT / "node_modules" / ".bin")]
    return os.pathsep.join([*own, os.environ.get("PATH", "")])


def shown(path: Path) -> str:
    """A path as people of this project read it."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)
