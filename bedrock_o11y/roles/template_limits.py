"""What a template may hold that cannot be seen in it: macros, loops, modules, nested stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TRANSFORMS_READ: Final = frozenset(("AWS::Serverless-2016-10-31", "AWS::LanguageExtensions"))
_ELSEWHERE: Final = ("AWS::CloudFormation::Stack", "AWS::Serverless::Application")


def not_read(template: Mapping[str, Any], *, nested_are_read: bool) -> Iterator[str]:
    """Why a template may have more roles than can be seen, a sentence each.

    Args:
        template: the whole template.
        nested_are_read: the templates of nested stacks are read as well.
    """
    transforms = template.get("Transform", [])
    for transform in transforms if isinstance(transforms, list) else [transforms]:
        if not isinstance(transform, str) or transform not in _TRANSFORMS_READ:
            yield f"the transform {expression(transform)} may add roles; audit the processed template"
    for name, resource in template["Resources"].items():
        kind = resource.get("Type") if isinstance(resource, dict) else None
        if str(name).startswith("Fn::"):
            yield f"{name} is not expanded and may make roles; audit the processed template"
        elif str(kind).endswith("::MODULE"):
            yield f"the module {name} may contain roles; audit the processed template"
        elif kind in _ELSEWHERE and not nested_are_read:
            yield f"the template of the nested stack {name} is not in it; audit that template too"
