"""Findings that somebody has accepted, for a reason and until a day."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from bedrock_o11y.report.audit import Accepted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bedrock_o11y.report.finding import Finding

FINGERPRINT: Final = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a baseline: which finding it accepts, why, and until when.

    Attributes:
        where: file and place, ``baseline.yaml: accepted[2]``.
        reason: why it is accepted, a sentence.
        expires: the last day on which it is.
        fingerprint: of the finding; empty when role and rule say which.
        role: ARN or name of the role.
        rule: id of the rule.
        actions: a finding is accepted only if it is about no other actions; empty for whatever the rule finds.
    """

    where: str
    reason: str
    expires: date
    fingerprint: str = ""
    role: str = ""
    rule: str = ""
    actions: tuple[str, ...] = ()

    def means(self, role: str, finding: Finding) -> bool:
        """Whether this is the finding.

        Args:
            role: label of the role: its ARN, or its name when the ARN is not known.
            finding: of that role.
        """
        if self.fingerprint:
            return self.fingerprint == finding.fingerprint(role)
        if self.rule != finding.rule or self.role not in (role, role.rpartition("/")[2]):
            return False
        # An entry about one action must not hide a second one that the same rule finds later.
        named = {action.lower() for action in self.actions}
        return not named or (bool(finding.actions) and named.issuperset(action.lower() for action in finding.actions))

    def __str__(self) -> str:
        about = self.fingerprint or " ".join((self.rule, "of", self.role, *self.actions))
        return f"{self.where} ({about})"


@dataclass(slots=True)
class Baseline:
    """What is accepted, and what has become of each entry. One audit uses one of its own.

    Attributes:
        entries: in the order of the file.
        today: entries that end before this day accept nothing.
    """

    entries: tuple[Entry, ...] = ()
    today: date = field(default_factory=lambda: datetime.now(UTC).date())
    _met: set[Entry] = field(default_factory=set)

    @classmethod
    def load(cls, path: Path) -> Baseline:
        """Reads a baseline file, YAML or JSON.

        Args:
            path: the file.

        Raises:
            UsageError: it cannot be read or is not a baseline: file, place, value, what was expected.
        """
        from .baseline_file import read  # most audits have no baseline

        return cls(read(path))

    def split(self, role: str, findings: Sequence[Finding]) -> tuple[tuple[Finding, ...], tuple[Accepted, ...]]:
        """Takes the accepted findings of a role out, and notes which entries met one.

        Args:
            role: label of the role.
            findings: all of them.

        Returns:
            The findings that remain, and those that are accepted, both in the order given.
        """
        if not self.entries:
            return tuple(findings), ()
        remaining: list[Finding] = []
        accepted: list[Accepted] = []
        for finding in findings:
            meant = [entry for entry in self.entries if entry.means(role, finding)]
            self._met.update(meant)
            valid = [entry for entry in meant if entry.expires >= self.today]
            if valid:
                last = max(valid, key=lambda entry: entry.expires)
                accepted.append(Accepted(finding, last.reason, last.expires.isoformat()))
            else:
                remaining.append(finding)
        return tuple(remaining), tuple(accepted)

    @property
    def expired(self) -> tuple[str, ...]:
        """The entries that are past their day, a sentence each."""
        return tuple(
            f"{entry} expired on {entry.expires.isoformat()} and accepts nothing; decide anew, or remove it."
            for entry in self.entries
            if entry.expires < self.today
        )

    @property
    def unused(self) -> tuple[str, ...]:
        """The entries in force that met no finding so far, a sentence each; ask when every role has been judged."""
        return tuple(
            f"{entry} met no finding; remove it if the matter is settled."
            for entry in self.entries
            if entry not in self._met and entry.expires >= self.today
        )
