"""``bedrock-o11y plan``: what a deploy would change, before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .options import account_options, chatter_options, output_options, target_options

if TYPE_CHECKING:
    from pathlib import Path


@click.command(short_help="What a deploy would change, before it; reads only.")
@account_options
@target_options
@output_options("text", "json")
@chatter_options
@click.pass_context
def plan(
    ctx: click.Context,
    profile: str | None,
    region: str | None,
    config_file: Path | None,
    target: str | None,
    form: str,
    out: Path | None,
    no_color: bool,
    quiet: bool,
) -> None:
    """What a deploy would change beyond its own resources, and what may stand in its way; reads only.

    Looks at the account settings and who owns them, at names that are taken, at the resource policies of CloudWatch
    Logs, and says what the deploy costs. Exits 1 when the deploy would stop.
    """
    from bedrock_o11y.config import load  # pydantic costs 0.1 s
    from bedrock_o11y.plan import make_plan
    from bedrock_o11y.report import deliver, plan_as

    from .plan_target import wanted
    from .progress import Progress
    from .target import account_and_target

    account, chosen = account_and_target(load(config_file), target, profile, region)
    with Progress(f"looking at {account.region}", quiet=quiet):
        result = make_plan(account, wanted(chosen, account.identity().account, account.region))
    deliver(plan_as(form, result), out)
    ctx.exit(result.exit_code())
