"""What Bedrock itself says about delivery: its metrics count the records that arrived and those that did not.

This rung stands for every cause that cannot be read off the account, such as a service control policy. Its rule, which
the canary's rung shares:

- The newest evidence decides. A success after the last failure passes, so that failures before a repair do not fail an
  account for as long as they stay in the window. A canary whose record arrived is the newest success there can be.
- Successes and failures in the same newest minute fail: records are being lost now.
- No delivery in the window proves nothing: UNKNOWN, unless the canary's record arrived.
- When a rung below has failed and explains why nothing is delivered, this one is UNKNOWN, blocked by it.
- When it fails, the canary is blocked by it: one cause, one FAIL.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.blueprint import invocation_logging as blueprint
from bedrock_o11y.blueprint import sources
from bedrock_o11y.check.canary_evidence import arrived
from bedrock_o11y.check.rung import Judgement, RungSpec, combined, failed, passed, unknown, unreadable
from bedrock_o11y.check.subject import subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bedrock_o11y.check.evidence import Evidence


LOGGING_ROLE: Final = ("logging-role-trust", "logging-role-permissions")
"""The rungs that explain why Bedrock cannot write as its role."""


@dataclass(frozen=True, slots=True)
class _Family:
    what: str
    success: str
    failure: str


_LOGS = _Family("records to the log group", blueprint.LOGS_DELIVERY_SUCCESS, blueprint.LOGS_DELIVERY_FAILURE)
_S3 = _Family("records to the bucket", blueprint.S3_DELIVERY_SUCCESS, blueprint.S3_DELIVERY_FAILURE)
_LARGE = _Family(
    "large bodies to the bucket", blueprint.LARGE_DATA_DELIVERY_SUCCESS, blueprint.LARGE_DATA_DELIVERY_FAILURE
)


def judge(evidence: Evidence) -> Judgement:
    """PASS when the newest delivery of each kind in use succeeded."""
    live = subject(evidence).live
    if live is None:
        return unknown("Without a configuration nothing is delivered.", blocked_by="configuration")
    reading = evidence.fact("delivery")
    if not reading.is_present:
        return unreadable("The delivery metrics", reading)
    cloudwatch = live.get("cloudWatchConfig") or {}
    main = ((_LOGS,) if cloudwatch else ()) + ((_S3,) if live.get("s3Config") else ())
    judged = [_family(evidence, family, reading.value) for family in main]
    if cloudwatch.get("largeDataDeliveryS3Config") and _counts(reading.value, _LARGE):
        judged.append(_family(evidence, _LARGE, reading.value))
    return combined(*judged)


def _family(evidence: Evidence, family: _Family, metrics: Mapping[str, Any]) -> Judgement:
    successes: Mapping[str, float] = metrics["series"].get(family.success) or {}
    failures: Mapping[str, float] = metrics["series"].get(family.failure) or {}
    good, bad = round(sum(successes.values())), round(sum(failures.values()))
    window = f"between {_clock(metrics['start'])} and {_clock(metrics['end'])} UTC"
    canary = arrived(evidence) if family is _LOGS else None
    newest_success, newest_failure = max(successes, default=""), max(failures, default="")
    proven = max(newest_success, str(canary["seen_at"]) if canary else "")

    if failures and not (canary and newest_failure <= proven) and newest_failure >= newest_success:
        seen = f"{bad} of {_deliveries(bad + good)} of {family.what} failed {window}"
        since = f"the last one that succeeded was at {_clock(newest_success)}" if good else "none succeeded"
        return failed(f"{seen}, the newest at {_clock(newest_failure)}; {since}.", next_step=_next(family))
    before = (f"{bad} failed before that, the newest at {_clock(newest_failure)}.",) if failures else ()
    if good:
        return passed(
            f"{_deliveries(good)} of {family.what} succeeded {window}, the newest at {_clock(newest_success)}.", *before
        )
    if canary:
        return passed(
            "The canary's record arrived; CloudWatch has no datapoint of it yet, which takes minutes.", *before
        )
    return unknown(
        f"No delivery of {family.what} was counted {window}: no model was called, or the metrics are not there yet.",
        next_step="Run again after a model call, or with --canary, which makes one.",
    )


def _counts(metrics: Mapping[str, Any], family: _Family) -> bool:
    return bool(metrics["series"].get(family.success) or metrics["series"].get(family.failure))


def _next(family: _Family) -> str:
    if family is not _LOGS:
        return (
            "Bedrock cannot write to the bucket: compare its policy and its key with 'bedrock-o11y check --explain "
            "payload-bucket', then run again with --canary."
        )
    return (
        "Run again with --canary: if its record arrives, the cause was repaired within the last hour. If not, what "
        "cannot be read from the account is left: a service control policy, or a rung below that is UNKNOWN."
    )


def _deliveries(count: int) -> str:
    return "1 delivery" if count == 1 else f"{count} deliveries"


def _clock(stamp: str) -> str:
    return stamp[11:16]


RUNG = RungSpec(
    id="delivery",
    title="Bedrock delivers the records",
    why="Everything can look right while Bedrock cannot write: then only its delivery metrics show it.",
    reads=("configuration", "record", "delivery"),
    how="The newest evidence of the last hour decides: a success after the last failure passes, a failure in the same "
    "minute or later fails. A canary's record that arrived counts as a success of that moment. No delivery at all "
    "is UNKNOWN. It is judged for the log group, the bucket and large bodies, each if in use. The metrics are asked "
    "for with and without a dimension, because the documentation can be read either way.",
    sources=(sources.BEDROCK_METRICS, sources.INVOCATION_LOGGING),
    judge=judge,
    needs=("configuration", "configuration-as-expected", "log-group", "key-policy", "payload-bucket", *LOGGING_ROLE),
)
