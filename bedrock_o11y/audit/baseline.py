"""Findings that somebody has accepted, for a reason and until a day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from bedrock_o11y.report.audit import Accepted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bedrock_o11y.report.finding import Finding

    from .baseline_entry import Entry


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
