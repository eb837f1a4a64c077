"""Generated policies that look like real ones: ARNs of a few services, cut short, starred and questioned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.iam.oracles.real_pairs import LOGS, MODEL, PROFILE, REPOSITORY, TABLE, document

if TYPE_CHECKING:
    from random import Random

    from tests.iam.oracles.evaluator import Document

SERVICES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "logs": (
        ("CreateLogGroup", "CreateLogStream", "PutLogEvents", "DescribeLogGroups", "DescribeLogStreams"),
        (
            f"{LOGS}/aws/bedrock-agentcore/runtimes/agent-x1-DEFAULT:log-stream:runtime-logs",
            f"{LOGS}/aws/bedrock-agentcore/runtimes/agent-x1-DEFAULT:*",
            f"{LOGS}/aws/bedrock/model-invocations:log-stream:aws/bedrock/modelinvocations",
            f"{LOGS}/aws/lambda/agent:*",
        ),
    ),
    "s3": (
        ("GetObject", "GetObjectTagging", "PutObject", "ListBucket", "DeleteObject"),
        ("arn:aws:s3:::logs", "arn:aws:s3:::logs/aws/2026/11/records.json.gz", "arn:aws:s3:::logs-archive/aws/x.json"),
    ),
    "bedrock": (
        ("InvokeModel", "InvokeModelWithResponseStream", "ListFoundationModels"),
        (
            f"{MODEL}anthropic.claude-3-haiku-20240307-v1:0",
            f"{MODEL}amazon.nova-micro-v1:0",
            f"{PROFILE}us.amazon.nova",
        ),
    ),
    "dynamodb": (
        ("GetItem", "PutItem", "Query"),
        (f"{TABLE}orders", f"{TABLE}orders/index/by-day", f"{TABLE}orders-2"),
    ),
    "ecr": (("BatchGetImage", "GetDownloadUrlForLayer"), (f"{REPOSITORY}agent", f"{REPOSITORY}agent-tools")),
}
"""By service: names of actions, and resources."""
ACTIONS = [f"{service}:{name}" for service, (names, _) in SERVICES.items() for name in (*names, "Other")]


def blurred(random: Random, text: str, first: int, *, stars: int = 3) -> str:
    """A pattern that matches the text: some runs behind ``first`` become stars, some characters question marks."""
    letters = list(text)
    for _ in range(random.randrange(stars + 1)):
        start = random.randrange(first, len(letters) + 1)
        letters[start : start + random.choice([0, 0, 1, 3, 8, 99])] = ["*"]
    if random.random() < 0.3 and len(letters) > first:
        letters[random.randrange(first, len(letters))] = "?"
    return "".join(letters)


def action(random: Random, service: str) -> str:
    if random.random() < 0.05:
        return "*"
    prefix = f"{service}:"
    return blurred(random, prefix + random.choice(SERVICES[service][0]), len(prefix), stars=1)


def resource(random: Random, service: str) -> str:
    if random.random() < 0.1:
        return "*"
    arn = random.choice(SERVICES[service][1])
    first = arn.index("log-group:") + len("log-group:") if service == "logs" else arn.rindex(":", 0, 50) + 1
    return blurred(random, arn, len("arn:aws:") if random.random() < 0.05 else first)


def statement(random: Random, service: str, effect: str) -> dict[str, Any]:
    actions = [action(random, service) for _ in range(random.randint(1, 3))]
    resources = [resource(random, service) for _ in range(random.randint(1, 3))]
    return {
        "Effect": effect,
        "Action" if random.random() < 0.9 else "NotAction": actions,
        "Resource" if random.random() < 0.9 else "NotResource": resources,
    }


def policy(random: Random, services: list[str], *, denies: int = 2) -> Document:
    allows = [statement(random, random.choice(services), "Allow") for _ in range(random.randint(1, 3))]
    others = [statement(random, random.choice(services), "Deny") for _ in range(random.randrange(denies + 1))]
    return document([*allows, *others])


def pair(random: Random) -> tuple[Document, Document]:
    """An outer and an inner policy about the same services; now and then the inner is a piece of the outer."""
    services = random.sample(sorted(SERVICES), random.randint(1, 2))
    outer, inner = policy(random, services), policy(random, services)
    if random.random() < 0.5:
        kept = [each for each in outer["Statement"] if each["Effect"] == "Deny" or random.random() < 0.7]
        more = [statement(random, random.choice(services), "Deny") for _ in range(random.randint(0, 2))]
        inner = document([*kept, *more])
    return outer, inner
