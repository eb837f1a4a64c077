"""What is judged about an environment: one idea for each module, each yields findings. Pure: nothing is read here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import attributes, content, destinations, distribution, endpoints, headers, presence, spelling, switches, values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bedrock_o11y.otel.finding import Finding
    from bedrock_o11y.otel.subject import Subject

RULES: Final[tuple[Callable[[Subject], Iterator[Finding]], ...]] = (
    presence.check,
    spelling.check,
    values.check,
    switches.check,
    endpoints.check,
    headers.check,
    attributes.check,
    content.check,
    distribution.check,
    destinations.check,
)
"""Every rule, in the order in which findings of one severity are told."""
