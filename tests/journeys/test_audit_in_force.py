"""What the audit says of a role is what the role can do: every permission is tried as that role, in a real account.

The audit judges sessions that a service starts; here a user of the account starts them. So keys that tell the two
apart (``aws:MultiFactorAuthPresent``, ``aws:SourceIdentity``) are in no condition of the table. Trust policies have
tests of their own: ``test_trust_in_force.py``.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from bedrock_o11y.iam import Verdict
from bedrock_o11y.rules import findings
from tests.journeys import comparison
from tests.journeys.audited_roles import ROLES, AuditedRole
from tests.journeys.permission_calls import NOT_SERVED, call_for
from tests.journeys.roles_in_account import ONCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.sandbox import Sandbox
    from tests.journeys.comparison import InForce

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def in_force(sandbox: Sandbox) -> Iterator[InForce]:
    yield from comparison.in_force(sandbox, ROLES)


@pytest.mark.parametrize("case", ROLES, ids=str)
def test_the_account_does_what_the_audit_says(in_force: InForce, case: AuditedRole) -> None:
    subject = in_force.subject(case)
    said = {asked.action: asked.coverage.verdict for asked in subject.asked}
    assert said == {action: case.answers.get(action, Verdict.GRANTED) for action in said}
    assert set(case.answers) <= set(said), "a permission that the role does not need"
    found = comparison.compare(subject, in_force.caller)
    assert not found.disagreements + found.unnameable, str(found)


@pytest.mark.parametrize(
    ("role", "action", "let_through"),
    [
        ("blueprint-runtime", "logs:PutResourcePolicy", False),
        ("spans-on-everything", "logs:PutResourcePolicy", True),
        ("blueprint-evaluation", "logs:PutIndexPolicy", False),
        ("evaluation-index-everything", "logs:PutIndexPolicy", True),
        ("blueprint-evaluation", "logs:DescribeIndexPolicies", False),
        ("evaluation-index-everything", "logs:DescribeIndexPolicies", True),
    ],
)
def test_a_disputed_permission_is_granted_in_either_form_and_the_audit_says_what_to_try(
    in_force: InForce, role: str, action: str, let_through: bool
) -> None:
    """The account takes the stricter of the two readings, so the milder form is refused here; the finding says so."""
    (case,) = (each for each in ROLES if each.id == role)
    subject = in_force.subject(case)
    (asked,) = (each for each in subject.asked if each.action == action)
    assert asked.coverage.verdict is Verdict.GRANTED
    (finding,) = (each for each in findings(subject) if each.rule == "disputed-grant" and action in each.actions)
    assert "disagree" in finding.message
    for resource in comparison.concrete(subject, asked):
        call = call_for(action, resource, {})
        assert (in_force.caller.refusal(role, call) == "") is let_through
        assert comparison.decided_as(subject.role, action, call, {}) is let_through


@pytest.mark.parametrize("role", ["empty", "quiet", "boundary-without-logs", "deny-here"])
def test_a_disputed_permission_that_is_not_there_is_refused_in_either_reading(in_force: InForce, role: str) -> None:
    (case,) = (each for each in ROLES if each.id == role)
    subject = in_force.subject(case)
    (asked,) = (each for each in subject.asked if each.action == "logs:PutResourcePolicy")
    assert asked.coverage.verdict in comparison.REFUSED
    for resource in comparison.concrete(subject, asked):
        assert in_force.caller.refusal(role, call_for(asked.action, resource, {}))


def test_the_comparison_is_not_getting_smaller(in_force: InForce) -> None:
    """A table or an example that shrinks would make it say less and less."""
    compared = Counter(
        let_through
        for subject in map(in_force.subject, ROLES)
        for asked in subject.asked
        if asked.action.partition(":")[0] not in NOT_SERVED
        for _, let_through in comparison.expected(subject, asked)
    )
    assert len(ROLES) > 100
    assert compared[True] > 1200
    assert compared[False] > 300
    assert compared[None] > 1000


@pytest.mark.parametrize("prefix", NOT_SERVED)
def test_what_is_not_tried_cannot_be_tried(sandbox: Sandbox, prefix: str) -> None:
    """Once the sandbox serves it, its permissions belong into the comparison."""
    service, method, arguments = NOT_SERVED[prefix]
    with pytest.raises(ClientError) as raised:
        getattr(sandbox.client(service, config=ONCE), method)(**arguments)
    # To nobody, the administrator included: no row says what the operation needs.
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
