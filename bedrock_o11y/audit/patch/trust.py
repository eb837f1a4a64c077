"""A trust policy with what it lacks: the source conditions for the service, every other principal as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.blueprint import Severity
from bedrock_o11y.iam import Effect
from bedrock_o11y.iam.actions import expand

from .document import NotWritableError, document_json, statement_json, version_after
from .role_patch import Reason, Rewrite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.audit.audited import AuditedRole
    from bedrock_o11y.iam import PolicyDocument, Statement
    from bedrock_o11y.report import Finding

_ASSUME: Final = "sts:AssumeRole"
_BROKEN: Final = "trust-broken"
_OPEN: Final = frozenset({"CONFUSED_DEPUTY", "WEAK_IF_ABSENT"})
_LOOSE: Final = frozenset({"trust-source-arn", "trust-loose-arn"})


@dataclass(frozen=True, slots=True)
class TrustPatch:
    """What becomes of a trust policy.

    Attributes:
        rewrite: the policy; None when it stays as it is.
        rules: the rules whose findings about the service this closes.
        notes: what it leaves as it is, and why, one sentence each.
    """

    rewrite: Rewrite | None = None
    rules: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    @property
    def repairs(self) -> bool:
        """Whether the service cannot assume the role without it."""
        return _BROKEN in self.rules


def trust_patch(audited: AuditedRole) -> TrustPatch:
    """What a trust policy lacks for the service of the kind."""
    notes = tuple(_notes(audited))
    rules = frozenset(finding.rule for finding in audited.findings if is_closable(finding))
    document = audited.role.trust
    if not rules or document is None or audited.trust is None:
        return TrustPatch(notes=notes)
    reason = _out_of_reach(audited, document)
    if reason:
        return TrustPatch(notes=(reason, *notes))
    try:
        return TrustPatch(_rewritten(audited, document, audited.trust), rules, notes)
    except NotWritableError as error:
        return TrustPatch(notes=(f"The trust policy is left as it is: {error}; change it at its source.", *notes))


def is_closable(finding: Finding) -> bool:
    """Whether source conditions close a finding: it is about the service, and not about somebody else."""
    return (
        finding.rule.startswith("trust-")
        and finding.severity is not Severity.INFO
        and finding.verdict != "UNKNOWN"
        and (finding.verdict in _OPEN or finding.rule in _LOOSE or finding.rule == _BROKEN)
    )


def _notes(audited: AuditedRole) -> Iterator[str]:
    for finding in audited.findings:
        if finding.rule in ("trust-other-account", "trust-other-principal") and finding.verdict == "EXCESS":
            yield f"The trust policy still lets {finding.resource} in; take that away unless it is meant."


def _out_of_reach(audited: AuditedRole, document: PolicyDocument) -> str:
    """Why no condition in the statement of the service can help; empty when it can."""
    if audited.values.get("Account", "*") == "*":
        return "Nothing tells the account of the role, so the trust policy is left as it is; give --facts Account=ID."
    for statement in document.statements:
        shown = [finding for finding in audited.findings if finding.statement == f"{document.name}/{statement.label}"]
        if statement.effect is Effect.DENY and any(finding.rule == _BROKEN for finding in shown):
            return f"{document.name}/{statement.label} denies it to the service, and no Allow can help: change that."
        everybody = any(each.value == "*" for each in statement.principals or ()) or statement.not_principals
        if statement.effect is Effect.ALLOW and everybody:
            return (
                f"{document.name}/{statement.label} lets everybody in, so conditions for the service cannot help: "
                "name who may assume the role."
            )
    return ""


def _rewritten(audited: AuditedRole, document: PolicyDocument, recommended: dict[str, Any]) -> Rewrite:
    """The document, with the recommended conditions in every statement that lets the service in.

    Raises:
        NotWritableError: a piece of the document is not known.
    """
    before = document_json(document)
    wanted: dict[str, Any] = recommended["Statement"][0]
    service = audited.kind.service
    sids = {statement.sid for statement in document.statements}
    fenced: list[str] = []
    after: list[dict[str, Any]] = []
    for statement in document.statements:
        if not _lets_in(statement, service):
            after.append(statement_json(statement))
            continue
        others = _for_others(statement, service)
        after += [others] if others else []
        fenced.append(_sid("" if others else statement.sid, wanted["Sid"], sids))
        after.append({**wanted, "Sid": fenced[-1], "Action": list(statement.actions)})
        after[-1]["Condition"] = _joined(statement, wanted.get("Condition", {}))
    if not fenced:
        fenced.append(_sid("", wanted["Sid"], sids))
        after.append({**wanted, "Sid": fenced[-1]})
    grant = audited.kind.trust
    reason = Reason(
        "Only what this account has of the service can make it assume the role (the confused deputy).",
        grant.sources[0].url if grant and grant.sources else "",
    )
    return Rewrite(
        "trust", before, {"Version": version_after(before), "Statement": after}, dict.fromkeys(fenced, reason)
    )


def _lets_in(statement: Statement, service: str) -> bool:
    return (
        statement.effect is Effect.ALLOW
        and not statement.not_actions
        and any(action.lower() == _ASSUME.lower() or _ASSUME in expand(action) for action in statement.actions)
        and any(each.kind == "Service" and each.value == service for each in statement.principals or ())
    )


def _for_others(statement: Statement, service: str) -> dict[str, Any] | None:
    """The statement for its other principals; None when there are none."""
    kinds: dict[str, list[str]] = {}
    for each in statement.principals or ():
        if (each.kind, each.value) != ("Service", service):
            kinds.setdefault(each.kind, []).append(each.value)
    return {**statement_json(statement), "Principal": kinds} if kinds else None


def _joined(statement: Statement, wanted: dict[str, dict[str, list[str]]]) -> dict[str, dict[str, list[str]]]:
    """The recommended conditions, and those of the statement that speak of something else than the source."""
    sources = {key.lower() for keys in wanted.values() for key in keys}
    joined = {operator: dict(keys) for operator, keys in wanted.items()}
    for each in statement.conditions:
        if each.key.lower() not in sources:
            joined.setdefault(each.operator, {})[each.key] = list(each.values)
    return joined


def _sid(own: str, wanted: str, sids: set[str]) -> str:
    if own:
        return own
    sid, number = wanted, 1
    while sid in sids:
        number += 1
        sid = f"{wanted}{number}"
    sids.add(sid)
    return sid
