"""`aws:kms` without a key means the AWS managed key, as in AWS.

Source: S3 API reference, PutObject, x-amz-server-side-encryption-aws-kms-key-id: without it S3 takes the managed key
(aws/s3). MiniStack refuses such a request, and so every asset of the CDK command line, which asks the bootstrap bucket
for its encryption and repeats it without a key.
"""

from __future__ import annotations

from typing import Any

from . import seams

_ALGORITHM = "x-amz-server-side-encryption"
_KEY = "x-amz-server-side-encryption-aws-kms-key-id"


def install() -> None:
    """Name the managed key where a request names none."""
    before = seams.get("services.s3:_resolve_sse_write_headers")
    region, account = seams.get("core.responses:get_region"), seams.get("core.responses:get_account_id")

    def resolve(headers: dict[str, str], bucket_name: str) -> Any:
        if headers.get(_ALGORITHM) == "aws:kms" and not headers.get(_KEY):
            headers = {**headers, _KEY: f"arn:aws:kms:{region()}:{account()}:alias/aws/s3"}
        return before(headers, bucket_name)

    seams.replace("services.s3:_resolve_sse_write_headers", resolve)
