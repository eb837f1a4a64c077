"""The rules about who may assume a role."""

from __future__ import annotations

import pytest

from bedrock_o11y.iam import unknown

ACCOUNT = "123456789012"
SERVICE = "bedrock-agentcore.amazonaws.com"
ARN = f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:*"
PINNED = {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": ARN}}


def trust(condition=None, *more, principal=None):
    statement = {"Effect": "Allow", "Principal": principal or {"Service": SERVICE}, "Action": "sts:AssumeRole"}
    if condition:
        statement["Condition"] = condition
    return {"Version": "2012-10-17", "Statement": [statement, *more]}


def also(principal, **condition):
    more = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {**more, "Condition": condition} if condition else more


OUR_WORKFLOWS = {"token.actions.githubusercontent.com:sub": "repo:ours/agent:*"}


def federated(provider, **condition):
    action = "sts:AssumeRoleWithSAML" if provider.startswith("saml") else "sts:AssumeRoleWithWebIdentity"
    return {**also({"Federated": f"arn:aws:iam::{ACCOUNT}:{provider}"}, **condition), "Action": action}


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (trust(PINNED), []),
        (trust({"ArnLike": {"aws:SourceArn": ARN}}), []),
        (trust({"ArnLike": {"aws:SourceArn": f"arn:aws:bedrock-agentcore:*:{ACCOUNT}:runtime/my_agent*"}}), []),
        (trust({"StringEquals": {"aws:SourceAccount": ACCOUNT}}), ["medium trust-source-arn"]),
        (trust(), ["high trust-source-account", "medium trust-source-arn"]),
        (
            trust({"ArnLike": {"aws:SourceArn": "arn:aws:bedrock-agentcore:us-east-1:*:*"}}),
            ["high trust-other-account"],
        ),
        (
            trust({"StringEquals": {"aws:SourceAccount": [ACCOUNT, "111122223333"]}}),
            ["high trust-other-account", "medium trust-source-arn"],
        ),
        (trust({"StringLike": {"aws:SourceArn": ARN}}), ["low trust-loose-arn"]),
        (
            trust({"StringLike": {"aws:SourceArn": f"*{ACCOUNT}*"}}),
            ["high trust-other-account", "low trust-loose-arn"],
        ),
        (trust({"StringEquals": {"aws:SourceArn": ARN}}), ["high trust-broken"]),
        (trust({"StringEquals": {"aws:SourceAccount": "111122223333"}}), ["high trust-broken"]),
        (trust(principal={"Service": "bedrock.amazonaws.com"}), ["high trust-broken", "low trust-other-principal"]),
        (
            trust({"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}, "ArnLikeIfExists": {"aws:SourceArn": ARN}}),
            ["medium trust-weak-if-absent"],
        ),
        (trust(PINNED, also({"AWS": "*"})), ["critical trust-other-account"]),
        (
            trust(PINNED, also({"AWS": "*"}, StringEquals={"aws:PrincipalOrgID": "o-1"})),
            ["high trust-other-account"],
        ),
        (trust(PINNED, also({"AWS": "arn:aws:iam::111122223333:root"})), ["high trust-other-account"]),
        (trust(PINNED, also({"AWS": f"arn:aws:iam::{ACCOUNT}:role/ci"})), ["low trust-other-principal"]),
        (trust(PINNED, also({"Service": "lambda.amazonaws.com"})), ["low trust-other-principal"]),
        (trust(PINNED, federated("oidc-provider/token.actions.githubusercontent.com")), ["high trust-other-account"]),
        (trust(PINNED, federated("saml-provider/people")), ["high trust-other-account"]),
        (
            trust(PINNED, federated("oidc-provider/token.actions.githubusercontent.com", StringLike=OUR_WORKFLOWS)),
            ["low trust-other-principal"],
        ),
        (
            trust(
                None,
                {
                    "Effect": "Deny",
                    "Principal": {"Service": SERVICE},
                    "Action": "sts:AssumeRole",
                    "Condition": {"StringNotEquals": {"aws:SourceAccount": ACCOUNT}},
                },
            ),
            ["medium trust-source-arn"],
        ),
    ],
)
def test_who_may_assume_the_role_is_found_exactly(judge, document, told):
    rules = [f"{each.severity.value} {each.rule}" for each in judge(trust=document) if each.rule.startswith("trust-")]
    assert rules == told


def test_a_finding_of_another_account_shows_the_source_that_gets_in(judge):
    document = trust({"StringLike": {"aws:SourceArn": f"*{ACCOUNT}*"}})
    (finding,) = [each for each in judge(trust=document) if each.rule == "trust-other-account"]
    assert ACCOUNT in finding.witness
    assert finding.witness.split("aws:SourceArn=")[1].split(":")[4] != ACCOUNT


def test_a_broken_trust_policy_says_what_is_wrong_with_it(judge):
    document = trust({"StringEquals": {"aws:SourceArn": ARN}})
    (finding,) = [each for each in judge(trust=document) if each.rule == "trust-broken"]
    assert "StringEquals" in finding.message
    assert "ArnLike" in finding.message


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:SourceOrgID": "o-1"}},
        {"StringEquals": {"sts:ExternalId": "x"}},
        {**PINNED, "StringLike": {"aws:PrincipalOrgID": "o-1"}},
    ],
)
def test_a_key_that_nobody_knows_is_no_broken_trust(judge, condition):
    (finding,) = [each for each in judge(trust=trust(condition)) if each.rule.startswith("trust-")]
    assert (finding.rule, finding.verdict) == ("trust-unknown", "UNKNOWN")
    assert "dump" not in finding.next
    assert "aws:SourceAccount" in finding.next


def test_a_text_that_the_source_does_not_know_is_to_be_looked_up(judge):
    document = trust({"StringEquals": {"aws:SourceAccount": unknown("Account")}})
    (finding,) = [each for each in judge(trust=document) if each.rule.startswith("trust-")]
    assert finding.rule == "trust-unknown"
    assert "dump that contains its trust policy" in finding.next


AT_BEDROCK = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:"


@pytest.mark.parametrize(
    ("arns", "told"),
    [
        ([f"{AT_BEDROCK}*"], []),
        ([f"arn:aws:bedrock:*:{ACCOUNT}:*"], []),
        ([f"{AT_BEDROCK}knowledge-base/*", f"{AT_BEDROCK}*"], []),
        ([f"{AT_BEDROCK}knowledge-base/*"], ["medium trust-broken"]),
        ([f"{AT_BEDROCK}agent/*", f"{AT_BEDROCK}flow/x"], ["medium trust-broken"]),
        (["arn:aws:bedrock:us-east-1:111122223333:*"], ["high trust-broken"]),
    ],
)
def test_invocation_logging_has_no_resource(judge, arns, told):
    condition = {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": arns}}
    found = judge(trust=trust(condition, principal={"Service": "bedrock.amazonaws.com"}), kind="invocation-logging")
    assert [f"{each.severity.value} {each.rule}" for each in found if each.rule.startswith("trust-")] == told
