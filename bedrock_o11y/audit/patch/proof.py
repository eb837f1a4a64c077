"""What a patch must stand before it is printed: its own audit, no access beyond, IAM's quotas."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bedrock_o11y.blueprint import Severity
from bedrock_o11y.iam import PolicyDocument, includes

from . import quotas
from .document import NotWritableError, document_json
from .rewriting import Claim

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bedrock_o11y.iam import Statement
    from bedrock_o11y.report import Finding
    from bedrock_o11y.roles import Role

    from .role_patch import Addition, Rewrite


def with_addition(role: Role, added: Addition) -> Role:
    """A role with a further policy."""
    document = PolicyDocument.parse(added.document, name=added.name)
    return replace(role, policies=(document, *role.policies))


def with_rewrites(role: Role, rewrites: Sequence[Rewrite]) -> Role:
    """A role with some of its inline policies rewritten."""
    after = {rewrite.name: rewrite.after for rewrite in rewrites}
    inline = tuple(
        PolicyDocument.parse(after[document.name], name=document.name) if document.name in after else document
        for document in role.inline
    )
    return replace(role, policies=(*inline, *role.policies[len(inline) :]))


def with_trust(role: Role, rewrite: Rewrite) -> Role:
    """A role with a new trust policy."""
    return replace(role, trust=PolicyDocument.parse(rewrite.after, name=rewrite.name))


def open_needs(findings: Sequence[Finding]) -> frozenset[tuple[str, str]]:
    """Grants and actions that the role does not have in full, as an audit says."""
    return frozenset(
        (finding.need, action)
        for finding in findings
        if finding.need and finding.severity is not Severity.INFO and finding.verdict != "EXCESS"
        for action in finding.actions
    )


def open_claims(findings: Sequence[Finding]) -> frozenset[Claim]:
    """What an audit still has to say, in the words in which a rewriting claims to close it."""
    return frozenset(
        Claim(finding.rule, action, finding.statement.partition("/")[0])
        for finding in findings
        if finding.severity is not Severity.INFO
        for action in finding.actions
    )


def new_troubles(before: Sequence[Finding], after: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings above INFO that a patch brought about: their rule and action were not found before."""
    known = {(finding.rule, action) for finding in before for action in finding.actions}
    return tuple(
        finding
        for finding in after
        if finding.severity is not Severity.INFO and any((finding.rule, each) not in known for each in finding.actions)
    )


def beyond(old: Role, new: Role, recommendation: dict[str, Any]) -> str:
    """Why a patched role may do more than the old one and the recommendation together; empty when it may not.

    Where that is undecidable (a managed policy whose text is not known, a Deny with a policy variable), statements
    that stand on both sides are left out. That proves no less: what they allow they allow on both sides, and since no
    patch takes a Deny away, what is left is still denied whatever was denied before.
    """
    answer = includes(outer=[*old.policies, recommendation], inner=list(new.policies))
    if answer.holds is None:
        answer = includes(outer=[*_unlike(old, new), recommendation], inner=_unlike(new, old))
    if answer.holds is None:
        return f"it could not be decided whether it allows too much: {answer.reason.rstrip('.')}"
    if not answer.holds:
        return f"it would allow {answer.witness}, which is neither allowed today nor recommended"
    return ""


def _unlike(role: Role, other: Role) -> list[PolicyDocument]:
    """The policies of a role without the statements, and the unknown texts, that another role has too."""
    theirs = {_meaning(document, statement) for document in other.policies for statement in document.statements}
    unknown = {document.unknown for document in other.policies}
    return [
        replace(
            document,
            statements=tuple(each for each in document.statements if _meaning(document, each) not in theirs),
        )
        for document in role.policies
        if not document.unknown or document.unknown not in unknown
    ]


def _meaning(document: PolicyDocument, statement: Statement) -> Statement:
    """A statement without what tells it from one that means the same."""
    return replace(statement, index=int(document.version[:4]), sid="", pointer="")


def fits_inline(role: Role, rewrites: Sequence[Rewrite], added: Addition | None) -> bool:
    """Whether the inline policies of a role are within IAM's quota with a patch.

    A policy whose text is not known counts for nothing: its size cannot be told.
    """
    after = {rewrite.name: rewrite.after for rewrite in rewrites}
    documents = [after[document.name] if document.name in after else _known(document) for document in role.inline]
    return quotas.total([*documents, *([added.document] if added else [])]) <= quotas.INLINE_POLICIES


def _known(document: PolicyDocument) -> dict[str, Any]:
    try:
        return document_json(document)
    except NotWritableError:
        return {}
