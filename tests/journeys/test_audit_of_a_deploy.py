"""The roles of a real deploy, audited in the account and in the assembly by a role that may only audit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bedrock_o11y.blueprint import permissions, policy_document
from tests.journeys.audited_roles import VALUES, AuditedRole
from tests.journeys.roles_in_account import create, document

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Journey

pytestmark = pytest.mark.sandbox

AUDITOR = "auditor"
KINDS = ["agentcore-runtime", "agentcore-runtime", "invocation-logging"]
TOLD_OF_AGENTS = {
    # Supplied by a service-linked role since 2025-10-13, so not needed.
    ("missing-grant", "bedrock-agentcore:GetWorkloadAccessToken", "info"),
    ("missing-grant", "bedrock-agentcore:GetWorkloadAccessTokenForJWT", "info"),
    # Granted as the guide says; the authorisation reference knows no resource for it.
    ("disputed-grant", "logs:PutResourcePolicy", "info"),
}
OF_AGENTCORE = "arn:aws:bedrock-agentcore:us-east-1:000000000000"
EVERYTHING = f"""
tracing: {{enabled: true, indexing: {{percentage: 10, later: [{{after_days: 7, percentage: 1}}]}}}}
agents:
  - name: container_agent
    repository: agents/container
    models: [us.amazon.nova-pro-v1:0, amazon.nova-micro-v1:0]
    memories: [{OF_AGENTCORE}:memory/own-AbCdEfGhIj]
    gateways: [{OF_AGENTCORE}:gateway/tools-abcdefghij]
  - name: known_agent
    deployment: direct-code
    models: [us.amazon.nova-pro-v1:0]
    runtime_arn: {OF_AGENTCORE}:runtime/known_agent-AbCdEfGhIj
"""


@pytest.fixture(scope="module")
def assembly(journey: Journey) -> Path:
    """A deployed app, and a role that may do what ``permissions --for audit`` prints, and no more."""
    assembly = journey.synth(EVERYTHING)
    deploy = journey.deploy(assembly)
    assert deploy.returncode == 0, deploy.stderr
    policy = policy_document(permissions.COMMANDS["audit"], VALUES)
    create(journey.sandbox.client("iam"), AuditedRole(AUDITOR, "", (policy,)))
    return assembly


def audited(journey: Journey, *options: str) -> tuple[int, dict[str, Any]]:
    run = journey.run("bedrock-o11y", "audit", *options, "--format", "json", role=AUDITOR)
    assert run.stdout, run.stderr
    return run.returncode, json.loads(run.stdout)


def clean_kinds(answer: dict[str, Any]) -> list[str]:
    """The kinds of the roles, each with nothing missing and nothing too much; what is told beside is typed by hand."""
    for role in answer["roles"]:
        told = {(finding["rule"], finding["action"], finding["severity"]) for finding in role["findings"]}
        assert told == (TOLD_OF_AGENTS if role["kind"] == "agentcore-runtime" else set())
        assert (role["unread"], role["accepted"]) == ([], [])
    return sorted(role["kind"] for role in answer["roles"])


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
    assert clean_kinds(answer) == KINDS
    assert journey.configuration
    assert journey.configuration["cloudWatchConfig"]["roleArn"] in [role["arn"] for role in answer["roles"]]
    assert answer["summary"]["partial"] == []
    assert provider_roles(journey)
    iam = journey.sandbox.client("iam")
    everybody = [role for page in iam.get_paginator("list_roles").paginate() for role in page["Roles"]]
    assert answer["summary"]["others"] == len(everybody) - len(KINDS)
    assert code == 0


def test_the_roles_of_an_assembly_have_no_finding(journey: Journey, assembly: Path) -> None:
    code, answer = audited(journey, "--from", str(assembly))
    assert clean_kinds(answer) == KINDS
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
