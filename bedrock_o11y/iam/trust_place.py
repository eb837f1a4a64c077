"""A trust policy of a template, with the names of its own account, Region and partition put in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from .operators import ARN_FIELDS
from .unknown_text import UNKNOWN_START, unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .document import PolicyDocument

# For a pattern of every Region or partition one of them has to do.
_LIKELY: Final = {"AWS::Partition": "aws", "AWS::Region": "us-east-1"}


def in_its_place(document: PolicyDocument, account: str, source_arn: str) -> PolicyDocument:
    """Puts in what the pseudo parameters of CloudFormation are by definition: those of the place where the role is.

    Args:
        document: the trust policy.
        account: of the role; empty when it is not known.
        source_arn: a pattern of the ARNs for which the service acts there.
    """
    fields = [*source_arn.split(":"), *[""] * ARN_FIELDS]
    place = {"AWS::AccountId": account, "AWS::Partition": fields[1], "AWS::Region": fields[3]}
    names = {}
    for name, value in place.items():
        known = value and UNKNOWN_START not in value and "*" not in value
        names[unknown(name)] = value if known else _LIKELY.get(name, unknown(name))
    return renamed(document, names)


def renamed(document: PolicyDocument, names: Mapping[str, str]) -> PolicyDocument:
    """The document with other texts in the values of its conditions.

    Args:
        document: the document.
        names: the texts, and what comes in their place.
    """

    def instead(value: str) -> str:
        if UNKNOWN_START in value:
            for name, other in names.items():
                value = value.replace(name, other)
        return value

    statements = tuple(
        replace(
            statement,
            conditions=tuple(replace(one, values=tuple(map(instead, one.values))) for one in statement.conditions),
        )
        for statement in document.statements
    )
    return document if statements == document.statements else replace(document, statements=statements)
