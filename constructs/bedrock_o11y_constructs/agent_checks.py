"""Refuses, at synth and in one line, what the role of an agent cannot be made from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from aws_cdk import Annotations, Stack, Token
from aws_cdk.region_info import RegionInfo

from bedrock_o11y.blueprint import agentcore_runtime as blueprint
from bedrock_o11y.blueprint import regions

if TYPE_CHECKING:
    from collections.abc import Collection

    from aws_cdk import aws_iam as iam
    from constructs import IConstruct

UNLISTED_REGIONS_CONTEXT = "bedrock-o11y:allow-unlisted-regions"
"""Context key that lets agents into Regions that the data does not list."""

_REPOSITORY = re.compile(
    r"(?=.{2,256}$)[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*"
)

_REGISTRY = ".dkr.ecr."
"""In the address of a registry, which has nothing that the name of a repository may not have."""


@dataclass(frozen=True, slots=True)
class ResourceArn:
    """An ARN in its fields, each of which may be a token.

    Attributes:
        text: the whole.
        partition: ``aws``.
        service: ``bedrock``.
        region: empty where the resource has none.
        account: empty where the resource belongs to nobody.
        kind: what stands before the last slash: ``foundation-model``.
        name: what stands behind it.
    """

    text: str
    partition: str
    service: str
    region: str
    account: str
    kind: str
    name: str


def refuse(scope: IConstruct, problem: str) -> NoReturn:
    """Stop the synth.

    Args:
        scope: the construct that is at fault.
        problem: what is wrong, where, and what is expected.

    Raises:
        ValueError: always.
    """
    raise ValueError(f"{scope.node.path}: {problem}")


def check_agent_name(scope: IConstruct, name: str) -> None:
    """Refuse what is no name of an agent (AgentCore control API reference, CreateAgentRuntime).

    Args:
        scope: the construct.
        name: the name, or a token.

    Raises:
        ValueError: the name breaks the pattern.
    """
    if not Token.is_unresolved(name) and not re.fullmatch(blueprint.AGENT_NAME, name):
        refuse(
            scope,
            f"agent_name {name!r} is no name of an agent; expected a letter, then up to 47 letters, digits and "
            "underscores",
        )


def check_repository_name(scope: IConstruct, name: str) -> None:
    """Refuse what is no name of an ECR repository (ECR API reference, CreateRepository).

    Args:
        scope: the construct.
        name: the name, or a token.

    Raises:
        ValueError: it is an ARN, an address of an image, or nothing that ECR accepts.
    """
    if not Token.is_unresolved(name) and (_REGISTRY in name or not _REPOSITORY.fullmatch(name)):
        refuse(
            scope,
            f"repository {name!r} is no name of a repository; expected my/agent, without registry and tag, or a "
            "repository of the CDK",
        )


def check_region(scope: IConstruct, resource_type: str, *, allow_unlisted: bool = False) -> None:
    """Refuse a Region that does not have a type of resource, as far as the data knows.

    Args:
        scope: the construct.
        resource_type: of :data:`bedrock_o11y.blueprint.regions.UNLISTED`.
        allow_unlisted: warn instead; the context key :data:`UNLISTED_REGIONS_CONTEXT` says the same for a whole app.

    Raises:
        ValueError: the Region of the stack is known and not listed.
    """
    region = Stack.of(scope).region
    if Token.is_unresolved(region) or region not in regions.UNLISTED[resource_type]:
        return
    problem = f"{resource_type} is not listed for the Region {region} (data of {regions.UNLISTED_DATE.isoformat()})"
    if allow_unlisted or scope.node.try_get_context(UNLISTED_REGIONS_CONTEXT):
        Annotations.of(scope).add_warning_v2("bedrock-o11y:unlisted-region", problem)
        return
    refuse(
        scope,
        f"{problem}; deploy to another Region, or set allow_unlisted_region or the context {UNLISTED_REGIONS_CONTEXT} "
        "if it has come since",
    )


def read_arn(scope: IConstruct, text: str, *, what: str, service: str) -> ResourceArn | None:
    """An ARN of the stack's own partition and of one service.

    Args:
        scope: the construct.
        text: the ARN, a token, or a text with tokens in it.
        what: what it is the ARN of, for the message.
        service: the service that it must name.

    Returns:
        Its fields; None for a token, of which nothing is known before the deploy.

    Raises:
        ValueError: it is no ARN, or one of another partition or service.
    """
    fields = text.split(":", 5)
    if len(fields) < 6 or fields[0] != "arn":
        if Token.is_unresolved(text):
            return None
        refuse(scope, f"{what} {text!r} is no ARN; expected arn:PARTITION:{service}:REGION:ACCOUNT:…")
    _, partition, own_service, region, account, resource = fields
    kind, _, name = resource.rpartition("/")
    arn = ResourceArn(text, partition, own_service, region, account, kind, name)
    _expect(scope, arn, what, "service", own_service, service)
    _expect(scope, arn, what, "partition", partition, _partition(Stack.of(scope)))
    return arn


def check_kind(scope: IConstruct, arn: ResourceArn, *, what: str, kinds: Collection[str]) -> None:
    """Refuse an ARN of another kind of resource.

    Args:
        scope: the construct.
        arn: the ARN.
        what: what it is the ARN of, for the message.
        kinds: what may stand before the last slash.

    Raises:
        ValueError: the kind is known and none of those.
    """
    if Token.is_unresolved(arn.kind) or (not arn.kind and Token.is_unresolved(arn.name)):
        return
    if arn.kind not in kinds or not arn.name:
        expected = ", ".join(f"{kind}/ID" for kind in kinds)
        refuse(scope, f"{what} {arn.text} is of another kind; expected an ARN that ends in {expected}")


def check_own(scope: IConstruct, arn: ResourceArn, *, what: str) -> None:
    """Refuse an ARN of another account or Region than the stack's.

    Args:
        scope: the construct.
        arn: the ARN.
        what: what it is the ARN of, for the message.

    Raises:
        ValueError: account or Region are known on both sides and differ.
    """
    stack = Stack.of(scope)
    _expect(scope, arn, what, "account", arn.account, stack.account)
    _expect(scope, arn, what, "Region", arn.region, stack.region)


def check_changeable(scope: IConstruct, role: iam.IRole) -> None:
    """Refuse a role to which the CDK attaches nothing.

    Args:
        scope: the construct.
        role: an existing role.

    Raises:
        ValueError: it is of another account, or was imported or handed over as one that must not be changed.
    """
    account, own = role.env.account, Stack.of(scope).account
    if not Token.is_unresolved(account) and not Token.is_unresolved(own) and account != own:
        refuse(scope, f"role {role.role_arn} has the account {account}; expected {own}")
    # The CDK keeps the role itself beside a view of it that ignores every change, and names the one after the other.
    parent, id = role.node.scope, role.node.id
    originals = [f"MutableRole{id}", *([id.removeprefix("ImmutableRole")] if id.startswith("ImmutableRole") else [])]
    if parent is not None and any(parent.node.try_find_child(original) for original in originals):
        refuse(
            scope,
            f"role {role.node.path} cannot be changed, so nothing would be attached; import it with mutable=True, or "
            "give the role itself and not without_policy_updates()",
        )


def _expect(scope: IConstruct, arn: ResourceArn, what: str, field: str, found: str, expected: str | None) -> None:
    if expected is None or Token.is_unresolved(found) or Token.is_unresolved(expected) or found == expected:
        return
    refuse(scope, f"{what} {arn.text} has the {field} {found or '(none)'}; expected {expected}")


def _partition(stack: Stack) -> str | None:
    """The partition, which a Region tells even where the stack keeps it a token."""
    return None if Token.is_unresolved(stack.region) else RegionInfo.get(stack.region).partition
