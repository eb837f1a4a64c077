"""``bedrock-o11y env show``: the environment that an agent should have."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from .options import chatter_options, out_option, target_options

if TYPE_CHECKING:
    from pathlib import Path


@click.command(short_help="Prints the environment that an agent should have.")
@click.option(
    "--hosted",
    type=click.Choice(("runtime", "elsewhere", "lambda")),
    help="Where the agent runs: on AgentCore Runtime, elsewhere (EC2, ECS, EKS, laptop), or in a Lambda function. By "
    "default as the configuration file says, else on the Runtime.",
)
@click.option(
    "--agent",
    metavar="NAME",
    help="Name under which CloudWatch shows the agent. Of an agent of the configuration file, the file tells the rest.",
)
@click.option("--agent-id", metavar="ID", help="Id of the agent, part of its log group's name; otherwise its name.")
@click.option(
    "--endpoint",
    metavar="NAME",
    help="Endpoint of the agent, part of its log group's name; on the Runtime otherwise DEFAULT.",
)
@click.option("--region", metavar="REGION", help="AWS Region; otherwise AWS_REGION. Needed elsewhere alone.")
@click.option("--log-group", metavar="NAME", help="Log group; otherwise the usual one of the agent.")
@click.option("--log-stream", metavar="NAME", help="Of the log records; otherwise runtime-logs.")
@click.option(
    "--unified/--no-unified",
    default=None,
    help="Spans go to the agent's own log group, as they do by default, or to the shared group aws/spans.",
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
@target_options
@out_option
@chatter_options
def show(
    *,
    agent: str | None,
    config_file: Path | None,
    target: str | None,
    form: str,
    out: Path | None,
    quiet: bool,
    **asked: Any,
) -> None:
    """Prints the environment that an agent should have, each variable with what it is for.

    An agent of the configuration file is looked up there; options that are given win. Calls nothing. Nothing of it is
    secret: credentials are the business of the agent's role.
    """
    from bedrock_o11y.otel.formats import environment_as  # like those below, only when it is used
    from bedrock_o11y.otel.variable import Hosting
    from bedrock_o11y.otel.wanted import Wish, notes, settings
    from bedrock_o11y.report import deliver

    given = {name: value for name, value in asked.items() if value is not None}
    if agent is None and (config_file or target):
        raise click.UsageError("--config and --target go with --agent, which names an agent of the file")
    known = _known(config_file, target, agent, asked["region"]) if agent else {}
    hosted = Hosting(given.get("hosted", known.get("hosted", Hosting.RUNTIME)))
    if known and hosted is not known["hosted"]:
        raise click.UsageError(f"--hosted {hosted}: the configuration says that {agent} runs on {known['hosted']}")
    if form == "lambda" and hosted is not Hosting.LAMBDA:
        raise click.UsageError("--format lambda goes with --hosted lambda")
    if hosted is Hosting.ELSEWHERE and (region := os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")):
        known.setdefault("region", region)
    wish = Wish(agent=agent, **{**known, **given, "hosted": hosted})
    said = notes(wish)
    deliver(environment_as(form, wish, settings(wish), said), out)
    if form == "lambda" and not quiet:
        for note in said:
            click.echo(note, err=True)


def _known(config_file: Path | None, target: str | None, agent: str, region: str | None) -> dict[str, Any]:
    """What the configuration file tells of an agent; nothing when it has no such agent and nobody named the file."""
    from .env_agent import agent_of_configuration  # pydantic costs 0.1 s

    told = agent_of_configuration(config_file, target, agent, region) or {}
    return {name: value for name, value in told.items() if value is not None}
