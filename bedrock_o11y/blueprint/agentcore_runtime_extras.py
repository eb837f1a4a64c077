"""What the code of an agent may do beside: tools, memory, identity, guardrails, other agents.

None of it bears on whether the agent is heard. A role may have it, scoped to its own account, without being too wide,
and it is never missing. The guide's execution role has none of it; each is in the role that AWS's own command line
makes, or in the guide of the feature. The templates use ``${Agent}`` as :mod:`.agentcore_runtime` does.
"""

from __future__ import annotations

from typing import Final

from . import sources
from .grant import Condition, Confidence, Grant, Severity, Source

_AGENTCORE = "arn:${Partition}:bedrock-agentcore:${Region}:${Account}:"
_IDENTITY_RESOURCES = (
    _AGENTCORE + "workload-identity-directory/default",
    _AGENTCORE + "workload-identity-directory/default/workload-identity/${Agent}",
    _AGENTCORE + "token-vault/default",
)
_OWN_CHOICE = "Which of the account's resources an agent uses is known only to its code."


def _extra(
    sid: str,
    actions: tuple[str, ...],
    resources: tuple[str, ...],
    purpose: str,
    source: Source = sources.AGENTCORE_ACTIONS,
    *,
    conditions: tuple[Condition, ...] = (),
    wildcard: str = _OWN_CHOICE,
) -> Grant:
    return Grant(
        sid=sid,
        actions=actions,
        resources=resources,
        conditions=conditions,
        purpose=purpose,
        severity=Severity.INFO,
        sources=(source,),
        wildcard=wildcard,
        confidence=Confidence.OBSERVED,
        optional=True,
    )


EXTRA_GRANTS: Final = (
    _extra(
        "UseCodeInterpreter",
        (
            "bedrock-agentcore:StartCodeInterpreterSession",
            "bedrock-agentcore:InvokeCodeInterpreter",
            "bedrock-agentcore:GetCodeInterpreterSession",
            "bedrock-agentcore:ListCodeInterpreterSessions",
            "bedrock-agentcore:StopCodeInterpreterSession",
        ),
        (
            "arn:${Partition}:bedrock-agentcore:${Region}:aws:code-interpreter/*",
            _AGENTCORE + "code-interpreter-custom/*",
        ),
        "The agent cannot run code in a sandbox.",
    ),
    _extra(
        "UseBrowser",
        (
            "bedrock-agentcore:StartBrowserSession",
            "bedrock-agentcore:GetBrowserSession",
            "bedrock-agentcore:UpdateBrowserStream",
            "bedrock-agentcore:StopBrowserSession",
        ),
        (
            "arn:${Partition}:bedrock-agentcore:${Region}:aws:browser/*",
            _AGENTCORE + "browser-custom/*",
            _AGENTCORE + "browser-profile/*",
        ),
        "The agent cannot use a browser.",
    ),
    # The reference has no resource types for these three; the sessions themselves are limited by the statement above.
    _extra(
        "SteerBrowser",
        (
            "bedrock-agentcore:ConnectBrowserAutomationStream",
            "bedrock-agentcore:ConnectBrowserLiveViewStream",
            "bedrock-agentcore:ListBrowserSessions",
        ),
        ("*",),
        "The agent can start a browser but cannot steer it.",
        wildcard="These actions have no resource types.",
    ),
    _extra(
        "UseMemory",
        (
            "bedrock-agentcore:CreateEvent",
            "bedrock-agentcore:GetEvent",
            "bedrock-agentcore:ListEvents",
            "bedrock-agentcore:DeleteEvent",
            "bedrock-agentcore:GetMemory",
            "bedrock-agentcore:GetMemoryRecord",
            "bedrock-agentcore:ListMemoryRecords",
            "bedrock-agentcore:RetrieveMemoryRecords",
            "bedrock-agentcore:DeleteMemoryRecord",
            "bedrock-agentcore:ListActors",
            "bedrock-agentcore:ListSessions",
        ),
        (_AGENTCORE + "memory/*",),
        "The agent cannot remember.",
    ),
    _extra(
        "GetResourceTokens",
        ("bedrock-agentcore:GetResourceOauth2Token",),
        (*_IDENTITY_RESOURCES, _AGENTCORE + "token-vault/default/oauth2credentialprovider/*"),
        "The agent cannot call a service that wants an OAuth token.",
    ),
    _extra(
        "GetResourceApiKeys",
        ("bedrock-agentcore:GetResourceApiKey",),
        (*_IDENTITY_RESOURCES, _AGENTCORE + "token-vault/default/apikeycredentialprovider/*"),
        "The agent cannot call a service that wants an API key.",
    ),
    _extra(
        "ReadIdentitySecrets",
        ("secretsmanager:GetSecretValue",),
        (
            "arn:${Partition}:secretsmanager:${Region}:${Account}:secret:bedrock-agentcore-identity!default/oauth2/*",
            "arn:${Partition}:secretsmanager:${Region}:${Account}:secret:bedrock-agentcore-identity!default/apikey/*",
        ),
        "AgentCore Identity cannot read the credentials that it keeps for the agent.",
        sources.SECRETS_MANAGER_ACTIONS,
        wildcard="Secrets Manager puts six characters behind the name of each credential provider's secret.",
    ),
    _extra(
        "ApplyGuardrails",
        ("bedrock:ApplyGuardrail",),
        (
            "arn:${Partition}:bedrock:${Region}:${Account}:guardrail/*",
            "arn:${Partition}:bedrock:${Region}:${Account}:guardrail-profile/*",
        ),
        "The agent cannot apply a guardrail.",
        sources.BEDROCK_ACTIONS,
    ),
    _extra(
        "CountTokens",
        ("bedrock:CountTokens",),
        ("arn:${Partition}:bedrock:*::foundation-model/*", "arn:${Partition}:bedrock:${Region}:${Account}:*"),
        "The agent cannot count the tokens of a prompt before it is sent.",
        sources.BEDROCK_ACTIONS,
    ),
    _extra(
        "InvokeOtherAgents",
        ("bedrock-agentcore:InvokeAgentRuntime",),
        (_AGENTCORE + "runtime/*",),
        "The agent cannot call other agents of the account.",
    ),
    _extra(
        "InvokeGateways",
        ("bedrock-agentcore:InvokeGateway",),
        (_AGENTCORE + "gateway/*",),
        "The agent cannot reach the tools behind a gateway.",
        sources.GATEWAY_PERMISSIONS,
    ),
    _extra(
        "SubscribeToModels",
        ("aws-marketplace:ViewSubscriptions", "aws-marketplace:Subscribe"),
        ("*",),
        "The first call of a model that AWS Marketplace sells fails.",
        sources.MODEL_ACCESS,
        conditions=(Condition("StringEquals", "aws:CalledViaLast", ("bedrock.amazonaws.com",)),),
        wildcard="These actions have no resource types; the condition limits them to calls that Bedrock makes.",
    ),
)
