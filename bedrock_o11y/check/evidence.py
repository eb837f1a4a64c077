"""Everything a check saw, as plain data: the rungs judge it, ``--record`` saves it, ``--replay`` judges it again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bedrock_o11y.aws import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen in one account and Region.

    Attributes:
        account: the account id.
        region: the Region.
        partition: ``aws``, ``aws-us-gov``, ``aws-cn``.
        caller: ARN of the caller.
        time: when the check began, in UTC, as ISO 8601.
        facts: one reading for each fact of :mod:`bedrock_o11y.check.facts` that was looked at.
    """

    account: str
    region: str
    partition: str
    caller: str
    time: str
    facts: Mapping[str, Reading] = field(default_factory=dict)

    def fact(self, name: str) -> Reading:
        """One reading; unreadable when nobody looked."""
        return self.facts.get(name) or Reading.unreadable("it was not looked at")

    def value(self, name: str) -> Any:
        """The value of a fact, or None when it is absent or could not be read."""
        return self.fact(name).value

    def with_facts(self, facts: Mapping[str, Reading]) -> Evidence:
        """The same evidence with more facts, or newer ones."""
        return replace(self, facts={**self.facts, **facts})
