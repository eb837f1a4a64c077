"""The options that commands share, with one meaning everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from bedrock_o11y.aws import AwsAccount

_Function = TypeVar("_Function", bound="Callable[..., Any]")


def account_options(function: _Function) -> _Function:
    """``--profile``, ``--region``: which account and Region."""
    return _all(
        function,
        click.option("--profile", metavar="NAME", help="Profile of the AWS configuration files."),
        click.option("--region", metavar="REGION", help="AWS Region; otherwise AWS_REGION or that of the profile."),
    )


def target_options(function: _Function) -> _Function:
    """``--config``, ``--target``: the configuration file, and which of its accounts and Regions."""
    return _all(
        function,
        click.option(
            "--config",
            "config_file",
            metavar="FILE",
            type=click.Path(path_type=Path),
            help="Configuration file; otherwise bedrock-o11y.yaml in the current folder, if there is one.",
        ),
        click.option("--target", metavar="NAME", help="Target of the configuration; otherwise that of the caller."),
    )


def output_options(*formats: str) -> Callable[[_Function], _Function]:
    """``--format``, ``--out``, ``--no-color``: what the answer looks like and where it goes.

    Args:
        *formats: the formats of the command; the first is the default.

    Returns:
        A decorator.
    """

    def decorate(function: _Function) -> _Function:
        return _all(
            function,
            click.option(
                "--format", "form", type=click.Choice(formats), default=formats[0], show_default=True, help="Format."
            ),
            out_option,
            click.option("--no-color", is_flag=True, help="No colours; NO_COLOR does the same."),
        )

    return decorate


def out_option(function: _Function) -> _Function:
    """``--out``: where the answer goes."""
    return click.option(
        "--out",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Write the answer to a file instead of stdout; the file is whole or not there.",
    )(function)


def chatter_options(function: _Function) -> _Function:
    """``--quiet``, ``--debug``: how much is said on stderr. ``main`` itself reads ``--debug``."""
    return _all(
        function,
        click.option("--quiet", "-q", is_flag=True, help="No progress on stderr."),
        click.option("--debug", is_flag=True, expose_value=False, help="Print the traceback of an error."),
    )


def open_account(profile: str | None, region: str | None) -> AwsAccount:
    """The account that the options name.

    Raises:
        UsageError: the profile does not exist, or no valid Region is known.
    """
    from bedrock_o11y.aws import AwsAccount  # boto3 costs 0.2 s; commands that only read files must not pay it

    return AwsAccount(profile, region)


def _all(function: _Function, *decorators: Callable[[_Function], _Function]) -> _Function:
    for decorate in reversed(decorators):
        function = decorate(function)
    return function
