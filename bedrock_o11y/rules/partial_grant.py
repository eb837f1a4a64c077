"""A permission that the role has for some of the resources it needs, and for others not."""

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
    id="partial-grant",
    title="A permission covers only part of what the role needs",
    severity=Severity.MEDIUM,
    why="Some calls succeed and some fail, so that the logs look alive while a part of them is lost.",
    how="The set of requests that the role needs meets what its policies allow, and is not inside it. The witness is "
    "one request of the need that is refused. Names that cannot be known beforehand (agent, repository, model) do not "
    "make a permission partial: the value that the role does allow is taken.",
    sources=(sources.POLICY_EVALUATION,),
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yields one finding for each action that is allowed in part."""
    for asked in subject.asked:
        coverage = asked.coverage
        if coverage.verdict is not Verdict.PARTIAL:
            continue
        where = f" on {subject.words(coverage.witness.resource)}" if coverage.witness else ""
        through = f" (statement {coverage.statement} takes it away)" if coverage.statement else ""
        severity = max(Severity.MEDIUM, asked.grant.severity, key=lambda each: each.rank)
        yield about(subject, RULE, asked, f"{asked.action} is refused{where}{through}.", severity=severity)
