"""What the service roles of AgentCore have in common: who assumes them, and the models they call."""

from __future__ import annotations

from typing import Final

from . import sources
from .grant import Condition, Grant, Severity, Source

SERVICE_PRINCIPAL: Final = "bedrock-agentcore.amazonaws.com"
"""The service that assumes the roles of runtimes, memories, gateways and evaluations."""

SOURCE_ACCOUNT: Final = Condition("StringEquals", "aws:SourceAccount", ("${Account}",))
"""The resource on whose behalf the service acts is of this account."""

ANY_RESOURCE_OF_ACCOUNT: Final = ("arn:${Partition}:bedrock-agentcore:*:${Account}:*",)
"""On whose behalf the service may legitimately act: any AgentCore resource of the account, in any Region."""

MODEL_ACTIONS: Final = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")
"""What authorises every call of a model: Converse is InvokeModel, ConverseStream the one with a response stream."""

INVOKE_MODELS: Final = Grant(
    sid="BedrockModelInvocation",
    actions=MODEL_ACTIONS,
    resources=(
        "arn:${Partition}:bedrock:*::foundation-model/*",
        "arn:${Partition}:bedrock:${Region}:${Account}:*",
    ),
    purpose="The agent cannot call a model of Bedrock; a cross-Region profile needs the model in each of its Regions.",
    severity=Severity.MEDIUM,
    sources=(sources.RUNTIME_PERMISSIONS, sources.BEDROCK_ACTIONS),
    wildcard="Which models an agent calls is known only to its code; foundation models belong to no account.",
    part_suffices=True,
)
"""The models that the guide lets an agent call; one that names its models has what it needs."""


def trust(sid: str, source_arn: str, *, wildcard: str, source: Source, purpose: str) -> Grant:
    """The trust statement of a role that AgentCore assumes.

    Args:
        sid: its statement id.
        source_arn: template of the ARNs on whose behalf it is assumed.
        wildcard: why that template has a wildcard.
        source: where AWS says so.
        purpose: what does not work when AgentCore cannot assume the role.
    """
    return Grant(
        sid=sid,
        principals=(SERVICE_PRINCIPAL,),
        actions=("sts:AssumeRole",),
        resources=(),
        conditions=(SOURCE_ACCOUNT, Condition("ArnLike", "aws:SourceArn", (source_arn,))),
        purpose=purpose,
        severity=Severity.HIGH,
        sources=(source, sources.CONFUSED_DEPUTY),
        wildcard=wildcard,
    )
