"""The demo's steps around an agent: a real one with the deployed role, and one whose role keeps it silent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from . import account, roles
from .agent import MODEL_ID
from .commands import Commands
from .report import StepFailed
from .runtime import PROGRAM, Runtime, until

if TYPE_CHECKING:
    from .report import Step

AGENT: Final = "clock_agent"
QUIET: Final = "night_owl"
CONFIGURATION: Final = f"""\
tracing: {{enabled: true}}
agents:
  - {{name: {AGENT}, deployment: direct-code, models: [{MODEL_ID}]}}
"""
"""What bedrock-o11y.yaml says in the demo."""

STREAMS: Final = ("[runtime-logs]", "otel-rt-logs", "spans")


class AgentSteps(Commands):
    """Steps of the demo, one method each."""

    def real_agent(self) -> None:
        """Run a real agent with the role that was deployed for it: everything arrives in its log group."""
        with self.report.step("agent", "A real agent, with the role that was deployed for it") as step:
            xray = self.sandbox.client("xray")
            until(lambda: bool(xray.get_trace_segment_destination()["Status"] == "ACTIVE"))
            step.saw("Strands and the AWS distribution of OpenTelemetry, in a process of their own")
            runtime = Runtime(self.sandbox, AGENT, account.deployed_role(self.sandbox, AGENT))
            self._ask(step, runtime, session="first", expected=STREAMS)
            runtime.delete()

    def quiet_agent(self) -> None:
        """Run it with a role that keeps it silent, let the audit say why, apply the patch, and run it again."""
        roles.create_quiet_agent(self.sandbox)
        with self.report.step("quiet-agent", "The same agent, with a role that keeps it silent") as step:
            runtime = Runtime(self.sandbox, QUIET, roles.QUIET_AGENT)
            self._ask(step, runtime, session="second", expected=())
        with self.report.step("quiet-audit", "Audit: why is it silent? And the patch") as step:
            (found,) = self.audit_roles(step, roles.QUIET_AGENT, expected=1)["roles"]
            for finding in found["findings"]:
                if finding["severity"] != "info":
                    step.saw(f"{finding['severity'].upper():<6} {finding['rule']}: {finding['action']}")
            command = ("bedrock-o11y", "audit", roles.QUIET_AGENT, "--patch", "json")
            patch = json.loads(self.command(step, *command, role=account.AUDITOR, expected=1))
            for line in roles.apply(self.sandbox, patch):
                step.saw(line)
            (after,) = self.audit_roles(step, roles.QUIET_AGENT, expected=0)["roles"]
            if left := [finding for finding in after["findings"] if finding["severity"] != "info"]:
                raise StepFailed(f"after the patch there is still: {left}")
            step.saw("after the patch the audit is clean")
        with self.report.step("patched-agent", "The silent agent once more, after the patch") as step:
            self._ask(step, runtime, session="third", expected=STREAMS)
            runtime.delete()
            roles.delete_quiet_agent(self.sandbox)

    def _ask(self, step: Step, runtime: Runtime, *, session: str, expected: tuple[str, ...]) -> None:
        """Ask the agent, and show what has landed where; exactly the expected streams must have events."""
        name = f"demo-session-{session}-0123456789-0123456789"
        with self.sandbox.running_agent(*PROGRAM) as proxy:
            try:
                answer = runtime.ask(name)
            except ClientError as error:
                raise StepFailed(f"the agent did not answer: {error}") from error
        if refused := sorted({one.target for one in proxy.asked if one.refusal}):
            raise StepFailed(f"the agent asked for {', '.join(refused)}")
        step.saw(f"it answers: {answer}")
        step.saw(runtime.log_group)
        landed = runtime.landed(name)
        for one in landed:
            step.saw(str(one))
        if sorted(one.stream for one in landed if one.events) != sorted(expected):
            raise StepFailed(f"expected events in: {', '.join(expected) or 'no stream'}")
        if expected and not next(one.session for one in landed if one.stream == "spans"):
            raise StepFailed("the spans do not name the session")
