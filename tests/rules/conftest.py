"""What the tables of rules share: a runtime role that is fine, and what one change to it finds."""

from __future__ import annotations

from datetime import date

import pytest

from bedrock_o11y.blueprint import policy_document
from bedrock_o11y.blueprint.roles import ROLE_KINDS
from bedrock_o11y.iam import PolicyDocument
from bedrock_o11y.roles import Role
from bedrock_o11y.rules import Subject, Terms, findings

ACCOUNT = "123456789012"
VALUES = {
    "Partition": "aws",
    "Region": "us-east-1",
    "Account": ACCOUNT,
    "Agent": "my_agent-*",
    "Repository": "my_agent",
    "LogGroupName": "/bedrock/records",
}
TERMS = Terms(agent_created=date(2026, 11, 21))


def fine(kind="agentcore-runtime"):
    """The permission policy and trust policy that the blueprint recommends, without what it only tolerates."""
    of = ROLE_KINDS[kind]
    grants = tuple(grant for grant in of.grants if not grant.optional and not grant.until)
    values = {**{name: "x-*" for name, _ in of.parameters}, **VALUES}
    trust = policy_document((of.trust,), values) if of.trust else None
    return policy_document(grants, values), trust


@pytest.fixture
def judge():
    """Findings of a role with further statements: ``judge(statement, …, trust=…, boundary=…, kind=…)``."""

    def findings_of(
        *statements, policy=None, trust=None, boundary=None, kind="agentcore-runtime", terms=TERMS, tags=None
    ):
        base, usual_trust = fine(kind)
        document = policy or {**base, "Statement": [*base["Statement"], *statements]}
        role = Role(
            name="agent",
            arn=f"arn:aws:iam::{ACCOUNT}:role/agent",
            trust=PolicyDocument.parse(trust or usual_trust, name="trust") if trust or usual_trust else None,
            policies=(PolicyDocument.parse(document, name="agent"),),
            boundary=PolicyDocument.parse(boundary, name="boundary") if boundary else None,
            tags=tags,
        )
        variant = ROLE_KINDS[kind].variants[0] if ROLE_KINDS[kind].variants else ""
        return findings(Subject(role, ROLE_KINDS[kind], variant, terms))

    return findings_of


@pytest.fixture
def found(judge):
    """What one rule finds in a role with further statements: the actions of each finding, as text."""

    def actions(rule, *statements, **more):
        return [finding.action for finding in judge(*statements, **more) if finding.rule == rule]

    return actions
