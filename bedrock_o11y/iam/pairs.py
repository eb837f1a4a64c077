"""An Allow statement taken apart: one action pattern and one resource pattern at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .document import VERSION_WITH_VARIABLES, Effect, PolicyDocument, Statement
from .patterns import Bound, Reading, resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .situations import Block


@dataclass(frozen=True, slots=True)
class Pair:
    """One action pattern and one resource pattern of an Allow statement.

    Attributes:
        document: where it stands.
        statement: the statement.
        actions: its action pattern, or all that NotAction leaves out.
        resources: its resource pattern, or all that NotResource leaves out.
    """

    document: PolicyDocument
    statement: Statement
    actions: tuple[str, ...]
    resources: tuple[str, ...]

    @property
    def variables(self) -> bool:
        """Whether its document has variables."""
        return self.document.version == VERSION_WITH_VARIABLES

    @property
    def begins(self) -> str:
        """How its resources begin."""
        if self.statement.not_resources:
            return ""
        return resource(self.resources[0], Reading.WHOLE, Bound.LOWER, variables=self.variables).prefix

    def spelled(self, action: str) -> str:
        """An action as the pair spells it, if it is that one action."""
        if not self.statement.not_actions and self.actions[0].lower() == action:
            return self.actions[0]
        return action

    @property
    def block(self) -> Block:
        """Its conditions."""
        return self.statement.conditions, self.variables


def pairs(sources: Iterable[PolicyDocument]) -> Iterator[Pair]:
    """Every pair of what documents allow, or may allow, in order; a policy that is not known may allow anything."""
    for document in sources:
        if document.unknown:
            anything = Statement(0, "the whole policy", Effect.UNKNOWN, ("*",), ("*",))
            yield Pair(document, anything, ("*",), ("*",))
        for statement in document.statements:
            if statement.effect is Effect.DENY:
                continue
            resources = statement.resources
            if statement.principals is not None and not resources and not statement.not_resources:
                resources = ("*",)
            for actions in [statement.actions] if statement.not_actions else [(one,) for one in statement.actions]:
                for texts in [resources] if statement.not_resources else [(one,) for one in resources]:
                    yield Pair(document, statement, actions, texts)
