"""What a rule is: why it exists, how bad it is, and a generator of findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bedrock_o11y.blueprint import Severity, Source
    from bedrock_o11y.report import Finding

    from .subject import Subject

    Check = Callable[[Subject], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        id: what reports and baselines call it, ``missing-grant``.
        title: in a few words.
        severity: how bad it usually is; a finding may be worse or better, and says so.
        why: why it matters, in a sentence that a tired engineer understands.
        how: how it is judged, for ``--explain``.
        sources: where AWS says so.
    """

    id: str
    title: str
    severity: Severity
    why: str
    how: str
    sources: tuple[Source, ...]
