"""Generated requests with the policies that bear on them: real actions and ARNs, every operator, no variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.iam.oracles import real_policies
from tests.iam.oracles.second_evaluator import Case

if TYPE_CHECKING:
    from random import Random

_RUNTIME = "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/agent-1"
_OTHERS = "arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/agent-1"

KEYS: dict[str, tuple[Any, ...]] = {
    "aws:PrincipalTag/team": (None, "blue", "Blue", "green", "", "blue*"),
    "aws:TagKeys": (None, ["team"], ["team", "cost"], ["stage"]),
    "s3:max-keys": (None, "5", "10", "100", "many"),
    "aws:MultiFactorAuthPresent": (None, "true", "false"),
    "aws:TokenIssueTime": (None, "2026-11-20T00:00:00Z", "2026-11-21T08:00:00Z", "2026-11-21T09:00:00+01:00"),
    "aws:VpcSourceIp": (None, "10.0.0.1", "10.1.0.1", "2001:db8::1", "nowhere"),
    "aws:SourceArn": (None, _RUNTIME, _OTHERS, "arn:aws:s3:::logs"),
}
"""Condition keys and the values that a request may have; None is absent."""

_TEXTS = ("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike")
_ORDER = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
_ARNS = ("arn:aws:bedrock-agentcore:*:123456789012:*", "arn:aws:bedrock-agentcore:*:*:runtime/*", _RUNTIME, "arn:aws:*")

OPERATORS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "aws:PrincipalTag/team": ((*_TEXTS, "StringNotLike"), ("blue", "bl*", "?lue", "*", "green", "BLUE")),
    "aws:TagKeys": ((*_TEXTS, "StringNotLike"), ("team", "t*", "cost", "*")),
    "s3:max-keys": (tuple(f"Numeric{name}" for name in _ORDER), ("5", "10", "10.0", "50")),
    "aws:MultiFactorAuthPresent": (("Bool",), ("true", "false", "True")),
    "aws:TokenIssueTime": (
        tuple(f"Date{name}" for name in _ORDER),
        ("2026-11-21T08:00:00Z", "2026-11-20T12:00:00Z", "1795248000"),
    ),
    "aws:VpcSourceIp": (("IpAddress", "NotIpAddress"), ("10.0.0.0/16", "10.0.0.1", "2001:db8::/32", "0.0.0.0/0")),
    "aws:SourceArn": (("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "StringLike", "StringEquals"), _ARNS),
}
"""Condition keys, the operators on them, and what they compare with."""


def atom(random: Random) -> tuple[str, str, list[Any]]:
    """An operator, a key and values."""
    key = random.choice(sorted(KEYS))
    if random.random() < 0.1:
        return "Null", key, [random.choice(["true", "false"])]
    operators, values = OPERATORS[key]
    operator = random.choice(operators)
    if key == "aws:TagKeys":
        operator = f"{random.choice(['ForAllValues', 'ForAnyValue'])}:{operator}"
    if random.random() < 0.25:
        operator += "IfExists"
    return operator, key, random.sample(values, random.choice([1, 1, 2]))


def condition(random: Random) -> dict[str, dict[str, Any]]:
    """One atom or two."""
    block: dict[str, dict[str, Any]] = {}
    for _ in range(random.choice([1, 1, 2])):
        operator, key, values = atom(random)
        block.setdefault(operator, {})[key] = values[0] if len(values) == 1 else values
    return block


def policy(random: Random, services: list[str]) -> dict[str, Any]:
    """A policy, half of whose statements have a condition."""
    made = real_policies.policy(random, services)
    statements = [
        {**each, "Condition": condition(random)} if random.random() < 0.5 else each for each in made["Statement"]
    ]
    return {**made, "Statement": statements}


def case(random: Random) -> Case:
    """A request about one of the services of its policies; every key has a value or is absent."""
    services = random.sample(sorted(real_policies.SERVICES), 2)
    names, arns = real_policies.SERVICES[services[0]]
    context = {key: value for key, values in KEYS.items() if (value := random.choice(values)) is not None}
    return Case(
        identity=[policy(random, services) for _ in range(random.choice([1, 1, 2]))],
        fences=[policy(random, services) for _ in range(random.choice([0, 0, 1, 2]))],
        action=f"{services[0]}:{random.choice(names)}",
        resource=random.choice([*arns, *arns, *arns, "*"]),
        context=context,
    )
