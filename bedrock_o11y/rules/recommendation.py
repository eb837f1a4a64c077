"""All that a role of a kind may have, where some of the blueprint's parameters are known."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from bedrock_o11y.blueprint import policy_document
from bedrock_o11y.blueprint.roles import ROLE_KINDS
from bedrock_o11y.iam import PolicyDocument

from .needs import ANY, for_variant


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What the blueprint recommends for a role.

    Attributes:
        kind: the id of its kind.
        variant: of the kind; empty for none.
        values: the template values that are known, as pairs in order; any other counts as a star.
    """

    kind: str
    variant: str
    values: tuple[tuple[str, str], ...]

    @property
    def document(self) -> PolicyDocument:
        """The recommendation as a policy."""
        return _document(self)

    @property
    def actions(self) -> frozenset[str]:
        """Its actions, in lower case."""
        return _actions(self)

    def as_written(self) -> dict[str, Any]:
        """The recommendation as IAM writes it, each grant with what is accepted in its place."""
        grants = tuple(
            replace(grant, sid=f"{grant.sid}{number}", resources=(*grant.resources, *grant.accepted))
            for number, grant in enumerate(ROLE_KINDS[self.kind].grants)
            if for_variant(grant, self.variant)
        )
        return policy_document(grants, defaultdict(lambda: ANY, self.values))


@lru_cache(maxsize=64)
def _document(recommendation: Recommendation) -> PolicyDocument:
    """Thousands of roles of one account share a recommendation."""
    return PolicyDocument.parse(recommendation.as_written(), name="recommendation")


@lru_cache(maxsize=64)
def _actions(recommendation: Recommendation) -> frozenset[str]:
    statements = _document(recommendation).statements
    return frozenset(action.lower() for statement in statements for action in statement.actions)
