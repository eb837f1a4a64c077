"""What a role may do beyond the recommendation."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bedrock_o11y.blueprint.agentcore import FOR_USER_ID, WORKLOAD_IDENTITY_ACTIONS
from bedrock_o11y.iam import Beyond, Effect, PolicyDocument, StatementReference, excess
from bedrock_o11y.iam.actions import expand
from bedrock_o11y.iam.document import VERSION_WITH_VARIABLES
from bedrock_o11y.iam.unknown_text import UNKNOWN_START

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bedrock_o11y.iam import Excess, Statement

    from .recommendation import Recommendation


def surplus(
    recommendation: Recommendation,
    policies: Sequence[PolicyDocument],
    *,
    boundary: PolicyDocument | None,
    facts: Mapping[str, Any],
    ordinary: bool,
) -> tuple[Excess, ...]:
    """What policies allow beyond the recommendation.

    An action pattern all of whose known actions are recommended (or are the token for any user id, of which a rule
    of its own speaks) is judged as those actions: that it is wider in its letters is no excess, and what it reaches
    too far is still seen. It is reported as it is written, by the worst of its actions.

    Args:
        recommendation: what the role may have.
        policies: of the role.
        boundary: its permissions boundary.
        facts: condition keys of its sessions.
        ordinary: whether these facts are those of every role, and nothing that a user said of them.
    """
    known, written = _with_known_actions(policies, recommendation.actions)
    told: dict[tuple[StatementReference, str, str], Excess] = {}
    for each in _excess(recommendation, known, boundary, facts, ordinary=ordinary):
        action = written.get((each.statement, each.action), each.action)
        place = (each.statement, action, each.resource)
        if place not in told or _telling(each) > _telling(told[place]):
            told[place] = each
    return tuple(replace(each, action=action) for (_, action, _), each in told.items())


def _excess(
    recommendation: Recommendation,
    policies: Sequence[PolicyDocument],
    boundary: PolicyDocument | None,
    facts: Mapping[str, Any],
    *,
    ordinary: bool,
) -> Iterator[Excess]:
    """What the policies allow beyond the recommendation.

    Roles of one account have many statements in common. What such a statement allows too much is the same in each of
    them, as long as nothing else of the role bears on it: no Deny, no boundary, no condition.
    """
    alone = boundary is None and all(
        statement.effect is Effect.ALLOW for document in policies for statement in document.statements
    )
    if not alone or not ordinary or any(document.unknown for document in policies):
        yield from excess(policies, recommendation.document, boundary=boundary, facts=facts)
        return
    for document in policies:
        for statement in document.statements:
            if statement.conditions or "${" in "".join(statement.resources):
                single = replace(document, statements=(statement,))
                yield from excess([single], recommendation.document, facts=facts)
                continue
            common = replace(statement, index=0, sid="", pointer="")
            for each in _excess_of(common, recommendation):
                yield replace(each, statement=_reference(document, statement))


@lru_cache(maxsize=8192)
def _excess_of(statement: Statement, recommendation: Recommendation) -> tuple[Excess, ...]:
    """What one unconditional Allow has too much."""
    document = PolicyDocument(VERSION_WITH_VARIABLES, (statement,))
    return excess([document], recommendation.document)


def _telling(each: Excess) -> tuple[bool, bool]:
    """Of what one pattern means: an action that is beyond says more than a resource, the user-id token the most."""
    return each.beyond is Beyond.ACTION, each.action == FOR_USER_ID


def _with_known_actions(
    policies: Sequence[PolicyDocument], recommended: frozenset[str]
) -> tuple[tuple[PolicyDocument, ...], dict[tuple[StatementReference, str], str]]:
    """Policies in which a pattern that means only recommended actions is replaced by those, and what was written."""
    written: dict[tuple[StatementReference, str], str] = {}
    changed = []
    for document in policies:
        statements = []
        for statement in document.statements:
            actions: list[str] = []
            for action in statement.actions:
                meant = _judged_as(action, recommended) if not statement.not_actions else ()
                if meant:
                    written |= {(_reference(document, statement), one): action for one in meant}
                actions += meant or [action]
            same = tuple(actions) == statement.actions
            statements.append(statement if same else replace(statement, actions=tuple(actions)))
        same = all(new is old for new, old in zip(statements, document.statements, strict=True))
        changed.append(document if same else replace(document, statements=tuple(statements)))
    return tuple(changed), written


def _judged_as(action: str, recommended: frozenset[str]) -> tuple[str, ...]:
    if not ("*" in action or "?" in action) or ":" not in action or UNKNOWN_START in action:
        return ()
    meant = expand(action)
    tokens = all(one in WORKLOAD_IDENTITY_ACTIONS for one in meant)
    return meant if tokens or all(one.lower() in recommended or one == FOR_USER_ID for one in meant) else ()


def _reference(document: PolicyDocument, statement: Statement) -> StatementReference:
    return StatementReference(document.name, statement.label, document.pointer + statement.pointer)
