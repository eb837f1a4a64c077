"""How many of all traces X-Ray indexes for searching, in percent: the rule `Default` of this account and Region.

One percent is what every account begins with and what AWS does not charge for, so it counts as nothing: it is nobody's
choice that could be lost, and giving the setting back goes there.

Sources: X-Ray API reference, GetIndexingRules and UpdateIndexingRule; CloudWatch user guide, "Enable Transaction
Search" (one percent of the spans is indexed by default, at no charge).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .another_look import while_live
from .failures import CallFailedError
from .live import Absent, Live, Present, Unreadable, Value
from .setting import SettingRules
from .shape import input_shape, validate

if TYPE_CHECKING:
    from .calls import Calls

NAME = "span-indexing"
PERCENTAGE = "DesiredSamplingPercentage"
DEFAULT_PERCENTAGE = 1.0
_RULE = "Default"
_READ, _UPDATE = "xray:GetIndexingRules", "xray:UpdateIndexingRule"


def normalise(value: Value) -> Value:
    """The percentage, as a float; what is none is left for the shape to refuse."""
    percentage = value.get(PERCENTAGE)
    if percentage is None:
        return {}
    return {PERCENTAGE: float(percentage) if isinstance(percentage, int) else percentage}


def merge(found: Value, _desired: Value) -> Value:
    """A percentage cannot be completed: the one found stays."""
    return found


def describe(value: Value) -> str:
    """Say how much is indexed."""
    return f"{value.get(PERCENTAGE, DEFAULT_PERCENTAGE):g} % of the traces are indexed"


RULES = SettingRules(
    name=NAME,
    title="the indexing of traces",
    option="tracing.indexing.existing",
    normalise=normalise,
    merge=merge,
    describe=describe,
    shared=True,
)


@dataclass(frozen=True, slots=True)
class SpanIndexing:
    """The percentage of this account and Region, through boto3.

    Attributes:
        client: a boto3 client for `xray`.
        calls: the patience of the request.
    """

    client: Any
    calls: Calls

    @property
    def rules(self) -> SettingRules:
        """The pure half."""
        return RULES

    def read(self) -> Live:
        """Read the percentage with GetIndexingRules."""
        try:
            rules = self._rules()
        except CallFailedError as failed:
            return Unreadable(f"{RULES.title} could not be read. {failed}", failed.action)
        found = next((rule for rule in rules if rule.get("Name") == _RULE), None)
        percentage = ((found or {}).get("Rule", {}).get("Probabilistic") or {}).get(PERCENTAGE)
        if percentage is None:
            return Unreadable(
                f"{RULES.title} could not be read: the answer has no rule {_RULE} with a percentage.", _READ
            )
        value = normalise({PERCENTAGE: percentage})
        return Absent() if value[PERCENTAGE] == DEFAULT_PERCENTAGE else Present(value, value)

    def _rules(self) -> list[dict[str, Any]]:
        rules: list[dict[str, Any]] = []
        page: dict[str, Any] = {}
        while True:
            answer = self.calls.run(lambda page=page: self.client.get_indexing_rules(**page), _READ)  # type: ignore[misc]
            rules += answer.get("IndexingRules", [])
            if not answer.get("NextToken"):
                return rules
            page = {"NextToken": answer["NextToken"]}

    def write(self, value: Value, over: Live, *, propagation: float) -> None:
        """Set the percentage with UpdateIndexingRule.

        Args:
            value: the percentage.
            over: what must still be live, looked at again before every attempt.
            propagation: not needed here.

        Raises:
            CallFailedError: it was not written, or nobody knows.
            InvalidValueError: the value does not fit the shape.
        """
        self.validate(value)
        self._update(value, over)

    def remove(self, over: Live) -> None:
        """Index one percent again, as in an account where nobody chose.

        Args:
            over: what must still be live, looked at again before every attempt.

        Raises:
            CallFailedError: it was not done, or nobody knows.
        """
        self._update({PERCENTAGE: DEFAULT_PERCENTAGE}, over)

    def _update(self, value: Value, over: Live) -> None:
        update = self.client.update_indexing_rule
        self.calls.run(lambda: while_live(self, over, _READ, update, **_arguments(value)), _UPDATE)

    def validate(self, value: Value) -> None:
        """Compare a percentage with the shape that this botocore has for it.

        Raises:
            InvalidValueError: a member is unknown, missing or of the wrong type.
        """
        validate(input_shape(self.client, "UpdateIndexingRule"), _arguments(value), RULES.title)


def _arguments(value: Value) -> dict[str, Any]:
    return {"Name": _RULE, "Rule": {"Probabilistic": value}}
