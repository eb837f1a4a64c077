"""A permission about which nothing can be said, because a text that bears on it is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity, sources
from bedrock_o11y.iam import Verdict

from .about_needs import about
from .rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.report import Finding

    from .subject import Subject

RULE: Final = Rule(
    id="unknown-grant",
    title="It cannot be said whether the role has a permission",
    severity=Severity.HIGH,
    why="A policy or a value that could not be read may grant it or deny it: this is neither a pass nor a failure.",
    how="The answer rests on a policy whose text the source does not contain, on a value that a template or plan does "
    "not know, or was too large to decide. Exit code 3, unless --allow-unknown.",
    sources=(sources.POLICY_EVALUATION,),
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yields one finding for each action about which nothing can be said."""
    for asked in subject.asked:
        if asked.coverage.verdict is Verdict.UNKNOWN:
            reason = subject.words(asked.coverage.reason) or "its policies are not all known"
            yield about(
                subject,
                RULE,
                asked,
                f"It cannot be said whether {asked.action} is allowed: {reason}.",
                step="Audit the live role, or a dump that contains all of its policies.",
            )
