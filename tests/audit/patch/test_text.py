from __future__ import annotations

from pathlib import Path

import pytest

from bedrock_o11y.audit.patch import RolePatch
from bedrock_o11y.audit.patch.text import Names, Pseudo, comment, one_line, pieces
from bedrock_o11y.iam import unknown
from bedrock_o11y.roles import Role

from .typed_patches import NASTY, RUNTIME


@pytest.mark.parametrize(
    ("text", "snake", "camel"),
    [
        ("agent-runtime-role", "agent_runtime_role", "AgentRuntimeRole"),
        ("Agent+=,.@-_1", "agent_1", "Agent1"),
        ("1st", "role_1st", "Role1st"),
        ("+=,", "role", "Role"),
        ("MyAgent", "myagent", "MyAgent"),
        ("\u4e16", "role", "Role"),
    ],
)
def test_names(text, snake, camel):
    assert Names(set()).snake(text) == snake
    assert Names(set()).camel(text) == camel


def test_no_name_is_given_twice():
    names = Names(set())
    assert [names.snake(text) for text in ("a-b", "a_b", "A.B", "a_b_2")] == ["a_b", "a_b_2", "a_b_3", "a_b_2_2"]
    assert [names.camel(text) for text in ("aB", "AB", "a b")] == ["AB", "AB2", "AB3"]


@pytest.mark.parametrize("text", [*NASTY, "\u2028\u2029", "\x1b[31m", "\x00", "\u202e"])
def test_a_comment_is_lines_that_begin_with_a_hash(text):
    lines = comment(f"{text} {text}", indent="  ")
    assert all(line.startswith("  # ") and line.isprintable() for line in lines)
    assert len("\n".join(lines).splitlines()) == len(lines)


def test_unknown_text_is_readable_for_people():
    assert one_line(f"a {unknown('LogGroup.Arn')}") == "a <LogGroup.Arn>"


def test_a_text_in_pieces():
    text = f"arn:{Pseudo.PARTITION.marker}:logs:{Pseudo.REGION.marker}:x"
    assert list(pieces(text)) == ["arn:", Pseudo.PARTITION, ":logs:", Pseudo.REGION, ":x"]
    assert list(pieces(unknown("Else"))) == [unknown("Else")]


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        ("arn:aws:iam::123456789012:role/a", "a"),
        ("arn:aws-us-gov:iam::123456789012:role/service-role/team/A+=,.@-_1", "A+=,.@-_1"),
        ("arn:aws:iam::123456789012:role/<AgentRole>", ""),
        ("", ""),
        ("arn:aws:iam::123456789012:role/a\n", ""),
        ("arn:aws:iam::123456789012:role/$(id)", ""),
    ],
)
def test_the_name_of_a_role_is_used_only_when_it_is_one(arn, name):
    assert RolePatch(Role(name="Logical", arn=arn), RUNTIME).role_name == name


@pytest.mark.parametrize(
    ("name", "module", "address"),
    [
        ("aws_iam_role.agent", "", "aws_iam_role.agent"),
        ("aws_iam_role.agent[0]", "", "aws_iam_role.agent[0]"),
        ('aws_iam_role.agent["a.b"]', "", 'aws_iam_role.agent["a.b"]'),
        ('module.m["x"].module.n.aws_iam_role.a', 'module.m["x"].module.n', "aws_iam_role.a"),
        ('aws_iam_role.agent["${x}"]', "", ""),
        ("AgentRole", "", ""),
        ("data.aws_iam_role.agent", "", ""),
    ],
)
def test_the_address_of_a_terraform_role(name, module, address):
    assert RolePatch(Role(name=name, file=Path("plan.json")), RUNTIME).address == (module, address)


def test_a_live_role_has_no_address():
    assert RolePatch(Role(name="aws_iam_role.agent"), RUNTIME).address == ("", "")
