"""A role of a template is patched in a sample environment, and its patch is put back into the template's own words.

A template does not know the account, the Region and the partition that it will be deployed into. A patch that named
the sample values would be wrong everywhere else, so each target says them in its own way (:class:`.text.Pseudo`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.audit.values import recommended_trust
from bedrock_o11y.iam import readable
from bedrock_o11y.rules.environment import SAMPLE_ACCOUNT, SAMPLE_REGION, settle

from .text import Pseudo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bedrock_o11y.audit.audited import AuditedRole
    from bedrock_o11y.iam import PolicyDocument
    from bedrock_o11y.report import Finding
    from bedrock_o11y.roles import Role

    from .role_patch import Addition, Rewrite, RolePatch

_OWN_REGION: Final = "own-region-1"
"""A sample that no template writes itself, so that it can be told from a Region that one does write."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What stands for what while a role of a template is patched.

    Attributes:
        role: the role as its source gave it.
        words: pairs of sample text and what the template says, in the order in which they are put back.
    """

    role: Role
    words: tuple[tuple[str, str], ...] = ()

    def put_back(self, patch: RolePatch) -> RolePatch:
        """A patch in the words of the template."""
        if not self.words:
            return patch
        return replace(
            patch,
            role=self.role,
            add=self._addition(patch.add) if patch.add else None,
            tighten=tuple(map(self._rewrite, patch.tighten)),
            trust=self._rewrite(patch.trust) if patch.trust else None,
            notes=tuple(readable(self._text(note)) for note in patch.notes),
            refused=readable(self._text(patch.refused)),
        )

    def _addition(self, added: Addition) -> Addition:
        return replace(added, document=self._value(added.document))

    def _rewrite(self, rewrite: Rewrite) -> Rewrite:
        return replace(rewrite, before=self._value(rewrite.before), after=self._value(rewrite.after))

    def _value(self, content: Any) -> Any:
        if isinstance(content, dict):
            return {key: self._value(value) for key, value in content.items()}
        return [self._value(each) for each in content] if isinstance(content, list) else self._text(content)

    def _text(self, text: str) -> str:
        for sample, word in self.words:
            text = text.replace(sample, word)
        return text


def settled(audited: AuditedRole, reaudit: Callable[[Role], tuple[Finding, ...]]) -> tuple[AuditedRole, Elsewhere]:
    """A role in the environment in which it is patched; one that names no pseudo parameter is given back as it is.

    Args:
        audited: the role.
        reaudit: audits a changed role on the same terms.
    """
    role = audited.role
    used = {pseudo for pseudo in Pseudo if any(pseudo.marker in text for text in _texts(role))}
    if not used:
        return audited, Elsewhere(role)
    values = dict(audited.values)
    words = []
    if Pseudo.PARTITION in used:
        words.append(("arn:aws:", f"arn:{Pseudo.PARTITION.marker}:"))
    if Pseudo.REGION in used and values.get("Region") in (None, "*", SAMPLE_REGION):
        values["Region"] = _OWN_REGION
        words.append((_OWN_REGION, Pseudo.REGION.marker))
    sample = settle(role, region=values.get("Region")).role
    if Pseudo.ACCOUNT in used and not role.account:
        values["Account"] = SAMPLE_ACCOUNT
        words.append((SAMPLE_ACCOUNT, Pseudo.ACCOUNT.marker))
        # The account of a role is read off its ARN.
        sample = replace(sample, arn=f"arn:aws:iam::{SAMPLE_ACCOUNT}:role/sample")
    kept = {(each.rule, each.need, each.actions, each.statement) for each in audited.findings}
    findings = tuple(each for each in reaudit(sample) if (each.rule, each.need, each.actions, each.statement) in kept)
    return replace(
        audited,
        role=sample,
        values=values,
        findings=findings,
        trust=recommended_trust(audited.kind, values),
    ), Elsewhere(role, tuple(words))


def _texts(role: Role) -> Iterator[str]:
    documents = [*role.policies, *(each for each in (role.trust, role.boundary) if each)]
    for document in documents:
        yield from _texts_of(document)


def _texts_of(document: PolicyDocument) -> Iterator[str]:
    for statement in document.statements:
        yield from statement.actions
        yield from statement.resources
        yield from (value for condition in statement.conditions for value in condition.values)
        yield from (principal.value for principal in statement.principals or ())
