"""A template that names what exists already fails to deploy and leaves the existing resource as it is.

Source: CloudFormation user guide, troubleshooting, "Resource already exists": a resource with a custom name that exists
outside the stack fails the creation. MiniStack puts the template's resource in its place instead. Also here: the
permissions boundary of a role, which MiniStack leaves out, so that the role may more than the template says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import service_seams as seams

if TYPE_CHECKING:
    from collections.abc import Callable

    Properties = dict[str, Any]
    Create = Callable[[str, Properties, str], tuple[str, dict[str, Any]]]


def _role(properties: Properties) -> str | None:
    name = properties.get("RoleName")
    return name if name in seams.get("iam.roles") else None


def _managed_policy(properties: Properties) -> str | None:
    name = f"policy{properties.get('Path', '/')}{properties.get('ManagedPolicyName')}"
    arn = f"arn:aws:iam::{seams.account_id()}:{name}"
    return arn if properties.get("ManagedPolicyName") and arn in seams.get("iam.policies") else None


def _function(properties: Properties) -> str | None:
    name = properties.get("FunctionName")
    return name if name in seams.get("lambda.functions") else None


def _alias(properties: Properties) -> str | None:
    name = str(properties.get("AliasName"))
    arn = f"arn:aws:kms:{seams.region()}:{seams.account_id()}:{name}"
    return name if arn in seams.get("kms.aliases") else None


def _bucket_policy(properties: Properties) -> str | None:
    bucket = properties.get("Bucket")
    return bucket if bucket in seams.get("s3.policies") else None


EXISTING: dict[str, Callable[[Properties], str | None]] = {
    "AWS::IAM::Role": _role,
    "AWS::IAM::ManagedPolicy": _managed_policy,
    "AWS::Lambda::Function": _function,
    "AWS::KMS::Alias": _alias,
    "AWS::S3::BucketPolicy": _bucket_policy,
}
"""By type: the identifier of what stands in the way, if anything does."""


def _creating(resource_type: str, original: Create) -> Create:
    def create(logical_id: str, properties: Properties, stack_name: str) -> tuple[str, dict[str, Any]]:
        identifier = EXISTING[resource_type](properties)
        if identifier is not None:
            raise ValueError(
                f"Resource of type '{resource_type}' with identifier '{identifier}' already exists. "
                "(HandlerErrorCode: AlreadyExists)"
            )
        return original(logical_id, properties, stack_name)

    return create


def _with_boundary(original: Any, properties_at: int) -> Any:
    def provision(*arguments: Any) -> tuple[str, dict[str, Any]]:
        name, attributes = original(*arguments)
        role = seams.get("iam.roles")[name]
        role.pop("PermissionsBoundary", None)
        boundary = arguments[properties_at].get("PermissionsBoundary")
        if boundary:
            role["PermissionsBoundary"] = boundary
        return name, attributes

    return provision


def install() -> None:
    """Wrap the creation of every type of the table, and what provisions a role."""
    handlers = seams.get("cfn.handlers")
    for resource_type in EXISTING:
        handlers[resource_type] = {
            **handlers[resource_type],
            "create": _creating(resource_type, handlers[resource_type]["create"]),
        }
    role = handlers["AWS::IAM::Role"]
    handlers["AWS::IAM::Role"] = {
        **role,
        "create": _with_boundary(role["create"], 1),
        "update": _with_boundary(role["update"], 2),
    }
