"""X-Ray in an account that nobody has touched, and what the tests of tracing share."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from botocore.credentials import Credentials

from tests.sandbox.otlp_client import send
from tests.sandbox.services.conftest import Account, eventually, policy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.sandbox import Sandbox

pytestmark = pytest.mark.sandbox

SPANS, STREAM = "aws/spans", "default"
PROTOBUF = "application/x-protobuf"


@dataclass
class Tracing(Account):
    """The account, and how traces get into it."""

    # Literals from the CloudWatch user guide, "Enable Transaction Search", never from our blueprint.
    def let_xray_write(self, *groups: str, name: str = "TransactionSearchAccess", **changes: Any) -> None:
        statement: dict[str, Any] = {
            "Effect": "Allow",
            "Principal": {"Service": "xray.amazonaws.com"},
            "Action": "logs:PutLogEvents",
            "Resource": [
                f"arn:aws:logs:{self.region}:{self.id}:log-group:{group}:*"
                for group in groups or (SPANS, "/aws/application-signals/data")
            ],
            "Condition": {
                "ArnLike": {"aws:SourceArn": f"arn:aws:xray:{self.region}:{self.id}:*"},
                "StringEquals": {"aws:SourceAccount": self.id},
            },
        }
        self.logs.put_resource_policy(policyName=name, policyDocument=policy(statement | changes))

    def search(self) -> None:
        """Transaction Search is on and in force afterwards."""
        self.settings(trace_destination_seconds=0)
        self.let_xray_write()
        self.xray.update_trace_segment_destination(Destination="CloudWatchLogs")

    def stream(self, prefix: str = "/test/otlp") -> tuple[str, str]:
        group = self.name(prefix)
        self.logs.create_log_group(logGroupName=group)
        self.logs.create_log_stream(logGroupName=group, logStreamName="events")
        return group, "events"

    def kept(self, group: str = SPANS, stream: str = STREAM) -> list[dict[str, Any]]:
        answer = self.logs.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True)
        return [json.loads(event["message"]) for event in answer["events"]]

    def post(
        self,
        path: str,
        body: bytes | dict[str, Any],
        *,
        to: tuple[str, str] | None = None,
        role: str | None = None,
        **headers: str,
    ) -> tuple[int, bytes]:
        """A signed request to an OTLP endpoint; a dictionary is sent as JSON."""
        sent = {"Content-Type": PROTOBUF if isinstance(body, bytes) else "application/json"}
        if to:
            sent |= {"x-aws-log-group": to[0], "x-aws-log-stream": to[1]}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if sent.get("Content-Encoding") == "gzip":
            data = gzip.compress(data)
        got = self.sandbox.credentials(role) if role else self.sandbox.credentials()
        keys = Credentials(got.access_key_id, got.secret_access_key, got.session_token)
        return send(self.sandbox, keys, path, data, sent)


@pytest.fixture(scope="session")
def tracing_clients() -> dict[str, Any]:
    return {}


@pytest.fixture
def tracing(sandbox: Sandbox, tracing_clients: dict[str, Any]) -> Iterator[Tracing]:
    """Tracing as in a new account, before and after the test."""
    tracing = Tracing(sandbox, tracing_clients)
    _start_over(tracing)
    yield tracing
    _start_over(tracing)
    (sandbox.directory / "services.json").unlink(missing_ok=True)


def _start_over(tracing: Tracing) -> None:
    tracing.settings(trace_destination_seconds=0)
    if tracing.xray.get_trace_segment_destination()["Destination"] != "XRay":
        tracing.xray.update_trace_segment_destination(Destination="XRay")
    assert eventually(lambda: tracing.xray.get_trace_segment_destination()["Status"] == "ACTIVE")
    tracing.xray.update_indexing_rule(Name="Default", Rule={"Probabilistic": {"DesiredSamplingPercentage": 1}})
    for known in tracing.xray.list_resource_policies()["ResourcePolicies"]:
        tracing.xray.delete_resource_policy(PolicyName=known["PolicyName"])
    for known in tracing.logs.describe_resource_policies()["resourcePolicies"]:
        tracing.logs.delete_resource_policy(policyName=known["policyName"])
    if tracing.logs.describe_log_groups(logGroupNamePrefix=SPANS)["logGroups"]:
        tracing.logs.delete_log_group(logGroupName=SPANS)


def test_traces_go_to_xray_and_one_percent_is_indexed(tracing: Tracing) -> None:
    answer = tracing.xray.get_trace_segment_destination()
    assert (answer["Destination"], answer["Status"]) == ("XRay", "ACTIVE")
    [rule] = tracing.xray.get_indexing_rules()["IndexingRules"]
    assert rule["Name"] == "Default"
    assert rule["Rule"]["Probabilistic"]["DesiredSamplingPercentage"] == 1.0
    assert tracing.xray.list_resource_policies()["ResourcePolicies"] == []


def test_the_default_sampling_rule_takes_one_request_a_second_and_five_percent_of_the_rest(tracing: Tracing) -> None:
    [record] = tracing.xray.get_sampling_rules()["SamplingRuleRecords"]
    rule = record["SamplingRule"]
    assert (rule["RuleName"], rule["ReservoirSize"], rule["FixedRate"]) == ("Default", 1, 0.05)
    counted = {"ClientID": "0" * 24, "Timestamp": 1, "RequestCount": 3, "SampledCount": 1}
    answer = tracing.xray.get_sampling_targets(
        SamplingStatisticsDocuments=[{"RuleName": "Default", **counted}, {"RuleName": "Mine", **counted}]
    )
    [target] = answer["SamplingTargetDocuments"]
    assert (target["RuleName"], target["FixedRate"], target["ReservoirQuota"]) == ("Default", 0.05, 1)
    assert [item["RuleName"] for item in answer["UnprocessedStatistics"]] == ["Mine"]


@pytest.mark.parametrize("percentage", [0, 0.5, 100])
def test_any_percentage_can_be_indexed(tracing: Tracing, percentage: float) -> None:
    wanted = {"Probabilistic": {"DesiredSamplingPercentage": percentage}}
    changed = tracing.xray.update_indexing_rule(Name="Default", Rule=wanted)["IndexingRule"]
    assert changed["Rule"]["Probabilistic"]["DesiredSamplingPercentage"] == percentage
    [rule] = tracing.xray.get_indexing_rules()["IndexingRules"]
    assert rule["Rule"] == changed["Rule"]


@pytest.mark.parametrize(
    ("name", "percentage", "code"),
    [("Default", 100.5, "InvalidRequestException"), ("Default", -1, "InvalidRequestException"),
     ("Mine", 5, "ResourceNotFoundException")],
)  # fmt: skip
def test_another_rule_and_no_percentage_are_refused(tracing: Tracing, name: str, percentage: float, code: str) -> None:
    wanted = {"Probabilistic": {"DesiredSamplingPercentage": percentage}}
    with pytest.raises(tracing.xray.exceptions.ClientError) as refused:
        tracing.xray.update_indexing_rule(Name=name, Rule=wanted)
    assert refused.value.response["Error"]["Code"] == code
    [rule] = tracing.xray.get_indexing_rules()["IndexingRules"]
    assert rule["Rule"]["Probabilistic"]["DesiredSamplingPercentage"] == 1.0


def test_each_region_has_its_own_settings(tracing: Tracing) -> None:
    tracing.search()
    elsewhere = tracing.sandbox.client("xray", region_name="eu-west-1")
    assert elsewhere.get_trace_segment_destination()["Destination"] == "XRay"
    assert tracing.xray.get_trace_segment_destination()["Destination"] == "CloudWatchLogs"
