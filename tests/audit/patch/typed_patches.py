"""Patches typed by hand: an ordinary one, one of a template, and one full of texts that try to break out."""

from __future__ import annotations

from pathlib import Path

from bedrock_o11y.audit.patch import Addition, Reason, Rewrite, RolePatch
from bedrock_o11y.audit.patch.text import Pseudo
from bedrock_o11y.blueprint.roles import ROLE_KINDS
from bedrock_o11y.roles import Role

ACCOUNT = "123456789012"
LOGS = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:"
RUNTIME = ROLE_KINDS["agentcore-runtime"]


def allow(sid, actions, resources, **more):
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources, **more}


def document(*statements, version="2012-10-17"):
    return {"Version": version, "Statement": list(statements)}


def role(name="agent-runtime-role", path="/", **more):
    return Role(name=name, arn=f"arn:aws:iam::{ACCOUNT}:role{path}{name}", **more)


ADDITION = Addition(
    "bedrock-o11y-additions",
    document(
        allow("ReadSamplingRules", ["xray:GetSamplingRules", "xray:GetSamplingTargets"], ["*"]),
        allow(
            "GetAgentAccessToken",
            ["bedrock-agentcore:GetWorkloadAccessToken", "bedrock-agentcore:GetWorkloadAccessTokenForJWT"],
            [
                f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:workload-identity-directory/default",
                f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:workload-identity-directory/default/workload-identity/*",
            ],
        ),
        allow(
            "PublishMetrics",
            ["cloudwatch:PutMetricData"],
            ["*"],
            Condition={"StringEquals": {"cloudwatch:namespace": ["bedrock-agentcore"]}},
        ),
    ),
    {
        "ReadSamplingRules": Reason(
            "A tracer that samples by X-Ray's rules cannot read them: it falls back to a rate of its own, and traces "
            "of the agent are missing.",
            "https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sampling.html",
        ),
        "PublishMetrics": Reason("The agent's own metrics are refused."),
    },
)

TIGHTENED = Rewrite(
    "runtime",
    document(allow("Logs", ["logs:PutLogEvents"], ["*"])),
    document(
        allow("WriteOwnLogs", ["logs:PutLogEvents"], [f"{LOGS}/aws/bedrock-agentcore/runtimes/*:log-stream:*"]),
        {
            "Sid": "Own",
            "Effect": "Allow",
            "Action": ["s3:GetObject"],
            "Resource": ["arn:aws:s3:::data/${aws:PrincipalTag/team}/*"],
        },
        {"Effect": "Deny", "NotAction": ["s3:*"], "NotResource": ["arn:aws:s3:::data"]},
    ),
    {"WriteOwnLogs": Reason("This is all that AWS's guide gives these actions.", "https://docs.aws.amazon.com/")},
)

TRUST = Rewrite(
    "trust",
    document(),
    document(
        {
            "Sid": "AssumeRolePolicy",
            "Effect": "Allow",
            "Principal": {"Service": ["bedrock-agentcore.amazonaws.com"]},
            "Action": ["sts:AssumeRole"],
            "Condition": {
                "StringEquals": {"aws:SourceAccount": [ACCOUNT]},
                "ArnLike": {"aws:SourceArn": [f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:*"]},
            },
        },
        {
            "Effect": "Allow",
            "Principal": {"AWS": [f"arn:aws:iam::{ACCOUNT}:root"]},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
        },
    ),
    {"AssumeRolePolicy": Reason("Only what this account has of the service can make it assume the role.")},
)

ORDINARY = RolePatch(
    role(),
    RUNTIME,
    add=ADDITION,
    tighten=(TIGHTENED,),
    trust=TRUST,
    notes=("The managed policy Shared is left as it is (wider-resource): other roles may use it.",),
)

MANAGED = RolePatch(
    role("Agent+=,.@-_1", path="/service-role/team/"),
    RUNTIME,
    add=Addition("bedrock-o11y-additions", ADDITION.document, ADDITION.reasons, managed=True),
    trust=TRUST,
    repairs=True,
)

NOTHING = RolePatch(role("quiet"), RUNTIME, notes=("Nothing can be done here.",), refused="It did not stand its audit.")

FROM_TERRAFORM = RolePatch(
    Role(name='module.agents["a"].aws_iam_role.agent[0]', file=Path("plan.json")), RUNTIME, add=ADDITION
)

_ARN = f"arn:{Pseudo.PARTITION.marker}:logs:{Pseudo.REGION.marker}:{Pseudo.ACCOUNT.marker}:log-group:x${{aws:userid}}*"
FROM_TEMPLATE = RolePatch(
    Role(name="AgentRole1A2B3C", file=Path("agents.template.json")),
    RUNTIME,
    add=Addition("bedrock-o11y-additions", document(allow("WriteOwnLogs", ["logs:PutLogEvents"], [_ARN])), {}),
    tighten=(
        Rewrite("Default", document(), document(allow("A", ["logs:PutLogEvents"], [_ARN])), {}),
        Rewrite("Other", document(), document(allow("A", ["logs:PutLogEvents"], ["*"]), version="2008-10-17"), {}),
    ),
)

NASTY = (
    'quote " and \\ backslash',
    "${aws:PrincipalTag/team}",
    "$${aws:x} $$${aws:y}",
    "%{if true} %%{if}",
    "&{aws:x}",
    "line\nend\r\ttab",
    "'; rm -rf / #",
    "$(id) `id` $HOME",
    "\"\"\" ''' {braces}",
    "EOF\nJSON\n",
    "*/ <!-- -->",
    "caf\u00e9 \u00ff",
)
"""Texts that mean something to one of the targets."""


def nasty(version="2012-10-17", texts=NASTY):
    """A patch whose every text is one of them."""
    statements = [
        allow(
            f"S{number}",
            ["s3:GetObject"],
            [f"arn:aws:s3:::{text}"],
            Condition={"StringEquals": {"aws:PrincipalTag/x": [text]}},
        )
        for number, text in enumerate(texts)
    ]
    reasons = {f"S{number}": Reason(text, text) for number, text in enumerate(texts)}
    added = Addition("bedrock-o11y-additions", document(*statements, version=version), reasons)
    rewrite = Rewrite("own=,.@-+name", document(), document(*statements, version=version), reasons)
    return RolePatch(role(), RUNTIME, add=added, tighten=(rewrite,), trust=TRUST, notes=texts, refused="\n".join(texts))


ALL = (ORDINARY, MANAGED, NOTHING, FROM_TERRAFORM, FROM_TEMPLATE)
