"""Roles that the audit judges: AgentCore runtimes and invocation logging, healthy or with what one meets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .parts import ACCOUNT, OTHER_ACCOUNT, REGIONS, Document, document, source, statement, trust

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

AGENTCORE = "bedrock-agentcore.amazonaws.com"
BEDROCK = "bedrock.amazonaws.com"
LOGGING_SHARE = 0.15
HEALTHY_SHARE = 0.4

Body = tuple[Document, Document]
"""Trust policy and permissions of a role."""


def runtime(random: Random, number: int) -> Body:
    """An execution role of an agent: the documented policy, in most of them with a defect or two."""
    region = random.choice(REGIONS)
    body = _healthy_runtime(region, f"agent_{number}")
    if random.random() >= HEALTHY_SHARE:
        for mutate in random.sample(RUNTIME_MUTATIONS, random.randint(1, 2)):
            body = mutate(region, body)
    return body


def logging(random: Random, number: int) -> Body:
    """The role with which Bedrock writes invocation records."""
    region = random.choice(REGIONS)
    stream = f"arn:aws:logs:{region}:{ACCOUNT}:log-group:/bedrock/{number}:log-stream:aws/bedrock/modelinvocations"
    body = (
        trust(BEDROCK, source("bedrock", region)),
        document(statement("WriteRecords", ["logs:CreateLogStream", "logs:PutLogEvents"], stream)),
    )
    if random.random() >= HEALTHY_SHARE:
        body = random.choice(LOGGING_MUTATIONS)(region, body)
    return body


def _healthy_runtime(region: str, agent: str) -> Body:
    groups = f"arn:aws:logs:{region}:{ACCOUNT}:log-group:"
    group = f"{groups}/aws/bedrock-agentcore/runtimes/{agent}-*"
    identities = f"arn:aws:bedrock-agentcore:{region}:{ACCOUNT}:workload-identity-directory/default"
    namespace = {"StringEquals": {"cloudwatch:namespace": "bedrock-agentcore"}}
    permissions = document(
        statement(
            "ECRImageAccess",
            ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            f"arn:aws:ecr:{region}:{ACCOUNT}:repository/{agent}",
        ),
        statement("ECRTokenAccess", "ecr:GetAuthorizationToken"),
        statement("LogGroup", ["logs:CreateLogGroup", "logs:DescribeLogStreams"], f"{group}:*"),
        statement("SpansIntoLogGroup", "logs:PutResourcePolicy", group),
        statement("FindLogGroups", "logs:DescribeLogGroups", f"{groups}*"),
        statement("LogStreams", ["logs:CreateLogStream", "logs:PutLogEvents"], f"{group}:log-stream:*"),
        statement(
            "Traces",
            [
                "xray:PutTraceSegments",
                "xray:PutTelemetryRecords",
                "xray:GetSamplingRules",
                "xray:GetSamplingTargets",
            ],
        ),
        statement("Metrics", "cloudwatch:PutMetricData", condition=namespace),
        statement(
            "Identity",
            ["bedrock-agentcore:GetWorkloadAccessToken", "bedrock-agentcore:GetWorkloadAccessTokenForJWT"],
            [identities, f"{identities}/workload-identity/{agent}-*"],
        ),
        statement(
            "Models",
            ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
            ["arn:aws:bedrock:*::foundation-model/*", f"arn:aws:bedrock:{region}:{ACCOUNT}:*"],
        ),
    )
    return trust(AGENTCORE, source("bedrock-agentcore", region)), permissions


def _without(sid: str) -> Callable[[str, Body], Body]:
    def mutate(_: str, body: Body) -> Body:
        kept = [each for each in body[1]["Statement"] if each["Sid"] != sid]
        return body[0], document(*kept)

    return mutate


def _with(sid: str, actions: str | list[str], *, effect: str = "Allow") -> Callable[[str, Body], Body]:
    def mutate(_: str, body: Body) -> Body:
        return body[0], document(*body[1]["Statement"], statement(sid, actions, effect=effect))

    return mutate


def _on(sid: str, resource: str) -> Callable[[str, Body], Body]:
    def mutate(region: str, body: Body) -> Body:
        new = resource.format(region=region, account=ACCOUNT)
        changed = [{**each, "Resource": new} if each["Sid"] == sid else each for each in body[1]["Statement"]]
        return body[0], document(*changed)

    return mutate


def _trusting(condition: Callable[[str, str], dict[str, object]]) -> Callable[[str, Body], Body]:
    def mutate(region: str, body: Body) -> Body:
        principal = body[0]["Statement"][0]["Principal"]["Service"]
        return trust(principal, condition(principal.removesuffix(".amazonaws.com"), region)), body[1]

    return mutate


_TRUST_MUTATIONS: tuple[Callable[[str, Body], Body], ...] = (
    _trusting(lambda *_: {}),
    _trusting(lambda *_: {"StringEquals": {"aws:SourceAccount": ACCOUNT}}),
    _trusting(lambda *_: {"StringEquals": {"aws:SourceAccount": OTHER_ACCOUNT}}),
    _trusting(lambda *_: {"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}}),
    _trusting(lambda service, region: {"StringEquals": {"aws:SourceArn": f"arn:aws:{service}:{region}:{ACCOUNT}:*"}}),
    _trusting(lambda service, region: {"StringLike": {"aws:SourceArn": f"arn:aws:{service}:{region}:{ACCOUNT}:*"}}),
)

RUNTIME_MUTATIONS: tuple[Callable[[str, Body], Body], ...] = (
    *_TRUST_MUTATIONS,
    _without("Traces"),
    _without("LogStreams"),
    _without("FindLogGroups"),
    _without("SpansIntoLogGroup"),
    _without("Metrics"),
    _without("ECRTokenAccess"),
    _with("ForUser", "bedrock-agentcore:GetWorkloadAccessTokenForUserId"),
    _with("Converse", ["bedrock:Converse", "bedrock:ConverseStream"]),
    _with("AllOfBedrock", "bedrock:*"),
    _with("NoLogs", "logs:PutLogEvents", effect="Deny"),
    _on("LogGroup", "arn:aws:logs:{region}:{account}:log-group:/aws/bedrock-agentcore/*"),
    _on("LogStreams", "*"),
    _on("LogStreams", "arn:aws:logs:{region}:{account}:log-group:/aws/bedrock-agentcore/runtimes/*"),
    _on("LogStreams", "arn:aws:logs:{region}:{account}:log-group:/aws/agentcore/runtimes/*:*:log-stream:*"),
    _on("Metrics", "*"),
)
"""What one meets in roles of runtimes: trust too open or broken, a grant too few, too many, or on the wrong ARN."""

LOGGING_MUTATIONS: tuple[Callable[[str, Body], Body], ...] = (
    *_TRUST_MUTATIONS,
    _on("WriteRecords", "*"),
    _on("WriteRecords", "arn:aws:logs:{region}:{account}:log-group:/bedrock/records"),
    _with("NoLogs", "logs:*", effect="Deny"),
    _with("AllOfLogs", "logs:*"),
)
"""What one meets in roles for invocation logging."""
