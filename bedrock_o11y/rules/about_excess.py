"""Which rule speaks about what a role has too much, and how bad that is; the rules of excess share it.

One cause, one finding: an action that does not exist, or a resource that never matches, is not reported as too wide
beside that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity
from bedrock_o11y.blueprint.agentcore import FOR_USER_ID
from bedrock_o11y.iam import Beyond
from bedrock_o11y.iam.actions import Level, expand, known
from bedrock_o11y.iam.unknown_text import UNKNOWN_START
from bedrock_o11y.report import Finding

from .real_requests import real_request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bedrock_o11y.iam import Excess

    from .rule import Rule
    from .subject import Subject

_TOKEN_ACTIONS: Final = 3
_RIGHTS: Final = ("iam", "sts")
_READS: Final = (Level.READ, Level.LIST)


@dataclass(frozen=True, slots=True)
class Group:
    """What is beyond the recommendation in one statement, for one reason and of one severity.

    Attributes:
        actions: action patterns, in order.
        resources: resource patterns, in order.
        excesses: every pair.
        severity: how bad it is.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    excesses: tuple[Excess, ...]
    severity: Severity


def excesses(subject: Subject, beyond: Beyond) -> Iterator[Excess]:
    """What is beyond in one respect, without what other rules speak about."""
    for each in subject.beyond:
        if each.beyond is beyond and not spoken_for(subject, each):
            yield each


def spoken_for(subject: Subject, each: Excess) -> bool:
    """Whether another rule speaks about it: no such action, a resource that never matches, the user-id token."""
    return is_for_user_id(each) or is_strange(each.action) or each.resource in subject.never_matching


def is_for_user_id(each: Excess) -> bool:
    """Whether it is the grant of the user-id token: by name, or by a pattern of the token actions alone."""
    if each.beyond is not Beyond.ACTION:
        return False
    if is_literal(each.action):
        return each.action.lower() == FOR_USER_ID.lower()
    if each.witness:
        return each.witness.action == FOR_USER_ID and _means_tokens(each.action)
    return _means_tokens(each.action)


def _means_tokens(action: str) -> bool:
    meant = expand(action)
    return FOR_USER_ID in meant and len(meant) <= _TOKEN_ACTIONS


def is_strange(action: str) -> bool:
    """Whether the data knows no action that is meant: a name or a pattern without any known action."""
    if UNKNOWN_START in action or action.startswith("everything but "):
        return False
    if ":" not in action or " " in action:
        # Of a pattern nobody can say what it comes to, and it may be a star.
        return not any(sign in action for sign in "*?")
    return known(action) is None if is_literal(action) else not expand(action)


def is_literal(action: str) -> bool:
    """Whether an action pattern names one action."""
    return ":" in action and not any(sign in action for sign in "*? ")


def grouped(subject: Subject, found: Iterable[Excess]) -> Iterator[Group]:
    """What is beyond, statement by statement and severity by severity."""
    groups: dict[tuple[str, str, Severity], list[Excess]] = {}
    for each in found:
        key = (each.statement.policy, each.statement.label, severity(each))
        groups.setdefault(key, []).append(each)
    for (_, _, worst), members in groups.items():
        actions = tuple(dict.fromkeys(each.action for each in members))
        resources = tuple(dict.fromkeys(subject.words(each.resource) for each in members))
        yield Group(actions, resources, tuple(members), worst)


def finding(subject: Subject, rule: Rule, group: Group, message: str, *, worst: Severity | None = None) -> Finding:
    """A finding about something too much.

    Args:
        subject: the role.
        rule: the rule that found it.
        group: what is too much.
        message: what is the matter, in one sentence.
        worst: how bad it is; None takes the group's own severity.
    """
    first = group.excesses[0]
    return Finding(
        rule=rule.id,
        severity=worst or group.severity,
        message=message,
        why=rule.why,
        verdict="UNKNOWN" if first.beyond is Beyond.UNKNOWN else "EXCESS",
        actions=group.actions,
        resource=", ".join(group.resources),
        witness=subject.shown(real_request(subject, first)),
        statement=str(first.statement),
        pointer=first.statement.pointer,
        sources=rule.sources,
    )


def severity(each: Excess) -> Severity:
    """How bad it is that a role may do this beyond its recommendation.

    CRITICAL: everything on everything, or a way to more rights (changing IAM, assuming any role). HIGH: a whole service
    on everything. MEDIUM: changing things on everything. LOW: the rest; it may well be what the agent is for.
    """
    action, anywhere = each.action.lower(), _anywhere(each.resource)
    service, _, name = action.partition(":")
    if action in ("*", "*:*") or action.startswith("everything but"):
        return Severity.CRITICAL if anywhere and _of_any_service(each.resource) else Severity.HIGH
    if _escalates(each, service, anywhere=anywhere):
        return Severity.CRITICAL
    if name == "*":
        return Severity.HIGH if anywhere else Severity.MEDIUM
    reads = all((facts := known(one)) is not None and facts.level in _READS for one in _meant(each.action))
    return Severity.MEDIUM if anywhere and not reads else Severity.LOW


def _escalates(each: Excess, service: str, *, anywhere: bool) -> bool:
    if service == "iam":
        return any((facts := known(one)) is not None and facts.level not in _READS for one in _meant(each.action))
    return (
        service == "sts" and anywhere and any(one.lower().startswith("sts:assumerole") for one in _meant(each.action))
    )


def _meant(action: str) -> tuple[str, ...]:
    return (action,) if is_literal(action) else expand(action)


def _anywhere(resource: str) -> bool:
    """Whether a resource pattern is everything, or everything of a service."""
    return resource.startswith("everything but") or resource.rpartition(":")[2] in ("*", "")


def _of_any_service(resource: str) -> bool:
    """Whether a resource pattern is not limited to services by which nobody gets more rights."""
    fields = resource.split(":")
    return (
        len(fields) < 3
        or "*" in ":".join(fields[:2])
        or any(sign in fields[2] for sign in "*?")
        or fields[2] in _RIGHTS
    )
