"""Where MiniStack's evaluator and ours may differ: a fixed list of rules, each with who is right and where it says so.

A rule explains a difference when the plain evaluator, bent as the rule says, gives MiniStack's answer, and no more.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tests.iam.oracles.evaluator import Reading, evaluate, listed, statement_names_action

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.iam.oracles.second_evaluator import Case

MALFORMED = {"s3:max-keys": "many", "aws:VpcSourceIp": "nowhere"}
"""Values of a request that are no number and no address."""


@dataclass(frozen=True)
class Rule:
    """A difference that is known.

    Attributes:
        name: what MiniStack does.
        right: who is right.
        source: where that stands.
        bend: the case as MiniStack sees it.
        reading: of patterns of resources, as MiniStack has it.
    """

    name: str
    right: str
    source: str
    bend: Callable[[Case], Case] = lambda case: case
    reading: Reading = Reading.FIELDS


def _conditions(case: Case, bend: Callable[[str], str]) -> Case:
    """The case with other operators."""

    def bent(document: dict[str, Any]) -> dict[str, Any]:
        return {**document, "Statement": [_bent(each, bend) for each in document["Statement"]]}

    return replace(case, identity=list(map(bent, case.identity)), fences=list(map(bent, case.fences)))


def _bent(statement: dict[str, Any], bend: Callable[[str], str]) -> dict[str, Any]:
    if "Condition" not in statement:
        return statement
    block: dict[str, dict[str, Any]] = {}
    for operator, keys in statement["Condition"].items():
        for key, values in keys.items():
            # Two operators may become one: then all of its values under both must hold, which one block cannot say.
            name = bend(operator)
            while key in block.get(name, {}):
                name = f"{name[:1].swapcase()}{name[1:]}" if name == bend(operator) else name.upper()
            block.setdefault(name, {})[key] = values
    return {**statement, "Condition": block}


def _arn_as_text(operator: str) -> str:
    name = operator.replace("Arn", "String")
    return name if name == operator else name.replace("Equals", "Like")


RULES = (
    Rule(
        name="a star in the first five fields of a resource crosses colons",
        right="nobody knows: AWS's pages of 2023 and 2026 differ; decide lets an Allow match by fields, a Deny by text",
        source="reference-arns",
        reading=Reading.WHOLE,
    ),
    Rule(
        name="a resource with missing fields is not completed",
        right="ours",
        source="reference-arns: missing fields of an ARN in an identity-based policy are completed with wildcards",
        reading=Reading.AS_WRITTEN,
    ),
    Rule(
        name="an ARN operator is one glob over the whole text",
        right="ours",
        source="reference_policies_elements_condition_operators: the six components are checked separately",
        bend=lambda case: _conditions(case, _arn_as_text),
    ),
    Rule(
        name="aws:TagKeys without a value is an empty list, so it is there",
        right="ours",
        source="reference_policies_condition-keys: aws:TagKeys is in the context of requests that carry tags",
        bend=lambda case: replace(case, context={"aws:TagKeys": [], **case.context}),
    ),
)
MALFORMED_VALUE = Rule(
    name="a value that is no number and no address just does not match",
    right="nobody knows; decide takes it as unknown: it never allows and may deny",
    source="reference_policies_elements_condition_operators",
)


def uses_malformed(case: Case) -> bool:
    """Whether a statement about the action looks at a malformed value."""
    bad = {key.lower() for key, value in MALFORMED.items() if case.context.get(key) == value}
    return any(
        key.lower() in bad and operator != "Null"
        for document in (*case.identity, *case.fences)
        for statement in listed(document["Statement"])
        if statement_names_action(statement, case.action)
        for operator, keys in statement.get("Condition", {}).items()
        for key in keys
    )


def answer(case: Case, rules: tuple[Rule, ...] = ()) -> str:
    """What the plain evaluator says, bent by rules."""
    reading = Reading.FIELDS
    for rule in rules:
        case = rule.bend(case)
        reading = max(reading, rule.reading, key=list(Reading).index)
    answered = evaluate(case.identity, case.action, case.resource, case.context, limits=case.fences, reading=reading)
    return answered.value


def explain(case: Case, theirs: str) -> tuple[Rule, ...] | None:
    """The fewest rules that lead to MiniStack's answer; None when none do."""
    for count in range(1, len(RULES) + 1):
        for rules in itertools.combinations(RULES, count):
            if answer(case, rules) == theirs:
                return rules
    return (MALFORMED_VALUE,) if uses_malformed(case) else None
