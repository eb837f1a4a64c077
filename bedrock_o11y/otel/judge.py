"""Judges an environment: reads nothing but what it is given, and puts the worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .finding import EnvReport
from .rules import RULES
from .rules.spelling import KNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.blueprint import Severity

    from .subject import Subject


def judge(subject: Subject, fail_on: Severity | None = None) -> EnvReport:
    """Everything that is wrong, unknown or worth knowing about an environment.

    Args:
        subject: the environment, and what is known beside it.
        fail_on: the least severity that fails; None when none does.

    Returns:
        The findings, worst first, those that could not be judged last.
    """
    found = [finding for rule in RULES for finding in rule(subject)]
    names = tuple(sorted(name for name in subject.environment.values if name in KNOWN))
    return EnvReport(
        origin=subject.environment.origin,
        hosted=subject.hosted,
        region=subject.seen.region if subject.seen else subject.region or subject.own_region,
        judged=names,
        findings=tuple(sorted(found, key=lambda each: (each.unknown, each.severity.rank))),
        not_looked_at=tuple(_not_looked_at(subject)),
        fail_on=fail_on,
    )


def _not_looked_at(subject: Subject) -> Iterator[str]:
    if subject.distribution is None:
        yield "The version of aws-opentelemetry-distro was not looked at: --requirements FILE judges it."
