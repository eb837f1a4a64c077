"""A permission that the role has and that its permissions boundary or an SCP does not let through."""

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
    id="blocked-by-boundary",
    title="The permissions boundary blocks a permission that the role needs",
    severity=Severity.HIGH,
    why="A boundary or an SCP never grants; what it does not allow is refused whatever the role's policies say.",
    how="An Allow of the role's policies meets the need, but the boundary (or a policy given with --scp) allows none "
    "of it.",
    sources=(sources.PERMISSIONS_BOUNDARIES,),
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yields one finding for each action that is blocked."""
    for asked in subject.asked:
        if asked.coverage.verdict is Verdict.BLOCKED_BY_BOUNDARY:
            blocker = asked.coverage.reason or "the permissions boundary"
            denial = asked.coverage.statement
            if denial:
                message = f"{asked.action} is allowed by the role's policies, but {denial} denies it."
                step = f"Narrow the Deny of {denial}; an Allow in the role cannot help."
            else:
                message = f"{asked.action} is allowed by the role's policies, but not by {blocker}."
                step = f"Have {blocker} allow it; an Allow in the role cannot help."
            yield about(subject, RULE, asked, message, step=step)
