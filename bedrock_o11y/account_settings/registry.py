"""Every account setting there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import model_invocation_logging, span_indexing, trace_destination

if TYPE_CHECKING:
    from collections.abc import Callable

    from .calls import Calls
    from .setting import Setting, SettingRules


@dataclass(frozen=True, slots=True)
class Registration:
    """How to get at a setting.

    Attributes:
        rules: its pure half.
        connect: makes it from what makes the boto3 client of a service.
    """

    rules: SettingRules
    connect: Callable[[Callable[[str], Any], Calls], Setting]


SETTINGS: dict[str, Registration] = {
    registration.rules.name: registration
    for registration in (
        Registration(
            model_invocation_logging.RULES,
            lambda client, calls: model_invocation_logging.ModelInvocationLogging(client("bedrock"), calls),
        ),
        Registration(
            trace_destination.RULES,
            lambda client, calls: trace_destination.TraceDestination(
                client("xray"), client("application-signals"), calls
            ),
        ),
        Registration(span_indexing.RULES, lambda client, calls: span_indexing.SpanIndexing(client("xray"), calls)),
    )
}
"""By name, as in the request."""
