"""Roles made at random from what people write into policies; a seed makes the same roles again.

Left out is what the audit leaves open by itself: conditions on keys that it does not know, wildcards that span the
first fields of an ARN, permissions of which AWS's own pages disagree.
"""

from __future__ import annotations

from copy import deepcopy
from random import Random
from typing import Any, Final

from tests.journeys.audited_roles import (
    ACCOUNT,
    EVERYTHING,
    FACTS,
    OWN,
    RUNTIME,
    STREAM,
    VALUES,
    AuditedRole,
    blueprint,
)
from tests.journeys.policy_changes import Document, policy

_KINDS: Final = (RUNTIME, RUNTIME, "agentcore-runtime:direct-code", "invocation-logging")
_GROUPS: Final = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:"
_RESOURCES: Final = {
    "logs": (
        "*", "arn:aws:logs", "arn:aws:logs:*:*:*", "arn:aws:logs:eu-*:*:*", f"arn:aws:logs:*:{ACCOUNT}:log-group:*",
        f"{_GROUPS}*", f"{_GROUPS}/aws/bedrock-agentcore/*", f"{OWN}*", f"{OWN}*:*", f"{OWN}*:log-stream:*",
        f"{OWN}DEFAULT", f"{OWN}DEFAULT:*", f"{OWN}D?FAULT:log-stream:otel*", f"{OWN}*-DEFAULT:*",
        f"{_GROUPS}*:log-stream:*", f"{_GROUPS}*:log-stream:", f"{_GROUPS}*:log-stream:?*", f"{_GROUPS}/records/*",
        f"{_GROUPS}/*:log-stream:aws/bedrock/modelinvocations", STREAM, STREAM.partition("log-stream:")[0] + "*",
    ),
    "bedrock": (
        "*", "arn:aws:bedrock:*::foundation-model/*", "arn:aws:bedrock:us-east-1::foundation-model/*",
        f"arn:aws:bedrock:us-east-1:{ACCOUNT}:*", "arn:aws:bedrock:*:*:*", "arn:aws:bedrock:us-*-1:*:*",
        f"arn:aws:bedrock:us-east-1:{ACCOUNT}:provisioned-model/*",
    ),
    "ecr": (
        "*", f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/*", f"arn:aws:ecr:*:{ACCOUNT}:repository/night*",
        "arn:aws:ecr:us-east-1:*:repository/night_ow?", "arn:aws:ecr:us-east-2:*:repository/*",
    ),
    "cloudwatch": ("*", "arn:aws:cloudwatch:*:*:*"),
    "xray": ("*",),
    "bedrock-agentcore": ("*",),
}  # fmt: skip
_EVERY_RESOURCE: Final = tuple(dict.fromkeys(each for resources in _RESOURCES.values() for each in resources))
_ACTIONS: Final = (
    "*", "logs:*", "logs:Create*", "logs:*LogStream*", "logs:Put*", "logs:PutLogEvents", "logs:createlogstream",
    "logs:Describe*", "logs:CreateLogGroup", "logs:?reateLogStream", "bedrock:*", "bedrock:Invoke*",
    "bedrock:InvokeModel", "bedrock:InvokeModelWith?esponseStream", "ecr:*", "ecr:Batch*", "ecr:GetAuthorizationToken",
    "ecr:Get*", "cloudwatch:*", "cloudwatch:PutMetricData", "CloudWatch:put*", "iam:*", "s3:Get*",
)  # fmt: skip
_TEAM, _ARN, _FROM = "aws:PrincipalTag/team", "aws:PrincipalArn", "aws:RequestedRegion"
_CONDITIONS: Final[tuple[Document, ...]] = (
    {"StringEquals": {_TEAM: "owls"}}, {"StringNotEquals": {_TEAM: "owls"}}, {"StringLike": {_TEAM: "o*"}},
    {"StringNotEqualsIfExists": {_TEAM: "owls"}}, {"StringEqualsIgnoreCase": {_TEAM: "OWLS"}},
    {"StringNotLike": {_TEAM: ["o*", "f*"]}},
    {"Null": {_TEAM: "true"}}, {"Null": {_TEAM: "false"}}, {"ForAnyValue:StringLike": {_TEAM: "f*"}},
    {"ForAllValues:StringLike": {_TEAM: "f*"}}, {"NumericLessThan": {"aws:PrincipalTag/level": "3"}},
    {"NumericGreaterThanEqualsIfExists": {"aws:PrincipalTag/level": "3"}},
    {"StringEquals": {_FROM: "us-east-1"}}, {"StringNotEquals": {_FROM: ["us-east-1", "us-west-2"]}},
    {"StringLike": {_FROM: "eu-*"}}, {"StringEquals": {_TEAM: "owls"}, "StringLike": {_FROM: "us-*"}},
    {"Bool": {"aws:SecureTransport": "false"}}, {"Bool": {"aws:SecureTransport": "true"}},
    {"BoolIfExists": {"aws:ViaAWSService": "true"}}, {"Bool": {"aws:PrincipalIsAWSService": "false"}},
    {"ArnLike": {_ARN: f"arn:aws:iam::{ACCOUNT}:role/*"}},
    {"ArnNotLike": {_ARN: f"arn:aws:iam::{ACCOUNT}:role/random*"}},
    {"StringLike": {_ARN: "*:role/other*"}}, {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}},
    {"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}}, {"StringEquals": {"aws:PrincipalType": "AssumedRole"}},
    {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, {"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "127.0.0.1/32"]}},
)  # fmt: skip
_NAMESPACES: Final[tuple[Document, ...]] = tuple(
    {operator: {"cloudwatch:namespace": value}}
    for operator, value in (
        ("StringEquals", "bedrock-agentcore"), ("StringNotEquals", "bedrock-agentcore"), ("StringLike", "bedrock*"),
        ("StringEqualsIfExists", "other"), ("StringEqualsIgnoreCase", "Bedrock-AgentCore"),
    )
)  # fmt: skip


def random_roles(seed: int, count: int) -> list[AuditedRole]:
    """Roles, each with a name of its own."""
    random = Random(seed)  # noqa: S311 - the same roles again is what is wanted
    return [_role(random, f"random-{seed}-{number}") for number in range(count)]


def _role(random: Random, id: str) -> AuditedRole:
    kind = random.choice(_KINDS)
    own = deepcopy(blueprint(kind))
    for _ in range(random.randint(0, 3)):
        _change(random, random.choice(own["Statement"]))
    policies = [own]
    if random.random() < 0.6:
        policies.append(policy(*[_statement(random, deny=0.7) for _ in range(random.randint(1, 2))]))
    boundary = None
    if random.random() < 0.3:
        allowing = EVERYTHING if random.random() < 0.5 else _statement(random, deny=0)
        boundary = policy(allowing, *[_statement(random, deny=0.5) for _ in range(random.randint(0, 2))])
    tags = {"team": random.choice(("owls", "foxes"))} if random.random() < 0.5 else {}
    if random.random() < 0.3:
        tags["level"] = random.choice(("2", "3", "15"))
    facts = {**FACTS, "Agent": "night_owl-DEFAULT", "LogGroupName": VALUES["LogGroupName"], "aws:SourceIp": "127.0.0.1"}
    return AuditedRole(id, kind, tuple(policies), boundary=boundary, tags=tags, facts=facts)


def _change(random: Random, one: dict[str, Any]) -> None:
    """One change of one statement of the blueprint."""
    how, service = random.random(), one["Action"][0].partition(":")[0]
    if how < 0.3 and len(one["Action"]) > 1:
        one["Action"].remove(random.choice(one["Action"]))
    elif how < 0.7:
        for name in ("Resource", "NotResource"):
            one.pop(name, None)
        one["NotResource" if random.random() < 0.15 else "Resource"] = _some(random, _RESOURCES[service])
    else:
        usable = _CONDITIONS + (_NAMESPACES * 3 if service == "cloudwatch" else ())
        one["Condition"] = {**one.get("Condition", {}), **random.choice(usable)}


def _statement(random: Random, *, deny: float) -> Document:
    one: Document = {"Effect": "Deny" if random.random() < deny else "Allow"}
    one["NotAction" if random.random() < 0.2 else "Action"] = _some(random, _ACTIONS)
    one["NotResource" if random.random() < 0.2 else "Resource"] = _some(random, _EVERY_RESOURCE)
    if random.random() < 0.6:
        one["Condition"] = random.choice(_CONDITIONS)
    return one


def _some(random: Random, pool: tuple[str, ...]) -> list[str]:
    return random.sample(pool, random.randint(1, min(3, len(pool))))
