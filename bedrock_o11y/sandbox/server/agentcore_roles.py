"""The execution role of a runtime: what is checked when it is named, and sessions of it.

Sources: AgentCore developer guide, "Permissions for AgentCore Runtime" (trust for the service with `aws:SourceAccount`
and `aws:SourceArn`). Seen by users, word for word: the refusal of a role that cannot be assumed (the starter toolkit of
AgentCore waits on it) and of one that may not pull its image (awslabs/agentcore-samples, issue 154); the name of the
session begins with `BedrockAgentCore-`.
"""

from __future__ import annotations

import re
import secrets
import time
import uuid
from dataclasses import dataclass
from typing import Any

from . import seams as machine
from . import service_seams as seams
from .agentcore_answers import AgentCoreError, invalid
from .authorization_agentcore import PRINCIPAL
from .service_principal import ServiceCall, may_assume, role_allows, role_by_arn

SESSION_PREFIX = "BedrockAgentCore-"
_PRIVATE_IMAGE = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/([^:@]+)(?:[:@].*)?")
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Session:
    """A session of an execution role.

    Attributes:
        role: MiniStack's record of the role.
        name: of the session.
        access_key_id: of its credentials.
        secret_access_key: of its credentials.
        session_token: of its credentials.
    """

    role: dict[str, Any]
    name: str
    access_key_id: str
    secret_access_key: str
    session_token: str


def check(role_arn: str, resource_arn: str, artifact: dict[str, Any]) -> None:
    """Check a role that a runtime is to have.

    Args:
        role_arn: of the role.
        resource_arn: of the runtime, on whose behalf the service assumes it.
        artifact: `agentRuntimeArtifact` of the request.

    Raises:
        AgentCoreError: the role does not exist, its trust keeps the service out, or it may not pull the image.
    """
    role = _assumable(role_arn, resource_arn)
    if role is None:
        raise invalid(
            f"Role validation failed for '{role_arn}'. Please verify that the role exists and its trust policy allows "
            "assumption by this service"
        )
    image = str((artifact.get("containerConfiguration") or {}).get("containerUri") or "")
    private = _PRIVATE_IMAGE.fullmatch(image)
    if private is None:
        return
    account, region, repository = private.groups()
    arn = f"arn:aws:ecr:{region}:{account}:repository/{repository}"
    needed = (
        ("ecr:GetAuthorizationToken", "*"),
        ("ecr:BatchGetImage", arn),
        ("ecr:GetDownloadUrlForLayer", arn),
    )
    if not all(role_allows(role, SESSION_PREFIX, action, resource) for action, resource in needed):
        raise invalid(
            f"Access denied while validating ECR URI '{image}'. The execution role requires permissions for "
            "ecr:GetAuthorizationToken, ecr:BatchGetImage, and ecr:GetDownloadUrlForLayer operations."
        )


def assume(role_arn: str, resource_arn: str) -> Session:
    """Assume the execution role as the service does before each session of the agent.

    Args:
        role_arn: of the role.
        resource_arn: of the runtime.

    Returns:
        a session whose credentials sign requests like any others.

    Raises:
        AgentCoreError: the role is gone, or its trust keeps the service out by now.
    """
    role = _assumable(role_arn, resource_arn)
    if role is None:
        # Not published for InvokeAgentRuntime; the API model has AccessDeniedException among its errors.
        raise AgentCoreError("AccessDeniedException", f"Access denied when assuming the execution role '{role_arn}'.")
    name = f"{SESSION_PREFIX}{uuid.uuid4()}"
    session = Session(
        role, name, f"ASIA{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30), secrets.token_urlsafe(60)
    )
    machine.get("services.sts:register_session")(
        session.access_key_id,
        {
            "Arn": f"arn:aws:sts::{seams.account_id()}:assumed-role/{role['RoleName']}/{name}",
            "UserId": f"{role.get('RoleId', role['RoleName'])}:{name}",
            "SecretAccessKey": session.secret_access_key,
            "SessionToken": session.session_token,
            "Expiration": time.time() + _HOUR,
            "AccountId": seams.account_id(),
            "PrincipalType": "AssumedRole",
        },
    )
    return session


def _assumable(role_arn: str, resource_arn: str) -> dict[str, Any] | None:
    role = role_by_arn(role_arn)
    call = ServiceCall(PRINCIPAL, seams.account_id(), resource_arn)
    return role if role is not None and may_assume(role, call) else None
