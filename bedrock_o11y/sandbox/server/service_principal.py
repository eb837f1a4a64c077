"""What an AWS service may do with a customer's role, bucket or key, asked of MiniStack's policy evaluator.

A service reaches a customer's resource in two ways: it assumes a role (trust policy, then the role's permissions), or a
resource policy names the service principal. Both see ``aws:SourceAccount`` and ``aws:SourceArn`` of the resource on
whose behalf the service acts (IAM user guide, "The confused deputy problem").
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from . import service_seams as seams
from .iam_evaluation import role_keys


@dataclass(frozen=True, slots=True)
class ServiceCall:
    """An AWS service acting for one resource of an account.

    Attributes:
        principal: service principal, such as ``bedrock.amazonaws.com``.
        source_account: value of ``aws:SourceAccount``.
        source_arn: value of ``aws:SourceArn``.
    """

    principal: str
    source_account: str
    source_arn: str

    def keys(self, extra: dict[str, str] | None = None) -> dict[str, str]:
        """Condition keys of the request, lower case as MiniStack's evaluator looks them up."""
        return {
            "aws:sourceaccount": self.source_account,
            "aws:sourcearn": self.source_arn,
            "aws:principalisawsservice": "true",
            "aws:principalservicename": self.principal,
            **{key.lower(): value for key, value in (extra or {}).items()},
        }


def role_by_arn(role_arn: str) -> dict[str, Any] | None:
    """The role of this account with exactly this ARN (path included), or None."""
    role = seams.get("iam.roles").get(role_arn.rsplit("/", 1)[-1])
    return role if role is not None and role.get("Arn") == role_arn else None


def role_age_seconds(role: dict[str, Any]) -> float:
    """Seconds since the role was created."""
    created = datetime.fromisoformat(str(role["CreateDate"]).replace("Z", "+00:00"))
    if created.tzinfo is None:
        created = created.replace(tzinfo=UTC)
    return (datetime.now(UTC) - created).total_seconds()


def may_assume(role: dict[str, Any], call: ServiceCall) -> bool:
    """Whether the role's trust policy lets the service assume it.

    MiniStack's own trust evaluation never matches a service principal. A trust policy is a resource policy without a
    Resource element, so it is evaluated as one.
    """
    document = _document(role.get("AssumeRolePolicyDocument"))
    statements = document.get("Statement", [])
    statements = [statements] if isinstance(statements, dict) else statements
    whole = {"Statement": [{**statement, "Resource": "*"} for statement in statements if isinstance(statement, dict)]}
    return _decide(whole, call, "sts:AssumeRole", str(role["Arn"]), {}) == "Allow"


def role_allows(role: dict[str, Any], session_name: str, action: str, resource: str) -> bool:
    """Whether a session of the role may do the action: identity policies, permissions boundary, explicit denies."""
    account = str(role["Arn"]).split(":")[4]
    name = str(role["RoleName"])
    context = seams.get("iam.context")(
        principal_arn=f"arn:aws:sts::{account}:assumed-role/{name}/{session_name}",
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=seams.region(),
        source_ip="",
        secure_transport=True,
        principal_keys=role_keys(role),
    )
    limits = seams.get("iam.boundary")(seams.get("iam.roles"), name, account)
    policies = seams.get("iam.role_policies")(name, account)
    return bool(seams.get("iam.evaluate")(context, policies, *limits).decision == "Allow")


def resource_policy_allows(
    policy: str | dict[str, Any] | None,
    call: ServiceCall,
    action: str,
    resource: str,
    keys: dict[str, str] | None = None,
) -> bool:
    """Whether a resource policy (bucket, key) lets the service do the action; a service has no identity policy."""
    return _decide(_document(policy), call, action, resource, keys or {}) == "Allow"


def _decide(document: dict[str, Any], call: ServiceCall, action: str, resource: str, keys: dict[str, str]) -> str:
    context = seams.get("iam.context")(
        principal_arn="",
        principal_type="Service",
        principal_account="",
        action=action,
        resource_arn=resource,
        region=seams.region(),
        source_ip="",
        secure_transport=True,
        service_context=call.keys(keys),
    )
    return str(seams.get("iam.evaluate_resource_policy")(document, context, service=call.principal).decision)


def _document(policy: str | dict[str, Any] | None) -> dict[str, Any]:
    if isinstance(policy, str):
        try:
            policy = json.loads(policy)
        except ValueError:
            return {}
    return policy if isinstance(policy, dict) else {}
