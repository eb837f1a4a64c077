"""Would this one request be allowed?"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from .effective import Clause, ContextFacts, Layer, Level, documents, layer
from .patterns import Reading
from .request_context import Context, World

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .document import PolicyDocument
    from .witness import StatementReference


class Outcome(Enum):
    """What IAM answers."""

    ALLOWED = "ALLOWED"
    EXPLICIT_DENY = "EXPLICIT_DENY"
    IMPLICIT_DENY = "IMPLICIT_DENY"


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    Attributes:
        principal: ARN of the caller; only resource policies look at it.
        action: a concrete action.
        resource: a concrete ARN, or ``*`` for an action without resource types.
        context: condition keys and their value or values; None or a key that is not here is absent.
    """

    principal: str
    action: str
    resource: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to a request.

    Attributes:
        value: the answer.
        statement: the statement that decided: the Deny, or the Allow; None when nothing matched.
    """

    value: Outcome
    statement: StatementReference | None = None


def decide(
    request: Request,
    *,
    identity: Sequence[PolicyDocument | Mapping[str, Any] | str],
    boundary: PolicyDocument | Mapping[str, Any] | str | None = None,
    limits: Sequence[PolicyDocument | Mapping[str, Any] | str] = (),
) -> Decision:
    """Whether a request is allowed.

    An explicit Deny in any document wins; then each of ``limits`` and the boundary must allow; then an identity policy
    must. What is not known (an unknown text, a policy that could not be read) never allows and may deny.

    Args:
        request: the request; keys that its context does not list are absent.
        identity: the policies of the principal.
        boundary: its permissions boundary.
        limits: SCPs or session policies, each of which must allow.

    Raises:
        PolicyError: a document cannot be read.
    """
    mine = asked(request, "", documents(identity))
    guards = [asked(request, "", documents(limit)) for limit in limits]
    if boundary is not None:
        guards.append(asked(request, "", documents(boundary)))
    for one in (*guards, mine):
        for clause in one.counting_denies(Level.CERTAIN):
            if about(clause, request.resource, most=True):
                named = clause.reference
                return Decision(Outcome.EXPLICIT_DENY if named else Outcome.IMPLICIT_DENY, named)
    granting = [_granting(one, request.resource) for one in (*guards, mine)]
    if any(clause is None for clause in granting):
        return Decision(Outcome.IMPLICIT_DENY)
    return Decision(Outcome.ALLOWED, granting[-1].reference if granting[-1] else None)


def asked(request: Request, name: str, sources: Iterable[PolicyDocument]) -> Layer:
    """What documents say about a request."""
    facts = ContextFacts(Context(request.context, World.CLOSED))
    return layer(
        name,
        sources,
        request.action.lower(),
        facts,
        principal=request.principal,
        begins="" if request.resource == "*" else request.resource,
    )


def about(clause: Clause, resource: str, *, most: bool) -> bool:
    """Whether a clause is about a concrete resource, at the most or at the least.

    ``*`` is the resource of an action without resource types: only a pattern that matches every text matches it.
    """
    reading = Reading.WHOLE if most is not clause.negated else Reading.FIELDS
    patterns = clause.patterns(reading, most=most)
    if resource == "*":
        return any(pattern.everything for pattern in patterns) is not clause.negated
    return any(pattern.matches(resource) for pattern in patterns) is not clause.negated


def _granting(one: Layer, resource: str) -> Clause | None:
    """The first clause that allows a resource for certain."""
    return next((c for c in one.counting_allows(Level.CERTAIN) if about(c, resource, most=False)), None)
