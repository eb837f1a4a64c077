"""The result of an audit: each role, what was found, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from bedrock_o11y.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bedrock_o11y.blueprint import Severity

    from .finding import Finding


class RoleState(Enum):
    """What became of a role."""

    JUDGED = "judged"
    UNREAD = "unread"
    """It is there, but could not be read, or only in part: it is never clean."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A finding that a baseline accepts.

    Attributes:
        finding: the finding.
        reason: why, from the baseline.
        expires: the last day on which it is accepted, ISO.
    """

    finding: Finding
    reason: str
    expires: str


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of role against blueprint, side by side.

    Attributes:
        need: sid of the grant, or a heading such as ``trust``.
        recommended: what the blueprint has: actions, resource, conditions on one line; empty when it has nothing.
        actual: what the role has; empty when it has nothing.
        mark: ``=`` the same, ``-`` missing, ``+`` too much, ``~`` different.
    """

    need: str
    recommended: str
    actual: str
    mark: str


@dataclass(frozen=True, slots=True)
class RoleReport:
    """One role.

    Attributes:
        label: its ARN, or its name when the ARN is not known.
        kind: id of the kind it was judged as; empty for a role that could not be read.
        kind_title: the kind in words.
        state: what became of it.
        findings: worst first, then in the order of the rules.
        accepted: findings that the baseline accepts.
        assumed: what the audit assumed and why, one sentence each: kind, variant, Region, agent, date.
        unread: for UNREAD, why; for a judged role, what of it could not be read, one sentence each.
        diff: role against blueprint.
        file: the file it came from; None for a live account.
        pointer: JSON pointer of the role inside that file.
    """

    label: str
    kind: str
    kind_title: str
    state: RoleState
    findings: tuple[Finding, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    assumed: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    diff: tuple[DiffLine, ...] = ()
    file: Path | None = None
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class RuleSummary:
    """A rule, as SARIF lists it.

    Attributes:
        id: ``missing-grant``.
        title: in a few words.
        why: why it matters, in a sentence.
        severity: the severity it usually has.
        source: address of the page that says so.
    """

    id: str
    title: str
    why: str
    severity: Severity
    source: str


@dataclass(frozen=True, slots=True)
class AuditReport:
    """The result of an audit.

    Attributes:
        origins: where the roles came from, for people.
        roles: those that were judged, and those that could not be read.
        others: how many roles are none of ours; counted, not judged.
        partial: why roles may be missing altogether, one sentence each; empty when all were seen.
        expired: entries of the baseline that are past their day, one sentence each; they accept nothing.
        unused: entries of the baseline that met no finding, one sentence each.
        fail_on: findings of this severity and worse fail the audit; None: none does.
        rules: every rule.
        data_date: the day of the action data, ISO.
    """

    origins: tuple[str, ...]
    roles: tuple[RoleReport, ...]
    others: int
    partial: tuple[str, ...]
    expired: tuple[str, ...]
    unused: tuple[str, ...]
    fail_on: Severity | None
    rules: tuple[RuleSummary, ...]
    data_date: str

    def counts(self) -> dict[Severity, int]:
        """How many findings there are of each severity, without the accepted ones; worst first, zeros included."""
        from bedrock_o11y.blueprint import Severity  # the blueprint costs time at start

        counted = dict.fromkeys(Severity, 0)
        for role in self.roles:
            for finding in role.findings:
                counted[finding.severity] += 1
        return counted

    def failing(self) -> Sequence[Finding]:
        """The findings at or above the threshold."""
        if self.fail_on is None:
            return ()
        return [
            finding
            for role in self.roles
            for finding in role.findings
            if finding.verdict != "UNKNOWN" and finding.severity.rank <= self.fail_on.rank
        ]

    def unknowns(self) -> Sequence[str]:
        """What could not be read or decided, one sentence each."""
        texts = list(self.partial)
        for role in self.roles:
            texts += [f"{role.label}: {reason}" for reason in role.unread]
            texts += [f"{role.label}: {each.message}" for each in role.findings if each.verdict == "UNKNOWN"]
        return texts

    def exit_code(self, *, allow_unknown: bool = False) -> ExitCode:
        """1 for a finding at or above the threshold, else 3 for something that could not be read, else 0."""
        if self.failing():
            return ExitCode.FAILED
        if self.unknowns() and not allow_unknown:
            return ExitCode.UNKNOWN
        return ExitCode.CLEAN
