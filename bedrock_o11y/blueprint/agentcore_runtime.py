"""The execution role of an agent on AgentCore Runtime: logs, spans, metrics, image, identity and models.

Names that the templates of this module use, beside ``${Partition}``, ``${Region}`` and ``${Account}``:

- ``${Agent}``: the names of the agent's resources as a pattern, ``my_agent-*``: the service puts an id behind the name
  of the agent, and the name of the endpoint behind that. ``*`` when the agent is not known.
- ``${Repository}``: the ECR repository of the agent's image.
- ``${RuntimeArn}``: the ARN of the agent, once it is there.

What the role may have beside without being too wide is in :mod:`.agentcore_runtime_extras`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from . import agentcore, sources
from .agentcore_runtime_extras import EXTRA_GRANTS
from .grant import Condition, Confidence, Grant, Severity
from .role_kind import RoleKind

HOST: Final = "runtime"
"""Where an agent of this kind runs, beside the hosts of :mod:`.agent_elsewhere`."""

CONTAINER: Final = "container"
"""The agent is a container image."""

DIRECT_CODE: Final = "direct-code"
"""The agent is an archive of code, run in a managed language runtime."""

LOG_GROUP_PREFIX: Final = "/aws/bedrock-agentcore/runtimes/"
"""Log groups of agents: the prefix, the id of the agent, a hyphen and the name of the endpoint."""

DEFAULT_ENDPOINT: Final = "DEFAULT"
"""The endpoint that AgentCore makes with every agent."""

METRIC_NAMESPACE: Final = "bedrock-agentcore"
"""The only namespace in which an agent publishes metrics of its own."""

UNIFIED_SPANS_SINCE: Final = date(2026, 7, 20)
"""Agents created from this day on write their spans to their own log group."""

SERVICE_LINKED_IDENTITY_SINCE: Final = date(2025, 10, 13)
"""For agents created or updated from this day on a service-linked role supplies the workload access tokens."""

AGENT_NAME: Final = r"[a-zA-Z][a-zA-Z0-9_]{0,47}"
"""What the name of an agent looks like (AgentCore control API reference, CreateAgentRuntime)."""

CDK_STATEMENTS: Final = (
    "LogGroupAccess",
    "DescribeLogGroups",
    "LogStreamAccess",
    "XRayAccess",
    "CloudWatchMetrics",
    "GetAgentAccessToken",
)
"""Statement ids under which the construct Runtime of aws-cdk-lib adds to whatever role it is given what :data:`GRANTS`
has more narrowly: logs and workload identities of every agent of the account (aws-cdk-lib 2.275)."""

_LOGS = "arn:${Partition}:logs:${Region}:${Account}:log-group:"
_LOG_GROUP = _LOGS + LOG_GROUP_PREFIX + "${Agent}"
_IDENTITIES = "arn:${Partition}:bedrock-agentcore:${Region}:${Account}:workload-identity-directory/default"
_NAMED_BY_SERVICE = "The service puts an id and the name of the endpoint behind the name of the agent."
_NO_RESOURCE_TYPES = "These actions have no resource types."

TRUST: Final = agentcore.trust(
    "AssumeRolePolicy",
    "arn:${Partition}:bedrock-agentcore:${Region}:${Account}:*",
    wildcard="The id of the agent is made after the role: the guide pins the service, the Region and the account.",
    source=sources.RUNTIME_PERMISSIONS,
    purpose="AgentCore cannot become the execution role, so the agent does not start and writes nothing.",
)

TRUST_OF_AGENT: Final = replace(
    agentcore.trust(
        "AssumeRolePolicy",
        "arn:${Partition}:bedrock-agentcore:${Region}:${Account}:runtime/${Agent}",
        wildcard=_NAMED_BY_SERVICE,
        source=sources.RUNTIME_PERMISSIONS,
        purpose=TRUST.purpose,
    ),
    confidence=Confidence.OBSERVED,
)
"""The same for the role of one agent, as the CDK pins it; the guide pins no more than the account."""

TRUST_OF_RUNTIME: Final = replace(
    agentcore.trust(
        "AssumeRolePolicy",
        "${RuntimeArn}",
        wildcard="",
        source=sources.RUNTIME_PERMISSIONS,
        purpose=TRUST.purpose,
    ),
    confidence=Confidence.OBSERVED,
)
"""The same once the agent is there, and has an id."""

GRANTS: Final = (
    # CreateLogGroup and DescribeLogStreams are authorised on the group with an empty log stream behind it; CloudTrail
    # and error messages of real accounts say so, the guide does not.
    Grant(
        sid="CreateOwnLogGroup",
        actions=("logs:CreateLogGroup", "logs:DescribeLogStreams"),
        resources=(_LOG_GROUP,),
        asked=(_LOG_GROUP + ":log-stream:",),
        accepted=(_LOG_GROUP + ":*",),
        purpose="The agent's log group is never created, so the agent stays silent.",
        severity=Severity.HIGH,
        sources=(sources.RUNTIME_PERMISSIONS, sources.LOGS_ACTIONS),
        wildcard=_NAMED_BY_SERVICE,
    ),
    Grant(
        sid="WriteOwnLogs",
        actions=("logs:CreateLogStream", "logs:PutLogEvents"),
        resources=(_LOG_GROUP + ":log-stream:*",),
        accepted=(_LOG_GROUP, _LOG_GROUP + ":*"),
        purpose="Output, log records and spans of the agent have nowhere to go, and the agent stays silent.",
        severity=Severity.HIGH,
        sources=(sources.RUNTIME_PERMISSIONS, sources.LOGS_ACTIONS),
        wildcard="The service and its telemetry library choose the names of the streams.",
    ),
    Grant(
        sid="FindLogGroups",
        actions=("logs:DescribeLogGroups",),
        resources=(_LOGS + "*",),
        asked=(_LOGS + ":log-stream:",),
        accepted=("*",),
        purpose="The telemetry library cannot look the log group up before it writes to it.",
        severity=Severity.MEDIUM,
        sources=(sources.RUNTIME_PERMISSIONS, sources.LOGS_ACTIONS),
        wildcard="It is a list of all log groups: the guide grants it on every group, the reference on * alone.",
        confidence=Confidence.OBSERVED,
    ),
    Grant(
        sid="LetSpansIntoOwnLogGroup",
        actions=("logs:PutResourcePolicy",),
        resources=(_LOG_GROUP,),
        accepted=("*",),
        # The guide makes it a condition of spans in the agent's own log group and does not say what happens without it.
        purpose="X-Ray is not let into the agent's own log group, where the spans of a new agent belong. Whether they "
        "are lost or go to aws/spans is not documented; nobody looks for them there.",
        severity=Severity.HIGH,
        sources=(sources.RUNTIME_PERMISSIONS, sources.RUNTIME_OBSERVABILITY, sources.LOGS_ACTIONS),
        wildcard=_NAMED_BY_SERVICE,
        confidence=Confidence.DISPUTED,
        since=UNIFIED_SPANS_SINCE,
        superseded="Agents from before 2026-07-20 write their spans to aws/spans unless "
        "UNIFIED_TRACES_DESTINATION_ENABLED is true.",
    ),
    Grant(
        sid="WriteTraces",
        actions=("xray:PutTraceSegments", "xray:PutTelemetryRecords"),
        resources=("*",),
        purpose="The agent's spans are refused by X-Ray, so there are no traces.",
        severity=Severity.HIGH,
        sources=(sources.RUNTIME_PERMISSIONS, sources.XRAY_ACTIONS),
        wildcard=_NO_RESOURCE_TYPES,
    ),
    Grant(
        sid="ReadSamplingRules",
        actions=("xray:GetSamplingRules", "xray:GetSamplingTargets"),
        resources=("*",),
        purpose="A tracer that samples by X-Ray's rules cannot read them: it falls back to a rate of its own, and "
        "traces of the agent are missing.",
        severity=Severity.HIGH,
        sources=(sources.RUNTIME_PERMISSIONS, sources.XRAY_SAMPLING, sources.XRAY_ACTIONS),
        wildcard=_NO_RESOURCE_TYPES,
    ),
    Grant(
        sid="PublishMetrics",
        actions=("cloudwatch:PutMetricData",),
        resources=("*",),
        conditions=(Condition("StringEquals", "cloudwatch:namespace", (METRIC_NAMESPACE,)),),
        purpose="The agent's own metrics are refused, so its dashboards and alarms see nothing.",
        severity=Severity.MEDIUM,
        sources=(sources.RUNTIME_PERMISSIONS, sources.CLOUDWATCH_ACTIONS),
        wildcard="Metrics are limited by their namespace, not by an ARN.",
    ),
    Grant(
        sid="ECRImageAccess",
        actions=("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
        resources=("arn:${Partition}:ecr:${Region}:${Account}:repository/${Repository}",),
        purpose="The image cannot be pulled, so the agent does not start.",
        severity=Severity.HIGH,
        sources=(sources.RUNTIME_PERMISSIONS, sources.ECR_ACTIONS),
        part_suffices=True,
        variants=(CONTAINER,),
    ),
    Grant(
        sid="ECRTokenAccess",
        actions=("ecr:GetAuthorizationToken",),
        resources=("*",),
        purpose="AgentCore cannot sign in to ECR, so the image cannot be pulled and the agent does not start.",
        severity=Severity.HIGH,
        sources=(sources.RUNTIME_PERMISSIONS, sources.ECR_ACTIONS),
        wildcard="This action has no resource types.",
        variants=(CONTAINER,),
    ),
    # The guide lists it for containers only. The date decides here and not the variant: an agent of either variant is
    # given a workload identity, and for one that is new enough the service-linked role supplies the tokens.
    Grant(
        sid="GetAgentAccessToken",
        actions=(agentcore.WORKLOAD_IDENTITY, agentcore.WORKLOAD_IDENTITY_FOR_JWT),
        resources=(_IDENTITIES, _IDENTITIES + "/workload-identity/${Agent}"),
        purpose="The agent has no identity of its own towards other services: calls with OAuth or API keys fail.",
        severity=Severity.HIGH,
        sources=(sources.RUNTIME_PERMISSIONS, sources.SERVICE_LINKED_ROLES, sources.WORKLOAD_ACCESS_TOKEN),
        wildcard=_NAMED_BY_SERVICE,
        until=date(2025, 10, 12),
        superseded="The service-linked role AWSServiceRoleForBedrockAgentCoreRuntimeIdentity supplies it for agents "
        "created or updated since 2025-10-13.",
    ),
    agentcore.INVOKE_MODELS,
    *EXTRA_GRANTS,
)

DENIES: Final = (
    Grant(
        sid="DenyTokensForAnyUserId",
        actions=(agentcore.FOR_USER_ID,),
        resources=("*",),
        purpose="Whoever controls the agent's code gets tokens in the name of any user, without that user's token.",
        severity=Severity.MEDIUM,
        sources=(sources.RUNTIME_PERMISSIONS, sources.WORKLOAD_ACCESS_TOKEN),
        wildcard="A Deny is meant for every workload identity.",
    ),
)
"""What AWS advises to deny where users come with a JWT."""

AGENTCORE_RUNTIME: Final = RoleKind(
    id="agentcore-runtime",
    title="AgentCore runtime execution role",
    service=agentcore.SERVICE_PRINCIPAL,
    trust=TRUST,
    source_arns=agentcore.ANY_RESOURCE_OF_ACCOUNT,
    grants=GRANTS,
    denies=DENIES,
    variants=(CONTAINER, DIRECT_CODE),
    hints=(
        "arn:*:logs:*:*:log-group:/aws/bedrock-agentcore/runtimes/*",
        "arn:*:bedrock-agentcore:*:*:runtime/*",
    ),
    parameters=(
        ("Agent", "the names of the agent's resources as a pattern: my_agent-*"),
        ("Repository", "the ECR repository of its image"),
    ),
)


def needed(variant: str, *, created: date | None = None, unified_spans: bool | None = None) -> tuple[Grant, ...]:
    """What the role of one agent needs, whichever models it calls.

    Args:
        variant: :data:`CONTAINER` or :data:`DIRECT_CODE`.
        created: the day on which the agent was created or last updated; None for one that is still to come.
        unified_spans: what ``UNIFIED_TRACES_DESTINATION_ENABLED`` says to the agent; None where it says nothing, and
            the day decides.

    Returns:
        Grants in the order of :data:`GRANTS`, without what is optional and without the models.
    """
    day = created or date.max
    return tuple(
        grant
        for grant in GRANTS
        if not grant.optional
        and grant is not agentcore.INVOKE_MODELS
        and (not grant.variants or variant in grant.variants)
        and (grant.until is None or day <= grant.until)
        and _writes_there(grant, day, unified_spans)
    )


def log_group_of(agent_id: str, endpoint: str = DEFAULT_ENDPOINT) -> str:
    """The log group of an agent.

    Args:
        agent_id: its id, which ends its ARN.
        endpoint: name of its endpoint.
    """
    return f"{LOG_GROUP_PREFIX}{agent_id}-{endpoint}"


def _writes_there(grant: Grant, day: date, unified_spans: bool | None) -> bool:
    """Whether an agent of that day needs a grant that newer agents need, for spans in their own log group."""
    if grant.since is None:
        return True
    return day >= grant.since if unified_spans is None else unified_spans
