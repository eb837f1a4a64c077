"""Has a role everything a need asks for: every verdict, and what shows it."""

from __future__ import annotations

import time
from typing import Any

import pytest

from bedrock_o11y.iam import Coverage, Need, PolicyDocument, Verdict, cover, unknown
from tests.iam.statements import BUCKET, GROUP, allow, deny, policy

WRITE = Need("logs:PutLogEvents", GROUP + ":*")
STREAM = Need("logs:PutLogEvents", GROUP + ":log-stream:s")
TAG_IS_ONE = {"StringEquals": {"aws:PrincipalTag/x": "1"}}
TAG_IS_NOT_ONE = {"StringNotEquals": {"aws:PrincipalTag/x": "1"}}
GRANTED, CONDITIONAL, PARTIAL, DENIED, MISSING, UNKNOWN = (
    *(Verdict.GRANTED, Verdict.CONDITIONAL, Verdict.PARTIAL),
    *(Verdict.DENIED, Verdict.MISSING, Verdict.UNKNOWN),
)
BLOCKED = Verdict.BLOCKED_BY_BOUNDARY


def covered(need: Need, *statements: Any, **more: Any) -> Coverage:
    return cover(need, identity=[PolicyDocument.parse(policy(*statements), name="p")], **more)


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([allow("logs:*")], GRANTED),
        ([allow("LOGS:putlogevents", GROUP + "*")], GRANTED),
        ([allow("logs:*", GROUP + ":*")], GRANTED),
        ([allow("logs:*", "arn:aws:logs")], GRANTED),
        ([allow("logs:*", "arn:aws:logs:*:*:log-group:/x:*")], GRANTED),
        ([allow("logs:*", [GROUP + ":", GROUP + ":?*"])], GRANTED),
        ([allow("logs:*", GROUP + ":"), allow("logs:Put*", GROUP + ":?*")], GRANTED),
        ([allow(0, NotAction="s3:*")], GRANTED),
        ([allow("logs:*", 0, NotResource=BUCKET + "*")], GRANTED),
        ([allow("logs:*"), deny("logs:Delete*")], GRANTED),
        ([allow("logs:*"), deny("logs:*", "arn:aws:logs:us-east-1:123456789012:log-group:/y*")], GRANTED),
        ([allow("logs:*", GROUP)], MISSING),
        ([allow("logs:*", GROUP.upper() + ":*")], MISSING),
        ([allow("s3:*")], MISSING),
        ([], MISSING),
        ([deny("logs:*")], MISSING),
        ([allow("logs:*", GROUP + ":log-stream:*")], PARTIAL),
        ([allow("logs:*", GROUP + ":?*")], PARTIAL),
        ([allow("logs:*"), deny("logs:*", GROUP + ":*secret*")], PARTIAL),
        ([allow("logs:*", 0, NotResource="*:log-stream:a")], PARTIAL),
        ([allow("logs:*"), deny("logs:*")], DENIED),
        ([allow("logs:*"), deny("*", 0, NotResource=BUCKET + "*")], DENIED),
        ([allow("logs:*", GROUP + ":a*"), deny("logs:*", GROUP + ":a*")], DENIED),
        ([allow("logs:*", "*", TAG_IS_ONE)], CONDITIONAL),
        ([allow("logs:*"), deny("*", "*", TAG_IS_NOT_ONE)], CONDITIONAL),
        ([allow("logs:*", GROUP + ":a*", TAG_IS_ONE)], PARTIAL),
        ([allow("logs:*", "*", TAG_IS_ONE), deny("logs:*")], DENIED),
        ([allow("logs:*", "*", TAG_IS_ONE), allow("logs:*")], GRANTED),
    ],
)
def test_how_far_a_need_is_granted(statements: list[Any], verdict: Verdict) -> None:
    assert covered(WRITE, *statements).verdict is verdict
    apart = [policy(one) for one in statements]
    assert cover(WRITE, identity=apart).verdict is verdict


@pytest.mark.parametrize(
    ("facts", "context", "verdict"),
    [
        ({}, {}, CONDITIONAL),
        ({"aws:PrincipalTag/x": "1"}, {}, GRANTED),
        ({"AWS:PRINCIPALTAG/X": ["1"]}, {}, GRANTED),
        ({"aws:PrincipalTag/x": "2"}, {}, MISSING),
        ({"aws:PrincipalTag/x": None}, {}, MISSING),
        ({"aws:PrincipalTag/x": "2"}, {"aws:principaltag/X": "1"}, GRANTED),
        ({}, {"aws:PrincipalTag/x": None}, MISSING),
    ],
)
def test_facts_and_the_needs_own_context_decide_conditions(facts: Any, context: Any, verdict: Verdict) -> None:
    need = Need(WRITE.action, WRITE.resource, context)
    assert covered(need, allow("logs:*", "*", TAG_IS_ONE), facts=facts).verdict is verdict


def test_a_missing_key_makes_a_negated_deny_bite() -> None:
    fenced = (allow("logs:*"), deny("*", "*", TAG_IS_NOT_ONE))
    assert covered(WRITE, *fenced, facts={"aws:PrincipalTag/x": None}).verdict is DENIED
    assert covered(WRITE, *fenced, facts={"aws:PrincipalTag/x": "1"}).verdict is GRANTED


def test_what_is_conditional_is_named() -> None:
    allowed = covered(WRITE, allow("logs:*", "*", TAG_IS_ONE, Sid="Tagged"))
    assert [str(one) for one in allowed.conditions] == ["StringEquals aws:PrincipalTag/x 1"]
    assert str(allowed.statement) == "p/Tagged"
    denied = covered(WRITE, allow("logs:*"), deny("*", "*", TAG_IS_NOT_ONE, Sid="Fence"))
    assert [str(one) for one in denied.conditions] == ["StringNotEquals aws:PrincipalTag/x 1"]
    assert str(denied.statement) == "p/Fence"
    assert denied.witness is not None
    half = covered(WRITE, allow("logs:*", GROUP + ":"), allow("logs:*", GROUP + ":?*", TAG_IS_ONE, Sid="Rest"))
    assert str(half.statement) == "p/Rest"
    assert half.witness is not None
    assert half.witness.resource == GROUP + ":x"


def test_a_partial_grant_shows_a_request_that_is_never_allowed_in_words_a_person_knows() -> None:
    partial = covered(WRITE, allow("logs:*", GROUP + ":log-stream:*"))
    assert partial.witness is not None
    assert partial.witness.resource == GROUP + ":x"
    assert partial.statement is None


def test_a_partial_grant_through_a_deny_names_the_deny() -> None:
    partial = covered(WRITE, allow("logs:*"), deny("logs:*", GROUP + ":*secret*", Sid="Secrets"))
    assert str(partial.statement) == "p/Secrets"
    assert partial.witness is not None
    assert "secret" in partial.witness.resource


def test_a_granted_need_names_an_allow_and_a_denied_one_the_deny() -> None:
    assert str(covered(WRITE, allow("s3:*"), allow("logs:*", Sid="Logs")).statement) == "p/Logs"
    parts = covered(WRITE, allow("logs:*", GROUP + ":", Sid="First"), allow("logs:*", GROUP + ":?*"))
    assert str(parts.statement) == "p/First"
    assert str(covered(WRITE, allow("logs:*"), deny("logs:*", Sid="No")).statement) == "p/No"


ALL, LOGS, S3 = policy(allow("*")), policy(allow("logs:*")), policy(allow("s3:*"))


@pytest.mark.parametrize(
    ("boundary", "limits", "verdict", "reason"),
    [
        (LOGS, [], GRANTED, ""),
        (LOGS, [ALL, LOGS], GRANTED, ""),
        (S3, [], BLOCKED, "the permissions boundary"),
        (policy(), [], BLOCKED, "the permissions boundary"),
        (policy(allow("*"), deny("logs:*")), [], BLOCKED, "the permissions boundary"),
        (LOGS, [PolicyDocument.parse(S3, name="FullS3Only")], BLOCKED, "FullS3Only"),
        (None, [S3], BLOCKED, "a limit"),
        (policy(allow("*", GROUP + ":a*")), [], PARTIAL, ""),
        (policy(allow("*", GROUP + ":a*")), [policy(allow("*", GROUP + ":b*"))], BLOCKED, "a limit"),
        (policy(allow("*", "*", TAG_IS_ONE)), [], CONDITIONAL, ""),
        (PolicyDocument.not_known("it is not in the dump"), [], UNKNOWN, "it is not in the dump"),
    ],
)
def test_boundaries_and_limits_must_allow_too(boundary: Any, limits: Any, verdict: Verdict, reason: str) -> None:
    found = covered(WRITE, allow("logs:*"), boundary=boundary, limits=limits)
    assert (found.verdict, found.reason) == (verdict, reason)


def test_a_boundary_never_grants() -> None:
    assert covered(WRITE, boundary=ALL).verdict is MISSING


def test_the_boundarys_deny_is_named() -> None:
    boundary = PolicyDocument.parse(policy(allow("*"), deny("logs:*", Sid="NoLogs")), name="boundary")
    assert str(covered(WRITE, allow("logs:*"), boundary=boundary).statement) == "boundary/NoLogs"


@pytest.mark.parametrize(
    ("pattern", "verdict"),
    [("*", GRANTED), ("**", GRANTED), ("arn:*", MISSING), ("?*", MISSING), (unknown("R"), UNKNOWN)],
)
def test_an_action_without_resource_types_needs_a_star(pattern: str, verdict: Verdict) -> None:
    need = Need("xray:PutTraceSegments", "*")
    assert covered(need, allow("xray:*", pattern)).verdict is verdict


def test_the_witness_of_an_action_without_resource_types_is_a_star() -> None:
    found = covered(Need("xray:PutTraceSegments", "*"), allow("xray:*"), deny("xray:*"))
    assert found.verdict is DENIED
    assert found.witness is not None
    assert found.witness.resource == "*"


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([allow("logs:*", "arn:aws:logs:*:log-group:/x:*")], MISSING),
        ([allow("logs:*"), deny("logs:*", "arn:aws:logs:*:log-group:/x:*")], DENIED),
        ([allow("logs:*", 0, NotResource="arn:aws:logs:*:log-group:/x:*")], MISSING),
        ([allow("logs:*", "arn:aws:logs:us-*-1:123456789012:log-group:/x:*")], GRANTED),
        ([allow("logs:*"), deny("logs:*", "arn:aws:logs:eu-*:*:*")], GRANTED),
    ],
)
def test_where_the_two_readings_of_a_star_disagree_the_weaker_answer_counts(
    statements: list[Any], verdict: Verdict
) -> None:
    assert covered(WRITE, *statements).verdict is verdict


@pytest.mark.parametrize(
    ("statements", "reason"),
    [
        ([allow("logs:*", unknown("Group.Arn"))], "p/statement 1 rests on <Group.Arn>"),
        ([allow("logs:*", f"{unknown('Group.Arn')}:*")], "p/statement 1 rests on <Group.Arn>"),
        (
            [allow("logs:*", f"arn:aws:logs:{unknown('AWS::Region')}:123456789012:log-group:/x:*", Sid="A")],
            "p/A rests on <AWS::Region>",
        ),
        ([allow("logs:*"), deny("logs:*", unknown("R"))], "p/statement 2 rests on <R>"),
        ([allow(unknown("Actions"))], "rests on <Actions>"),
        ([allow("logs:*"), deny(0, NotAction=unknown("Actions"))], "rests on <Actions>"),
        ([unknown("Statement")], "p/statement 1 rests on <Statement>"),
        ([allow("logs:*"), unknown("Statement")], "p/statement 2 rests on <Statement>"),
        ([{**allow("logs:*"), "Effect": unknown("E")}], "p/statement 1 rests on"),
        ([allow("logs:*", "*", {"StringEquals": {"aws:x": unknown("V")}})], "rests on <V>"),
        (
            [allow("logs:*", GROUP[:-2] + "${aws:PrincipalTag/g}:*")],
            "p/statement 1 rests on ${aws:principaltag/g}",
        ),
    ],
)
def test_a_text_that_is_not_known_leaves_a_need_unknown_and_is_named(statements: list[Any], reason: str) -> None:
    found = covered(WRITE, *statements, facts={"aws:x": "1"})
    assert found.verdict is UNKNOWN
    assert reason in found.reason


def test_a_policy_that_is_not_known_is_never_an_empty_one() -> None:
    hidden = PolicyDocument.not_known("the dump does not contain X", name="X")
    missing = cover(WRITE, identity=[hidden, policy(allow("s3:*"))])
    assert (missing.verdict, missing.reason) == (UNKNOWN, "the dump does not contain X")
    assert cover(WRITE, identity=[hidden, policy(allow("logs:*"))]).verdict is UNKNOWN
    assert cover(WRITE, identity=[hidden, policy(deny("logs:*"))]).verdict is DENIED


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([allow("logs:*"), allow("logs:*", unknown("R"))], GRANTED),
        ([allow("logs:*", "arn:aws:s3:::" + unknown("R"))], MISSING),
        ([allow("logs:*"), deny("logs:*", "arn:aws:s3:::" + unknown("R"))], GRANTED),
        ([allow("logs:*"), deny("logs:*"), unknown("S")], DENIED),
        ([allow("logs:*", GROUP[:-2] + unknown("Name") + ":*")], UNKNOWN),
        ([allow("logs:*", GROUP[:-2] + unknown("Name") + ":log-stream:*")], PARTIAL),
        ([allow("logs:*", GROUP + ":log-stream:" + unknown("Name"))], PARTIAL),
    ],
)
def test_a_text_that_is_not_known_matters_only_where_it_can(statements: list[Any], verdict: Verdict) -> None:
    assert covered(WRITE, *statements).verdict is verdict


@pytest.mark.parametrize(
    ("tag", "verdict"), [("/x", GRANTED), ("/y", MISSING), ("*", MISSING), (None, MISSING), (["/x", "/y"], MISSING)]
)
def test_a_variable_is_the_text_that_the_facts_say(tag: Any, verdict: Verdict) -> None:
    group = "arn:aws:logs:us-east-1:123456789012:log-group:${aws:PrincipalTag/g}:*"
    assert covered(WRITE, allow("logs:*", group), facts={"aws:PrincipalTag/g": tag}).verdict is verdict


def test_one_concrete_arn_needs_no_search_and_is_decided() -> None:
    assert covered(STREAM, allow("logs:*", GROUP + ":log-stream:?")).verdict is GRANTED
    assert covered(STREAM, allow("logs:*", GROUP + ":log-stream:??")).verdict is MISSING


def test_a_need_that_is_not_known_is_granted_by_a_star_and_else_unknown() -> None:
    need = Need("logs:PutLogEvents", f"{unknown('Group.Arn')}:*")
    assert covered(need, allow("logs:*")).verdict is GRANTED
    assert covered(need, allow("logs:*", f"{unknown('Group.Arn')}:*")).verdict is GRANTED
    assert covered(need, allow("logs:*"), deny("logs:*", GROUP + ":*")).verdict is UNKNOWN
    found = covered(need, allow("logs:*", GROUP + ":*"))
    assert (found.verdict, found.reason) == (UNKNOWN, "<Group.Arn>:* is not known")


def test_what_is_too_much_to_decide_is_unknown_and_quick() -> None:
    denied = [f"{BUCKET}*{letter}{'?' * 24}" for letter in "abcdefgh"]
    started = time.perf_counter()
    found = covered(Need("s3:GetObject", BUCKET + "*"), allow("s3:*"), deny("s3:*", denied))
    assert (found.verdict, found.reason) == (UNKNOWN, "the patterns of these policies are too many to decide this")
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize("pattern", ["*a" * 40, "*a?b" * 1500, "?*" * 3000])
def test_no_policy_is_slow(pattern: str) -> None:
    started = time.perf_counter()
    assert covered(Need("s3:GetObject", BUCKET + "*"), allow("s3:*", BUCKET + pattern)).verdict is PARTIAL
    assert time.perf_counter() - started < 5
