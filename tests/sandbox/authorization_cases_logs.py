"""CloudWatch Logs."""

from __future__ import annotations

from typing import Any

from tests.sandbox.authorization_case import ROLE, Allow, Case, on, passing

LOGS = "arn:aws:logs:us-east-1:000000000000"

# --- CloudWatch Logs: group level --------------------------------------------------------------------------------

GROUP = {"logGroupName": "/case/a"}
GROUP_OPERATIONS: dict[str, dict[str, Any]] = {
    "logs:CreateLogGroup": GROUP,
    "logs:DeleteLogGroup": GROUP,
    "logs:DescribeLogStreams": GROUP,
    "logs:FilterLogEvents": GROUP,
    "logs:GetLogGroupFields": GROUP,
    "logs:StartQuery": {**GROUP, "startTime": 0, "endTime": 1, "queryString": "fields @message"},
    "logs:PutRetentionPolicy": {**GROUP, "retentionInDays": 7},
    "logs:DeleteRetentionPolicy": GROUP,
    "logs:AssociateKmsKey": {**GROUP, "kmsKeyId": "arn:aws:kms:us-east-1:000000000000:key/none"},
    "logs:DisassociateKmsKey": GROUP,
    "logs:PutDataProtectionPolicy": {"logGroupIdentifier": "/case/a", "policyDocument": "{}"},
    "logs:GetDataProtectionPolicy": {"logGroupIdentifier": "/case/a"},
    "logs:DeleteDataProtectionPolicy": {"logGroupIdentifier": f"{LOGS}:log-group:/case/a"},
    "logs:PutMetricFilter": {
        **GROUP, "filterName": "f", "filterPattern": "",
        "metricTransformations": [{"metricName": "m", "metricNamespace": "n", "metricValue": "1"}],
    },
    "logs:DeleteMetricFilter": {**GROUP, "filterName": "f"},
    "logs:DescribeMetricFilters": GROUP,
    "logs:DeleteSubscriptionFilter": {**GROUP, "filterName": "f"},
    "logs:DescribeSubscriptionFilters": GROUP,
    "logs:PutSubscriptionFilter": {**GROUP, "filterName": "f", "filterPattern": "", "destinationArn": "arn:aws:x"},
    "logs:PutLogGroupDeletionProtection": {"logGroupIdentifier": "/case/a", "deletionProtectionEnabled": False},
    "logs:PutTransformer": {"logGroupIdentifier": "/case/a", "transformerConfig": [{"parseJSON": {}}]},
    "logs:GetTransformer": {"logGroupIdentifier": "/case/a"},
    "logs:DeleteTransformer": {"logGroupIdentifier": "/case/a"},
    "logs:TagLogGroup": {**GROUP, "tags": {"k": "v"}},
    "logs:UntagLogGroup": {**GROUP, "tags": ["k"]},
    "logs:ListTagsLogGroup": GROUP,
    "logs:StartLiveTail": {"logGroupIdentifiers": [f"{LOGS}:log-group:/case/a"]},
}  # fmt: skip

CASES: list[Case] = [
    on(operation, arguments, f"{LOGS}:log-group:/case/a:*", f"{LOGS}:log-group:/case/b:*", f"{LOGS}:log-group:/case/a",
       "arn:aws:logs:us-east-2:000000000000:log-group:/case/a:*")
    for operation, arguments in GROUP_OPERATIONS.items()
]  # fmt: skip

# --- CloudWatch Logs: the stream ---------------------------------------------------------------------------------

STREAM = {"logGroupName": "/case/a", "logStreamName": "aws/bedrock/modelinvocations"}
STREAM_OPERATIONS: dict[str, dict[str, Any]] = {
    "logs:CreateLogStream": STREAM,
    "logs:DeleteLogStream": STREAM,
    "logs:PutLogEvents": {**STREAM, "logEvents": [{"timestamp": 1, "message": "m"}]},
    "logs:GetLogEvents": STREAM,
}
CASES += [
    on(operation, arguments, f"{LOGS}:log-group:/case/a:log-stream:aws/bedrock/modelinvocations",
       f"{LOGS}:log-group:/case/a:log-stream:another", f"{LOGS}:log-group:/case/a", f"{LOGS}:log-group:/case/a:",
       # What comes of appending to a CDK LogGroup's ARN, which ends in :*
       f"{LOGS}:log-group:/case/b:*:log-stream:aws/bedrock/modelinvocations")
    for operation, arguments in STREAM_OPERATIONS.items()
]  # fmt: skip
CASES += [
    on("logs:PutLogEvents", STREAM_OPERATIONS["logs:PutLogEvents"], f"{LOGS}:log-group:/case/a:*",
       f"{LOGS}:log-group:/case/b:*", about="by the group's ARN with :*"),
]  # fmt: skip

# --- CloudWatch Logs: no resource, tags, queries, several groups -------------------------------------------------

ANYWHERE: dict[str, dict[str, Any]] = {
    "logs:PutResourcePolicy": {"policyName": "p", "policyDocument": "{}"},
    "logs:DescribeResourcePolicies": {},
    "logs:DeleteResourcePolicy": {"policyName": "p"},
    "logs:PutAccountPolicy": {"policyName": "p", "policyDocument": "{}", "policyType": "DATA_PROTECTION_POLICY"},
    "logs:DescribeAccountPolicies": {"policyType": "DATA_PROTECTION_POLICY"},
    "logs:DeleteAccountPolicy": {"policyName": "p", "policyType": "DATA_PROTECTION_POLICY"},
    "logs:PutIndexPolicy": {"logGroupIdentifier": "/case/a", "policyDocument": "{}"},
    "logs:DescribeIndexPolicies": {"logGroupIdentifiers": ["/case/a"]},
    "logs:DeleteIndexPolicy": {"logGroupIdentifier": "/case/a"},
    "logs:DescribeFieldIndexes": {"logGroupIdentifiers": ["/case/a"]},
    "logs:PutQueryDefinition": {"name": "n", "queryString": "fields @message"},
    "logs:DescribeQueryDefinitions": {},
    "logs:DeleteQueryDefinition": {"queryDefinitionId": "q"},
    "logs:DescribeQueries": {},
    "logs:StopQuery": {"queryId": "q"},
    "logs:TestMetricFilter": {"filterPattern": "", "logEventMessages": ["m"]},
    "logs:DescribeDestinations": {},
    "logs:DescribeDeliverySources": {},
    "logs:DescribeDeliveryDestinations": {},
    "logs:DescribeDeliveries": {},
    "logs:DescribeConfigurationTemplates": {},
    "logs:ListLogGroups": {},
}
CASES += [
    on(operation, arguments, "*", f"{LOGS}:*", f"{LOGS}:log-group:*") for operation, arguments in ANYWHERE.items()
]

TAGGED = f"{LOGS}:log-group:/case/a"
CASES += [
    on(operation, arguments, TAGGED, f"{TAGGED}:*", f"{LOGS}:log-group:/case/b")
    for operation, arguments in {
        "logs:TagResource": {"resourceArn": TAGGED, "tags": {"k": "v"}},
        "logs:UntagResource": {"resourceArn": TAGGED, "tagKeys": ["k"]},
        "logs:ListTagsForResource": {"resourceArn": TAGGED},
    }.items()
]

NAMELESS = f"{LOGS}:log-group::log-stream:"
UNMASK = {**STREAM, "unmask": True}
CASES += [
    on("logs:DescribeLogGroups", {"logGroupNamePrefix": "/case/a"}, NAMELESS, f"{LOGS}:log-group:/case/a:*"),
    on("logs:DescribeLogGroups", {}, f"{LOGS}:log-group:*", f"{LOGS}:log-group:/*", about="as people grant it"),
    on("logs:GetQueryResults", {"queryId": "q"}, f"{LOGS}:log-group:*", f"{LOGS}:log-group:/case/a:*"),
    on("logs:GetLogRecord", {"logRecordPointer": "p"}, f"{LOGS}:log-group:*", f"{LOGS}:log-group:/case/a:*"),
    on("logs:DescribeMetricFilters", {"metricName": "m", "metricNamespace": "n"}, NAMELESS,
       f"{LOGS}:log-group:/case/a:*", about="without a group"),
    Case(
        "logs:StartQuery",
        {"logGroupNames": ["/case/a", "/case/b"], "startTime": 0, "endTime": 1, "queryString": "fields @message"},
        (Allow("logs:StartQuery", f"{LOGS}:log-group:/case/a:*"),
         Allow("logs:StartQuery", f"{LOGS}:log-group:/case/b:*")),
        (),
        about="two groups",
    ),
    *(
        Case(
            operation,
            arguments,
            (Allow(operation, f"{LOGS}:log-group:/case/a:*"), Allow("logs:Unmask", f"{LOGS}:log-group:/case/a:*")),
            ((Allow(operation, f"{LOGS}:log-group:/case/a:*"), Allow("logs:Unmask", f"{LOGS}:log-group:/case/b:*")),),
            about="unmasked",
        )
        for operation, arguments in {
            "logs:GetLogEvents": UNMASK,
            "logs:FilterLogEvents": {"logGroupName": "/case/a", "unmask": True},
        }.items()
    ),
    Case(
        "logs:GetLogRecord",
        {"logRecordPointer": "p", "unmask": True},
        (Allow("logs:GetLogRecord", f"{LOGS}:log-group:*"), Allow("logs:Unmask", f"{LOGS}:log-group:*")),
        ((Allow("logs:GetLogRecord", f"{LOGS}:log-group:*"), Allow("logs:Unmask", f"{LOGS}:log-group:/case/a:*")),),
        about="unmasked",
    ),
]  # fmt: skip

# --- CloudWatch Logs: destinations and deliveries ----------------------------------------------------------------

TO_LOGS = {"StringEquals": {"iam:PassedToService": "logs.amazonaws.com"}}

CASES += [
    passing(
        on("logs:PutDestination", {"destinationName": "d", "targetArn": "arn:aws:x"}, f"{LOGS}:destination:d"),
        TO_LOGS, roleArn=ROLE,
    ),
    passing(
        on("logs:PutSubscriptionFilter", GROUP_OPERATIONS["logs:PutSubscriptionFilter"],
           f"{LOGS}:log-group:/case/a:*"), TO_LOGS, roleArn=ROLE,
    ),
]  # fmt: skip
CASES += [
    on(operation, arguments, f"{LOGS}:{kind}:x", f"{LOGS}:{kind}:y", f"{LOGS}:log-group:*")
    for kind, operations in {
        "destination": {
            "logs:PutDestinationPolicy": {"destinationName": "x", "accessPolicy": "{}"},
            "logs:DeleteDestination": {"destinationName": "x"},
        },
        "delivery-source": {
            "logs:PutDeliverySource": {"name": "x", "resourceArn": "arn:aws:x", "logType": "APPLICATION_LOGS"},
            "logs:GetDeliverySource": {"name": "x"},
            "logs:DeleteDeliverySource": {"name": "x"},
        },
        "delivery-destination": {
            "logs:PutDeliveryDestination": {"name": "x"},
            "logs:GetDeliveryDestination": {"name": "x"},
            "logs:DeleteDeliveryDestination": {"name": "x"},
            "logs:PutDeliveryDestinationPolicy": {
                "deliveryDestinationName": "x", "deliveryDestinationPolicy": "{}",
            },
            "logs:GetDeliveryDestinationPolicy": {"deliveryDestinationName": "x"},
            "logs:DeleteDeliveryDestinationPolicy": {"deliveryDestinationName": "x"},
        },
        "delivery": {"logs:GetDelivery": {"id": "x"}, "logs:DeleteDelivery": {"id": "x"}},
    }.items()
    for operation, arguments in operations.items()
]  # fmt: skip
CASES += [
    Case(
        "logs:CreateDelivery",
        {"deliverySourceName": "s", "deliveryDestinationArn": f"{LOGS}:delivery-destination:d"},
        (Allow("logs:CreateDelivery", f"{LOGS}:delivery:*"), Allow("logs:CreateDelivery", f"{LOGS}:delivery-source:s"),
         Allow("logs:CreateDelivery", f"{LOGS}:delivery-destination:d")),
        (),
    ),
]  # fmt: skip
