"""The ladder: every rung in its order, and how the states of the lower ones bear on the higher ones.

The order is the order of causes: what a rung claims rests on the ones below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.errors import UsageError
from bedrock_o11y.report import Rung, State

from .facts import FACTS, closure
from .rung import Judgement
from .rungs import (
    canary,
    configuration,
    configuration_as_expected,
    delivery,
    encryption,
    key_policy,
    log_group,
    logging_role_permissions,
    logging_role_trust,
    masking,
    payload_bucket,
    retention,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .evidence import Evidence
    from .rung import RungSpec

LADDER: Final[tuple[RungSpec, ...]] = (
    configuration.RUNG,
    configuration_as_expected.RUNG,
    log_group.RUNG,
    retention.RUNG,
    encryption.RUNG,
    key_policy.RUNG,
    masking.RUNG,
    payload_bucket.RUNG,
    logging_role_trust.RUNG,
    logging_role_permissions.RUNG,
    delivery.RUNG,
    canary.RUNG,
)
CANARY_ID: Final = canary.RUNG.id


def rung(name: str) -> RungSpec:
    """The rung of a name.

    Raises:
        UsageError: there is none; the message lists those that exist.
    """
    for each in LADDER:
        if each.id == name:
            return each
    raise UsageError(f"there is no rung {name!r}; choose from {', '.join(each.id for each in LADDER)}")


def selected(names: Sequence[str]) -> tuple[RungSpec, ...]:
    """The rungs of some names in the order of the ladder; all of them for no names.

    Raises:
        UsageError: a name is unknown.
    """
    wanted = {rung(name).id for name in names}
    return tuple(each for each in LADDER if not wanted or each.id in wanted)


def with_needs(rungs: Iterable[RungSpec]) -> tuple[RungSpec, ...]:
    """Rungs together with all rungs that can block them, in the order of the ladder."""
    wanted: set[str] = set()
    left = [each.id for each in rungs]
    while left:
        name = left.pop()
        if name not in wanted:
            wanted.add(name)
            left += rung(name).needs
    return tuple(each for each in LADDER if each.id in wanted)


def facts_of(rungs: Iterable[RungSpec]) -> frozenset[str]:
    """Every fact that must be looked at to judge rungs and whatever can block them."""
    return closure(name for each in with_needs(rungs) for name in each.reads)


def actions_of(spec: RungSpec) -> tuple[str, ...]:
    """The IAM actions that judging a rung needs, sorted."""
    read = {action for name in closure(spec.reads) for action in FACTS[name].actions}
    return tuple(sorted(read | set(spec.actions)))


def judge(evidence: Evidence, rungs: Sequence[RungSpec] = LADDER) -> tuple[Rung, ...]:
    """Judges rungs.

    A rung is UNKNOWN, with ``blocked_by``, when a rung that it needs has failed in a way that hinders it, unless it
    does not apply anyway. A rung that it needs but that is itself UNKNOWN does not block it: all rungs run that can.

    Args:
        evidence: what was seen.
        rungs: which rungs to give back; those below them are judged too.

    Returns:
        The results in the order of the ladder. The same evidence always gives the same results.
    """
    results, _ = _judged(evidence, rungs)
    return tuple(results[spec.id] for spec in rungs)


def hindrance(evidence: Evidence, names: Sequence[str]) -> str | None:
    """The lowest of some rungs whose failure hinders what rests on it; None when none does."""
    _, failures = _judged(evidence, tuple(each for each in LADDER if each.id in names))
    return next((each.id for each in LADDER if each.id in names and each.id in failures), None)


def _judged(evidence: Evidence, rungs: Iterable[RungSpec]) -> tuple[dict[str, Rung], dict[str, str]]:
    """Every rung that has to be judged, and those whose failure hinders others."""
    results: dict[str, Rung] = {}
    failures: dict[str, str] = {}
    for spec in with_needs(rungs):
        judgement = spec.judge(evidence)
        blocker = next((failures[need] for need in spec.needs if need in failures), None)
        if blocker and judgement.state is not State.NOT_APPLICABLE:
            title = rung(blocker).title
            judgement = Judgement(State.UNKNOWN, (f"Not judged: '{title}' failed.",), None, blocker)
        if judgement.state is State.FAIL and judgement.hinders:
            failures[spec.id] = spec.id
        results[spec.id] = Rung(
            id=spec.id,
            title=spec.title,
            state=judgement.state,
            evidence=judgement.evidence,
            next=judgement.next,
            blocked_by=judgement.blocked_by,
            seconds=_seconds(evidence, spec),
        )
    return results, failures


def _seconds(evidence: Evidence, spec: RungSpec) -> float:
    own = [
        name for name in (*spec.reads, spec.id) if name in evidence.facts and name not in ("configuration", "record")
    ]
    return sum(evidence.facts[name].seconds for name in own or spec.reads if name in evidence.facts)
