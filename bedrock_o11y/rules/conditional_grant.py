"""A permission that hangs on a condition nobody can judge from the role alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity, sources
from bedrock_o11y.iam import Verdict, readable
from bedrock_o11y.iam.actions import DATA_DATE

from .about_needs import about
from .questions import misspelt
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
    "Tell them with --facts key=value (an empty value: the key is absent). A key that begins with aws: and that AWS "
    "does not document is most likely misspelt, and never present: where the permission is refused without it, the "
    "finding is as bad as a missing permission.",
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
        if asked.if_absent and asked.if_absent.verdict is not Verdict.GRANTED:
            severity = asked.grant.severity
        yield about(
            subject,
            RULE,
            asked,
            f"{asked.action} hangs on a condition{under}: {subject.words(open_)}.{_misspelt(asked)}",
            severity=severity,
            step=_step(asked),
        )


def _step(asked: Asked) -> str:
    if any(condition.key.lower() == "aws:requestedregion" for condition in asked.coverage.conditions):
        return "Say in which Region the role works, with --region."
    return "Say what the key is with --facts, or take the condition away."


def _misspelt(asked: Asked) -> str:
    """A remark on keys that no data knows: they may be misspelt, and a misspelt key is never present."""
    strange = misspelt(asked.coverage)
    if not strange:
        return ""
    then = ""
    if asked.if_absent:
        granted = asked.if_absent.verdict is Verdict.GRANTED
        then = f": then the permission is {'granted all the same' if granted else 'refused'}"
    return (
        f" The key {', '.join(strange)} is unknown to the data of {DATA_DATE}; a misspelt key is never present{then}."
    )
