"""Policy variables, typed from the IAM User Guide, "IAM policy elements: Variables and tags"."""

from __future__ import annotations

from typing import Any

import pytest

from bedrock_o11y.iam.document import unknown
from bedrock_o11y.iam.request_context import Context, World
from bedrock_o11y.iam.variables import (
    LITERAL_QUESTION,
    LITERAL_STAR,
    Hole,
    HoleKind,
    Piece,
    Text,
    as_plain,
    holes,
    substitute,
)

TAG = "aws:PrincipalTag/team"

REPLACED: list[tuple[str, dict[str, Any], str | None]] = [
    ("plain", {}, "plain"),
    ("a/${aws:username}/*", {"aws:username": "ann"}, "a/ann/*"),
    ("${AWS:UserName}", {"aws:username": "ann"}, "ann"),
    (f"${{{TAG}}}-${{{TAG}}}", {TAG: "red"}, "red-red"),
    (f"${{{TAG}}}", {}, None),
    (f"${{{TAG}}}", {TAG: None}, None),
    (f"${{{TAG}, 'all'}}", {}, "all"),
    (f"${{{TAG},'all'}}", {}, "all"),
    (f"${{{TAG}, ''}}", {}, ""),
    (f"${{{TAG}, 'all'}}", {TAG: "red"}, "red"),
    (f"${{{TAG}, 'a*'}}", {}, f"a{LITERAL_STAR}"),
    (f"x${{{TAG}}}*", {TAG: "*?"}, f"x{LITERAL_STAR}{LITERAL_QUESTION}*"),
    ("${*}${?}${$}", {}, f"{LITERAL_STAR}{LITERAL_QUESTION}$"),
    (f"${{{TAG}}}", {TAG: "${aws:username}", "aws:username": "ann"}, "${aws:username}"),
    (f"${{{TAG}}}", {TAG: ["red", "blue"]}, None),  # a key with several values is no variable
    (f"${{{TAG}}}", {TAG: []}, None),
    ("${aws:username", {"aws:username": "ann"}, "${aws:username"),
    ("${}", {}, "${}"),
    ("$aws:username}", {"aws:username": "ann"}, "$aws:username}"),
    (unknown("Bucket"), {}, unknown("Bucket")),
]


@pytest.mark.parametrize(("text", "request_keys", "expected"), REPLACED)
def test_a_variable_is_replaced_by_the_value_of_the_request(
    text: str, request_keys: dict[str, Any], expected: str | None
) -> None:
    assert substitute(text, Context(request_keys, World.CLOSED)) == expected


def test_a_variable_of_an_unknown_key_becomes_an_unknown_piece() -> None:
    replaced = substitute(f"a/${{{TAG}}}/${{{TAG}, 'x'}}", Context({}, World.OPEN))
    assert replaced is not None
    pieces = holes(replaced, variables=False)
    assert [type(piece) for piece in pieces] == [Text, Hole, Text, Hole]
    assert pieces[1] == pieces[3]


def test_a_key_known_to_be_absent_has_no_value_in_an_open_world_either() -> None:
    assert substitute(f"${{{TAG}}}", Context({TAG: None}, World.OPEN)) is None


SPLIT: list[tuple[str, bool, tuple[Piece, ...]]] = [
    ("", True, ()),
    ("a*", True, (Text("a*"),)),
    ("${aws:x}", True, (Hole("aws:x", HoleKind.VARIABLE),)),
    ("${aws:X}", False, (Text("${aws:X}"),)),
    ("a${aws:X, 'd?'}b", True, (Text("a"), Hole("aws:x", HoleKind.VARIABLE, f"d{LITERAL_QUESTION}"), Text("b"))),
    ("a${*}b", True, (Text(f"a{LITERAL_STAR}b"),)),
    ("a${*}b", False, (Text("a${*}b"),)),
    (f"a{unknown('Group.Arn')}:*", False, (Text("a"), Hole("Group.Arn", HoleKind.UNKNOWN), Text(":*"))),
    (f"{unknown('A')}{unknown('B')}", True, (Hole("A", HoleKind.UNKNOWN), Hole("B", HoleKind.UNKNOWN))),
    (f"${{aws:PrincipalTag/{unknown('Tag')}}}", True, (Hole("${aws:PrincipalTag/<Tag>}", HoleKind.UNKNOWN),)),
]


@pytest.mark.parametrize(("text", "variables", "pieces"), SPLIT)
def test_a_pattern_is_split_at_what_is_not_there(text: str, variables: bool, pieces: tuple[Piece, ...]) -> None:
    assert holes(text, variables=variables) == pieces


def test_literal_stars_are_stars_where_nothing_is_a_wildcard() -> None:
    assert as_plain(f"{LITERAL_STAR}{LITERAL_QUESTION}") == "*?"
