"""A permission that hangs on a condition nobody can judge from the role alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity, sources
from bedrock_o11y.iam import Verdict, readable
from bedrock_o11y.iam.actions import DATA_DATE, is_global_key

from .about_needs import about
from .rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.report import Finding

    from .needs import Asked
    from .subject import Subject

RULE: Final = Rule(
    id="conditional-grant",
    title="A permission hangs on a condition that cannot be judged",
    severity=Severity.MEDIUM,
    why="If the condition does not hold for the service's calls, they are refused; a key that is never sent is a "
    "common cause.",
    how="The need is granted if some conditions hold, and not if they do not, and the facts at hand do not tell. "
    "Tell them with --facts key=value (an empty value: the key is absent).",
    sources=(sources.CONDITION_OPERATORS,),
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yields one finding for each action that is allowed under an open condition."""
    for asked in subject.asked:
        if asked.coverage.verdict is not Verdict.CONDITIONAL:
            continue
        open_ = "; ".join(readable(str(condition)) for condition in asked.coverage.conditions)
        under = f" of statement {asked.coverage.statement}" if asked.coverage.statement else ""
        severity = max(Severity.MEDIUM, asked.grant.severity, key=lambda each: each.rank)
        yield about(
            subject,
            RULE,
            asked,
            f"{asked.action} hangs on a condition{under}: {subject.words(open_)}.{_misspelt(asked)}",
            severity=severity,
            step="Say what the key is with --facts, or take the condition away.",
        )


def _misspelt(asked: Asked) -> str:
    """A remark on keys that no data knows: they may be misspelt, and a misspelt key is never present."""
    strange = sorted(
        {
            condition.key
            for condition in asked.coverage.conditions
            if condition.key.lower().startswith("aws:") and not is_global_key(condition.key)
        }
    )
    if not strange:
        return ""
    return f" The key {', '.join(strange)} is unknown to the data of {DATA_DATE}; a misspelt key is never present."
