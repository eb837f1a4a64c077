"""What the audit says of a role is what the role can do: every permission is tried as that role, in a real account.

The audit judges sessions that a service starts; here a user of the account starts them. So keys that tell the two
apart (``aws:MultiFactorAuthPresent``, ``aws:SourceIdentity``) are in no condition of the table, and trust policies are
tried where services take roles on: ``tests/sandbox/services`` and the journeys of the logging role.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from bedrock_o11y.audit.audit import kind_and_variant
from bedrock_o11y.aws.session import Identity
from bedrock_o11y.blueprint import permissions, policy_document
from bedrock_o11y.iam import Outcome, Request, Verdict, decide
from bedrock_o11y.roles import Role
from bedrock_o11y.roles.account import AccountRoles
from bedrock_o11y.rules import Subject, Terms, findings
from bedrock_o11y.rules.environment import session_facts
from bedrock_o11y.rules.needs import fill, request_context
from tests.journeys.audited_roles import ACCOUNT, ROLES, VALUES, AuditedRole
from tests.journeys.permission_calls import DISPUTED, NOT_SERVED, Call, call_for, examples

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bedrock_o11y.rules.needs import Asked
    from bedrock_o11y.sandbox import Sandbox

    from .conftest import Journey

pytestmark = pytest.mark.sandbox

AGENT_CREATED = date(2026, 11, 21)
REFUSALS = {"AccessDenied", "AccessDeniedException"}
REFUSED = {Verdict.MISSING, Verdict.DENIED, Verdict.BLOCKED_BY_BOUNDARY}
ONCE = Config(retries={"total_max_attempts": 1}, inject_host_prefix=False, proxies={})
NOTHING_OF_THE_USERS = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}
WORDS = {True: "let through", False: "refused", None: "open"}


class Caller:
    """Calls the account as its roles; what a call is answered beside a refusal does not matter.

    One client for each service and Region serves all roles: making a client takes longer than ten calls.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sts = sandbox.client("sts")
        self._environment = sandbox.environment()
        self._session = botocore.session.Session(session_vars=NOTHING_OF_THE_USERS)
        self._session.set_credentials("none", "none")
        self._credentials = self._session.get_credentials()
        self._role = ""
        self._clients: dict[tuple[str, str], Any] = {}

    def refusal(self, role: str, call: Call) -> str:
        """Why the call is refused; empty when it is not."""
        self._become(role)
        method = getattr(self._client(call.service, call.region), call.method)
        try:
            answer = method(**call.arguments)
        except ClientError as error:
            if error.response["Error"]["Code"] in REFUSALS:
                return str(error.response["Error"]["Message"])
        else:
            if "stream" in answer:
                answer["stream"].close()
        return ""

    def _become(self, role: str) -> None:
        if role != self._role:
            arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
            session = self._sts.assume_role(RoleArn=arn, RoleSessionName="in-force")["Credentials"]
            self._role = role
            self._credentials.access_key = session["AccessKeyId"]
            self._credentials.secret_key = session["SecretAccessKey"]
            self._credentials.token = session["SessionToken"]

    def _client(self, service: str, region: str) -> Any:
        if (service, region) not in self._clients:
            self._clients[service, region] = self._session.create_client(
                service,
                region_name=region,
                endpoint_url=self._environment["AWS_ENDPOINT_URL"],
                verify=self._environment["AWS_CA_BUNDLE"],
                config=ONCE,
            )
        return self._clients[service, region]

    def close(self) -> None:
        for client in self._clients.values():
            client.close()


@dataclass
class Administered:
    """The account as the audit reads it."""

    sandbox: Sandbox
    region: str = "us-east-1"
    clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        if service not in self.clients:
            self.clients[service] = self.sandbox.client(service)
        return self.clients[service]

    def identity(self) -> Identity:
        return Identity(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:role/administrator", "aws")


@dataclass(frozen=True)
class InForce:
    """The roles in the account, as the audit read them there."""

    caller: Caller
    roles: dict[str, Role]

    def subject(self, case: AuditedRole) -> Subject:
        return Subject(
            self.roles[case.id],
            *kind_and_variant(case.kind),
            Terms(AGENT_CREATED, facts=case.facts, region=case.region),
        )


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


TRUST = document({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"})
"""Lets the test take the role on; the audit is told the kind."""


def create(iam: Any, case: AuditedRole) -> None:
    options: dict[str, Any] = {"Tags": [{"Key": key, "Value": value} for key, value in case.tags.items()]}
    if case.boundary:
        options["PermissionsBoundary"] = iam.create_policy(
            PolicyName=f"{case.id}-boundary", PolicyDocument=json.dumps(case.boundary)
        )["Policy"]["Arn"]
    iam.create_role(RoleName=case.id, AssumeRolePolicyDocument=TRUST, **options)
    for number, policy in enumerate(case.policies):
        iam.put_role_policy(RoleName=case.id, PolicyName=f"p{number}", PolicyDocument=json.dumps(policy))
    if case.managed:
        made = iam.create_policy(PolicyName=f"{case.id}-managed", PolicyDocument=json.dumps(case.managed))
        iam.attach_role_policy(RoleName=case.id, PolicyArn=made["Policy"]["Arn"])


def delete(iam: Any, case: AuditedRole) -> None:
    policies = [f"{case.id}-{each}" for each in ("boundary", "managed") if getattr(case, each)]
    for arn in (f"arn:aws:iam::{ACCOUNT}:policy/{name}" for name in policies):
        if arn.endswith("-managed"):
            iam.detach_role_policy(RoleName=case.id, PolicyArn=arn)
        else:
            iam.delete_role_permissions_boundary(RoleName=case.id)
        iam.delete_policy(PolicyArn=arn)
    for number in range(len(case.policies)):
        iam.delete_role_policy(RoleName=case.id, PolicyName=f"p{number}")
    iam.delete_role(RoleName=case.id)


@pytest.fixture(scope="module")
def in_force(sandbox: Sandbox) -> Iterator[InForce]:
    """The roles in the session's account, which others use too: it is left as it was."""
    iam, groups = sandbox.client("iam"), log_groups(sandbox)
    for case in ROLES:
        create(iam, case)
    read = {role.name: role for role in AccountRoles(Administered(sandbox)).roles() if isinstance(role, Role)}
    caller = Caller(sandbox)
    yield InForce(caller, {case.id: read[case.id] for case in ROLES})
    caller.close()
    for case in ROLES:
        delete(iam, case)
    for region, group in log_groups(sandbox) - groups:
        sandbox.client("logs", region_name=region).delete_log_group(logGroupName=group)
    for found in sandbox.client("logs").describe_resource_policies()["resourcePolicies"]:
        if found["policyName"] == "in-force":
            sandbox.client("logs").delete_resource_policy(policyName="in-force")


def log_groups(sandbox: Sandbox) -> set[tuple[str, str]]:
    return {
        (region, group["logGroupName"])
        for region in ("us-east-1", "us-east-2", "eu-central-1")
        for page in sandbox.client("logs", region_name=region).get_paginator("describe_log_groups").paginate()
        for group in page["logGroups"]
    }


def concrete(subject: Subject, asked: Asked) -> list[str]:
    """Resources that the audit asked about, for the agent and Region as which it judged the role."""
    told = subject.given | {
        name: subject.values[name] for name in ("Partition", "Account", "Region") if name in subject.values
    }
    templates = asked.grant.asked or asked.grant.resources
    template = next(each for each in templates if fill(each, told) == asked.resource)
    # Where --region says from where the role calls, it calls from nowhere else.
    return examples(fill(template, subject.values), subject.terms.region)


def expected(subject: Subject, asked: Asked) -> Iterator[tuple[str, bool | None]]:
    """Concrete resources, and whether the audit says that the call is let through; None: it leaves that open."""
    coverage = asked.coverage
    if asked.action in DISPUTED and coverage.verdict not in REFUSED:
        return  # see the test of disputed permissions
    if coverage.verdict is Verdict.PARTIAL:
        assert coverage.witness, asked
        yield coverage.witness.resource, False
    if coverage.allowed:
        yield coverage.allowed.resource, True
    elif coverage.verdict is Verdict.GRANTED:
        yield from ((resource, True) for resource in concrete(subject, asked))
    elif coverage.verdict in REFUSED:
        yield from ((resource, False) for resource in concrete(subject, asked))
    elif coverage.verdict is Verdict.CONDITIONAL:
        yield from ((resource, None) for resource in concrete(subject, asked))


def cases() -> list[Any]:
    wrong = {case.id: pytest.mark.xfail(strict=True, reason=case.wrong) for case in ROLES if case.wrong}
    return [pytest.param(case, id=case.id, marks=wrong.get(case.id, ())) for case in ROLES]


@pytest.mark.parametrize("case", cases())
def test_the_account_does_what_the_audit_says(in_force: InForce, case: AuditedRole) -> None:
    subject = in_force.subject(case)
    said = {asked.action: asked.coverage.verdict for asked in subject.asked}
    assert said == {action: case.answers.get(action, Verdict.GRANTED) for action in said}
    assert set(case.answers) <= set(said), "a permission that the role does not need"
    disagreements = []
    for asked in subject.asked:
        if asked.action.partition(":")[0] in NOT_SERVED:
            continue
        context = request_context(asked.grant, {**VALUES, **subject.values})
        for resource, let_through in expected(subject, asked):
            call = call_for(asked.action, resource, context)
            refusal = in_force.caller.refusal(case.id, call)
            decided = decide_as(subject.role, asked.action, call, context)
            does = not refusal
            if let_through not in (does, None) or decided is not does:
                disagreements.append(
                    f"{case.id}: {asked.action} on {resource}: the audit says {asked.coverage.verdict.value}, so "
                    f"{WORDS[let_through]}; decide {'allows' if decided else 'refuses'} it; "
                    f"the account {'lets it through' if does else 'refuses it: ' + refusal}"
                )
    assert not disagreements, "\n".join(disagreements)


def decide_as(role: Role, action: str, call: Call, context: dict[str, str]) -> bool:
    """What the policy core says about the one request."""
    keys = {**session_facts(role, ACCOUNT, call.region, {"aws:SourceIp": "127.0.0.1"}), **context}
    request = Request(role.arn, action, call.resource, keys)
    return decide(request, identity=role.policies, boundary=role.boundary).value is Outcome.ALLOWED


@pytest.mark.parametrize(
    ("role", "action", "let_through"),
    [
        ("blueprint-runtime", "logs:PutResourcePolicy", False),
        ("spans-on-everything", "logs:PutResourcePolicy", True),
        ("blueprint-evaluation", "logs:PutIndexPolicy", False),
        ("evaluation-index-everything", "logs:PutIndexPolicy", True),
        ("blueprint-evaluation", "logs:DescribeIndexPolicies", False),
        ("evaluation-index-everything", "logs:DescribeIndexPolicies", True),
    ],
)
def test_a_disputed_permission_is_granted_in_either_form_and_the_audit_says_what_to_try(
    in_force: InForce, role: str, action: str, let_through: bool
) -> None:
    """The account takes the stricter of the two readings, so the milder form is refused here; the finding says so."""
    (case,) = (each for each in ROLES if each.id == role)
    subject = in_force.subject(case)
    (asked,) = (each for each in subject.asked if each.action == action)
    assert asked.coverage.verdict is Verdict.GRANTED
    (finding,) = (each for each in findings(subject) if each.rule == "disputed-grant" and action in each.actions)
    assert "disagree" in finding.message
    for resource in concrete(subject, asked):
        call = call_for(action, resource, {})
        assert (in_force.caller.refusal(role, call) == "") is let_through
        assert decide_as(subject.role, action, call, {}) is let_through


def test_the_comparison_is_not_getting_smaller(in_force: InForce) -> None:
    """A table or an example that shrinks would make it say less and less."""
    compared = Counter(
        let_through
        for subject in map(in_force.subject, ROLES)
        for asked in subject.asked
        if asked.action.partition(":")[0] not in NOT_SERVED
        for _, let_through in expected(subject, asked)
    )
    assert len(ROLES) > 100
    assert compared[True] > 1500
    assert compared[False] > 300


@pytest.mark.parametrize("prefix", NOT_SERVED)
def test_what_is_not_tried_cannot_be_tried(sandbox: Sandbox, prefix: str) -> None:
    """Once the sandbox serves it, its permissions belong into the comparison."""
    service, method, arguments = NOT_SERVED[prefix]
    with pytest.raises(ClientError) as raised:
        getattr(sandbox.client(service, config=ONCE), method)(**arguments)
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


# --- What a deploy makes -----------------------------------------------------------------------------------------

AUDITOR = "auditor"


@pytest.fixture(scope="module")
def assembly(journey: Journey) -> Path:
    """A deployed app, and a role that may do what ``permissions --for audit`` prints, and no more."""
    assembly = journey.synth()
    deploy = journey.deploy(assembly)
    assert deploy.returncode == 0, deploy.stderr
    policy = policy_document(permissions.COMMANDS["audit"], VALUES)
    create(journey.sandbox.client("iam"), AuditedRole(AUDITOR, "", (policy,)))
    return assembly


def audited(journey: Journey, *options: str) -> tuple[int, dict[str, Any]]:
    run = journey.run("bedrock-o11y", "audit", *options, "--format", "json", role=AUDITOR)
    assert run.stdout, run.stderr
    return run.returncode, json.loads(run.stdout)


def provider_roles(journey: Journey) -> set[str]:
    """The roles of the app's own functions, as the account lists them."""
    pages = journey.sandbox.client("iam").get_paginator("list_roles").paginate()
    return {
        role["RoleName"]
        for page in pages
        for role in page["Roles"]
        if "lambda.amazonaws.com" in json.dumps(role["AssumeRolePolicyDocument"])
    }


def test_the_roles_of_a_deployed_account_have_no_finding(journey: Journey, assembly: Path) -> None:
    del assembly  # it is deployed
    code, answer = audited(journey, "--all")
    (role,) = answer["roles"]
    assert journey.configuration
    assert role["arn"] == journey.configuration["cloudWatchConfig"]["roleArn"]
    assert role["kind"] == "invocation-logging"
    assert (role["findings"], role["unread"], role["accepted"]) == ([], [], [])
    assert answer["summary"]["partial"] == []
    assert provider_roles(journey)
    iam = journey.sandbox.client("iam")
    everybody = [role for page in iam.get_paginator("list_roles").paginate() for role in page["Roles"]]
    assert answer["summary"]["others"] == len(everybody) - 1
    assert code == 0


def test_the_roles_of_an_assembly_have_no_finding(journey: Journey, assembly: Path) -> None:
    code, answer = audited(journey, "--from", str(assembly))
    (role,) = answer["roles"]
    assert role["kind"] == "invocation-logging"
    assert (role["findings"], role["unread"], role["accepted"]) == ([], [], [])
    assert answer["summary"]["others"] == len(provider_roles(journey))
    assert code == 0


def test_a_deny_beside_the_deployed_policy_is_found_in_the_account(journey: Journey, assembly: Path) -> None:
    del assembly
    assert journey.configuration
    role, iam = journey.configuration["cloudWatchConfig"]["roleArn"].rpartition("/")[2], journey.sandbox.client("iam")
    statement = {"Sid": "Silence", "Effect": "Deny", "Action": "logs:Put*", "Resource": "*"}
    iam.put_role_policy(RoleName=role, PolicyName="hidden", PolicyDocument=document(statement))
    try:
        code, answer = audited(journey, role)
        (finding,) = answer["roles"][0]["findings"]
        assert (finding["rule"], finding["action"]) == ("denied-grant", "logs:PutLogEvents")
        assert finding["statement"] == "hidden/Silence"
        assert code == 1
        code, rungs = journey.canary()
        assert rungs["logging-role-permissions"]["state"] == "FAIL", "the account delivers nothing either"
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="hidden")
    code, answer = audited(journey, role)
    assert (code, answer["roles"][0]["findings"]) == (0, [])
