"""What the audit says of a role is what the role can do: every permission is tried as that role, in a real account.

The audit judges sessions that a service starts; here a user of the account starts them. So keys that tell the two
apart (``aws:MultiFactorAuthPresent``, ``aws:SourceIdentity``) are in no condition of the table. Trust policies have
tests of their own: ``test_trust_in_force.py``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from bedrock_o11y.audit.audit import kind_and_variant
from bedrock_o11y.iam import Outcome, Request, Verdict, decide
from bedrock_o11y.roles import Role
from bedrock_o11y.roles.account import AccountRoles
from bedrock_o11y.rules import Subject, Terms, findings
from bedrock_o11y.rules.environment import session_facts
from bedrock_o11y.rules.needs import fill, request_context
from tests.journeys.audited_roles import ACCOUNT, ROLES, VALUES, AuditedRole
from tests.journeys.permission_calls import DISPUTED, NOT_SERVED, Call, call_for, examples
from tests.journeys.roles_in_account import ONCE, Administered, Caller, create, delete, log_groups

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.rules.needs import Asked
    from bedrock_o11y.sandbox import Sandbox

pytestmark = pytest.mark.sandbox

AGENT_CREATED = date(2026, 11, 21)
REFUSED = {Verdict.MISSING, Verdict.DENIED, Verdict.BLOCKED_BY_BOUNDARY}
WORDS = {True: "let through", False: "refused", None: "open"}


@dataclass(frozen=True)
class InForce:
    """The roles in the account, as the audit read them there."""

    caller: Caller
    roles: dict[str, Role]

    def subject(self, case: AuditedRole) -> Subject:
        return Subject(
            self.roles[case.id],
            *kind_and_variant(case.kind),
            Terms(AGENT_CREATED, facts=case.facts, region=case.region),
        )


@pytest.fixture(scope="module")
def in_force(sandbox: Sandbox) -> Iterator[InForce]:
    """The roles in the session's account, which others use too: it is left as it was."""
    iam, groups = sandbox.client("iam"), log_groups(sandbox)
    for case in ROLES:
        create(iam, case)
    read = {role.name: role for role in AccountRoles(Administered(sandbox)).roles() if isinstance(role, Role)}
    caller = Caller(sandbox)
    yield InForce(caller, {case.id: read[case.id] for case in ROLES})
    caller.close()
    for case in ROLES:
        delete(iam, case)
    for region, group in log_groups(sandbox) - groups:
        sandbox.client("logs", region_name=region).delete_log_group(logGroupName=group)
    for found in sandbox.client("logs").describe_resource_policies()["resourcePolicies"]:
        if found["policyName"] == "in-force":
            sandbox.client("logs").delete_resource_policy(policyName="in-force")


def concrete(subject: Subject, asked: Asked) -> list[str]:
    """Resources that the audit asked about, for the agent and Region as which it judged the role."""
    told = subject.given | {
        name: subject.values[name] for name in ("Partition", "Account", "Region") if name in subject.values
    }
    templates = asked.grant.asked or asked.grant.resources
    template = next(each for each in templates if fill(each, told) == asked.resource)
    # Where --region says from where the role calls, it calls from nowhere else.
    return examples(fill(template, subject.values), subject.terms.region)


def expected(subject: Subject, asked: Asked) -> Iterator[tuple[str, bool | None]]:
    """Concrete resources, and whether the audit says that the call is let through; None: it leaves that open."""
    coverage = asked.coverage
    if asked.action in DISPUTED and coverage.verdict not in REFUSED:
        return  # see the test of disputed permissions
    if coverage.verdict is Verdict.PARTIAL:
        assert coverage.witness, asked
        yield coverage.witness.resource, False
    if coverage.allowed:
        yield coverage.allowed.resource, True
    elif coverage.verdict is Verdict.GRANTED:
        yield from ((resource, True) for resource in concrete(subject, asked))
    elif coverage.verdict in REFUSED:
        yield from ((resource, False) for resource in concrete(subject, asked))
    elif coverage.verdict is Verdict.CONDITIONAL:
        yield from ((resource, None) for resource in concrete(subject, asked))


def cases() -> list[Any]:
    wrong = {case.id: pytest.mark.xfail(strict=True, reason=case.wrong) for case in ROLES if case.wrong}
    return [pytest.param(case, id=case.id, marks=wrong.get(case.id, ())) for case in ROLES]


@pytest.mark.parametrize("case", cases())
def test_the_account_does_what_the_audit_says(in_force: InForce, case: AuditedRole) -> None:
    subject = in_force.subject(case)
    said = {asked.action: asked.coverage.verdict for asked in subject.asked}
    assert said == {action: case.answers.get(action, Verdict.GRANTED) for action in said}
    assert set(case.answers) <= set(said), "a permission that the role does not need"
    disagreements = []
    for asked in subject.asked:
        if asked.action.partition(":")[0] in NOT_SERVED:
            continue
        context = request_context(asked.grant, {**VALUES, **subject.values})
        for resource, let_through in expected(subject, asked):
            call = call_for(asked.action, resource, context)
            refusal = in_force.caller.refusal(case.id, call)
            decided = decide_as(subject.role, asked.action, call, context)
            does = not refusal
            if let_through not in (does, None) or decided is not does:
                disagreements.append(
                    f"{case.id}: {asked.action} on {resource}: the audit says {asked.coverage.verdict.value}, so "
                    f"{WORDS[let_through]}; decide {'allows' if decided else 'refuses'} it; "
                    f"the account {'lets it through' if does else 'refuses it: ' + refusal}"
                )
    assert not disagreements, "\n".join(disagreements)


def decide_as(role: Role, action: str, call: Call, context: dict[str, str]) -> bool:
    """What the policy core says about the one request."""
    keys = {**session_facts(role, ACCOUNT, call.region, {"aws:SourceIp": "127.0.0.1"}), **context}
    request = Request(role.arn, action, call.resource, keys)
    return decide(request, identity=role.policies, boundary=role.boundary).value is Outcome.ALLOWED


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
    for resource in concrete(subject, asked):
        call = call_for(action, resource, {})
        assert (in_force.caller.refusal(role, call) == "") is let_through
        assert decide_as(subject.role, action, call, {}) is let_through


def test_the_comparison_is_not_getting_smaller(in_force: InForce) -> None:
    """A table or an example that shrinks would make it say less and less."""
    compared = Counter(
        let_through
        for subject in map(in_force.subject, ROLES)
        for asked in subject.asked
        if asked.action.partition(":")[0] not in NOT_SERVED
        for _, let_through in expected(subject, asked)
    )
    assert len(ROLES) > 100
    assert compared[True] > 1500
    assert compared[False] > 300


@pytest.mark.parametrize("prefix", NOT_SERVED)
def test_what_is_not_tried_cannot_be_tried(sandbox: Sandbox, prefix: str) -> None:
    """Once the sandbox serves it, its permissions belong into the comparison."""
    service, method, arguments = NOT_SERVED[prefix]
    with pytest.raises(ClientError) as raised:
        getattr(sandbox.client(service, config=ONCE), method)(**arguments)
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
