"""The authorisation table: what each operation is authorised as in AWS, with its source.

An operation of CloudWatch Logs, CloudWatch or Amazon Bedrock that is not here is refused.
"""

from __future__ import annotations

import re

from . import authorization_agentcore, authorization_deliveries, authorization_logs, authorization_xray
from .authorization_model import Confidence, Need, Row, no_keys
from .authorization_models import (
    foundation_model,
    guardrail,
    model,
    models_behind_profile,
    new_profile,
    profile,
    through_profile,
    with_guardrail,
)
from .authorization_resources import (
    alarm_actions,
    alarms,
    dashboards,
    everything,
    metric_namespace,
    new_function,
    passed_to,
    role,
    ssm_parameters,
    tagged,
)

BEDROCK = "Service Authorization Reference, Amazon Bedrock"
CLOUDWATCH = "Service Authorization Reference, Amazon CloudWatch"
CONVERSE = "Bedrock API reference, {}: this operation requires permission for the {} action"
PASSING = 'IAM user guide, "Granting a user permissions to pass a role to an AWS service"'


def _invocation(operation: str, verb: str, action: str, source: str) -> Row:
    return Row(
        f"bedrock:{operation}",
        (
            Need(f"bedrock:{action}", model, with_guardrail),
            Need(
                f"bedrock:{action}",
                models_behind_profile,
                lambda request: {**with_guardrail(request), **through_profile(request)},
                optional=True,
            ),
            Need("bedrock:ApplyGuardrail", guardrail, optional=True),
        ),
        source,
        route=("POST", re.compile(rf"/model/(?P<modelId>.+)/{verb}")),
    )


_SETTING = re.compile("/logging/modelinvocations/?")

BEDROCK_ROWS: tuple[Row, ...] = (
    _invocation("InvokeModel", "invoke", "InvokeModel", BEDROCK),
    _invocation("InvokeModelWithResponseStream", "invoke-with-response-stream", "InvokeModelWithResponseStream",
                BEDROCK),
    _invocation("Converse", "converse", "InvokeModel", CONVERSE.format("Converse", "bedrock:InvokeModel")),
    _invocation("ConverseStream", "converse-stream", "InvokeModelWithResponseStream",
                CONVERSE.format("ConverseStream", "bedrock:InvokeModelWithResponseStream")),
    Row("bedrock:CountTokens", (Need("bedrock:CountTokens", model),), BEDROCK,
        route=("POST", re.compile("/model/(?P<modelId>.+)/count-tokens"))),
    Row("bedrock:ApplyGuardrail", (Need("bedrock:ApplyGuardrail", guardrail),), BEDROCK,
        route=("POST", re.compile("/guardrail/(?P<guardrailId>.+)/version/(?P<guardrailVersion>[^/]+)/apply"))),
    Row("bedrock:PutModelInvocationLoggingConfiguration", (
        Need("bedrock:PutModelInvocationLoggingConfiguration", everything),
        Need("iam:PassRole", role("loggingConfig.cloudWatchConfig.roleArn"), passed_to("bedrock.amazonaws.com"),
             optional=True),
    ), f"{BEDROCK}; {PASSING}", Confidence.UNCONFIRMED, route=("PUT", _SETTING),
        note="That Bedrock checks iam:PassRole is IAM's general rule and stands on no page of Bedrock: enforced here,"
        " so that a deployer without it is found in the sandbox."),
    Row("bedrock:GetModelInvocationLoggingConfiguration",
        (Need("bedrock:GetModelInvocationLoggingConfiguration", everything),), BEDROCK, route=("GET", _SETTING)),
    Row("bedrock:DeleteModelInvocationLoggingConfiguration",
        (Need("bedrock:DeleteModelInvocationLoggingConfiguration", everything),), BEDROCK, route=("DELETE", _SETTING)),
    Row("bedrock:ListFoundationModels", (Need("bedrock:ListFoundationModels", everything),), BEDROCK,
        route=("GET", re.compile("/foundation-models/?"))),
    Row("bedrock:GetFoundationModel", (Need("bedrock:GetFoundationModel", foundation_model),), BEDROCK,
        route=("GET", re.compile("/foundation-models/(?P<model>.+)"))),
    Row("bedrock:ListInferenceProfiles", (Need("bedrock:ListInferenceProfiles", everything),), BEDROCK,
        Confidence.DERIVED, route=("GET", re.compile("/inference-profiles/?")),
        note="The reference lists profiles as optional resource types; the request names none."),
    Row("bedrock:GetInferenceProfile", (Need("bedrock:GetInferenceProfile", profile),), BEDROCK,
        route=("GET", re.compile("/inference-profiles/(?P<profile>.+)"))),
    Row("bedrock:CreateInferenceProfile", (Need("bedrock:CreateInferenceProfile", new_profile),), BEDROCK,
        Confidence.DERIVED, route=("POST", re.compile("/inference-profiles/?")),
        note="The new profile has no id yet."),
    Row("bedrock:DeleteInferenceProfile", (Need("bedrock:DeleteInferenceProfile", profile),), BEDROCK,
        route=("DELETE", re.compile("/inference-profiles/(?P<profile>.+)"))),
    Row("bedrock:TagResource", (Need("bedrock:TagResource", tagged),), BEDROCK,
        route=("POST", re.compile("/tagResource"))),
    Row("bedrock:UntagResource", (Need("bedrock:UntagResource", tagged),), BEDROCK,
        route=("POST", re.compile("/untagResource"))),
    Row("bedrock:ListTagsForResource", (Need("bedrock:ListTagsForResource", tagged),), BEDROCK,
        route=("POST", re.compile("/listTagsForResource"))),
)  # fmt: skip


def _metrics(operation: str, *needs: Need) -> Row:
    return Row(f"cloudwatch:{operation}", needs, CLOUDWATCH)


_ALARM_LEVEL = ("DescribeAlarms", "DescribeAlarmHistory", "DeleteAlarms", "EnableAlarmActions", "DisableAlarmActions",
                "SetAlarmState")  # fmt: skip

CLOUDWATCH_ROWS: tuple[Row, ...] = (
    _metrics("PutMetricData", Need("cloudwatch:PutMetricData", everything, metric_namespace)),
    *(
        _metrics(operation, Need(f"cloudwatch:{operation}", everything, no_keys))
        for operation in ("GetMetricData", "ListMetrics", "GetMetricStatistics", "DescribeAlarmsForMetric",
                          "ListDashboards")
    ),
    *(_metrics(operation, Need(f"cloudwatch:{operation}", alarms)) for operation in _ALARM_LEVEL),
    *(
        _metrics(operation, Need(f"cloudwatch:{operation}", alarms, alarm_actions))
        for operation in ("PutMetricAlarm", "PutCompositeAlarm")
    ),
    *(
        _metrics(operation, Need(f"cloudwatch:{operation}", dashboards))
        for operation in ("PutDashboard", "GetDashboard", "DeleteDashboards")
    ),
    *(
        _metrics(operation, Need(f"cloudwatch:{operation}", tagged))
        for operation in ("TagResource", "UntagResource", "ListTagsForResource")
    ),
)  # fmt: skip


def _passing(operation: str, principal: str, *names: str) -> Row:
    needs = (Need("iam:PassRole", role(*names), passed_to(principal), optional=True),)
    return Row(operation, needs, PASSING, adds=True)


PASSING_ROWS: tuple[Row, ...] = (
    # MiniStack judges it on everything, because the path of the request does not name the function.
    Row(
        "lambda:CreateFunction",
        (
            Need("lambda:CreateFunction", new_function),
            Need("iam:PassRole", role("Role"), passed_to("lambda.amazonaws.com")),
        ),
        f"Service Authorization Reference, AWS Lambda; {PASSING}",
    ),
    _passing("lambda:UpdateFunctionConfiguration", "lambda.amazonaws.com", "Role"),
    *(
        _passing(f"cloudformation:{operation}", "cloudformation.amazonaws.com", "RoleARN")
        for operation in ("CreateStack", "UpdateStack", "DeleteStack", "CreateChangeSet")
    ),
    # What CloudFormation itself creates with a role is not judged: MiniStack provisions without asking for permissions.
)

PARAMETER_ROWS: tuple[Row, ...] = tuple(
    # MiniStack reads the parameter from `Name` alone, takes `name:version` for a name, and judges the others on
    # everything.
    Row(f"ssm:{operation}", (Need(f"ssm:{operation}", ssm_parameters),),
        "Service Authorization Reference, AWS Systems Manager")
    for operation in ("GetParameter", "GetParameters", "GetParametersByPath", "DeleteParameters")
)  # fmt: skip

TABLE: dict[str, Row] = {
    row.operation: row
    for row in (
        *authorization_logs.ROWS,
        *authorization_deliveries.ROWS,
        *BEDROCK_ROWS,
        *CLOUDWATCH_ROWS,
        *PASSING_ROWS,
        *PARAMETER_ROWS,
        *authorization_xray.ROWS,
        *authorization_agentcore.ROWS,
    )
}
"""The rows by operation."""

CORRECTED = {
    "logs": "logs",
    "monitoring": "cloudwatch",
    "bedrock": "bedrock",
    "bedrock-runtime": "bedrock",
    **authorization_xray.SERVICES,
    **authorization_agentcore.SERVICES,
}
"""Services whose operations need a row, by MiniStack's name, with the prefix of their actions."""
