"""``make demo``: deploy, use, check, audit, break, repair, destroy, deploy again, in a sandbox account."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from bedrock_o11y.blueprint import invocation_logging as blueprint
from bedrock_o11y.errors import BedrockO11yError
from bedrock_o11y.sandbox import Sandbox

from . import account, roles
from .agent import Agent
from .commands import ROOT, Commands, shown
from .model import SCRIPT, Script, serve
from .outside import Outside, refuse_everything
from .report import Report, StepFailed
from .runtime import Runtime

DEPLOY = ("cdk", "deploy", "**", "--require-approval", "never", "--import-existing-resources", "--progress", "events")
DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "logs:PutLogEvents", "Resource": "*"}]}


class Demo(Commands):
    """The demo: one method for each step, in the order in which they run."""

    def __init__(self, sandbox: Sandbox, outside: Outside, script: Script, report: Report) -> None:
        """Take what the steps work with.

        Args:
            sandbox: the running sandbox.
            outside: the proxy that refuses everything outside this machine.
            script: what the model answers.
            report: where the steps are told.
        """
        super().__init__(sandbox, outside, report)
        self.script = script
        self.before: dict[str, Any] = {}

    def run(self) -> None:
        """Run every step.

        Raises:
            StepFailed: a step did not do what it should.
        """
        self.bootstrap()
        self.plan()
        self.deploy("deploy", "Deploy two stacks with the CDK command line")
        self.prompts()
        self.check("check", "Prove with a canary that records flow")
        self.audit()
        self.quiet_agent()
        self.broken_role()
        self.repair()
        self.destroy()
        self.name_the_key()
        self.deploy("deploy-again", "Deploy again over what remained")
        self.check("check-again", "Prove once more that records flow")
        self.nothing_left_this_machine()

    def bootstrap(self) -> None:
        """Prepare the account for the CDK, and create the people of the demo."""
        with self.report.step("bootstrap", "Bootstrap the account for the CDK") as step:
            self.cdk(step, "cdk", "bootstrap")
            account.create_people(self.sandbox)
            self.before = account.inventory(self.sandbox)
            step.saw(f"roles {account.DEPLOYER}, {account.READER}, {account.AUDITOR} and {account.AGENT}, as published")

    def plan(self) -> None:
        """Ask, read-only, what the deploy would meet."""
        with self.report.step("plan", "Plan: what would a deploy meet?") as step:
            answer = self.command(step, "bedrock-o11y", "plan", "--format", "json", role=account.DEPLOYER)
            settings = [f"{one['setting']}: {one['outcome']}" for one in json.loads(answer)["settings"]]
            step.saw("; ".join(settings))
            if account.inventory(self.sandbox) != self.before:
                raise StepFailed("plan changed something in the account")

    def deploy(self, name: str, what: str) -> None:
        """Deploy every stack as a role that may do nothing but use the bootstrap roles."""
        with self.report.step(name, what) as step:
            self.cdk(step, *DEPLOY, role=account.DEPLOYER)
            setting = self.sandbox.client("bedrock").get_model_invocation_logging_configuration()
            group = setting["loggingConfig"]["cloudWatchConfig"]["logGroupName"]
            step.saw(f"model invocation logging is on, records go to {group}")

    def prompts(self) -> None:
        """Ask the agent the ten prompts, and find every model call again in the log group."""
        with self.report.step("prompts", "Ten requests to an agent with tools") as step:
            agent = Agent(
                self.sandbox.client("bedrock-runtime", role=account.AGENT),
                self.sandbox.client("s3", role=account.AGENT),
                account.BUCKET,
            )
            for number, prompt in enumerate(self.script.turns, 1):
                before = len(agent.calls)
                try:
                    agent.answer(prompt, request=f"request-{number}")
                except RuntimeError as error:
                    raise StepFailed(f"request {number}: {error}") from error
                calls = len(agent.calls) - before
                step.saw(f"{number:2}  {prompt:<34} {'■ ' * calls:<6} {calls} model call{'s' if calls > 1 else ''}")
            recorded = self._records_of(agent.calls)
            if not len(agent.calls) == len(recorded) == self.script.calls:
                raise StepFailed(
                    f"expected {self.script.calls} model calls; the agent made {len(agent.calls)}, "
                    f"the log group holds records of {len(recorded)}"
                )
            tokens = sum(
                record["input"]["inputTokenCount"] + record["output"]["outputTokenCount"] for record in recorded
            )
            step.saw(
                f"{len(self.script.turns)} requests made {len(agent.calls)} model calls; "
                f"{len(recorded)} records in {blueprint.LOG_GROUP_NAME}, {tokens:,} tokens"
            )

    def check(self, name: str, what: str) -> None:
        """Run the check as the reader: every rung must pass."""
        with self.report.step(name, what) as step:
            rungs = self.check_with_canary(step, expected=0)
            if others := [rung["id"] for rung in rungs if rung["state"] != "PASS"]:
                raise StepFailed(f"not every rung passed: {', '.join(others)}")
            step.saw(f"{len(rungs)} rungs PASS: {', '.join(rung['id'] for rung in rungs)}")

    def audit(self) -> None:
        """Audit every role of the account: what was deployed must be exactly what is needed."""
        with self.report.step("audit", "Audit the deployed roles: nothing missing, nothing too much") as step:
            answer = self.audit_roles(step, "--all", expected=0)
            if any(role["findings"] for role in answer["roles"]) or not answer["roles"]:
                raise StepFailed(f"expected roles without findings: {answer['roles']}")
            for role in answer["roles"]:
                step.saw(f"{role['kind']}: {role['arn'].rpartition('/')[2]} is clean")
            step.saw(f"{answer['summary']['others']} roles are none of ours")

    def quiet_agent(self) -> None:
        """Audit an agent's role that logs almost nothing, apply the patch, and audit it again."""
        with self.report.step("quiet-agent", "An agent that logs almost nothing: why, and the patch") as step:
            roles.create_quiet_agent(self.sandbox)
            runtime = Runtime(self.sandbox, roles.QUIET_AGENT)
            step.saw(f"one request: its log group has {_streams(runtime.ask())}")
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
            streams = runtime.ask()
            if not all(streams.get(name) for name in ("[runtime-logs]", "otel-rt-logs", "spans")):
                raise StepFailed(f"after the patch the log group has {_streams(streams)}")
            step.saw(f"one more request: {_streams(streams)}")
            runtime.delete()
            roles.delete_quiet_agent(self.sandbox)

    def broken_role(self) -> None:
        """Deny the logging role to write: the check must say why nothing arrives."""
        with self.report.step("broken-role", "Break the logging role: the check must say why") as step:
            self.sandbox.client("iam").put_role_policy(
                RoleName=self._logging_role(), PolicyName="deny", PolicyDocument=json.dumps(DENY)
            )
            rungs = self.check_with_canary(step, expected=1)
            failed = [rung for rung in rungs if rung["state"] == "FAIL"]
            canary = next(rung for rung in rungs if rung["id"] == "canary")
            if len(failed) != 1 or canary["state"] == "PASS":
                raise StepFailed(
                    f"expected exactly one failed rung and no canary; failed: {[one['id'] for one in failed]}"
                )
            step.saw(f"FAIL {failed[0]['id']}: {failed[0]['evidence'][0]}")
            step.saw(f"next: {failed[0]['next']}")

    def repair(self) -> None:
        """Take the denial away: the check must pass again."""
        with self.report.step("repair", "Repair the role: the check must pass again") as step:
            self.sandbox.client("iam").delete_role_policy(RoleName=self._logging_role(), PolicyName="deny")
            rungs = self.check_with_canary(step, expected=0)
            step.saw(f"{len(rungs)} rungs PASS")

    def destroy(self) -> None:
        """Destroy every stack: settings as before, and nothing left but what was said."""
        with self.report.step("destroy", "Destroy: everything as before, but for what holds data") as step:
            expected = account.retained(self.sandbox)
            self.cdk(step, "cdk", "destroy", "**", "--force", role=account.DEPLOYER)
            after = account.inventory(self.sandbox)
            if after["settings"] != self.before["settings"]:
                raise StepFailed(f"an account setting is not as before: {after['settings']}")
            step.saw("every account setting is as it was before the first deploy")
            remains = sorted(
                name
                for kind, names in after.items()
                if kind != "settings"
                for name in set(names) - set(self.before[kind])
            )
            if remains != expected:
                raise StepFailed(f"expected to remain: {expected}; remains: {remains}")
            for name in remains:
                step.saw(f"kept: {name}")

    def name_the_key(self) -> None:
        """Plan again: it must stop and name the key of what remained, which the configuration then names."""
        with self.report.step("plan-again", "Plan again: what remained has a key") as step:
            answer = json.loads(
                self.command(step, "bedrock-o11y", "plan", "--format", "json", role=account.DEPLOYER, expected=1)
            )
            stops = [one["message"] for one in answer["collisions"] if one["bearing"] == "stops"]
            key = f"arn:aws:kms:{self.sandbox.region}:{self.sandbox.account_id}:key/{account.kept_key(self.sandbox)}"
            if len(stops) != 1 or key not in stops[0]:
                raise StepFailed(f"expected plan to name the key {key}; it says: {stops}")
            self.configuration = self.report.folder / "bedrock-o11y.yaml"
            self.configuration.write_text(f"encryption:\n  key_arn: {key}\n", encoding="utf-8")
            self.command(step, "bedrock-o11y", "plan", role=account.DEPLOYER)
            step.saw(f"bedrock-o11y.yaml now says encryption.key_arn: {key}")

    def nothing_left_this_machine(self) -> None:
        """Look at what was asked for through the proxy."""
        with self.report.step("loopback-only", "Nothing outside this machine was contacted") as step:
            if self.outside.hosts:
                raise StepFailed(f"asked for: {', '.join(sorted(set(self.outside.hosts)))}")
            step.saw("the proxy that refuses every other host was not asked once")

    def _records_of(self, calls: list[str], within: float = 20.0) -> list[dict[str, Any]]:
        """The records of model calls in the log group, waiting a little for the last."""
        logs = self.sandbox.client("logs")
        deadline = time.monotonic() + within
        while True:
            pages = logs.get_paginator("filter_log_events").paginate(
                logGroupName=blueprint.LOG_GROUP_NAME, logStreamNames=[blueprint.LOG_STREAM_NAME]
            )
            lines = [event["message"] for page in pages for event in page["events"]]
            records = [json.loads(line) for line in lines if line.startswith("{")]
            found = [record for record in records if record["requestId"] in calls]
            if len(found) >= len(calls) or time.monotonic() > deadline:
                return found
            time.sleep(0.2)

    def _logging_role(self) -> str:
        setting = self.sandbox.client("bedrock").get_model_invocation_logging_configuration()
        return str(setting["loggingConfig"]["cloudWatchConfig"]["roleArn"]).rpartition("/")[2]


def main() -> int:
    """Run the demo.

    Returns:
        0 when every step did what it should, 1 when one did not, 4 when it could not start, 130 on Ctrl-C.
    """
    parser = argparse.ArgumentParser(prog="python -m demo", description="From an empty account to proven log flow.")
    parser.add_argument("--script", type=Path, default=SCRIPT, help="what the model answers, as demo/script.yaml")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "demo", help="folder for the report and the logs")
    arguments = parser.parse_args()
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


def _streams(events: dict[str, int]) -> str:
    """The streams of an agent's log group in words."""
    return (
        ", ".join(f"{name} with {count} event{'' if count == 1 else 's'}" for name, count in sorted(events.items()))
        or "no stream"
    )


if __name__ == "__main__":
    sys.exit(main())
