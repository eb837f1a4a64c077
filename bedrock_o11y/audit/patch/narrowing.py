"""One statement, narrowed: for exactly the actions that reach too far, the resources and conditions recommended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.iam import Condition, Need, Verdict, cover, includes
from bedrock_o11y.iam.actions import expand
from bedrock_o11y.rules.needs import fill, for_variant, request_context

from .document import VERSION, condition_json
from .role_patch import Reason

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bedrock_o11y.audit.audited import AuditedRole
    from bedrock_o11y.blueprint import Grant
    from bedrock_o11y.iam import Statement

_DISJOINT: Final = (Verdict.MISSING, Verdict.DENIED, Verdict.BLOCKED_BY_BOUNDARY)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A statement that takes the place of a part of another.

    Attributes:
        grant: the grant of the blueprint that it follows.
        actions: its actions.
        resources: its resources.
        conditions: its conditions.
    """

    grant: Grant
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...]

    @property
    def reason(self) -> Reason:
        """Why these resources and conditions, with the page that has them."""
        return Reason(
            f"AWS's guide gives these actions no more than this. {self.grant.wildcard}".strip(),
            self.grant.sources[0].url if self.grant.sources else "",
        )


def recommended(audited: AuditedRole, action: str) -> tuple[Grant, ...]:
    """The grants that a role of this kind and variant may have for an action."""
    return tuple(
        grant
        for grant in audited.kind.grants
        if for_variant(grant, audited.variant) and any(action.lower() == each.lower() for each in grant.actions)
    )


def named(audited: AuditedRole, pattern: str) -> tuple[str, ...]:
    """The actions that a pattern means, when the blueprint knows every one of them; otherwise nothing."""
    if not any(sign in pattern for sign in "*?"):
        return (pattern,) if recommended(audited, pattern) else ()
    meant = expand(pattern)
    return meant if meant and all(recommended(audited, action) for action in meant) else ()


def narrowed(
    audited: AuditedRole, statement: Statement, actions: Sequence[str], dead: Collection[str]
) -> tuple[Narrowed, ...]:
    """What takes the place of some actions of a statement.

    A resource that lies inside the recommendation stays as it is written. One that reaches further is replaced by
    what is recommended; one that matches nothing as well.

    Args:
        audited: the role.
        statement: an Allow with Action and Resource.
        actions: concrete actions of it, which the blueprint knows.
        dead: resources that never match.
    """
    found: dict[tuple[str, tuple[str, ...], tuple[Condition, ...]], tuple[Grant, list[str]]] = {}
    for action in actions:
        for grant in recommended(audited, action):
            conditions = _conditions(audited, statement, grant)
            resources = _resources(audited, statement, grant, action, conditions, dead)
            if resources:
                found.setdefault((grant.sid, resources, conditions), (grant, []))[1].append(action)
    return tuple(
        Narrowed(grant, tuple(names), resources, conditions)
        for (_, resources, conditions), (grant, names) in found.items()
    )


def _conditions(audited: AuditedRole, statement: Statement, grant: Grant) -> tuple[Condition, ...]:
    """The conditions of a statement, with those of a grant in the place of others with the same operator and key."""
    wanted = [
        Condition(each.operator, each.key, tuple(fill(value, audited.values) for value in each.values))
        for each in grant.conditions
    ]
    taken = {(each.operator.lower(), each.key.lower()) for each in wanted}
    kept = [each for each in statement.conditions if (each.operator.lower(), each.key.lower()) not in taken]
    return (*kept, *wanted)


def _resources(
    audited: AuditedRole,
    statement: Statement,
    grant: Grant,
    action: str,
    conditions: tuple[Condition, ...],
    dead: Collection[str],
) -> tuple[str, ...]:
    own = tuple(fill(template, audited.values) for template in grant.resources)
    enough = _document(action, (*own, *(fill(each, audited.values) for each in grant.accepted)), conditions)
    living = [resource for resource in statement.resources if resource not in dead]
    inside = [each for each in living if includes(enough, _document(action, (each,), conditions)).holds]
    outside = [each for each in living if each not in inside]
    # What reaches too far gives way to the part of the recommendation that it meets, and a dead resource, which was
    # meant for something, to all of it.
    context = request_context(grant, audited.values)
    needed = [
        resource
        for resource in own
        if len(living) < len(statement.resources)
        or any(
            cover(Need(action, resource, context), identity=[_document(action, (each,))]).verdict not in _DISJOINT
            for each in outside
        )
    ]
    have = [_document(action, inside, conditions)] if inside else []
    return (
        *inside,
        *(each for each in needed if not have or not includes(have, _document(action, (each,), conditions)).holds),
    )


def _document(action: str, resources: Sequence[str], conditions: Sequence[Condition] = ()) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": [action], "Resource": list(resources)}
    if conditions:
        statement["Condition"] = condition_json(conditions)
    return {"Version": VERSION, "Statement": [statement]}
