"""Delivery of the record of a model call to the configured destinations, after the call has been answered.

Every destination is reached as Bedrock reaches it (``bedrock_destinations``); what is refused is not written and counts
as a delivery failure. Metric names: Bedrock user guide, runtime metrics, "Across all model IDs". Key layout of S3
records as seen in buckets (elastic/integrations, issue 11808): ``.../YYYY/MM/DD/HH/20241120T164851056Z_HASH.json.gz``.
"""

from __future__ import annotations

import gzip
import logging
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from . import bedrock_configuration, service_settings
from . import service_seams as seams
from .bedrock_destinations import DeliveryRefusedError, write_to_bucket, write_to_log_group
from .bedrock_records import LARGEST_INLINE_BODY, encode, read_bodies, record_of
from .bedrock_tokens import tokens_of
from .metrics_bedrock import publish_delivery

if TYPE_CHECKING:
    from .bedrock_records import Bodies, Invocation

_CLOUDWATCH = "ModelInvocationLogsCloudWatchDelivery"
_S3 = "ModelInvocationLogsS3Delivery"
_LARGE = "ModelInvocationLargeDataS3Delivery"
_logger = logging.getLogger("bedrock-o11y.sandbox.bedrock")


def deliver(call: Invocation) -> None:
    """Deliver the record of a call to each destination of the configuration as it is now.

    Args:
        call: the call, in the scope of its account and Region.
    """
    config = bedrock_configuration.current()
    if config is None or not _is_delivered(call, config):
        return
    bodies = read_bodies(call, service_settings.current().converse_stream_body)
    record = record_of(call, seams.account_id(), seams.region(), bodies, tokens_of(call, bodies))
    cloudwatch = config.get("cloudWatchConfig")
    if cloudwatch is not None:
        large = cloudwatch.get("largeDataDeliveryS3Config")
        own = _with_bodies_apart(record, bodies, large, images=config["imageDataDeliveryEnabled"])
        _attempt(_CLOUDWATCH, lambda: write_to_log_group(cloudwatch, [encode(own).decode()]))
    s3 = config.get("s3Config")
    if s3 is not None:
        own = _with_bodies_apart(record, bodies, s3, images=config["imageDataDeliveryEnabled"])
        key = f"{_hour()}{datetime.now(UTC):%Y%m%dT%H%M%S%f}"[:-3] + f"Z_{uuid.uuid4().hex[:16]}.json.gz"
        # AWS batches the records of some minutes into one object; here each object holds a batch of one.
        _attempt(_S3, lambda: write_to_bucket(s3, key, gzip.compress(encode(own) + b"\n"), "application/gzip"))


def _is_delivered(call: Invocation, config: dict[str, Any]) -> bool:
    """Whether the kind of data of the call is switched on.

    The API reference says of each switch only that it includes that data in the log delivery. Whether a call of a
    kind that is switched off still leaves a record without bodies is not documented; here it leaves none.
    """
    kind = "embedding" if "embed" in call.model_id else "text"
    return bool(config[f"{kind}DataDeliveryEnabled"])


def _with_bodies_apart(
    record: dict[str, Any], bodies: Bodies, bucket: dict[str, Any] | None, *, images: bool
) -> dict[str, Any]:
    """The record for one destination: bodies over the limit are in the bucket, or nowhere when there is none."""
    own = {key: dict(value) if key in ("input", "output") else value for key, value in record.items()}
    name = str(uuid.uuid4())
    for side in ("input", "output"):
        body = own.get(side, {}).get(f"{side}BodyJson")
        if body is None or len(encode(body)) <= LARGEST_INLINE_BODY:
            continue
        del own[side][f"{side}BodyJson"]
        path = _put_large(bucket, f"{_hour()}data/{name}_{side}.json.gz", gzip.compress(encode(body)))
        if path:
            own[side][f"{side}BodyS3Path"] = path
    if images:
        for number, binary in enumerate(bodies.binaries):
            _put_large(bucket, f"{_hour()}data/{name}_input_{number}", binary)
    return own


def _put_large(bucket: dict[str, Any] | None, key: str, body: bytes) -> str | None:
    if bucket is None:
        return None
    try:
        path = write_to_bucket(bucket, key, body, "application/gzip")
    except DeliveryRefusedError as error:
        _logger.info("large data not delivered: %s", error)
        publish_delivery(f"{_LARGE}Failure")
        return None
    publish_delivery(f"{_LARGE}Success")
    return path


def _attempt(metric: str, write: Any) -> None:
    try:
        write()
    except DeliveryRefusedError as error:
        _logger.info("invocation record not delivered: %s", error)
        publish_delivery(f"{metric}Failure")
    else:
        publish_delivery(f"{metric}Success")


def _hour() -> str:
    return f"{seams.region()}/{datetime.now(UTC):%Y/%m/%d/%H}/"
