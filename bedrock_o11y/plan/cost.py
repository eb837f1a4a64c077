"""What a deploy costs each month before any model is called, and the prices of what grows with use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.report.plan import Cost, Price

if TYPE_CHECKING:
    from .wanted import Wanted

PRICE_REGION: Final = "us-east-1"
AS_OF: Final = "2026-11"

_KEY: Final = Price("1 customer KMS key", 1.00, "month", "https://aws.amazon.com/kms/pricing/")
_LOGS: Final = "https://aws.amazon.com/cloudwatch/pricing/"
_LOG_GROUP: Final = (
    Price("log ingestion", 0.50, "GB", _LOGS),
    Price("log storage", 0.03, "GB and month", _LOGS),
    Price("masking", 0.12, "GB scanned", _LOGS),
)
_BUCKET: Final = Price("payload storage", 0.023, "GB and month", "https://aws.amazon.com/s3/pricing/")


def expected_cost(wanted: Wanted) -> Cost:
    """What the deploy of a target costs at list price.

    Args:
        wanted: what the configuration asks for.

    Returns:
        One KMS key is the only thing with a fixed price: the role, the account setting, its record and its function
        cost nothing while nothing happens. A rotated key costs as much again for each of the first two rotations.
    """
    usage = (_LOG_GROUP if wanted.log_group else ()) + ((_BUCKET,) if wanted.bucket else ())
    return Cost(fixed=(_KEY,) if wanted.makes_key else (), usage=usage, region=PRICE_REGION, as_of=AS_OF)
