"""``make demo``: deploy, use, check, audit, break, repair, destroy, deploy again, in a sandbox account."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from bedrock_o11y.errors import BedrockO11yError, ExitCode
from bedrock_o11y.sandbox import Sandbox

from .agent_steps import AgentSteps
from .commands import ROOT, shown
from .logging_steps import LoggingSteps
from .model import SCRIPT, Script, serve
from .outside import refuse_everything
from .report import Report, StepFailed
from .runtime import PROGRAM


class Demo(LoggingSteps, AgentSteps):
    """The demo: every step, in order."""

    def run(self) -> None:
        """Run every step.

        Raises:
            StepFailed: a step did not do what it should.
        """
        self.bootstrap()
        self.plan()
        self.deploy("deploy", "Deploy four stacks with the CDK command line")
        self.prompts()
        self.check("check", "Prove with a canary that records flow")
        self.audit()
        self.real_agent()
        self.quiet_agent()
        self.broken_role()
        self.repair()
        self.destroy()
        self.name_the_key()
        self.deploy("deploy-again", "Deploy again over what remained")
        self.check("check-again", "Prove once more that records flow")
        self.nothing_left_this_machine()


def main() -> int:
    """Run the demo.

    Returns:
        0 when every step did what it should, 1 when one did not, 4 when it could not start, 130 on Ctrl-C.
    """
    parser = argparse.ArgumentParser(prog="python -m demo", description="From an empty account to proven log flow.")
    parser.add_argument("--script", type=Path, default=SCRIPT, help="what the model answers, as demo/script.yaml")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "demo", help="folder for the report and the logs")
    arguments = parser.parse_args()
    if not Path(PROGRAM[0]).exists():
        print("demo: the agent is not installed in .venv-agent; `make agent` installs it", file=sys.stderr)
        return int(ExitCode.COULD_NOT_RUN)
    folder = arguments.out.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    report = Report(folder)
    script = Script.read(arguments.script)
    report.say("bedrock-o11y: from an empty account to proven log flow, in a sandbox account on this machine\n")
    sandbox = None
    try:
        with refuse_everything() as outside, serve(script) as model:
            with report.step("sandbox", "Start an AWS account on this machine") as step:
                sandbox = Sandbox.start(folder / "sandbox", model_endpoint=model)
                # No page of AWS says where the spans of an agent go that may not let X-Ray into its log group. The
                # accounts that were looked at had none anywhere.
                (sandbox.directory / "services.json").write_text('{"spans_without_own_group": "nowhere"}')
                step.saw(f"account {sandbox.account_id} in {sandbox.region}, IAM enforced, 127.0.0.1 only")
            Demo(sandbox, outside, script, report).run()
    except StepFailed:
        pass
    except BedrockO11yError as error:
        print(f"demo: {error}", file=sys.stderr)
        return int(error.exit_code)
    except KeyboardInterrupt:
        print("\ndemo: interrupted", file=sys.stderr)
        return 130
    finally:
        if sandbox:
            sandbox.stop()
    passed = sum(step.state == "PASS" for step in report.steps)
    seconds = sum(step.seconds for step in report.steps)
    good = passed == len(report.steps)
    verdict = "Every step did what it should" if good else "NOT every step did what it should"
    report.say(f"\n{verdict}: {passed} of {len(report.steps)}, {seconds:.0f} s")
    report.say(f"Report: {shown(folder / 'report.json')}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
