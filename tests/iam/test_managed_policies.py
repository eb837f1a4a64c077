"""AWS's managed policies: all parse, each includes itself in other words, and none includes itself plus a grant."""

from __future__ import annotations

import json
import urllib.parse
from collections import Counter
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from bedrock_o11y.iam import Outcome, PolicyDocument, Request, decide, includes
from tests.iam.oracles import managed_policies
from tests.iam.oracles.evaluator import Answer, evaluate, listed
from tests.iam.oracles.typed_policies import POLICIES

if TYPE_CHECKING:
    from bedrock_o11y.iam import Inclusion
    from tests.iam.oracles.evaluator import Document

TIMES = 20
UNDECIDED_AT_MOST = 0.01


@pytest.fixture(scope="module")
def managed() -> dict[str, Document]:
    return managed_policies.read()


def judge_rewritten(random: Random, name: str, document: Document, counted: Counter[Any]) -> None:
    other = managed_policies.rewritten(random, document)
    for answer in (includes(document, other), includes(other, document)):
        assert answer.holds is not False, (name, answer)
        counted[answer.holds] += 1
        if answer.holds is None:
            counted[answer.reason] += 1


def judge_without_one_grant(random: Random, name: str, document: Document, counted: Counter[Any]) -> None:
    less = managed_policies.without_one_grant(random, document)
    if not less:
        return
    rest, taken = less
    answer = includes(rest, document)
    counted[answer.holds] += 1
    if answer.holds is False:
        assert answer.witness is not None
        assert shows(answer, rest, document), (name, answer.witness)
    elif answer.holds:  # others grant it, too
        for action, resource in managed_policies.samples(taken):
            allowed = [evaluate([each], action, resource, {}) is Answer.ALLOWED for each in (document, rest)]
            assert allowed in ([True, True], [False, False]), (name, action, resource)


def shows(answer: Inclusion, rest: Document, document: Document) -> bool:
    """Whether ``decide`` and the plain evaluator both say that the witness is allowed by the one alone."""
    witness = answer.witness
    assert witness is not None
    context = {key: list(value) if isinstance(value, tuple) else value for key, value in witness.context.items()}
    request = Request("arn:aws:iam::123456789012:role/r", witness.action, witness.resource, context)
    ours = [decide(request, identity=[each]).value is Outcome.ALLOWED for each in (document, rest)]
    plain = [evaluate([each], witness.action, witness.resource, context) is Answer.ALLOWED for each in (document, rest)]
    return ours == plain == [True, False]


def judge_share(counted: Counter[Any]) -> None:
    print(f"includes: {dict(counted)}")
    decided = counted[True] + counted[False]
    assert counted[None] <= UNDECIDED_AT_MOST * decided, counted


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_includes_itself_in_other_words(name: str) -> None:
    counted: Counter[Any] = Counter()
    for seed in range(TIMES):
        judge_rewritten(Random(seed), name, POLICIES[name], counted)  # noqa: S311 - cases, no secrets
    judge_share(counted)


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_less_one_grant_does_not_include_it_and_the_witness_shows_why(name: str) -> None:
    counted: Counter[Any] = Counter()
    for seed in range(TIMES):
        judge_without_one_grant(Random(seed), name, POLICIES[name], counted)  # noqa: S311 - cases, no secrets
    judge_share(counted)
    assert counted[False] or len(POLICIES[name]["Statement"]) == 1


@pytest.mark.long
def test_every_managed_policy_parses_in_every_form(managed: dict[str, Document]) -> None:
    assert len(managed) > 1_000
    for name, document in managed.items():
        text = json.dumps(document)
        read = PolicyDocument.parse(document, name=name)
        assert len(read.statements) == len(listed(document["Statement"])), name
        assert not read.unknown
        assert PolicyDocument.parse(text, name=name) == read
        assert PolicyDocument.parse(urllib.parse.quote(text), name=name) == read


@pytest.mark.long
def test_every_managed_policy_includes_itself_in_other_words(managed: dict[str, Document]) -> None:
    counted: Counter[Any] = Counter()
    random = Random(20261121)  # noqa: S311 - cases, no secrets
    for name, document in managed.items():
        judge_rewritten(random, name, document, counted)
    judge_share(counted)


@pytest.mark.long
def test_every_managed_policy_less_one_grant_does_not_include_it(managed: dict[str, Document]) -> None:
    counted: Counter[Any] = Counter()
    random = Random(20261121)  # noqa: S311 - cases, no secrets
    for name, document in managed.items():
        judge_without_one_grant(random, name, document, counted)
    judge_share(counted)
    assert counted[False] > len(managed) / 2
