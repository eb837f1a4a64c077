"""How long records are kept: prompts are often personal data, and storage is paid for as long as they stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Source
from bedrock_o11y.blueprint import invocation_logging as blueprint
from bedrock_o11y.check.rung import Judgement, RungSpec, failed, passed, unreadable
from bedrock_o11y.check.subject import subject, without_log_group

if TYPE_CHECKING:
    from bedrock_o11y.check.evidence import Evidence


_SOURCE: Final = Source(
    "Amazon CloudWatch Logs user guide, Working with log groups and log streams",
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
)


def judge(evidence: Evidence) -> Judgement:
    """PASS when records are kept as long as expected, or, without an expectation, for a finite time."""
    about = subject(evidence)
    if nothing := without_log_group(evidence, about):
        return nothing
    reading = evidence.fact("log_group")
    if not reading.is_present:
        return unreadable("The retention of the log group", reading)
    days = reading.value.get("retentionInDays")
    policy = reading.value.get("retentionPolicyName")
    overrides = (
        (f"The account policy {policy} sets the retention and overrides the log group's own.",) if policy else ()
    )
    shown = f"{days} days" if days else "for ever"
    expected = about.expected_log_group or {}
    wanted = expected.get("retentionInDays")
    if wanted is not None:
        if days == wanted:
            return passed(f"Records are kept {shown}, as stack {about.stack} expects.", *overrides)
        return failed(
            f"Records are kept {shown}; stack {about.stack} expects {wanted} days.",
            *overrides,
            next_step=f"Deploy stack {about.stack} again"
            + (f", or change the account policy {policy}." if policy else ", or run: ")
            + (
                ""
                if policy
                else f"aws logs put-retention-policy --log-group-name {about.log_group} --retention-in-days {wanted}"
            ),
        )
    if about.expected_log_group is not None:
        return passed(f"Records are kept {shown}; stack {about.stack} leaves that to the owner of the log group.")
    if days:
        return passed(f"Records are kept {shown}. No record of a deploy says what to expect.", *overrides)
    return failed(
        "Records are kept for ever, which is the default of CloudWatch Logs; no record of a deploy says it is wanted.",
        next_step=f"Set a retention: aws logs put-retention-policy --log-group-name {about.log_group} "
        f"--retention-in-days {blueprint.RETENTION_DAYS}",
    )


RUNG = RungSpec(
    id="retention",
    title="Records are kept as long as expected",
    why="Prompts and answers are often personal data: kept for ever by default, they are a liability and a bill.",
    reads=("configuration", "record", "log_group"),
    how="With a record the retention must be what the deploy set. Without one any finite retention passes, and 'for "
    "ever' fails: it is the default, so it is far more often forgotten than chosen, and it cannot be told apart.",
    sources=(_SOURCE,),
    judge=judge,
    needs=("log-group",),
)
