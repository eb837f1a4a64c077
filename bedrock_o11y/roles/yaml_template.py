"""YAML templates of CloudFormation: short tags (``!Sub``) become their long form (``Fn::Sub``).

Imported only when a YAML file is read: PyYAML would slow the start of every other command.
"""

from __future__ import annotations

from typing import Any, Final

import yaml

_BARE: Final = frozenset(("Ref", "Condition"))

_MOST_VALUES: Final = 1_000_000
"""A template has at most 1 MB; a file with more values than that refers to the same ones over and over."""

_DEEPEST: Final = 200

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
        yaml.YAMLError: it is not YAML, has a key twice, a tag that would make an object of Python, or anchors by which
            a few lines stand for millions of values.
        ValueError: a number is too long.
        RecursionError: it is nested too deeply to be read.
    """
    _refuse_depth(text)
    loader = _TemplateLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        if _values(node, {}) > _MOST_VALUES:
            raise yaml.MarkedYAMLError(
                problem="its anchors and aliases multiply to millions of values", problem_mark=node.start_mark
            )
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _refuse_depth(text: str) -> None:
    """Looks for what would overflow the stack of the parser in C, which no exception catches."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                raise RecursionError
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _values(node: yaml.Node, counted: dict[int, int]) -> int:
    """How many values a node stands for once its aliases are written out; one that contains itself is endless."""
    if id(node) not in counted:
        counted[id(node)] = _MOST_VALUES + 1  # until it is counted: met again, it is inside itself
        below = (
            [part for pair in node.value for part in pair]
            if isinstance(node, yaml.MappingNode)
            else node.value
            if isinstance(node, yaml.SequenceNode)
            else []
        )
        counted[id(node)] = 1 + sum(_values(each, counted) for each in below)
    return counted[id(node)]
