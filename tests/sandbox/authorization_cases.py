"""Who may call what, typed by hand from the AWS documentation, without a look at the sandbox's own table.

Each case is a call, the smallest policy that must let it through, and policies that come close and must not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

LOGS = "arn:aws:logs:us-east-1:000000000000"
CLOUDWATCH = "arn:aws:cloudwatch:us-east-1:000000000000"
BEDROCK = "arn:aws:bedrock:us-east-1:000000000000"
ROLE = "arn:aws:iam::000000000000:role/passed"
OTHER_ROLE = "arn:aws:iam::000000000000:role/passed-not"

NOVA = "amazon.nova-lite-v1:0"
CLAUDE = "anthropic.claude-3-haiku-20240307-v1:0"
FOUNDATION = f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}"


@dataclass(frozen=True)
class Allow:
    action: str
    resource: str
    condition: dict[str, dict[str, Any]] = field(default_factory=dict)

    def statement(self) -> dict[str, Any]:
        statement: dict[str, Any] = {"Effect": "Allow", "Action": self.action, "Resource": self.resource}
        return {**statement, "Condition": self.condition} if self.condition else statement


@dataclass(frozen=True)
class Case:
    operation: str
    arguments: dict[str, Any]
    granted: tuple[Allow, ...]
    refused: tuple[tuple[Allow, ...], ...]
    client: str = ""
    about: str = ""

    def __str__(self) -> str:
        return f"{self.operation} {self.about}".strip()


def on(operation: str, arguments: dict[str, Any], resource: str, *near: str, client: str = "", about: str = "") -> Case:
    """The action of the operation's own name, on one resource; near misses are other resources."""
    granted = (Allow(operation, resource),)
    return Case(operation, arguments, granted, tuple((Allow(operation, item),) for item in near), client, about)


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
TO_BEDROCK = {"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}}


def passing(case: Case, to: dict[str, dict[str, Any]], **arguments: Any) -> Case:
    """The case again, with a role passed along."""
    wrong = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    refused = tuple(
        (*case.granted, Allow("iam:PassRole", role, condition)) for role, condition in ((OTHER_ROLE, to), (ROLE, wrong))
    )
    granted = (*case.granted, Allow("iam:PassRole", ROLE, to))
    return Case(case.operation, {**case.arguments, **arguments}, granted, refused, case.client, "passing a role")


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

# --- Amazon Bedrock: model calls ---------------------------------------------------------------------------------

TALK = {"messages": [{"role": "user", "content": [{"text": "hello"}]}]}
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "bedrock:Converse": ("bedrock:InvokeModel", TALK),
    "bedrock:InvokeModel": ("bedrock:InvokeModel", {"body": "{}"}),
    "bedrock:ConverseStream": ("bedrock:InvokeModelWithResponseStream", TALK),
    "bedrock:InvokeModelWithResponseStream": ("bedrock:InvokeModelWithResponseStream", {"body": "{}"}),
}
OTHER_ACTION = {
    "bedrock:InvokeModel": "bedrock:InvokeModelWithResponseStream",
    "bedrock:InvokeModelWithResponseStream": "bedrock:InvokeModel",
}


def profile_case(operation: str, model_id: str, profile: str, foundation: tuple[str, ...], about: str) -> Case:
    action, arguments = CALLS[operation]
    only_through = {"StringLike": {"bedrock:InferenceProfileArn": profile}}
    elsewhere = {"StringLike": {"bedrock:InferenceProfileArn": f"{profile}-not"}}
    behind = [Allow(action, arn, only_through) for arn in foundation]
    return Case(
        operation, {**arguments, "modelId": model_id}, (Allow(action, profile), *behind),
        ((Allow(action, profile), *(Allow(action, arn, elsewhere) for arn in foundation)),
         (Allow(action, f"{profile}-not"), *behind)),
        "bedrock-runtime", about,
    )  # fmt: skip


for call, (its_action, its_arguments) in CALLS.items():
    CASES += [
        Case(
            call, {**its_arguments, "modelId": NOVA}, (Allow(its_action, FOUNDATION),),
            ((Allow(its_action, f"arn:aws:bedrock:us-east-1::foundation-model/{CLAUDE}"),),
             (Allow(its_action, f"arn:aws:bedrock:us-east-2::foundation-model/{NOVA}"),),
             (Allow(OTHER_ACTION[its_action], FOUNDATION),),
             # Actions that people grant and that do not exist.
             (Allow("bedrock:Converse", FOUNDATION), Allow("bedrock:ConverseStream", FOUNDATION))),
            "bedrock-runtime", "a foundation model",
        ),
        profile_case(
            call, f"us.{CLAUDE}", f"{BEDROCK}:inference-profile/us.{CLAUDE}",
            tuple(f"arn:aws:bedrock:{region}::foundation-model/{CLAUDE}"
                  for region in ("us-east-1", "us-east-2", "us-west-2")), "a profile of the United States",
        ),
        Case(
            call, {**its_arguments, "modelId": NOVA,
                   **({"guardrailConfig": {"guardrailIdentifier": "g1", "guardrailVersion": "3"}}
                      if "messages" in its_arguments else {"guardrailIdentifier": "g1", "guardrailVersion": "3"})},
            (Allow(its_action, FOUNDATION,
                   {"StringEquals": {"bedrock:GuardrailIdentifier": f"{BEDROCK}:guardrail/g1:3"}}),
             Allow("bedrock:ApplyGuardrail", f"{BEDROCK}:guardrail/g1")),
            ((Allow(its_action, FOUNDATION,
                    {"StringEquals": {"bedrock:GuardrailIdentifier": f"{BEDROCK}:guardrail/g1:2"}}),
              Allow("bedrock:ApplyGuardrail", f"{BEDROCK}:guardrail/g1")),
             (Allow(its_action, FOUNDATION), Allow("bedrock:ApplyGuardrail", f"{BEDROCK}:guardrail/g2"))),
            "bedrock-runtime", "with a guardrail",
        ),
    ]  # fmt: skip

JAPAN = f"{BEDROCK}:inference-profile/jp.{CLAUDE}"
CASES += [
    profile_case(
        "bedrock:Converse", f"jp.{CLAUDE}", JAPAN,
        tuple(f"arn:aws:bedrock:{region}::foundation-model/{CLAUDE}"
              for region in ("ap-northeast-1", "ap-northeast-3")), "a profile of Japan",
    ),
    profile_case(
        "bedrock:Converse", JAPAN, JAPAN,
        tuple(f"arn:aws:bedrock:{region}::foundation-model/{CLAUDE}"
              for region in ("ap-northeast-1", "ap-northeast-3")), "a profile by its ARN",
    ),
    profile_case(
        "bedrock:Converse", f"global.{CLAUDE}", f"{BEDROCK}:inference-profile/global.{CLAUDE}",
        (f"arn:aws:bedrock:us-east-1::foundation-model/{CLAUDE}", f"arn:aws:bedrock:::foundation-model/{CLAUDE}"),
        "the global profile",
    ),
    Case(
        "bedrock:Converse", {**TALK, "modelId": f"{BEDROCK}:provisioned-model/abc"},
        (Allow("bedrock:InvokeModel", f"{BEDROCK}:provisioned-model/abc"),),
        ((Allow("bedrock:InvokeModel", f"{BEDROCK}:provisioned-model/abd"),),
         (Allow("bedrock:InvokeModel", "arn:aws:bedrock:*::foundation-model/*"),)),
        "bedrock-runtime", "a provisioned model",
    ),
    on("bedrock:CountTokens", {"modelId": NOVA, "input": {"converse": TALK}}, FOUNDATION,
       f"arn:aws:bedrock:us-east-1::foundation-model/{CLAUDE}", client="bedrock-runtime"),
    on("bedrock:ApplyGuardrail",
       {"guardrailIdentifier": "g1", "guardrailVersion": "1", "source": "INPUT", "content": [{"text": {"text": "x"}}]},
       f"{BEDROCK}:guardrail/g1", f"{BEDROCK}:guardrail/g2", client="bedrock-runtime"),
]  # fmt: skip

# --- Amazon Bedrock: the account setting and the catalogue -------------------------------------------------------

TO_GROUP = {"loggingConfig": {"cloudWatchConfig": {"logGroupName": "/case/a", "roleArn": ROLE}}}
TO_BUCKET = {"loggingConfig": {"s3Config": {"bucketName": "case-bucket"}, "textDataDeliveryEnabled": True}}
APPLICATION = f"{BEDROCK}:application-inference-profile"
CASES += [
    passing(on("bedrock:PutModelInvocationLoggingConfiguration", {}, "*"), TO_BEDROCK, **TO_GROUP),
    *(
        on(operation, arguments, "*", f"{BEDROCK}:*")
        for operation, arguments in {
            "bedrock:PutModelInvocationLoggingConfiguration": TO_BUCKET,
            "bedrock:GetModelInvocationLoggingConfiguration": {},
            "bedrock:DeleteModelInvocationLoggingConfiguration": {},
            "bedrock:ListFoundationModels": {},
            "bedrock:ListInferenceProfiles": {},
        }.items()
    ),
    on("bedrock:GetFoundationModel", {"modelIdentifier": NOVA}, FOUNDATION,
       f"arn:aws:bedrock:us-east-1::foundation-model/{CLAUDE}"),
    on("bedrock:GetInferenceProfile", {"inferenceProfileIdentifier": f"us.{CLAUDE}"},
       f"{BEDROCK}:inference-profile/us.{CLAUDE}", f"{BEDROCK}:inference-profile/eu.{CLAUDE}"),
    on("bedrock:GetInferenceProfile", {"inferenceProfileIdentifier": f"{APPLICATION}/abc"}, f"{APPLICATION}/abc",
       f"{APPLICATION}/abd", about="by its ARN"),
    Case(
        "bedrock:CreateInferenceProfile",
        {"inferenceProfileName": "n", "modelSource": {"copyFrom": FOUNDATION}},
        (Allow("bedrock:CreateInferenceProfile", f"{APPLICATION}/*"),
         Allow("bedrock:CreateInferenceProfile", FOUNDATION)),
        (),
    ),
    on("bedrock:DeleteInferenceProfile", {"inferenceProfileIdentifier": "abc"}, f"{APPLICATION}/abc",
       f"{APPLICATION}/abd"),
    *(
        on(operation, {"resourceARN": f"{APPLICATION}/abc", **arguments}, f"{APPLICATION}/abc", f"{APPLICATION}/abd")
        for operation, arguments in {
            "bedrock:TagResource": {"tags": [{"key": "k", "value": "v"}]},
            "bedrock:UntagResource": {"tagKeys": ["k"]},
            "bedrock:ListTagsForResource": {},
        }.items()
    ),
]  # fmt: skip

# --- CloudWatch --------------------------------------------------------------------------------------------------

DATUM = {"MetricData": [{"MetricName": "m", "Value": 1.0}]}
ALARM: dict[str, Any] = {
    "AlarmName": "x", "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold", "MetricName": "m",
    "Namespace": "n", "Period": 60, "Statistic": "Sum", "Threshold": 1.0,
}  # fmt: skip
TOPIC = "arn:aws:sns:us-east-1:000000000000:alarms"
IN_NAMESPACE = {"StringEquals": {"cloudwatch:namespace": "Mine"}}
TO_TOPIC = {"ForAllValues:StringEquals": {"cloudwatch:AlarmActions": TOPIC},
            "Null": {"cloudwatch:AlarmActions": "false"}}  # fmt: skip
STATISTICS = {"Namespace": "n", "MetricName": "m"}
SPAN: dict[str, Any] = {"StartTime": 0, "EndTime": 60}
CASES += [
    Case(
        "cloudwatch:PutMetricData", {"Namespace": "Mine", **DATUM},
        (Allow("cloudwatch:PutMetricData", "*", IN_NAMESPACE),),
        ((Allow("cloudwatch:PutMetricData", "*", {"StringEquals": {"cloudwatch:namespace": "Yours"}}),),
         (Allow("cloudwatch:PutMetricData", f"{CLOUDWATCH}:*"),)),
    ),
    *(
        on(operation, arguments, "*", f"{CLOUDWATCH}:*")
        for operation, arguments in {
            "cloudwatch:GetMetricData": {"MetricDataQueries": [], **SPAN},
            "cloudwatch:ListMetrics": {},
            "cloudwatch:GetMetricStatistics": {**STATISTICS, **SPAN, "Period": 60, "Statistics": ["Sum"]},
            "cloudwatch:DescribeAlarmsForMetric": STATISTICS,
            "cloudwatch:ListDashboards": {},
        }.items()
    ),
    *(
        on(operation, arguments, f"{CLOUDWATCH}:alarm:x", f"{CLOUDWATCH}:alarm:y")
        for operation, arguments in {
            "cloudwatch:DescribeAlarms": {"AlarmNames": ["x"]},
            "cloudwatch:DescribeAlarmHistory": {"AlarmName": "x"},
            "cloudwatch:DeleteAlarms": {"AlarmNames": ["x"]},
            "cloudwatch:EnableAlarmActions": {"AlarmNames": ["x"]},
            "cloudwatch:DisableAlarmActions": {"AlarmNames": ["x"]},
            "cloudwatch:SetAlarmState": {"AlarmName": "x", "StateValue": "OK", "StateReason": "r"},
        }.items()
    ),
    on("cloudwatch:DescribeAlarms", {}, f"{CLOUDWATCH}:alarm:*", f"{CLOUDWATCH}:alarm:x", about="all of them"),
    *(
        Case(
            operation, {**arguments, "AlarmActions": [TOPIC]}, (Allow(operation, f"{CLOUDWATCH}:alarm:x", TO_TOPIC),),
            ((Allow(operation, f"{CLOUDWATCH}:alarm:y", TO_TOPIC),),
             (Allow(operation, f"{CLOUDWATCH}:alarm:x",
                    {"ForAllValues:StringEquals": {"cloudwatch:AlarmActions": f"{TOPIC}-not"},
                     "Null": {"cloudwatch:AlarmActions": "false"}}),)),
        )
        for operation, arguments in {
            "cloudwatch:PutMetricAlarm": ALARM,
            "cloudwatch:PutCompositeAlarm": {"AlarmName": "x", "AlarmRule": "ALARM(y)"},
        }.items()
    ),
    *(
        on(operation, arguments, "arn:aws:cloudwatch::000000000000:dashboard/x",
           "arn:aws:cloudwatch::000000000000:dashboard/y", f"{CLOUDWATCH}:dashboard/x")
        for operation, arguments in {
            "cloudwatch:PutDashboard": {"DashboardName": "x", "DashboardBody": "{}"},
            "cloudwatch:GetDashboard": {"DashboardName": "x"},
            "cloudwatch:DeleteDashboards": {"DashboardNames": ["x"]},
        }.items()
    ),
    *(
        on(operation, {"ResourceARN": f"{CLOUDWATCH}:alarm:x", **arguments}, f"{CLOUDWATCH}:alarm:x",
           f"{CLOUDWATCH}:alarm:y")
        for operation, arguments in {
            "cloudwatch:TagResource": {"Tags": [{"Key": "k", "Value": "v"}]},
            "cloudwatch:UntagResource": {"TagKeys": ["k"]},
            "cloudwatch:ListTagsForResource": {},
        }.items()
    ),
]  # fmt: skip

# --- Passing a role to a service ---------------------------------------------------------------------------------

TO_LAMBDA = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
TO_CLOUDFORMATION = {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}}
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:case"
NO_TEMPLATE = {"StackName": "case", "TemplateBody": '{"Resources": {}}'}
CASES += [
    passing(
        on("lambda:CreateFunction", {"FunctionName": "case", "Runtime": "python3.13", "Handler": "a.b",
                                     "Code": {"ZipFile": b"no zip"}}, FUNCTION), TO_LAMBDA, Role=ROLE,
    ),
    passing(on("lambda:UpdateFunctionConfiguration", {"FunctionName": "case"}, FUNCTION), TO_LAMBDA, Role=ROLE),
    *(
        passing(on(operation, arguments, "*"), TO_CLOUDFORMATION, RoleARN=ROLE)
        for operation, arguments in {
            "cloudformation:CreateStack": NO_TEMPLATE,
            "cloudformation:UpdateStack": NO_TEMPLATE,
            "cloudformation:DeleteStack": {"StackName": "case"},
            "cloudformation:CreateChangeSet": {**NO_TEMPLATE, "ChangeSetName": "case"},
        }.items()
    ),
]  # fmt: skip

# --- Systems Manager ---------------------------------------------------------------------------------------------

SSM = "arn:aws:ssm:us-east-1:000000000000"
CASES += [
    *(
        Case(operation, {"Names": ["/case/a", "b"]},
             (Allow(operation, f"{SSM}:parameter/case/a"), Allow(operation, f"{SSM}:parameter/b")), ())
        for operation in ("ssm:GetParameters", "ssm:DeleteParameters")
    ),
    on("ssm:GetParametersByPath", {"Path": "/case"}, f"{SSM}:parameter/case", f"{SSM}:parameter/other"),
]  # fmt: skip

# --- Judged by MiniStack, rightly: no rows -----------------------------------------------------------------------

KEY = "arn:aws:kms:us-east-1:000000000000:key"
KEY_ID = "11111111-2222-3333-4444-555555555555"
ROLE_OF_CASE = "arn:aws:iam::000000000000:role/case"
MINISTACKS: list[Case] = [
    on("kms:DescribeKey", {"KeyId": KEY_ID}, f"{KEY}/{KEY_ID}", f"{KEY}/other"),
    on("kms:GetKeyPolicy", {"KeyId": f"{KEY}/{KEY_ID}", "PolicyName": "default"}, f"{KEY}/{KEY_ID}", f"{KEY}/other"),
    on("kms:PutKeyPolicy", {"KeyId": KEY_ID, "Policy": "{}"}, f"{KEY}/{KEY_ID}", f"{KEY}/other"),
    on("kms:DescribeKey", {"KeyId": "alias/case"}, f"{KEY}/*", "arn:aws:kms:us-east-1:000000000000:alias/*",
       about="by its alias"),
    on("ssm:GetParameter", {"Name": "/case/a"}, f"{SSM}:parameter/case/a", f"{SSM}:parameter/case/b"),
    on("ssm:PutParameter", {"Name": "/case/a", "Value": "v", "Type": "String"}, f"{SSM}:parameter/case/a",
       f"{SSM}:parameter/case/b"),
    on("ssm:DeleteParameter", {"Name": "/case/a"}, f"{SSM}:parameter/case/a", f"{SSM}:parameter/case/b"),
    on("iam:GetRole", {"RoleName": "case"}, ROLE_OF_CASE, f"{ROLE_OF_CASE}-not"),
    on("iam:GetRolePolicy", {"RoleName": "case", "PolicyName": "p"}, ROLE_OF_CASE, f"{ROLE_OF_CASE}-not"),
    on("sts:AssumeRole", {"RoleArn": ROLE_OF_CASE, "RoleSessionName": "session"}, ROLE_OF_CASE, f"{ROLE_OF_CASE}-not"),
    Case("lambda:Invoke", {"FunctionName": "case"}, (Allow("lambda:InvokeFunction", FUNCTION),),
         ((Allow("lambda:InvokeFunction", f"{FUNCTION}-not"),),)),
    on("s3:GetBucketPolicy", {"Bucket": "case-bucket"}, "arn:aws:s3:::case-bucket", "arn:aws:s3:::case-other"),
    Case("s3:ListObjectsV2", {"Bucket": "case-bucket"}, (Allow("s3:ListBucket", "arn:aws:s3:::case-bucket"),),
         ((Allow("s3:ListBucket", "arn:aws:s3:::case-bucket/*"),),)),
    on("s3:GetObject", {"Bucket": "case-bucket", "Key": "k"}, "arn:aws:s3:::case-bucket/*", "arn:aws:s3:::case-bucket"),
    on("cloudformation:DescribeStacks", {"StackName": "case"},
       "arn:aws:cloudformation:us-east-1:000000000000:stack/case/*",
       "arn:aws:cloudformation:us-east-1:000000000000:stack/other/*"),
]  # fmt: skip
