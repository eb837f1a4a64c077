"""Metrics of AWS/Bedrock, and how CloudWatch reads them. Source: Bedrock user guide, runtime metrics."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from .conftest import error_of, eventually

if TYPE_CHECKING:
    from .conftest import Account

pytestmark = pytest.mark.sandbox


def model(account: Account) -> str:
    return account.name("anthropic.claude-test") + "-v1:0"


def test_a_call_counts_under_its_model(account: Account) -> None:
    name = model(account)
    usage = account.converse(modelId=name)["usage"]
    assert eventually(lambda: account.metric("OutputTokenCount", ModelId=name)) == usage["outputTokens"]
    assert account.metric("Invocations", ModelId=name) == 1
    assert account.metric("InputTokenCount", ModelId=name) == usage["inputTokens"]
    assert account.metric("InvocationLatency", ModelId=name) >= 1
    assert account.metric("TimeToFirstToken", ModelId=name) == 0
    assert account.metric("InvocationClientErrors", ModelId=name) == 0


def test_a_streaming_call_has_a_time_to_first_token(account: Account) -> None:
    name = model(account)
    message = {"role": "user", "content": [{"text": "hello"}]}
    list(account.bedrock_runtime.converse_stream(modelId=name, messages=[message])["stream"])
    assert eventually(lambda: account.metric("TimeToFirstToken", ModelId=name)) >= 1


def test_a_request_refused_at_validation_is_a_client_error_and_no_invocation(account: Account) -> None:
    name = model(account)
    error_of(account.bedrock_runtime.converse, modelId=name, messages=[{"role": "user", "content": []}])
    assert eventually(lambda: account.metric("InvocationClientErrors", ModelId=name)) == 1
    assert account.metric("Invocations", ModelId=name) == 0


@pytest.mark.parametrize(("setting", "dimensions"), [("none", {}), ("model-id", {"ModelId": "Across all model IDs"})])
def test_delivery_metrics_come_in_both_readings_of_the_guide(
    account: Account, setting: str, dimensions: dict[str, str]
) -> None:
    account.settings(delivery_metric_dimension=setting)
    group = account.configure()
    name = "ModelInvocationLogsCloudWatchDeliverySuccess"
    before = account.metric(name, **dimensions)
    account.converse()
    account.records(group)
    assert eventually(lambda: account.metric(name, **dimensions) == before + 1)


def test_a_metric_without_dimensions_is_not_the_sum_of_those_with(account: Account) -> None:
    name = account.name("Metric")
    data = [
        {"MetricName": name, "Value": 1, "Dimensions": [{"Name": "A", "Value": "x"}]},
        {"MetricName": name, "Value": 10},
    ]
    account.cloudwatch.put_metric_data(Namespace="Test", MetricData=data)
    now = time.time()

    def read(*dimensions: dict[str, str]) -> list[float]:
        metric = {"Namespace": "Test", "MetricName": name, "Dimensions": list(dimensions)}
        query = {"Id": "m", "MetricStat": {"Metric": metric, "Period": 86400, "Stat": "Sum"}}
        answer = account.cloudwatch.get_metric_data(MetricDataQueries=[query], StartTime=now - 3600, EndTime=now + 60)
        return list(answer["MetricDataResults"][0]["Values"])

    assert read() == [10.0]
    assert read({"Name": "A", "Value": "x"}) == [1.0]
    assert read({"Name": "A", "Value": "y"}) == []
    listed = account.cloudwatch.list_metrics(Namespace="Test", MetricName=name)["Metrics"]
    assert sorted(len(metric["Dimensions"]) for metric in listed) == [0, 1]
