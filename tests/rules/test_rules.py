"""The registry: every rule is whole, and a role that is as recommended has nothing to find."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bedrock_o11y.blueprint import policy_document
from bedrock_o11y.blueprint.roles import ROLE_KINDS
from bedrock_o11y.errors import UsageError
from bedrock_o11y.rules import RULES, explain, rule

FOLDER = Path(__file__).parents[2] / "bedrock_o11y" / "rules"


@pytest.mark.parametrize("each", RULES, ids=[each.id for each in RULES])
def test_a_rule_is_one_file_with_a_title_a_reason_a_method_and_a_source(each):
    assert (FOLDER / f"{each.id.replace('-', '_')}.py").is_file()
    assert each.title
    assert not each.title.endswith(".")
    assert each.why.endswith(".")
    assert each.how.endswith(".")
    assert all(source.url.startswith("https://docs.aws.amazon.com/") for source in each.sources)
    assert each.sources


def test_every_file_with_a_rule_is_registered():
    files = {path.stem for path in FOLDER.glob("*.py") if "RULE: Final = Rule(" in path.read_text()}
    assert files == {each.id.replace("-", "_") for each in RULES}


def test_an_explanation_says_why_how_and_where_aws_says_so():
    text = explain("never-matches")
    assert text.startswith("never-matches: ")
    assert rule("never-matches").why in text
    assert "https://docs.aws.amazon.com/" in text


def test_an_unknown_rule_is_told_with_those_that_exist():
    with pytest.raises(UsageError, match="missing-grant, denied-grant"):
        explain("nonsense")


SERVICE_ROLES = [name for name, kind in ROLE_KINDS.items() if kind.service]


@pytest.mark.parametrize("kind", SERVICE_ROLES)
def test_a_role_as_recommended_has_nothing_above_info(judge, kind):
    assert [(each.rule, each.action, each.message) for each in judge(kind=kind) if each.severity.rank < 4] == []


def templates(kind):
    grants = ROLE_KINDS[kind].grants
    return [
        text
        for grant in grants
        for text in (*grant.resources, *(value for condition in grant.conditions for value in condition.values))
    ]


@pytest.mark.parametrize("kind", SERVICE_ROLES)
def test_a_role_that_may_do_all_that_is_tolerated_has_nothing_above_info(judge, kind):
    names = {name for text in templates(kind) for name in re.findall(r"\$\{(\w+)\}", text)}
    values = dict.fromkeys(names, "x-*") | {"Partition": "aws", "Region": "us-east-1", "Account": "123456789012"}
    found = judge(policy=policy_document(ROLE_KINDS[kind].grants, values), kind=kind)
    assert [(each.rule, each.action, each.message) for each in found if each.severity.rank < 4] == []
