"""Bodies over 100 KB, images and S3 records are delivered to the bucket, in the layout seen in accounts.

Source: Bedrock user guide, model-invocation-logging; key layout as in elastic/integrations, issue 11808.
"""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING

import pytest

from .conftest import MODEL, eventually, policy

if TYPE_CHECKING:
    from .conftest import Account

pytestmark = pytest.mark.sandbox


def payload_bucket(account: Account) -> str:
    name = account.name("payload")
    account.s3.create_bucket(Bucket=name)
    account.s3.put_bucket_policy(
        Bucket=name,
        Policy=policy(account.trust(Action="s3:PutObject", Resource=f"arn:aws:s3:::{name}/*")),
    )
    return name


def content(account: Account, address: str) -> bytes:
    bucket, _, key = address.removeprefix("s3://").partition("/")
    return bytes(account.s3.get_object(Bucket=bucket, Key=key)["Body"].read())


def test_a_body_over_100_kb_goes_to_the_payload_bucket(account: Account) -> None:
    bucket = payload_bucket(account)
    group = account.configure(
        cloudWatchConfig={"largeDataDeliveryS3Config": {"bucketName": bucket, "keyPrefix": "large"}}
    )
    account.converse("x" * 110_000)
    [record] = account.records(group)
    assert "inputBodyJson" not in record["input"]
    path = record["input"]["inputBodyS3Path"]
    layout = rf"s3://{bucket}/large/AWSLogs/{account.id}/BedrockModelInvocationLogs/{account.region}"
    assert re.fullmatch(layout + r"/\d{4}/\d\d/\d\d/\d\d/data/[0-9a-f-]{36}_input\.json\.gz", path)
    body = json.loads(gzip.decompress(content(account, path)))
    assert body["messages"][0]["content"] == [{"text": "x" * 110_000}]
    assert record["output"]["outputBodyJson"]["stopReason"] == "end_turn"


def test_a_body_over_100_kb_is_left_out_without_a_payload_bucket(account: Account) -> None:
    group = account.configure()
    account.converse("x" * 110_000)
    [record] = account.records(group)
    assert "inputBodyJson" not in record["input"]
    assert "inputBodyS3Path" not in record["input"]
    assert record["input"]["inputTokenCount"] > 1000


def test_a_body_just_under_100_kb_stays_in_the_record(account: Account) -> None:
    group = account.configure()
    account.converse("x" * 100_000)
    assert account.records(group)[0]["input"]["inputBodyJson"]["messages"]


def test_images_are_delivered_to_s3_only(account: Account) -> None:
    bucket = payload_bucket(account)
    group = account.configure(cloudWatchConfig={"largeDataDeliveryS3Config": {"bucketName": bucket}})
    image = {"image": {"format": "png", "source": {"bytes": b"\x89PNG-not-really"}}}
    account.bedrock_runtime.converse(
        modelId=MODEL, messages=[{"role": "user", "content": [{"text": "what is it?"}, image]}]
    )
    [record] = account.records(group)
    assert record["input"]["inputBodyJson"]["messages"][0]["content"][1] == {"image": {"format": "png", "source": {}}}
    keys = [item["Key"] for item in account.s3.list_objects_v2(Bucket=bucket)["Contents"]]
    [stored] = [key for key in keys if "/data/" in key]
    assert content(account, f"s3://{bucket}/{stored}") == b"\x89PNG-not-really"


def test_s3_records_are_gzipped_lines_under_the_hour(account: Account) -> None:
    bucket = payload_bucket(account)
    account.bedrock.put_model_invocation_logging_configuration(
        loggingConfig={"s3Config": {"bucketName": bucket, "keyPrefix": "logs"}}
    )
    account.converse(requestMetadata={"nonce": "s3"})

    def record_keys() -> list[str]:
        items = account.s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        return [item["Key"] for item in items if item["Key"].endswith(".json.gz")]

    [key] = eventually(record_keys)
    layout = rf"logs/AWSLogs/{account.id}/BedrockModelInvocationLogs/{account.region}/\d{{4}}/\d\d/\d\d/\d\d"
    assert re.fullmatch(layout + r"/\d{8}T\d{9}Z_[0-9a-f]{16}\.json\.gz", key)
    [line] = gzip.decompress(content(account, f"s3://{bucket}/{key}")).splitlines()
    assert json.loads(line)["requestMetadata"] == {"nonce": "s3"}


def test_a_lost_bucket_policy_counts_as_a_failure_of_large_data(account: Account) -> None:
    bucket = payload_bucket(account)
    group = account.configure(cloudWatchConfig={"largeDataDeliveryS3Config": {"bucketName": bucket}})
    account.s3.delete_bucket_policy(Bucket=bucket)
    failed = account.metric("ModelInvocationLargeDataS3DeliveryFailure")
    account.converse("x" * 110_000)
    [record] = account.records(group)
    assert "inputBodyS3Path" not in record["input"]
    assert account.metric("ModelInvocationLargeDataS3DeliveryFailure") == failed + 1
