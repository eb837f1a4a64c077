"""``bedrock-o11y env``: the OpenTelemetry environment of an agent, to be written or to be judged."""

from __future__ import annotations

import click

from .env_check import check
from .env_show import show


@click.group()
def env() -> None:
    """The OpenTelemetry environment of an agent: what it should be, and what is wrong with yours."""


env.add_command(show)
env.add_command(check)
