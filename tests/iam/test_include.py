"""Is everything that one policy allows also allowed by another: proved, refuted by a request, or undecided."""

from __future__ import annotations

import time
from typing import Any

import pytest

from bedrock_o11y.iam import Inclusion, Outcome, PolicyDocument, Request, decide, includes, unknown
from tests.iam.statements import BUCKET, GROUP, allow, deny, policy

TAG = "aws:PrincipalTag/team"
USER = BUCKET + "${aws:PrincipalTag/team}/*"


def equals(*values: str, key: str = "aws:x") -> dict[str, Any]:
    return {"StringEquals": {key: list(values)}}


def both(outer: Any, inner: Any) -> Inclusion:
    outer = [policy(*outer)] if isinstance(outer, list) else outer
    inner = [policy(*inner)] if isinstance(inner, list) else inner
    answer = includes(outer, inner)
    if answer.holds is False:
        assert answer.witness is not None
        request = Request("", answer.witness.action, answer.witness.resource, answer.witness.context)
        assert decide(request, identity=inner).value is Outcome.ALLOWED
        assert decide(request, identity=outer).value is not Outcome.ALLOWED
    else:
        assert answer.witness is None
    assert bool(answer.reason) is (answer.holds is None)
    return answer


@pytest.mark.parametrize(
    ("outer", "inner", "holds"),
    [
        ([allow("*")], [allow("s3:Get*", BUCKET + "*")], True),
        ([allow("s3:*")], [allow("*")], False),
        ([allow("s3:Get*")], [allow("s3:getobject")], True),
        ([allow("s3:GetObject")], [allow("S3:GET*")], False),
        ([allow(["s3:*", "logs:*"])], [allow("s3:*"), allow("logs:Put*")], True),
        ([allow("*:*")], [allow("*")], True),
        ([], [], True),
        ([allow("s3:*")], [], True),
        ([], [allow("s3:*")], False),
        ([], [allow("s3:*"), deny("*")], True),
        ([], [allow("s3:*"), deny("s3:Get*")], False),
        ([], [allow([])], True),
        ([allow("s3:*", [BUCKET + "x", BUCKET + "x?*"])], [allow("s3:*", BUCKET + "x*")], True),
        ([allow("s3:*", [BUCKET + "x", BUCKET + "x??*"])], [allow("s3:*", BUCKET + "x*")], False),
        ([allow(["s3:G", "s3:G?*"])], [allow("s3:g*")], True),
        ([allow("s3:Get*"), allow("s3:*", BUCKET + "*")], [allow("s3:*", BUCKET + "a")], True),
        ([allow("s3:*", BUCKET + "?*")], [allow("s3:*", BUCKET + "*?")], True),
        ([allow(0, NotAction="iam:*")], [allow("s3:*")], True),
        ([allow(0, NotAction="iam:*")], [allow(["s3:*", "iam:Pass*"])], False),
        ([allow(0, NotAction="iam:*")], [allow(0, NotAction=["iam:*", "s3:*"])], True),
        ([allow(0, NotAction=["iam:*", "s3:*"])], [allow(0, NotAction="iam:*")], False),
        ([allow("*"), deny("iam:*")], [allow(0, NotAction="iam:*")], True),
        ([allow(0, NotAction="iam:*")], [allow("*"), deny("iam:*")], True),
        ([allow("*", 0, NotResource=BUCKET + "*")], [allow("s3:*", "arn:aws:s3:::c/*")], True),
        ([allow("*", 0, NotResource=BUCKET + "a*")], [allow("s3:*", BUCKET + "*")], False),
        ([allow("*", 0, NotResource=BUCKET + "a*")], [allow("*"), deny("*", BUCKET + "*")], True),
        ([allow("*"), deny("*", BUCKET + "*")], [allow("*", 0, NotResource=BUCKET + "*")], True),
        ([allow("*"), deny("*", BUCKET + "a*")], [allow("*", 0, NotResource=BUCKET + "ab*")], False),
        ([allow("*"), deny("s3:*", BUCKET + "a")], [allow("s3:*", BUCKET + "?b")], True),
        ([allow("*"), deny("s3:*", BUCKET + "a*")], [allow("s3:*", BUCKET + "?b")], False),
        ([allow("s3:*", "arn:aws:s3:::*")], [allow("s3:*")], False),
        ([allow("s3:*", "arn:*")], [allow("s3:*")], False),
        ([allow("s3:*", "**")], [allow("s3:*")], True),
    ],
)
def test_actions_resources_and_their_negations(outer: list[Any], inner: list[Any], holds: bool) -> None:
    assert both(outer, inner).holds is holds


def test_everything_but_the_request_without_a_resource_is_a_difference() -> None:
    witness = both([allow("s3:*", "arn:*")], [allow("s3:*")]).witness
    assert witness is not None
    assert witness.resource == "*"


@pytest.mark.parametrize(
    ("outer", "inner", "holds"),
    [
        ("arn:aws:logs:*:*:*", "arn:aws:logs", True),
        ("arn:aws:logs", "arn:aws:logs:*:*:*", True),
        ("arn:aws:logs:*:123456789012:*", "arn:aws:logs:*:123456789012:*", True),
        ("arn:aws:logs:us-*:123456789012:x", "arn:aws:logs:us-east-*:123456789012:x", True),
        ("arn:aws:logs:*:123456789012:x", "arn:aws:logs:us-east-1:111122223333:*", False),
        ("arn:aws:logs:*:log-group:/x", GROUP, None),
        ("arn:aws:logs:*:x", "arn:aws:logs:us-east-1:123456789012:x", False),
        (GROUP, "arn:aws:logs:*:123456789012:log-group:/x", False),
        ("arn:aws:logs:us-east-1:*:log-group:/x", "arn:aws:logs:us-east-1:*", False),
    ],
)
def test_wildcards_in_the_first_five_fields_count_only_where_both_readings_agree(
    outer: str, inner: str, holds: bool | None
) -> None:
    assert both([allow("logs:*", outer)], [allow("logs:*", inner)]).holds is holds


@pytest.mark.parametrize(
    ("outer", "inner", "holds"),
    [
        (None, equals("a"), True),
        (equals("a"), None, False),
        (equals("a", "b"), equals("a"), True),
        (equals("a"), equals("a", "b"), False),
        (equals("a"), equals("a", key="AWS:X"), True),
        ({"StringLike": {"aws:x": "a*"}}, equals("a", "ab"), True),
        ({"StringLike": {"aws:x": "a*"}}, equals("a", "ba"), False),
        ({"StringLike": {"aws:x": ["a", "a?*"]}}, {"StringLike": {"aws:x": "a*"}}, True),
        ({"StringNotEquals": {"aws:x": "b"}}, equals("a"), True),
        (equals("a"), {"StringNotEquals": {"aws:x": "b"}}, False),
        ({"Null": {"aws:x": "false"}}, equals("a"), True),
        ({"Null": {"aws:x": "false"}}, {"StringNotEquals": {"aws:x": "a"}}, False),
        ({"StringEqualsIfExists": {"aws:x": "a"}}, equals("a"), True),
        (equals("a"), {"StringEqualsIfExists": {"aws:x": "a"}}, False),
        ({"NumericLessThan": {"s3:max-keys": 10}}, {"NumericLessThan": {"s3:max-keys": 5}}, True),
        ({"NumericLessThan": {"s3:max-keys": 5}}, {"NumericLessThan": {"s3:max-keys": 10}}, False),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, {"IpAddress": {"aws:SourceIp": "10.1.0.0/16"}}, True),
        ({"IpAddress": {"aws:SourceIp": "10.1.0.0/16"}}, {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, False),
        ({**equals("a"), "Bool": {"aws:y": "true"}}, equals("a"), False),
        (equals("a"), {**equals("a"), "Bool": {"aws:y": "true"}}, True),
    ],
)
def test_conditions_are_compared_over_every_context(outer: Any, inner: Any, holds: bool) -> None:
    assert both([allow("s3:*", "*", outer)], [allow("s3:*", "*", inner)]).holds is holds


def test_conditions_of_several_statements_count_together() -> None:
    either = [allow("s3:*", "*", {"Bool": {"aws:y": flag}}) for flag in ("true", "false")]
    present = {"Null": {"aws:y": "false"}}
    assert both(either, [allow("s3:*", "*", {"Bool": {"aws:y": "true"}})]).holds is True
    assert both(either, [allow("s3:*")]).holds is False
    fenced = [allow("s3:*"), deny("*", "*", {"StringNotEquals": {"aws:x": "a"}})]
    assert both([allow("s3:*", "*", equals("a"))], fenced).holds is True
    assert both(fenced, [allow("s3:*", "*", equals("a"))]).holds is True
    assert both([allow("s3:*", "*", present)], fenced).holds is False


@pytest.mark.parametrize(
    ("outer", "inner", "holds"),
    [
        ([allow("s3:*", USER)], [allow("s3:Get*", USER)], True),
        ([allow("s3:*", BUCKET + "*")], [allow("s3:*", USER)], True),
        ([allow("s3:*", BUCKET + "${aws:principaltag/TEAM}/*")], [allow("s3:*", USER)], True),
        ([allow("s3:*", BUCKET + "a/*")], [allow("s3:*", USER)], False),
        ([allow("s3:*", BUCKET + "${aws:username}/*")], [allow("s3:*", USER)], False),
        ([allow("s3:*", USER)], [allow("s3:*", BUCKET + "a/*")], False),
        ([allow("s3:*"), deny("s3:*", USER)], [allow("s3:*", BUCKET + "a/*")], None),
        ([allow("s3:*"), deny("s3:*", USER)], [allow("s3:*", "arn:aws:s3:::c/*")], True),
        ([allow("s3:*"), deny("s3:*", BUCKET + "a/*")], [allow("s3:*", USER)], None),
        ([], [allow("s3:*", USER), deny("s3:*", USER)], True),
    ],
)
def test_a_policy_variable_is_the_same_text_on_both_sides(outer: Any, inner: Any, holds: bool | None) -> None:
    assert both(outer, inner).holds is holds


def test_without_a_version_a_variable_is_text() -> None:
    old = policy(allow("s3:*", USER), version=None)
    new = policy(allow("s3:*", USER))
    assert includes(old, old).holds is True
    assert includes(new, old).holds is False
    assert includes([policy(allow("s3:*", BUCKET + "$*"))], old).holds is True


@pytest.mark.parametrize(
    ("outer", "inner", "holds"),
    [
        ([allow("s3:*", unknown("A"))], [allow("s3:*", unknown("A"))], True),
        ([allow("s3:*", unknown("A") + "/*")], [allow("s3:*", unknown("A") + "/x")], True),
        ([allow("s3:*")], [allow("s3:*", unknown("A"))], True),
        ([allow("s3:*", unknown("A"))], [allow("s3:*", unknown("B"))], None),
        ([allow("s3:*", unknown("A"))], [allow("s3:*", BUCKET + "x")], None),
        ([allow("s3:*", BUCKET + unknown("A"))], [allow("s3:*", "arn:aws:s3:::c/x")], False),
        ([allow("s3:*"), deny("s3:*", unknown("A"))], [allow("s3:*", BUCKET + "x")], None),
        ([allow("s3:*")], [allow("s3:*"), unknown("S")], None),
        ([allow("*")], [unknown("S")], True),
        ([allow("s3:*"), unknown("S")], [allow("s3:*")], None),
        ([allow(unknown("A"))], [allow("s3:*")], None),
        ([allow("s3:*")], [allow(unknown("A"))], None),
        ([allow("s3:*", "*", {"Stringequalz": {"aws:x": "1"}})], [allow("s3:*")], None),
        ([allow("s3:*")], [allow("s3:*", "*", {"Stringequalz": {"aws:x": "1"}})], True),
        ([allow("s3:*", "*", equals(unknown("V")))], [allow("s3:*", "*", equals(unknown("V")))], True),
        ([allow("s3:*", "*", equals(unknown("V")))], [allow("s3:*", "*", equals("a"))], None),
    ],
)
def test_what_is_not_known_is_never_guessed(outer: Any, inner: Any, holds: bool | None) -> None:
    assert both(outer, inner).holds is holds


def test_a_policy_that_is_not_known_may_allow_and_deny_anything() -> None:
    hidden = PolicyDocument.not_known("the dump does not contain X")
    assert includes(policy(allow("*")), hidden).holds is True
    assert includes(policy(allow("s3:*")), hidden).holds is None
    answer = includes([policy(allow("s3:*")), hidden], policy(allow("s3:*")))
    assert (answer.holds, answer.reason) == (None, "the dump does not contain X")


def test_a_side_may_be_several_documents() -> None:
    parts = [policy(allow("s3:Get*")), policy(allow("s3:Put*")), policy(deny("s3:GetX"))]
    assert includes(parts, [policy(allow(["s3:Put*", "s3:GetY"]))]).holds is True
    assert includes(parts, [policy(allow("s3:Get*"))]).holds is False
    assert includes(policy(allow(["s3:Get*", "s3:Put*"])), parts).holds is True


def test_a_document_may_stand_on_both_sides() -> None:
    shared = PolicyDocument.parse(policy(allow("s3:x*"), allow("s3:y", "*", equals("a"))))
    more = PolicyDocument.parse(policy(allow("s3:*")))
    late = PolicyDocument.parse(policy(allow("s3:y")))
    assert includes(shared, shared).holds is True
    assert includes(shared, [shared, more]).holds is False
    assert includes(shared, [shared, late]).holds is False
    assert includes([shared, more], [shared, late]).holds is True


def test_many_conditions_on_other_keys_do_not_hide_a_proof() -> None:
    def tagged(pattern: str) -> list[Any]:
        return [allow("s3:*", "*", {"StringLike": {f"aws:PrincipalTag/{i}": pattern}}) for i in range(20)]

    assert both(tagged("a*"), tagged("ab*")).holds is True
    assert both(tagged("ab*"), tagged("a*")).holds is not True


@pytest.mark.parametrize(
    ("outer", "inner", "holds"),
    [
        (BUCKET + "*" + "a*" * 40, BUCKET + "b*" + "a*" * 40 + "c", True),
        (BUCKET + "*" + "a*" * 41, BUCKET + "b*" + "a*" * 40 + "c", False),
        (BUCKET + "*a?b" * 1499, BUCKET + "*a?b" * 1500, True),
        (BUCKET + "*a" + "?" * 30, BUCKET + "*b" + "?" * 30, None),
    ],
)
def test_no_pattern_is_slow(outer: str, inner: str, holds: bool | None) -> None:
    started = time.perf_counter()
    answer = includes(policy(allow("s3:*", outer)), policy(allow("s3:*", inner)))
    assert answer.holds is holds
    assert time.perf_counter() - started < 5
    if holds is None:
        assert "too many" in answer.reason
