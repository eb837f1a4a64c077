"""Bodies over 100 KB, images and documents do not fit into a log event: without a bucket they are lost."""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from bedrock_o11y.blueprint import invocation_logging as blueprint
from bedrock_o11y.blueprint import sources
from bedrock_o11y.check.resource_policy import ANYTHING, Answer, ServiceRequest, answer
from bedrock_o11y.check.rung import Judgement, RungSpec, combined, failed, not_applicable, passed, unknown, unreadable
from bedrock_o11y.check.subject import Place, Subject, delivered_types, shown_key, subject

if TYPE_CHECKING:
    from bedrock_o11y.check.evidence import Evidence

_GRANT = blueprint.PAYLOAD_BUCKET_GRANTS[0]


def judge(evidence: Evidence) -> Judgement:
    """PASS when large bodies have a bucket that Bedrock can write to."""
    about = subject(evidence)
    if about.bucket is None:
        return _without(evidence, about)
    reading = evidence.fact("bucket")
    if reading.is_unreadable:
        return unreadable(f"Bucket {about.bucket.bucket}", reading)
    if reading.is_absent:
        return failed(
            f"Bucket {about.bucket.bucket} does not exist.",
            next_step="Deploy the InvocationLogging stack again, or configure a bucket that exists.",
        )
    return combined(
        _region(evidence, about.bucket),
        _ownership(evidence, about.bucket),
        _policy(evidence, about.bucket),
        _encryption(evidence, about),
    )


def _without(evidence: Evidence, about: Subject) -> Judgement:
    if about.live is None:
        because = evidence.fact("configuration").reason or "there is no configuration"
        return unknown(f"No bucket is named: {because}.", blocked_by="configuration")
    if about.bucket_expected is False:
        return not_applicable(f"Stack {about.stack} deploys no payload bucket, on purpose: large bodies are not kept.")
    if not delivered_types(about.live):
        return not_applicable("No kind of data is delivered, so there are no large bodies.")
    return failed(
        "Bodies over 100 KB, images and documents have nowhere to go: the configuration names no bucket for them.",
        next_step="Set cloudWatchConfig.largeDataDeliveryS3Config, or deploy the InvocationLogging stack.",
    )


def _region(evidence: Evidence, place: Place) -> Judgement:
    region = evidence.value("bucket").get("region")
    if region and region != evidence.region:
        return failed(
            f"Bucket {place.bucket} is in Region {region}; Bedrock delivers only within {evidence.region}.",
            next_step=f"Configure a bucket in {evidence.region}.",
        )
    return passed(f"Bucket {place.bucket} exists" + (f" in {region}." if region else "."))


def _ownership(evidence: Evidence, place: Place) -> Judgement:
    reading = evidence.fact("bucket_ownership")
    if reading.is_unreadable:
        return unreadable(f"The object ownership of bucket {place.bucket}", reading)
    if reading.value != "BucketOwnerEnforced":
        return failed(
            f"Access control lists are on in bucket {place.bucket} (object ownership: {reading.value or 'not set'}); "
            "Bedrock wants them off.",
            next_step=f"Set object ownership of bucket {place.bucket} to BucketOwnerEnforced.",
        )
    return passed("Access control lists are off.")


def _policy(evidence: Evidence, place: Place) -> Judgement:
    reading = evidence.fact("bucket_policy")
    if reading.is_unreadable:
        return unreadable(f"The policy of bucket {place.bucket}", reading)
    values = {
        "Partition": evidence.partition,
        "Account": evidence.account,
        "BucketName": place.bucket,
        "KeyPrefix": f"{place.prefix}/" if place.prefix else "",
    }
    below = Template(_GRANT.resources[0]).substitute(values).removesuffix("*")
    request = ServiceRequest(
        _GRANT.principals[0],
        _GRANT.actions[0],
        f"{below}{evidence.region}/2026/01/01/00/data/record_input.json.gz",
        {
            "aws:SourceAccount": evidence.account,
            "aws:SourceArn": f"arn:{evidence.partition}:bedrock:{evidence.region}:{evidence.account}:{ANYTHING}",
        },
    )
    found, statement = answer(reading.value or {}, request)
    if found is Answer.ALLOWED:
        return passed(f"The bucket policy lets {request.service} write below {below} (statement {statement}).")
    if found is Answer.UNDECIDED:
        return unknown(
            f"Whether the policy of bucket {place.bucket} lets {request.service} write depends on conditions of "
            f"statement {statement} that cannot be judged from outside.",
            next_step="Read that statement by eye.",
        )
    because = f"statement {statement} denies it" if found is Answer.DENIED else "no statement allows it"
    return failed(
        f"{request.service} may not write to bucket {place.bucket} below {below}: {because}.",
        next_step=f"Let {request.service} do {request.action} on {below}* in the bucket policy. {_GRANT.purpose}",
    )


def _encryption(evidence: Evidence, about: Subject) -> Judgement:
    reading = evidence.fact("bucket_encryption")
    if reading.is_unreadable:
        return unreadable("The encryption of the bucket", reading)
    found = reading.value or {}
    key, wanted = found.get("key"), (about.expected_bucket or {}).get("kmsKeyArn")
    shown = shown_key(key) if key else found.get("algorithm") or "the default of Amazon S3"
    if wanted and not _same_key(key, wanted):
        return failed(
            f"The bucket is encrypted with {shown}; stack {about.stack} expects {shown_key(wanted)}.",
            next_step=f"Deploy stack {about.stack} again.",
        )
    return passed(f"Objects are encrypted with {shown}.")


def _same_key(key: str | None, arn: str) -> bool:
    # S3 gives the key back as it was set: as an ARN or as the bare id.
    return bool(key) and (key == arn or arn.endswith(f":key/{key}"))


RUNG = RungSpec(
    id="payload-bucket",
    title="Large bodies have a bucket that Bedrock can write to",
    why="A log event holds bodies up to 100 KB; larger ones, images and documents are lost without a bucket.",
    reads=("configuration", "record", "bucket", "bucket_ownership", "bucket_policy", "bucket_encryption"),
    how="The bucket must exist, be in the same account and Region, have access control lists off, be encrypted with "
    "the expected key, and its policy must let bedrock.amazonaws.com write below the prefix; the policy is read "
    "statement by statement and a Deny wins. Without a bucket: NOT_APPLICABLE when the record says that none is "
    "wanted or no data is delivered, otherwise FAIL.",
    sources=(sources.INVOCATION_LOGGING, sources.CONFUSED_DEPUTY),
    judge=judge,
)
