"""A call, the smallest policy that must let it through, and policies that come close and must not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ROLE = "arn:aws:iam::000000000000:role/passed"
OTHER_ROLE = "arn:aws:iam::000000000000:role/passed-not"


@dataclass(frozen=True)
class Allow:
    action: str
    resource: str
    condition: dict[str, dict[str, Any]] = field(default_factory=dict)

    def statement(self) -> dict[str, Any]:
        statement: dict[str, Any] = {"Effect": "Allow", "Action": self.action, "Resource": self.resource}
        return {**statement, "Condition": self.condition} if self.condition else statement


@dataclass(frozen=True)
class Case:
    operation: str
    arguments: dict[str, Any]
    granted: tuple[Allow, ...]
    refused: tuple[tuple[Allow, ...], ...]
    client: str = ""
    about: str = ""

    def __str__(self) -> str:
        return f"{self.operation} {self.about}".strip()


def on(operation: str, arguments: dict[str, Any], resource: str, *near: str, client: str = "", about: str = "") -> Case:
    """The action of the operation's own name, on one resource; near misses are other resources."""
    granted = (Allow(operation, resource),)
    return Case(operation, arguments, granted, tuple((Allow(operation, item),) for item in near), client, about)


def passing(case: Case, to: dict[str, dict[str, Any]], **arguments: Any) -> Case:
    """The case again, with a role passed along."""
    wrong = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    refused = tuple(
        (*case.granted, Allow("iam:PassRole", role, condition)) for role, condition in ((OTHER_ROLE, to), (ROLE, wrong))
    )
    granted = (*case.granted, Allow("iam:PassRole", ROLE, to))
    return Case(case.operation, {**case.arguments, **arguments}, granted, refused, case.client, "passing a role")
