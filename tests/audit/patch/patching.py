"""Roles typed by hand, audited and patched, and their patches applied."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

from bedrock_o11y.audit.audit import Options, judge, kind_and_variant, reaudit
from bedrock_o11y.audit.patch import patch, patch_as
from bedrock_o11y.blueprint import Severity
from bedrock_o11y.iam import PolicyDocument
from bedrock_o11y.roles import Role

ACCOUNT = "123456789012"
LOGS = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:"
RUNTIMES = f"{LOGS}/aws/bedrock-agentcore/runtimes/*"
TODAY = Options(agent_created=date(2026, 11, 21))
QUIET = json.loads((Path(__file__).parents[2] / "roles" / "quiet-runtime-role.json").read_text())["RoleDetailList"][0]


def allow(actions, resources="*", sid="", **more):
    return {**({"Sid": sid} if sid else {}), "Effect": "Allow", "Action": actions, "Resource": resources, **more}


def deny(actions, resources="*", sid="", **more):
    return {**allow(actions, resources, sid, **more), "Effect": "Deny"}


def document(*statements, version="2012-10-17"):
    return {"Version": version, "Statement": list(statements)}


def trusting(service="bedrock-agentcore.amazonaws.com", **more):
    return document({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole", **more})


PINNED = {
    "StringEquals": {"aws:SourceAccount": ACCOUNT},
    "ArnLike": {"aws:SourceArn": f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:*"},
}
QUIET_STATEMENTS = QUIET["RolePolicyList"][0]["PolicyDocument"]["Statement"]
WHOLE = document(
    *(statement for statement in QUIET_STATEMENTS if statement["Sid"] != "CloudWatchLogs"),
    allow(["logs:CreateLogGroup", "logs:DescribeLogStreams"], RUNTIMES, "CreateGroup"),
    allow(["logs:CreateLogStream", "logs:PutLogEvents"], f"{RUNTIMES}:log-stream:*", "Write"),
    allow(["logs:PutResourcePolicy"], RUNTIMES, "Spans"),
    allow(["logs:DescribeLogGroups"], f"{LOGS}*", "Find"),
    allow(["xray:GetSamplingRules", "xray:GetSamplingTargets"], sid="Sampling"),
)
"""A permission policy with which a runtime has no finding above INFO."""


def role(
    *inline, managed=(), trust=None, boundary=None, name="agent", account=ACCOUNT, names=("runtime", "more", "third")
):
    """A role with inline policies, then managed ones."""
    policies = [
        PolicyDocument.parse(each, name=called, pointer=f"/{called}")
        for each, called in zip(inline, names, strict=False)
    ]
    attached = [
        each if isinstance(each, PolicyDocument) else PolicyDocument.parse(each, name=f"Managed{number}")
        for number, each in enumerate(managed)
    ]
    return Role(
        name=name,
        arn=f"arn:aws:iam::{account}:role/{name}" if account else "",
        trust=PolicyDocument.parse(trusting(Condition=PINNED) if trust is None else trust, name="trust"),
        policies=(*policies, *attached),
        managed=tuple(f"arn:aws:iam::aws:policy/Managed{number}" for number, _ in enumerate(attached)),
        boundary=PolicyDocument.parse(boundary, name="boundary") if boundary else None,
    )


def without(*sids, base=WHOLE):
    return document(*(statement for statement in base["Statement"] if statement.get("Sid") not in sids))


def with_statements(*statements, base=WHOLE):
    return document(*base["Statement"], *statements)


def patched(role, kind="agentcore-runtime:container", options=TODAY, audit=None):
    """The patch of a role, and what an audit finds above INFO before it."""
    found, audited = judge(role, *kind_and_variant(kind), options)
    return patch(audited, audit or reaudit(audited, options)), told(found.findings)


def told(findings):
    return {
        f"{finding.rule} {action}"
        for finding in findings
        if finding.severity is not Severity.INFO
        for action in finding.actions
    }


def applied(role, patch, *parts):
    """The role with the documents of its JSON patch, as somebody would apply them."""
    written = json.loads(patch_as("json", [patch]))["roles"][0]
    parts = parts or ("add", "tighten", "trust")
    if "tighten" in parts:
        after = {each["policy"]: each["document"] for each in written["tighten"]}
        inline = [
            PolicyDocument.parse(after[each.name], name=each.name) if each.name in after else each
            for each in role.inline
        ]
        role = replace(role, policies=(*inline, *role.policies[len(inline) :]))
    if "add" in parts and written["add"]:
        added = PolicyDocument.parse(written["add"]["document"], name=written["add"]["policy_name"])
        role = replace(role, policies=(added, *role.policies))
    if "trust" in parts and written["trust"]:
        role = replace(role, trust=PolicyDocument.parse(written["trust"], name="trust"))
    return role


def remaining(role, kind="agentcore-runtime:container", options=TODAY):
    """What an audit finds above INFO."""
    return told(judge(role, *kind_and_variant(kind), options)[0].findings)


def statements(part):
    """Statements of an addition or a rewriting, by their Sids."""
    written = getattr(part, "document", None) or part.after
    return {each.get("Sid", str(number)): each for number, each in enumerate(written["Statement"])}
