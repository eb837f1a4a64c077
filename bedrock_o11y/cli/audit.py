"""``bedrock-o11y audit``: roles against the blueprint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .options import account_options, chatter_options, output_options

_FILE = click.Path(path_type=Path)


@click.command(short_help="Judges roles: what is missing, what is too much, why, and how to mend it.")
@click.argument("names", metavar="[ROLE]...", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every role of the account.")
@click.option(
    "--from",
    "files",
    metavar="FILE",
    type=_FILE,
    multiple=True,
    help="Roles of a file instead of the account: a dump of get-account-authorization-details, a policy or trust "
    "policy, a CloudFormation template or cdk.out folder, a Terraform plan or state as JSON. Again for more files.",
)
@click.option("--as", "kind", metavar="KIND", help="Judge every role as this kind, agentcore-runtime for example.")
@click.option("--agent-created", metavar="DATE", help="Day on which the agents were created or updated; else today.")
@click.option("--scp", "scps", metavar="FILE", type=_FILE, multiple=True, help="A service control policy that bears.")
@click.option(
    "--facts", metavar="KEY=VALUE", multiple=True, help="Of a condition key, or of a parameter such as Agent."
)
@click.option(
    "--fail-on",
    type=click.Choice(("critical", "high", "medium", "low", "info", "never")),
    default="medium",
    show_default=True,
    help="Exit 1 for a finding of this severity or worse.",
)
@click.option("--baseline", metavar="FILE", type=_FILE, help="Accepted findings, each with a reason and a last day.")
@click.option("--diff", is_flag=True, help="Each role beside the blueprint, line by line.")
@click.option(
    "--patch",
    type=click.Choice(("json", "terraform", "cdk", "cli")),
    help="Print what closes the gaps, audited again, instead of the report.",
)
@click.option("--explain", metavar="RULE", help="Print what a rule looks at and how it judges, and stop.")
@click.option("--allow-unknown", is_flag=True, help="Exit 0 when nothing failed but something could not be read.")
@account_options
@output_options("text", "json", "sarif", "junit", "markdown")
@chatter_options
@click.pass_context
def audit(
    ctx: click.Context, /, explain: str | None, allow_unknown: bool, out: Path | None, no_color: bool, **asked: Any
) -> None:
    """Judges roles against the blueprint: what is missing, what is too much, why it matters, and how to mend it.

    Names roles of the account, takes --all of them, or reads them --from files; a file needs no credentials. Each
    finding has its evidence: the statement, and one request that shows it.
    """
    from bedrock_o11y.report import deliver  # like all below, only when it is used

    if explain is not None:
        from bedrock_o11y.rules import explain as rule_in_words

        deliver(rule_in_words(explain), out)
        ctx.exit()
    from .audit_answer import answer
    from .audit_options import Question

    default_form = ctx.get_parameter_source("form") is click.core.ParameterSource.DEFAULT
    question = Question(**asked, out=out, default_form=default_form)
    text, code = answer(question, out=out, no_color=no_color, allow_unknown=allow_unknown)
    deliver(text, out)
    ctx.exit(code)
