"""``bedrock-o11y env show``: the environment that an agent should have."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from .options import chatter_options, out_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command(short_help="Prints the environment that an agent should have.")
@click.option(
    "--hosted",
    type=click.Choice(("runtime", "elsewhere", "lambda")),
    default="runtime",
    show_default=True,
    help="Where the agent runs: on AgentCore Runtime, elsewhere (EC2, ECS, EKS, laptop), or in a Lambda function.",
)
@click.option("--agent", metavar="NAME", help="Name under which CloudWatch shows the agent.")
@click.option("--agent-id", metavar="ID", help="Id of the agent, part of its log group's name; otherwise its name.")
@click.option(
    "--endpoint",
    metavar="NAME",
    help="Endpoint of the agent, part of its log group's name; on the Runtime otherwise DEFAULT.",
)
@click.option("--region", metavar="REGION", help="AWS Region; otherwise AWS_REGION. Needed elsewhere alone.")
@click.option("--log-group", metavar="NAME", help="Log group; otherwise the usual one of the agent.")
@click.option("--log-stream", metavar="NAME", default="runtime-logs", show_default=True, help="Of the log records.")
@click.option(
    "--unified/--no-unified",
    default=True,
    show_default=True,
    help="Spans go to the agent's own log group, or to the shared group aws/spans.",
)
@click.option(
    "--content/--no-content",
    default=False,
    show_default=True,
    help="Prompts and answers are captured, or not. ADOT by itself captures them.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("dotenv", "json", "dockerfile", "terraform", "lambda")),
    default="dotenv",
    show_default=True,
    help="Language of the answer.",
)
@out_option
@chatter_options
def show(*, hosted: str, region: str | None, form: str, out: Path | None, quiet: bool, **asked: Any) -> None:
    """Prints the environment that an agent should have, each variable with what it is for.

    Calls nothing. Nothing of it is secret: credentials are the business of the agent's role.
    """
    from bedrock_o11y.otel.formats import environment_as  # like those below, only when it is used
    from bedrock_o11y.otel.variable import Hosting
    from bedrock_o11y.otel.wanted import Wish, notes, settings
    from bedrock_o11y.report import deliver

    if form == "lambda" and hosted != Hosting.LAMBDA:
        raise click.UsageError("--format lambda goes with --hosted lambda")
    if region is None and hosted == Hosting.ELSEWHERE:
        region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    wish = Wish(hosted=Hosting(hosted), region=region, **asked)
    said = notes(wish)
    deliver(environment_as(form, wish, settings(wish), said), out)
    if form == "lambda" and not quiet:
        for note in said:
            click.echo(note, err=True)
