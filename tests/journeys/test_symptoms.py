"""Every symptom of docs/symptoms.md: its cause is made in the account, and the command of the page must say so."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bedrock_o11y.sandbox import Sandbox
from scripts.symptom_pages import SYMPTOMS
from tests.journeys.audited_roles import ACCOUNT, quiet_runtime
from tests.journeys.conftest import Journey
from tests.journeys.policy_changes import without

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.sandbox

ROLE, GROUP = "my-agent-role", "/aws/bedrock-agentcore/runtimes/my-agent"
TRUST = json.loads((Path(__file__).parents[1] / "roles" / "quiet-runtime-role.json").read_text())["RoleDetailList"][0]


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    folder = tmp_path_factory.mktemp("symptoms")
    sandbox = Sandbox.start(folder / "sandbox")
    try:
        yield Journey(sandbox, folder)
    finally:
        sandbox.stop()


@pytest.fixture(autouse=True)
def clean(account: Journey) -> Iterator[None]:
    """Each cause is made in an account that has no other."""
    yield
    logs, iam = account.sandbox.client("logs"), account.sandbox.client("iam")
    for group in logs.describe_log_groups()["logGroups"]:
        logs.delete_log_group(logGroupName=group["logGroupName"])
    for policy in logs.describe_resource_policies()["resourcePolicies"]:
        logs.delete_resource_policy(policyName=policy["policyName"])
    account.forget_foreign_configuration()
    for name in {role["RoleName"] for role in iam.list_roles()["Roles"]} & {ROLE, "somebody-else"}:
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            iam.delete_role_policy(RoleName=name, PolicyName=policy)
        iam.delete_role(RoleName=name)
    for name in ("bedrock-o11y.yaml", "agent.env", "requirements.txt"):
        (account.folder / name).unlink(missing_ok=True)


def has_role(account: Journey, policy: dict[str, Any]) -> None:
    iam = account.sandbox.client("iam")
    trust = json.dumps(TRUST["AssumeRolePolicyDocument"]).replace("123456789012", ACCOUNT)
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust)
    iam.put_role_policy(RoleName=ROLE, PolicyName="runtime", PolicyDocument=json.dumps(policy))


def nothing(account: Journey) -> None:
    """An account that nobody has touched."""


def a_denied_role(account: Journey) -> None:
    account.make_foreign_configuration()
    statement = {"Sid": "Silence", "Effect": "Deny", "Action": "logs:PutLogEvents", "Resource": "*"}
    account.sandbox.client("iam").put_role_policy(
        RoleName="somebody-else",
        PolicyName="hidden",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )


def a_role_without_traces(account: Journey) -> None:
    quiet = quiet_runtime()
    sids = [each["Sid"] for each in quiet["Statement"] if "xray:PutTraceSegments" in each["Action"]]
    assert sids
    has_role(account, without(quiet, *sids))


def a_quiet_role(account: Journey) -> None:
    has_role(account, quiet_runtime())


def a_role_that_only_reads(account: Journey) -> None:
    read = {"Effect": "Allow", "Action": "logs:DescribeLogGroups", "Resource": "*"}
    has_role(account, {"Version": "2012-10-17", "Statement": [read]})


def an_environment(account: Journey, **changes: str) -> None:
    where = ("--hosted", "elsewhere", "--agent", "my-agent", "--region", "us-east-1", "--out", "agent.env")
    assert account.run("bedrock-o11y", "env", "show", *where).returncode == 0
    path = account.folder / "agent.env"
    text = path.read_text()
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)


def a_misspelt_environment(account: Journey) -> None:
    an_environment(account, OTEL_PYTHON_CONFIGURATOR="OTEL_PYTHON_CONFIGURATER")


def a_contradicting_environment(account: Journey) -> None:
    an_environment(account, **{f"aws.log.group.names={GROUP}": "aws.log.group.names=/other"})


def a_log_group_without_policy(account: Journey) -> None:
    an_environment(account)
    a_log_group_of_somebody(account)


def an_old_distribution(account: Journey) -> None:
    an_environment(account)
    (account.folder / "requirements.txt").write_text("aws-opentelemetry-distro==0.17.0\n")


def ten_policies(account: Journey) -> None:
    (account.folder / "bedrock-o11y.yaml").write_text("tracing: {enabled: true}\n")
    statement = {
        "Effect": "Allow", "Principal": {"Service": "es.amazonaws.com"}, "Action": "logs:PutLogEvents", "Resource": "*",
    }  # fmt: skip
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    for number in range(10):
        account.sandbox.client("logs").put_resource_policy(policyName=f"policy-{number}", policyDocument=document)


def a_log_group_of_somebody(account: Journey) -> None:
    (account.folder / "bedrock-o11y.yaml").write_text("agents: [{name: my-agent, host: ecs}]\n")
    account.sandbox.client("logs").create_log_group(logGroupName=GROUP)


CAUSES: dict[str, Callable[[Journey], None]] = {
    "no-invocation-logs": nothing,
    "no-records": a_denied_role,
    "no-traces": nothing,
    "no-traces-of-one-agent": a_role_without_traces,
    "only-otel-rt-logs": a_quiet_role,
    "not-in-aws-spans": nothing,
    "still-in-aws-spans": an_old_distribution,
    "resource-policy-limit": ten_policies,
    "log-group-taken": a_log_group_of_somebody,
    "otlp-logs-nowhere": an_environment,
    "spans-refused": a_log_group_without_policy,
    "exporter-refused": a_role_that_only_reads,
    "variable-without-effect": a_misspelt_environment,
    "other-log-group": a_contradicting_environment,
}


def test_every_symptom_has_its_cause_here() -> None:
    assert [each.id for each in SYMPTOMS] == list(CAUSES)


@pytest.mark.parametrize("symptom", SYMPTOMS, ids=[each.id for each in SYMPTOMS])
def test_the_command_says_the_cause(account: Journey, symptom: Any) -> None:
    CAUSES[symptom.id](account)
    run = account.run(*shlex.split(symptom.command))
    answer = " ".join(run.stdout.split())
    place = -1
    for said in symptom.says:
        place = answer.find(" ".join(said.split()), place + 1)
        assert place >= 0, f"{said}\n{run.stdout}{run.stderr}"


def tracing_wanted(account: Journey) -> None:
    (account.folder / "bedrock-o11y.yaml").write_text("tracing: {enabled: true}\n")


# The command of this one calculates, and looks at nothing.
LOOKING = [each for each in SYMPTOMS if each.id != "not-in-aws-spans"]


@pytest.mark.parametrize("symptom", LOOKING, ids=[each.id for each in LOOKING])
def test_without_the_cause_the_command_says_otherwise(account: Journey, symptom: Any) -> None:
    """What the page quotes is said of this cause and not of everything."""
    {"no-invocation-logs": a_denied_role, "no-traces": tracing_wanted}.get(symptom.id, nothing)(account)
    run = account.run(*shlex.split(symptom.command))
    answer = " ".join(run.stdout.split())
    assert not all(" ".join(said.split()) in answer for said in symptom.says)
