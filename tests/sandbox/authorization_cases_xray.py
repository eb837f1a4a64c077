"""Who may call what of X-Ray and Application Signals, typed by hand from the AWS documentation."""

from __future__ import annotations

from typing import Any

from bedrock_o11y.sandbox.server.authorization_xray import ROWS
from tests.sandbox.authorization_case import Allow, Case, on

XRAY = "arn:aws:xray:us-east-1:000000000000:*"
LOGS = "arn:aws:logs:us-east-1:000000000000:log-group"
KEY = "arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555"
ROLE = (
    "arn:aws:iam::000000000000:role/aws-service-role/application-signals.cloudwatch.amazonaws.com/"
    "AWSServiceRoleForCloudWatchApplicationSignals"
)
COUNTED = {"RuleName": "Default", "ClientID": "0" * 24, "Timestamp": 1, "RequestCount": 1, "SampledCount": 1}
ANYWHERE: dict[str, dict[str, Any]] = {
    "xray:PutTraceSegments": {"TraceSegmentDocuments": ["{"]},
    "xray:PutTelemetryRecords": {"TelemetryRecords": [{"Timestamp": 1}]},
    "xray:GetSamplingRules": {},
    "xray:GetSamplingTargets": {"SamplingStatisticsDocuments": [COUNTED]},
    "xray:BatchGetTraces": {"TraceIds": ["1-00000000-000000000000000000000000"]},
    "xray:GetTraceSummaries": {"StartTime": 1, "EndTime": 2},
    "xray:GetTraceSegmentDestination": {},
    "xray:GetIndexingRules": {},
    "xray:UpdateIndexingRule": {"Name": "Other", "Rule": {"Probabilistic": {"DesiredSamplingPercentage": 1}}},
    "xray:ListResourcePolicies": {},
}
NAMED: dict[str, dict[str, Any]] = {
    "xray:PutResourcePolicy": {"PolicyName": "case", "PolicyDocument": "{}"},
    "xray:DeleteResourcePolicy": {"PolicyName": "case"},
}
UPDATE = "xray:UpdateTraceSegmentDestination"


def named(operation: str, name: str) -> Allow:
    return Allow(operation, "*", {"StringEquals": {"xray:ResourcePolicyName": name}})


def to(destination: str) -> Allow:
    return Allow(UPDATE, "*", {"StringEquals": {"xray:TraceSegmentDestination": destination}})


# CloudWatch user guide, "Enable Transaction Search": the permissions of who enables it.
ENABLING = tuple(
    Allow(f"logs:{action}", f"{LOGS}:{group}:*")
    for action in ("CreateLogGroup", "CreateLogStream", "PutRetentionPolicy")
    for group in ("aws/spans", "/aws/application-signals/data")
)
SEARCHING = (to("CloudWatchLogs"), *ENABLING, Allow("kms:DescribeKey", KEY))
DISCOVERING = (
    Allow("application-signals:StartDiscovery", "*"),
    Allow("iam:CreateServiceLinkedRole", ROLE, {
        "StringLike": {"iam:AWSServiceName": "application-signals.cloudwatch.amazonaws.com"},
    }),
    Allow("cloudtrail:CreateServiceLinkedChannel",
          "arn:aws:cloudtrail:*:*:channel/aws-service-channel/application-signals/*"),
)  # fmt: skip


def but(allows: tuple[Allow, ...], number: int, other: Allow) -> tuple[Allow, ...]:
    """The policy with one statement changed."""
    return (*allows[:number], other, *allows[number + 1 :])


CASES: list[Case] = [
    *(on(operation, arguments, "*", XRAY) for operation, arguments in ANYWHERE.items()),
    *(
        Case(operation, arguments, (named(operation, "case"),),
             ((named(operation, "other"),), (Allow(operation, XRAY),)))
        for operation, arguments in NAMED.items()
    ),
    Case(UPDATE, {"Destination": "XRay"}, (to("XRay"),), ((to("CloudWatchLogs"),), (Allow(UPDATE, XRAY),)),
         about="back to X-Ray"),
    # The key is none, so that the change is refused after everything has been asked.
    Case(UPDATE, {"Destination": "CloudWatchLogs", "CloudWatchLogsConfiguration": {"SpansLogGroupKmsKeyId": KEY}},
         SEARCHING, (
             but(SEARCHING, 0, to("XRay")),
             *(but(SEARCHING, number, Allow(allow.action, allow.resource.removesuffix(":*")))
               for number, allow in enumerate(ENABLING, 1)),
             but(SEARCHING, 7, Allow("kms:DescribeKey", f"{KEY}0")),
         ), about="to CloudWatch Logs with a key"),
    Case("application-signals:StartDiscovery", {}, DISCOVERING, (
        but(DISCOVERING, 1, Allow("iam:CreateServiceLinkedRole", ROLE, {
            "StringLike": {"iam:AWSServiceName": "ec2.amazonaws.com"},
        })),
        but(DISCOVERING, 1, Allow("iam:CreateServiceLinkedRole", f"{ROLE}-not")),
        but(DISCOVERING, 2, Allow("cloudtrail:CreateServiceLinkedChannel",
                                  "arn:aws:cloudtrail:*:*:channel/aws-service-channel/other/*")),
    )),
]  # fmt: skip


def test_every_row_has_a_case_that_is_granted_and_one_that_is_refused() -> None:
    assert {row.operation for row in ROWS} == {case.operation for case in CASES}
    assert all(case.granted and case.refused for case in CASES)
