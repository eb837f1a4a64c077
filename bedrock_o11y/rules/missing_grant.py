"""A permission that the role needs and that no statement of its policies allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity, sources
from bedrock_o11y.iam import Verdict

from .about_needs import about
from .rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.report import Finding

    from .needs import Asked
    from .subject import Subject

RULE: Final = Rule(
    id="missing-grant",
    title="A permission that the role needs is missing",
    severity=Severity.HIGH,
    why="The call fails with AccessDenied inside the agent or the service, where nobody sees it: nothing is logged.",
    how="Each grant of the blueprint is asked of the role's policies, action by action, on the ARN on which AWS "
    "authorises the call. It is missing when no Allow meets it. Where a service-linked role supplies it, or an agent "
    "of this age does not need it, the finding is INFO and says why.",
    sources=(sources.POLICY_EVALUATION,),
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yields one finding for each missing action."""
    for asked in subject.asked:
        if asked.coverage.verdict is Verdict.MISSING:
            yield about(subject, RULE, asked, _message(subject, asked))


def _message(subject: Subject, asked: Asked) -> str:
    if asked.superseded:
        return f"{asked.action} is not allowed, and not needed here."
    if asked.elsewhere:
        where, elsewhere = subject.words(asked.resource), subject.words(asked.elsewhere.resource)
        return f"{asked.action} is missing on {where}: the role has it elsewhere, on {elsewhere} for one."
    return f"{asked.action} is missing: no policy of the role allows it."
