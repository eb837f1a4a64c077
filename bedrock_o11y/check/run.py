"""A whole check: look, send the canary if asked to, judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedrock_o11y.aws import Reading
from bedrock_o11y.report import LadderReport

from .gather import gather
from .ladder import CANARY_ID, LADDER, facts_of, hindrance, judge, rung
from .subject import subject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bedrock_o11y.aws import Account

    from .canary import Canary
    from .evidence import Evidence
    from .rung import RungSpec


def look_at(account: Account, rungs: Sequence[RungSpec] = LADDER, canary: Canary | None = None) -> Evidence:
    """Looks at everything that rungs need.

    The canary is sent only when no rung that it needs has failed: the call would cost money and prove nothing. A
    ``delivery`` that fails on older evidence does not keep it from being sent, because it may have been repaired.

    Args:
        account: where to look.
        rungs: the rungs that will be judged.
        canary: how to send a canary; None sends none.

    Returns:
        The evidence.

    Raises:
        CouldNotRunError: no usable credentials, or AWS is out of reach.
    """
    evidence = gather(account, facts_of(rungs))
    spec = rung(CANARY_ID)
    if canary is None or spec not in rungs:
        return evidence
    about = subject(evidence)
    blocker = hindrance(evidence, spec.needs)
    if blocker:
        return _unsent(evidence, f"The canary was not sent: '{rung(blocker).title}' failed.", blocker)
    if about.live is not None and about.live.get("cloudWatchConfig") is None:
        return _unsent(evidence, "The canary was not sent: records go to S3 only, and it is followed into a log group.")
    if about.log_group is None:
        return _unsent(evidence, "The canary was not sent: no log group is known to follow it into.", "configuration")
    from .canary import send_and_follow  # only a check with a canary needs its modules

    return evidence.with_facts(send_and_follow(account, evidence, about.log_group, canary))


def report(evidence: Evidence, rungs: Sequence[RungSpec] = LADDER) -> LadderReport:
    """Judges evidence, fresh or replayed.

    Args:
        evidence: what was seen.
        rungs: which rungs to report.

    Returns:
        The report. The same evidence always gives the same report.
    """
    return LadderReport(
        account=evidence.account,
        region=evidence.region,
        time=evidence.time,
        basis=_basis(evidence),
        rungs=judge(evidence, rungs),
    )


def _basis(evidence: Evidence) -> str:
    record = evidence.fact("record")
    if record.is_present:
        return f"Judged by the record of stack {subject(evidence).stack}."
    if record.is_unreadable:
        return f"Judged alone: the record of a deploy could not be read: {record.reason}."
    return "Judged alone: no record of a deploy says what to expect."


def _unsent(evidence: Evidence, reason: str, blocker: str | None = None) -> Evidence:
    fact = {"asked": True, "reason": reason, "blocked_by": blocker}
    return evidence.with_facts({"canary": Reading.present(fact)})
