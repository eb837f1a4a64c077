"""A plan as plain text."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from .plan import Bearing

if TYPE_CHECKING:
    from .plan import Cost, PlanReport

_LABELS: Final = {
    Bearing.CLEAR: "ok",
    Bearing.NOTICE: "notice",
    Bearing.STOPS: "STOPS",
    Bearing.UNKNOWN: "UNKNOWN",
}
_WIDTH: Final = 110


def plan_text(report: PlanReport) -> str:
    """A plan as plain text, at most 110 columns wide where words allow.

    Args:
        report: the result.

    Returns:
        A head, one paragraph for each finding, the cost, and one closing line.
    """
    lines = [
        f"bedrock-o11y plan: target {report.target}, account {report.account}, Region {report.region}",
        f"A deploy makes the stacks {', '.join(report.stacks)}." if report.stacks else "A deploy makes no stack.",
        "",
    ]
    for setting in report.settings:
        live = setting.live or "off"
        owner = f"managed by stack {setting.owner}" if setting.owner else "managed by no stack of ours"
        named = setting.bearing in (Bearing.STOPS, Bearing.UNKNOWN)  # then the message says what is there
        today = "" if named else f"Today: {live}; {owner}. "
        lines += _finding(setting.bearing, setting.title, f"{today}{setting.message}")
    for collision in report.collisions:
        lines += _finding(collision.bearing, f"{collision.kind} {collision.name}", collision.message)
    lines += _finding(report.slots.bearing, "CloudWatch Logs resource policies", report.slots.message)
    lines += _finding(report.trace_slots.bearing, "X-Ray resource policies", report.trace_slots.message)
    lines += ["", *_cost(report.cost), "", _verdict(report)]
    return "\n".join(lines)


def _finding(bearing: Bearing, what: str, message: str) -> list[str]:
    return [f"{_LABELS[bearing]:<8}  {what}", *_wrapped(message, " " * 10)]


def _cost(cost: Cost) -> list[str]:
    fixed = ", ".join(f"{price.what} {price.usd:.2f}" for price in cost.fixed) or "nothing"
    usage = "; ".join(f"{price.what} {price.usd:g} per {price.per}" for price in cost.usage)
    return _wrapped(
        f"Fixed cost: {cost.monthly:.2f} USD a month ({fixed}). With use: {usage}. List prices of {cost.region}, "
        f"{cost.as_of}, in USD.",
        "",
    )


def _verdict(report: PlanReport) -> str:
    if Bearing.STOPS in report.bearings:
        return "A deploy would stop. Nothing was changed."
    if Bearing.UNKNOWN in report.bearings:
        return "Not everything could be read, so a deploy may stop. Nothing was changed."
    return "Nothing is in the way of a deploy. Nothing was changed."


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
