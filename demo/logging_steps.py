"""The demo's steps around model invocation logging: deploy, use, check, break, repair, destroy, deploy again."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.blueprint import invocation_logging as blueprint
from bedrock_o11y.blueprint import transaction_search

from . import account
from .agent import Agent
from .agent_steps import AGENT, CONFIGURATION
from .commands import Commands
from .report import StepFailed

if TYPE_CHECKING:
    from bedrock_o11y.sandbox import Sandbox

    from .model import Script
    from .outside import Outside
    from .report import Report

DEPLOY: Final = (
    *("cdk", "deploy", "**", "--require-approval", "never", "--import-existing-resources"),
    *("--progress", "events", "--concurrency", "3"),
)
DENY: Final = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Action": "logs:PutLogEvents", "Resource": "*"}],
}


class LoggingSteps(Commands):
    """Steps of the demo, one method each."""

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

    def bootstrap(self) -> None:
        """Prepare the account for the CDK, and create the people of the demo."""
        with self.report.step("bootstrap", "Bootstrap the account for the CDK") as step:
            self.cdk(step, "cdk", "bootstrap")
            account.create_people(self.sandbox)
            self._configure(CONFIGURATION)
            self.before = account.inventory(self.sandbox)
            step.saw(f"roles {account.DEPLOYER}, {account.READER}, {account.AUDITOR} and {account.AGENT}, as published")
            step.saw(f"bedrock-o11y.yaml enables tracing and names an agent, {AGENT}")

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
            step.saw(f"spans go to CloudWatch Logs, and the agent {AGENT} has a role of its own")

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
            found = [one for role in answer["roles"] for one in role["findings"] if one["severity"] != "info"]
            if found or {role["kind"] for role in answer["roles"]} != {"invocation-logging", "agentcore-runtime"}:
                raise StepFailed(f"expected two roles without findings: {answer['roles']}")
            for role in answer["roles"]:
                step.saw(f"{role['kind']}: {role['arn'].rpartition('/')[2]} is clean")
            step.saw(f"{answer['summary']['others']} roles are none of ours")

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
            # What the services made when tracing was enabled is nobody's to delete.
            services = (transaction_search.SPANS_LOG_GROUP, transaction_search.APPLICATION_SIGNALS_ROLE)
            expected = sorted([*account.retained(self.sandbox), *services])
            self.cdk(step, "cdk", "destroy", "**", "--force", "--concurrency", "3", role=account.DEPLOYER)
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
            self._configure(f"{CONFIGURATION}encryption: {{key_arn: {key}}}\n")
            self.command(step, "bedrock-o11y", "plan", role=account.DEPLOYER)
            step.saw(f"bedrock-o11y.yaml now says encryption.key_arn: {key}")

    def nothing_left_this_machine(self) -> None:
        """Look at what was asked for through the proxy."""
        with self.report.step("loopback-only", "Nothing outside this machine was contacted") as step:
            if self.outside.hosts:
                raise StepFailed(f"asked for: {', '.join(sorted(set(self.outside.hosts)))}")
            step.saw("the proxy that refuses every other host was not asked once")

    def _configure(self, text: str) -> None:
        self.configuration = self.report.folder / "bedrock-o11y.yaml"
        self.configuration.write_text(text, encoding="utf-8")

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
