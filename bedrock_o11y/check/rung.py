"""A rung of the evidence ladder: what it claims, what it looks at, and how it judges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bedrock_o11y.report import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from bedrock_o11y.aws import Reading
    from bedrock_o11y.blueprint import Source

    from .evidence import Evidence

_WORST_FIRST = (State.FAIL, State.UNKNOWN, State.PASS, State.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the evidence says about one rung.

    Attributes:
        state: what is known.
        evidence: what was seen, a sentence each.
        next: what to do now; None when there is nothing to do.
        blocked_by: id of the rung below that keeps this one from being judged.
        hinders: of a failure, whether what rests on the rung cannot work either; False when it is only unsafe.
    """

    state: State
    evidence: tuple[str, ...]
    next: str | None = None
    blocked_by: str | None = None
    hinders: bool = True


@dataclass(frozen=True, slots=True)
class RungSpec:
    """A rung before it is judged.

    Attributes:
        id: stable name.
        title: what is true when the rung passes.
        why: what goes wrong when it is not, in a sentence a tired engineer understands.
        reads: names of the facts it looks at.
        how: how it judges, for ``--explain``.
        sources: where AWS says so.
        judge: the judgement; pure, it only looks at the evidence.
        needs: rungs that must not have failed: below a failure this one is UNKNOWN.
        actions: IAM actions that it needs beside those of its facts.
    """

    id: str
    title: str
    why: str
    reads: tuple[str, ...]
    how: str
    sources: tuple[Source, ...]
    judge: Callable[[Evidence], Judgement]
    needs: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()


def passed(*evidence: str) -> Judgement:
    """The claim holds."""
    return Judgement(State.PASS, evidence)


def failed(*evidence: str, next_step: str, hinders: bool = True) -> Judgement:
    """The claim does not hold."""
    return Judgement(State.FAIL, evidence, next_step, hinders=hinders)


def unknown(*evidence: str, next_step: str | None = None, blocked_by: str | None = None) -> Judgement:
    """The claim could not be judged."""
    return Judgement(State.UNKNOWN, evidence, next_step, blocked_by)


def not_applicable(*evidence: str) -> Judgement:
    """There is nothing to judge, on purpose."""
    return Judgement(State.NOT_APPLICABLE, evidence)


def unreadable(what: str, reading: Reading) -> Judgement:
    """The claim could not be judged, because a look failed.

    Args:
        what: what could not be read, as the subject of a sentence.
        reading: the failed look.

    Returns:
        UNKNOWN, naming the missing action when there is one.
    """
    next_step = f"Grant {reading.action} to the caller, then run again." if reading.action else "Run again later."
    return unknown(f"{what} could not be read: {reading.reason}.", next_step=next_step)


def combined(*judgements: Judgement) -> Judgement:
    """Several judgements as one: the worst state, all the evidence, the worst one's next step.

    Args:
        *judgements: at least one.

    Returns:
        FAIL before UNKNOWN before PASS before NOT_APPLICABLE; of failures, those that hinder come first. The evidence
        of the worst stands first.
    """
    ordered = sorted(judgements, key=lambda each: (_WORST_FIRST.index(each.state), not each.hinders))
    evidence = tuple(sentence for judgement in ordered for sentence in judgement.evidence)
    worst = ordered[0]
    return Judgement(worst.state, evidence, worst.next, worst.blocked_by, worst.hinders)
