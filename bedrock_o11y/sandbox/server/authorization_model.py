"""What a row of the authorisation table is, and how a request is judged by it. Pure: no MiniStack, no I/O."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Confidence(StrEnum):
    """How sure it is that AWS does what a row says."""

    DOCUMENTED = "documented"
    """An AWS page says so."""
    OBSERVED = "observed"
    """Error messages of AWS, reported in public, name the action and the resource."""
    DERIVED = "derived"
    """The reference names the resource type; which ARN a request without that name is judged on is our reading."""
    UNCONFIRMED = "unconfirmed"
    """A general rule of IAM that no page confirms for this operation."""


@dataclass(frozen=True, slots=True)
class Request:
    """One call, as far as authorisation looks at it.

    Attributes:
        operation: `prefix:Operation`, for example `logs:PutLogEvents`.
        region: where it is made.
        account: the caller's account.
        parameters: its members; those of a form or a query string as text.
        path: the parts of its path, for REST services.
        headers: its headers, names in lower case.
        models_behind: gives the model ARNs behind an application inference profile of the account, by ARN or id.
    """

    operation: str
    region: str
    account: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    path: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    models_behind: Callable[[str], list[str]] = field(default=lambda _profile: [])

    @property
    def partition(self) -> str:
        """The partition of the Region."""
        if self.region.startswith("cn-"):
            return "aws-cn"
        return "aws-us-gov" if self.region.startswith("us-gov-") else "aws"

    def arn(self, service: str, resource: str, *, region: str | None = None, account: str | None = None) -> str:
        """An ARN of the request's partition.

        Args:
            service: the service's name.
            resource: the sixth field.
            region: another Region than the request's; empty for none.
            account: another account than the caller's; empty for none.

        Returns:
            the ARN.
        """
        where = self.region if region is None else region
        whose = self.account if account is None else account
        return f"arn:{self.partition}:{service}:{where}:{whose}:{resource}"

    def text(self, *names: str) -> str:
        """The first of some parameters that is given as text.

        Args:
            names: their names, in order of preference.

        Returns:
            its value, or an empty text.
        """
        for name in names:
            value = self.parameters.get(name)
            if isinstance(value, str) and value:
                return value
        return ""

    def texts(self, *names: str) -> list[str]:
        """Every text in some parameters that hold lists.

        Args:
            names: their names; a query-protocol list `Name.member.1` counts as `Name`.

        Returns:
            the texts in order.
        """
        found: list[str] = []
        for name in names:
            value = self.parameters.get(name)
            found += [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
            member = re.compile(rf"{re.escape(name)}\.member\.\d+")
            found += [str(item) for key, item in self.parameters.items() if member.fullmatch(key)]
        return found


Resources = Callable[[Request], list[str]]
"""Gives the resource ARNs a permission is needed on."""

Keys = Callable[[Request], dict[str, str | list[str]]]
"""Gives the service's condition keys of a request."""


def no_keys(_request: Request) -> dict[str, str | list[str]]:
    """The condition keys of an operation that has none.

    Returns:
        nothing.
    """
    return {}


@dataclass(frozen=True, slots=True)
class Need:
    """One permission that an operation needs.

    Attributes:
        action: the IAM action.
        resources: on what; several ARNs need the permission on each.
        keys: the condition keys the service sets.
        optional: the operation needs it only when the request names such a resource.
    """

    action: str
    resources: Resources
    keys: Keys = no_keys
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """What one operation is authorised as.

    Attributes:
        operation: `prefix:Operation`.
        needs: the permissions, all of them.
        source: where this is known from.
        confidence: how sure it is.
        route: for a REST service, method and path pattern; the named groups are the parts of the path.
        adds: the needs come on top of MiniStack's own authorisation instead of replacing it.
        note: what a reader must know.
    """

    operation: str
    needs: tuple[Need, ...]
    source: str
    confidence: Confidence = Confidence.DOCUMENTED
    route: tuple[str, re.Pattern[str]] | None = None
    adds: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One question to the policies: may the caller do this, on this, with these condition keys?

    Attributes:
        action: the IAM action.
        resource: the ARN, or `*` for an operation without resource.
        keys: the service's condition keys.
    """

    action: str
    resource: str
    keys: Mapping[str, str | list[str]]


def requirements(request: Request, table: Mapping[str, Row]) -> list[Requirement] | None:
    """What a request needs.

    Args:
        request: the request.
        table: the rows by operation.

    Returns:
        the requirements, all of which must be granted, or None when the operation has no row.
    """
    row = table.get(request.operation)
    if row is None:
        return None
    found: list[Requirement] = []
    for need in row.needs:
        resources = list(dict.fromkeys(need.resources(request)))
        if not resources and not need.optional:
            # Never fewer questions than the row asks: without a name only a grant on everything will do.
            resources = ["*"]
        found += [Requirement(need.action, resource, need.keys(request)) for resource in resources]
    return found


def routed(prefix: str, method: str, path: str, rows: Mapping[str, Row]) -> tuple[str, dict[str, str]] | None:
    """Find the operation of a REST request.

    Args:
        prefix: of the operations looked at, for example `bedrock`.
        method: the HTTP method.
        path: the path, decoded.
        rows: the rows by operation.

    Returns:
        the operation and the parts of its path, or None when no row has such a route.
    """
    for row in rows.values():
        if row.route is None or not row.operation.startswith(f"{prefix}:") or row.route[0] != method:
            continue
        match = row.route[1].fullmatch(path)
        if match:
            return row.operation, match.groupdict()
    return None
