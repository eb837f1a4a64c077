"""An action that a role of its kind does not need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity, sources
from bedrock_o11y.iam import Beyond
from bedrock_o11y.iam.actions import expand

from .about_excess import excesses, finding, grouped, is_literal
from .rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.report import Finding

    from .subject import Subject

RULE: Final = Rule(
    id="excess-action",
    title="The role may do what its kind does not need",
    severity=Severity.LOW,
    why="Whoever steers the agent, by a prompt or by a tool, can use every right that its role has.",
    how="Everything the policies allow, minus their Denies and inside the boundary, is compared with all that the "
    "blueprint recommends or tolerates for this kind. CRITICAL: everything on everything, changing IAM, assuming any "
    "role. HIGH: a whole service on everything. MEDIUM: changing things on everything. LOW: the rest, which may well "
    "be what the agent is for: accept it in the baseline.",
    sources=(sources.LEAST_PRIVILEGE,),
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yields one finding for each statement and severity."""
    for group in grouped(subject, excesses(subject, Beyond.ACTION)):
        wide = [action for action in group.actions if not is_literal(action)]
        extra = ""
        if wide and ":" in wide[0]:
            more = [action for action in expand(wide[0]) if action.lower() not in subject.recommendation.actions]
            among = f"{', '.join(more[:2])} among them" if len(more) > 1 else "".join(more)
            extra = f" ({len(more)} {'action' if len(more) == 1 else 'actions'} beyond, {among})" if more else ""
        names = ", ".join(group.actions)
        yield finding(
            subject, RULE, group, f"{names} on {', '.join(group.resources)} is not part of this kind of role{extra}."
        )
