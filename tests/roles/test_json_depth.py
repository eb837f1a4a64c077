"""Nesting is noticed however the JSON is cut into pieces, and brackets in strings are none."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedrock_o11y.roles.json_depth import Depth, TooDeepError

VALUES = st.recursive(
    st.sampled_from([0, "", "[", "]]", '"', '\\"[', "\\", "{}"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "{", '"', "\\"]), inner, max_size=2)
    ),
    max_leaves=12,
)


def levels(value):
    if isinstance(value, dict):
        return 1 + max(map(levels, value.values()), default=0)
    return 1 + max(map(levels, value), default=0) if isinstance(value, list) else 0


def feed(depth, data, size):
    for at in range(0, len(data), size):
        depth.feed(data[at : at + size])


@given(VALUES, st.integers(1, 9))
def test_what_is_deeper_than_allowed_is_refused_and_what_is_far_from_it_is_not(value, size):
    data = json.dumps(value).encode()
    feed(Depth(3 * levels(value)), data, size)
    with pytest.raises(TooDeepError):
        feed(Depth(levels(value) - 1), data, size)
