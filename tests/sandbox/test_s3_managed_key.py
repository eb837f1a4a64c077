from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bedrock_o11y.sandbox import Sandbox

pytestmark = pytest.mark.sandbox


def test_encryption_with_kms_and_no_key_takes_the_managed_key_as_the_cdk_expects(sandbox: Sandbox) -> None:
    s3 = sandbox.client("s3")
    s3.create_bucket(Bucket="managed-key")
    s3.put_object(Bucket="managed-key", Key="k", Body=b"x", ServerSideEncryption="aws:kms")
    head = s3.head_object(Bucket="managed-key", Key="k")
    assert head["ServerSideEncryption"] == "aws:kms"
    assert head["SSEKMSKeyId"] == "arn:aws:kms:us-east-1:000000000000:alias/aws/s3"
    named = "arn:aws:kms:us-east-1:000000000000:key/1234"
    s3.put_object(Bucket="managed-key", Key="n", Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId=named)
    assert s3.head_object(Bucket="managed-key", Key="n")["SSEKMSKeyId"] == named
