"""Regions: the text of the region is the value at the pointer, wherever it stands."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedrock_o11y.roles.locate import Locator, Region, locate

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)
containers = st.lists(values) | st.dictionaries(st.text(), values)


def cut(text, region):
    lines = text.split("\n")
    if region.start_line == region.end_line:
        return lines[region.start_line - 1][region.start_column - 1 : region.end_column - 1]
    inner = lines[region.start_line : region.end_line - 1]
    first, last = lines[region.start_line - 1][region.start_column - 1 :], lines[region.end_line - 1]
    return "\n".join([first, *inner, last[: region.end_column - 1]])


def pointers(value, at=""):
    yield at, value
    if isinstance(value, dict):
        for key, child in value.items():
            yield from pointers(child, f"{at}/{key.replace('~', '~0').replace('/', '~1')}")
    if isinstance(value, list):
        for index, child in enumerate(value):
            yield from pointers(child, f"{at}/{index}")


@given(containers, st.sampled_from([None, 0, 2, "\t"]), st.booleans(), st.sampled_from(["", "\n \n", "\r\n"]))
@settings(max_examples=150, deadline=None)
def test_the_text_of_a_region_is_the_value_at_its_pointer(value, indent, ascii_only, before):
    text = before + json.dumps(value, indent=indent, ensure_ascii=ascii_only) + before
    locator = Locator(text)
    for pointer, expected in pointers(value):
        assert json.loads(cut(text, locator.locate(pointer))) == expected


def test_of_a_key_that_stands_twice_the_last_one_counts():
    text = '{"a": 1, "a": [2, 3]}'
    assert cut(text, locate(text, "/a")) == "[2, 3]"


@pytest.mark.parametrize(
    ("text", "pointer", "found"),
    [
        ('{"policy": "{\\"Statement\\": [1]}"}', "/policy/Statement/0", '"{\\"Statement\\": [1]}"'),
        ('{"policy": "%7B%22Statement%22%3A%5B%5D%7D"}', "/policy/Statement/0", '"%7B%22Statement%22%3A%5B%5D%7D"'),
        ('{"a": {"b": 1}}', "/a/c/d", '{"b": 1}'),
        ('{"a": [1]}', "/a/7", "[1]"),
        ('{"a": [1]}', "/a/x", "[1]"),
    ],
)  # fmt: skip
def test_a_pointer_into_a_text_or_into_nothing_gives_the_last_value_on_the_way(text, pointer, found):
    assert cut(text, locate(text, pointer)) == found


TEMPLATE = """\
# a comment
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyName: a
          PolicyDocument:
            Statement:
              - Effect: Allow
                Action: logs:PutLogEvents
                Resource: !Sub "${Group.Arn}"

              - !If
                - Wide
                - {Effect: Allow, Action: "*", Resource: "*"}
                - !Ref AWS::NoValue
"""


@pytest.mark.parametrize(
    ("below", "region", "begins", "ends"),
    [
        ("/0", Region(10, 17, 12, 46), "Effect: Allow", '!Sub "${Group.Arn}"'),
        ("/0/Resource", Region(12, 27, 12, 46), "!Sub", '"${Group.Arn}"'),
        ("/0/Resource/Fn::Sub", Region(12, 27, 12, 46), "!Sub", '"${Group.Arn}"'),
        ("/1/Fn::If/1", Region(16, 19, 16, 62), "{Effect", "}"),
        ("/1/Fn::If/1/Action", Region(16, 43, 16, 46), '"*"', '"*"'),
        ("/1/Fn::If/2/Ref", Region(17, 19, 17, 36), "!Ref", "AWS::NoValue"),
    ],
)  # fmt: skip
def test_yaml_is_found_by_its_marks_and_intrinsics_by_their_short_tags(below, region, begins, ends):
    found = locate(TEMPLATE, f"/Resources/Role/Properties/Policies/0/PolicyDocument/Statement{below}")
    text = cut(TEMPLATE, found)
    assert text.startswith(begins)
    assert text.endswith(ends)
    assert found == region


def test_yaml_in_flow_style_and_text_that_is_neither_have_a_region():
    assert cut("{a: {b: c}}", locate("{a: {b: c}}", "/a")) == "{b: c}"
    assert locate("a: [", "/a") == Region(1, 1, 1, 5)
    assert locate("", "/a") == Region(1, 1, 1, 1)


def test_the_statements_of_a_large_file_are_found_quickly():
    roles = [{"RoleName": f"r{n}", "Statement": [{"Action": ["x"] * 20}] * 5} for n in range(3_000)]
    text = json.dumps({"RoleDetailList": roles}, indent=2)
    lines = text.split("\n")
    begun = time.perf_counter()
    locator = Locator(text)
    for number in range(3_000):
        region = locator.locate(f"/RoleDetailList/{number}/RoleName")
        assert lines[region.start_line - 1][region.start_column - 1 : region.end_column - 1] == f'"r{number}"'
    assert time.perf_counter() - begun < 3
