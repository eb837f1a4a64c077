"""The conditions of a CloudFormation template: whether one holds, and what is there where it decides.

Sources: AWS CloudFormation template reference, "Condition functions" and "Pseudo parameters".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.iam import unknown

from .expressions import expression, intrinsic_of, is_unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


class NoValue:
    """``AWS::NoValue``: whatever it stands for is not there."""


NO_VALUE: Final = NoValue()


class Conditions:
    """The conditions of one template."""

    def __init__(self, conditions: Mapping[str, Any], text: Callable[[Any], str], *, partition_is_known: bool) -> None:
        """Decides nothing yet.

        Args:
            conditions: the section of the template.
            text: gives a value as text, with unknown pieces where it is not known.
            partition_is_known: whether the partition is known from elsewhere.
        """
        self._conditions, self._text = conditions, text
        self._partition_is_known = partition_is_known
        self._visiting: set[str] = set()

    def holds(self, condition: Any) -> bool | None:
        """Whether a condition holds; None when the template does not say.

        Args:
            condition: its name, or a condition function.
        """
        if isinstance(condition, str):
            key = f"condition {condition}"
            if key in self._visiting or condition not in self._conditions:
                return None
            self._visiting.add(key)
            try:
                return self.holds(self._conditions[condition])
            finally:
                self._visiting.discard(key)
        name = intrinsic_of(condition)
        argument = condition[name] if name else None
        if name == "Condition":
            return self.holds(argument)
        if not isinstance(argument, list):
            return None
        if name == "Fn::Equals" and len(argument) == 2:
            if not self._partition_is_known and "AWS::URLSuffix" in json.dumps(argument):
                return None  # it asks whether this is China, and that is taken for granted nowhere else
            left, right = self._text(argument[0]), self._text(argument[1])
            return True if left == right else None if is_unknown(left) or is_unknown(right) else False
        parts = [self.holds(one) for one in argument]
        if name == "Fn::Not" and len(parts) == 1:
            return None if parts[0] is None else not parts[0]
        if name == "Fn::And":
            return False if False in parts else None if None in parts else True
        if name == "Fn::Or":
            return True if True in parts else None if None in parts else False
        return None

    def branches(self, value: Any, pointer: str) -> Iterator[tuple[Any, str, bool]]:
        """What a value may be once the conditions around it are decided.

        Yields:
            The value, not resolved (or ``NO_VALUE``), its pointer, and whether it is certain that it is this one.
        """
        if intrinsic_of(value) != "Fn::If":
            gone = value == {"Ref": "AWS::NoValue"}
            yield (NO_VALUE if gone else value), pointer, True
            return
        argument = value["Fn::If"]
        if not isinstance(argument, list) or len(argument) != 3:
            yield unknown(expression(value)), pointer, True
            return
        holds = self.holds(argument[0])
        for index in (1, 2) if holds is None else (1,) if holds else (2,):
            for one, at, certain in self.branches(argument[index], f"{pointer}/Fn::If/{index}"):
                yield one, at, certain and holds is not None
