"""Which key encrypts the log group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedrock_o11y.blueprint import sources
from bedrock_o11y.check.rung import Judgement, RungSpec, failed, passed, unreadable
from bedrock_o11y.check.subject import shown_key, subject, without_log_group

if TYPE_CHECKING:
    from bedrock_o11y.check.evidence import Evidence


def judge(evidence: Evidence) -> Judgement:
    """PASS when the log group is encrypted with the key that is expected."""
    about = subject(evidence)
    if nothing := without_log_group(evidence, about):
        return nothing
    reading = evidence.fact("log_group")
    if not reading.is_present:
        return unreadable("The key of the log group", reading)
    key = reading.value.get("kmsKeyId")
    shown = shown_key(key) if key else "the key that CloudWatch Logs owns"
    wanted = (about.expected_log_group or {}).get("kmsKeyArn")
    if wanted and key != wanted:
        return failed(
            f"The log group is encrypted with {shown}; stack {about.stack} expects {shown_key(wanted)}.",
            next_step=f"Deploy stack {about.stack} again, or run: aws logs associate-kms-key --log-group-name "
            f"{about.log_group} --kms-key-id {wanted}",
        )
    if wanted:
        return passed(f"The log group is encrypted with {shown}, as stack {about.stack} expects.")
    nobody = f"Stack {about.stack} expects" if about.expected_log_group else "No record of a deploy expects"
    return passed(
        f"The log group is encrypted with {shown}.",
        f"{nobody} no other." if about.expected_log_group else f"{nobody} another.",
    )


RUNG = RungSpec(
    id="encryption",
    title="The log group is encrypted with the expected key",
    why="A log group that lost its key still takes records, with the protection that somebody relies on gone.",
    reads=("configuration", "record", "log_group"),
    how="With a record the key must be the one of the deploy. Without one, or where the deploy uses no customer key, "
    "any key passes: CloudWatch Logs always encrypts, with a key of its own when no other is set.",
    sources=(sources.LOGS_ENCRYPTION,),
    judge=judge,
    needs=("log-group",),
)
