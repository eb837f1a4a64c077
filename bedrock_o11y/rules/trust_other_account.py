"""A trust policy through which another account can use the role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity, sources
from bedrock_o11y.iam import TrustVerdict

from .about_trust import about, open_to_anybody
from .rule import Rule
from .trust_source_account import asks_for_source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.iam import OtherPrincipal
    from bedrock_o11y.report import Finding

    from .subject import Subject

RULE: Final = Rule(
    id="trust-other-account",
    title="Another account can use the role",
    severity=Severity.HIGH,
    why="Rights of this account are in the hands of another one, directly or through the service.",
    how="The set of source contexts that the trust policy accepts for the service is searched for one of another "
    "account: any account id of the document, and one that occurs nowhere. Principals of other accounts count too; a "
    "star without a condition is CRITICAL.",
    sources=(sources.CONFUSED_DEPUTY,),
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yields one finding for the service, and one for each principal of another account."""
    trust = subject.trust
    if trust is None:
        return
    if trust.verdict is TrustVerdict.CONFUSED_DEPUTY and asks_for_source(subject) and not open_to_anybody(trust):
        yield about(
            subject,
            RULE,
            trust,
            f"The source conditions of the trust policy let {subject.kind.service} in for another account too.",
        )
    for other in trust.others:
        if not is_foreign(other, subject.account):
            continue
        conditions = f" if {' and '.join(other.conditions)}" if other.conditions else ""
        anybody = other.principal.value == "*" and not other.conditions
        yield about(
            subject,
            RULE,
            trust,
            subject.words(f"{_who(other)} may assume the role{conditions}."),
            verdict="EXCESS",
            statement=other.statement,
            severity=Severity.CRITICAL if anybody else Severity.HIGH,
            resource=subject.words(other.principal.value),
        )


def is_foreign(other: OtherPrincipal, account: str) -> bool:
    """Whether a principal belongs to another account, or may: a star, or whoever an identity provider vouches for."""
    if other.principal.kind == "Federated":
        return not other.conditions
    if other.principal.kind not in ("AWS", "*"):
        return False
    value = other.principal.value
    owner = value.split(":")[4] if value.count(":") >= 5 else value
    return value == "*" or (owner.isdigit() and owner != account)


def _who(other: OtherPrincipal) -> str:
    value = other.principal.value
    return f"Everybody who signs in through {value}" if other.principal.kind == "Federated" else value
