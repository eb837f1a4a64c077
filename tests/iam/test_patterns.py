"""IAM User Guide, "IAM JSON policy elements: Resource", "Action" and "IAM policy elements: Variables and tags"."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bedrock_o11y.iam import unknown
from bedrock_o11y.iam.patterns import Bound, Reading, action, glob, has_two_readings, matches, resource
from bedrock_o11y.iam.variables import LITERAL_QUESTION, LITERAL_STAR

ARN = "arn:aws:s3:::"


@settings(max_examples=400, deadline=None)
@given(st.text("ab*?", max_size=7), st.text("ab:", max_size=7))
@example("", "")
@example("*", "")
@example("?*?", "a")
@example("*a*b", "aab")
def test_a_glob_matches_what_the_same_regular_expression_does(pattern: str, text: str) -> None:
    expression = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    assert matches(pattern, text) == bool(re.fullmatch(expression, text, re.DOTALL))


@pytest.mark.parametrize("pattern", ["[ab]", "a.c", "(a)", "a+", "^a", "a\\", "{a,b}", "a|b"])
def test_only_star_and_question_mark_are_special(pattern: str) -> None:
    assert matches(pattern, pattern)
    assert not matches(pattern, "a")


def test_literal_stars_and_question_marks_match_themselves_only() -> None:
    pattern = f"a{LITERAL_STAR}b{LITERAL_QUESTION}"
    assert matches(pattern, "a*b?")
    assert not matches(pattern, "axbx")
    assert not matches(pattern, "ab?")


def test_actions_are_compared_in_lower_case() -> None:
    assert action("S3:getOBJ*", Bound.LOWER).matches("s3:getobject")
    assert not action("S3:getOBJ*", Bound.LOWER).matches("s3:putobject")


@pytest.mark.parametrize(
    ("pattern", "text", "fields", "whole"),
    [
        ("*", "arn:aws:s3:::b", True, True),
        ("***", "arn:aws:s3:::b", True, True),
        (ARN + "b/*", ARN + "b/a:b/c", True, True),
        (ARN + "b/*", ARN + "B/a", False, False),
        (ARN + "b/?", ARN + "b/", False, False),
        (ARN + "b/?", ARN + "b/:", True, True),
        ("arn:aws:logs:*:*:log-group:*", "arn:aws:logs:us-east-1:123456789012:log-group:x:log-stream:y", True, True),
        ("arn:aws:logs:*:log-group:x", "arn:aws:logs:us-east-1:123456789012:log-group:x", False, True),
        ("arn:aws:s3:*:::b", "arn:aws:s3::::b", True, True),
        ("arn:aws:s3?:::b", "arn:aws:s3::::b", False, True),
        ("arn:aws:s3:*b", "arn:aws:s3:::b", False, False),
        ("arn:aws:s*b", "arn:aws:s3:::b", False, False),
        ("arn:*:b:*:*:x", "arn:aws:s3:a:b:c:d:x", False, True),
    ],
)
def test_a_star_in_the_first_five_fields_is_read_in_two_ways(
    pattern: str, text: str, fields: bool, whole: bool
) -> None:
    for reading, expected in ((Reading.FIELDS, fields), (Reading.WHOLE, whole)):
        assert resource(pattern, reading, Bound.LOWER, variables=True).matches(text) is expected
    if fields != whole:
        assert has_two_readings(pattern)


@pytest.mark.parametrize("reading", list(Reading))
@pytest.mark.parametrize(
    ("incomplete", "complete"),
    [
        ("arn:aws:sqs", "arn:aws:sqs:*:*:*"),
        ("arn:aws:s3*", "arn:aws:s3*:*:*:*"),
        ("arn:*", "arn:*:*:*:*:*"),
        ("arn:aws:logs:us-east-1:123456789012", "arn:aws:logs:us-east-1:123456789012:*"),
    ],
)
def test_an_incomplete_arn_is_completed_with_stars(incomplete: str, complete: str, reading: Reading) -> None:
    one, other = (resource(text, reading, Bound.LOWER, variables=True) for text in (incomplete, complete))
    assert (one.steps, one.loops) == (other.steps, other.loops)


@pytest.mark.parametrize(
    ("pattern", "two"),
    [
        ("*", False),
        (ARN + "b/*", False),
        ("arn:aws:logs:*:*:*", False),
        ("arn:aws:logs", False),
        ("arn:aws:logs:*:*:log-group:*", True),
        ("arn:aws:logs:us-*:123456789012:*", True),
        ("arn:aws*:s3:::b", True),
    ],
)
def test_it_is_known_for_which_patterns_the_reading_matters(pattern: str, two: bool) -> None:
    assert has_two_readings(pattern) is two


@settings(max_examples=300, deadline=None)
@given(st.text("a:*?", max_size=8), st.text("a:", max_size=8))
def test_where_the_reading_does_not_matter_both_match_the_same(middle: str, text: str) -> None:
    pattern, arn = f"arn:{middle}", f"arn:{text}"
    fields, whole = (resource(pattern, one, Bound.LOWER, variables=True).matches(arn) for one in Reading)
    assert whole or not fields
    if not has_two_readings(pattern) and arn.count(":") >= 5:
        assert fields == whole


def test_a_hole_matches_nothing_for_certain_and_perhaps_anything() -> None:
    pattern = ARN + "b/" + unknown("Prefix") + "/x"
    least, most = (resource(pattern, Reading.FIELDS, bound, variables=True) for bound in Bound)
    assert not least.matches(ARN + "b/a/x")
    assert most.matches(ARN + "b/a:b/c/x")
    assert not most.matches(ARN + "b/a/y")


def test_colons_in_the_name_of_an_unknown_piece_are_no_fields() -> None:
    pattern = f"arn:{unknown('AWS::Partition')}:s3:::b/${{aws:username}}"
    most = resource(pattern, Reading.FIELDS, Bound.UPPER, variables=True)
    assert most.matches("arn:aws:s3:::b/x")
    assert not most.matches("arn:aws:s4:::b/x")


def test_variables_count_after_the_fifth_colon_only() -> None:
    early = resource("arn:aws:s3:${aws:x}::b", Reading.FIELDS, Bound.UPPER, variables=True)
    assert early.matches("arn:aws:s3:${aws:x}::b")
    assert not early.matches("arn:aws:s3:a:b:c")
    late = resource(ARN + "${aws:x}", Reading.FIELDS, Bound.UPPER, variables=True)
    assert late.matches(ARN + "anything")
    old = resource(ARN + "${aws:x}", Reading.FIELDS, Bound.UPPER, variables=False)
    assert old.exact == ARN + "${aws:x}"


def test_escaped_wildcards_are_literal() -> None:
    pattern = resource(ARN + "${*}${?}${$}", Reading.FIELDS, Bound.LOWER, variables=True)
    assert pattern.exact == ARN + "*?$"


def test_a_text_without_anything_matches_nothing() -> None:
    assert not resource("", Reading.FIELDS, Bound.LOWER, variables=True).matches("")


@pytest.mark.parametrize("pattern", ["*a" * 3000, "a?*" * 2000, "*" * 6144, "?" * 6144, "*a*b" * 1500 + "c"])
def test_no_pattern_is_slow(pattern: str) -> None:
    started = time.perf_counter()
    glob.__wrapped__(pattern).matches("ab" * 1024)
    assert time.perf_counter() - started < 1
