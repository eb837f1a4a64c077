"""The delivery API of CloudWatch Logs: what it takes, what it refuses, and two changes at once.

Sources: CloudWatch Logs API reference; public reports (terraform-provider-aws 40885, 42194, 43572,
cloudformation-coverage-roadmap 2513).
"""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from .conftest import error_of, policy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Account

pytestmark = pytest.mark.sandbox

ONCE = Config(retries={"total_max_attempts": 1})


@dataclass
class Deliveries:
    """What the tests make, each under a name of its own."""

    account: Account

    @property
    def logs(self) -> Any:
        return self.account.logs

    def arn(self, resource: str, service: str = "bedrock-agentcore") -> str:
        return f"arn:aws:{service}:{self.account.region}:{self.account.id}:{resource}"

    def runtime(self) -> str:
        return self.arn(f"runtime/{self.account.name('agent').replace('-', '_')}-AbCdEfGhIj")

    def source(self, log_type: str = "APPLICATION_LOGS", resource: str = "", **more: Any) -> str:
        name = self.account.name("source")
        self.logs.put_delivery_source(name=name, resourceArn=resource or self.runtime(), logType=log_type, **more)
        return name

    def group(self, prefix: str = "/aws/vendedlogs/test") -> str:
        name = self.account.name(prefix)
        self.logs.create_log_group(logGroupName=name)
        return f"arn:aws:logs:{self.account.region}:{self.account.id}:log-group:{name}"

    def destination(self, resource: str = "", **more: Any) -> str:
        configuration = {"destinationResourceArn": resource or self.group()}
        answer = self.logs.put_delivery_destination(
            name=self.account.name("destination"), deliveryDestinationConfiguration=configuration, **more
        )
        return str(answer["deliveryDestination"]["arn"])

    def traces(self) -> str:
        answer = self.logs.put_delivery_destination(name=self.account.name("traces"), deliveryDestinationType="XRAY")
        return str(answer["deliveryDestination"]["arn"])

    def create(self, source: str, destination: str, **more: Any) -> dict[str, Any]:
        answer = self.logs.create_delivery(deliverySourceName=source, deliveryDestinationArn=destination, **more)
        return dict(answer["delivery"])

    def refusal(self, operation: str, **arguments: Any) -> tuple[str, str]:
        return error_of(getattr(self.logs, operation), **arguments)


@pytest.fixture
def made(account: Account) -> Deliveries:
    return Deliveries(account)


# --- Sources -----------------------------------------------------------------------------------------------------

SENDS = {
    "runtime/agent-AbCdEfGhIj": {"APPLICATION_LOGS", "USAGE_LOGS", "TRACES"},
    "code-interpreter-custom/tool-AbCdEfGhIj": {"APPLICATION_LOGS", "USAGE_LOGS", "TRACES"},
    "browser-custom/tool-AbCdEfGhIj": {"APPLICATION_LOGS", "USAGE_LOGS", "TRACES"},
    "memory/memory-AbCdEfGhIj": {"APPLICATION_LOGS", "TRACES"},
    "gateway/gateway-abcdefghij": {"APPLICATION_LOGS", "TRACES"},
    "workload-identity-directory/default/workload-identity/agent": {"APPLICATION_LOGS", "TRACES"},
    "policy-engine/engine-AbCdEfGhIj": set(),
    "evaluator/evaluator-AbCdEfGhIj": set(),
    "runtime/agent-AbCdEfGhIj/runtime-endpoint/DEFAULT": set(),
}


@pytest.mark.parametrize("resource", SENDS)
@pytest.mark.parametrize("log_type", ["APPLICATION_LOGS", "USAGE_LOGS", "TRACES", "EVENT_LOGS"])
def test_a_resource_sends_the_logs_that_the_reference_lists(made: Deliveries, resource: str, log_type: str) -> None:
    request = {"name": made.account.name("source"), "resourceArn": made.arn(resource), "logType": log_type}
    if log_type in SENDS[resource]:
        answer = made.logs.put_delivery_source(**request)["deliverySource"]
        assert answer["resourceArns"] == [made.arn(resource)]
        assert answer["service"] == "bedrock-agentcore"
        assert answer["logType"] == log_type
        made.logs.delete_delivery_source(name=request["name"])
    else:
        code, message = made.refusal("put_delivery_source", **request)
        assert code == ("ValidationException" if SENDS[resource] else "ResourceNotFoundException")
        assert all(expected in message for expected in SENDS[resource])


@pytest.mark.parametrize(
    ("arn", "code"),
    [
        ("arn:aws:bedrock-agentcore:us-west-2:000000000000:memory/m-AbCdEfGhIj", "ValidationException"),
        ("arn:aws:bedrock-agentcore:us-east-1:123456789012:memory/m-AbCdEfGhIj", "ValidationException"),
        ("memory/m-AbCdEfGhIj", "ValidationException"),
        ("arn:aws:cloudfront::000000000000:distribution/x", "ValidationException"),
        ("arn:aws:sqs:us-east-1:000000000000:queue", "ResourceNotFoundException"),
    ],
)
def test_a_resource_elsewhere_or_of_another_kind_is_refused(made: Deliveries, arn: str, code: str) -> None:
    request = {"name": made.account.name("source"), "resourceArn": arn, "logType": "APPLICATION_LOGS"}
    assert made.refusal("put_delivery_source", **request)[0] == code


@pytest.mark.parametrize("name", ["a" * 61, "a.b", "a/b"])
def test_a_name_has_at_most_60_of_the_allowed_characters(made: Deliveries, name: str) -> None:
    request = {"resourceArn": made.runtime(), "logType": "TRACES"}
    assert made.refusal("put_delivery_source", name=name, **request)[0] == "ValidationException"
    made.logs.put_delivery_source(name=made.account.name("a" * 49), **request)


def test_a_resource_has_one_source_for_each_type_of_log(made: Deliveries) -> None:
    runtime = made.runtime()
    made.source("APPLICATION_LOGS", runtime)
    made.source("TRACES", runtime)
    code, message = made.refusal(
        "put_delivery_source", name=made.account.name("second"), resourceArn=runtime, logType="TRACES"
    )
    assert (code, message) == (
        "ConflictException",
        "This ResourceId has already been used in another Delivery Source in this account.",
    )


def test_a_source_keeps_its_resource(made: Deliveries) -> None:
    runtime = made.runtime()
    name = made.source("TRACES", runtime)
    made.logs.put_delivery_source(name=name, resourceArn=runtime, logType="TRACES")
    code, message = made.refusal("put_delivery_source", name=name, resourceArn=made.runtime(), logType="TRACES")
    assert code == "ConflictException"
    assert message.startswith("Update to existing Delivery Source with new ResourceId is not allowed.")
    assert made.logs.get_delivery_source(name=name)["deliverySource"]["resourceArns"] == [runtime]


def test_tags_come_with_the_creation_and_through_the_tag_operations_only(made: Deliveries) -> None:
    runtime = made.runtime()
    name = made.source("TRACES", runtime, tags={"team": "a"})
    source = made.logs.get_delivery_source(name=name)["deliverySource"]
    assert source["tags"] == {"team": "a"}
    code, message = made.refusal(
        "put_delivery_source", name=name, resourceArn=runtime, logType="TRACES", tags={"team": "b"}
    )
    assert (code, message.split(".")[0]) == (
        "ConflictException",
        "Tags can only be provided when a resource is being created, not updated",
    )
    made.logs.tag_resource(resourceArn=source["arn"], tags={"team": "b"})
    assert made.logs.get_delivery_source(name=name)["deliverySource"]["tags"] == {"team": "b"}


# --- Destinations ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "taken", "refused"),
    [("CWL", {"plain", "json"}, {"w3c", "raw", "parquet"}), ("S3", {"plain", "json", "w3c", "parquet"}, {"raw"}),
     ("FH", {"plain", "json", "raw"}, {"w3c", "parquet"})],
)  # fmt: skip
def test_a_destination_takes_the_formats_of_its_type(
    made: Deliveries, kind: str, taken: set[str], refused: set[str]
) -> None:
    bucket = made.account.name("deliveries")
    made.account.s3.create_bucket(Bucket=bucket)
    resource = {
        "CWL": made.group(),
        "S3": f"arn:aws:s3:::{bucket}",
        "FH": made.arn("deliverystream/logs", "firehose"),
    }[kind]
    for output in taken:
        arn = made.destination(resource, outputFormat=output)
        [found] = made.logs.describe_delivery_destinations(names=[arn.rpartition(":")[2]])["deliveryDestinations"]
        assert (found["deliveryDestinationType"], found["outputFormat"]) == (kind, output)
    for output in refused:
        code, message = made.refusal(
            "put_delivery_destination", name=made.account.name("d"), outputFormat=output,
            deliveryDestinationConfiguration={"destinationResourceArn": resource},
        )  # fmt: skip
        assert code == "ValidationException"
        assert output in message


@pytest.mark.parametrize(
    "request_",
    [
        {"deliveryDestinationType": "XRAY", "outputFormat": "json"},
        {"deliveryDestinationType": "XRAY",
         "deliveryDestinationConfiguration": {"destinationResourceArn": "arn:aws:s3:::x"}},
        {"deliveryDestinationType": "CWL"},
        {"deliveryDestinationType": "CWL",
         "deliveryDestinationConfiguration": {"destinationResourceArn": "arn:aws:s3:::x"}},
        {"deliveryDestinationConfiguration": {"destinationResourceArn": "arn:aws:sqs:us-east-1:000000000000:q"}},
        {"deliveryDestinationConfiguration":
            {"destinationResourceArn": "arn:aws:logs:us-east-1:123456789012:log-group:g"}},
        {"deliveryDestinationConfiguration":
            {"destinationResourceArn": "arn:aws:logs:us-west-2:000000000000:log-group:g"}},
    ],
)  # fmt: skip
def test_a_destination_that_cannot_be_is_refused(made: Deliveries, request_: dict[str, Any]) -> None:
    assert made.refusal("put_delivery_destination", name="d", **request_)[0] == "ValidationException"


@pytest.mark.parametrize("arn", ["arn:aws:logs:us-east-1:000000000000:log-group:/not/there", "arn:aws:s3:::not-there"])
def test_a_destination_must_exist(made: Deliveries, arn: str) -> None:
    configuration = {"destinationResourceArn": arn}
    code, _ = made.refusal("put_delivery_destination", name="d", deliveryDestinationConfiguration=configuration)
    assert code == "ResourceNotFoundException"


def test_the_policy_of_a_destination_is_kept_and_not_shown_with_it(made: Deliveries) -> None:
    name = made.destination().rpartition(":")[2]
    assert made.refusal("get_delivery_destination_policy", deliveryDestinationName=name)[0] == (
        "ResourceNotFoundException"
    )
    made.logs.put_delivery_destination_policy(deliveryDestinationName=name, deliveryDestinationPolicy="{}")
    answer = made.logs.get_delivery_destination_policy(deliveryDestinationName=name)
    assert answer["policy"] == {"deliveryDestinationPolicy": "{}"}
    assert "policy" not in made.logs.get_delivery_destination(name=name)["deliveryDestination"]
    made.logs.delete_delivery_destination_policy(deliveryDestinationName=name)
    assert made.refusal("delete_delivery_destination_policy", deliveryDestinationName=name)[0] == (
        "ResourceNotFoundException"
    )


# --- Deliveries --------------------------------------------------------------------------------------------------


def test_a_delivery_connects_a_source_with_a_destination(made: Deliveries) -> None:
    source, destination = made.source(), made.destination()
    delivery = made.create(source, destination, recordFields=["resource_arn", "event_timestamp", "session_id"])
    assert re.fullmatch("[0-9A-Za-z]{1,64}", delivery["id"])
    assert made.logs.get_delivery(id=delivery["id"])["delivery"] == delivery
    assert delivery["deliveryDestinationType"] == "CWL"
    assert delivery["recordFields"] == ["resource_arn", "event_timestamp", "session_id"]
    assert made.logs.describe_deliveries(deliverySourceNames=[source])["deliveries"] == [delivery]
    assert made.refusal("create_delivery", deliverySourceName=source, deliveryDestinationArn=destination)[0] == (
        "ConflictException"
    )


@pytest.mark.parametrize(
    ("fields", "named"),
    [(["session_id"], "resource_arn"), (["resource_arn", "event_timestamp", "prompt"], "prompt")],
)
def test_the_fields_of_a_delivery_are_those_of_the_log(made: Deliveries, fields: list[str], named: str) -> None:
    request = {"deliverySourceName": made.source(), "deliveryDestinationArn": made.destination()}
    code, message = made.refusal("create_delivery", **request, recordFields=fields)
    assert code == "ValidationException"
    assert named in message


def test_traces_go_to_xray_and_nothing_else_does(made: Deliveries) -> None:
    logs, traces = made.source("APPLICATION_LOGS"), made.source("TRACES")
    for source, destination in ((logs, made.traces()), (traces, made.destination())):
        code, _ = made.refusal("create_delivery", deliverySourceName=source, deliveryDestinationArn=destination)
        assert code == "ValidationException"


def test_source_and_destination_are_deleted_after_their_delivery(made: Deliveries) -> None:
    source, destination = made.source(), made.destination()
    delivery = made.create(source, destination)
    name = destination.rpartition(":")[2]
    for operation, what in (("delete_delivery_source", source), ("delete_delivery_destination", name)):
        assert made.refusal(operation, name=what)[0] == "ConflictException"
    made.logs.delete_delivery(id=delivery["id"])
    made.logs.delete_delivery_source(name=source)
    made.logs.delete_delivery_destination(name=name)
    assert made.refusal("get_delivery", id=delivery["id"])[0] == "ResourceNotFoundException"
    assert made.refusal("delete_delivery_source", name=source)[0] == "ResourceNotFoundException"
    assert made.refusal("get_delivery_destination", name=name)[0] == "ResourceNotFoundException"


def test_the_configuration_of_a_delivery_is_updated_in_place(made: Deliveries) -> None:
    source, destination = made.source(), made.destination(outputFormat="json")
    delivery = made.create(source, destination)
    fields = ["resource_arn", "event_timestamp"]
    made.logs.update_delivery_configuration(id=delivery["id"], recordFields=fields)
    assert made.logs.get_delivery(id=delivery["id"])["delivery"]["recordFields"] == fields
    for wrong in ({"s3DeliveryConfiguration": {"suffixPath": "x"}}, {"fieldDelimiter": ";"}):
        code, _ = made.refusal("update_delivery_configuration", id=delivery["id"], **wrong)
        assert code == "ValidationException"


def test_lists_come_in_pages(made: Deliveries) -> None:
    runtimes = [made.runtime() for _ in range(3)]
    names = [made.source("TRACES", runtime) for runtime in runtimes]
    first = made.logs.describe_delivery_sources(resourceArns=runtimes, limit=2)
    second = made.logs.describe_delivery_sources(resourceArns=runtimes, limit=2, nextToken=first["nextToken"])
    assert [source["name"] for source in first["deliverySources"] + second["deliverySources"]] == names
    assert "nextToken" not in second


@pytest.mark.parametrize("shared", ["source", "destination", "nothing"])
def test_two_changes_of_one_source_or_destination_at_once_conflict(made: Deliveries, shared: str) -> None:
    made.account.settings(log_delivery_change_seconds=0.5)
    sources = [made.source(), made.source()]
    destinations = [made.destination(), made.destination()]
    if shared == "source":
        sources[1] = sources[0]
    if shared == "destination":
        destinations[1] = destinations[0]
    client = made.account.sandbox.client("logs", config=ONCE)

    def create(pair: tuple[str, str]) -> str:
        try:
            client.create_delivery(deliverySourceName=pair[0], deliveryDestinationArn=pair[1])
        except ClientError as error:
            return f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(create, zip(sources, destinations, strict=True)))
    busy = "ConflictException: Requested resource is currently being updated. Please try again later."
    assert outcomes == (["done", "done"] if shared == "nothing" else [busy, "done"])
    # One after the other they go through.
    made.account.settings(log_delivery_change_seconds=0.0)
    left = [pair for pair in zip(sources, destinations, strict=True) if create(pair) == "done"]
    assert len(left) == (0 if shared == "nothing" else 1)


# --- What delivery.logs.amazonaws.com may do ---------------------------------------------------------------------

DELIVERY = (
    "logs:CreateDelivery", "logs:GetDelivery", "logs:PutDeliverySource", "logs:PutDeliveryDestination",
)  # fmt: skip


def caller(made: Deliveries, *more: str) -> Any:
    """A client of a role that may make deliveries, and do some more."""
    role = made.account.name("deliverer")
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{made.account.id}:root"},
        "Action": "sts:AssumeRole",
    }
    made.account.iam.create_role(RoleName=role, AssumeRolePolicyDocument=policy(trust))
    statement = {"Effect": "Allow", "Action": [*DELIVERY, *more], "Resource": "*"}
    made.account.iam.put_role_policy(RoleName=role, PolicyName="deliver", PolicyDocument=policy(statement))
    return made.account.sandbox.client("logs", role=role)


def delivery_policy(made: Deliveries, group_arn: str, **changes: Any) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": f"{group_arn}:log-stream:*",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": made.account.id},
            "ArnLike": {"aws:SourceArn": f"arn:aws:logs:{made.account.region}:{made.account.id}:*"},
        },
    }
    return statement | changes


@pytest.fixture
def no_policies(made: Deliveries) -> None:
    for stored in made.logs.describe_resource_policies()["resourcePolicies"]:
        made.logs.delete_resource_policy(policyName=stored["policyName"])


@pytest.mark.usefixtures("no_policies")
@pytest.mark.parametrize(
    ("changes", "allowed"),
    [
        ({}, True),
        ({"Resource": "arn:aws:logs:us-east-1:000000000000:log-group:/another:log-stream:*"}, False),
        ({"Principal": {"Service": "bedrock.amazonaws.com"}}, False),
        ({"Action": ["logs:PutLogEvents"]}, False),
        ({"Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}}, False),
    ],
)
def test_a_log_group_of_any_name_lets_delivery_in_by_a_policy(
    made: Deliveries, changes: dict[str, Any], allowed: bool
) -> None:
    group = made.group("/mine/test")
    source, destination = made.source(), made.destination(group)
    document = policy(delivery_policy(made, group, **changes))
    made.logs.put_resource_policy(policyName="let-in", policyDocument=document)
    request = {"deliverySourceName": source, "deliveryDestinationArn": destination}
    client = caller(made)
    if allowed:
        client.create_delivery(**request)
    else:
        code, message = error_of(client.create_delivery, **request)
        assert code == "AccessDeniedException"
        assert "logs:PutResourcePolicy" in message


@pytest.mark.usefixtures("no_policies")
def test_aws_adds_the_policy_for_a_caller_who_may(made: Deliveries) -> None:
    group = made.group("/mine/test")
    source, destination = made.source(), made.destination(group)
    adding = ("logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups")
    for missing in adding:
        client = caller(made, *(action for action in adding if action != missing))
        code, message = error_of(client.create_delivery, deliverySourceName=source, deliveryDestinationArn=destination)
        assert code == "AccessDeniedException"
        assert missing in message
    caller(made, *adding).create_delivery(deliverySourceName=source, deliveryDestinationArn=destination)
    [stored] = made.logs.describe_resource_policies()["resourcePolicies"]
    assert f"{group}:log-stream:*" in stored["policyDocument"]


@pytest.mark.usefixtures("no_policies")
def test_vended_log_groups_need_no_policy(made: Deliveries) -> None:
    source, destination = made.source(), made.destination()
    caller(made).create_delivery(deliverySourceName=source, deliveryDestinationArn=destination)
    assert made.logs.describe_resource_policies()["resourcePolicies"] == []


@pytest.mark.parametrize("prefix", ["", "agents"])
def test_a_bucket_lets_delivery_in_by_its_policy_which_aws_adds_for_a_caller_who_may(
    made: Deliveries, prefix: str
) -> None:
    bucket = made.account.name("deliveries")
    made.account.s3.create_bucket(Bucket=bucket)
    source, destination = made.source(), made.destination(f"arn:aws:s3:::{bucket}" + f"/{prefix}" * bool(prefix))
    request = {"deliverySourceName": source, "deliveryDestinationArn": destination}
    assert error_of(caller(made).create_delivery, **request)[0] == "AccessDeniedException"
    adding = ("s3:GetBucketPolicy", "s3:PutBucketPolicy")
    caller(made, *adding).create_delivery(**request)
    document = json.loads(made.account.s3.get_bucket_policy(Bucket=bucket)["Policy"])
    [statement] = document["Statement"]
    below = f"{prefix}/" * bool(prefix)
    assert statement["Resource"] == f"arn:aws:s3:::{bucket}/{below}AWSLogs/{made.account.id}/*"
    # What AWS added lets the next delivery in.
    caller(made).create_delivery(deliverySourceName=made.source(), deliveryDestinationArn=destination)


@pytest.fixture
def traced(made: Deliveries) -> Iterator[Any]:
    """X-Ray with Transaction Search on and no policy of its own."""
    made.account.settings(trace_destination_seconds=0)
    account, region = made.account.id, made.account.region
    groups = ("aws/spans", "/aws/application-signals/data")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "xray.amazonaws.com"},
        "Action": "logs:PutLogEvents",
        "Resource": [f"arn:aws:logs:{region}:{account}:log-group:{group}:*" for group in groups],
    }
    made.logs.put_resource_policy(policyName="spans", policyDocument=policy(statement))
    xray = made.account.xray
    xray.update_trace_segment_destination(Destination="CloudWatchLogs")
    forget_policies(xray)
    yield xray
    forget_policies(xray)
    xray.update_trace_segment_destination(Destination="XRay")
    made.logs.delete_resource_policy(policyName="spans")


def forget_policies(xray: Any) -> None:
    for stored in xray.list_resource_policies()["ResourcePolicies"]:
        xray.delete_resource_policy(PolicyName=stored["PolicyName"])


def xray_policy(made: Deliveries, **changes: Any) -> str:
    pattern = made.arn("memory/*")
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": "xray:PutTraceSegments",
        "Resource": "*",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": made.account.id},
            "ForAllValues:ArnLike": {"logs:LogGeneratingResourceArns": [pattern]},
            "ArnLike": {"aws:SourceArn": f"arn:aws:logs:{made.account.region}:{made.account.id}:delivery-source:*"},
        },
    }
    return policy(statement | changes)


def test_traces_are_refused_while_transaction_search_is_off(made: Deliveries) -> None:
    code, message = made.refusal(
        "create_delivery", deliverySourceName=made.source("TRACES"), deliveryDestinationArn=made.traces()
    )
    assert code == "ValidationException"
    assert "UpdateTraceSegmentDestination" in message


@pytest.mark.parametrize(
    ("resource", "changes", "allowed"),
    [
        ("memory/m-AbCdEfGhIj", {}, True),
        ("gateway/g-abcdefghij", {}, False),
        ("memory/m-AbCdEfGhIj", {"Principal": {"Service": "xray.amazonaws.com"}}, False),
        ("memory/m-AbCdEfGhIj", {"Action": "xray:GetTraceSummaries"}, False),
    ],
)
def test_the_policy_of_xray_says_whose_traces_come_in(
    made: Deliveries, traced: Any, resource: str, changes: dict[str, Any], allowed: bool
) -> None:
    traced.put_resource_policy(PolicyName="traces", PolicyDocument=xray_policy(made, **changes))
    source = made.source("TRACES", made.arn(resource))
    request = {"deliverySourceName": source, "deliveryDestinationArn": made.traces()}
    client = caller(made)
    try:
        if allowed:
            delivery = client.create_delivery(**request)["delivery"]
            assert delivery["deliveryDestinationType"] == "XRAY"
            made.logs.delete_delivery(id=delivery["id"])
        else:
            code, message = error_of(client.create_delivery, **request)
            assert code == "AccessDeniedException"
            assert "xray:PutResourcePolicy" in message
    finally:
        made.logs.delete_delivery_source(name=source)


def test_aws_adds_one_xray_policy_for_each_kind_of_resource_until_there_is_no_room(
    made: Deliveries, traced: Any
) -> None:
    def create(resource: str) -> str:
        source = made.source("TRACES", made.arn(resource))
        return str(made.create(source, made.traces())["id"])

    made_ids = [create("memory/a-AbCdEfGhIj"), create("memory/b-AbCdEfGhIj"), create("gateway/a-abcdefghij")]
    assert len(traced.list_resource_policies()["ResourcePolicies"]) == 2
    for index in range(3):
        traced.put_resource_policy(PolicyName=f"other-{index}", PolicyDocument=xray_policy(made))
    source = made.source("TRACES")
    code, _ = made.refusal("create_delivery", deliverySourceName=source, deliveryDestinationArn=made.traces())
    assert code == "ServiceQuotaExceededException"
    for identifier in made_ids:
        name = made.logs.get_delivery(id=identifier)["delivery"]["deliverySourceName"]
        made.logs.delete_delivery(id=identifier)
        made.logs.delete_delivery_source(name=name)
