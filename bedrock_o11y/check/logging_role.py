"""What both rungs about the logging role have in common: whether there is one to judge, and its names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .rung import Judgement, failed, unknown, unreadable
from .subject import subject, without_log_group

if TYPE_CHECKING:
    from .evidence import Evidence


def without_role(evidence: Evidence) -> Judgement | None:
    """The judgement when there is no role to judge.

    Returns:
        None when the role was read; otherwise NOT_APPLICABLE (records go to S3 only), FAIL (the role does not exist)
        or UNKNOWN (none is named, or it may not be read).
    """
    about = subject(evidence)
    if (nothing := without_log_group(evidence, about)) is not None:
        return nothing
    if not about.role_arn:
        return unknown("No logging role is named.", blocked_by="configuration")
    reading = evidence.fact("logging_role")
    if reading.is_unreadable and account_of(about.role_arn) not in ("", evidence.account):
        return unknown(
            f"Role {about.role_arn} is not of account {evidence.account}, so it cannot be read.",
            next_step="Configure a role of this account.",
        )
    if reading.is_unreadable:
        return unreadable(f"Role {about.role_arn}", reading)
    if reading.is_absent:
        return failed(
            f"Role {about.role_arn} does not exist, so Bedrock cannot write as it.",
            next_step="Deploy the InvocationLogging stack again, or configure a role that exists.",
        )
    return None


def account_of(arn: str) -> str:
    """The account of an ARN; empty when it has none."""
    return arn.split(":")[4] if arn.count(":") >= 5 else ""


def role_sentence(evidence: Evidence) -> str:
    """The role as a sentence names it: without the account, which is the caller's."""
    return f"role {str(subject(evidence).role_arn).rpartition('/')[2]}"


def template_values(evidence: Evidence) -> dict[str, str]:
    """A value for every name that the templates of the logging role use."""
    return {
        "Partition": evidence.partition,
        "Region": evidence.region,
        "Account": evidence.account,
        "LogGroupName": str(subject(evidence).log_group),
    }
