"""What is found about an environment."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bedrock_o11y.errors import ExitCode

if TYPE_CHECKING:
    from bedrock_o11y.blueprint import Severity, Source

    from .variable import Hosting


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, unknown or worth knowing about an environment.

    Attributes:
        rule: stable name, ``log-header``.
        severity: how bad it is, or would be.
        variable: the variable that it is about; empty when it is about none.
        message: what is the matter, in one sentence.
        evidence: what was seen, a sentence each. Never holds a secret.
        next: what to do now.
        unknown: it could not be judged; ``message`` says why.
        sources: where that was read.
    """

    rule: str
    severity: Severity
    variable: str
    message: str
    evidence: tuple[str, ...] = ()
    next: str = ""
    unknown: bool = False
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class EnvReport:
    """The result of judging one environment.

    Attributes:
        origin: where it was read.
        hosted: where the agent runs.
        region: the Region that was judged by; None when none is known.
        judged: names of its variables that mean something to OpenTelemetry, ADOT or AgentCore.
        findings: worst first, those that could not be judged last.
        not_looked_at: what was not asked for, a sentence each.
        fail_on: the least severity that fails; None when none does.
    """

    origin: str
    hosted: Hosting
    region: str | None
    judged: tuple[str, ...]
    findings: tuple[Finding, ...]
    not_looked_at: tuple[str, ...] = ()
    fail_on: Severity | None = None

    @property
    def known(self) -> tuple[Finding, ...]:
        """The findings that were judged."""
        return tuple(finding for finding in self.findings if not finding.unknown)

    @property
    def unknown(self) -> tuple[Finding, ...]:
        """What could not be judged."""
        return tuple(finding for finding in self.findings if finding.unknown)

    def failing(self) -> tuple[Finding, ...]:
        """The findings at or above the threshold."""
        if self.fail_on is None:
            return ()
        return tuple(finding for finding in self.known if finding.severity.rank <= self.fail_on.rank)

    def counts(self) -> dict[str, int]:
        """How many findings there are of each severity, the worst first, and how many could not be judged."""
        counted = Counter(finding.severity for finding in self.known)
        found = {severity.value: counted[severity] for severity in sorted(counted, key=lambda each: each.rank)}
        return {**found, "unknown": len(self.unknown)} if self.unknown else found

    def exit_code(self, *, allow_unknown: bool = False) -> ExitCode:
        """What the command leaves with.

        Args:
            allow_unknown: what could not be judged counts as clean.

        Returns:
            FAILED with a finding at or above the threshold, else UNKNOWN with anything unknown, else CLEAN.
        """
        if self.failing():
            return ExitCode.FAILED
        return ExitCode.UNKNOWN if self.unknown and not allow_unknown else ExitCode.CLEAN
