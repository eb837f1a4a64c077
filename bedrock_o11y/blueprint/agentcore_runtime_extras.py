"""What an agent and its code may do beside: tools, memory, identity, guardrails, other agents.

None of it bears on whether the agent is heard. A role may have it, scoped to its own account, without being too wide,
and it is never missing. The guide's execution role has none of it; each is in the role that AWS's own command line
makes, or in the guide of the feature. The templates use ``${Agent}`` as :mod:`.agentcore_runtime` does.
"""

from __future__ import annotations

from typing import Final

from . import agentcore, sources
from .grant import Condition

_AGENTCORE = "arn:${Partition}:bedrock-agentcore:${Region}:${Account}:"

TOOL_GRANTS: Final = (
    agentcore.optional_grant(
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
    agentcore.optional_grant(
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
    agentcore.optional_grant(
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
    agentcore.optional_grant(
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
        "The agent cannot read or write its memory.",
    ),
    agentcore.optional_grant(
        "ApplyGuardrails",
        ("bedrock:ApplyGuardrail",),
        (
            "arn:${Partition}:bedrock:${Region}:${Account}:guardrail/*",
            "arn:${Partition}:bedrock:${Region}:${Account}:guardrail-profile/*",
        ),
        "The agent cannot apply a guardrail.",
        sources.BEDROCK_ACTIONS,
    ),
    agentcore.optional_grant(
        "CountTokens",
        ("bedrock:CountTokens",),
        ("arn:${Partition}:bedrock:*::foundation-model/*", "arn:${Partition}:bedrock:${Region}:${Account}:*"),
        "The agent cannot count the tokens of a prompt before it is sent.",
        sources.BEDROCK_ACTIONS,
    ),
    agentcore.optional_grant(
        "InvokeOtherAgents",
        ("bedrock-agentcore:InvokeAgentRuntime",),
        (_AGENTCORE + "runtime/*",),
        "The agent cannot call other agents of the account.",
    ),
    agentcore.optional_grant(
        "InvokeGateways",
        ("bedrock-agentcore:InvokeGateway",),
        (_AGENTCORE + "gateway/*",),
        "The agent cannot reach the tools behind a gateway.",
        sources.GATEWAY_PERMISSIONS,
    ),
    agentcore.optional_grant(
        "SubscribeToModels",
        ("aws-marketplace:ViewSubscriptions", "aws-marketplace:Subscribe"),
        ("*",),
        "The first call of a model that AWS Marketplace sells fails.",
        sources.MODEL_ACCESS,
        conditions=(Condition("StringEquals", "aws:CalledViaLast", ("bedrock.amazonaws.com",)),),
        wildcard="These actions have no resource types; the condition limits them to calls that Bedrock makes.",
    ),
)
"""What the code of an agent may do wherever it runs."""

EXTRA_GRANTS: Final = (
    # What the CDK adds beside the two actions of the guide when it lets a role pull an image.
    agentcore.optional_grant(
        "CheckImageLayers",
        ("ecr:BatchCheckLayerAvailability",),
        ("arn:${Partition}:ecr:${Region}:${Account}:repository/${Repository}",),
        "Nothing: pulling an image does not need it.",
        sources.ECR_ACTIONS,
        wildcard="",
    ),
    *TOOL_GRANTS,
    *agentcore.identity_extras("${Agent}"),
)
"""What the role of an agent on AgentCore Runtime may do beside."""
