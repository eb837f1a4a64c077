"""Grants of the blueprint as policy statements of the CDK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import Stack
from aws_cdk import aws_iam as iam

from .acknowledgements import acknowledge

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs import Construct, IConstruct

    from bedrock_o11y.blueprint import Grant


_TAG_SESSION: Final = "sts:TagSession"


def values_of(scope: IConstruct, **names: str) -> dict[str, str]:
    """The values that every template of the blueprint may use.

    Args:
        scope: a construct of the stack whose partition, Region and account are meant.
        names: further names, such as ``LogGroupName``.

    Returns:
        A value for each name; partition, Region and account may be tokens.
    """
    stack = Stack.of(scope)
    return {"Partition": stack.partition, "Region": stack.region, "Account": stack.account, **names}


def statement(grant: Grant, values: Mapping[str, str]) -> iam.PolicyStatement:
    """One grant as a statement.

    Args:
        grant: of the blueprint.
        values: a value for every name that the grant's templates use.

    Returns:
        The statement, equal to ``grant.statement(values)``.

    Raises:
        KeyError: a template uses a name that ``values`` lacks.
    """
    return iam.PolicyStatement.from_json(grant.statement(values))


def managed_policy(
    scope: Construct, id: str, *, grants: Iterable[Grant], values: Mapping[str, str], role: iam.IRole, description: str
) -> iam.ManagedPolicy:
    """Grants as one managed policy, attached to one role.

    Each wildcard is acknowledged for cdk-nag with the reason that the blueprint gives for it.

    A managed policy instead of an inline one: it can be found, reviewed and compared by its name, and NIST 800-53
    control AC-6 (as cdk-nag reads it) asks for it.

    Args:
        scope: parent of the construct.
        id: id of the construct.
        grants: of the blueprint.
        values: a value for every name that the grants' templates use.
        role: the role that receives the policy.
        description: a sentence, shown in the IAM console.

    Returns:
        The policy.
    """
    grants = tuple(grants)
    policy = iam.ManagedPolicy(
        scope,
        id,
        description=description,
        statements=[statement(grant, values) for grant in grants],
        roles=[role],
    )
    acknowledge(policy, _wildcard_reasons(policy, grants, values))
    return policy


def trust(grant: Grant, values: Mapping[str, str]) -> iam.IPrincipal:
    """The trust grant of a role as the principal that may assume it, with the grant's conditions.

    Args:
        grant: of the blueprint, with exactly one service principal.
        values: a value for every name that the grant's templates use.

    Returns:
        The principal.

    Raises:
        ValueError: the grant names more or fewer principals than one.
    """
    (service,) = grant.principals
    principal = iam.ServicePrincipal(service, conditions=grant.statement(values).get("Condition", {}))
    return principal.with_session_tags() if _TAG_SESSION in grant.actions else principal


def _wildcard_reasons(scope: IConstruct, grants: Iterable[Grant], values: Mapping[str, str]) -> dict[str, str]:
    reasons: dict[str, list[str]] = {}
    for grant in grants:
        for resource in grant.statement(values)["Resource"]:
            if "*" in resource:
                rule = f"AwsSolutions-IAM5[Resource::{_as_reported(scope, resource)}]"
                reasons.setdefault(rule, []).append(f"{grant.sid}: {grant.wildcard}")
    return {rule: " ".join(texts) for rule, texts in reasons.items()}


def _as_reported(scope: IConstruct, text: str) -> str:
    """A text with tokens as cdk-nag prints it: references in angle brackets."""
    resolved = Stack.of(scope).resolve(text)
    if isinstance(resolved, str):
        return resolved
    parts = resolved["Fn::Join"][1]
    return "".join(part if isinstance(part, str) else f"<{part['Ref']}>" for part in parts)
