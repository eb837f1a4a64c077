"""``bedrock-o11y env check``: what is wrong with the environment of an agent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .options import account_options, chatter_options, output_options

_FILE = click.Path(path_type=Path)


@click.command(short_help="Judges the environment that an agent has.")
@click.option(
    "--from",
    "file",
    metavar="FILE",
    type=_FILE,
    help="A dotenv file, JSON, a Dockerfile, a Compose file, the text of printenv, or - for stdin; otherwise the "
    "environment of this process.",
)
@click.option("--service", metavar="NAME", help="Service of a Compose file.")
@click.option(
    "--hosted",
    type=click.Choice(("runtime", "elsewhere", "lambda")),
    default="runtime",
    show_default=True,
    help="Where the agent runs: on AgentCore Runtime, elsewhere (EC2, ECS, EKS, laptop), or in a Lambda function.",
)
@click.option(
    "--requirements",
    metavar="FILE",
    type=_FILE,
    help="requirements.txt, pyproject.toml or a lock: judges the version of aws-opentelemetry-distro.",
)
@click.option("--offline", is_flag=True, help="Do not ask AWS whether log groups and log streams exist.")
@click.option(
    "--fail-on",
    type=click.Choice(("critical", "high", "medium", "low", "info", "never")),
    default="medium",
    show_default=True,
    help="Exit 1 for a finding of this severity or worse.",
)
@click.option("--allow-unknown", is_flag=True, help="Exit 0 when nothing failed but something could not be judged.")
@account_options
@output_options("text", "json")
@chatter_options
@click.pass_context
def check(
    ctx: click.Context, /, form: str, out: Path | None, no_color: bool, allow_unknown: bool, **asked: Any
) -> None:
    """Judges the environment that an agent has: what is missing, misspelt, contradictory or switched off.

    Where the headers name log groups and log streams, AWS is asked whether they exist and whether X-Ray may write
    spans to them. Values of keys and tokens are never shown.
    """
    from bedrock_o11y.otel.report_json import report_json  # like those below, only when it is used
    from bedrock_o11y.otel.report_text import report_text
    from bedrock_o11y.report import deliver

    from .env_question import answer

    report = answer(**asked, out=out)
    deliver(report_json(report) if form == "json" else report_text(report), out)
    ctx.exit(report.exit_code(allow_unknown=allow_unknown))
