"""YAML templates of CloudFormation: short tags (``!Sub``) become their long form (``Fn::Sub``).

Imported only when a YAML file is read: PyYAML would slow the start of every other command.
"""

from __future__ import annotations

from typing import Any, Final

import yaml

_BARE: Final = frozenset(("Ref", "Condition"))

_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _TemplateLoader(_Loader):  # type: ignore[misc,valid-type]
    """A safe loader that knows the tags of CloudFormation and refuses a key written twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, (str, int)):
                if key in seen and key != "<<":
                    raise yaml.MarkedYAMLError(problem=f"the key {key} stands twice", problem_mark=key_node.start_mark)
                seen.add(key)
        made: dict[Any, Any] = super().construct_mapping(node, deep)
        return made


def _intrinsic(loader: Any, name: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if name == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {name if name in _BARE else f"Fn::{name}": value}


def _as_text(loader: Any, node: yaml.ScalarNode) -> str:
    text: str = loader.construct_scalar(node)
    return text


_TemplateLoader.add_multi_constructor("!", _intrinsic)
# A date is no value of JSON, and a policy's Version looks like one.
_TemplateLoader.add_constructor("tag:yaml.org,2002:timestamp", _as_text)


def load(text: str) -> Any:
    """The value of a YAML text.

    Raises:
        yaml.YAMLError: it is not YAML, has a key twice, or a tag that would make an object of Python.
    """
    return yaml.load(text, _TemplateLoader)  # noqa: S506 (a SafeLoader)
