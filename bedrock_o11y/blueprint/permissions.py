"""What people and pipelines need to run our own commands.

Names that the templates of this module use, beside ``${Partition}``, ``${Region}`` and ``${Account}``:
``${LogGroupName}``, ``${BucketName}``, ``${RecordName}``, ``${ModelId}`` and ``${Qualifier}`` (of the CDK bootstrap).
"""

from __future__ import annotations

from typing import Final

from . import sources
from .account_setting import RECORD_NAME_PREFIX, SPAN_INDEXING, TRACE_DESTINATION
from .grant import Confidence, Grant, Severity

_READ_CONFIGURATION: Final = Grant(
    sid="ReadConfiguration",
    actions=("bedrock:GetModelInvocationLoggingConfiguration",),
    resources=("*",),
    purpose="The check cannot see whether model invocation logging is on.",
    severity=Severity.HIGH,
    sources=(sources.BEDROCK_ACTIONS,),
    wildcard="This action has no resource types.",
)

_READ_RECORD: Final = Grant(
    sid="ReadRecordOfSetting",
    actions=("ssm:GetParameter",),
    resources=(
        "arn:${Partition}:ssm:${Region}:${Account}:parameter${RecordName}",
        *(
            f"arn:${{Partition}}:ssm:${{Region}}:${{Account}}:parameter{RECORD_NAME_PREFIX}{setting}"
            for setting in (TRACE_DESTINATION, SPAN_INDEXING)
        ),
    ),
    purpose="The check cannot see what the configuration is expected to be.",
    severity=Severity.MEDIUM,
    sources=(sources.SSM_ACTIONS,),
)

_FIND_LOG_GROUPS: Final = Grant(
    sid="FindLogGroups",
    actions=("logs:DescribeLogGroups",),
    resources=("*",),
    purpose="The check cannot see the log group, its retention and its key.",
    severity=Severity.HIGH,
    sources=(sources.LOGS_ACTIONS,),
    wildcard="This action has no resource types.",
)

_COUNT_RESOURCE_POLICIES: Final = Grant(
    sid="CountResourcePolicies",
    actions=("logs:DescribeResourcePolicies",),
    resources=("*",),
    purpose="The plan cannot count the resource policies of CloudWatch Logs, of which an account has ten.",
    severity=Severity.LOW,
    sources=(sources.LOGS_ACTIONS,),
    wildcard="This action has no resource types.",
)

_COUNT_TRACE_POLICIES: Final = Grant(
    sid="CountTracePolicies",
    actions=("xray:ListResourcePolicies",),
    resources=("*",),
    purpose="The plan cannot count the resource policies of X-Ray, of which an account has five.",
    severity=Severity.LOW,
    sources=(sources.XRAY_ACTIONS,),
    wildcard="This action has no resource types.",
)

_LOG_GROUP: Final = (
    "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}",
    "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}:*",
)
_LOG_GROUP_WILDCARD: Final = (
    "A log group is asked for with and without the closing colon and star, depending on the operation."
)

_READ_MASKING: Final = Grant(
    sid="ReadMasking",
    actions=("logs:GetDataProtectionPolicy",),
    resources=_LOG_GROUP,
    purpose="The check cannot see the masking.",
    severity=Severity.MEDIUM,
    sources=(sources.LOGS_ACTIONS,),
    wildcard=_LOG_GROUP_WILDCARD,
    confidence=Confidence.OBSERVED,
)

_SEE_KEY: Final = Grant(
    sid="SeeKey",
    actions=("kms:DescribeKey",),
    resources=("arn:${Partition}:kms:${Region}:${Account}:key/*",),
    purpose="Nobody is told that the key is disabled or about to be deleted.",
    severity=Severity.MEDIUM,
    sources=(sources.KMS_ACTIONS,),
    wildcard="The id of the key is known only after the deploy; the action only reads.",
)

_READ_KEY_POLICY: Final = Grant(
    sid="ReadKeyPolicy",
    actions=("kms:GetKeyPolicy",),
    resources=("arn:${Partition}:kms:${Region}:${Account}:key/*",),
    purpose="The check cannot see whether CloudWatch Logs may use the key.",
    severity=Severity.MEDIUM,
    sources=(sources.KMS_ACTIONS,),
    wildcard="The id of the key is known only after the deploy; the action only reads.",
)

_READ_OWNER_OF_LOG_GROUPS: Final = Grant(
    sid="ReadOwnerOfLogGroups",
    actions=("logs:ListTagsForResource",),
    resources=("arn:${Partition}:logs:${Region}:${Account}:log-group:*",),
    purpose="The plan cannot see whether a log group of an agent is that of the stack.",
    severity=Severity.LOW,
    sources=(sources.LOGS_ACTIONS,),
    wildcard="The log groups of agents are named by the configuration; this action only reads.",
)

_FIND_BUCKET: Final = Grant(
    sid="FindPayloadBucket",
    actions=("s3:ListBucket",),
    resources=("arn:${Partition}:s3:::${BucketName}",),
    purpose="Nobody can see whether the payload bucket is there.",
    severity=Severity.MEDIUM,
    sources=(sources.S3_ACTIONS,),
)

_READ_BUCKET: Final = Grant(
    sid="ReadPayloadBucket",
    actions=("s3:GetBucketPolicy", "s3:GetBucketOwnershipControls", "s3:GetEncryptionConfiguration"),
    resources=("arn:${Partition}:s3:::${BucketName}",),
    purpose="The check cannot see whether Bedrock may write large bodies to the payload bucket.",
    severity=Severity.MEDIUM,
    sources=(sources.S3_ACTIONS,),
)

_READ_METRICS: Final = Grant(
    sid="ReadMetrics",
    actions=("cloudwatch:ListMetrics", "cloudwatch:GetMetricData"),
    resources=("*",),
    purpose="The check cannot see whether Bedrock reports failed deliveries.",
    severity=Severity.MEDIUM,
    sources=(sources.CLOUDWATCH_ACTIONS,),
    wildcard="ListMetrics has no resource types, and AWS's own metrics belong to no dataset.",
)

_READ_ROLES: Final = Grant(
    sid="ReadRoles",
    actions=("iam:GetRole", "iam:ListRolePolicies", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies"),
    resources=("arn:${Partition}:iam::${Account}:role/*",),
    purpose="Nobody can see whom a role lets in and what it may do, so its silence cannot be explained.",
    severity=Severity.MEDIUM,
    sources=(sources.IAM_ACTIONS,),
    wildcard="Which role the configuration names is known only in the account; these actions only read.",
)

_READ_MANAGED_POLICIES: Final = Grant(
    sid="ReadManagedPolicies",
    actions=("iam:GetPolicy", "iam:GetPolicyVersion"),
    resources=("arn:${Partition}:iam::${Account}:policy/*", "arn:${Partition}:iam::aws:policy/*"),
    purpose="The text of attached policies and boundaries stays unknown, and with it what the role may do.",
    severity=Severity.MEDIUM,
    sources=(sources.IAM_ACTIONS,),
    wildcard="Which policies a role carries is known only once it was read; these actions only read.",
)

_READ_TRACING: Final = Grant(
    sid="ReadTracing",
    actions=("xray:GetTraceSegmentDestination", "xray:GetIndexingRules"),
    resources=("*",),
    purpose="Nobody can see whether Transaction Search is on, and how many traces are indexed.",
    severity=Severity.MEDIUM,
    sources=(sources.XRAY_ACTIONS,),
    wildcard="These actions have no resource types.",
)

PLAN_GRANTS: Final = (
    _READ_CONFIGURATION,
    _READ_RECORD,
    _FIND_LOG_GROUPS,
    _COUNT_RESOURCE_POLICIES,
    _COUNT_TRACE_POLICIES,
    _READ_OWNER_OF_LOG_GROUPS,
    _FIND_BUCKET,
    _READ_TRACING,
    _SEE_KEY,
)
"""What ``bedrock-o11y plan`` reads."""

CHECK_GRANTS: Final = (
    _READ_CONFIGURATION,
    _READ_RECORD,
    _FIND_LOG_GROUPS,
    _READ_MASKING,
    _SEE_KEY,
    _READ_KEY_POLICY,
    _FIND_BUCKET,
    _READ_BUCKET,
    _READ_METRICS,
    _READ_ROLES,
    _READ_MANAGED_POLICIES,
)
"""What ``bedrock-o11y check`` reads."""

READER_GRANTS: Final = (
    *CHECK_GRANTS,
    _COUNT_RESOURCE_POLICIES,
    _COUNT_TRACE_POLICIES,
    _READ_OWNER_OF_LOG_GROUPS,
    _READ_TRACING,
)
"""What ``bedrock-o11y check`` and ``bedrock-o11y plan`` read."""

CANARY_GRANTS: Final = (
    Grant(
        sid="SendCanary",
        actions=("bedrock:InvokeModel",),
        resources=("arn:${Partition}:bedrock:${Region}::foundation-model/${ModelId}",),
        purpose="The canary cannot call the model. Converse is authorised as InvokeModel.",
        severity=Severity.HIGH,
        sources=(sources.BEDROCK_ACTIONS,),
    ),
    Grant(
        sid="FollowCanary",
        actions=("logs:FilterLogEvents",),
        resources=_LOG_GROUP,
        purpose="The canary cannot find its record in the log.",
        severity=Severity.HIGH,
        sources=(sources.LOGS_ACTIONS,),
        wildcard=_LOG_GROUP_WILDCARD,
        confidence=Confidence.OBSERVED,
    ),
)
"""What ``bedrock-o11y check --canary`` needs beside :data:`CHECK_GRANTS`, for a model called by its own id."""

READ_ALL_ROLES_GRANT: Final = Grant(
    sid="ReadAllRoles",
    actions=("iam:GetAccountAuthorizationDetails",),
    resources=("*",),
    purpose="The audit cannot read all roles of the account at once.",
    severity=Severity.HIGH,
    sources=(sources.IAM_ACTIONS,),
    wildcard="This action has no resource types.",
)
"""What ``bedrock-o11y audit --all`` needs."""

AUDITOR_GRANTS: Final = (READ_ALL_ROLES_GRANT, _READ_ROLES, _READ_MANAGED_POLICIES)
"""What ``bedrock-o11y audit`` reads of a live account: the first for ``--all``, the others for roles by name."""

DEPLOYER_GRANTS: Final = (
    Grant(
        sid="DeployThroughBootstrapRoles",
        actions=("sts:AssumeRole",),
        resources=(
            "arn:${Partition}:iam::${Account}:role/cdk-${Qualifier}-deploy-role-${Account}-${Region}",
            "arn:${Partition}:iam::${Account}:role/cdk-${Qualifier}-file-publishing-role-${Account}-${Region}",
            "arn:${Partition}:iam::${Account}:role/cdk-${Qualifier}-lookup-role-${Account}-${Region}",
        ),
        purpose="The CDK command line cannot upload the assets nor start the deploy.",
        severity=Severity.HIGH,
        sources=(sources.CDK_BOOTSTRAP,),
    ),
)
"""What ``cdk deploy`` and ``cdk destroy`` need once the account is bootstrapped."""

_FIND_LOG_STREAMS: Final = Grant(
    sid="FindLogStreams",
    actions=("logs:DescribeLogStreams",),
    resources=("arn:${Partition}:logs:${Region}:${Account}:log-group:*",),
    purpose="Nobody can see whether the log stream exists to which an agent sends its log records.",
    severity=Severity.LOW,
    sources=(sources.LOGS_ACTIONS,),
    wildcard="The log groups are named by the environment that is judged; this action only reads.",
)

ENV_GRANTS: Final = (_FIND_LOG_GROUPS, _FIND_LOG_STREAMS, _COUNT_RESOURCE_POLICIES)
"""What ``bedrock-o11y env check`` reads."""

COMMANDS: Final[dict[str, tuple[Grant, ...]]] = {
    "plan": PLAN_GRANTS,
    "check": CHECK_GRANTS,
    "check --canary": (*CHECK_GRANTS, *CANARY_GRANTS),
    "audit": AUDITOR_GRANTS,
    "deploy": (*DEPLOYER_GRANTS, *PLAN_GRANTS),
    "env": ENV_GRANTS,
}
"""What each command needs of the account it is pointed at; ``make deploy`` makes a plan before it deploys."""
