"""Whatever a role looks like: its patch applies, closes what it says, brings nothing new and allows nothing beyond."""

from __future__ import annotations

import random

import pytest

from bedrock_o11y.audit.audit import judge, kind_and_variant
from bedrock_o11y.audit.patch import FORMS, patch_as
from bedrock_o11y.blueprint.roles import ROLE_KINDS
from bedrock_o11y.iam import PolicyDocument, includes

from .patching import (
    ACCOUNT,
    LOGS,
    PINNED,
    QUIET_STATEMENTS,
    RUNTIMES,
    TODAY,
    WHOLE,
    allow,
    applied,
    document,
    patched,
    remaining,
    role,
)

KINDS = [
    f"{kind.id}:{variant}" if variant else kind.id for kind in ROLE_KINDS.values() for variant in kind.variants or ("",)
]
ACTIONS = (
    *("s3:GetObject", "iam:PassRole", "bedrock:Converse", "bedrock:*", "logs:*", "logs:Create*", "xray:*", "*"),
    *("logs:PutLogEvent?", "bedrock-agentcore:GetWorkloadAccessToken*"),
    "bedrock-agentcore:GetWorkloadAccessTokenForUserId",
)
RESOURCES = (
    *("*", f"{LOGS}*", RUNTIMES, f"{RUNTIMES}:*", f"{RUNTIMES}:log-stream:*", f"{RUNTIMES}:*:log-stream:*"),
    *(f"{LOGS}/aws/bedrock-agentcore/*", f"{RUNTIMES[:-1]}my_agent-*", "arn:aws:logs:*:*:*"),
    f"arn:*:logs:eu-west-1:{ACCOUNT}:log-group:*",
    "arn:aws:bedrock:*::foundation-model/*",
    "arn:aws:s3:::b/${aws:PrincipalTag/team}/*",
    f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:*",
    f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/agent",
)
CONDITIONS = (
    *[None] * 8,
    {"StringEquals": {"cloudwatch:namespace": "bedrock-agentcore"}},
    {"StringLike": {"cloudwatch:namespace": "bedrock*"}},
    {"StringEquals": {"aws:ResourceAccount": ACCOUNT}},
    {"Bool": {"aws:SecureTransport": "true"}},
    {"StringEquals": {"aws:PrincipalTag/x": "y"}},
    {"StringNotEquals": {"aws:PrincipalTag/x": "y"}},
)
SERVICES = ("bedrock-agentcore.amazonaws.com", "bedrock.amazonaws.com", "lambda.amazonaws.com")
PRINCIPALS = (
    *({"Service": service} for service in SERVICES),
    {"Service": list(SERVICES[:2])},
    {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    {"AWS": "arn:aws:iam::111122223333:root"},
    "*",
)
SOURCES = (
    None,
    PINNED,
    {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    {"StringEquals": {"aws:SourceAccount": [ACCOUNT, "111122223333"]}},
    {"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}},
    {"StringLike": {"aws:SourceArn": "arn:aws:bedrock-agentcore:*"}},
    {"Bool": {"aws:SecureTransport": "true"}},
)


def statement(chance, actions, number):
    found = {"Effect": "Allow" if chance.random() < 0.85 else "Deny"}
    if chance.random() < 0.7:
        found["Sid"] = f"{chance.choice(['A', 'WriteOwnLogs', 'CreateOwnLogGroup'])}{number}"
    found["NotAction" if chance.random() < 0.04 else "Action"] = chance.sample(
        [*actions, *ACTIONS], chance.randint(1, 4)
    )
    found["NotResource" if chance.random() < 0.04 else "Resource"] = chance.sample(RESOURCES, chance.randint(1, 3))
    condition = chance.choice(CONDITIONS)
    return {**found, "Condition": condition} if condition else found


def trust(chance):
    statements = []
    for _ in range(chance.randint(1, 2)):
        source = chance.choice(SOURCES)
        statements.append(
            {
                "Effect": "Allow" if chance.random() < 0.9 else "Deny",
                "Principal": chance.choice(PRINCIPALS),
                "Action": chance.choice(["sts:AssumeRole", ["sts:AssumeRole", "sts:TagSession"], "sts:*"]),
                **({"Condition": source} if source else {}),
            }
        )
    return document(*statements)


def generated(seed):
    """A kind and a role that is judged as it."""
    chance = random.Random(seed)  # noqa: S311 - the same roles in every run
    kind = chance.choice(KINDS)
    actions = sorted({action for grant in ROLE_KINDS[kind.split(":")[0]].grants for action in grant.actions})
    inline = [
        document(*(statement(chance, actions, number) for number in range(chance.randint(1, 4))))
        for _ in range(chance.randint(0, 2))
    ]
    if kind.startswith("agentcore-runtime") and chance.random() < 0.5:
        inline.append(chance.choice([WHOLE, document(*QUIET_STATEMENTS)]))
    managed = [document(statement(chance, actions, 9))] if chance.random() < 0.2 else []
    if chance.random() < 0.1:
        managed = [PolicyDocument.not_known("it is not in the dump", name="Unknown")]
    fence = None
    if chance.random() < 0.2:
        fence = document(statement(chance, actions, 3), allow(chance.choice(["*", "logs:*"])))
    return kind, role(*inline, managed=managed, trust=trust(chance), boundary=fence)


def check(seed):
    """Holds the patch of one role against what is promised of every patch."""
    kind, one = generated(seed)
    patch, found = patched(one, kind)
    for form in FORMS:
        assert patch_as(form, [patch]).endswith("\n")
    new = applied(one, patch)
    assert remaining(new, kind) <= found
    if patch.add:
        added = {action for each in patch.add.document["Statement"] for action in each["Action"]}
        after = remaining(applied(one, patch, "add"), kind)
        assert not {f"missing-grant {action}" for action in added} & after
        assert not {f"partial-grant {action}" for action in added} & after
    if patch.add or patch.tighten:
        _, audited = judge(one, *kind_and_variant(kind), TODAY)
        assert includes(outer=[*one.policies, audited.recommendation], inner=list(new.policies)).holds is not False
    return patch


@pytest.mark.parametrize("seed", range(16))
def test_a_patch_keeps_its_promises(seed):
    check(seed)


@pytest.mark.long
def test_hundreds_of_patches_keep_their_promises():
    patches = [check(seed) for seed in range(1000, 1600)]
    withdrawn = [patch.refused for patch in patches if patch.refused]
    assert len(withdrawn) < len(patches) / 20, withdrawn
    for part in ("add", "tighten", "trust"):
        assert sum(bool(getattr(patch, part)) for patch in patches) > len(patches) / 4
