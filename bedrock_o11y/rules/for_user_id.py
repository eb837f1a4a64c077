"""A grant of the workload token for a user id, which AWS advises to deny."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity, sources
from bedrock_o11y.blueprint.agentcore import FOR_USER_ID

from .about_excess import finding, grouped, is_for_user_id
from .rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.report import Finding

    from .subject import Subject

RULE: Final = Rule(
    id="for-user-id",
    title="The role may take a workload token for any user id",
    severity=Severity.MEDIUM,
    why="The user id is whatever the caller says, so that an agent can act for a user who never signed in; with JWTs "
    "the identity provider vouches for the user.",
    how=f"An Allow of {FOR_USER_ID} that no Deny takes away. AWS's guide advises to deny it and to "
    "grant only the JWT variant where JWTs are available; older templates of AWS's own toolkit grant it.",
    sources=(sources.RUNTIME_PERMISSIONS,),
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yields one finding for each statement that grants it."""
    for group in grouped(subject, (each for each in subject.beyond if is_for_user_id(each))):
        yield finding(
            subject,
            RULE,
            group,
            f"{', '.join(group.actions)} is granted; where callers bring JWTs, deny it and use the JWT variant.",
            worst=RULE.severity,
        )
