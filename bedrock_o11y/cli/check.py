"""``bedrock-o11y check``: the evidence ladder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .options import account_options, chatter_options, output_options, target_options


@click.command(short_help="Proves, rung by rung, that model calls are logged.")
@account_options
@target_options
@click.option("--canary", is_flag=True, help="Send one cheap model call and follow it into the log.")
@click.option("--yes", "-y", is_flag=True, help="Send the canary without asking.")
@click.option("--wait", default="5m", show_default=True, metavar="TIME", help="How long to look for it: 10s, 15m.")
@click.option("--model", metavar="ID", help="Model or inference profile of the canary; otherwise the cheapest known.")
@click.option("--only", metavar="RUNG", multiple=True, help="Judge only this rung; may be given several times.")
@click.option("--explain", metavar="RUNG", help="Print what a rung looks at and how it judges, and stop.")
@click.option("--record", metavar="FILE", type=click.Path(path_type=Path), help="Save the evidence, bodies redacted.")
@click.option("--replay", metavar="FILE", type=click.Path(path_type=Path), help="Judge saved evidence; calls nothing.")
@click.option("--allow-unknown", is_flag=True, help="Exit 0 when nothing failed but something could not be read.")
@click.option("--show-bodies", is_flag=True, help="Show the canary's prompt and answer, and save them with --record.")
@output_options("text", "json", "junit")
@chatter_options
@click.pass_context
def check(
    ctx: click.Context,
    /,
    only: tuple[str, ...],
    explain: str | None,
    allow_unknown: bool,
    form: str,
    out: Path | None,
    no_color: bool,
    **looking: Any,
) -> None:
    """Proves, rung by rung, that model calls are logged.

    Reads the configuration, the log group, its key and masking, the payload bucket and the delivery metrics, and says
    of each what was seen. With --canary it makes one model call and finds its record in the log.
    """
    from bedrock_o11y import check as ladder  # the blueprint and the rungs, only when they are used
    from bedrock_o11y.report import check_as, deliver

    if explain:
        deliver(ladder.explain(explain), out)
        ctx.exit()
    from .check_evidence import evidence_for

    rungs = ladder.selected(only)
    result = ladder.report(evidence_for(rungs, **looking), rungs)
    deliver(check_as(form, result, out=out, no_color=no_color), out)
    ctx.exit(result.exit_code(allow_unknown=allow_unknown))
