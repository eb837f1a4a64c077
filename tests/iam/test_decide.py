"""IAM User Guide, "Policy evaluation logic" and the element pages: one request at a time."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bedrock_o11y.iam import Outcome, PolicyDocument, PolicyError, Request, decide, unknown
from tests.iam.statements import BUCKET, GROUP, allow, deny, policy

ALLOWED, EXPLICIT, IMPLICIT = Outcome.ALLOWED, Outcome.EXPLICIT_DENY, Outcome.IMPLICIT_DENY
ROLE = "arn:aws:iam::123456789012:role/r"


def outcome(action: str, resource: str, identity: list[Any], context: Any = None, **more: Any) -> Outcome:
    return decide(Request(ROLE, action, resource, context or {}), identity=identity, **more).value


@pytest.mark.parametrize(
    ("statements", "action", "resource", "expected"),
    [
        ([allow("s3:GetObject", BUCKET + "*")], "s3:GetObject", BUCKET + "a", ALLOWED),
        ([allow("s3:GetObject", BUCKET + "*")], "S3:getobject", BUCKET + "a", ALLOWED),
        ([allow("S3:GETOBJECT", BUCKET + "*")], "s3:GetObject", BUCKET + "a", ALLOWED),
        ([allow("s3:GetObject", BUCKET + "A")], "s3:GetObject", BUCKET + "a", IMPLICIT),
        ([allow("s3:Get?bject")], "s3:GetObject", BUCKET + "a", ALLOWED),
        ([allow("s3:Get?")], "s3:Get", BUCKET + "a", IMPLICIT),
        ([allow(["s3:PutObject", "s3:*Object"])], "s3:GetObject", BUCKET + "a", ALLOWED),
        ([allow([])], "s3:GetObject", BUCKET + "a", IMPLICIT),
        ([allow("s3:*", [])], "s3:GetObject", BUCKET + "a", IMPLICIT),
        ([allow("s3:*", ["*", BUCKET])], "s3:GetObject", BUCKET + "a", ALLOWED),
        ([allow(0, NotAction="iam:*")], "s3:GetObject", BUCKET + "a", ALLOWED),
        ([allow(0, NotAction="S3:get*")], "s3:GetObject", BUCKET + "a", IMPLICIT),
        ([allow(0, NotAction=[])], "s3:GetObject", BUCKET + "a", ALLOWED),
        ([allow("s3:*", 0, NotResource=BUCKET + "b")], "s3:GetObject", BUCKET + "a", ALLOWED),
        ([allow("s3:*", 0, NotResource=BUCKET + "?")], "s3:GetObject", BUCKET + "a", IMPLICIT),
        ([allow("*"), deny("s3:*")], "s3:GetObject", BUCKET + "a", EXPLICIT),
        ([deny("s3:*"), allow("*")], "s3:GetObject", BUCKET + "a", EXPLICIT),
        ([allow("*"), deny("s3:*", BUCKET + "b")], "s3:GetObject", BUCKET + "a", ALLOWED),
        ([allow("*"), deny(0, NotAction="s3:*")], "s3:GetObject", BUCKET + "a", ALLOWED),
        ([allow("*"), deny(0, NotAction="s3:*")], "ec2:RunInstances", "*", EXPLICIT),
        ([allow("*"), deny("*", 0, NotResource=BUCKET + "*")], "s3:GetObject", BUCKET + "a", ALLOWED),
        ([allow("*"), deny("*", 0, NotResource=BUCKET + "*")], "s3:GetObject", "arn:aws:s3:::c/a", EXPLICIT),
        ([], "s3:GetObject", BUCKET + "a", IMPLICIT),
        ([deny("s3:*")], "ec2:RunInstances", "*", IMPLICIT),
    ],
)
def test_elements_of_statements(statements: list[Any], action: str, resource: str, expected: Outcome) -> None:
    assert outcome(action, resource, [policy(*statements)]) is expected
    assert outcome(action, resource, [policy(one) for one in statements]) is expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("*", ALLOWED), ("**", ALLOWED), ("?*", IMPLICIT), ("arn:*", IMPLICIT), ("arn:aws:logs:*:*:*", IMPLICIT)],
)
def test_an_action_without_resource_types_needs_a_star(pattern: str, expected: Outcome) -> None:
    assert outcome("xray:PutTraceSegments", "*", [policy(allow("xray:*", pattern))]) is expected


def test_a_deny_of_named_resources_does_not_meet_an_action_without_resource_types() -> None:
    statements = [allow("*"), deny("*", GROUP)]
    assert outcome("xray:PutTraceSegments", "*", [policy(*statements)]) is ALLOWED
    assert outcome("xray:PutTraceSegments", "*", [policy(allow("*"), deny("*"))]) is EXPLICIT
    assert outcome("xray:PutTraceSegments", "*", [policy(allow("*", 0, NotResource=GROUP))]) is ALLOWED


def test_a_star_in_the_first_five_fields_allows_field_by_field_and_denies_across_colons() -> None:
    loose = "arn:aws:logs:*:log-group:/x"
    assert outcome("logs:PutLogEvents", GROUP, [policy(allow("logs:*", loose))]) is IMPLICIT
    assert outcome("logs:PutLogEvents", GROUP, [policy(allow("*"), deny("logs:*", loose))]) is EXPLICIT
    assert outcome("logs:PutLogEvents", GROUP, [policy(allow("*", 0, NotResource=loose))]) is IMPLICIT
    assert outcome("logs:PutLogEvents", GROUP, [policy(allow("*"), deny("*", 0, NotResource=loose))]) is EXPLICIT


TAGGED = BUCKET + "${aws:PrincipalTag/team}/*"


@pytest.mark.parametrize(
    ("version", "pattern", "context", "resource", "expected"),
    [
        ("2012-10-17", TAGGED, {"aws:PrincipalTag/team": "red"}, BUCKET + "red/a", ALLOWED),
        ("2012-10-17", TAGGED, {"AWS:principaltag/TEAM": "red"}, BUCKET + "red/a", ALLOWED),
        ("2012-10-17", TAGGED, {"aws:PrincipalTag/team": "red"}, BUCKET + "blue/a", IMPLICIT),
        ("2012-10-17", TAGGED, {"aws:PrincipalTag/team": "*"}, BUCKET + "blue/a", IMPLICIT),
        ("2012-10-17", TAGGED, {"aws:PrincipalTag/team": "*"}, BUCKET + "*/a", ALLOWED),
        ("2012-10-17", TAGGED, {}, BUCKET + "/a", IMPLICIT),
        ("2012-10-17", TAGGED, {}, BUCKET + "${aws:PrincipalTag/team}/a", IMPLICIT),
        ("2008-10-17", TAGGED, {"aws:PrincipalTag/team": "red"}, BUCKET + "red/a", IMPLICIT),
        (None, TAGGED, {"aws:PrincipalTag/team": "red"}, BUCKET + "${aws:PrincipalTag/team}/a", ALLOWED),
        ("2012-10-17", BUCKET + "${aws:x, 'none'}", {}, BUCKET + "none", ALLOWED),
        ("2012-10-17", BUCKET + "${aws:x, 'none'}", {"aws:x": "a"}, BUCKET + "none", IMPLICIT),
        ("2012-10-17", BUCKET + "a${*}", {}, BUCKET + "a*", ALLOWED),
        ("2012-10-17", BUCKET + "a${*}", {}, BUCKET + "ab", IMPLICIT),
        ("2012-10-17", "arn:aws:s3:${aws:x}::b/a", {"aws:x": ""}, BUCKET + "a", IMPLICIT),
    ],
)
def test_policy_variables(version: str | None, pattern: str, context: Any, resource: str, expected: Outcome) -> None:
    document = policy(allow("s3:*", pattern), version=version)
    assert outcome("s3:GetObject", resource, [document], context) is expected


def test_a_deny_on_a_variable_without_value_matches_nothing() -> None:
    document = policy(allow("*"), deny("s3:*", TAGGED))
    assert outcome("s3:GetObject", BUCKET + "red/a", [document]) is ALLOWED
    assert outcome("s3:GetObject", BUCKET + "red/a", [document], {"aws:PrincipalTag/team": "red"}) is EXPLICIT


@pytest.mark.parametrize(
    ("condition", "context", "allowed", "denied"),
    [
        ({"StringEquals": {"aws:PrincipalTag/x": "1"}}, {}, IMPLICIT, ALLOWED),
        ({"StringNotEquals": {"aws:PrincipalTag/x": "1"}}, {}, ALLOWED, EXPLICIT),
        ({"StringNotEquals": {"aws:PrincipalTag/x": "1"}}, {"aws:principaltag/x": "1"}, IMPLICIT, ALLOWED),
        ({"Bool": {"aws:MultiFactorAuthPresent": "false"}}, {}, IMPLICIT, ALLOWED),
        ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}, {}, ALLOWED, EXPLICIT),
        ({"Null": {"aws:MultiFactorAuthPresent": True}}, {}, ALLOWED, EXPLICIT),
    ],
)
def test_a_key_that_the_request_does_not_carry_is_absent(
    condition: Any, context: Any, allowed: Outcome, denied: Outcome
) -> None:
    assert outcome("s3:GetObject", BUCKET, [policy(allow("*", "*", condition))], context) is allowed
    assert outcome("s3:GetObject", BUCKET, [policy(allow("*"), deny("*", "*", condition))], context) is denied


ALL, NONE, READ = policy(allow("*")), policy(), policy(allow("s3:Get*"))


@pytest.mark.parametrize(
    ("identity", "boundary", "limits", "expected"),
    [
        (ALL, None, [], ALLOWED),
        (ALL, READ, [READ], ALLOWED),
        (ALL, NONE, [], IMPLICIT),
        (ALL, None, [ALL, NONE], IMPLICIT),
        (NONE, ALL, [ALL], IMPLICIT),
        (ALL, policy(allow("*"), deny("s3:*")), [], EXPLICIT),
        (NONE, None, [policy(deny("s3:*"))], EXPLICIT),
    ],
)
def test_boundaries_and_limits_must_allow_and_never_grant(
    identity: Any, boundary: Any, limits: list[Any], expected: Outcome
) -> None:
    assert outcome("s3:GetObject", BUCKET, [identity], boundary=boundary, limits=limits) is expected


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([allow("*", BUCKET + unknown("B"))], IMPLICIT),
        ([allow("*", "*"), deny("*", BUCKET + unknown("B"))], EXPLICIT),
        ([allow("*", "*"), deny("*", "arn:aws:s3:::c/" + unknown("B"))], ALLOWED),
        ([allow(unknown("A"))], IMPLICIT),
        ([allow("*"), deny(unknown("A"))], EXPLICIT),
        ([allow(0, NotAction=unknown("A"))], IMPLICIT),
        ([allow("*", 0, NotResource=BUCKET + unknown("A"))], IMPLICIT),
        ([allow("*"), unknown("Statement")], EXPLICIT),
        ([{**allow("*"), "Effect": unknown("E")}], EXPLICIT),
        ([allow("*", "*", {"StringEquals": {"aws:x": unknown("V")}})], IMPLICIT),
        ([allow("*"), deny("*", "*", {"StringEquals": {"aws:x": unknown("V")}})], EXPLICIT),
        ([allow("*"), deny("*", "*", {"Stringequalz": {"aws:x": "1"}})], EXPLICIT),
    ],
)
def test_what_is_not_known_never_allows_and_may_deny(statements: list[Any], expected: Outcome) -> None:
    assert outcome("s3:GetObject", BUCKET + "a", [policy(*statements)], {"aws:x": "1"}) is expected


def test_a_policy_that_is_not_known_allows_nothing_and_no_statement_is_blamed() -> None:
    hidden = PolicyDocument.not_known("the dump does not contain it")
    decision = decide(Request(ROLE, "s3:GetObject", BUCKET, {}), identity=[ALL, hidden])
    assert decision.value is IMPLICIT
    assert decision.statement is None


def test_the_statement_that_decided_is_named() -> None:
    document = PolicyDocument.parse(
        json.dumps(policy(allow("ec2:*"), allow("s3:*"), deny("s3:Put*", Sid="NoWrites"))), name="p", pointer="/P/0"
    )
    allowed = decide(Request(ROLE, "s3:GetObject", BUCKET, {}), identity=[document]).statement
    denied = decide(Request(ROLE, "s3:PutObject", BUCKET, {}), identity=[document]).statement
    assert (str(allowed), allowed and allowed.pointer) == ("p/statement 2", "/P/0/Statement/1")
    assert (str(denied), denied and denied.pointer) == ("p/NoWrites", "/P/0/Statement/2")


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("*", ALLOWED),
        ({"AWS": "*"}, ALLOWED),
        ({"AWS": ROLE}, ALLOWED),
        ({"AWS": "123456789012"}, ALLOWED),
        ({"AWS": "arn:aws:iam::123456789012:root"}, ALLOWED),
        ({"AWS": "arn:aws:iam::123456789012:role/other"}, IMPLICIT),
        ({"AWS": "111122223333"}, IMPLICIT),
        ({"Service": "bedrock.amazonaws.com"}, IMPLICIT),
    ],
)
def test_a_statement_with_a_principal_is_for_that_principal(principal: Any, expected: Outcome) -> None:
    assert outcome("s3:GetObject", BUCKET, [policy(allow("s3:*", "*", Principal=principal))]) is expected


def test_everybody_but_somebody() -> None:
    fenced = policy(allow("*"), deny("*", "*", NotPrincipal={"AWS": ROLE}))
    assert outcome("s3:GetObject", BUCKET, [fenced]) is ALLOWED
    assert (
        decide(Request("arn:aws:iam::123456789012:role/q", "s3:GetObject", BUCKET, {}), identity=[fenced]).value
        is EXPLICIT
    )


def test_a_document_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(PolicyError, match="Statement"):
        decide(Request(ROLE, "s3:GetObject", BUCKET, {}), identity=[{"Version": "2012-10-17"}])
