"""Names of two targets in one account never meet, and fit what AWS allows."""

from __future__ import annotations

import pytest

from bedrock_o11y.blueprint import names


@pytest.mark.parametrize(
    ("target", "slug"),
    [("BedrockO11y", "bedrock-o11y"), ("Production", "production"), ("eu-West", "eu-west"), ("A", "a")],
)
def test_a_slug_has_no_capitals(target, slug):
    assert names.slug(target) == slug


def test_a_bucket_name_fits_whatever_the_target_is_called():
    name = names.payload_bucket_name("A" * 40, "123456789012", "ap-southeast-2")
    assert len(name) <= 63
    assert name.endswith("-payloads-123456789012-ap-southeast-2")


def test_names_are_those_that_were_deployed():
    assert names.payload_bucket_name("BedrockO11y", "123456789012", "us-east-1") == (
        "bedrock-o11y-payloads-123456789012-us-east-1"
    )
    assert names.key_alias("BedrockO11y") == "bedrock-o11y/logs"
    assert names.stack_name("BedrockO11y", "Foundation") == "BedrockO11y-Foundation"
