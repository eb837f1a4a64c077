"""What the reports for people say in the same words: what comes first, what counts as evidence, what it all means."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .audit import RoleState
from .escape import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .audit import AuditReport, RoleReport
    from .finding import Finding

UNDECIDED: Final = "UNKNOWN"
"""The verdict of a finding about which nothing could be said."""

ANYTHING: Final = "*"
"""The resource of an action that has none; as evidence it says nothing."""

MANY_CLEAN: Final = 20
"""Up to so many clean roles have a line each; beyond, they are counted."""

MANY_ALIKE: Final = 4
"""From so many findings on that differ in their action alone, one is told in full."""

_NEVER: Final = 99


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of a role that share all but what they are about: one rule, one reason.

    Attributes:
        findings: at least one.
    """

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The one that stands for all in rule, severity, why and next."""
        return self.findings[0]

    @property
    def undecided(self) -> bool:
        """Whether nothing could be said."""
        return is_undecided(self.first)

    @property
    def label(self) -> str:
        """The severity in capitals, or UNKNOWN."""
        return UNDECIDED if self.undecided else self.first.severity.value.upper()

    @property
    def why(self) -> str:
        """Why it matters; empty for what is undecided, where each finding would have another reason."""
        return "" if self.undecided else plain(self.first.why)

    def sentences(self) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
        """Yields message and evidence of each finding; evidence that all share stands with the last one only.

        Of several that say the same of different actions the first is told, and the actions of the others with it.
        """
        shown = list(self._told())
        shared = len({seen for _, seen in shown}) == 1
        for number, (message, seen) in enumerate(shown):
            yield message, () if shared and number < len(shown) - 1 else seen

    def _told(self) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
        alike: dict[tuple[str, ...], list[Finding]] = {}
        for finding in self.findings:
            about = finding.message.replace(finding.action, "", 1) if finding.action else finding.message
            # What is needed tells its resource; of what is too much, each resource is another matter.
            where = "" if finding.need else finding.resource
            alike.setdefault((about, finding.statement, where), []).append(finding)
        for findings in alike.values():
            first, *others = findings
            if len(findings) < MANY_ALIKE:
                yield from ((plain(finding.message), evidence(finding)) for finding in findings)
                continue
            common = [pair for pair in evidence(first) if all(pair in evidence(other) for other in others)]
            likewise = ", ".join(dict.fromkeys(other.action for other in others if other.action != first.action))
            yield plain(first.message), (*common, *([("Likewise", plain(likewise))] if likewise else []))

    @property
    def steps(self) -> tuple[str, ...]:
        """What to do, each step once."""
        return tuple(dict.fromkeys(plain(finding.next) for finding in self.findings if finding.next))


def groups(findings: Sequence[Finding]) -> tuple[Group, ...]:
    """The findings of a role, worst first, those of one rule and one reason together; the undecided ones last."""
    kept: dict[tuple[object, ...], list[Finding]] = {}
    for finding in sorted(findings, key=lambda each: (is_undecided(each), each.severity.rank)):
        # One unread policy leaves every need open: then the needs are a list, and not a screen each.
        reason = () if is_undecided(finding) else (finding.severity, finding.why)
        kept.setdefault((is_undecided(finding), finding.rule, *reason), []).append(finding)
    return tuple(Group(tuple(each)) for each in kept.values())


def is_undecided(finding: Finding) -> bool:
    """Whether nothing could be said."""
    return finding.verdict == UNDECIDED


def evidence(finding: Finding) -> tuple[tuple[str, str], ...]:
    """What shows it, each with its name: statement, resource, one request; nothing that the message says already."""
    shown = {"Statement": finding.statement}
    if not is_undecided(finding):  # a request that may be refused, or not, shows nothing
        shown["Resource"] = finding.resource if finding.resource != ANYTHING else ""
        shown["Witness"] = finding.witness if finding.witness != finding.resource else ""
    return tuple((name, plain(text)) for name, text in shown.items() if text and text not in finding.message)


def title(role: RoleReport) -> str:
    """What the role was judged as."""
    if role.state is RoleState.UNREAD and not role.kind:
        return "Not judged"
    return plain(f"{role.kind}: {role.kind_title}" if role.kind_title else role.kind)


def place(role: RoleReport, report: AuditReport) -> str:
    """Which file the role is from, where the head alone does not tell; empty otherwise."""
    told = len(report.origins) == 1 and str(role.file) in report.origins
    return plain(f"In {role.file}.") if role.file and not told else ""


def shared(report: AuditReport) -> tuple[str, ...]:
    """What was assumed of every judged role, to be said once; nothing when there is only one."""
    judged = [role.assumed for role in report.roles if role.state is RoleState.JUDGED]
    return tuple(each for each in judged[0] if all(each in other for other in judged)) if len(judged) > 1 else ()


def shared_line(said: Sequence[str]) -> str:
    """The same as a line of the head."""
    return plain(" ".join(("Of every role judged:", *said))) if said else ""


def own(role: RoleReport, report: AuditReport, said: Sequence[str]) -> list[str]:
    """Where a role stands and what was assumed about it, a sentence each, without what was said of all."""
    assumed = [plain(each) for each in role.assumed if each not in said]
    return [each for each in (place(role, report), *assumed) if each]


def is_clean(role: RoleReport) -> bool:
    """Whether a role was read as a whole and nothing was found, or nothing that is not accepted."""
    return role.state is RoleState.JUDGED and not role.findings and not role.unread


def troubled(report: AuditReport) -> tuple[RoleReport, ...]:
    """The roles about which there is something to say: the worst first, those that were not read at the end."""

    def urgency(role: RoleReport) -> tuple[bool, int]:
        decided = [finding for finding in role.findings if not is_undecided(finding)]
        return not decided, min((finding.severity.rank for finding in decided or role.findings), default=_NEVER)

    return tuple(sorted((role for role in report.roles if not is_clean(role)), key=urgency))


def clean(report: AuditReport) -> tuple[RoleReport, ...]:
    """The roles that are clean."""
    return tuple(role for role in report.roles if is_clean(role))


def heading(report: AuditReport) -> str:
    """The first line: what was looked at."""
    return plain(f"bedrock-o11y audit: {', '.join(report.origins) or 'nothing'}")


def warnings(report: AuditReport) -> Iterator[tuple[str, str]]:
    """Yields what is the matter with the audit itself: a word in capitals and a sentence."""
    for reason in report.partial:
        yield "PARTIAL", plain(reason)
    for entry in report.expired:
        yield "EXPIRED", plain(entry)
    for entry in report.unused:
        yield "UNUSED", plain(entry)


def summary(report: AuditReport) -> str:
    """How many roles and findings there are, of which kind, and how old the data is."""
    judged = sum(role.state is RoleState.JUDGED for role in report.roles)
    unread = len(report.roles) - judged
    accepted = sum(len(role.accepted) for role in report.roles)
    found = [finding for role in report.roles for finding in role.findings]
    parts = [f"{_many(judged, 'role')} judged, {_severities([each for each in found if not is_undecided(each)])}"]
    if undecided := sum(map(is_undecided, found)):
        parts.append(f"{undecided} undecided")
    if accepted:
        parts.append(f"{_many(accepted, 'finding')} accepted by the baseline")
    if unread:
        parts.append(f"{_many(unread, 'role')} could not be judged")
    if part := sum(role.state is RoleState.JUDGED and bool(role.unread) for role in report.roles):
        parts.append(f"{_many(part, 'role')} read in part")
    if report.others:
        parts.append(f"{_many(report.others, 'role')} {'is' if report.others == 1 else 'are'} none of ours")
    return f"{'; '.join(parts)}; action data of {report.data_date}."


def _severities(findings: Sequence[Finding]) -> str:
    """``7 findings: 4 high, 3 info``."""
    counted = Counter(finding.severity for finding in findings)
    shown = ", ".join(
        f"{counted[severity]} {severity.value}" for severity in sorted(counted, key=lambda each: each.rank)
    )
    return f"{_many(len(findings), 'finding')}: {shown}" if findings else "no findings"


def verdict(report: AuditReport) -> str:
    """What it all means, in a sentence; the exit code says the same."""
    failing = len(report.failing())
    threshold = report.fail_on.value if report.fail_on else ""
    worse = " or worse" if threshold != "critical" else ""
    unknown = len(report.unknowns())
    if failing:
        more = f"; {unknown} more could not be read or decided" if unknown else ""
        return f"Failed: {_many(failing, 'finding')} {'is' if failing == 1 else 'are'} {threshold}{worse}{more}."
    if unknown:
        return f"Not everything could be read or decided ({unknown}), so this is no pass."
    if not report.roles:
        return "Nothing was judged: no role is one of ours. --as KIND judges a role as that kind."
    if not any(report.counts().values()):
        return "All clear."
    return f"Passed: nothing is {threshold}{worse}." if threshold else "Passed: --fail-on never."


def patch_line(report: AuditReport, command: str) -> str:
    """How to get the patch; empty when there is nothing to patch, or no command."""
    findings = any(not is_undecided(finding) for role in report.roles for finding in role.findings)
    return f"Next, the patch (as json, terraform, cdk or cli): {command}" if command and findings else ""


def accepted_lines(role: RoleReport) -> Iterator[str]:
    """Yields a line for each finding that the baseline accepts."""
    for each in role.accepted:
        yield plain(f"{each.finding.rule}: {each.finding.message} Accepted until {each.expires}: {each.reason}")


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
