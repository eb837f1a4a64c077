"""The rules of the audit, one per file: metadata and a generator of findings. Pure.

The registry below is the order in which findings of the same severity are reported. A new rule is a new file and one
line here; ``python scripts/new_rule.py ID`` writes both, and a test table for it.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from bedrock_o11y.errors import UsageError

from . import (
    blocked_by_boundary,
    conditional_grant,
    denied_grant,
    disputed_grant,
    excess_action,
    for_user_id,
    missing_condition,
    missing_grant,
    never_matches,
    obsolete_grant,
    partial_grant,
    phantom_action,
    trust_broken,
    trust_loose_arn,
    trust_other_account,
    trust_other_principal,
    trust_source_account,
    trust_source_arn,
    trust_unknown,
    trust_weak_if_absent,
    unknown_grant,
    unrecognised_action,
    wider_resource,
)
from .subject import Subject, Terms

if TYPE_CHECKING:
    from bedrock_o11y.report import Finding

    from .rule import Check, Rule

_MODULES: Final = (
    missing_grant,
    denied_grant,
    blocked_by_boundary,
    unknown_grant,
    partial_grant,
    conditional_grant,
    never_matches,
    phantom_action,
    trust_broken,
    trust_unknown,
    trust_source_account,
    trust_other_account,
    trust_weak_if_absent,
    trust_source_arn,
    trust_loose_arn,
    trust_other_principal,
    for_user_id,
    excess_action,
    wider_resource,
    missing_condition,
    unrecognised_action,
    disputed_grant,
    obsolete_grant,
)

RULES: Final[tuple[Rule, ...]] = tuple(module.RULE for module in _MODULES)
"""Every rule, in the order of reports."""

_CHECKS: Final[tuple[Check, ...]] = tuple(module.check for module in _MODULES)


def findings(subject: Subject) -> tuple[Finding, ...]:
    """What every rule finds about a role, worst first, then in the order of the rules."""
    found = [finding for check in _CHECKS for finding in check(subject)]
    return tuple(sorted(found, key=lambda finding: finding.severity.rank))


def rule(name: str) -> Rule:
    """The rule of an id.

    Raises:
        UsageError: there is none; the message lists those that exist.
    """
    for each in RULES:
        if each.id == name:
            return each
    raise UsageError(f"there is no rule {name!r}; choose from {', '.join(each.id for each in RULES)}")


def explain(name: str) -> str:
    """What a rule looks at, why it exists and where AWS says so, for people.

    Raises:
        UsageError: there is no such rule.
    """
    found = rule(name)
    pages = "\n".join(f"  {source.title}\n  {source.url}" for source in found.sources)
    paragraphs = (
        f"{found.id}: {found.title}",
        f"Why it matters: {found.why}",
        f"How it is judged: {found.how}",
        f"Usual severity: {found.severity.value}",
    )
    return "\n\n".join([*(textwrap.fill(each, 100) for each in paragraphs), f"Sources:\n{pages}"])


__all__ = ["RULES", "Subject", "Terms", "explain", "findings", "rule"]
