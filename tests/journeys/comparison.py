"""Compares what the audit and the policy core say about a role with what the account lets the role do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from bedrock_o11y.audit.audit import kind_and_variant
from bedrock_o11y.iam import Outcome, Request, Verdict, decide
from bedrock_o11y.roles import Role
from bedrock_o11y.roles.account import AccountRoles
from bedrock_o11y.rules import Subject, Terms
from bedrock_o11y.rules.environment import session_facts
from bedrock_o11y.rules.needs import fill, request_context
from tests.journeys.audited_roles import ACCOUNT, VALUES, AuditedRole
from tests.journeys.permission_calls import DISPUTED, NOT_SERVED, Call, UnnameableError, call_for, examples
from tests.journeys.roles_in_account import Administered, Caller, create, delete, log_groups

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bedrock_o11y.rules.needs import Asked
    from bedrock_o11y.sandbox import Sandbox

AGENT_CREATED: Final = date(2026, 11, 21)
REFUSED: Final = {Verdict.MISSING, Verdict.DENIED, Verdict.BLOCKED_BY_BOUNDARY}
_FOUND_OUT: Final = {"Partition", "Account", "Region"}
_WORDS: Final = {True: "let through", False: "refused", None: "open"}


@dataclass(frozen=True)
class InForce:
    """Roles in the account, as the audit read them there, and somebody who calls as them."""

    caller: Caller
    roles: dict[str, Role]

    def subject(self, case: AuditedRole) -> Subject:
        return Subject(
            self.roles[case.id],
            *kind_and_variant(case.kind),
            Terms(AGENT_CREATED, facts=case.facts, region=case.region),
        )


def in_force(sandbox: Sandbox, cases: Sequence[AuditedRole]) -> Iterator[InForce]:
    """The roles in an account that others use too: it is left as it was."""
    iam, groups = sandbox.client("iam"), log_groups(sandbox)
    for case in cases:
        create(iam, case)
    read = {role.name: role for role in AccountRoles(Administered(sandbox)).roles() if isinstance(role, Role)}
    caller = Caller(sandbox)
    yield InForce(caller, {case.id: read[case.id] for case in cases})
    caller.close()
    for case in cases:
        delete(iam, case)
    for region, group in log_groups(sandbox) - groups:
        sandbox.client("logs", region_name=region).delete_log_group(logGroupName=group)
    logs = sandbox.client("logs")
    if "in-force" in [found["policyName"] for found in logs.describe_resource_policies()["resourcePolicies"]]:
        logs.delete_resource_policy(policyName="in-force")


@dataclass
class Comparison:
    """What came of a comparison.

    Attributes:
        calls: how many calls were expected to be let through (True), refused (False) or either (None).
        disagreements: role, action, resource and both answers, one text each.
        unnameable: resources that the audit names and no call can.
    """

    calls: Counter[bool | None] = field(default_factory=Counter)
    disagreements: list[str] = field(default_factory=list)
    unnameable: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join(self.disagreements + self.unnameable)


def compare(subject: Subject, caller: Caller) -> Comparison:
    """Tries every permission that a role needs and the sandbox serves, on examples of what it needs it on."""
    found = Comparison()
    for asked in subject.asked:
        if asked.action.partition(":")[0] in NOT_SERVED:
            continue
        context = request_context(asked.grant, {**VALUES, **subject.values})
        answers = []
        for resource, let_through in expected(subject, asked):
            try:
                call = call_for(asked.action, resource, context)
            except UnnameableError as error:
                found.unnameable.append(f"{subject.role.name}: {error}")
                continue
            found.calls[let_through] += 1
            refusal = caller.refusal(subject.role.name, call)
            decided = decided_as(subject.role, asked.action, call, context)
            does = not refusal
            answers.append(does)
            if let_through not in (does, None) or decided is not does:
                said, answered = asked.coverage.verdict.value, refusal or "lets it through"
                found.disagreements.append(
                    f"{subject.role.name}: {asked.action} on {resource}: the audit says {said}, that is "
                    f"{_WORDS[let_through]}; decide {'allows' if decided else 'refuses'} it; the account: {answered}"
                )
        if _is_part(asked) and not any(answers):
            found.disagreements.append(
                f"{subject.role.name}: {asked.action}: the audit says that the role has it on a part of "
                f"{asked.resource}, and the account lets no example through"
            )
    return found


def expected(subject: Subject, asked: Asked) -> Iterator[tuple[str, bool | None]]:
    """Concrete resources, and whether the audit says that the call is let through; None: it leaves that open."""
    coverage = asked.coverage
    if coverage.verdict is Verdict.PARTIAL and asked.action not in DISPUTED:
        assert coverage.witness, asked
        yield coverage.witness.resource, False
        if coverage.allowed:
            yield coverage.allowed.resource, True
        return
    # On which resource a disputed permission is judged is open; of which part the role has a permission is open, too.
    open_ = asked.action in DISPUTED or _is_part(asked) or coverage.verdict in (Verdict.CONDITIONAL, Verdict.PARTIAL)
    let_through = None if open_ else coverage.verdict is Verdict.GRANTED
    yield from ((resource, let_through) for resource in concrete(subject, asked))


def _is_part(asked: Asked) -> bool:
    return asked.grant.part_suffices and asked.coverage.verdict is Verdict.GRANTED


def concrete(subject: Subject, asked: Asked) -> list[str]:
    """Resources that the audit asked about, for the agent and Region as which it judged the role."""
    templates = asked.grant.asked or asked.grant.resources
    # Where --region says from where the role calls, it calls from nowhere else.
    region = subject.terms.region
    if asked.grant.part_suffices:
        patterns = [fill(each, subject.values) for each in templates]
        # A model of another Region is a part, too; that the role has none says no more than --region does.
        regions = (region, None) if _is_part(asked) else (region,)
        found = [example for pattern in patterns for each in regions for example in examples(pattern, each)]
        return list(dict.fromkeys(found))
    # Of a Region that the audit found out, a permission that it asked for before knows nothing.
    found_out = {name: value for name, value in subject.values.items() if name in _FOUND_OUT}
    told = [subject.given, {**subject.given, **found_out}]
    template = next(each for each in templates if asked.resource in [fill(each, values) for values in told])
    return examples(fill(template, subject.values), region)


def decided_as(role: Role, action: str, call: Call, context: Mapping[str, str]) -> bool:
    """Whether the policy core allows the one request."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    given = {"aws:SourceIp": "127.0.0.1", "aws:CurrentTime": now}
    keys = {**session_facts(role, ACCOUNT, call.region, given), **context}
    request = Request(role.arn, action, call.resource, keys)
    return decide(request, identity=role.policies, boundary=role.boundary).value is Outcome.ALLOWED
