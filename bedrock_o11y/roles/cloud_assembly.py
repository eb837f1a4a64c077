"""The roles of a ``cdk.out`` folder: the templates that its manifest names, those of stages and nested stacks too."""

from __future__ import annotations

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
        self._sources = list(_templates_of(folder))

    def roles(self) -> Iterator[Role | UnreadRole]:
        """The roles, template by template."""
        for source in self._sources:
            yield from source.roles()
            self.reading.partial.extend(source.reading.partial)


def _templates_of(folder: Path) -> Iterator[TemplateSource]:
    manifest = read_value(folder / _MANIFEST)
    artifacts = manifest.get("artifacts", {}) if isinstance(manifest, dict) else None
    if not isinstance(artifacts, dict):
        raise UsageError(f"{folder / _MANIFEST}: there are no artifacts in it; run cdk synth again")
    for artifact in artifacts.values():
        properties = artifact.get("properties", {}) if isinstance(artifact, dict) else {}
        kind = artifact.get("type") if isinstance(artifact, dict) else None
        if kind == "cdk:cloud-assembly" and "directoryName" in properties:
            yield from _templates_of(folder / str(properties["directoryName"]))
        elif kind == "aws:cloudformation:stack" and "templateFile" in properties:
            known = _known(str(artifact.get("environment", "")))
            yield from _with_nested(folder / str(properties["templateFile"]), known)


def _with_nested(path: Path, known: dict[str, str]) -> Iterator[TemplateSource]:
    template = read_value(path)
    resources = template.get("Resources") if isinstance(template, dict) else None
    if not isinstance(resources, dict):
        return  # a stack without resources
    nested = [str(asset) for resource in resources.values() if (asset := _asset_of(resource))]
    stacks = sum(1 for one in resources.values() if isinstance(one, dict) and one.get("Type") == _STACK)
    yield TemplateSource(path, template, known=known, nested_are_read=len(nested) == stacks)
    for name in nested:
        yield from _with_nested(path.parent / name, known)


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
