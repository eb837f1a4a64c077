"""Somebody of the same account, or another service, who may assume the role beside the service it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity, sources

from .about_trust import about
from .rule import Rule
from .trust_other_account import is_foreign

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.report import Finding

    from .subject import Subject

RULE: Final = Rule(
    id="trust-other-principal",
    title="Somebody beside the service may assume the role",
    severity=Severity.LOW,
    why="What they do with it looks, in logs and traces, as if the agent or the service had done it.",
    how="Every principal of the trust policy that is not the service of this kind and not another account.",
    sources=(sources.LEAST_PRIVILEGE,),
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yields one finding for each such principal."""
    trust = subject.trust
    for other in trust.others if trust else ():
        if trust and not is_foreign(other, subject.account):
            conditions = f" if {' and '.join(other.conditions)}" if other.conditions else ""
            yield about(
                subject,
                RULE,
                trust,
                subject.words(f"{other.principal.value} may assume the role too{conditions}."),
                verdict="EXCESS",
                statement=other.statement,
                resource=subject.words(other.principal.value),
            )
