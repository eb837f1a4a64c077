"""The smallest addition: what closes the missing and the partial grants, statement by statement from the blueprint."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.blueprint import Severity
from bedrock_o11y.iam import Effect, Need, Verdict, cover
from bedrock_o11y.rules.needs import fill, for_variant, request_context

from .document import VERSION
from .role_patch import Addition, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bedrock_o11y.audit.audited import AuditedRole
    from bedrock_o11y.blueprint import Grant
    from bedrock_o11y.report import Finding
    from bedrock_o11y.roles import Role

POLICY_NAME: Final = "bedrock-o11y-additions"
"""Name of the policy that is added, unless the role has one of that name."""

_CLOSED_BY_ALLOW: Final = frozenset({"MISSING", "PARTIAL"})


@dataclass(frozen=True, slots=True)
class Lack:
    """Actions of one grant that the role lacks.

    Attributes:
        grant: the grant.
        actions: those of its actions that are missing, or granted in part.
        resources: on what they must be added.
    """

    grant: Grant
    actions: tuple[str, ...]
    resources: tuple[str, ...]


def lacks(audited: AuditedRole) -> tuple[Lack, ...]:
    """What an Allow can close, in the order of the blueprint."""
    grants = {grant.sid: grant for grant in audited.kind.grants if for_variant(grant, audited.variant)}
    wanted: dict[str, list[str]] = {}
    for finding in audited.findings:
        if finding.need in grants and closable(audited.role, finding):
            wanted.setdefault(finding.need, []).extend(finding.actions)
    return tuple(
        _lack(audited, grant, tuple(action for action in grant.actions if action in wanted[sid]))
        for sid, grant in grants.items()
        if sid in wanted
    )


def closable(role: Role, finding: Finding) -> bool:
    """Whether an Allow can close a finding: it is about an absent permission that no Deny takes away."""
    return (
        finding.verdict in _CLOSED_BY_ALLOW
        and finding.severity is not Severity.INFO
        and not _shows_a_deny(role, finding.statement)
    )


def without(missing: Sequence[Lack], remaining: frozenset[tuple[str, str]]) -> tuple[Lack, ...]:
    """Lacks without the pairs of grant and action that an addition did not close."""
    kept = (
        replace(lack, actions=tuple(action for action in lack.actions if (lack.grant.sid, action) not in remaining))
        for lack in missing
    )
    return tuple(lack for lack in kept if lack.actions)


def addition(audited: AuditedRole, missing: Sequence[Lack]) -> Addition | None:
    """The policy that grants what is missing; None when nothing is."""
    if not missing:
        return None
    statements = [_statement(audited, lack) for lack in missing]
    reasons = {
        statement["Sid"]: Reason(lack.grant.purpose, lack.grant.sources[0].url if lack.grant.sources else "")
        for statement, lack in zip(statements, missing, strict=True)
    }
    return Addition(_free_name(audited.role), {"Version": VERSION, "Statement": statements}, reasons)


def guesses(audited: AuditedRole, missing: Sequence[Lack]) -> Iterator[str]:
    """Notes on template values that stand as a star in an addition, because nothing tells them."""
    meanings = {"Region": "its Region", "Account": "its account", **dict(audited.kind.parameters)}
    templates = " ".join(template for lack in missing for template in lack.grant.resources)
    for name, meaning in meanings.items():
        if f"${{{name}}}" in templates and audited.values.get(name, "*") == "*":
            yield (
                f"Nothing tells {name} ({meaning}), so the addition has a star in its place; "
                f"--facts {name}=VALUE makes it narrower."
            )


def _lack(audited: AuditedRole, grant: Grant, actions: tuple[str, ...]) -> Lack:
    """What must be added for some actions of a grant: its resources, without those that all of them have."""
    context = request_context(grant, audited.values)
    resources = tuple(fill(template, audited.values) for template in grant.resources)
    open_ = tuple(
        resource
        for resource in resources
        if any(
            cover(
                Need(action, resource, context), identity=audited.role.policies, boundary=audited.role.boundary
            ).verdict
            is not Verdict.GRANTED
            for action in actions
        )
    )
    return Lack(grant, actions, open_ or resources)


def _statement(audited: AuditedRole, lack: Lack) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Sid": lack.grant.sid,
        "Effect": "Allow",
        "Action": list(lack.actions),
        "Resource": list(lack.resources),
    }
    if lack.grant.conditions:
        block: dict[str, dict[str, list[str]]] = {}
        for condition in lack.grant.conditions:
            values = [fill(template, audited.values) for template in condition.values]
            block.setdefault(condition.operator, {})[condition.key] = values
        statement["Condition"] = block
    return statement


def _shows_a_deny(role: Role, statement: str) -> bool:
    documents = [*role.policies, *([role.boundary] if role.boundary else [])]
    return any(
        each.effect is Effect.DENY and statement == f"{document.name}/{each.label}".removeprefix("/")
        for document in documents
        for each in document.statements
    )


def _free_name(role: Role) -> str:
    """A name that no policy of the role has: putting a policy of the same name would replace it."""
    taken = {document.name.lower() for document in role.policies}
    name, number = POLICY_NAME, 1
    while name in taken:
        number += 1
        name = f"{POLICY_NAME}-{number}"
    return name
