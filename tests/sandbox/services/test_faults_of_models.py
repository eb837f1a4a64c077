"""Injected faults of model calls are seen by the metrics and the invocation log, as AWS would see its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.config import Config

from .conftest import MODEL, error_of, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Account

pytestmark = pytest.mark.sandbox


@pytest.fixture(autouse=True)
def no_faults_left(account: Account) -> Iterator[None]:
    yield
    account.sandbox.faults.clear()


def test_a_throttled_call_counts_as_a_throttle_and_leaves_its_error_code(account: Account) -> None:
    group = account.configure()
    model = account.name("anthropic.throttled") + "-v1:0"
    account.sandbox.faults.add("bedrock:Converse", "throttle", times=1)
    client = account.sandbox.client("bedrock-runtime", config=Config(retries={"total_max_attempts": 1}))
    message = {"role": "user", "content": [{"text": "hello"}]}
    assert error_of(client.converse, modelId=model, messages=[message])[0] == "ThrottlingException"
    [record] = account.records(group)
    assert (record["errorCode"], record["modelId"]) == ("ThrottlingException", model)
    assert eventually(lambda: account.metric("InvocationThrottles", ModelId=model)) == 1
    assert account.metric("Invocations", ModelId=model) == 0
    account.converse(modelId=model)
    assert len(account.records(group, count=2)) == 2
    assert account.metric("Invocations", ModelId=model) == 1


def test_an_answer_that_got_lost_was_still_a_call(account: Account) -> None:
    group = account.configure()
    account.sandbox.faults.add("bedrock:Converse", "drop", times=1)
    answer = account.converse("asked twice", modelId=MODEL)
    records = account.records(group, count=2)
    assert [record["requestId"] for record in records][-1] == answer["ResponseMetadata"]["RequestId"]
    assert len({record["requestId"] for record in records}) == 2
