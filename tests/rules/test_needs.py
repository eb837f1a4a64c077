"""The rules about what a role needs: missing, partial, denied, blocked, conditional, unknown, disputed, obsolete."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bedrock_o11y.iam import unknown

from .conftest import TERMS, fine

PUT = "logs:PutLogEvents"
GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/bedrock-agentcore/runtimes/my_agent-*"
OLD = replace(TERMS, agent_created=date(2025, 9, 1))


def without(action):
    """The recommended policy without one action."""
    policy, _ = fine()
    statements = [{**each, "Action": [one for one in each["Action"] if one != action]} for each in policy["Statement"]]
    return {**policy, "Statement": [each for each in statements if each["Action"]]}


def deny(**condition):
    return {"Effect": "Deny", "Action": PUT, "Resource": "*", **({"Condition": condition} if condition else {})}


def boundary(*statements):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, *statements]}


@pytest.mark.parametrize(
    "action",
    ["logs:CreateLogGroup", "logs:DescribeLogGroups", "logs:PutResourcePolicy", "xray:GetSamplingTargets", PUT],
)
def test_an_action_that_nothing_allows_is_missing(found, action):
    assert found("missing-grant", policy=without(action)) == [
        action,
        "bedrock-agentcore:GetWorkloadAccessToken",
        "bedrock-agentcore:GetWorkloadAccessTokenForJWT",
    ] or action in found("missing-grant", policy=without(action))
    assert action not in found("missing-grant")


def test_an_action_that_a_deny_takes_away_is_denied_and_not_missing(judge, found):
    assert found("denied-grant", deny()) == [PUT]
    assert PUT not in found("missing-grant", deny())
    (finding,) = [each for each in judge({**deny(), "Sid": "NoLogs"}) if each.rule == "denied-grant"]
    assert finding.statement == "agent/NoLogs"


@pytest.mark.parametrize(
    ("condition", "rule"),
    [
        ({"StringEquals": {"aws:PrincipalAccount": "123456789012"}}, "denied-grant"),
        ({"StringEquals": {"aws:PrincipalAccount": "111122223333"}}, None),
        ({"Bool": {"aws:SecureTransport": "false"}}, None),
        ({"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}, "conditional-grant"),
        ({"Null": {"aws:username": "true"}}, "denied-grant"),
        ({"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/agent"}}, "denied-grant"),
    ],
)
def test_the_condition_of_a_deny_decides_by_what_is_known_of_a_session(found, condition, rule):
    for each in ("denied-grant", "conditional-grant"):
        assert found(each, deny(**condition)) == ([PUT] if each == rule else [])


def test_tags_of_the_role_are_facts(found):
    fence = deny(StringNotEquals={"aws:PrincipalTag/team": "agents"})
    assert found("denied-grant", fence, tags={"team": "agents"}) == []
    assert found("denied-grant", fence, tags={}) == [PUT]
    assert found("conditional-grant", fence, tags=None) == [PUT]


def test_a_fact_that_the_user_gives_settles_a_condition(found):
    fence = deny(StringNotEquals={"aws:SourceVpc": "vpc-1"})
    assert found("conditional-grant", fence) == [PUT]
    assert found("conditional-grant", fence, terms=replace(TERMS, facts={"aws:SourceVpc": "vpc-1"})) == []
    assert found("denied-grant", fence, terms=replace(TERMS, facts={"aws:SourceVpc": None})) == [PUT]


def test_a_misspelt_key_is_named(judge):
    fence = deny(StringEquals={"aws:PrincpalAccount": "123456789012"})
    (finding,) = [each for each in judge(fence) if each.rule == "conditional-grant"]
    assert "aws:PrincpalAccount is unknown to the data of" in finding.message


def test_a_boundary_blocks_what_it_does_not_allow_and_what_it_denies(found):
    assert found("blocked-by-boundary", boundary=boundary()) == []
    assert found("blocked-by-boundary", boundary=boundary(deny())) == [PUT]
    narrow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "NotAction": PUT, "Resource": "*"}]}
    assert found("blocked-by-boundary", boundary=narrow) == [PUT]


def test_a_part_of_the_streams_is_a_partial_grant(judge, found):
    policy = without(PUT)
    policy["Statement"].append({"Effect": "Allow", "Action": PUT, "Resource": f"{GROUP}:log-stream:otel-rt-logs"})
    assert found("partial-grant", policy=policy) == [PUT]
    (finding,) = [each for each in judge(policy=policy) if each.rule == "partial-grant"]
    assert "otel-rt-logs" not in finding.witness
    assert PUT in finding.witness


def test_a_deny_on_one_stream_makes_a_grant_partial_and_is_named(judge):
    fence = {**deny(), "Sid": "NoSpans", "Resource": "arn:aws:logs:*:*:log-group:*:log-stream:spans"}
    (finding,) = [each for each in judge(fence) if each.rule == "partial-grant"]
    assert finding.statement == "agent/NoSpans"


def test_one_model_and_one_repository_are_enough(found):
    policy = without("bedrock:InvokeModel")
    policy["Statement"].append(
        {
            "Effect": "Allow",
            "Action": "bedrock:InvokeModel",
            "Resource": "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0",
        }
    )
    assert found("missing-grant", policy=policy) == found("missing-grant")
    assert found("partial-grant", policy=policy) == []


def test_a_value_that_nobody_knows_is_neither_granted_nor_missing(judge, found):
    policy = without(PUT)
    policy["Statement"].append({"Effect": "Allow", "Action": PUT, "Resource": unknown("LogGroup.Arn")})
    assert found("unknown-grant", policy=policy) == [PUT]
    assert PUT not in found("missing-grant", policy=policy)
    (finding,) = [each for each in judge(policy=policy) if each.rule == "unknown-grant"]
    assert "LogGroup.Arn" in finding.message


def test_the_resource_policy_of_spans_is_disputed_in_either_form(found):
    assert found("disputed-grant") == ["logs:PutResourcePolicy"]
    policy = without("logs:PutResourcePolicy")
    assert found("disputed-grant", policy=policy) == []
    policy["Statement"].append({"Effect": "Allow", "Action": "logs:PutResourcePolicy", "Resource": "*"})
    assert found("disputed-grant", policy=policy) == ["logs:PutResourcePolicy"]


def test_what_a_service_linked_role_supplies_is_obsolete_and_for_an_old_agent_it_is_not(found):
    tokens = {
        "Effect": "Allow",
        "Action": ["bedrock-agentcore:GetWorkloadAccessToken", "bedrock-agentcore:GetWorkloadAccessTokenForJWT"],
        "Resource": "arn:aws:bedrock-agentcore:us-east-1:123456789012:workload-identity-directory/default*",
    }
    assert found("obsolete-grant") == []
    assert found("obsolete-grant", tokens) == tokens["Action"]
    assert found("obsolete-grant", tokens, terms=OLD) == []
    assert found("missing-grant", tokens, terms=OLD) == []
    assert found("missing-grant", terms=OLD) == tokens["Action"]
