"""The command line: one module for each command, imported when the command runs.

``--help`` must be quick, so the table below carries the one-line descriptions, and nothing here imports boto3,
pydantic or rich.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import click

from bedrock_o11y.errors import BedrockO11yError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS: Final = {
    "plan": ("bedrock_o11y.cli.plan:plan", "What a deploy would change, before it; reads only."),
    "check": ("bedrock_o11y.cli.check:check", "Proves, rung by rung, that model calls are logged."),
    "audit": (
        "bedrock_o11y.cli.audit:audit",
        "Judges roles: what is missing, what is too much, why, and how to mend it.",
    ),
    "env": (
        "bedrock_o11y.cli.env:env",
        "The OpenTelemetry environment of an agent: what it should be, and what is wrong with yours.",
    ),
    "permissions": (
        "bedrock_o11y.cli.permissions:permissions",
        "Prints the IAM policy that a command needs, and nothing more.",
    ),
    "sandbox": (
        "bedrock_o11y.cli.sandbox:sandbox",
        "An AWS account on this machine, with IAM enforced and nothing in it.",
    ),
}
"""Name of each command, where it is, and its one line in the list of commands."""


class _Commands(click.Group):
    """Imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command = getattr(import_module(module), attribute)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


def _print_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from importlib.metadata import version  # costs more than the rest of the start

    click.echo(f"bedrock-o11y {version('bedrock-o11y')}")
    ctx.exit()


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Exit codes: 0 clean, 1 something failed, 2 usage, 3 something could not be read, 4 could not run, "
    "130 interrupted.",
)
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_print_version, help="Print it.")
def cli() -> None:
    """Observability for Amazon Bedrock: deployed with the CDK, and proved."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line.

    Args:
        arguments: what follows the name of the program; None takes those of the process.

    Returns:
        The exit code. A failure is one line on stderr; a traceback is printed only with ``--debug``.
    """
    gc.set_threshold(100_000)  # modules and roles make few cycles; looking for them takes a tenth of a command's time
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        result: Any = cli.main(args=words, prog_name="bedrock-o11y", standalone_mode=False)
    except BedrockO11yError as error:
        return _failed(str(error), error.exit_code, words)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return ExitCode.USAGE
    except click.ClickException as error:
        error.show()
        return ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        return ExitCode.CLEAN
    except Exception as error:
        line = " ".join(str(error).split())
        return _failed(f"internal error: {type(error).__name__}: {line}", ExitCode.COULD_NOT_RUN, words, hint=True)
    return int(result) if isinstance(result, int) else ExitCode.CLEAN


def _failed(line: str, code: ExitCode, words: list[str], *, hint: bool = False) -> ExitCode:
    if "--debug" in words:
        import traceback  # costs time at start

        traceback.print_exc()
    elif hint:
        line = f"{line} (run again with --debug to see where)"
    click.echo(f"bedrock-o11y: {line}", err=True)
    return code


def _forget_stdout() -> None:
    """Keeps Python from complaining, at exit, about a reader that has gone (``bedrock-o11y check | head``)."""
    import os  # only on this path

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
