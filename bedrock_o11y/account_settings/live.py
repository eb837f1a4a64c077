"""What an account setting holds right now: a value, nothing, or something that could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Value = dict[str, Any]
"""A setting as the AWS API takes and returns it."""


@dataclass(frozen=True, slots=True)
class Present:
    """The setting holds a value.

    Attributes:
        value: the normalised value, the only one that is compared.
        raw: the value as AWS returned it, the one that is remembered and put back.
    """

    value: Value
    raw: Value


@dataclass(frozen=True, slots=True)
class Absent:
    """AWS answered that the setting holds nothing. Only an answer can say so; an error never does.

    Attributes:
        awaited: whether what the setting is about is not there either, and only AWS can make it.
    """

    awaited: bool = False


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The setting could not be read. It may hold anything, so nothing may be written or deleted.

    Attributes:
        reason: what was attempted and what AWS answered, in one sentence.
        action: the IAM action that was attempted or is missing, such as
            `bedrock:GetModelInvocationLoggingConfiguration`.
    """

    reason: str
    action: str


Live = Present | Absent | Unreadable
