"""What the roles of AgentCore have in common: who assumes them, the models they call, what they may have beside.

Names that the templates of this module use, beside ``${Partition}``, ``${Region}`` and ``${Account}``: ``${Model}``,
the id of a foundation model, and ``${Profile}``, the id of a cross-Region inference profile.
"""

from __future__ import annotations

from typing import Final

from . import sources
from .grant import Condition, Confidence, Grant, Severity, Source

_AGENTCORE = "arn:${Partition}:bedrock-agentcore:${Region}:${Account}:"
_CREDENTIALS = "arn:${Partition}:secretsmanager:${Region}:${Account}:secret:bedrock-agentcore-identity!default/"
_OWN_CHOICE = "Which of the account's resources it uses is known only to its code."

SERVICE_PRINCIPAL: Final = "bedrock-agentcore.amazonaws.com"
"""The service that assumes the roles of runtimes, memories, gateways and evaluations."""

VENDED_LOG_GROUP_PREFIX: Final = "/aws/vendedlogs/bedrock-agentcore/"
"""Below which deliveries of AgentCore's own logs are found when their log group is made by the console (AgentCore
developer guide, observability)."""

SOURCE_ACCOUNT: Final = Condition("StringEquals", "aws:SourceAccount", ("${Account}",))
"""The resource on whose behalf the service acts is of this account."""

ANY_RESOURCE_OF_ACCOUNT: Final = ("arn:${Partition}:bedrock-agentcore:*:${Account}:*",)
"""On whose behalf the service may legitimately act: any AgentCore resource of the account, in any Region."""

WORKLOAD_IDENTITY: Final = "bedrock-agentcore:GetWorkloadAccessToken"
"""Gives a token of the agent itself."""
WORKLOAD_IDENTITY_FOR_JWT: Final = f"{WORKLOAD_IDENTITY}ForJWT"
"""Gives a token for the user whose JWT is shown."""
FOR_USER_ID: Final = f"{WORKLOAD_IDENTITY}ForUserId"
"""Gives a token for whatever user id is named, which no kind of role is recommended."""
WORKLOAD_IDENTITY_ACTIONS: Final = (WORKLOAD_IDENTITY, WORKLOAD_IDENTITY_FOR_JWT, FOR_USER_ID)
"""Every action that gives a workload token (service authorization reference, Bedrock AgentCore)."""

MODEL_ACTIONS: Final = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")
"""What authorises every call of a model: Converse is InvokeModel, ConverseStream the one with a response stream."""

FOUNDATION_MODELS: Final = "arn:${Partition}:bedrock:*::foundation-model/*"
"""Every foundation model; they belong to no account."""

FOUNDATION_MODEL: Final = "arn:${Partition}:bedrock:${Region}::foundation-model/${Model}"
"""One foundation model, called by its own id."""

ROUTED_MODEL: Final = "arn:${Partition}:bedrock:*::foundation-model/${Model}"
"""One foundation model wherever a profile routes the call; a global profile names no Region at all."""

INFERENCE_PROFILE: Final = "arn:${Partition}:bedrock:${Region}:${Account}:inference-profile/${Profile}"
"""One cross-Region inference profile; AWS makes it, and its ARN has the caller's Region and account."""

GEOGRAPHIES: Final = ("apac", "au", "ca", "eu", "global", "jp", "us", "us-gov")
"""What stands before the id of a foundation model in the id of a cross-Region inference profile (Bedrock user guide,
supported Regions and models for inference profiles)."""

ROUTED_WILDCARD: Final = "The profile routes a call to any Region of its geography; a foundation model is nobody's."
"""Why :data:`ROUTED_MODEL` has a star."""

MODELS_OF_ACCOUNT: Final = (
    "provisioned-model",
    "custom-model-deployment",
    "imported-model",
    "marketplace/model-endpoint",
)
"""Models that belong to an account: what stands before the slash and the id in their ARNs (service authorization
reference, Amazon Bedrock)."""

ROUTES_TO_MODELS: Final = (
    "inference-profile",
    "application-inference-profile",
    "prompt-router",
    "default-prompt-router",
)
"""What has an ARN and is called in the place of a model; the call is authorised on the model behind it too."""

CALLABLE_MODELS: Final = (
    FOUNDATION_MODELS,
    *(f"arn:${{Partition}}:bedrock:${{Region}}:${{Account}}:{kind}/*" for kind in MODELS_OF_ACCOUNT),
)
"""What a call ends at. An inference profile or a prompt router is no such thing: a call through one is authorised on
the profile and on the foundation model behind it, in each Region of the profile (Bedrock user guide, prerequisites for
inference profiles)."""

INVOKE_MODELS: Final = Grant(
    sid="BedrockModelInvocation",
    actions=MODEL_ACTIONS,
    resources=(FOUNDATION_MODELS, "arn:${Partition}:bedrock:${Region}:${Account}:*"),
    asked=CALLABLE_MODELS,
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


def optional_grant(
    sid: str,
    actions: tuple[str, ...],
    resources: tuple[str, ...],
    purpose: str,
    source: Source = sources.AGENTCORE_ACTIONS,
    *,
    conditions: tuple[Condition, ...] = (),
    wildcard: str = _OWN_CHOICE,
    confidence: Confidence = Confidence.OBSERVED,
) -> Grant:
    """A grant that a role may have and does not need.

    Args:
        sid: its statement id.
        actions: IAM actions.
        resources: templates of resource ARNs.
        purpose: what does not work without it.
        source: where AWS says so.
        conditions: all must hold.
        wildcard: why a wildcard in ``resources`` cannot be narrower.
        confidence: how well AWS's documentation supports it as part of such a role.
    """
    return Grant(
        sid=sid,
        actions=actions,
        resources=resources,
        conditions=conditions,
        purpose=purpose,
        severity=Severity.INFO,
        sources=(source,),
        wildcard=wildcard,
        confidence=confidence,
        optional=True,
    )


def identity_extras(identity: str) -> tuple[Grant, ...]:
    """What a workload needs to get credentials for services that want OAuth tokens or API keys.

    Args:
        identity: template of the names of its workload identity.
    """
    resources = (
        _AGENTCORE + "workload-identity-directory/default",
        _AGENTCORE + f"workload-identity-directory/default/workload-identity/{identity}",
        _AGENTCORE + "token-vault/default",
    )
    return (
        optional_grant(
            "GetResourceTokens",
            ("bedrock-agentcore:GetResourceOauth2Token",),
            (*resources, _AGENTCORE + "token-vault/default/oauth2credentialprovider/*"),
            "It cannot call a service that wants an OAuth token.",
        ),
        optional_grant(
            "GetResourceApiKeys",
            ("bedrock-agentcore:GetResourceApiKey",),
            (*resources, _AGENTCORE + "token-vault/default/apikeycredentialprovider/*"),
            "It cannot call a service that wants an API key.",
        ),
        optional_grant(
            "ReadIdentitySecrets",
            ("secretsmanager:GetSecretValue",),
            (_CREDENTIALS + "oauth2/*", _CREDENTIALS + "apikey/*"),
            "It cannot read the credentials that AgentCore Identity keeps for it.",
            sources.SECRETS_MANAGER_ACTIONS,
            wildcard="Secrets Manager puts six characters behind the name of each credential provider's secret.",
        ),
    )
