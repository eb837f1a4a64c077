"""A role that is made exactly as the blueprint says is let in and has everything that it needs."""

from __future__ import annotations

from dataclasses import replace
from string import Template

import pytest

from bedrock_o11y.blueprint import policy_document
from bedrock_o11y.blueprint.roles import ROLE_KINDS
from bedrock_o11y.iam import Need, TrustVerdict, Verdict, assess_trust, cover, excess, includes

VALUES = {
    "Partition": "aws",
    "Region": "us-east-1",
    "Account": "123456789012",
    "LogGroupName": "/aws/bedrock/model-invocations",
    "BucketName": "payloads",
    "RecordName": "/record",
    "ModelId": "amazon.nova-micro-v1:0",
    "Qualifier": "hnb659fds",
    "Agent": "my_agent-*",
    "Repository": "my-agent",
    "Gateway": "my-gateway-*",
    "PolicyEngine": "my_engine-a1b2c3d4e5",
    "SchemaBucket": "schemas",
    "LogStream": "runtime-logs",
}
UNKNOWN = {name: "*" for name in VALUES} | {"Partition": "aws", "Region": "us-east-1", "Account": "123456789012"}


def filled(templates, values):
    return [Template(template).substitute(values) for template in templates]


def roles():
    for kind in ROLE_KINDS.values():
        for variant in kind.variants or ("",):
            for name, values in (("named", VALUES), ("unknown", UNKNOWN)):
                yield pytest.param(kind, variant, values, id=f"{kind.id}-{variant}-{name}")


def of_variant(kind, variant):
    return tuple(grant for grant in kind.grants if not grant.variants or variant in grant.variants)


def needs(grant, values):
    """Every action on every ARN on which AWS authorises it, with the keys that the conditions ask for."""
    context = {each.key: filled(each.values, values)[0] for each in grant.conditions}
    # A policy variable stands for the account of the caller.
    context = {key: value.replace("${aws:PrincipalAccount}", values["Account"]) for key, value in context.items()}
    for action in grant.actions:
        for resource in filled(grant.asked or grant.resources, values):
            yield Need(action, resource, context)


@pytest.mark.parametrize(("kind", "variant", "values"), list(roles()))
def test_a_recommended_role_has_everything_that_is_asked_for(kind, variant, values):
    grants = of_variant(kind, variant)
    document = policy_document(grants, values)
    for grant in grants:
        for need in needs(grant, values):
            coverage = cover(need, identity=[document])
            assert coverage.verdict is Verdict.GRANTED, (grant.sid, need, coverage)


@pytest.mark.parametrize(("kind", "variant", "values"), list(roles()))
def test_without_one_grant_exactly_its_permissions_are_not_there(kind, variant, values):
    grants = of_variant(kind, variant)
    for left_out in grants:
        others = tuple(grant for grant in grants if grant is not left_out)
        document = policy_document(others, values)
        verdicts = {cover(need, identity=[document]).verdict for need in needs(left_out, values)}
        overlapping = {action for grant in others for action in grant.actions} & set(left_out.actions)
        if not overlapping:
            assert verdicts == {Verdict.MISSING}, left_out.sid
        for grant in others:
            if not set(grant.actions) & set(left_out.actions):
                for need in needs(grant, values):
                    assert cover(need, identity=[document]).verdict is Verdict.GRANTED, (left_out.sid, grant.sid)


TRUSTED = {
    f"{kind.id}{variant and '-'}{variant}": kind.of_variant(variant)
    for kind in ROLE_KINDS.values()
    for variant in (kind.variants if kind.trusts else ("",))
    if kind.of_variant(variant).trust
}


@pytest.mark.parametrize("kind", TRUSTED.values(), ids=TRUSTED)
def test_the_recommended_trust_lets_the_service_in_for_this_account_alone(kind):
    for values in (VALUES, UNKNOWN):
        document = policy_document((kind.trust,), values)
        for source_arn in filled(kind.source_arns, values):
            assessment = assess_trust(document, kind.service, values["Account"], source_arn)
            assert assessment.verdict is TrustVerdict.OK, (kind.id, source_arn, assessment)
            assert assessment.pins_arn
            assert not assessment.loose_arn
            assert assessment.others == ()


@pytest.mark.parametrize("action", ["xray:PutTraceSegments", "logs:PutResourcePolicy"])
def test_where_sources_disagree_the_other_form_is_as_good(action):
    (grant,) = (grant for grant in ROLE_KINDS["agentcore-runtime"].grants if action in grant.actions)
    wide = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}
    need = next(iter(needs(grant, VALUES)))
    assert cover(need, identity=[wide]).verdict is Verdict.GRANTED


@pytest.mark.parametrize(
    ("action", "resource", "verdict"),
    [
        ("logs:DescribeLogGroups", "arn:aws:logs:us-east-1:123456789012:log-group:*", Verdict.GRANTED),
        ("logs:DescribeLogGroups", "*", Verdict.GRANTED),
        ("logs:DescribeLogGroups", "arn:aws:logs:us-east-1:123456789012:log-group:/aws/bedrock-agentcore/*",
         Verdict.MISSING),
        ("logs:CreateLogGroup", "arn:aws:logs:us-east-1:123456789012:log-group:/aws/bedrock-agentcore/runtimes/*",
         Verdict.GRANTED),
        ("logs:CreateLogGroup", "arn:aws:logs:*:*:*", Verdict.GRANTED),
        ("logs:CreateLogGroup",
         "arn:aws:logs:us-east-1:123456789012:log-group:/aws/bedrock-agentcore/runtimes/*:log-stream:*",
         Verdict.GRANTED),
        ("logs:CreateLogGroup",
         "arn:aws:logs:us-east-1:123456789012:log-group:/aws/bedrock-agentcore/runtimes/my_agent-DEFAULT",
         Verdict.MISSING),
        ("logs:PutLogEvents",
         "arn:aws:logs:us-east-1:123456789012:log-group:/aws/bedrock-agentcore/runtimes/my_agent-*", Verdict.GRANTED),
        ("logs:PutLogEvents", "arn:aws:logs:us-east-1:123456789012:log-group:/aws/bedrock/agentcore/*",
         Verdict.MISSING),
    ],
)  # fmt: skip
def test_log_grants_are_judged_on_the_arns_of_the_field_reports(action, resource, verdict):
    (grant,) = (grant for grant in ROLE_KINDS["agentcore-runtime"].grants if action in grant.actions)
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]}
    (need,) = (need for need in needs(grant, VALUES) if need.action == action)
    assert cover(need, identity=[document]).verdict is verdict


def test_the_managed_policy_of_aws_is_enough_for_a_memory_and_not_too_much():
    """AWS managed policy reference, AmazonBedrockAgentCoreMemoryBedrockModelInferenceExecutionRolePolicy, version 1."""
    managed = """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
     "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
     "Resource": ["arn:aws:bedrock:*::foundation-model/*", "arn:aws:bedrock:*:*:inference-profile/*"],
     "Condition": {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}}]}"""
    facts = {"aws:PrincipalAccount": VALUES["Account"]}
    for grant in ROLE_KINDS["agentcore-memory"].grants:
        if not grant.optional:
            for need in needs(grant, VALUES):
                assert cover(need, identity=[managed], facts=facts).verdict is Verdict.GRANTED
    assert excess([managed], policy_document(ROLE_KINDS["agentcore-memory"].grants, VALUES), facts=facts) == ()


@pytest.mark.parametrize(("kind", "variant", "values"), list(roles()))
def test_a_recommended_role_has_nothing_beyond_the_recommendation(kind, variant, values):
    grants = of_variant(kind, variant)
    document = policy_document(grants, values)
    assert excess([document], document) == ()
    needed = policy_document(tuple(grant for grant in grants if not grant.optional), values)
    assert excess([needed], document) == ()


@pytest.mark.parametrize(("kind", "variant", "values"), list(roles()))
def test_what_is_recommended_for_one_agent_is_within_what_is_recommended_for_any(kind, variant, values):
    grants = of_variant(kind, variant)
    inclusion = includes(policy_document(grants, UNKNOWN), policy_document(grants, values))
    assert inclusion.holds is True, inclusion


def test_what_another_form_accepts_is_not_beyond_once_it_is_counted():
    (grant,) = (each for each in ROLE_KINDS["agentcore-runtime"].grants if each.sid == "LetSpansIntoOwnLogGroup")
    wide = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": list(grant.actions), "Resource": "*"}}
    recommended = policy_document((grant,), VALUES)
    accepted = policy_document((replace(grant, resources=grant.accepted),), VALUES)
    assert [each.resource for each in excess([wide], recommended)] == ["*"]
    assert excess([wide], [recommended, accepted]) == ()
