"""A proposal that tightens: inline policies whose statements reach too far, rewritten as whole documents.

Nothing is taken away in silence: an action that the blueprint does not know stays where it is, and a note says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import shorten
from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity

from .document import NotWritableError
from .rewriting import Change, Claim, Rewriting
from .role_patch import Reason, Rewrite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.audit.audited import AuditedRole
    from bedrock_o11y.iam import PolicyDocument, Statement
    from bedrock_o11y.report import Finding

_NARROWS: Final = frozenset({"wider-resource", "missing-condition", "never-matches"})
_REMOVES: Final = frozenset({"phantom-action", "for-user-id"})
_SHOWN: Final = 160
"""Characters of what stays that a note shows."""

_STAYS: Final = frozenset({"excess-action", "unrecognised-action"})


@dataclass(frozen=True, slots=True)
class Tightening:
    """The proposal.

    Attributes:
        rewrites: the policies.
        claims: what it closes.
        notes: what it leaves as it is, and why, one sentence each.
    """

    rewrites: tuple[Rewrite, ...]
    claims: frozenset[Claim]
    notes: tuple[str, ...]


def tightening(audited: AuditedRole) -> Tightening:
    """What to narrow in the policies of a role."""
    rewrites: list[Rewrite] = []
    claims: set[Claim] = set()
    notes = list(_left_alone(audited))
    inline = len(audited.role.inline)
    for place, document in enumerate(audited.role.policies):
        changes = _changes(audited, document)
        if not changes:
            continue
        rules = ", ".join(dict.fromkeys(rule for change in changes.values() for rule in change.rules))
        if place >= inline:
            notes.append(
                f"The managed policy {document.name} is left as it is ({rules}): other roles may use it. Attach a "
                "narrower copy in its place."
            )
            continue
        rewriting = Rewriting(audited, document)
        try:
            rewrite = rewriting.rewrite(changes)
        except NotWritableError as error:
            notes.append(f"The policy {document.name} is left as it is ({rules}): {error}; change it at its source.")
            continue
        notes += rewriting.notes
        if rewrite:
            rewrites.append(rewrite)
            claims |= rewriting.claims
    return Tightening(tuple(rewrites), frozenset(claims), tuple(notes))


def _changes(audited: AuditedRole, document: PolicyDocument) -> dict[int, Change]:
    """What is to be done to each statement of a document, by its place."""
    changes: dict[int, Change] = {}
    for finding in audited.findings:
        if finding.rule not in _NARROWS | _REMOVES or finding.verdict == "UNKNOWN" or finding.severity is Severity.INFO:
            continue
        for statement in document.statements:
            if not _is_about(finding, document, statement):
                continue
            change = changes.setdefault(statement.index, Change())
            for action in finding.actions:
                change.rules.setdefault(finding.rule, []).append(action)
            if finding.rule in _REMOVES:
                source = finding.sources[0].url if finding.sources else ""
                change.remove |= dict.fromkeys(finding.actions, Reason(finding.message, source))
            else:
                change.narrow |= set(finding.actions)
            if finding.rule == "never-matches":
                change.dead.add(finding.resource)
    return changes


def _is_about(finding: Finding, document: PolicyDocument, statement: Statement) -> bool:
    named = finding.statement == f"{document.name}/{statement.label}".removeprefix("/")
    return named and finding.pointer in ("", document.pointer + statement.pointer)


def _left_alone(audited: AuditedRole) -> Iterator[str]:
    for finding in audited.findings:
        if finding.rule in _STAYS and finding.severity is not Severity.INFO:
            where = f" ({finding.statement})" if finding.statement else ""
            what = shorten(f"{finding.action} on {finding.resource}", _SHOWN, placeholder=" ...")
            yield f"{what} stays{where}: the blueprint cannot tell whether it is used."
