"""A permission about whose form AWS's own sources disagree."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Confidence, Severity, sources
from bedrock_o11y.iam import Verdict

from .about_needs import about
from .rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.report import Finding

    from .subject import Subject

RULE: Final = Rule(
    id="disputed-grant",
    title="AWS's sources disagree about the form of a permission",
    severity=Severity.INFO,
    why="It counts as granted in either form; if the call is refused all the same, try the other form.",
    how="The role has a grant that one page of AWS scopes to a resource and another knows only with Resource '*'.",
    sources=(sources.LOGS_ACTIONS,),
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yields one finding for each disputed action that is granted."""
    for asked in subject.asked:
        disputed = asked.grant.confidence is Confidence.DISPUTED
        if disputed and not asked.superseded and asked.coverage.verdict is Verdict.GRANTED:
            *pages, last = (source.title for source in asked.grant.sources)
            told = about(
                subject,
                RULE,
                asked,
                f"{asked.action} is granted; {', '.join(pages)} and {last} disagree about its resource.",
                severity=Severity.INFO,
                step="Nothing, as long as the call succeeds.",
            )
            # What a missing grant does is nothing to say of one that is there.
            yield replace(told, why=RULE.why)
