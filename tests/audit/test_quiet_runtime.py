"""The role of an agent that logs almost nothing, and what twenty and more changes to it do to its findings.

The role is the one of a write-up in which its gaps were found by eye, statement by statement. Each mutation adds or
removes one grant, Deny, boundary or condition; beside it stands what must appear and what must disappear, exactly.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from bedrock_o11y.audit.audit import Options, run
from bedrock_o11y.roles.files import open_source

FIXTURE = Path(__file__).parents[1] / "roles" / "quiet-runtime-role.json"
TODAY = Options(agent_created=date(2026, 11, 21))
ACCOUNT = "123456789012"
LOGS = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:"
RUNTIMES = f"{LOGS}/aws/bedrock-agentcore/runtimes/*"

QUIET = {
    "high missing-grant xray:GetSamplingRules",
    "high missing-grant xray:GetSamplingTargets",
    "high missing-grant logs:PutResourcePolicy",
    "medium missing-grant logs:DescribeLogGroups",
    "info missing-grant bedrock-agentcore:GetWorkloadAccessToken",
    "info missing-grant bedrock-agentcore:GetWorkloadAccessTokenForJWT",
    "medium trust-source-arn sts:AssumeRole",
    "medium wider-resource logs:CreateLogGroup, logs:CreateLogStream, logs:PutLogEvents, logs:DescribeLogStreams",
}
WIDER = "medium wider-resource logs:CreateLogGroup, logs:CreateLogStream, logs:PutLogEvents, logs:DescribeLogStreams"
LOG_ACTIONS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams")
LOGS_STATEMENT, METRICS_STATEMENT = 2, 4


def audit(dump, tmp_path, options=TODAY):
    file = tmp_path / "dump.json"
    file.write_text(json.dumps(dump))
    return run([open_source(file)], options)


def told(report):
    return {f"{each.severity.value} {each.rule} {each.action}" for role in report.roles for each in role.findings}


@pytest.fixture
def dump():
    return json.loads(FIXTURE.read_text())


def test_the_quiet_runtime_gets_exactly_these_findings(dump, tmp_path):
    result = audit(dump, tmp_path)
    assert told(result.report) == QUIET
    assert result.report.roles[0].kind == "agentcore-runtime"
    assert result.report.exit_code() == 1


def test_every_finding_says_why_and_what_shows_it(dump, tmp_path):
    for finding in audit(dump, tmp_path).report.roles[0].findings:
        assert finding.message.endswith(".")
        assert finding.why.endswith(".")
        assert finding.sources
        if finding.rule == "wider-resource":
            assert finding.statement == "runtime/CloudWatchLogs"
            assert finding.pointer == "/RoleDetailList/0/RolePolicyList/0/PolicyDocument/Statement/2"
            assert "/aws/bedrock-agentcore/" in finding.witness
            assert "/runtimes/" not in finding.witness


@pytest.mark.parametrize(
    ("created", "tokens", "resource_policy"),
    [
        (date(2025, 10, 12), "high", "info"),
        (date(2025, 10, 13), "info", "info"),
        (date(2026, 7, 19), "info", "info"),
        (date(2026, 7, 20), "info", "high"),
    ],
)
def test_the_age_of_the_agent_decides_what_is_needed(dump, tmp_path, created, tokens, resource_policy):
    found = told(audit(dump, tmp_path, replace(TODAY, agent_created=created)).report)
    assert f"{tokens} missing-grant bedrock-agentcore:GetWorkloadAccessToken" in found
    assert f"{tokens} missing-grant bedrock-agentcore:GetWorkloadAccessTokenForJWT" in found
    assert f"{resource_policy} missing-grant logs:PutResourcePolicy" in found


def test_a_policy_with_a_principal_is_neither_a_pass_nor_a_failure(dump, tmp_path):
    role = dump["RoleDetailList"][0]
    role["RolePolicyList"][0]["PolicyDocument"]["Statement"].append(
        {"Effect": "Deny", "NotPrincipal": {"AWS": "*"}, "Action": "*", "Resource": "*"}
    )
    report = audit(dump, tmp_path).report
    assert any("has a Principal" in reason for reason in report.roles[0].unread)
    assert "high unknown-grant logs:PutLogEvents" in told(report)


def test_the_service_of_a_template_may_be_written_with_the_suffix_of_its_partition(dump, tmp_path):
    role = dump["RoleDetailList"][0]
    document = role["AssumeRolePolicyDocument"]
    document["Statement"][0]["Principal"] = {"Service": {"Fn::Sub": "bedrock-agentcore.${AWS::URLSuffix}"}}
    properties = {"AssumeRolePolicyDocument": document, "Policies": role["RolePolicyList"]}
    file = tmp_path / "template.json"
    file.write_text(json.dumps({"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": properties}}}))
    assert run([open_source(file)], TODAY).report.roles[0].kind == "agentcore-runtime"


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_a_template_that_names_its_partition_is_judged_in_it(dump, tmp_path, partition):
    text = json.dumps(dump["RoleDetailList"][0]).replace("arn:aws:", f"arn:{partition}:")
    role = json.loads(text)
    properties = {"AssumeRolePolicyDocument": role["AssumeRolePolicyDocument"], "Policies": role["RolePolicyList"]}
    file = tmp_path / "template.json"
    file.write_text(json.dumps({"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": properties}}}))
    report = run([open_source(file)], TODAY).report
    high = sorted(each for each in told(report) if each.startswith("high"))
    assert high == sorted(each for each in told(audit(dump, tmp_path).report) if each.startswith("high"))
    assert any(f"partition {partition} alone" in said for said in report.roles[0].assumed) is (partition != "aws")


@dataclass(frozen=True)
class Mutation:
    what: str
    change: object
    appears: tuple[str, ...] = ()
    disappears: tuple[str, ...] = ()
    kind: str | None = None


def statements(role):
    return role["RolePolicyList"][0]["PolicyDocument"]["Statement"]


def trust(role):
    return role["AssumeRolePolicyDocument"]["Statement"][0]


def allow(action, resource="*", **more):
    return lambda role: statements(role).append({"Effect": "Allow", "Action": action, "Resource": resource, **more})


def deny(action, resource="*", **more):
    return lambda role: statements(role).append({"Effect": "Deny", "Action": action, "Resource": resource, **more})


def boundary(*actions):
    def change(role, dump):
        arn = f"arn:aws:iam::{ACCOUNT}:policy/fence"
        role["PermissionsBoundary"] = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}
        document = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}],
        }
        dump["Policies"].append(
            {
                "PolicyName": "fence",
                "Arn": arn,
                "DefaultVersionId": "v1",
                "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": True, "Document": document}],
            }
        )

    return change


def logs_on(*resources):
    return lambda role: statements(role)[LOGS_STATEMENT].update(Resource=list(resources))


def source_arn(operator, value):
    return lambda role: trust(role)["Condition"].setdefault(operator, {}).update({"aws:SourceArn": value})


MUTATIONS = [
    Mutation(
        "one sampling read is granted",
        allow("xray:GetSamplingRules"),
        disappears=("high missing-grant xray:GetSamplingRules",),
    ),
    Mutation(
        "all of X-Ray is granted",
        allow("xray:*"),
        appears=("high excess-action xray:*",),
        disappears=("high missing-grant xray:GetSamplingRules", "high missing-grant xray:GetSamplingTargets"),
    ),
    Mutation(
        "one sampling read by a pattern that means it alone",
        allow("xray:GetSampling????s"),
        disappears=("high missing-grant xray:GetSamplingRules",),
    ),
    Mutation(
        "DescribeLogGroups on every group",
        allow("logs:DescribeLogGroups", f"{LOGS}*"),
        disappears=("medium missing-grant logs:DescribeLogGroups",),
    ),
    Mutation("DescribeLogGroups on a named group is refused all the same", allow("logs:DescribeLogGroups", RUNTIMES)),
    Mutation(
        "PutResourcePolicy as the guide scopes it",
        allow("logs:PutResourcePolicy", RUNTIMES),
        appears=("info disputed-grant logs:PutResourcePolicy",),
        disappears=("high missing-grant logs:PutResourcePolicy",),
    ),
    Mutation(
        "PutResourcePolicy as the reference has it",
        allow("logs:PutResourcePolicy"),
        appears=("info disputed-grant logs:PutResourcePolicy",),
        disappears=("high missing-grant logs:PutResourcePolicy",),
    ),
    Mutation(
        "PutLogEvents is denied",
        deny("logs:PutLogEvents"),
        appears=(
            "high denied-grant logs:PutLogEvents",
            "medium wider-resource logs:CreateLogGroup, logs:CreateLogStream, logs:DescribeLogStreams",
        ),
        disappears=(WIDER,),
    ),
    Mutation(
        "PutLogEvents is denied from outside a network nobody knows",
        deny("logs:PutLogEvents", Condition={"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
        appears=("medium conditional-grant logs:PutLogEvents",),
    ),
    Mutation(
        "a Deny without MFA bites a role session only with IfExists: without it, it does not",
        deny("logs:PutLogEvents", Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}}),
    ),
    Mutation(
        "a Deny without MFA bites a role session with IfExists",
        deny("logs:PutLogEvents", Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}),
        appears=(
            "high denied-grant logs:PutLogEvents",
            "medium wider-resource logs:CreateLogGroup, logs:CreateLogStream, logs:DescribeLogStreams",
        ),
        disappears=(WIDER,),
    ),
    Mutation(
        "a Deny for principals without a tag bites a role that has no tags",
        deny("xray:PutTraceSegments", Condition={"StringNotEquals": {"aws:PrincipalTag/team": "agents"}}),
        appears=("high denied-grant xray:PutTraceSegments",),
    ),
    Mutation(
        "a Deny on the log group of one agent may be on its own",
        deny("logs:PutLogEvents", f"{LOGS}/aws/bedrock-agentcore/runtimes/other-*"),
        appears=("medium partial-grant logs:PutLogEvents",),
    ),
    Mutation(
        "a Deny by NotAction of everything but X-Ray and images",
        lambda role: statements(role).append({"Effect": "Deny", "NotAction": ["xray:*", "ecr:*"], "Resource": "*"}),
        appears=(
            *(f"high denied-grant {action}" for action in LOG_ACTIONS),
            "medium denied-grant cloudwatch:PutMetricData",
            "medium denied-grant bedrock:InvokeModel",
            "medium denied-grant bedrock:InvokeModelWithResponseStream",
        ),
        disappears=(WIDER,),
    ),
    Mutation(
        "a boundary without logs",
        boundary("xray:*", "ecr:*", "cloudwatch:*", "bedrock:*"),
        appears=tuple(f"high blocked-by-boundary {action}" for action in LOG_ACTIONS),
        disappears=(WIDER,),
    ),
    Mutation("a boundary that allows everything changes nothing", boundary("*")),
    Mutation(
        "the trust policy pins the source ARN",
        source_arn("ArnLike", f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:*"),
        disappears=("medium trust-source-arn sts:AssumeRole",),
    ),
    Mutation(
        "the trust policy loses its account",
        lambda role: trust(role).pop("Condition"),
        appears=("high trust-source-account sts:AssumeRole",),
    ),
    Mutation(
        "the trust policy compares the source ARN with a literal star",
        source_arn("StringEquals", f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:*"),
        appears=("high trust-broken sts:AssumeRole",),
        disappears=("medium trust-source-arn sts:AssumeRole",),
    ),
    Mutation(
        "the source ARN is compared with StringLike",
        source_arn("StringLike", f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:*"),
        appears=("low trust-loose-arn sts:AssumeRole",),
        disappears=("medium trust-source-arn sts:AssumeRole",),
    ),
    Mutation(
        "another service in the trust policy's place",
        lambda role: trust(role).update(Principal={"Service": "lambda.amazonaws.com"}),
        appears=("high trust-broken sts:AssumeRole", "low trust-other-principal sts:AssumeRole"),
        disappears=("medium trust-source-arn sts:AssumeRole",),
        kind="agentcore-runtime:container",
    ),
    Mutation(
        "anybody may assume the role beside the service",
        lambda role: role["AssumeRolePolicyDocument"]["Statement"].append(
            {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
        ),
        appears=("critical trust-other-account sts:AssumeRole",),
    ),
    Mutation(
        "the namespace condition is gone",
        lambda role: statements(role)[METRICS_STATEMENT].pop("Condition"),
        appears=("low missing-condition cloudwatch:PutMetricData",),
    ),
    Mutation(
        "the namespace is a wrong one",
        lambda role: statements(role)[METRICS_STATEMENT].update(
            Condition={"StringEquals": {"cloudwatch:namespace": "AgentCore"}}
        ),
        appears=(
            "medium missing-grant cloudwatch:PutMetricData",
            "low missing-condition cloudwatch:PutMetricData",
        ),
    ),
    Mutation("the log resource is the recommended one", logs_on(RUNTIMES), disappears=(WIDER,)),
    Mutation(
        "the log resource is that of one agent",
        logs_on(f"{LOGS}/aws/bedrock-agentcore/runtimes/my_agent-*"),
        disappears=(WIDER,),
    ),
    Mutation(
        "the log resource has a prefix that AgentCore does not use",
        logs_on(f"{LOGS}/aws/bedrock/agentcore/*"),
        appears=(
            *(f"high missing-grant {action}" for action in LOG_ACTIONS),
            f"high never-matches {', '.join(LOG_ACTIONS)}",
        ),
        disappears=(WIDER,),
    ),
    Mutation(
        "the log resource has its star doubled",
        logs_on(f"{LOGS}/aws/bedrock-agentcore/runtimes/my_agent-x-DEFAULT:*:log-stream:*"),
        appears=(
            *(f"high missing-grant {action}" for action in LOG_ACTIONS),
            f"high never-matches {', '.join(LOG_ACTIONS)}",
        ),
        disappears=(WIDER,),
    ),
    Mutation(
        "Converse is granted, which is no action",
        allow("bedrock:Converse"),
        appears=("medium phantom-action bedrock:Converse",),
    ),
    Mutation(
        "an action that no data knows",
        allow("logs:PutLogEventz", RUNTIMES),
        appears=("low unrecognised-action logs:PutLogEventz",),
    ),
    Mutation(
        "tokens for any user id",
        allow("bedrock-agentcore:GetWorkloadAccessTokenForUserId"),
        appears=("medium for-user-id bedrock-agentcore:GetWorkloadAccessTokenForUserId",),
    ),
    Mutation(
        "a Deny of tokens for any user id is advised, and no defect",
        deny("bedrock-agentcore:GetWorkloadAccessTokenForUserId"),
    ),
    Mutation(
        "the tool's own bucket",
        allow("s3:GetObject", "arn:aws:s3:::reports/*"),
        appears=("low excess-action s3:GetObject",),
    ),
    Mutation(
        "everything on everything",
        allow("*"),
        appears=(
            "critical excess-action *",
            "info disputed-grant logs:PutResourcePolicy",
            "info obsolete-grant bedrock-agentcore:GetWorkloadAccessToken",
            "info obsolete-grant bedrock-agentcore:GetWorkloadAccessTokenForJWT",
        ),
        disappears=tuple(each for each in QUIET if "missing-grant" in each),
    ),
    Mutation(
        "without images it is an agent of direct code",
        lambda role: statements(role).__delitem__(slice(0, 2)),
    ),
    Mutation(
        "the role may pass any role",
        allow("iam:PassRole"),
        appears=("critical excess-action iam:PassRole",),
    ),
]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=[mutation.what for mutation in MUTATIONS])
def test_a_change_of_the_role_changes_the_findings_exactly_so(dump, tmp_path, mutation):
    changed = copy.deepcopy(dump)
    role = changed["RoleDetailList"][0]
    if mutation.change.__code__.co_argcount == 2:
        mutation.change(role, changed)
    else:
        mutation.change(role)
    assert changed != dump
    found = told(audit(changed, tmp_path, replace(TODAY, kind=mutation.kind)).report)
    assert found - QUIET == set(mutation.appears)
    assert QUIET - found == set(mutation.disappears)
