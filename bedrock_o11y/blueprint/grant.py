"""The words in which the blueprint is written: a grant, its conditions, its reason and its sources."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from string import Template
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


class Severity(Enum):
    """How bad it is when a grant is missing."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst; the smaller, the worse."""
        return list(Severity).index(self)


class Confidence(Enum):
    """How well AWS's documentation supports a grant."""

    DOCUMENTED = "documented"
    """Written in a guide of AWS."""
    DISPUTED = "disputed"
    """AWS's own sources disagree."""
    OBSERVED = "observed"
    """Reported from real accounts, not documented."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read.

    Attributes:
        title: guide and page.
        url: address of the page.
    """

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a statement: operator, key and the values of which one must match.

    Attributes:
        operator: as IAM spells it, ``StringEquals``.
        key: the condition key, ``aws:SourceAccount``.
        values: templates of the values.
    """

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grant:
    """One permission that a well-observed account contains, and why.

    Texts are templates in the style of ``string.Template``: ``${Partition}``, ``${Region}``, ``${Account}`` and the
    names that the grant's own module declares.

    Attributes:
        sid: statement id, letters and digits only.
        actions: IAM actions.
        resources: templates of resource ARNs; empty in a trust policy.
        purpose: what breaks without it, in a sentence a tired engineer understands.
        severity: how bad it is when it is missing.
        sources: where AWS says so.
        conditions: all must hold.
        principals: service principals; empty in an identity policy.
        wildcard: why a wildcard in ``resources`` or ``actions`` cannot be narrower; empty when there is none.
        confidence: how well AWS's documentation supports it.
        since: first day on which it is needed, where AWS changed its mind: counted by the day the agent was created.
        until: last day on which it was needed.
        superseded: why it is not needed outside ``since`` and ``until``, in a sentence; empty without those.
        asked: templates of the ARNs on which AWS authorises the calls, where those are other than ``resources``.
        accepted: templates of further resources that are as good as ``resources``, where AWS's sources disagree.
        optional: a role may have it without being too wide; it is not missing when it is not there.
        part_suffices: a role that has it on a part of ``resources`` has what it needs: which models an agent calls and
            which image it runs is its own affair, and narrower is better.
        variants: the variants of the role that need it; empty for all.
    """

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    purpose: str
    severity: Severity
    sources: tuple[Source, ...]
    conditions: tuple[Condition, ...] = ()
    principals: tuple[str, ...] = ()
    wildcard: str = ""
    confidence: Confidence = Confidence.DOCUMENTED
    since: date | None = None
    until: date | None = None
    superseded: str = ""
    asked: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    optional: bool = False
    part_suffices: bool = False
    variants: tuple[str, ...] = ()

    def statement(self, values: Mapping[str, str]) -> dict[str, Any]:
        """The grant as a statement of a policy document.

        Args:
            values: a value for every name that the templates use.

        Returns:
            The statement, with lists throughout, keys in the order in which AWS prints them.

        Raises:
            KeyError: a template uses a name that ``values`` lacks.
        """
        statement: dict[str, Any] = {"Sid": self.sid, "Effect": "Allow"}
        if self.principals:
            statement["Principal"] = {"Service": _filled(self.principals, values)}
        statement["Action"] = list(self.actions)
        if self.resources:
            statement["Resource"] = _filled(self.resources, values)
        if self.conditions:
            block: dict[str, dict[str, list[str]]] = {}
            for condition in self.conditions:
                block.setdefault(condition.operator, {})[condition.key] = _filled(condition.values, values)
            statement["Condition"] = block
        return statement


def policy_document(grants: tuple[Grant, ...], values: Mapping[str, str]) -> dict[str, Any]:
    """Grants as one policy document.

    Args:
        grants: the statements, in order.
        values: a value for every name that the templates use.

    Returns:
        A policy document of version 2012-10-17.

    Raises:
        KeyError: a template uses a name that ``values`` lacks.
    """
    return {"Version": "2012-10-17", "Statement": [grant.statement(values) for grant in grants]}


def _filled(templates: tuple[str, ...], values: Mapping[str, str]) -> list[str]:
    return [Template(template).substitute(values) for template in templates]
