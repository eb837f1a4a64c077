"""The role of an agent hosted elsewhere than on AgentCore Runtime: it sends its telemetry itself.

On EC2, ECS, EKS, Lambda or a laptop nobody makes a log group for the agent, and nobody but its own role writes to it.
Its spans go to X-Ray's OTLP endpoint and its log records and metrics to that of CloudWatch Logs (AgentCore developer
guide, observability for agents hosted outside of the runtime; CloudWatch user guide, OTLP endpoints).

Names that the templates of this module use, beside ``${Partition}``, ``${Region}`` and ``${Account}``:

- ``${LogGroupName}``: the log group of the agent.
- ``${LogStream}``: the log stream of its log records.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from . import agentcore, agentcore_runtime, sources, transaction_search
from .agentcore_runtime_extras import TOOL_GRANTS
from .grant import Condition, Confidence, Grant, Severity, Source
from .role_kind import RoleKind, VariantTrust

LAMBDA: Final = "lambda"
ECS: Final = "ecs"
EC2: Final = "ec2"
EKS: Final = "eks"
ELSEWHERE: Final = "elsewhere"
"""Anywhere else, a laptop say: no service of AWS assumes the agent's role."""

HOSTS: Final = (LAMBDA, ECS, EC2, EKS, ELSEWHERE)
"""Where an agent may run, beside AgentCore Runtime."""

LOGS_STREAM: Final = "runtime-logs"
"""The log stream of log records that the guide names; nobody makes it by himself."""

SPANS_STREAM: Final = "spans"
"""The log stream of spans in the agent's own log group."""

LOG_STREAM: Final = r"[!#$&-)+\-./0-9<-\[\]-~]{1,512}"
"""What a log stream may be called that a header names: ASCII without spaces, and without any of :data:`NOT_IN_A_STREAM`
(CloudWatch Logs API reference, CreateLogStream; a header is cut at commas and semicolons, and unquoted)."""

NOT_IN_A_STREAM: Final = ':*,;%"\\'

AGENT_ID: Final = r"[A-Za-z0-9_-]{1,256}"
"""What the id of an agent or of its endpoint looks like, as part of a log group's name."""

_GROUP: Final = "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}"
_IDENTITIES: Final = "arn:${Partition}:bedrock-agentcore:${Region}:${Account}:workload-identity-directory/default"
_OF_RUNTIME: Final = {grant.sid: grant for grant in agentcore_runtime.GRANTS}


def _trust(
    service: str,
    source: Source,
    *conditions: Condition,
    session_tags: bool = False,
    wildcard: str = "",
    confidence: Confidence = Confidence.DOCUMENTED,
) -> Grant:
    return Grant(
        sid="HostAssumesRole",
        principals=(service,),
        actions=("sts:AssumeRole", *(["sts:TagSession"] if session_tags else [])),
        resources=(),
        conditions=conditions,
        purpose="The agent gets no credentials: it sends neither logs nor spans.",
        severity=Severity.HIGH,
        sources=(source, *([sources.CONFUSED_DEPUTY] if conditions else [])),
        wildcard=wildcard,
        confidence=confidence,
    )


TRUSTS: Final = (
    VariantTrust(LAMBDA, _trust("lambda.amazonaws.com", sources.LAMBDA_EXECUTION_ROLE)),
    VariantTrust(
        ECS,
        _trust(
            "ecs-tasks.amazonaws.com",
            sources.ECS_TASK_ROLE,
            Condition("ArnLike", "aws:SourceArn", ("arn:${Partition}:ecs:${Region}:${Account}:*",)),
            agentcore.SOURCE_ACCOUNT,
            wildcard="The guide pins the service, the Region and the account; tasks have no name of their own.",
        ),
        source_arns=("arn:${Partition}:ecs:*:${Account}:*",),
    ),
    VariantTrust(EC2, _trust("ec2.amazonaws.com", sources.EC2_ROLE)),
    # That EKS sends the account is reported (awslabs/mountpoint-s3-csi-driver 781), and not which ARN it sends.
    VariantTrust(
        EKS,
        _trust(
            "pods.eks.amazonaws.com",
            sources.EKS_POD_IDENTITY_ROLE,
            agentcore.SOURCE_ACCOUNT,
            session_tags=True,
            confidence=Confidence.OBSERVED,
        ),
    ),
)
"""Who assumes the role, by host. Lambda and EC2 document no source key for it: both take a role of their own account
alone, from somebody who may pass it."""

GRANTS: Final = (
    Grant(
        sid="WriteOwnLogs",
        actions=("logs:PutLogEvents",),
        resources=(f"{_GROUP}:log-stream:${{LogStream}}",),
        accepted=(f"{_GROUP}:log-stream:*", f"{_GROUP}:*"),
        purpose="Log records, with the prompts and answers in them, and metrics of the agent have nowhere to go.",
        severity=Severity.HIGH,
        sources=(sources.OTLP_ENDPOINTS, sources.RUNTIME_OBSERVABILITY, sources.LOGS_ACTIONS),
    ),
    Grant(
        sid="FindOwnLogStreams",
        actions=("logs:DescribeLogStreams",),
        resources=(f"{_GROUP}:*",),
        asked=(f"{_GROUP}:log-stream:",),
        accepted=("*",),
        purpose="The exporter cannot look its log stream up before it writes to it.",
        severity=Severity.MEDIUM,
        sources=(sources.OTLP_ENDPOINTS, sources.LOGS_ACTIONS),
        wildcard="The action is judged on the log group with an empty log stream behind it.",
    ),
    replace(
        _OF_RUNTIME["FindLogGroups"],
        purpose="The exporter cannot look its log group up before it writes to it.",
        sources=(sources.OTLP_ENDPOINTS, sources.LOGS_ACTIONS),
    ),
    Grant(
        sid="WriteTraces",
        actions=("xray:PutTraceSegments",),
        resources=("*",),
        purpose="The agent's spans are refused by X-Ray, so there are no traces.",
        severity=Severity.HIGH,
        sources=(sources.OTLP_ENDPOINTS, sources.XRAY_WRITE_ONLY, sources.XRAY_ACTIONS),
        wildcard="This action has no resource types.",
    ),
    agentcore.optional_grant(
        "SampleAsXRaySays",
        (
            "xray:PutTelemetryRecords",
            "xray:GetSamplingRules",
            "xray:GetSamplingTargets",
            "xray:GetSamplingStatisticSummaries",
        ),
        ("*",),
        "A tracer that samples by X-Ray's rules cannot read them; ADOT keeps every span of an agent by itself.",
        sources.XRAY_WRITE_ONLY,
        wildcard="These actions have no resource types.",
        confidence=Confidence.DOCUMENTED,
    ),
    agentcore.optional_grant(
        "PutSpans",
        ("xray:PutSpans",),
        ("*",),
        "Nothing that is documented: the OTLP endpoint asks for xray:PutTraceSegments, by the policy the guide names.",
        sources.XRAY_ACTIONS,
        wildcard="This action has no resource types.",
    ),
    agentcore.optional_grant(
        "CreateOwnLogGroup",
        ("logs:CreateLogGroup", "logs:CreateLogStream"),
        (f"{_GROUP}:*",),
        "ADOT cannot make the log group and log stream of its metrics where they are not there.",
        sources.LOGS_ACTIONS,
        wildcard="Log streams of metrics have names that ADOT makes.",
    ),
    replace(_OF_RUNTIME["PublishMetrics"], severity=Severity.INFO, optional=True),
    replace(agentcore.INVOKE_MODELS, severity=Severity.INFO, optional=True),
    *TOOL_GRANTS,
    agentcore.optional_grant(
        "GetAgentAccessToken",
        (agentcore.WORKLOAD_IDENTITY, agentcore.WORKLOAD_IDENTITY_FOR_JWT),
        (_IDENTITIES, f"{_IDENTITIES}/workload-identity/*"),
        "The agent has no identity of its own towards other services: calls with OAuth or API keys fail.",
        sources.WORKLOAD_ACCESS_TOKEN,
        wildcard="The name of a workload identity is its owner's choice.",
        confidence=Confidence.DOCUMENTED,
    ),
    *agentcore.identity_extras("*"),
    replace(
        agentcore.optional_grant(
            "WriteFunctionLogs",
            ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"),
            ("arn:${Partition}:logs:${Region}:${Account}:log-group:/aws/lambda/*",),
            "What the function prints is not kept.",
            sources.LAMBDA_EXECUTION_ROLE,
            wildcard="The name of the function is not known to its role.",
            confidence=Confidence.DOCUMENTED,
        ),
        variants=(LAMBDA,),
    ),
)

LET_SPANS_INTO_OWN_GROUP: Final = Grant(
    sid="LetXRayWriteSpans",
    principals=(transaction_search.SERVICE_PRINCIPAL,),
    actions=("logs:PutLogEvents",),
    resources=(f"{_GROUP}:*",),
    conditions=transaction_search.LET_XRAY_WRITE_SPANS.conditions,
    purpose="X-Ray cannot write the agent's spans to its own log group.",
    severity=Severity.HIGH,
    sources=(sources.RUNTIME_OBSERVABILITY, sources.OTLP_ENDPOINTS),
    wildcard="A header names the log stream, and X-Ray names no resource of its own in aws:SourceArn.",
)
"""A statement of the resource policy of the agent's log group, where its spans go there and not to aws/spans."""

AGENT_ELSEWHERE: Final = RoleKind(
    id="agent-elsewhere",
    title="Role of an agent hosted elsewhere than on AgentCore Runtime",
    service="",
    trust=None,
    source_arns=(),
    grants=GRANTS,
    variants=HOSTS,
    trusts=TRUSTS,
    hints=(
        f"arn:*:logs:*:*:log-group:{agentcore_runtime.LOG_GROUP_PREFIX}*",
        f"arn:*:logs:*:*:log-group:*:log-stream:{LOGS_STREAM}",
    ),
    required_hint=True,
    parameters=(
        ("LogGroupName", "the log group of the agent"),
        ("LogStream", "the log stream of its log records"),
    ),
)


def needed() -> tuple[Grant, ...]:
    """What the role of an agent needs to be heard, whichever models it calls."""
    return tuple(grant for grant in GRANTS if not grant.optional)


def log_group_of(agent: str) -> str:
    """The log group that the guide gives to an agent hosted elsewhere.

    Args:
        agent: its id, or its name.
    """
    return f"{agentcore_runtime.LOG_GROUP_PREFIX}{agent}"


def trust_of(host: str) -> Grant | None:
    """The trust statement of an agent's role on a host.

    Args:
        host: one of :data:`HOSTS`.

    Returns:
        The grant; None where no service of AWS assumes the role.
    """
    return next((each.trust for each in TRUSTS if each.variant == host), None)
