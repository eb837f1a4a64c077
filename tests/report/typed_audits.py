"""Audits, typed by hand, for the tests of their reports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bedrock_o11y.blueprint import Confidence, Severity, Source
from bedrock_o11y.report import Accepted, AuditReport, DiffLine, Finding, RoleReport, RoleState, RuleSummary

QUIET = "arn:aws:iam::123456789012:role/agent-runtime-role"
GUIDE = Source("AgentCore developer guide, IAM permissions for runtimes", "https://docs.aws.amazon.com/runtime")
RUNTIME = ("agentcore-runtime", "AgentCore runtime execution role")
SAMPLING = "Without the sampling rules the tracer falls back to one request a second, and most traces never exist."

HOSTILE = (
    "a\x1b[31m\u202e|`b`</td><script>alert(1)</script>\n# @octocat ![x](https://e.example) \ud800\x9b\ue000V\ue001"
)
"""Everything that some form could take for its own: escapes, markup, marks that reorder, half a character."""


def missing(action: str, severity: Severity = Severity.HIGH, **more: Any) -> Finding:
    return Finding(
        **{
            "rule": "missing-grant",
            "severity": severity,
            "message": f"{action} is missing: no policy of the role allows it.",
            "why": SAMPLING,
            "verdict": "MISSING",
            "actions": (action,),
            "resource": "*",
            "need": "XRaySampling",
            "sources": (GUIDE,),
            "confidence": Confidence.DOCUMENTED,
            **more,
        }
    )


RULES = tuple(
    RuleSummary(rule, title, why, severity, GUIDE.url)
    for rule, title, why, severity in (
        ("missing-grant", "A permission that the role needs is missing", "The call fails.", Severity.HIGH),
        ("unknown-grant", "It cannot be said whether the role has a permission", "Neither.", Severity.HIGH),
        ("wider-resource", "A permission is wider than recommended", "More than it needs.", Severity.MEDIUM),
        ("trust-source-arn", "The trust policy does not pin the source", "Any resource.", Severity.MEDIUM),
        ("phantom-action", "An action does not exist", "It grants nothing.", Severity.LOW),
    )
)

WIDER = Finding(
    rule="wider-resource",
    severity=Severity.MEDIUM,
    message="logs:PutLogEvents is allowed on more than the agent's own log groups.",
    why="A prompt that makes the agent write can forge the records of every other agent in the account.",
    verdict="EXCESS",
    actions=("logs:CreateLogStream", "logs:PutLogEvents"),
    resource="arn:aws:logs:us-east-1:123456789012:log-group:/aws/bedrock-agentcore/*",
    witness="logs:PutLogEvents on arn:aws:logs:us-east-1:123456789012:log-group:/aws/bedrock-agentcore/x:log-stream:x",
    statement="runtime/CloudWatchLogs",
    pointer="/RoleDetailList/0/RolePolicyList/0/PolicyDocument/Statement/2",
    next="Narrow the resource to log-group:/aws/bedrock-agentcore/runtimes/*.",
)
TRUST = Finding(
    rule="trust-source-arn",
    severity=Severity.MEDIUM,
    message="The trust policy lets the service in for any source.",
    why="Any AgentCore resource in the account can make the service assume this role.",
    verdict="WEAK_IF_ABSENT",
    resource="aws:SourceArn",
    witness="aws:SourceAccount=123456789012",
    statement="trust/statement 1",
    pointer="/RoleDetailList/0/AssumeRolePolicyDocument/Statement/0",
)
UNDECIDED = Finding(
    rule="unknown-grant",
    severity=Severity.HIGH,
    message="It cannot be said whether logs:PutLogEvents is allowed: the dump does not contain the policy Shared.",
    why="Without it nothing is logged.",
    verdict="UNKNOWN",
    actions=("logs:PutLogEvents",),
    need="WriteLogs",
    next="Audit the live role, or a dump that contains all of its policies.",
)
TOKENS = missing(
    "bedrock-agentcore:GetWorkloadAccessToken",
    Severity.INFO,
    why="The service-linked role AWSServiceRoleForBedrockAgentCoreRuntimeIdentity supplies it for agents created or "
    "updated since 2025-10-13.",
    need="WorkloadTokens",
)

QUIET_ROLE = RoleReport(
    QUIET,
    *RUNTIME,
    RoleState.JUDGED,
    findings=(
        missing("xray:GetSamplingRules"),
        missing("xray:GetSamplingTargets"),
        WIDER,
        TRUST,
        TOKENS,
    ),
    assumed=(
        "Judged as the container variant, because a policy of it reads images from ECR.",
        "The agent counts as created today; --agent-created says otherwise.",
    ),
    diff=(
        DiffLine("EcrImage", "ecr:BatchGetImage on arn:aws:ecr:*:*:repository/*", "the same", "="),
        DiffLine("XRaySampling", "xray:GetSamplingRules, xray:GetSamplingTargets on *", "", "-"),
        DiffLine(
            "WriteLogs",
            "logs:PutLogEvents on arn:aws:logs:us-east-1:123456789012:log-group:/aws/bedrock-agentcore/runtimes/*",
            "logs:PutLogEvents on arn:aws:logs:us-east-1:123456789012:log-group:/aws/bedrock-agentcore/*",
            "~",
        ),
        DiffLine("", "", "s3:GetObject on *", "+"),
    ),
    file=Path("dumps/quiet role.json"),
    pointer="/RoleDetailList/0",
)
CLEAN_ROLE = RoleReport(
    "arn:aws:iam::123456789012:role/logging", "invocation-logging", "Logging role", RoleState.JUDGED
)
UNREAD_ROLE = RoleReport(
    "arn:aws:iam::123456789012:role/broken",
    "",
    "",
    RoleState.UNREAD,
    unread=("the policy inline is not JSON at /Statement/0; correct it and audit again",),
)
PART_READ = RoleReport(
    "arn:aws:iam::123456789012:role/part",
    *RUNTIME,
    RoleState.JUDGED,
    findings=(UNDECIDED,),
    unread=("the policy Shared could not be read: AccessDenied for iam:GetPolicyVersion",),
)
ACCEPTED_ROLE = RoleReport(
    "arn:aws:iam::123456789012:role/known",
    *RUNTIME,
    RoleState.JUDGED,
    accepted=(Accepted(WIDER, "The team moves the role this quarter.", "2999-12-31"),),
)


def audit(*roles: RoleReport, **more: Any) -> AuditReport:
    return AuditReport(
        **{
            "origins": ("dumps/quiet role.json",),
            "roles": roles,
            "others": 0,
            "partial": (),
            "expired": (),
            "unused": (),
            "fail_on": Severity.MEDIUM,
            "rules": RULES,
            "data_date": "2026-09-26",
            **more,
        }
    )


EVERYTHING = audit(
    CLEAN_ROLE,
    PART_READ,
    QUIET_ROLE,
    UNREAD_ROLE,
    ACCEPTED_ROLE,
    others=12,
    partial=("account 123456789012: AccessDenied for iam:GetAccountAuthorizationDetails; roles may be missing",),
    expired=("baseline.yaml: accepted[0] (missing-grant of x) expired on 2026-01-01 and accepts nothing.",),
    unused=("baseline.yaml: accepted[3] (phantom-action of x) met no finding.",),
)
"""One of everything."""

HOSTILE_ROLE = RoleReport(
    f"role/{HOSTILE}",
    *RUNTIME,
    RoleState.JUDGED,
    findings=(
        missing(HOSTILE, witness=HOSTILE, statement=HOSTILE, next=HOSTILE, resource=HOSTILE, why=HOSTILE),
        missing(HOSTILE, verdict="UNKNOWN", rule="unknown-grant", message=HOSTILE, severity=Severity.LOW),
    ),
    accepted=(Accepted(WIDER, HOSTILE, "2999-12-31"),),
    assumed=(HOSTILE,),
    unread=(HOSTILE,),
    diff=(DiffLine(HOSTILE, HOSTILE, HOSTILE, "~"),),
    file=Path("templates/x|y `z`.json"),
    pointer=HOSTILE,
)
HOSTILE_AUDIT = audit(HOSTILE_ROLE, origins=(HOSTILE,), partial=(HOSTILE,), expired=(HOSTILE,), unused=(HOSTILE,))
"""A policy whose author wants the report to say something else."""
