"""Where the evidence of a check comes from: the account, with or without a canary, or a file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from bedrock_o11y.check import Canary, load, look_at, save
from bedrock_o11y.check.cost import canary_price
from bedrock_o11y.check.duration import seconds
from bedrock_o11y.check.ladder import CANARY_ID

from .progress import Progress
from .target import account_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bedrock_o11y.check import Evidence, RungSpec


def evidence_for(
    rungs: Sequence[RungSpec],
    *,
    profile: str | None,
    region: str | None,
    config_file: Path | None,
    target: str | None,
    canary: bool,
    yes: bool,
    wait: str,
    model: str | None,
    record: Path | None,
    replay: Path | None,
    show_bodies: bool,
    quiet: bool,
) -> Evidence:
    """The evidence that the options ask for; each argument is the option of that name.

    Raises:
        UsageError: options that do not go together or cannot be understood, a file that cannot be read.
        CouldNotRunError: no usable credentials, or AWS is out of reach.
    """
    waiting = seconds(wait)
    if replay:
        if canary or record:
            raise click.UsageError("--replay calls nothing: it goes neither with --canary nor with --record")
        return load(replay)
    if canary and CANARY_ID not in [rung.id for rung in rungs]:
        raise click.UsageError(
            f"--canary has nothing to prove without its rung; add --only {CANARY_ID} or leave it out"
        )
    with_canary = canary and consent(model, yes=yes)
    account = account_of(config_file, target, profile, region)
    with Progress(f"looking at {account.region}", quiet=quiet) as progress:
        sender = Canary.of(model, waiting, show_bodies=show_bodies, progress=progress)
        evidence = look_at(account, rungs, sender if with_canary else None)
    if record:
        save(evidence, record)
    return evidence


def consent(model: str | None, *, yes: bool) -> bool:
    """Asks whether the canary may be sent: it costs money, however little.

    Args:
        model: the model that was asked for; None for the default.
        yes: the answer was given on the command line.

    Returns:
        Whether to send it.

    Raises:
        UsageError: nobody is there to be asked.
    """
    if yes:
        return True
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise click.UsageError(
            f"--canary makes one model call ({canary_price(model)}) and there is no terminal to ask at; add --yes"
        )
    return click.confirm(f"The canary makes one model call ({canary_price(model)}). Send it?", err=True)
