"""What one look proves is held against the searches; letters that mean different things prove nothing."""

from __future__ import annotations

import itertools

import pytest

from bedrock_o11y.iam import Need, PolicyDocument, Verdict, cover, excess, includes
from bedrock_o11y.iam.containment import contains, covers
from bedrock_o11y.iam.patterns import Bound, Reading, matches, resource

ARN = "arn:aws:s3:r:1:"
TEXTS = ["".join(letters) for length in range(5) for letters in itertools.product("a:", repeat=length)]
PATTERNS = ["".join(letters) for length in range(4) for letters in itertools.product("a*?:", repeat=length)]


@pytest.mark.parametrize("reading", Reading)
def test_a_pattern_that_is_said_to_contain_another_matches_all_that_it_matches(reading):
    compiled = {text: resource(ARN + text, reading, Bound.LOWER, variables=False) for text in PATTERNS if text}
    proved = 0
    for outer, inner in itertools.product(compiled, repeat=2):
        said = contains(compiled[outer], compiled[inner]) or covers(ARN + outer, ARN + inner)
        if said:
            proved += 1
            missed = [text for text in TEXTS if matches(inner, text) and not matches(outer, text)]
            assert missed == [], (outer, inner)
    assert proved > len(compiled)


@pytest.mark.parametrize("reading", Reading)
def test_no_text_matches_two_patterns_that_are_said_to_be_apart(reading):
    compiled = {text: resource(ARN + text, reading, Bound.LOWER, variables=False) for text in PATTERNS}
    compiled |= {f"*{text}": resource(f"*{text}", reading, Bound.LOWER, variables=False) for text in PATTERNS}
    texts = {text: [ARN + one for one in TEXTS if compiled[text].matches(ARN + one)] for text in compiled}
    said = [pair for pair in itertools.combinations(compiled, 2) if compiled[pair[0]].apart(compiled[pair[1]])]
    assert len(said) > 10 * len(compiled)
    for one, two in said:
        assert set(texts[one]).isdisjoint(texts[two]), (one, two)


def allow(text, version="2012-10-17", **more):
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": text, **more}
    return PolicyDocument.parse({"Version": version, "Statement": [statement]})


def test_the_letters_of_a_variable_are_plain_text_in_the_older_version():
    letters = "arn:aws:s3:::bucket/${aws:PrincipalTag/team}"
    old, new = allow(letters, "2008-10-17"), allow(letters)
    assert not covers(letters, letters)
    assert excess([old], new)
    assert includes(new, old).holds is False


def test_a_statement_for_a_principal_grants_an_identity_nothing():
    need = Need("s3:GetObject", "arn:aws:s3:::bucket/*")
    other = allow("arn:aws:s3:::bucket/*", Principal={"AWS": "arn:aws:iam::123456789012:role/other"})
    assert cover(need, identity=[other]).verdict is Verdict.MISSING
