"""The service role of an AgentCore gateway: what it needs depends on its targets and on its policy engine.

Names that the templates of this module use, beside ``${Partition}``, ``${Region}`` and ``${Account}``:

- ``${Gateway}``: the id of the gateway as a pattern, ``my-gateway-*``; ``*`` when it is not known.
- ``${PolicyEngine}``: the id of the policy engine, likewise.
- ``${SchemaBucket}``: the bucket of the targets' schemas.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from . import agentcore, sources
from .grant import Confidence, Grant, Severity
from .role_kind import RoleKind

PLAIN: Final = "plain"
"""Nobody but the authorizer decides who may call which tool."""

POLICY_ENGINE: Final = "policy-engine"
"""Cedar policies decide for each tool call."""

_AGENTCORE = "arn:${Partition}:bedrock-agentcore:${Region}:${Account}:"
_IDENTITIES = _AGENTCORE + "workload-identity-directory/default"
_TARGETS = "Which targets a gateway has is known only to its configuration."

TRUST: Final = agentcore.trust(
    "GatewayAssumeRolePolicy",
    _AGENTCORE + "gateway/${Gateway}",
    wildcard="",
    source=sources.GATEWAY_PERMISSIONS,
    purpose="AgentCore cannot become the gateway's role, so every tool call fails.",
)

_POLICY_GRANTS: Final = (
    Grant(
        sid="PolicyEngineConfiguration",
        actions=("bedrock-agentcore:GetPolicyEngine",),
        resources=(_AGENTCORE + "policy-engine/${PolicyEngine}",),
        purpose="The gateway cannot read its policy engine: LOG_ONLY mode stays silent about it, ENFORCE denies all.",
        severity=Severity.HIGH,
        sources=(sources.POLICY_PERMISSIONS,),
    ),
    Grant(
        sid="PolicyEngineAuthorization",
        actions=("bedrock-agentcore:AuthorizeAction", "bedrock-agentcore:PartiallyAuthorizeActions"),
        resources=(_AGENTCORE + "policy-engine/${PolicyEngine}", _AGENTCORE + "gateway/${Gateway}"),
        purpose="The gateway cannot evaluate its policies: every tool call is denied.",
        severity=Severity.HIGH,
        sources=(sources.POLICY_PERMISSIONS,),
    ),
)

GRANTS: Final = (
    *(replace(grant, variants=(POLICY_ENGINE,)) for grant in _POLICY_GRANTS),
    *(replace(grant, variants=(PLAIN,), optional=True) for grant in _POLICY_GRANTS),
    agentcore.optional_grant(
        "PolicySessionWorkloadIdentity",
        (agentcore.WORKLOAD_IDENTITY,),
        (_IDENTITIES, _IDENTITIES + "/workload-identity/${Gateway}"),
        "Tool calls fail once a temporal policy is active.",
        sources.POLICY_PERMISSIONS,
        wildcard="",
        confidence=Confidence.DOCUMENTED,
    ),
    agentcore.optional_grant(
        "InvokeFunctions",
        ("lambda:InvokeFunction",),
        ("arn:${Partition}:lambda:*:${Account}:function:*",),
        "The gateway cannot call its Lambda targets.",
        sources.GATEWAY_PERMISSIONS,
        wildcard=_TARGETS,
        confidence=Confidence.DOCUMENTED,
    ),
    agentcore.optional_grant(
        "InvokeApis",
        ("execute-api:Invoke",),
        ("arn:${Partition}:execute-api:*:${Account}:*",),
        "The gateway cannot call its API Gateway targets.",
        sources.GATEWAY_PERMISSIONS,
        wildcard=_TARGETS,
    ),
    agentcore.optional_grant(
        "InvokeAgents",
        ("bedrock-agentcore:InvokeAgentRuntime",),
        (_AGENTCORE + "runtime/*",),
        "The gateway cannot call agents and tools that run on AgentCore Runtime.",
        wildcard=_TARGETS,
    ),
    agentcore.optional_grant(
        "SearchTheWeb",
        ("bedrock-agentcore:InvokeWebSearch",),
        ("arn:${Partition}:bedrock-agentcore:${Region}:aws:tool/*",),
        "The gateway cannot call its web search target.",
        wildcard="AWS puts the version of the tool behind its name.",
    ),
    agentcore.optional_grant(
        "ReadSchemas",
        ("s3:GetObject",),
        ("arn:${Partition}:s3:::${SchemaBucket}/*",),
        "The gateway cannot read the schemas of its targets.",
        sources.GATEWAY_PERMISSIONS,
        wildcard="Each target has a schema of its own in the bucket.",
        confidence=Confidence.DOCUMENTED,
    ),
    *agentcore.identity_extras("${Gateway}"),
)

AGENTCORE_GATEWAY: Final = RoleKind(
    id="agentcore-gateway",
    title="AgentCore gateway service role",
    service=agentcore.SERVICE_PRINCIPAL,
    trust=TRUST,
    source_arns=("arn:${Partition}:bedrock-agentcore:*:${Account}:gateway/*",),
    grants=GRANTS,
    variants=(PLAIN, POLICY_ENGINE),
    hints=("arn:*:bedrock-agentcore:*:*:gateway/*", "arn:*:bedrock-agentcore:*:*:policy-engine/*"),
    parameters=(
        ("Gateway", "the id of the gateway as a pattern: my-gateway-*"),
        ("PolicyEngine", "the id of its policy engine"),
        ("SchemaBucket", "the bucket of its targets' schemas"),
    ),
)
