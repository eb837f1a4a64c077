"""Policies that IAM takes in a role, and policies that it does not."""

from __future__ import annotations

import pytest

from bedrock_o11y.iam import PolicyDocument, unknown
from bedrock_o11y.roles import Role
from bedrock_o11y.roles.identity import with_valid_policies

FINE = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
BARE = {"Sid": "Bare", "Effect": "Deny", "Action": "*"}


def document(*statements):
    return PolicyDocument.parse({"Version": "2012-10-17", "Statement": list(statements)}, name="p", pointer="/0")


@pytest.mark.parametrize(
    "statement", [FINE, {**BARE, "NotResource": "arn:aws:s3:::a"}, unknown("Statement")], ids=["list", "not", "unknown"]
)
def test_a_policy_that_iam_takes_stays_as_it_is(statement):
    role = Role("r", policies=(document(FINE), document(statement)), boundary=document(statement))
    assert with_valid_policies(role) is role


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ({**FINE, "Principal": "*"}, "statement 2 has a Principal, which IAM refuses in a policy of a role"),
        ({**BARE, "Resource": "*", "NotPrincipal": {"AWS": "*"}}, "Bare has a Principal, which IAM refuses"),
        ({**BARE, "Principal": "*"}, "Bare has a Principal, which IAM refuses"),
    ],
)
def test_a_policy_that_iam_refuses_is_not_known(statement, reason):
    role = Role("r", policies=(document(FINE), document(FINE, statement)), boundary=document(statement))
    changed = with_valid_policies(role)
    assert changed.policies[0] is role.policies[0]
    assert changed.policies[1].unknown.startswith(reason)
    assert (changed.policies[1].name, changed.policies[1].pointer) == ("p", "/0")
    assert changed.boundary is not None
    assert changed.boundary.unknown
