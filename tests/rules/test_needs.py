"""The rules about what a role needs: missing, partial, denied, blocked, conditional, unknown, disputed, obsolete."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bedrock_o11y.blueprint import Severity
from bedrock_o11y.iam import PolicyDocument, unknown

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


def test_a_misspelt_key_without_which_nothing_is_allowed_is_as_bad_as_a_missing_permission(judge):
    policy = without(PUT)
    once = {"Effect": "Allow", "Action": PUT, "Resource": f"{GROUP}:*"}
    policy["Statement"].append({**once, "Condition": {"StringEquals": {"aws:PrincipleTag/team": "a"}}})
    (finding,) = [each for each in judge(policy=policy) if each.rule == "conditional-grant"]
    assert (finding.severity.value, finding.actions) == ("high", (PUT,))
    assert finding.message.endswith("a misspelt key is never present: then the permission is refused.")
    fence = deny(StringEquals={"aws:PrincipleTag/team": "a"})
    (finding,) = [each for each in judge(fence) if each.rule == "conditional-grant"]
    assert finding.severity.value == "medium"
    assert finding.message.endswith("then the permission is granted all the same.")


NOW = replace(TERMS, moment=datetime(2026, 11, 21, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    ("condition", "rule"),
    [
        ({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, None),
        ({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, "denied-grant"),
        ({"DateGreaterThan": {"aws:CurrentTime": "2026-11-22"}}, None),
        ({"NumericGreaterThan": {"aws:EpochTime": "1600000000"}}, "denied-grant"),
        ({"DateLessThan": {"aws:EpochTime": "2020-01-01T00:00:00Z"}}, None),
        ({"Null": {"aws:TokenIssueTime": "false"}}, "denied-grant"),
        ({"DateLessThan": {"aws:TokenIssueTime": "2026-01-01T00:00:00Z"}}, None),
    ],
)
def test_the_time_is_known(found, condition, rule):
    for each in ("denied-grant", "conditional-grant"):
        assert found(each, deny(**condition), terms=NOW) == ([PUT] if each == rule else [])
    assert found("conditional-grant", deny(**condition)) == [PUT]


def test_an_allow_that_has_lapsed_allows_nothing(found):
    policy = without(PUT)
    policy["Statement"].append(
        {
            "Effect": "Allow",
            "Action": PUT,
            "Resource": f"{GROUP}:*",
            "Condition": {"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
        }
    )
    assert PUT in found("missing-grant", policy=policy, terms=NOW)


def test_of_a_fence_by_region_the_option_is_told(judge):
    fence = deny(StringNotEquals={"aws:RequestedRegion": "us-east-1"})
    (finding,) = [each for each in judge(fence) if each.rule == "conditional-grant"]
    assert "--region" in finding.next
    assert not [each for each in judge(fence, terms=replace(TERMS, region="us-east-1")) if each.rule == finding.rule]


def scps(*documents):
    parsed = [
        PolicyDocument.parse({"Version": "2012-10-17", "Statement": each}, name=f"SCP {number}")
        for number, each in enumerate(documents, start=1)
    ]
    return replace(TERMS, limits=tuple(parsed))


EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
NO_XRAY_DELETE = {"Effect": "Deny", "Action": "xray:Delete*", "Resource": "*"}


@pytest.mark.parametrize(
    ("documents", "blocked"),
    [
        ([EVERYTHING, NO_XRAY_DELETE], []),
        ([NO_XRAY_DELETE], []),
        ([NO_XRAY_DELETE, deny()], [PUT]),
        ([EVERYTHING, deny()], [PUT]),
        ([{"Effect": "Allow", "NotAction": "logs:*", "Resource": "*"}, {**EVERYTHING, "Action": "logs:*"}], []),
        ([{**EVERYTHING, "NotAction": PUT}], [PUT]),
        ([{**EVERYTHING, "NotAction": PUT}, NO_XRAY_DELETE], [PUT]),
    ],
    ids=["full access in a file of its own", "denies alone", "two that deny", "a deny that bites", "two that allow",
         "one that allows too little", "that, and one that denies"],
)  # fmt: skip
def test_scps_are_one_level_of_an_organization(found, documents, blocked):
    documents = [{key: each[key] for key in each if key != "Action" or "NotAction" not in each} for each in documents]
    assert found("blocked-by-boundary", terms=scps(*documents)) == blocked


def test_the_scp_that_denies_is_named(judge):
    (finding,) = [each for each in judge(terms=scps(EVERYTHING, deny())) if each.rule == "blocked-by-boundary"]
    assert finding.statement == "the SCPs/SCP 2/statement 1"
    (finding,) = [each for each in judge(terms=scps(deny())) if each.rule == "blocked-by-boundary"]
    assert finding.statement == "SCP 1/statement 1"


def test_a_tag_that_the_role_lacks_is_absent_for_an_scp_too(found):
    fence = deny(StringNotEquals={"aws:PrincipalTag/team": "agents"})
    assert found("blocked-by-boundary", terms=scps(fence), tags={}) == [PUT]
    assert found("conditional-grant", terms=scps(fence), tags={}) == []
    assert found("conditional-grant", terms=scps(fence), tags=None) == [PUT]


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


MODELS = "arn:aws:bedrock:us-east-1"
INVOKE = "bedrock:InvokeModel"


@pytest.mark.parametrize(
    ("resources", "rule"),
    [
        ([f"{MODELS}::foundation-model/a"], None),
        ([f"{MODELS}::foundation-model/a", f"{MODELS}:123456789012:inference-profile/us.a"], None),
        ([f"{MODELS}:123456789012:provisioned-model/a"], None),
        ([f"{MODELS}:123456789012:imported-model/*"], None),
        ([f"{MODELS}:123456789012:inference-profile/us.a*"], "missing-grant"),
        ([f"{MODELS}:123456789012:application-inference-profile/*"], "missing-grant"),
        ([f"{MODELS}:111122223333:provisioned-model/a"], "missing-grant"),
    ],
)
def test_an_inference_profile_is_no_model(found, resources, rule):
    policy = without(INVOKE)
    policy["Statement"].append({"Effect": "Allow", "Action": INVOKE, "Resource": resources})
    for each in ("missing-grant", "partial-grant", "conditional-grant"):
        assert (INVOKE in found(each, policy=policy)) is (each == rule)


@pytest.mark.parametrize("kind", ["agentcore-memory", "evaluation"])
def test_an_inference_profile_is_no_model_for_other_kinds(found, kind):
    policy, _ = fine(kind)
    for statement in policy["Statement"]:
        if INVOKE in statement["Action"]:
            statement["Resource"] = [f"{MODELS}:123456789012:inference-profile/*"]
    assert INVOKE in found("missing-grant", policy=policy, kind=kind)


def test_a_part_that_hangs_on_a_condition_is_conditional(found):
    from_somewhere = {"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}
    one = {"Effect": "Allow", "Action": INVOKE, "Resource": f"{MODELS}::foundation-model/a"}
    policy = without(INVOKE)
    policy["Statement"].append({**one, **from_somewhere})
    assert found("conditional-grant", policy=policy) == [INVOKE]
    policy["Statement"].append({**one, "Resource": f"{MODELS}::foundation-model/b"})
    assert found("conditional-grant", policy=policy) == []


RUNTIMES = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/bedrock-agentcore/runtimes/"


def written(change):
    """The recommended policy, with the agent's log groups written otherwise: a text or a list by Sid."""
    policy, _ = fine()
    for statement in policy["Statement"]:
        if any(resource.startswith(f"{RUNTIMES}my_agent-*") for resource in statement["Resource"]):
            names = change(statement["Sid"])
            statement["Resource"] = [
                resource.replace("my_agent-*", name) for name in names for resource in statement["Resource"]
            ]
    return policy


@pytest.mark.parametrize(
    "change",
    [
        lambda _: ["my?agent-??????????-*"],
        lambda sid: ["a-*", "my_agent-*"] if sid == "CreateOwnLogGroup" else ["my_agent-*"],
        lambda sid: ["my_agent-*", "a-*"] if sid == "WriteOwnLogs" else ["a-*"],
        lambda sid: ["my_agent-*"] if sid == "CreateOwnLogGroup" else ["my_agent-abc-DEFAULT"],
        lambda sid: ["my_agent-*"] if sid == "CreateOwnLogGroup" else ["*"],
    ],
    ids=["question marks", "two names first", "two names later", "one group of the agent", "any agent later"],
)
def test_the_name_counts_under_which_the_role_has_most(found, change):
    policy = written(change)
    usual = found("missing-grant")
    for rule in ("missing-grant", "partial-grant"):
        assert found(rule, policy=policy) == (usual if rule == "missing-grant" else [])


def test_what_the_role_has_for_another_agent_alone_is_said_to_be_elsewhere(judge):
    policy = written(lambda sid: ["b-*"] if sid == "LetSpansIntoOwnLogGroup" else ["a-*"])
    (finding,) = [each for each in judge(policy=policy) if each.action == "logs:PutResourcePolicy"]
    assert (finding.rule, finding.severity.value) == ("missing-grant", "high")
    assert finding.message.startswith(f"logs:PutResourcePolicy is missing on {RUNTIMES}a-*: the role has it elsewhere,")
    assert f"{RUNTIMES}b-" in finding.message


def test_the_star_of_a_name_that_the_user_gives_stays_in_the_name(found):
    policy = without(PUT)
    policy["Statement"].append({"Effect": "Allow", "Action": PUT, "Resource": f"{GROUP}:*:log-stream:*"})
    for facts in ({}, {"Agent": "my_agent-*"}):
        assert PUT in found("missing-grant", policy=policy, terms=replace(TERMS, facts=facts))
        assert found("partial-grant", policy=policy, terms=replace(TERMS, facts=facts)) == []


@pytest.mark.parametrize(
    ("resource", "missing"),
    [
        ("*", []),
        ("arn:aws:logs:us-east-1:123456789012:log-group:*", []),
        (f"{RUNTIMES}my_agent-*", ["logs:GetQueryResults"]),
        ("arn:aws:s3:::bucket", ["logs:StartQuery", "logs:GetQueryResults"]),
    ],
)
def test_an_evaluation_queries_the_log_groups_of_some_agents(found, resource, missing):
    policy, _ = fine("evaluation")
    for statement in policy["Statement"]:
        if statement["Sid"] in ("ReadTraces", "ReadQueryResults"):
            statement["Resource"] = [resource]
    assert found("missing-grant", policy=policy, kind="evaluation") == missing


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


@pytest.mark.parametrize(
    ("agent", "fence"),
    [
        ("my_agent-*", {"Resource": "*:log-group:/aws/bedrock-agentcore/runtimes/*-DEFAULT:*"}),
        ("my_agent-*", {"Resource": f"{RUNTIMES}my_agent-prod-*"}),
        ("*", {"NotResource": f"{RUNTIMES}zzz*"}),
        ("*", {"Resource": f"{RUNTIMES}my_agent-*"}),
    ],
)
@pytest.mark.parametrize("where", ["policy", "boundary", "scp"])
def test_a_deny_is_not_dodged_by_an_agent_that_nobody_named(judge, agent, fence, where):
    deny_it = {"Effect": "Deny", "Action": PUT, **fence}
    deny_it = {key: f"arn:aws:logs:*{text}" if text.startswith("*:") else text for key, text in deny_it.items()}
    policy = written(lambda _: [agent])
    if where == "policy":
        policy["Statement"].append(deny_it)
    bounds = boundary(deny_it) if where == "boundary" else None
    terms = scps(EVERYTHING, deny_it) if where == "scp" else TERMS
    found = judge(policy=policy, boundary=bounds, terms=terms)
    assert [each.rule for each in found if PUT in each.actions and each.verdict == "PARTIAL"] == ["partial-grant"]


def test_a_boundary_may_tell_the_region(found):
    policy, _ = fine()
    everywhere = json.loads(json.dumps(policy).replace("us-east-1", "*"))
    regional = boundary({"Effect": "Deny", "NotResource": ["arn:aws:*:us-east-1:*"], "Action": "logs:*"})
    for rule in ("partial-grant", "denied-grant", "blocked-by-boundary"):
        assert found(rule, policy=everywhere, boundary=regional) == []


def test_a_deny_of_every_foundation_model_is_seen_though_a_part_is_left(judge):
    fence = {"Sid": "NoModels", "Effect": "Deny", "Action": "bedrock:Invoke*", "Resource": "arn:aws:bedrock:*::*"}
    found = [each for each in judge(fence) if each.rule == "partial-grant"]
    assert [each.action for each in found] == [INVOKE, f"{INVOKE}WithResponseStream"]
    assert "agent/NoModels takes it away" in found[0].message


def test_an_agent_that_was_named_and_has_nothing_is_told_what_the_role_has(judge):
    terms = replace(TERMS, facts={"Agent": "your_agent-*"})
    (finding,) = [each for each in judge(terms=terms) if each.rule == "missing-grant" and PUT in each.actions]
    assert f"is missing on {RUNTIMES}your_agent-*" in finding.message
    assert f"the role has it elsewhere, on {RUNTIMES}my_agent-" in finding.message


@pytest.mark.parametrize("key", ["aws:SourceAccount", "aws:SourceArn"])
def test_a_condition_of_trust_policies_is_never_met_by_a_session(found, key):
    policy = without(PUT)
    once = {"Effect": "Allow", "Action": PUT, "Resource": f"{GROUP}:*"}
    policy["Statement"].append({**once, "Condition": {"StringLike": {key: "*123456789012*"}}})
    assert PUT in found("missing-grant", policy=policy)


def test_a_statement_of_a_boundary_that_denies_is_to_be_narrowed(judge):
    (finding,) = [
        each for each in judge(boundary=boundary({**deny(), "Sid": "No"})) if each.rule == "blocked-by-boundary"
    ]
    assert finding.message.endswith("but boundary/No denies it.")
    assert "Narrow the Deny of boundary/No" in finding.next


def test_the_bare_name_of_an_agent_means_its_resources(found):
    for agent in ("my_agent", "my_agent-*"):
        assert found("missing-grant", terms=replace(TERMS, facts={"Agent": agent})) == found("missing-grant")
        assert found("partial-grant", terms=replace(TERMS, facts={"Agent": agent})) == []
    assert PUT in found("missing-grant", terms=replace(TERMS, facts={"Agent": "my"}))


def test_the_name_of_the_agent_may_be_a_text_that_nobody_knows(found):
    policy = written(lambda _: [f"{unknown('Name')}-*"])
    for rule in ("missing-grant", "unknown-grant", "partial-grant"):
        assert found(rule, policy=policy) == (found(rule) if rule == "missing-grant" else [])


def test_the_log_group_may_be_one_of_which_the_template_gives_no_name(judge):
    policy, _ = fine("invocation-logging")
    group = f"arn:aws:logs:us-east-1:123456789012:log-group:{unknown('Group')}:*"
    policy["Statement"][0]["Resource"] = [group]
    assert {each.rule for each in judge(policy=policy, kind="invocation-logging")} <= {"wider-resource"}
    policy["Statement"][0]["Resource"] = [f"{group}:log-stream:aws/bedrock/modelinvocations"]
    rules = {each.rule for each in judge(policy=policy, kind="invocation-logging")}
    assert rules == {"unknown-grant", "never-matches"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"Resource": "arn:aws:xray:eu-west-1:111122223333:x"}, "only on arn:aws:xray:eu-west-1:111122223333:x."),
        (
            {"Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}},
            "only if Bool aws:MultiFactorAuthPresent",
        ),
    ],
)
def test_of_a_permission_that_is_missing_the_statement_that_names_it_says_what_it_lacks(judge, change, said):
    action = "xray:PutTraceSegments"
    policy = {**without(action)}
    policy["Statement"] = [
        *policy["Statement"],
        {"Sid": "Near", "Effect": "Allow", "Action": "xray:PutTrace*", **change},
    ]
    (finding,) = [each for each in judge(policy=policy) if each.action == action and each.rule == "missing-grant"]
    assert f"statement agent/Near allows it {said}" in finding.message


def test_the_role_of_a_memory_without_any_permission_may_be_one_without_strategies(judge):
    nothing = {"Version": "2012-10-17", "Statement": []}
    missing = [each for each in judge(policy=nothing, kind="agentcore-memory") if each.rule == "missing-grant"]
    assert {each.severity for each in missing} == {Severity.LOW}
    other = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
    missing = [each for each in judge(policy=other, kind="agentcore-memory") if each.rule == "missing-grant"]
    assert Severity.HIGH in {each.severity for each in missing}


def test_a_disputed_grant_that_is_there_is_not_told_what_its_lack_would_do(judge):
    told = [each for each in judge() if each.rule == "disputed-grant"]
    assert told
    assert {each.why for each in told} == {
        "It counts as granted in either form; if the call is refused all the same, try the other form."
    }
    assert all(each.message.count(" and ") == 1 or "," in each.message for each in told)
