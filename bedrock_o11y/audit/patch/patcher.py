"""From the findings about a role to its patch, each part of which was audited again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bedrock_o11y.blueprint import Severity

from . import quotas
from .addition import addition, closable, guesses, lacks, without
from .proof import (
    beyond,
    fits_inline,
    new_troubles,
    open_claims,
    open_needs,
    with_addition,
    with_rewrites,
    with_trust,
)
from .role_patch import RolePatch
from .template import settled
from .tightening import tightening
from .trust import is_closable, trust_patch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bedrock_o11y.audit.audited import AuditedRole
    from bedrock_o11y.report import Finding
    from bedrock_o11y.roles import Role

    from .role_patch import Addition

    Audit = Callable[[Role], tuple[Finding, ...]]

_NOT_BY_ALLOW = {
    "DENIED": "a Deny takes it away",
    "PARTIAL": "a Deny takes a part of it away",
    "BLOCKED_BY_BOUNDARY": "the permissions boundary or an SCP does not allow it",
}
_UNKNOWN_TRUST = "trust-unknown"
_OPEN_QUESTION = {
    "CONDITIONAL": "it hinges on a condition that cannot be judged from here",
    "UNKNOWN": "it hinges on something that is not known",
}


def patch(audited: AuditedRole, reaudit: Audit) -> RolePatch:
    """What to change about a role so that its findings close.

    Args:
        audited: the role and its findings.
        reaudit: audits a changed role on the same terms. What does not stand it is left out of the patch, which
            then says so in ``refused``.
    """
    sample, elsewhere = settled(audited, reaudit)
    return elsewhere.put_back(_Patching(sample, reaudit).patch())


class _Patching:
    """The patching of one role, part by part, each on top of those before it."""

    def __init__(self, audited: AuditedRole, reaudit: Audit) -> None:
        self._audited = audited
        self._reaudit = reaudit
        self._role = audited.role  # with the parts so far
        self._notes: list[str] = list(_out_of_reach(audited))
        self._refused: list[str] = []

    def patch(self) -> RolePatch:
        """The patch."""
        parts = RolePatch(self._audited.role, self._audited.kind)
        parts = replace(parts, add=self._added())
        parts = self._tightened(parts)
        parts = self._trusted(parts)
        return replace(parts, notes=tuple(dict.fromkeys(self._notes)), refused=" ".join(self._refused))

    def _added(self) -> Addition | None:
        missing = lacks(self._audited)
        added = addition(self._audited, missing)
        if added is None:
            return None
        findings = self._reaudit(with_addition(self._role, added))
        claimed = {(lack.grant.sid, action) for lack in missing for action in lack.actions}
        remaining = open_needs(findings) & claimed
        if remaining:  # an Allow does not help there: a Deny or a boundary takes it away again
            names = ", ".join(sorted(action for _, action in remaining))
            self._notes.append(
                f"{names}: not added, because an Allow does not close it: a Deny, the boundary or an SCP bites."
            )
            missing = without(missing, remaining)
            added = addition(self._audited, missing)
            if added is None:
                return None
            findings = self._reaudit(with_addition(self._role, added))
            claimed -= remaining
        changed = with_addition(self._role, added)
        trouble = self._trouble(findings, changed, still_open=bool(open_needs(findings) & claimed))
        trouble = trouble or ("" if quotas.writable(added.document) else "it has characters that IAM refuses")
        if trouble:
            self._refused.append(f"The addition was withdrawn: {trouble}.")
            return None
        self._notes += guesses(self._audited, missing)
        return self._placed(added, changed)

    def _placed(self, added: Addition, changed: Role) -> Addition | None:
        """The addition as an inline policy, or as a managed one where the inline policies have no room for it."""
        if not fits_inline(self._audited.role, (), added):
            if quotas.size(added.document) > quotas.MANAGED_POLICY:
                self._refused.append(
                    f"The addition fits nowhere: the inline policies of a role may have {quotas.INLINE_POLICIES:,} "
                    f"characters in sum, a managed policy {quotas.MANAGED_POLICY:,} ({quotas.SOURCE})."
                )
                return None
            self._notes.append(
                f"The inline policies of a role may have {quotas.INLINE_POLICIES:,} characters in sum "
                f"({quotas.SOURCE}); there is no room for the addition, so it is a managed policy."
            )
            added = replace(added, managed=True)
        self._role = changed
        return added

    def _tightened(self, parts: RolePatch) -> RolePatch:
        proposal = tightening(self._audited)
        self._notes += proposal.notes
        if not proposal.rewrites:
            return parts
        changed = with_rewrites(self._role, proposal.rewrites)
        findings = self._reaudit(changed)
        trouble = self._trouble(findings, changed, still_open=bool(open_claims(findings) & proposal.claims))
        inline = parts.add if parts.add and not parts.add.managed else None
        if not trouble and not fits_inline(self._audited.role, proposal.rewrites, inline):
            trouble = (
                f"the inline policies of a role may have {quotas.INLINE_POLICIES:,} characters in sum "
                f"({quotas.SOURCE}), and it would have more"
            )
        if not trouble and not all(quotas.writable(rewrite.after) for rewrite in proposal.rewrites):
            trouble = "it has characters that IAM refuses"
        if trouble:
            self._refused.append(f"The proposal to tighten was withdrawn: {trouble}.")
            return parts
        self._role = changed
        return replace(parts, tighten=proposal.rewrites)

    def _trusted(self, parts: RolePatch) -> RolePatch:
        proposal = trust_patch(self._audited)
        self._notes += proposal.notes
        if proposal.rewrite is None:
            return parts
        findings = self._reaudit(with_trust(self._role, proposal.rewrite))
        unknown_before = any(finding.rule == _UNKNOWN_TRUST for finding in self._audited.findings)
        still = sorted(
            {
                finding.rule
                for finding in findings
                if is_closable(finding) or (finding.rule == _UNKNOWN_TRUST and not unknown_before)
            }
        )
        characters = quotas.size(proposal.rewrite.after)
        if still and any(each["Effect"] == "Deny" for each in proposal.rewrite.after["Statement"]):
            self._notes.append(
                f"The trust policy is left as it is ({', '.join(still)}): a Deny in it bites, and no Allow can help; "
                "change that."
            )
            return parts
        trouble = ""
        if still:
            trouble = f"an audit of it still finds {', '.join(still)}"
        elif characters > quotas.TRUST_POLICY_RAISED:
            trouble = f"it has {characters:,} characters, and IAM takes {quotas.TRUST_POLICY_RAISED:,} at most"
        elif not quotas.writable(proposal.rewrite.after):
            trouble = "it has characters that IAM refuses"
        if trouble:
            self._refused.append(f"The new trust policy was withdrawn: {trouble}.")
            return parts
        if characters > quotas.TRUST_POLICY:
            self._notes.append(
                f"The new trust policy has {characters:,} characters; IAM takes {quotas.TRUST_POLICY:,} unless the "
                f"quota 'Role trust policy length' is raised ({quotas.SOURCE})."
            )
        return replace(parts, trust=proposal.rewrite, repairs=proposal.repairs)

    def _trouble(self, findings: tuple[Finding, ...], changed: Role, *, still_open: bool) -> str:
        """Why a part of the patch does not stand its own audit; empty when it does."""
        if still_open:
            return "an audit of the patched role still finds what it should close"
        brought = new_troubles(self._audited.findings, findings)
        if brought:  # what a baseline accepts is not new
            brought = new_troubles(self._reaudit(self._audited.role), findings)
        if brought:
            return f"an audit of the patched role finds something new: {brought[0].message.rstrip('.')}"
        return beyond(self._audited.role, changed, self._audited.recommendation)


def _out_of_reach(audited: AuditedRole) -> Iterator[str]:
    """Notes on permissions that the role needs and that no Allow can give it, those of one reason in one note."""
    grouped: dict[str, list[str]] = {}
    for finding in audited.findings:
        if finding.severity is Severity.INFO or not finding.need or closable(audited.role, finding):
            continue
        where = f" ({finding.statement})" if finding.statement else ""
        if finding.rule.startswith("trust-"):
            continue
        if finding.verdict in _NOT_BY_ALLOW:
            reason = f"{_NOT_BY_ALLOW[finding.verdict]}{where}; an Allow cannot help, change that."
        elif finding.verdict in _OPEN_QUESTION:
            reason = f"{_OPEN_QUESTION[finding.verdict]}{where}. {finding.next}".rstrip()
        else:
            continue
        grouped.setdefault(reason, []).extend(finding.actions)
    for reason, actions in grouped.items():
        yield f"{', '.join(dict.fromkeys(actions))}: nothing is added, because {reason}"
