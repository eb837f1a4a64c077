"""The canary costs money, however little: whoever runs the check says yes first."""

from __future__ import annotations

import sys

import click

from bedrock_o11y.check.cost import canary_price
from bedrock_o11y.check.duration import seconds

__all__ = ["consent", "seconds"]


def consent(model: str | None, *, yes: bool) -> bool:
    """Asks whether the canary may be sent.

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
