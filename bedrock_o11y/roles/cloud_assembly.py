"""The roles of a ``cdk.out`` folder: the templates that its manifest names, those of stages and nested stacks too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.errors import UsageError

from .cloudformation import TemplateSource
from .role import Reading, Role, UnreadRole
from .text_file import read_value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MANIFEST: Final = "manifest.json"
_PARTITIONS: Final = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "us-iso-": "aws-iso", "us-isob-": "aws-iso-b"}


class CloudAssemblySource:
    """The roles of every template that a deploy of this folder would use.

    The CDK does not clear the folder: a template that the manifest does not name is of an earlier synth and is left
    out.
    """

    def __init__(self, folder: Path) -> None:
        """Reads the manifests.

        Args:
            folder: ``cdk.out``.

        Raises:
            UsageError: it has no manifest, or that is broken or names what is not there.
        """
        self.origin = str(folder)
        self.reading = Reading()
        if not (folder / _MANIFEST).is_file():
            raise UsageError(
                f"{folder}: a folder without {_MANIFEST}; expected a cdk.out folder: run cdk synth, or name a file"
            )
        exports: dict[str, dict[str, str]] = {}
        self._stacks = list(_templates_of(folder, exports))
        # What one template exports may be made of what another one does: twice around is as deep as anybody builds.
        for _ in range(2):
            for stack in self._stacks:
                exports[stack.environment].update(stack.source.exported(stack.name))

    def roles(self) -> Iterator[Role | UnreadRole]:
        """The roles, template by template."""
        known = {name: stack.name for stack in self._stacks for name in stack.source.role_names(stack.name)}
        for stack in self._stacks:
            for role in stack.source.roles():
                # What is attached to a role that this template does not make has no trust policy here.
                if isinstance(role, Role) and role.trust is None and role.name in known:
                    self.reading.partial.append(
                        f"{stack.source.origin}: it attaches a policy to the role {role.name} of the stack "
                        f"{known[role.name]}, which is judged without it; attach it where the role is made"
                    )
                yield role
            self.reading.partial.extend(stack.source.reading.partial)


@dataclass(frozen=True, slots=True)
class _Stack:
    """A template of the folder.

    Attributes:
        name: of the file, without its suffix.
        environment: account and Region; exports are shared inside one.
        source: its roles.
    """

    name: str
    environment: str
    source: TemplateSource


def _templates_of(folder: Path, exports: dict[str, dict[str, str]]) -> Iterator[_Stack]:
    manifest = read_value(folder / _MANIFEST)
    artifacts = manifest.get("artifacts") if isinstance(manifest, dict) else None
    if not isinstance(artifacts, dict):
        raise UsageError(f"{folder / _MANIFEST}: there are no artifacts in it; run cdk synth again")
    for artifact in artifacts.values():
        properties = artifact.get("properties", {}) if isinstance(artifact, dict) else {}
        kind = artifact.get("type") if isinstance(artifact, dict) else None
        if kind == "cdk:cloud-assembly" and "directoryName" in properties:
            yield from _templates_of(folder / str(properties["directoryName"]), exports)
        elif kind == "aws:cloudformation:stack" and "templateFile" in properties:
            # Two stages may export the same name: each folder has exports of its own.
            environment = f"{artifact.get('environment', '')} {folder}"
            shared = exports.setdefault(environment, {})
            yield from _with_nested(folder / str(properties["templateFile"]), environment, shared)


def _with_nested(path: Path, environment: str, exports: dict[str, str]) -> Iterator[_Stack]:
    template = read_value(path)
    resources = template.get("Resources") if isinstance(template, dict) else None
    if not isinstance(resources, dict):
        return  # a stack without resources
    nested = [str(asset) for resource in resources.values() if (asset := _asset_of(resource))]
    stacks = sum(1 for one in resources.values() if isinstance(one, dict) and one.get("Type") == _STACK)
    source = TemplateSource(
        path,
        template,
        known=_known(environment.split(" ", 1)[0]),
        exports=exports,
        nested_are_read=len(nested) == stacks,
    )
    yield _Stack(path.name.split(".", 1)[0], environment, source)
    for name in nested:
        yield from _with_nested(path.parent / name, environment, exports)


_STACK: Final = "AWS::CloudFormation::Stack"


def _asset_of(resource: Any) -> Any:
    """The file beside the template that holds a nested stack, as the CDK notes it; None for any other resource."""
    if not isinstance(resource, dict) or resource.get("Type") != _STACK:
        return None
    metadata = resource.get("Metadata")
    return metadata.get("aws:asset:path") if isinstance(metadata, dict) else None


def _known(environment: str) -> dict[str, str]:
    """Account, Region and partition of ``aws://123456789012/us-east-1``, as far as the synth knew them."""
    account, _, region = environment.removeprefix("aws://").partition("/")
    known: dict[str, str] = {}
    if account.isdecimal():
        known["AWS::AccountId"] = account
    if region and not region.startswith("unknown"):
        known["AWS::Region"] = region
        known["AWS::Partition"] = next((name for begin, name in _PARTITIONS.items() if region.startswith(begin)), "aws")
    return known
