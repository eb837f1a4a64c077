"""What a role may do beyond a recommendation, and in which respect."""

from __future__ import annotations

import time
from typing import Any

import pytest

from bedrock_o11y.iam import Beyond, Excess, Outcome, PolicyDocument, Request, decide, excess, unknown
from tests.iam.statements import BUCKET, GROUP, allow, deny, policy

TO_BEDROCK = {"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}}
RECOMMENDED = policy(
    allow(["logs:CreateLogStream", "logs:PutLogEvents"], GROUP + ":*"),
    allow("iam:PassRole", "arn:aws:iam::123456789012:role/*", TO_BEDROCK),
    allow("ecr:GetAuthorizationToken"),
    allow("s3:Get*", BUCKET + "*"),
    deny("s3:GetSecret"),
)


def beyond(*statements: Any, **more: Any) -> list[Excess]:
    document = PolicyDocument.parse(policy(*statements), name="p")
    found = excess([document], RECOMMENDED, **more)
    for one in found:
        if one.witness is None:
            continue
        request = Request("", one.witness.action, one.witness.resource, one.witness.context)
        limits = [more["boundary"]] if more.get("boundary") else []
        assert decide(request, identity=[document], limits=limits).value is Outcome.ALLOWED
        assert decide(request, identity=[RECOMMENDED]).value is not Outcome.ALLOWED
    return list(found)


@pytest.mark.parametrize(
    ("statement", "respect"),
    [
        (allow("logs:PutLogEvents", GROUP + ":*"), None),
        (allow("LOGS:putlogevents", GROUP + ":log-stream:s"), None),
        (allow("logs:PutLogEvents"), Beyond.RESOURCE),
        (allow("logs:PutLogEvents", GROUP + "*"), Beyond.RESOURCE),
        (allow("logs:PutLogEvents", "arn:aws:logs:*:123456789012:log-group:/x:*"), Beyond.RESOURCE),
        (allow("logs:DeleteLogGroup", GROUP + ":*"), Beyond.ACTION),
        (allow("logs:*", GROUP + ":*"), Beyond.ACTION),
        (allow("*"), Beyond.ACTION),
        (allow("ecr:GetAuthorizationToken"), None),
        (allow("ecr:GetAuthorizationToken", "arn:aws:ecr:*:*:*"), None),
        (allow("s3:GetObject*", BUCKET + "a"), None),
        (allow("s3:Get*", BUCKET + "a"), Beyond.CONTEXT),
        (allow("s3:GetSecret", BUCKET + "a"), Beyond.CONTEXT),
        (allow("iam:PassRole", "arn:aws:iam::123456789012:role/a"), Beyond.CONTEXT),
        (allow("iam:PassRole", "arn:aws:iam::123456789012:role/a", TO_BEDROCK), None),
        (allow("iam:PassRole", "*", TO_BEDROCK), Beyond.RESOURCE),
        (allow("iam:PassRole"), Beyond.RESOURCE),
        (allow(0, NotAction="iam:*"), Beyond.ACTION),
        (allow("s3:GetObject", 0, NotResource=BUCKET + "*"), Beyond.RESOURCE),
        (allow("s3:Get*Object", BUCKET + "a", {"Bool": {"aws:SecureTransport": True}}), None),
        (allow([]), None),
        (deny("*"), None),
    ],
)
def test_the_respect_in_which_a_statement_is_beyond(statement: Any, respect: Beyond | None) -> None:
    assert [one.beyond for one in beyond(statement)] == ([] if respect is None else [respect])


def test_only_the_pairs_that_are_beyond_are_reported_each_with_its_witness() -> None:
    found = beyond(
        allow(["logs:PutLogEvents", "logs:GetLogEvents"], [GROUP + ":*", GROUP + "-old:*"], Sid="Logs"),
        allow("s3:PutObject", BUCKET + "a"),
    )
    assert [(str(one.statement), one.action, one.resource, one.beyond) for one in found] == [
        ("p/Logs", "logs:PutLogEvents", GROUP + "-old:*", Beyond.RESOURCE),
        ("p/Logs", "logs:GetLogEvents", GROUP + ":*", Beyond.ACTION),
        ("p/Logs", "logs:GetLogEvents", GROUP + "-old:*", Beyond.ACTION),
        ("p/statement 2", "s3:PutObject", BUCKET + "a", Beyond.ACTION),
    ]
    assert found[0].recommended == (GROUP + ":*",)
    assert [str(one.witness) for one in found] == [
        f"logs:PutLogEvents on {GROUP}-old:x",
        f"logs:GetLogEvents on {GROUP}:x",
        f"logs:GetLogEvents on {GROUP}-old:x",
        f"s3:PutObject on {BUCKET}a",
    ]


def test_negated_elements_are_one_pair_in_words() -> None:
    (found,) = beyond(allow(0, 0, NotAction=["iam:*", "s3:*"], NotResource=BUCKET + "*"))
    assert (found.action, found.resource) == ("everything but iam:*, s3:*", f"everything but {BUCKET}*")


def test_the_witness_of_a_star_reads_like_a_request() -> None:
    (found,) = beyond(allow("logs:*"))
    assert str(found.witness) == "logs:x on arn:aws:logs:us-east-1:123456789012:x"
    (region,) = beyond(allow("logs:PutLogEvents", "arn:aws:logs:*:123456789012:log-group:/x:*"))
    assert region.witness is not None
    assert region.witness.resource == "arn:aws:logs:x:123456789012:log-group:/x:x"


def test_for_a_context_the_conditions_that_are_asked_for_are_named() -> None:
    (found,) = beyond(allow("iam:PassRole", "arn:aws:iam::123456789012:role/a"))
    assert found.recommended == ("StringEquals iam:PassedToService bedrock.amazonaws.com",)


def test_what_a_deny_takes_away_is_not_beyond() -> None:
    assert beyond(allow("logs:*", GROUP + ":*"), deny(0, NotAction=["logs:CreateLogStream", "logs:PutLogEvents"])) == []
    assert beyond(allow("logs:PutLogEvents"), deny("*", 0, NotResource=GROUP + ":*")) == []
    assert (
        beyond(
            allow("iam:PassRole", "arn:aws:iam::123456789012:role/*"),
            deny("*", "*", {"StringNotEquals": TO_BEDROCK["StringEquals"]}),
        )
        == []
    )
    (found,) = beyond(allow("logs:Delete*", GROUP + ":*"), deny("logs:DeleteLogGroup"))
    assert found.witness is not None
    assert found.witness.action != "logs:deleteloggroup"


def test_a_deny_that_may_not_bite_leaves_what_is_beyond() -> None:
    (found,) = beyond(allow("logs:DeleteLogGroup", GROUP), deny("*", "*", {"Bool": {"aws:x": "true"}}))
    assert found.beyond is Beyond.ACTION


def test_what_the_boundary_does_not_allow_is_not_beyond() -> None:
    assert beyond(allow("*"), boundary=policy(allow("logs:PutLogEvents", GROUP + ":*"))) == []
    (found,) = beyond(allow("*"), boundary=policy(allow("logs:PutLogEvents", GROUP + "*")))
    assert found.beyond is Beyond.RESOURCE


@pytest.mark.parametrize(
    ("facts", "respects"),
    [
        ({}, [Beyond.ACTION]),
        ({"aws:x": "1"}, [Beyond.ACTION]),
        ({"AWS:X": "2"}, []),
        ({"aws:x": None}, []),
    ],
)
def test_a_statement_whose_condition_is_false_for_the_facts_allows_nothing(facts: Any, respects: list[Beyond]) -> None:
    statement = allow("s3:PutObject", BUCKET + "a", {"StringEquals": {"aws:x": "1"}})
    assert [one.beyond for one in beyond(statement, facts=facts)] == respects


@pytest.mark.parametrize(
    ("statement", "respects"),
    [
        (allow("logs:PutLogEvents", unknown("Group.Arn")), [Beyond.UNKNOWN]),
        (allow("logs:PutLogEvents", GROUP + ":log-stream:" + unknown("Stream")), []),
        (allow("logs:PutLogEvents", GROUP + unknown("Rest")), [Beyond.UNKNOWN]),
        (allow("logs:DeleteLogGroup", unknown("Group.Arn")), [Beyond.ACTION]),
        (allow("logs:*", unknown("Group.Arn")), [Beyond.ACTION]),
        (allow(unknown("Action"), BUCKET + "a"), [Beyond.UNKNOWN]),
        (unknown("Statement"), [Beyond.UNKNOWN]),
        ({**allow("s3:Put*"), "Effect": unknown("Effect")}, [Beyond.UNKNOWN]),
        (allow("logs:PutLogEvents", "arn:aws:logs:*:log-group:/x:*"), [Beyond.RESOURCE]),
    ],
)
def test_what_rests_on_an_unknown_text_is_beyond_only_if_it_is_so_whatever_that_is(
    statement: Any, respects: list[Beyond]
) -> None:
    assert [one.beyond for one in beyond(statement)] == respects


def test_a_policy_that_is_not_known_is_not_overlooked() -> None:
    hidden = PolicyDocument.not_known("the dump does not contain X", name="X")
    (found,) = excess([hidden], RECOMMENDED)
    assert (found.beyond, found.witness, str(found.statement)) == (Beyond.UNKNOWN, None, "X/the whole policy")


def test_a_variable_in_a_resource_is_any_text() -> None:
    assert beyond(allow("s3:GetObject", BUCKET + "${aws:username}/*")) == []
    (found,) = beyond(allow("s3:GetObject", "arn:aws:s3:::${aws:username}/*"))
    assert found.beyond is Beyond.RESOURCE
    assert found.witness is not None
    assert dict(found.witness.context) == {"aws:username": "x"}


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}},
        {"StringNotEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}},
        {
            "StringEquals": {"aws:ResourceTag/owner": "${aws:PrincipalTag/owner}"},
            "Bool": {"aws:SecureTransport": "true"},
        },
        {"StringLike": {"aws:ResourceTag/owner": "${aws:PrincipalTag/owner}-*"}},
    ],
)
def test_a_condition_with_a_variable_is_met_by_a_request_that_is_shown(condition: Any) -> None:
    (found,) = beyond(allow("s3:PutObject", BUCKET + "a", condition))
    assert found.beyond is Beyond.ACTION
    assert found.witness is not None


def test_a_recommendation_may_be_several_documents() -> None:
    parts = [policy(allow("s3:Get*", BUCKET)), policy(allow("s3:Get*", BUCKET + "?*"))]
    assert excess([policy(allow("s3:Get*", BUCKET + "*"))], parts) == ()


def test_a_role_that_is_much_too_wide_is_answered_quickly() -> None:
    wide = policy(*[allow(f"svc{i}:*", f"arn:aws:svc{i}:*:*:*") for i in range(100)], allow("*"), deny("iam:*"))
    started = time.perf_counter()
    assert len(excess([wide], RECOMMENDED)) == 101
    assert time.perf_counter() - started < 3


def test_a_fact_that_settles_one_condition_does_not_hide_the_other():
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    fence = {
        "StringNotLikeIfExists": {"aws:PrincipalTag/k": ["a"]},
        "NumericNotEqualsIfExists": {"s3:max-keys": "5"},
    }
    recommended = {"Version": "2012-10-17", "Statement": [{**everything, "Condition": fence}]}
    for keys in ("15", "5"):
        found = excess([{"Version": "2012-10-17", "Statement": [everything]}], recommended, facts={"s3:max-keys": keys})
        assert [one.beyond for one in found] == [Beyond.CONTEXT]
        assert keys == "5" or found[0].witness.context["aws:PrincipalTag/k"] == "a"
