"""Every account setting there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import model_invocation_logging

if TYPE_CHECKING:
    from collections.abc import Callable

    from .calls import Calls
    from .setting import Setting, SettingRules


@dataclass(frozen=True, slots=True)
class Registration:
    """How to get at a setting.

    Attributes:
        rules: its pure half.
        service: name of the boto3 client it needs.
        connect: makes it from that client.
    """

    rules: SettingRules
    service: str
    connect: Callable[[Any, Calls], Setting]


SETTINGS: dict[str, Registration] = {
    registration.rules.name: registration
    for registration in (
        Registration(model_invocation_logging.RULES, "bedrock", model_invocation_logging.ModelInvocationLogging),
    )
}
"""By name, as in the request."""
