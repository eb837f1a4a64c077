"""The execution role of an AgentCore memory whose strategies call models of the account.

Only memories with built-in strategies that are overridden have such a role. The templates use no names but
``${Partition}``, ``${Region}`` and ``${Account}``.
"""

from __future__ import annotations

from typing import Final

from . import agentcore, sources
from .grant import Condition, Confidence, Grant, Severity
from .role_kind import RoleKind

_OWN_ACCOUNT = (Condition("StringEquals", "aws:ResourceAccount", ("${Account}",)),)
_MODELS = (agentcore.FOUNDATION_MODELS, "arn:${Partition}:bedrock:*:*:inference-profile/*")
_MODELS_WILDCARD = "A memory's strategies name their models, and a profile may route to any Region."

TRUST: Final = agentcore.trust(
    "MemoryAssumeRolePolicy",
    "arn:${Partition}:bedrock-agentcore:${Region}:${Account}:*",
    wildcard="The id of the memory is made after the role: the guide pins the service, the Region and the account.",
    source=sources.MEMORY_STRATEGIES,
    purpose="AgentCore cannot become the memory's role, so nothing is extracted from conversations.",
)

GRANTS: Final = (
    Grant(
        sid="BedrockInvokeModel",
        actions=agentcore.MODEL_ACTIONS,
        resources=_MODELS,
        asked=(agentcore.FOUNDATION_MODELS,),
        conditions=_OWN_ACCOUNT,
        purpose="The memory's strategies cannot call their models: no long-term record is ever made.",
        severity=Severity.HIGH,
        sources=(sources.MEMORY_STRATEGIES, sources.MEMORY_MANAGED_POLICY),
        wildcard=_MODELS_WILDCARD,
        part_suffices=True,
    ),
    # The same as AWS's managed policy has it, which knows its account only by the caller's.
    agentcore.optional_grant(
        "InvokeModelsOfCallersAccount",
        agentcore.MODEL_ACTIONS,
        _MODELS,
        "The memory's strategies cannot call models by the managed policy.",
        sources.MEMORY_MANAGED_POLICY,
        conditions=(Condition("StringEquals", "aws:ResourceAccount", ("$${aws:PrincipalAccount}",)),),
        wildcard=_MODELS_WILDCARD,
        confidence=Confidence.DOCUMENTED,
    ),
    # The same without the condition: foundation models belong to no account, and the account of a profile is in its
    # ARN.
    agentcore.optional_grant(
        "InvokeModelsOfOwnAccount",
        agentcore.MODEL_ACTIONS,
        (
            agentcore.FOUNDATION_MODELS,
            "arn:${Partition}:bedrock:*:${Account}:inference-profile/*",
            "arn:${Partition}:bedrock:*:${Account}:application-inference-profile/*",
        ),
        "The memory's strategies cannot call models through a profile of the account.",
        sources.BEDROCK_ACTIONS,
        wildcard=_MODELS_WILDCARD,
    ),
    agentcore.optional_grant(
        "BedrockMantleInference",
        ("bedrock-mantle:CreateInference",),
        ("arn:${Partition}:bedrock-mantle:*:*:project/*",),
        "The memory's strategies cannot call models that only the bedrock-mantle endpoint serves.",
        sources.MEMORY_STRATEGIES,
        conditions=_OWN_ACCOUNT,
        wildcard=_MODELS_WILDCARD,
        confidence=Confidence.DOCUMENTED,
    ),
    agentcore.optional_grant(
        "BedrockMantleCallWithBearerToken",
        ("bedrock-mantle:CallWithBearerToken",),
        ("*",),
        "The memory's strategies cannot sign in to the bedrock-mantle endpoint.",
        sources.MEMORY_STRATEGIES,
        wildcard="This action has no resource types.",
        confidence=Confidence.DOCUMENTED,
    ),
)

AGENTCORE_MEMORY: Final = RoleKind(
    id="agentcore-memory",
    title="AgentCore memory execution role",
    service=agentcore.SERVICE_PRINCIPAL,
    trust=TRUST,
    source_arns=agentcore.ANY_RESOURCE_OF_ACCOUNT,
    grants=GRANTS,
    hints=("arn:*:bedrock-agentcore:*:*:memory/*",),
)
