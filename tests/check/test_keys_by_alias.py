"""A bucket may name its key by an alias, which GetKeyPolicy does not take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .conftest import BUCKET

if TYPE_CHECKING:
    from .conftest import ByHand

pytestmark = pytest.mark.sandbox


@pytest.mark.parametrize("form", ["alias", "arn of alias", "id", "arn"])
def test_the_key_of_the_bucket_is_found_however_it_is_named(by_hand: ByHand, form: str) -> None:
    kms, account = by_hand.client("kms"), by_hand.sandbox.account_id
    name = f"alias/payloads-{form.replace(' ', '-')}"
    kms.create_alias(AliasName=name, TargetKeyId=by_hand.key)
    shown = {
        "alias": name,
        "arn of alias": f"arn:aws:kms:us-east-1:{account}:{name}",
        "id": by_hand.key.rpartition("/")[2],
        "arn": by_hand.key,
    }[form]
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": shown}}
    by_hand.client("s3").put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})
    _, report = by_hand.check("--only", "key-policy")
    (rung,) = report["rungs"]
    assert rung["state"] == "PASS"
    assert len(rung["evidence"]) == 2
