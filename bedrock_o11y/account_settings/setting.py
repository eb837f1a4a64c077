"""What every account setting has to offer: pure rules for its values, and a way to read and write it.

A new setting is one module with a `SettingRules` and a `Setting`, and one line in `registry`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from .policy import Policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from .live import Live, Value


@dataclass(frozen=True, slots=True)
class SettingRules:
    """The pure half of a setting.

    Attributes:
        name: as in the request and the name of the record, such as `model-invocation-logging`.
        title: as in a sentence, such as `model invocation logging`.
        option: the key of the configuration file that holds the policy for a value found.
        normalise: a value with the members that are managed, and no others, so that equal settings compare equal.
        merge: a value found (raw), completed with what it lacks of another.
        describe: where a value points to, in a few words.
        shared: whether several stacks may ask for it together: the value then says nothing of the stack that set it.
        policies: what may be done with a value that somebody else has set.
        along: members of the value asked for that a write takes along and that are not compared: they say how, not
            what.
    """

    name: str
    title: str
    option: str
    normalise: Callable[[Value], Value]
    merge: Callable[[Value, Value], Value]
    describe: Callable[[Value], str]
    shared: bool = False
    policies: tuple[Policy, ...] = tuple(Policy)
    along: tuple[str, ...] = ()


class InvalidValueError(ValueError):
    """A value does not fit the shape that this botocore knows for the setting."""


class Setting(Protocol):
    """One setting of this account and Region."""

    @property
    def rules(self) -> SettingRules:
        """The pure half."""
        ...

    def read(self) -> Live:
        """Read the setting; never raises for what AWS answers."""
        ...

    def write(self, value: Value, over: Live, *, propagation: float) -> None:
        """Write the setting, provided that it still holds what the decision was based on.

        Raises:
            CallFailedError: AWS did not do it, or it is not known whether it did. `Failure.CONFLICT`: the setting holds
                something else.
            InvalidValueError: the value does not fit the shape.
        """
        ...

    def remove(self, over: Live) -> None:
        """Delete the setting, provided that it still holds what the decision was based on.

        Raises:
            CallFailedError: AWS did not do it, or it is not known whether it did.
        """
        ...

    def validate(self, value: Value) -> None:
        """Compare a value with the shape of the API.

        Raises:
            InvalidValueError: it does not fit; the message names the member.
        """
        ...
