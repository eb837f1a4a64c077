"""A role as its source gave it, wherever that was."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from bedrock_o11y.iam import PolicyDocument


_ARN_COLONS: Final = 5
_OF_A_PARTITION: Final = re.compile(r"arn:(aws(?:-[a-z]+)*):")


@dataclass(frozen=True, slots=True)
class Role:
    """An IAM role and everything that bears on what it may do.

    Attributes:
        name: of the role; of a template, the logical id or address (``aws_iam_role.agent``).
        arn: of the role; empty when the source does not know it.
        trust: who may assume it; None when the source says nothing about it (a permission policy alone).
        policies: inline and attached policies; one whose text is missing is ``PolicyDocument.not_known``.
        managed: ARNs (of a template: names) of the attached managed policies, whose documents are the last of
            ``policies``, in the same order. Others may use them too, so no patch rewrites them.
        boundary: the permissions boundary; None when there is none.
        created: the day on which the role was made, when the source says so.
        tags: of the role; None when the source does not know them.
        assumed: what its source took for granted to make it out, one sentence each.
        file: the file it came from; None for a role of a live account.
        pointer: JSON pointer of the role inside that file.
    """

    name: str
    arn: str = ""
    trust: PolicyDocument | None = None
    policies: tuple[PolicyDocument, ...] = ()
    managed: tuple[str, ...] = ()
    boundary: PolicyDocument | None = None
    created: date | None = None
    tags: Mapping[str, str] | None = None
    assumed: tuple[str, ...] = ()
    file: Path | None = None
    pointer: str = ""

    @property
    def inline(self) -> tuple[PolicyDocument, ...]:
        """The policies that are part of the role, without the attached managed ones."""
        return self.policies[: len(self.policies) - len(self.managed)]

    @property
    def account(self) -> str:
        """The account of the ARN; empty when the ARN is not known."""
        return self.arn.split(":")[4] if self.arn.count(":") >= 5 else ""

    @property
    def partition(self) -> str:
        """The partition of the ARN; when that is not known, the one that its policies name, else ``aws``."""
        if self.arn.count(":") >= _ARN_COLONS:
            return self.arn.split(":")[1]
        named = {
            match[1]
            for document in (*self.policies, *((self.trust,) if self.trust else ()))
            for statement in document.statements
            for text in (*statement.resources, *(value for each in statement.conditions for value in each.values))
            if (match := _OF_A_PARTITION.match(text))
        }
        return named.pop() if len(named) == 1 else "aws"

    @property
    def label(self) -> str:
        """The ARN, or the name when the ARN is not known."""
        return self.arn or self.name


@dataclass(frozen=True, slots=True)
class UnreadRole:
    """A role that is there but could not be read. It is never counted as clean.

    Attributes:
        name: name or ARN.
        reason: what was attempted, what the answer was, what to do next.
        file: the file it came from; None for a live account.
        pointer: JSON pointer inside that file.
    """

    name: str
    reason: str
    file: Path | None = None
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class OtherRole:
    """A role that is none of ours for certain: nothing in its source speaks of what ours speak of. It is only counted.

    Attributes:
        name: of the role.
    """

    name: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which roles are wanted, by words in lower case: a source may give any other as :class:`OtherRole`.

    Attributes:
        trust: one of them, or a star, stands in the trust policy; or
        policies: one of them stands in an inline policy, or in an attached one.
    """

    trust: tuple[str, ...]
    policies: tuple[str, ...]


@dataclass(slots=True)
class Reading:
    """What is known about a reading of roles once it has ended.

    Attributes:
        partial: why roles may be missing, one sentence each; empty when all were seen.
    """

    partial: list[str] = field(default_factory=list)
    wanted: Wanted | None = None
    """Which roles are wanted; None for all of them."""


class RoleSource(Protocol):
    """Where roles come from."""

    origin: str
    """What it is, for people: a file's path, ``account 123456789012``."""

    reading: Reading
    """Filled while :meth:`roles` is iterated; complete when the iteration has ended."""

    def roles(self) -> Iterator[Role | UnreadRole | OtherRole]:
        """The roles, one by one, without holding more of them than needed.

        Raises:
            UsageError: the source is not there or is not what it should be (file, line, expected, next step).
            CouldNotRunError: the account cannot be reached at all.
        """
        ...
