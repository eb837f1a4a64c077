"""What a role may do, read off the actions of its own policies: enough to tell what it is for, no judgement."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from bedrock_o11y.blueprint.roles import ROLE_KINDS
from bedrock_o11y.iam import Effect
from bedrock_o11y.iam.actions import expand
from bedrock_o11y.iam.patterns import matches

from .expressions import is_unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.iam import Statement

    from .role import Role


def allows(role: Role) -> Iterator[Statement]:
    """The statements of a role's own policies that allow something."""
    for policy in role.policies:
        for statement in policy.statements:
            if statement.effect is Effect.ALLOW:
                yield statement


def touches(role: Role, actions: tuple[str, ...]) -> Statement | None:
    """The first statement that allows any of some actions, on whatever resource."""
    return next(touching(role, actions), None)


def touching(role: Role, actions: tuple[str, ...]) -> Iterator[Statement]:
    """The statements that allow any of some actions, on whatever resource."""
    for statement in allows(role):
        patterns = [pattern for pattern in statement.actions if not is_unknown(pattern)]
        named = [any(matches(pattern.lower(), action.lower()) for pattern in patterns) for action in actions]
        if (not statement.not_actions) in named:
            yield statement


def does_only(role: Role, kind: str) -> bool:
    """Whether a role does something, and nothing but what a role of a kind may do."""
    statements = list(allows(role))
    if not statements or unknown_policy(role):
        return False
    own = _actions_of(kind)
    return all(
        not statement.not_actions and all(_means_only(pattern, own) for pattern in statement.actions)
        for statement in statements
    )


def _means_only(pattern: str, own: frozenset[str]) -> bool:
    if pattern.lower() in own:
        return True
    meant = expand(pattern) if ("*" in pattern or "?" in pattern) and not is_unknown(pattern) else ()
    return bool(meant) and all(action.lower() in own for action in meant)


@cache
def _actions_of(kind: str) -> frozenset[str]:
    return frozenset(action.lower() for grant in ROLE_KINDS[kind].grants for action in grant.actions)


def unknown_policy(role: Role) -> str:
    """Why something that a role may do is not known; empty when all is."""
    for policy in role.policies:
        if policy.unknown:
            return policy.unknown
        for statement in policy.statements:
            if statement.effect is Effect.UNKNOWN or any(is_unknown(action) for action in statement.actions):
                return f"{statement.label} of {policy.name or 'the policy'} is not known"
    return ""


def allowed_actions(role: Role) -> list[str]:
    """Every action pattern that a role is allowed; all but some are a star."""
    return ["*" if statement.not_actions else action for statement in allows(role) for action in statement.actions]
