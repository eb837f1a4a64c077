"""What `delivery.logs.amazonaws.com` needs at the destination before a delivery can begin.

Sources: CloudWatch Logs user guide, "Enable logging from AWS services" (Logging that requires additional permissions
[V2]: log group, bucket); AWS CDK README of aws-bedrockagentcore (log groups below `/aws/vendedlogs/` are written by the
service-linked role); AgentCore developer guide, "Add observability to your agentic resources" (traces: Transaction
Search must be on, one X-Ray policy for each kind of resource). When the policy is missing and the caller may change it,
AWS adds it; otherwise the delivery is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import seams as machine
from . import service_seams as seams
from . import xray_policies, xray_state
from .deliveries_destinations import XRAY, resource_of
from .logs_answers import LogsError
from .service_principal import ServiceCall, resource_policy_allows
from .xray_answers import XRayError

if TYPE_CHECKING:
    from collections.abc import Mapping

PRINCIPAL = "delivery.logs.amazonaws.com"
POLICY_NAME = "AWSLogDeliveryWrite20150319"
"""The policy that AWS adds, and the id of the statement it adds to a bucket's policy."""

VENDED = "/aws/vendedlogs/"

May = Callable[[str, str], bool]
"""Whether the caller may do an action on a resource."""

_WRITE = ("logs:CreateLogStream", "logs:PutLogEvents")
_ACL = {"s3:x-amz-acl": "bucket-owner-full-control"}


def anything(_action: str, _resource: str) -> bool:
    """For CloudFormation, whose own permissions the sandbox does not judge.

    Returns:
        True.
    """
    return True


def caller_of(headers: Mapping[str, str]) -> May:
    """What the caller of a request may do beside what the request itself needs.

    Args:
        headers: of the request, whose signature has been checked.

    Returns:
        a function that asks the caller's policies.
    """
    found = re.search(r"Credential=([^/,\s]+)", headers.get("authorization", ""))
    key = found.group(1) if found else ""

    def may(action: str, resource: str) -> bool:
        service = action.partition(":")[0]
        enforce = machine.get("core.iam_evaluator:enforce")
        return enforce(key, action, service, seams.region(), resource) is None

    return may


def let_deliver(source: dict[str, Any], destination: dict[str, Any], may: May) -> None:
    """Check that a source's logs can be written to a destination, or let them in as AWS does for the caller.

    Args:
        source: the delivery source.
        destination: the delivery destination.
        may: what the caller may do.

    Raises:
        LogsError: the log group or bucket lets nobody in and the caller may not change that.
    """
    call = ServiceCall(PRINCIPAL, seams.account_id(), str(source["arn"]))
    resource = resource_of(destination)
    if destination["deliveryDestinationType"] == "CWL":
        _log_group(resource.partition(":log-group:")[2].removesuffix(":*"), call, may)
    if destination["deliveryDestinationType"] == "S3":
        bucket, _, prefix = resource.split(":", 5)[5].partition("/")
        _bucket(bucket, f"{prefix.strip('/')}/".lstrip("/"), call, may)
    if destination["deliveryDestinationType"] == XRAY:
        _traces(str(source["resourceArns"][0]), call, may)


def _log_group(name: str, call: ServiceCall, may: May) -> None:
    if name.startswith(VENDED):
        return
    group = f"arn:aws:logs:{seams.region()}:{seams.account_id()}:log-group:{name}"
    stored = [*seams.get("logs.resource_policies").values(), seams.get("logs.group_policies").get(name)]
    documents = [policy["policyDocument"] for policy in stored if policy]
    # Whatever the name of the stream will be: AWS's services choose it.
    stream = f"{group}:log-stream:{call.source_arn.rpartition(':')[2]}"
    if all(any(resource_policy_allows(document, call, action, stream) for document in documents) for action in _WRITE):
        return
    needed = ("logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups")
    for action in needed:
        asked = f"arn:aws:logs:{seams.region()}:{seams.account_id()}:log-group::log-stream:"
        _refuse_unless(may, action, asked if action == "logs:DescribeLogGroups" else "*", f"the log group {name}")
    statement = {
        "Sid": "AWSLogDeliveryWrite",
        "Effect": "Allow",
        "Principal": {"Service": PRINCIPAL},
        "Action": list(_WRITE),
        "Resource": [f"{group}:log-stream:*"],
        "Condition": {
            "StringEquals": {"aws:SourceAccount": [seams.account_id()]},
            "ArnLike": {"aws:SourceArn": [f"arn:aws:logs:{seams.region()}:{seams.account_id()}:*"]},
        },
    }
    former = seams.get("logs.resource_policies").get(POLICY_NAME)
    document = _with_statement(former["policyDocument"] if former else None, statement)
    status, _, body = seams.get("logs.put_resource_policy")({"policyName": POLICY_NAME, "policyDocument": document})
    if status != 200:
        raise LogsError("ServiceQuotaExceededException", json.loads(body).get("message", "PutResourcePolicy failed"))


def _bucket(bucket: str, prefix: str, call: ServiceCall, may: May) -> None:
    policies = seams.get("s3.policies")
    objects = f"arn:aws:s3:::{bucket}/{prefix}AWSLogs/{seams.account_id()}"
    if resource_policy_allows(policies.get(bucket), call, "s3:PutObject", f"{objects}/log", _ACL):
        return
    for action in ("s3:GetBucketPolicy", "s3:PutBucketPolicy"):
        _refuse_unless(may, action, f"arn:aws:s3:::{bucket}", f"the bucket {bucket}")
    statement = {
        "Sid": "AWSLogDeliveryWrite",
        "Effect": "Allow",
        "Principal": {"Service": PRINCIPAL},
        "Action": "s3:PutObject",
        "Resource": f"{objects}/*",
        "Condition": {
            "StringEquals": {**_ACL, "aws:SourceAccount": [seams.account_id()]},
            "ArnLike": {"aws:SourceArn": [f"arn:aws:logs:{seams.region()}:{seams.account_id()}:*"]},
        },
    }
    policies[bucket] = _with_statement(policies.get(bucket), statement)


def _traces(resource: str, call: ServiceCall, may: May) -> None:
    account = xray_state.current()
    if account.destination != xray_state.CLOUDWATCH_LOGS:
        raise LogsError(
            "ValidationException",
            "X-Ray Delivery Destination is supported with CloudWatch Logs as a Trace Segment Destination. Please "
            "enable the CloudWatch Logs destination for your traces using the UpdateTraceSegmentDestination API.",
        )
    keys = {"logs:LogGeneratingResourceArns": resource}
    documents = [policy.document for policy in account.policies.values()]
    if any(resource_policy_allows(document, call, "xray:PutTraceSegments", "*", keys) for document in documents):
        return
    for action in ("xray:PutResourcePolicy", "xray:ListResourcePolicies", "xray:GetTraceSegmentDestination"):
        _refuse_unless(may, action, "*", "X-Ray")
    kind = resource.split(":", 5)[5].partition("/")[0]
    pattern = f"{resource.partition(f':{kind}/')[0]}:{kind}/*"
    statement = {
        "Sid": "AWSLogDeliveryWrite",
        "Effect": "Allow",
        "Principal": {"Service": PRINCIPAL},
        "Action": "xray:PutTraceSegments",
        "Resource": "*",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": seams.account_id()},
            "ForAllValues:ArnLike": {"logs:LogGeneratingResourceArns": [pattern]},
            "ArnLike": {"aws:SourceArn": f"{call.source_arn.rpartition(':')[0]}:*"},
        },
    }
    try:
        # One for each kind of resource, so that the five slots of the account are soon used up, as in AWS.
        name = f"{POLICY_NAME}-{kind}"
        xray_policies.put_policy({"PolicyName": name, "PolicyDocument": _with_statement(None, statement)})
    except XRayError as error:
        raise LogsError("ServiceQuotaExceededException", str(error)) from None


def _refuse_unless(may: May, action: str, resource: str, where: str) -> None:
    if not may(action, resource):
        raise LogsError(
            "AccessDeniedException",
            f"The policy of {where} does not let {PRINCIPAL} write, and the caller is not authorized to perform "
            f"{action}, with which AWS would add the permission.",
        )


def _with_statement(document: str | bytes | None, statement: dict[str, Any]) -> str:
    policy = json.loads(document) if document else {"Version": "2012-10-17", "Statement": []}
    statements = policy.get("Statement", [])
    policy["Statement"] = [*(statements if isinstance(statements, list) else [statements]), statement]
    return json.dumps(policy)
