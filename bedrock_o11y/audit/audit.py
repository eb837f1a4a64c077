"""Roles against rules: which roles are ours, what was found, what was accepted, what could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.blueprint import Severity, agent_elsewhere
from bedrock_o11y.blueprint.roles import ROLE_KINDS
from bedrock_o11y.errors import UsageError
from bedrock_o11y.iam.actions import DATA_DATE
from bedrock_o11y.report import AuditReport, RoleReport, RoleState, RuleSummary
from bedrock_o11y.roles import OtherRole, Role, UnreadRole, Wanted
from bedrock_o11y.roles.identity import with_valid_policies
from bedrock_o11y.roles.recognise import Recognition, recognise
from bedrock_o11y.rules import RULES, Subject, Terms, findings
from bedrock_o11y.rules.environment import only_deny, settle

from .audited import AuditedRole
from .diff import diff
from .values import recommended_trust, role_values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from bedrock_o11y.blueprint import RoleKind
    from bedrock_o11y.iam import PolicyDocument
    from bedrock_o11y.report import Finding
    from bedrock_o11y.roles import RoleSource

    from .baseline import Baseline


@dataclass(frozen=True, slots=True)
class Options:
    """What an audit is asked for.

    Attributes:
        agent_created: the day on which the agents were created or last updated.
        kind: judge every role as this kind, ``agentcore-runtime`` or with a variant ``agentcore-runtime:container``;
            None recognises each.
        limits: SCPs.
        facts: condition keys, and template parameters (names without a colon), that the user knows.
        region: the Region of the agents; None when it is not known.
        fail_on: findings of this severity and worse fail the audit; None: none does.
        with_diff: compare each role with its blueprint side by side.
        moment: when the audit is made, by which conditions on the time are judged; None leaves them open.
        named: the roles were asked for by name, so that one that is none of ours is told and not only counted.
    """

    agent_created: date
    kind: str | None = None
    limits: tuple[PolicyDocument, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    region: str | None = None
    fail_on: Severity | None = Severity.MEDIUM
    with_diff: bool = False
    named: bool = False
    moment: datetime | None = None

    @property
    def terms(self) -> Terms:
        """What the rules take as given."""
        return Terms(self.agent_created, self.limits, self.facts, self.region, self.moment)


@dataclass(frozen=True, slots=True)
class Audit:
    """A finished audit.

    Attributes:
        report: the result.
        roles: the judged roles that have findings, for patches.
    """

    report: AuditReport
    roles: tuple[AuditedRole, ...]


def kind_and_variant(text: str) -> tuple[RoleKind, str]:
    """A kind as ``--as`` takes it.

    Raises:
        UsageError: there is no such kind or variant; the message lists those that exist.
    """
    name, _, variant = text.partition(":")
    kind = ROLE_KINDS.get(name)
    if kind is None:
        raise UsageError(f"there is no kind of role {name!r}; choose from {', '.join(ROLE_KINDS)}")
    if variant and variant not in kind.variants:
        choices = ", ".join(kind.variants) or "none"
        raise UsageError(f"{name} has no variant {variant!r}; its variants: {choices}")
    return kind, variant


def run(
    sources: Sequence[RoleSource],
    options: Options,
    baseline: Baseline | None = None,
    progress: Callable[[int], None] | None = None,
) -> Audit:
    """Audits roles.

    Args:
        sources: where they come from; each is read once, role by role.
        options: what is asked for.
        baseline: what is accepted.
        progress: called with the number of roles seen so far.

    Raises:
        UsageError: a source is not there or not what it should be, or a kind is unknown.
        CouldNotRunError: an account cannot be reached at all.
    """
    asked_as = kind_and_variant(options.kind) if options.kind else None
    reports: list[RoleReport] = []
    audited: list[AuditedRole] = []
    others = 0
    if asked_as is None and not options.named:
        for source in sources:
            source.reading.wanted = _WANTED
    for seen, role in enumerate(_all(sources), start=1):
        if progress:
            progress(seen)
        if isinstance(role, OtherRole):
            others += 1
            continue
        if isinstance(role, UnreadRole):
            reports.append(_unread(role))
            continue
        recognition = _recognised(role, asked_as)
        if recognition.undecided or (options.named and not recognition.kind):
            why = recognition.why if recognition.undecided else f"{recognition.why} Name its kind with --as."
            reports.append(_unread(UnreadRole(role.label, why, role.file, role.pointer)))
            continue
        if not recognition.kind:
            others += 1
            continue
        kind = ROLE_KINDS[recognition.kind]
        judged, one = judge(role, kind, recognition.variant, options, baseline, recognition.why)
        reports.append(judged)
        if one.findings:
            audited.append(one)
    report = AuditReport(
        origins=tuple(source.origin for source in sources),
        roles=tuple(reports),
        others=others,
        partial=tuple(reason for source in sources for reason in source.reading.partial),
        expired=baseline.expired if baseline else (),
        unused=baseline.unused if baseline else (),
        fail_on=options.fail_on,
        rules=rule_summaries(),
        data_date=DATA_DATE,
    )
    return Audit(report, tuple(audited))


def judge(
    role: Role, kind: RoleKind, variant: str, options: Options, baseline: Baseline | None = None, why: str = ""
) -> tuple[RoleReport, AuditedRole]:
    """Judges one role as a kind.

    Args:
        role: the role.
        kind: what it is judged as.
        variant: of the kind; empty for none.
        options: what is asked for.
        baseline: what is accepted.
        why: why it is judged as that kind, a sentence.

    Returns:
        The report, and what a patch starts from.
    """
    kind = kind.of_variant(variant)
    subject = Subject(role, kind, variant, options.terms)
    found = findings(subject)
    remaining, accepted = baseline.split(role.label, found) if baseline else (found, ())
    report = RoleReport(
        label=role.label,
        kind=kind.id,
        kind_title=f"{kind.title} ({variant})" if variant else kind.title,
        state=RoleState.JUDGED,
        findings=remaining,
        accepted=accepted,
        assumed=tuple(_assumed(subject, options, why)),
        unread=tuple(_unknown_policies(role)),
        diff=diff(subject) if options.with_diff else (),
        file=role.file,
        pointer=role.pointer,
    )
    values = role_values(subject)
    audited = AuditedRole(
        role=role,
        kind=kind,
        variant=variant,
        values=values,
        findings=remaining,
        recommendation=subject.recommendation.as_written(),
        trust=recommended_trust(kind, values),
    )
    return report, audited


def reaudit(audited: AuditedRole, options: Options) -> Callable[[Role], tuple[Finding, ...]]:
    """What audits a role again as it was audited before: the same kind, variant and terms, and no baseline."""

    def again(role: Role) -> tuple[Finding, ...]:
        return findings(Subject(role, audited.kind, audited.variant, options.terms))

    return again


def rule_summaries() -> tuple[RuleSummary, ...]:
    """Every rule, as reports list it."""
    return tuple(RuleSummary(rule.id, rule.title, rule.why, rule.severity, rule.sources[0].url) for rule in RULES)


_WANTED: Final = Wanted(trust=("bedrock", "agentcore"), policies=("agentcore", agent_elsewhere.LOGS_STREAM))
"""What every role that can be recognised has in its trust policy or in its own policies, misspelt services included."""


def _all(sources: Sequence[RoleSource]) -> Iterator[Role | UnreadRole | OtherRole]:
    for source in sources:
        for role in source.roles():
            yield with_valid_policies(role) if isinstance(role, Role) else role


def _recognised(role: Role, asked_as: tuple[RoleKind, str] | None) -> Recognition:
    if asked_as is None:
        return recognise(settle(role).role)
    kind, variant = asked_as
    return Recognition(kind.id, variant, "") if variant else recognise(role, kind.id)


def _unread(role: UnreadRole) -> RoleReport:
    return RoleReport(
        label=role.name,
        kind="",
        kind_title="",
        state=RoleState.UNREAD,
        unread=(role.reason,),
        file=role.file,
        pointer=role.pointer,
    )


def _unknown_policies(role: Role) -> Iterator[str]:
    """The policies of a role whose text is not known: what they allow too much cannot be judged."""
    for policy in (*role.policies, *([role.boundary] if role.boundary else [])):
        if policy.unknown:
            yield f"policy {policy.name or '(without a name)'} could not be judged: {policy.unknown}"


def _assumed(subject: Subject, options: Options, why: str) -> Iterator[str]:
    if why:
        yield why
    yield from subject.assumed
    yield from subject.role.assumed
    if not subject.role.arn and subject.role.partition != "aws":
        yield f"Its policies name the partition {subject.role.partition} alone, so it is judged as a role of that."
    if any(grant.since or grant.until for grant in subject.kind.grants):
        yield f"The agent is judged as created or updated on {options.agent_created.isoformat()} (--agent-created)."
    if subject.role.trust is None and subject.kind.service:
        yield "The source has no trust policy, so trust was not judged."
    if options.moment and _looks_at_the_clock(subject, options):
        yield f"Conditions on the time are judged for {options.moment:%Y-%m-%d %H:%M} UTC, in a session of that minute."
    if not options.limits:
        yield "SCPs were not evaluated (--scp)."
    elif only_deny(options.limits):
        yield "The SCPs only deny, so they are taken to stand beside FullAWSAccess."
    elif len(options.limits) > 1:
        yield "The SCPs are taken as those of one level of the organization, where their Allows add up."


def _looks_at_the_clock(subject: Subject, options: Options) -> bool:
    role = subject.role
    documents = (*role.policies, *([role.boundary] if role.boundary else []), *options.limits)
    return any(
        condition.key.lower() in ("aws:currenttime", "aws:epochtime", "aws:tokenissuetime")
        for document in documents
        for statement in document.statements
        for condition in statement.conditions
    )
