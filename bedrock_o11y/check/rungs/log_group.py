"""Bedrock never creates the log group: when it is gone, every record is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedrock_o11y.blueprint import sources
from bedrock_o11y.check.rung import Judgement, RungSpec, failed, passed, unreadable
from bedrock_o11y.check.subject import subject, without_log_group

if TYPE_CHECKING:
    from bedrock_o11y.check.evidence import Evidence


def judge(evidence: Evidence) -> Judgement:
    """PASS when the log group exists."""
    about = subject(evidence)
    if nothing := without_log_group(evidence, about):
        return nothing
    reading = evidence.fact("log_group")
    if reading.is_unreadable:
        return unreadable("The log group", reading)
    if reading.is_absent:
        owner = f"deploy stack {about.stack} again" if about.stack else "create it, or configure another one"
        return failed(
            f"Log group {about.log_group} does not exist in Region {evidence.region}.",
            next_step=f"Records are being lost: {owner}. Bedrock does not create the log group.",
        )
    name_source = "" if about.live is not None else ", which the record of the deploy names,"
    return passed(f"Log group {about.log_group}{name_source} exists.")


RUNG = RungSpec(
    id="log-group",
    title="The log group exists",
    why="Bedrock may write to the log group but never creates it; without it every record is lost.",
    reads=("configuration", "record", "log_group"),
    how="PASS when the log group of the configuration exists, FAIL when it does not. Without a readable configuration "
    "the log group of the record is judged. NOT_APPLICABLE when records go to S3 only.",
    sources=(sources.INVOCATION_LOGGING,),
    judge=judge,
)
