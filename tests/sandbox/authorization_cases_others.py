"""CloudWatch, roles passed to services, Systems Manager; and what MiniStack judges rightly by itself."""

from __future__ import annotations

from typing import Any

from tests.sandbox.authorization_case import ROLE, Allow, Case, on, passing

CLOUDWATCH = "arn:aws:cloudwatch:us-east-1:000000000000"

CASES: list[Case] = []

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
    on("ssm:GetParameter", {"Name": "/case/a"}, f"{SSM}:parameter/case/a", f"{SSM}:parameter/case/b"),
    on("ssm:GetParameter", {"Name": "/case/a:3"}, f"{SSM}:parameter/case/a", f"{SSM}:parameter/case/a:3",
       about="in one of its versions"),
    on("ssm:GetParametersByPath", {"Path": "/case"}, f"{SSM}:parameter/case", f"{SSM}:parameter/other"),
]  # fmt: skip

# --- Judged by MiniStack, rightly: no rows -----------------------------------------------------------------------

KEY = "arn:aws:kms:us-east-1:000000000000:key"
KEY_ID = "11111111-2222-3333-4444-555555555555"
ROLE_OF_CASE = "arn:aws:iam::000000000000:role/case"
POLICY_OF_CASE = "arn:aws:iam::000000000000:policy/case"
AWS_MANAGED = "arn:aws:iam::aws:policy/SecurityAudit"
MINISTACKS: list[Case] = [
    on("kms:DescribeKey", {"KeyId": KEY_ID}, f"{KEY}/{KEY_ID}", f"{KEY}/other"),
    on("kms:GetKeyPolicy", {"KeyId": f"{KEY}/{KEY_ID}", "PolicyName": "default"}, f"{KEY}/{KEY_ID}", f"{KEY}/other"),
    on("kms:PutKeyPolicy", {"KeyId": KEY_ID, "Policy": "{}"}, f"{KEY}/{KEY_ID}", f"{KEY}/other"),
    on("kms:DescribeKey", {"KeyId": "alias/case"}, f"{KEY}/*", "arn:aws:kms:us-east-1:000000000000:alias/*",
       about="by its alias"),
    on("ssm:PutParameter", {"Name": "/case/a", "Value": "v", "Type": "String"}, f"{SSM}:parameter/case/a",
       f"{SSM}:parameter/case/b"),
    on("ssm:DeleteParameter", {"Name": "/case/a"}, f"{SSM}:parameter/case/a", f"{SSM}:parameter/case/b"),
    on("iam:GetRole", {"RoleName": "case"}, ROLE_OF_CASE, f"{ROLE_OF_CASE}-not"),
    on("iam:GetRolePolicy", {"RoleName": "case", "PolicyName": "p"}, ROLE_OF_CASE, f"{ROLE_OF_CASE}-not"),
    on("iam:ListRolePolicies", {"RoleName": "case"}, ROLE_OF_CASE, f"{ROLE_OF_CASE}-not"),
    on("iam:ListAttachedRolePolicies", {"RoleName": "case"}, ROLE_OF_CASE, f"{ROLE_OF_CASE}-not"),
    on("iam:GetPolicy", {"PolicyArn": POLICY_OF_CASE}, POLICY_OF_CASE, f"{POLICY_OF_CASE}-not"),
    on("iam:GetPolicy", {"PolicyArn": AWS_MANAGED}, AWS_MANAGED, "arn:aws:iam::000000000000:policy/*", about="of AWS"),
    on("iam:GetPolicyVersion", {"PolicyArn": POLICY_OF_CASE, "VersionId": "v1"}, POLICY_OF_CASE,
       f"{POLICY_OF_CASE}-not"),
    on("iam:GetAccountAuthorizationDetails", {}, "*", "arn:aws:iam::000000000000:*"),
    on("sts:AssumeRole", {"RoleArn": ROLE_OF_CASE, "RoleSessionName": "session"}, ROLE_OF_CASE, f"{ROLE_OF_CASE}-not"),
    Case("lambda:Invoke", {"FunctionName": "case"}, (Allow("lambda:InvokeFunction", FUNCTION),),
         ((Allow("lambda:InvokeFunction", f"{FUNCTION}-not"),),)),
    on("s3:GetBucketPolicy", {"Bucket": "case-bucket"}, "arn:aws:s3:::case-bucket", "arn:aws:s3:::case-other"),
    Case("s3:ListObjectsV2", {"Bucket": "case-bucket"}, (Allow("s3:ListBucket", "arn:aws:s3:::case-bucket"),),
         ((Allow("s3:ListBucket", "arn:aws:s3:::case-bucket/*"),),)),
    on("s3:GetObject", {"Bucket": "case-bucket", "Key": "k"}, "arn:aws:s3:::case-bucket/*", "arn:aws:s3:::case-bucket"),
    *(
        on(operation, {"repositoryName": "case", **arguments}, "arn:aws:ecr:us-east-1:000000000000:repository/case",
           "arn:aws:ecr:us-east-1:000000000000:repository/other", "arn:aws:ecr:us-east-2:000000000000:repository/case")
        for operation, arguments in {
            "ecr:BatchGetImage": {"imageIds": [{"imageTag": "latest"}]},
            "ecr:GetDownloadUrlForLayer": {"layerDigest": "sha256:" + "0" * 64},
            "ecr:BatchCheckLayerAvailability": {"layerDigests": ["sha256:" + "0" * 64]},
        }.items()
    ),
    on("ecr:GetAuthorizationToken", {}, "*", "arn:aws:ecr:us-east-1:000000000000:repository/*"),
    on("cloudformation:DescribeStacks", {"StackName": "case"},
       "arn:aws:cloudformation:us-east-1:000000000000:stack/case/*",
       "arn:aws:cloudformation:us-east-1:000000000000:stack/other/*"),
]  # fmt: skip
