"""The resource whose logs are delivered: its kind, its ARN, and the name of a delivery source made from its id.

A delivery source cannot move to another resource, and a resource has one source for each type of log. So the name of a
source must change when the resource is replaced, and must not change otherwise: it is made from the resource's id and
from nothing else. (CloudFormation first tries a changed ``ResourceArn`` in place, which the API of CloudWatch Logs
refuses: "Update to existing Delivery Source with new ResourceId is not allowed".)
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import CfnResource, Fn, Stack, Token

from bedrock_o11y.blueprint import vended_logs as blueprint

if TYPE_CHECKING:
    from constructs import IConstruct

    from bedrock_o11y.blueprint.vended_logs import LogType, VendedResource

_SHORT_UNIQUE = 20
"""Up to here kind, id and type of log fit into a name together."""
_DIGEST = 10
_ENDPOINT = "agent_runtime_endpoint_arn"
"""Endpoints have the ARN of their runtime too, and send no logs of their own."""


@dataclass(frozen=True, slots=True)
class SendingResource:
    """A resource that sends logs.

    Attributes:
        kind: of the blueprint.
        arn: its ARN, which may be a token.
        id: its id, which may be a token.
        name: its name, where it is known at synth.
    """

    kind: VendedResource
    arn: str
    id: str
    name: str | None

    @property
    def known_id(self) -> str | None:
        """The id, where it is known at synth."""
        return None if Token.is_unresolved(self.id) else self.id

    def source_name(self, log_type: LogType) -> str:
        """Name of the delivery source of one type of log.

        Args:
            log_type: of the kind.

        Returns:
            at most 60 characters, which may be a token.

        Raises:
            ValueError: the name of the resource is too long to make one.
        """
        if self.kind.longest_unique <= _SHORT_UNIQUE:
            return f"{self.kind.kind}-{self._unique()}-{log_type.value}"
        letter = log_type.value[0]
        longest = blueprint.LONGEST_NAME - len(f"-{letter}")
        if self.known_id is None:
            # The id is the name and eleven more characters.
            if self.name is not None and len(self.name) > longest - _DIGEST - 1:
                raise ValueError(
                    f"the name {self.name} is too long for a delivery source; expected at most "
                    f"{longest - _DIGEST - 1} characters"
                )
            return f"{self.id}-{letter}"
        if len(self.id) <= longest and re.fullmatch(r"[\w-]+", self.id, re.ASCII):
            return f"{self.id}-{letter}"
        digest = hashlib.sha256(self.id.encode()).hexdigest()[:_DIGEST]
        cut = re.sub(r"[^\w-]", "_", self.id[: longest - _DIGEST - 1], flags=re.ASCII)
        return f"{cut}-{digest}-{letter}"

    def _unique(self) -> str:
        """What tells the resource from every other of its kind, whatever it is called."""
        if not self.kind.suffixed:
            return self.id
        return Fn.select(1, Fn.split("-", self.id)) if self.known_id is None else self.id.rpartition("-")[2]


def sending_resource(scope: IConstruct, resource: str | IConstruct, kind: str | None) -> SendingResource:
    """Read what a caller named: an ARN, or a construct of the CDK.

    Args:
        scope: a construct of the stack that delivers.
        resource: the ARN or the construct.
        kind: name of the kind, which an ARN that is a token needs; detected by default.

    Returns:
        the resource.

    Raises:
        ValueError: no such kind, or an ARN that sends no logs, or one of another partition, Region or account.
    """
    if kind is not None and kind not in _KINDS:
        raise ValueError(f"no such kind of resource: {kind}; expected {_listed()}")
    if isinstance(resource, str):
        return _from_arn(scope, resource, kind, None)
    found = _kind_of(resource)
    if found is None:
        raise ValueError(f"{resource.node.path} sends no logs; expected a construct or an ARN of {_listed()}")
    if kind not in (None, found.kind):
        raise ValueError(f"{resource.node.path} is a {found.kind}, not a {kind}")
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", found.arn_attribute).lower()
    arn = getattr(resource, f"attr_{snake}", None) or getattr(resource, snake)
    return _from_arn(scope, str(arn), found.kind, _name_of(resource, snake.removesuffix("_arn")))


def refuse_elsewhere(scope: IConstruct, arn: str) -> None:
    """Refuse an ARN of another partition, Region or account than the stack's, as far as both are known at synth.

    Args:
        scope: a construct of the stack.
        arn: the ARN; one that is a token as a whole is let through.

    Raises:
        ValueError: it is elsewhere.
    """
    parts = arn.split(":", 5)
    if len(parts) < len(("arn", "partition", "service", "Region", "account", "resource")):
        return
    stack = Stack.of(scope)
    for what, given, own in (
        ("partition", parts[1], stack.partition),
        ("Region", parts[3], stack.region),
        ("account", parts[4], stack.account),
    ):
        if given != own and not Token.is_unresolved(given) and not Token.is_unresolved(own):
            raise ValueError(f"{arn} is in {what} {given}; expected the stack's own, {own}")


_KINDS = {resource.kind: resource for resource in blueprint.RESOURCES}
_TYPES = {resource.cloudformation_type: resource for resource in blueprint.RESOURCES}


def _listed() -> str:
    return ", ".join(_KINDS)


def _kind_of(resource: IConstruct) -> VendedResource | None:
    own = resource if isinstance(resource, CfnResource) else resource.node.default_child
    if isinstance(own, CfnResource):
        return _TYPES.get(own.cfn_resource_type)
    if hasattr(resource, _ENDPOINT):
        return None
    for kind in blueprint.RESOURCES:
        if hasattr(resource, re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.arn_attribute).lower()):
            return kind
    return None


def _name_of(resource: IConstruct, prefix: str) -> str | None:
    for attribute in (f"{prefix}_name", "name"):
        name = getattr(resource, attribute, None)
        if isinstance(name, str) and not Token.is_unresolved(name):
            return name
    return None


def _from_arn(scope: IConstruct, arn: str, kind: str | None, name: str | None) -> SendingResource:
    parts = arn.split(":", 5)
    if len(parts) == 6 and parts[0] == "arn":
        refuse_elsewhere(scope, arn)
        if not Token.is_unresolved(parts[5]):
            return _from_last_field(arn, parts[5], kind, name)
    elif not Token.is_unresolved(arn):
        raise ValueError(f"{arn} is not an ARN; expected one of {_listed()}")
    if kind is None:
        raise ValueError(f"the kind of the resource cannot be read from a token; give kind, one of {_listed()}")
    found = _KINDS[kind]
    identifier = name if kind == blueprint.WORKLOAD_IDENTITY.kind and name else None
    return SendingResource(found, arn, identifier or Fn.select(found.id_position, Fn.split("/", arn)), name)


def _from_last_field(arn: str, field: str, kind: str | None, name: str | None) -> SendingResource:
    service = arn.split(":", 5)[2]
    for found in blueprint.RESOURCES:
        if service == found.service and re.fullmatch(found.arn_resource, field):
            if kind not in (None, found.kind):
                raise ValueError(f"{arn} is the ARN of a {found.kind}, not of a {kind}")
            return SendingResource(found, arn, field.split("/")[found.id_position], name)
    raise ValueError(f"{arn} sends no logs; expected the ARN of one of {_listed()}")
