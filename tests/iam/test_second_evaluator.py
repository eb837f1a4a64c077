"""``decide`` beside MiniStack's evaluator on generated requests; every difference falls under a rule with a name."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from bedrock_o11y.iam import Outcome, Request, decide
from tests.iam.oracles import disagreements, real_requests
from tests.iam.oracles.evaluator import Reading, evaluate
from tests.iam.oracles.second_evaluator import PYTHON, Case, SecondEvaluator

pytestmark = pytest.mark.sandbox
ROLE = "arn:aws:iam::123456789012:role/r"
EXCUSED_AT_MOST = 0.1


def ours(case: Case) -> str:
    request = Request(ROLE, case.action, case.resource, case.context)
    return decide(request, identity=case.identity, limits=case.fences).value.value


def compare(count: int, seed: int) -> Counter[str]:
    random = Random(seed)  # noqa: S311 - cases, no secrets
    counted: Counter[str] = Counter()
    with SecondEvaluator() as second:
        for _ in range(count):
            case = real_requests.case(random)
            answer = second.answer(case)
            if answer is None:
                continue
            if answer.value == ours(case):
                counted[f"both {answer.value}"] += 1
                continue
            rules = disagreements.explain(case, answer.value)
            assert rules, f"no rule explains it: ours {ours(case)}, MiniStack {answer.value}, {case}"
            for rule in rules:
                counted[rule.name] += 1
            counted["explained"] += 1
            if all(rule.right == "ours" for rule in rules) and not disagreements.uses_malformed(case):
                assert ours(case) in plain(case), case
        assert second.hung <= count // 100
    for name, number in counted.most_common():
        print(f"{number:6} {name}")
    return counted


def plain(case: Case) -> set[str]:
    """What the documentation says, in both readings of stars in the first five fields."""
    return {
        evaluate(case.identity, case.action, case.resource, case.context, limits=case.fences, reading=reading).value
        for reading in (Reading.FIELDS, Reading.WHOLE)
    }


def judge(counted: Counter[str], count: int) -> None:
    assert counted["explained"] <= count * EXCUSED_AT_MOST, counted
    assert all(counted[f"both {outcome.value}"] > count / 50 for outcome in Outcome), counted


def test_decide_differs_from_the_second_evaluator_only_where_a_rule_says_so() -> None:
    judge(compare(1_000, 1), 1_000)


@pytest.mark.long
def test_decide_differs_from_the_second_evaluator_only_where_a_rule_says_so_in_many_requests() -> None:
    counted = compare(50_000, 20261121)
    judge(counted, 50_000)
    unused = [rule.name for rule in (*disagreements.RULES, disagreements.MALFORMED_VALUE) if not counted[rule.name]]
    assert not unused, "these rules excuse nothing"


def test_every_rule_says_who_is_right_and_where_it_stands() -> None:
    for rule in (*disagreements.RULES, disagreements.MALFORMED_VALUE):
        assert rule.right.startswith(("ours", "nobody knows"))
        assert rule.source.startswith("reference")


def test_a_question_that_hangs_ends_its_process_and_the_next_gets_a_new_one() -> None:
    stars = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*a" * 24 + "b"}]}
    easy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    assert PYTHON.exists()
    with SecondEvaluator(patience=3) as second:
        assert second.answer(Case([stars], [], "s3:GetObject", "a" * 200)) is None
        assert second.answer(Case([easy], [], "s3:GetObject", "a")) is Outcome.ALLOWED
        assert second.hung == 1
