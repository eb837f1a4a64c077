"""Evidence in real names: a request that shows what a pattern allows too much, with an action that AWS has.

What finds the excess works on letters, and its shortest request may be one that nobody can make (``iam:pass``).
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bedrock_o11y.iam import Beyond, Outcome, Request, decide
from bedrock_o11y.iam.actions import Level, expand, known

if TYPE_CHECKING:
    from bedrock_o11y.iam import Excess, Witness

    from .subject import Subject

_WORST: Final = "iam:CreateUser"
_MOST_TRIED: Final = 16
"""So many actions are tried on the resource of the evidence, the worst first."""
_BAD: Final = (Level.PERMISSIONS_MANAGEMENT, Level.WRITE, Level.TAGGING, Level.READ, Level.LIST)


def real_request(subject: Subject, each: Excess) -> Witness | None:
    """The evidence with a known action in AWS's spelling, if the role may do that too; else as it was found."""
    witness = each.witness
    if witness is None:
        return None
    if facts := known(witness.action):
        return replace(witness, action=facts.action)
    if each.beyond is not Beyond.ACTION:
        return witness
    pattern = "*" if each.action.startswith("everything but") else each.action
    for action in _worst(pattern, subject.recommendation.actions):
        for resource in _resources(witness.resource, action, each.resource, subject):
            request = Request(subject.role.arn, action, resource, witness.context)
            decision = decide(request, identity=subject.role.policies, boundary=subject.role.boundary)
            if decision.value is Outcome.ALLOWED:
                return replace(witness, action=action, resource=resource)
    return witness


def _resources(found: str, action: str, pattern: str, subject: Subject) -> tuple[str, ...]:
    """What the action is asked on: where any resource will do, one of its own service."""
    facts = known(action)
    if pattern != "*" or facts is None:
        return (found,)
    if action == _WORST:
        return (f"arn:{subject.role.partition}:iam::{subject.account or '000000000000'}:user/x",)
    if not facts.takes_resources:
        return ("*",)
    fields = found.split(":", 3)
    return (":".join((*fields[:2], action.partition(":")[0], fields[3])),) if len(fields) > 3 else (found,)


@lru_cache(maxsize=1024)
def _worst(pattern: str, recommended: frozenset[str]) -> tuple[str, ...]:
    """The known actions that a pattern means and that are not recommended, the worst first."""
    meant = [action for action in expand(pattern) if action.lower() not in recommended]
    first = sorted(meant, key=lambda action: (action != _WORST, _badness(action)))
    return tuple(first[:_MOST_TRIED])


def _badness(action: str) -> int:
    facts = known(action)
    return _BAD.index(facts.level) if facts and facts.level in _BAD else len(_BAD)
