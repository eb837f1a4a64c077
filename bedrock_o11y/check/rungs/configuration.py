"""The lowest rung: without a configuration Bedrock logs nothing (logging is off by default)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedrock_o11y.blueprint import sources
from bedrock_o11y.check.rung import Judgement, RungSpec, failed, passed, unreadable
from bedrock_o11y.check.subject import delivered_types, large_bodies

if TYPE_CHECKING:
    from bedrock_o11y.check.evidence import Evidence


def judge(evidence: Evidence) -> Judgement:
    """PASS when a configuration with a destination exists."""
    reading = evidence.fact("configuration")
    if reading.is_unreadable:
        return unreadable("The configuration", reading)
    if reading.is_absent:
        return failed(
            f"Model invocation logging is off in account {evidence.account}, Region {evidence.region}: "
            "there is no configuration.",
            next_step="Deploy the InvocationLogging stack; 'bedrock-o11y plan' shows what it will do.",
        )
    configuration = reading.value
    cloudwatch = configuration.get("cloudWatchConfig") or {}
    sentences = []
    if cloudwatch:
        sentences.append(
            f"Records go to log group {cloudwatch.get('logGroupName')}, written as {cloudwatch.get('roleArn')}."
        )
    if configuration.get("s3Config"):
        sentences.append(f"Records go to bucket {configuration['s3Config'].get('bucketName')}.")
    if place := large_bodies(configuration):
        sentences.append(f"Large bodies go to {place}.")
    kinds = delivered_types(configuration)
    sentences.append(f"Delivered data: {', '.join(kinds)}." if kinds else "No kind of data is delivered.")
    return passed(*sentences)


RUNG = RungSpec(
    id="configuration",
    title="Model invocation logging is configured",
    why="Logging is off by default: without a configuration no model call leaves a record.",
    reads=("configuration",),
    how="PASS when the account has a configuration with a log group or a bucket as its destination, FAIL when it has "
    "none.",
    sources=(sources.INVOCATION_LOGGING,),
    judge=judge,
)
