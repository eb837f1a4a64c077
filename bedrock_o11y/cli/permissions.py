"""``bedrock-o11y permissions``: the policy that a command needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .options import account_options, chatter_options, out_option, target_options

if TYPE_CHECKING:
    from pathlib import Path


@click.command(short_help="Prints the IAM policy that a command needs, and nothing more.")
@click.argument("command", type=click.Choice(["plan", "check", "audit", "deploy", "env"]))
@click.option("--canary", is_flag=True, help="With check: what --canary needs beside.")
@click.option("--model", metavar="ID", help="With --canary: the foundation model; otherwise the cheapest known.")
@click.option("--account", metavar="ID", help="Account of the policy, twelve digits; then no call is made.")
@click.option("--partition", metavar="NAME", help="Partition, such as aws-us-gov; otherwise that of the Region.")
@account_options
@target_options
@out_option
@chatter_options
def permissions(
    command: str,
    *,
    canary: bool,
    model: str | None,
    account: str | None,
    partition: str | None,
    profile: str | None,
    region: str | None,
    config_file: Path | None,
    target: str | None,
    out: Path | None,
    quiet: bool,
) -> None:
    """Prints the IAM policy that COMMAND needs, and nothing more, as JSON.

    The names in it (account, Region, log group, bucket) are those of the configuration and of the caller's credentials;
    with --account and --region nothing is called, so that it works without credentials.
    """
    from bedrock_o11y.config import load  # pydantic costs 0.1 s
    from bedrock_o11y.report import deliver

    from .permissions_policy import place_of, policy_text
    from .progress import Progress

    if (canary and command != "check") or (model and not canary):
        raise click.UsageError("--canary goes with check, and --model with --canary")
    with Progress("asking who the caller is", quiet=quiet or account is not None):
        place = place_of(load(config_file), target, account, region, partition, profile)
    deliver(policy_text("check --canary" if canary else command, place, model), out)
