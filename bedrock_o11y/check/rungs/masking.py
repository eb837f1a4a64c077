"""Whether sensitive data in prompts and answers is masked. A guardrail does not mask the log; only this policy does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bedrock_o11y.blueprint import sources
from bedrock_o11y.check.rung import Judgement, RungSpec, failed, not_applicable, passed, unreadable
from bedrock_o11y.check.subject import subject, without_log_group

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bedrock_o11y.check.evidence import Evidence


def judge(evidence: Evidence) -> Judgement:
    """PASS when a data-protection policy masks."""
    about = subject(evidence)
    if nothing := without_log_group(evidence, about):
        return nothing
    reading = evidence.fact("data_protection")
    if reading.is_unreadable:
        return unreadable("The data-protection policy of the log group", reading)
    masked = masked_identifiers(reading.value or {})
    if masked:
        return passed(f"Masked data identifiers ({len(masked)}): {', '.join(masked)}.")
    group: Mapping[str, Any] = evidence.value("log_group") or {}
    if "ACCOUNT_DATA_PROTECTION" in (group.get("inheritedProperties") or ()):
        return passed("The data-protection policy of the account applies to the log group.")
    if about.expected_log_group is not None and about.expected_log_group.get("masked") is None:
        return not_applicable(f"Nothing is masked; stack {about.stack} leaves that to the owner of the log group.")
    if about.expected_log_group is not None and not about.expected_log_group["masked"]:
        return not_applicable(f"Stack {about.stack} deploys the log group without masking, on purpose.")
    expected = (
        f"stack {about.stack} expects masking" if about.expected_log_group else "no record of a deploy excuses it"
    )
    seen = "the policy masks nothing" if reading.is_present else "there is no data-protection policy"
    return failed(
        f"Prompts and answers are readable as they are: {seen}, and {expected}.",
        next_step="Deploy the InvocationLogging stack (again), or set a data-protection policy with a Deidentify "
        "statement. Only events that arrive afterwards are masked.",
    )


def masked_identifiers(policy: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the data identifiers that a data-protection policy masks.

    Args:
        policy: the policy document.

    Returns:
        Short names, ``EmailAddress``; those of statements with a Deidentify operation.
    """
    names: list[str] = []
    for statement in policy.get("Statement") or ():
        if "MaskConfig" in ((statement.get("Operation") or {}).get("Deidentify") or {}):
            names += [str(identifier).rpartition("/")[2] for identifier in statement.get("DataIdentifier") or ()]
    return tuple(dict.fromkeys(names))


RUNG = RungSpec(
    id="masking",
    title="Sensitive data is masked in the log",
    why="Guardrails mask the answer, not the log: without this policy e-mail addresses and keys stand there in clear.",
    reads=("configuration", "record", "log_group", "data_protection"),
    how="PASS when the log group's data-protection policy has a Deidentify statement with data identifiers, or when a "
    "policy of the account applies to it. NOT_APPLICABLE when the record says that the deploy does not mask, on "
    "purpose, or that the log group is not the deploy's own. Otherwise FAIL.",
    sources=(sources.LOGS_MASKING,),
    judge=judge,
    needs=("log-group",),
)
