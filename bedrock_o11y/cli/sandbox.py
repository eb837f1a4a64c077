"""``bedrock-o11y sandbox``: an AWS account on this machine."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from bedrock_o11y.errors import CouldNotRunError, ExitCode

if TYPE_CHECKING:
    from bedrock_o11y.sandbox import Sandbox

KINDS = ("throttle", "deny", "5xx", "slow", "drop")

_folder = click.option(
    "--dir",
    "directory",
    metavar="DIR",
    envvar="BEDROCK_O11Y_SANDBOX_DIR",
    default=".sandbox",
    show_default=True,
    show_envvar=True,
    help="State folder of the sandbox.",
)
_format = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Of the answer."
)


@click.group()
def sandbox() -> None:
    """An AWS account on this machine, with IAM enforced and nothing in it."""


@sandbox.command()
@_folder
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on 127.0.0.1; a free one by default.")
@click.option("--model-endpoint", default="", metavar="URL", help="OpenAI-compatible endpoint that plays the models.")
@click.option("--foreground", is_flag=True, help="Stay until Ctrl-C or SIGTERM, then take the sandbox down.")
def up(directory: str, port: int, model_endpoint: str, foreground: bool) -> int:
    """Start a sandbox; it runs until `down`.

    Prints the endpoint. When one runs in the state folder already, says so and leaves it alone.
    """
    from bedrock_o11y.sandbox.machine import AlreadyRunsError, Sandbox  # not needed for --help

    try:
        running = Sandbox.start(directory, port=port, model_endpoint=model_endpoint, background=not foreground)
    except AlreadyRunsError as error:
        click.echo(f"a sandbox runs already in {directory}: {error.running.describe()}", err=True)
        click.echo(error.running.endpoint)
        return ExitCode.CLEAN
    click.echo(f"sandbox up: {running.describe()}", err=True)
    click.echo(running.endpoint)
    if foreground:
        _stay(running)
    return ExitCode.CLEAN


def _stay(running: Sandbox) -> None:
    import signal  # as above
    import threading

    sys.stdout.flush()
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: over.set())
    try:
        while not over.wait(0.5):
            if not running.is_alive():
                raise CouldNotRunError(f"the sandbox's server ended by itself; see {running.directory / 'server.log'}")
    finally:
        running.stop()
    click.echo("sandbox down", err=True)


@sandbox.command()
@_folder
def down(directory: str) -> int:
    """Stop the sandbox and forget its account."""
    running = _find(directory)
    if running is None:
        click.echo(f"no sandbox runs in {directory}", err=True)
        return ExitCode.CLEAN
    running.stop()
    click.echo("sandbox down", err=True)
    return ExitCode.CLEAN


@sandbox.command()
@_folder
@_format
def status(directory: str, form: str) -> int:
    """Say what runs; exit code 1 when nothing does."""
    running = _find(directory)
    if form == "json":
        answer: dict[str, Any] = {
            "schema": {"name": "bedrock-o11y/sandbox-status", "version": 1},
            "running": running is not None,
        }
        if running is not None:
            answer |= {
                "pid": running.pid,
                "endpoint": running.endpoint,
                "account": running.account_id,
                "region": running.region,
                "directory": str(running.directory),
            }
        click.echo(json.dumps(answer, indent=2))
    else:
        click.echo(f"no sandbox runs in {directory}" if running is None else running.describe())
    return ExitCode.FAILED if running is None else ExitCode.CLEAN


@sandbox.command(
    name="exec", short_help="Run a command in the sandbox.", context_settings={"ignore_unknown_options": True}
)
@_folder
@click.option("--as", "role", metavar="ROLE", help="Role to act as, by name or ARN; an administrator by default.")
@click.option(
    "--proxy", "proxied", is_flag=True, help="Let the command ask for the real hosts of AWS, by way of a proxy."
)
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def exec_(directory: str, role: str | None, proxied: bool, command: tuple[str, ...]) -> int:
    """Run a command in the sandbox: its endpoint, its certificate, credentials of a role.

    Nothing else of AWS is left in the command's environment. Its exit code is the answer.

    With --proxy the command is told of no endpoint. A proxy on 127.0.0.1 leads the host names of AWS to the sandbox,
    refuses every other host and writes both to proxy.log in the state folder; it ends with the command.

    \b
        bedrock-o11y sandbox exec -- cdk bootstrap
        bedrock-o11y sandbox exec --as Reader -- bedrock-o11y check
        bedrock-o11y sandbox exec --proxy -- opentelemetry-instrument python agent.py
    """  # noqa: D301 - click's mark against rewrapping
    account = _running(directory)
    sys.stdout.flush()
    if proxied:
        from bedrock_o11y.sandbox.proxy_command import run  # as above

        with account.proxy() as proxy:
            return run(command, account.environment(role, proxy))
    environment = account.environment(role)
    try:
        # In the place of this process, so that signals, terminal and exit code are the command's own.
        os.execvpe(command[0], command, environment)  # noqa: S606 - the user's own command
    except OSError as error:
        raise CouldNotRunError(f"cannot run {command[0]}: {error.strerror}") from None


@sandbox.group()
def faults() -> None:
    """Make operations fail on demand."""


@faults.command()
@_folder
@click.option("--operation", required=True, metavar="SERVICE:OPERATION", help="For example logs:PutLogEvents.")
@click.option("--kind", required=True, type=click.Choice(KINDS), help="How it fails.")
@click.option("--at", default=1, show_default=True, help="First call that fails, counted from now.")
@click.option("--times", default=1, show_default=True, help="How many calls fail from there on.")
@click.option("--seconds", default=1.0, show_default=True, help="Delay of the kind slow.")
def add(directory: str, operation: str, kind: str, at: int, times: int, seconds: float) -> int:
    """Let an operation fail at its n-th call.

    throttle, deny and 5xx refuse it before anything is done; slow does it after a delay; drop does it and closes the
    connection without an answer.
    """
    fault = _running(directory).faults.add(operation, kind, at=at, times=times, seconds=seconds)
    click.echo(f"fault {fault.identity} added", err=True)
    return ExitCode.CLEAN


@faults.command(name="list")
@_folder
@_format
def list_(directory: str, form: str) -> int:
    """List the faults in force."""
    from dataclasses import asdict  # as above

    found = _running(directory).faults.in_force()
    if form == "json":
        schema = {"name": "bedrock-o11y/sandbox-faults", "version": 1}
        click.echo(json.dumps({"schema": schema, "faults": [asdict(fault) for fault in found]}, indent=2))
        return ExitCode.CLEAN
    for fault in found:
        last = f"-{fault.at + fault.times - 1}" if fault.times > 1 else ""
        click.echo(f"{fault.identity}  {fault.operation}  {fault.kind}  call {fault.at}{last}")
    return ExitCode.CLEAN


@faults.command()
@_folder
def clear(directory: str) -> int:
    """Remove every fault."""
    _running(directory).faults.clear()
    return ExitCode.CLEAN


def _find(directory: str) -> Sandbox | None:
    from bedrock_o11y.sandbox import Sandbox  # as above

    return Sandbox.find(directory)


def _running(directory: str) -> Sandbox:
    running = _find(directory)
    if running is None:
        raise CouldNotRunError(f"no sandbox runs in {directory}; start one with: bedrock-o11y sandbox up")
    return running
