# ruff: noqa: E501 (a table of cases reads better than a pile of them)
"""The kind of a role, from its trust and from what it touches, with the reason."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bedrock_o11y.blueprint.roles import ROLE_KINDS
from bedrock_o11y.iam import PolicyDocument, unknown
from bedrock_o11y.roles import Role
from bedrock_o11y.roles.files import open_source
from bedrock_o11y.roles.recognise import recognise

AGENTCORE = "bedrock-agentcore.amazonaws.com"
BEDROCK = "bedrock.amazonaws.com"
AT_BEDROCK = "arn:aws:bedrock:us-east-1:123456789012:"
AT = "arn:aws:bedrock-agentcore:us-east-1:123456789012:"
LOGS = "arn:aws:logs:us-east-1:123456789012:log-group:"
MODELS = ("bedrock:InvokeModel*", "*")
TRACES = ("xray:PutTraceSegments", "*")
RUNTIME_LOGS = ("logs:PutLogEvents", LOGS + "/aws/bedrock-agentcore/runtimes/*:log-stream:*")


def trust(principal, *source_arns, operator="ArnLike", key="aws:SourceArn"):
    statement = {
        "Effect": "Allow",
        "Principal": principal if isinstance(principal, (dict, str)) else {},
        "Action": "sts:AssumeRole",
    }
    if source_arns:
        statement["Condition"] = {operator: {key: list(source_arns)}}
    return PolicyDocument.parse({"Version": "2012-10-17", "Statement": [statement]}, name="trust")


def service(name, *source_arns, **more):
    return trust({"Service": name}, *source_arns, **more)


def role(document, *grants, effect="Allow"):
    statements = [{"Effect": effect, "Action": action, "Resource": resource} for action, resource in grants]
    policies = (PolicyDocument.parse({"Version": "2012-10-17", "Statement": statements}, name="p"),) if grants else ()
    return Role("r", trust=document, policies=policies)


@pytest.mark.parametrize(
    ("found", "kind", "variant"),
    [
        # Invocation logging: Bedrock, and log events.
        (role(service(BEDROCK), ("logs:PutLogEvents", "*")), "invocation-logging", ""),
        (role(service(BEDROCK), ("LOGS:Create*", "*")), "invocation-logging", ""),
        (role(service(BEDROCK), ("*", "*")), "invocation-logging", ""),
        (role(trust({"Service": ["lambda.amazonaws.com", BEDROCK]}), ("logs:*", "*")), "invocation-logging", ""),
        (role(service(BEDROCK), ("bedrock:InvokeModel", "*")), "", ""),
        (role(service(BEDROCK), ("s3:GetObject", "*"), ("logs:DescribeLogGroups", "*")), "", ""),
        (role(service(BEDROCK, AT_BEDROCK + "agent/*")), "", ""),
        (role(service(BEDROCK, AT_BEDROCK + "agent/*"), ("logs:PutLogEvent", "*")), "", ""),
        (role(trust({"Service": ["lambda.amazonaws.com", BEDROCK]})), "", ""),
        # One that cannot write is one all the same, when nothing tells of another purpose.
        (role(service(BEDROCK, AT_BEDROCK + "*"), ("logs:PutLogEvents", "*"), effect="Deny"), "invocation-logging", ""),
        (role(service(BEDROCK, AT_BEDROCK + "*"), ("*", "*"), effect="Deny"), "invocation-logging", ""),
        (role(service(BEDROCK, AT_BEDROCK + "*")), "invocation-logging", ""),
        (role(service(BEDROCK, "*")), "invocation-logging", ""),
        (role(service(BEDROCK)), "invocation-logging", ""),
        (role(service(BEDROCK), ("logs:PutLogEvent", "*"), ("logs:CreateLogStreams", "*")), "invocation-logging", ""),
        (role(service(BEDROCK), ("logs:CreateLogGroup", "*")), "invocation-logging", ""),
        (role(service(BEDROCK, AT_BEDROCK + "knowledge-base/*"), ("logs:PutLogEvents", "*")), "", ""),
        (role(service(BEDROCK, AT_BEDROCK + "knowledge-base/*"), ("logs:PutLogEvents", LOGS + "x:log-stream:aws/bedrock/modelinvocations")), "invocation-logging", ""),
        # Written for AgentCore, which may not assume it.
        (role(service("bedrock-agentcore.amazon.com"), RUNTIME_LOGS), "agentcore-runtime", "direct-code"),
        (role(service("bedrock-agentcore.us-east-1.amazonaws.com"), ("ecr:*", "*")), "agentcore-runtime", "container"),
        (role(service("bedrock-agentcore.amazon.com", AT + "gateway/*")), "agentcore-gateway", "plain"),
        (role(service("bedrock.us-east-1.amazonaws.com"), RUNTIME_LOGS), "agentcore-runtime", "direct-code"),
        # Resources of AgentCore whose roles are not judged here.
        (role(service(AGENTCORE, AT + "browser-custom/br*")), "", ""),
        (role(service(AGENTCORE, AT + "code-interpreter-custom/ci*"), ("s3:*", "*")), "", ""),
        (role(service(AGENTCORE, AT + "agent/*"), RUNTIME_LOGS), "agentcore-runtime", "direct-code"),
        (role(service(AGENTCORE, AT + "browser-custom/br*", AT + "*")), "agentcore-runtime", "direct-code"),
        (role(service(BEDROCK), RUNTIME_LOGS, ("ecr:*", "*")), "agentcore-runtime", "container"),
        (role(service(BEDROCK), ("logs:*", LOGS + "/aws/bedrock-agentcore/evaluations/*")), "evaluation", ""),
        (role(service("lambda.amazonaws.com"), ("logs:FilterLogEvents", RUNTIME_LOGS[1])), "", ""),
        (role(service("runtime-identity.bedrock-agentcore.amazonaws.com"), ("bedrock-agentcore:*", "*")), "", ""),
        # AgentCore: aws:SourceArn first.
        (role(service(AGENTCORE, AT + "evaluator/*")), "evaluation", ""),
        (role(service(AGENTCORE, AT + "online-evaluation-config/x")), "evaluation", ""),
        (role(service(AGENTCORE, AT + "gateway/*")), "agentcore-gateway", "plain"),
        (role(service(AGENTCORE, AT + "gateway/*"), ("bedrock-agentcore:AuthorizeAction", AT + "policy-engine/x")), "agentcore-gateway", "policy-engine"),
        (role(service(AGENTCORE, AT + "memory/*")), "agentcore-memory", ""),
        (role(service(AGENTCORE, AT + "memory/*", operator="StringLike", key="AWS:sourcearn"), RUNTIME_LOGS), "agentcore-memory", ""),
        (role(service(AGENTCORE, AT + "runtime/*"), MODELS), "agentcore-runtime", "direct-code"),
        (role(service(AGENTCORE, AT + "gateway/*", AT + "runtime/*")), "agentcore-runtime", "direct-code"),
        (role(service(AGENTCORE, f"arn:{unknown('AWS::Partition')}:bedrock-agentcore:{unknown('AWS::Region')}:123456789012:gateway/*")), "agentcore-gateway", "plain"),
        # AgentCore without a SourceArn that tells: the evaluations log group, models alone, else a runtime.
        (role(service(AGENTCORE, AT + "*"), ("logs:PutLogEvents", LOGS + "/aws/bedrock-agentcore/evaluations/*")), "evaluation", ""),
        (role(service(AGENTCORE), ("logs:PutLogEvents", LOGS + "/aws/bedrock-agentcore/*")), "agentcore-runtime", "direct-code"),
        (role(service(AGENTCORE), MODELS), "agentcore-memory", ""),
        (role(service(AGENTCORE), ("bedrock:InvokeModel*", "*")), "agentcore-memory", ""),
        (role(service(AGENTCORE), ("bedrock:*", "*")), "agentcore-runtime", "direct-code"),
        (role(service(AGENTCORE), ("lambda:InvokeFunction", "*")), "agentcore-gateway", "plain"),
        (role(service(AGENTCORE), ("lambda:InvokeFunction", "*"), RUNTIME_LOGS), "agentcore-runtime", "direct-code"),
        (role(service(AGENTCORE), ("lambda:InvokeFunction", "*"), ("logs:*", "*"), ("ecr:*", "*")), "agentcore-runtime", "container"),
        (role(service(AGENTCORE), ("bedrock:Retrieve", "*")), "agentcore-runtime", "direct-code"),
        (role(service(AGENTCORE), MODELS, ("xray:PutTraceSegments", "*")), "agentcore-runtime", "direct-code"),
        (role(service(AGENTCORE), ("*", "*")), "agentcore-runtime", "container"),
        (role(service(AGENTCORE)), "agentcore-runtime", "direct-code"),
        # An agent that reads a memory or calls a gateway is a runtime all the same.
        (role(service(AGENTCORE), RUNTIME_LOGS, ("bedrock-agentcore:*", AT + "memory/*"), ("bedrock-agentcore:InvokeGateway", AT + "gateway/*")), "agentcore-runtime", "direct-code"),
        # The variant of a runtime.
        (role(service(AGENTCORE), RUNTIME_LOGS, ("ecr:BatchGetImage", "*")), "agentcore-runtime", "container"),
        (role(service(AGENTCORE), RUNTIME_LOGS, ("ecr:*", "*")), "agentcore-runtime", "container"),
        (role(service(AGENTCORE), RUNTIME_LOGS, ("ecr:GetAuthorizationToke?", "*")), "agentcore-runtime", "container"),
        (role(service(AGENTCORE), RUNTIME_LOGS, ("ecr:CreateRepository", "*")), "agentcore-runtime", "direct-code"),
        # Anybody may assume it: only its log groups tell.
        (role(trust("*"), RUNTIME_LOGS), "agentcore-runtime", "direct-code"),
        (role(trust({"AWS": "*"}), ("logs:PutLogEvents", LOGS + "x:log-stream:aws/bedrock/modelinvocations")), "invocation-logging", ""),
        (role(trust("*"), ("s3:*", "*")), "", ""),
        # An agent hosted elsewhere: who assumes it, and the log group of an agent to which it writes.
        (role(service("ecs-tasks.amazonaws.com"), RUNTIME_LOGS), "agent-elsewhere", "ecs"),
        (role(service("lambda.amazonaws.com"), ("logs:Put*", RUNTIME_LOGS[1])), "agent-elsewhere", "lambda"),
        (role(service("pods.eks.amazonaws.com"), RUNTIME_LOGS, MODELS), "agent-elsewhere", "eks"),
        (role(trust({"Service": ["ec2.amazonaws.com", "ssm.amazonaws.com"]}), RUNTIME_LOGS), "agent-elsewhere", "ec2"),
        (role(trust({"AWS": "arn:aws:iam::123456789012:root"}), RUNTIME_LOGS, TRACES), "agent-elsewhere", "elsewhere"),
        (role(trust({"Federated": "arn:aws:iam::123456789012:oidc-provider/x"}), RUNTIME_LOGS, TRACES), "agent-elsewhere", "elsewhere"),
        (role(service("ecs-tasks.amazonaws.com"), TRACES), "", ""),
        (role(service("ecs-tasks.amazonaws.com"), ("logs:PutLogEvents", "*"), TRACES), "", ""),
        (role(service("firehose.amazonaws.com"), RUNTIME_LOGS, TRACES), "", ""),
        # None of ours.
        (role(service("lambda.amazonaws.com"), ("logs:*", "*")), "", ""),
        (role(trust({"AWS": "arn:aws:iam::123456789012:root"}), RUNTIME_LOGS), "", ""),
    ],
)  # fmt: skip
def test_a_role_is_recognised_by_its_trust_and_by_what_it_touches(found, kind, variant):
    recognition = recognise(found)
    assert (recognition.kind, recognition.variant, recognition.undecided) == (kind, variant, False)
    assert recognition.why.endswith(".")


def test_not_action_touches_everything_else():
    for excepted, variant in (("s3:*", "container"), ("ecr:*", "direct-code")):
        document = PolicyDocument.parse({"Statement": [{"Effect": "Allow", "NotAction": excepted, "Resource": "*"}]})
        assert recognise(Role("r", trust=service(AGENTCORE), policies=(document,))).variant == variant


NOT_KNOWN = PolicyDocument.not_known("the dump does not contain X", name="X")


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (Role("r"), "The file does not say who may assume it; name its kind with --as."),
        (Role("r", trust=NOT_KNOWN), "Who may assume it is not known: the dump does not contain X."),
        (role(trust({"Service": unknown("Service")})), "Who may assume it is not known: <Service>."),
        (role(trust(unknown("Principal"))), "Who may assume it is not known: <Principal>."),
        (role(PolicyDocument.parse({"Statement": [unknown("Fn::If X")]})), "Who may assume it is not known: <Fn::If X>."),
        (Role("r", trust=service(BEDROCK), policies=(NOT_KNOWN,)), "bedrock.amazonaws.com may assume it; whether it writes log events is not known: the dump does not contain X."),
        (role(service(BEDROCK), (unknown("Actions"), "*")), "bedrock.amazonaws.com may assume it; whether it writes log events is not known: statement 1 of p is not known."),
        (role(service(AGENTCORE), ("lambda:InvokeFunction", "*"), ("logs:PutLogEvents", "*")), "bedrock-agentcore.amazonaws.com may assume it; it may be a gateway's or an agent's. Name its kind with --as."),
        (role(service(BEDROCK), ("s3:PutObject", "*")), "bedrock.amazonaws.com may assume it, and it only writes objects; name its kind with --as."),
    ],
)  # fmt: skip
def test_what_would_tell_and_is_not_known_is_said(found, why):
    recognition = recognise(found)
    assert (recognition.kind, recognition.undecided, recognition.why) == ("", True, why)


def test_a_role_of_an_agent_with_unknown_policies_is_none_of_ours_for_certain():
    found = Role("r", trust=service(BEDROCK, "arn:aws:bedrock:us-east-1:123456789012:agent/*"), policies=(NOT_KNOWN,))
    recognition = recognise(found)
    assert (recognition.kind, recognition.undecided) == ("", False)
    assert "agent/*, which is not invocation logging" in recognition.why


def test_a_service_that_is_not_agentcore_is_said():
    why = recognise(role(service("bedrock-agentcore.amazon.com"), RUNTIME_LOGS)).why
    assert why.startswith("bedrock-agentcore.amazon.com may assume it, and bedrock-agentcore.amazonaws.com may not,")
    assert why.endswith("The name of the service is bedrock-agentcore.amazonaws.com.")
    why = recognise(role(service(BEDROCK), RUNTIME_LOGS)).why
    assert "as a role of this kind does; bedrock.amazonaws.com may assume it, and bedrock-agentcore" in why


def test_a_principal_of_another_kind_that_is_not_known_hides_no_service():
    assert not recognise(role(trust({"AWS": unknown("Account")}))).undecided
    both = trust({"AWS": unknown("Account"), "Service": AGENTCORE})
    assert recognise(role(both)).kind == "agentcore-runtime"


def test_a_deny_lets_nobody_in():
    denied = PolicyDocument.parse(
        {"Statement": [{"Effect": "Deny", "Principal": {"Service": AGENTCORE}, "Action": "sts:AssumeRole"}]}
    )
    assert recognise(role(denied)).kind == ""


@pytest.mark.parametrize(
    ("kind", "grants", "variant", "why"),
    [
        ("agentcore-runtime", [("ecr:*", "*")], "container", "statement 1 reaches ECR images: variant container."),
        ("agentcore-runtime", [("s3:*", "*")], "direct-code", "No statement reaches ECR images: variant direct-code."),
        ("agentcore-gateway", [("s3:*", "*")], "plain", "No statement reaches a policy engine: variant plain."),
        ("agentcore-memory", [("s3:*", "*")], "", ""),
        ("deployer", [("s3:*", "*")], "", ""),
    ],
)
def test_of_a_kind_that_is_given_only_the_variant_is_found(kind, grants, variant, why):
    recognition = recognise(role(service("lambda.amazonaws.com"), *grants), kind)
    assert (recognition.kind, recognition.variant, recognition.why) == (kind, variant, why)


@pytest.mark.parametrize(
    "kind", [kind for kind in ROLE_KINDS.values() if kind.variants and not kind.trusts], ids=lambda kind: kind.id
)
def test_every_variant_of_the_blueprint_can_be_found(kind):
    everything = recognise(role(service(kind.service), ("*", "*")), kind.id).variant
    nothing = recognise(role(service(kind.service)), kind.id).variant
    assert {everything, nothing} == set(kind.variants)


@pytest.mark.parametrize(
    ("principal", "variant"),
    [("lambda", "lambda"), ("ecs-tasks", "ecs"), ("ec2", "ec2"), ("pods.eks", "eks"), ("bedrock", "elsewhere")],
)
def test_the_host_of_an_agent_elsewhere_is_the_service_that_assumes_its_role(principal, variant):
    assert recognise(role(service(f"{principal}.amazonaws.com")), "agent-elsewhere").variant == variant


def test_an_unknown_policy_makes_the_variant_a_guess_that_is_said():
    recognition = recognise(Role("r", trust=service(AGENTCORE, AT + "runtime/*"), policies=(NOT_KNOWN,)))
    assert recognition.variant == "direct-code"
    assert "No statement that is known reaches ECR images" in recognition.why
    assert "the dump does not contain X" in recognition.why


def test_the_quiet_runtime_is_a_container():
    (found,) = open_source(Path(__file__).with_name("quiet-runtime-role.json")).roles()
    recognition = recognise(found)
    assert (recognition.kind, recognition.variant) == ("agentcore-runtime", "container")
    assert recognition.why.endswith("ECRImageAccess reaches ECR images: variant container.")


def test_no_pattern_makes_it_slow():
    stars = "*".join("abcdefghij" * 4)
    found = role(service(AGENTCORE, *["*a" * 500] * 20), (f"logs:{stars}", "*a" * 2000), ("?*" * 400, "a" * 6000))
    begun = time.perf_counter()
    recognise(found)
    assert time.perf_counter() - begun < 1
