"""The rules about what a role has too much: actions, resources, conditions, names that mean nothing."""

from __future__ import annotations

import re

import pytest

from bedrock_o11y.blueprint import Severity
from bedrock_o11y.iam import readable, unknown
from bedrock_o11y.iam.actions import known

OWN = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/bedrock-agentcore/runtimes/my_agent-*"
EXCESS = (
    "excess-action",
    "wider-resource",
    "missing-condition",
    "for-user-id",
    "phantom-action",
    "unrecognised-action",
)


def allow(action, resource="*", **more):
    return {"Sid": "More", "Effect": "Allow", "Action": action, "Resource": resource, **more}


@pytest.mark.parametrize(
    ("statement", "rule", "severity"),
    [
        (allow("*"), "excess-action", Severity.CRITICAL),
        (allow("*:*"), "excess-action", Severity.CRITICAL),
        ({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}, "excess-action", Severity.CRITICAL),
        (allow("**"), "excess-action", Severity.MEDIUM),
        (allow("*", "arn:aws:iam::*:*"), "excess-action", Severity.CRITICAL),
        (allow("*", "arn:aws:xray:*"), "excess-action", Severity.HIGH),
        (allow("iam:PassRole"), "excess-action", Severity.CRITICAL),
        (allow("iam:*"), "excess-action", Severity.CRITICAL),
        (allow("sts:AssumeRole"), "excess-action", Severity.CRITICAL),
        (allow("s3:*"), "excess-action", Severity.HIGH),
        (allow("xray:*"), "excess-action", Severity.HIGH),
        (allow("s3:*", "arn:aws:s3:::reports/*"), "excess-action", Severity.MEDIUM),
        (allow("s3:PutObject"), "excess-action", Severity.MEDIUM),
        (allow("s3:PutObject", "arn:aws:s3:::reports/*"), "excess-action", Severity.LOW),
        (allow("s3:Get*"), "excess-action", Severity.LOW),
        (allow("iam:GetRole"), "excess-action", Severity.LOW),
        (allow("sts:AssumeRole", "arn:aws:iam::123456789012:role/tool"), "excess-action", Severity.LOW),
        (allow("sts:GetWebIdentityToken"), "excess-action", Severity.MEDIUM),
        (allow("logs:FilterLogEvents", OWN), "excess-action", Severity.LOW),
        (allow("logs:PutLogEvents"), "wider-resource", Severity.MEDIUM),
        (allow("bedrock:InvokeModel"), "wider-resource", Severity.MEDIUM),
        (allow("bedrock:InvokeModel", "arn:aws:bedrock:*:*:inference-profile/*"), "wider-resource", Severity.MEDIUM),
        (allow("bedrock:InvokeModel*"), "wider-resource", Severity.MEDIUM),
        (allow("logs:PutLogEvent*"), "wider-resource", Severity.MEDIUM),
        (allow("cloudwatch:PutMetricData"), "missing-condition", Severity.LOW),
        (allow("bedrock-agentcore:GetWorkloadAccessTokenForUserId"), "for-user-id", Severity.MEDIUM),
        (allow("bedrock-agentcore:GetWorkloadAccessToken*"), "for-user-id", Severity.MEDIUM),
        (allow("bedrock:Converse"), "phantom-action", Severity.MEDIUM),
        (allow("BEDROCK:converseStream"), "phantom-action", Severity.MEDIUM),
        (allow("logs:PutLogEventz", OWN), "unrecognised-action", Severity.LOW),
        (allow("nosuchservice:Do*"), "unrecognised-action", Severity.LOW),
    ],
    ids=lambda value: str(value.get("Action", value.get("NotAction"))) if isinstance(value, dict) else None,
)
def test_what_is_too_much_is_said_once_and_no_worse_than_it_is(judge, statement, rule, severity):
    told = [(each.rule, each.severity) for each in judge(statement) if each.rule in EXCESS]
    assert told == [(rule, severity)]


@pytest.mark.parametrize(
    "statement",
    [
        allow("logs:CreateLogStream", OWN),
        allow("xray:PutT*"),
        allow("cloudwatch:PutMetricData", Condition={"StringEquals": {"cloudwatch:namespace": "bedrock-agentcore"}}),
        allow("bedrock-agentcore:InvokeCodeInterpreter", "arn:aws:bedrock-agentcore:us-east-1:aws:code-interpreter/*"),
        allow("logs:PutResourcePolicy"),
        {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::reports/*"},
        {"Effect": "Deny", "Action": "bedrock-agentcore:GetWorkloadAccessTokenForUserId", "Resource": "*"},
    ],
    ids=lambda statement: f"{statement['Effect']} {statement['Action']}",
)
def test_what_is_recommended_or_tolerated_is_not_too_much(judge, statement):
    assert [(each.rule, each.message) for each in judge(statement) if each.rule in EXCESS] == []


def test_what_a_deny_or_the_boundary_takes_away_is_not_too_much(judge):
    deny = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    assert [each for each in judge(allow("s3:PutObject"), deny) if each.rule in EXCESS] == []
    boundary = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}]}
    assert [each for each in judge(allow("s3:PutObject"), boundary=boundary) if each.rule in EXCESS] == []


def test_one_statement_gives_one_finding_with_all_its_actions_and_a_witness(judge):
    statement = allow(["s3:GetObject", "s3:ListBucket"], ["arn:aws:s3:::a", "arn:aws:s3:::a/*"])
    (finding,) = [each for each in judge(statement) if each.rule == "excess-action"]
    assert finding.actions == ("s3:GetObject", "s3:ListBucket")
    assert finding.resource == "arn:aws:s3:::a, arn:aws:s3:::a/*"
    assert finding.statement == "agent/More"
    assert finding.witness.startswith("s3:")


def test_a_wide_pattern_names_real_actions_that_it_means(judge):
    (finding,) = [each for each in judge(allow("logs:*", OWN)) if each.rule == "excess-action"]
    assert "actions beyond" in finding.message


@pytest.mark.parametrize(
    ("statement", "witness"),
    [
        (allow("*"), "iam:CreateUser on arn:aws:iam::123456789012:user/x"),
        ({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}, "iam:CreateUser on "),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, "[a-z0-9-]+:[A-Z]"),
        (allow("iam:Pass*"), "iam:PassRole on "),
        (allow("IAM:passrole"), "iam:PassRole on "),
        (allow("s3:Get*", "arn:aws:s3:::reports/*"), "s3:Get[A-Z]"),
        (allow("logs:Put*", OWN), "logs:Put[A-Z]"),
        (allow("newservice:*"), None),
    ],
)
def test_the_evidence_is_a_request_that_somebody_can_make(judge, statement, witness):
    found = [each for each in judge(statement) if each.rule == "excess-action"]
    assert [bool(re.match(witness, each.witness)) for each in found] == ([True] if witness else [])


def test_the_evidence_is_no_action_that_a_deny_takes_away(judge):
    deny = {"Effect": "Deny", "Action": ["iam:CreateUser", "iam:PassRole"], "Resource": "*"}
    (finding,) = [each for each in judge(allow("iam:*"), deny) if each.rule == "excess-action"]
    assert finding.witness.startswith("iam:")
    assert known(finding.witness.split(" ")[0]) is not None
    assert not finding.witness.startswith(("iam:CreateUser ", "iam:PassRole "))


@pytest.mark.parametrize("action", ["CreateLogStream", "logs.CreateLogStream", "logs:CreateLogStream "])
def test_an_action_with_a_slip_of_the_pen_is_unrecognised_and_no_excess(judge, action):
    found = [each for each in judge(allow(action)) if each.rule in EXCESS]
    assert [each.rule for each in found] == ["unrecognised-action"]
    assert "Did you mean logs:CreateLogStream?" in found[0].message


def test_one_action_beyond_is_counted_as_one(judge):
    (finding,) = [each for each in judge(allow("iam:PassR*")) if each.rule == "excess-action"]
    assert "(1 action beyond, iam:PassRole)" in finding.message


@pytest.mark.parametrize(
    ("resource", "version", "dead"),
    [
        ("runtimes/${aws:PrincipalTag/Agent}-*:log-stream:*", "2012-10-17", False),
        ("runtimes/my_agent-x:log-stream:${aws:PrincipalTag/team}/*", "2012-10-17", False),
        ("runtimes/${aws:PrincipalTag/Agent, 'my'}_agent-*:log-stream:*", "2012-10-17", False),
        ("runtimes/${aws:PrincipalTag/Agent}-*:log-stream:*", "2008-10-17", True),
        ("runtimes/${aws:PrincipalTag/Agent}:*:log-stream:*", "2012-10-17", True),
        ("runtime/${aws:PrincipalTag/Agent}:*", "2012-10-17", True),
        (f"runtimes/{unknown('Name')}:*", "2012-10-17", False),
        (f"runtimes/{unknown('Name')}:*:log-stream:otel", "2012-10-17", True),
    ],
)
def test_a_policy_variable_may_have_any_value_and_so_may_a_text_that_nobody_knows(judge, resource, version, dead):
    written = f"arn:aws:logs:us-east-1:123456789012:log-group:/aws/bedrock-agentcore/{resource}"
    policy = {"Version": version, "Statement": [allow(["logs:CreateLogStream", "logs:PutLogEvents"], written)]}
    found = [each for each in judge(policy=policy) if each.rule == "never-matches"]
    assert [each.resource for each in found] == ([readable(written)] if dead else [])


TOKEN = "bedrock-agentcore:GetWorkloadAccessToken"
FOR_USER_ID = f"{TOKEN}ForUserId"


@pytest.mark.parametrize("kind", ["agentcore-runtime", "agentcore-memory"])
@pytest.mark.parametrize("action", [FOR_USER_ID, f"{TOKEN}*", f"{TOKEN}For*", f"{TOKEN}?*", FOR_USER_ID.upper()])
def test_the_recommended_deny_silences_the_token_for_any_user_id(judge, action, kind):
    (finding,) = [each for each in judge(allow(action), kind=kind) if each.rule == "for-user-id"]
    assert finding.actions == (action,)
    assert finding.witness.lower().startswith(FOR_USER_ID.lower() + " ")
    deny = {"Effect": "Deny", "Action": FOR_USER_ID, "Resource": "*"}
    assert [each for each in judge(allow(action), deny, kind=kind) if each.rule == "for-user-id"] == []


def test_a_deny_on_other_resources_does_not_silence_it(judge):
    deny = {"Effect": "Deny", "Action": FOR_USER_ID, "Resource": "arn:aws:bedrock-agentcore:us-east-1:123456789012:x/*"}
    (finding,) = [each for each in judge(allow(f"{TOKEN}*"), deny) if each.rule == "for-user-id"]
    assert ":x/" not in finding.witness


def test_what_is_enough_has_the_names_of_the_role_itself(judge):
    wide = "arn:aws:logs:us-east-1:123456789012:log-group:/bedrock/records:*"
    found = judge(allow("logs:PutLogEvents", wide), kind="invocation-logging")
    (finding,) = [each for each in found if each.rule == "wider-resource"]
    own = "arn:aws:logs:*:123456789012:log-group:/bedrock/records:log-stream:aws/bedrock/modelinvocations"
    assert f"{own} is enough" in finding.message
