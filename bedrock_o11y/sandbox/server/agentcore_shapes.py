"""Checks a request of the AgentCore control plane against the API model that botocore carries.

Types, required members, lengths, ranges, patterns and enumerations, worded as AWS words them ("1 validation error
detected: Value ... failed to satisfy constraint"). Members that the model does not know are let through: a client may
be newer than the server.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from .agentcore_answers import invalid

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONTROL = "bedrock-agentcore-control"
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "long": (int,), "float": (int, float), "double": (int, float),
    "boolean": (bool,), "structure": (dict,), "map": (dict,), "list": (list,),
}  # fmt: skip


def check(operation: str, members: dict[str, Any]) -> None:
    """Check the members of a request.

    Args:
        operation: of the control plane, for example `CreateAgentRuntime`.
        members: of the body, the path and the query together.

    Raises:
        AgentCoreError: ValidationException with everything that breaks the model.
    """
    problems = list(_problems(_model().operation_model(operation).input_shape, members, ""))
    if problems:
        count = f"{len(problems)} validation error{'s' * (len(problems) > 1)} detected"
        raise invalid(f"{count}: {'; '.join(problems)}")


@functools.cache
def _model() -> Any:
    # Only here: the model is read at the first request that it checks.
    import botocore.loaders
    import botocore.model

    description = botocore.loaders.Loader().load_service_model(_CONTROL, "service-2")
    return botocore.model.ServiceModel(description, _CONTROL)


def _problems(shape: Any, value: Any, where: str) -> Iterator[str]:
    kinds = _TYPES.get(shape.type_name)
    if kinds is None:
        return
    is_of_kind: bool = isinstance(value, kinds)  # no narrowing: the shape says what the value is
    if not is_of_kind or (isinstance(value, bool) and bool not in kinds):
        yield _problem(value, where, f"Member must be a {shape.type_name}")
        return
    yield from _limits(shape, value, where)
    if shape.type_name == "structure":
        yield from _structure(shape, value, where)
    elif shape.type_name == "list":
        for number, item in enumerate(value, 1):
            yield from _problems(shape.member, item, f"{where}.{number}.member")
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from _problems(shape.key, key, where)
            yield from _problems(shape.value, item, f"{where}.{key}.member")


def _structure(shape: Any, value: dict[str, Any], where: str) -> Iterator[str]:
    for name in shape.required_members:
        if value.get(name) is None:
            yield _problem(None, f"{where}.{name}".lstrip("."), "Member must not be null")
    if shape.metadata.get("union") and sum(item is not None for item in value.values()) != 1:
        yield _problem(sorted(value), where, "Member must have exactly one member set")
    for name, member in shape.members.items():
        if value.get(name) is not None:
            yield from _problems(member, value[name], f"{where}.{name}".lstrip("."))


def _limits(shape: Any, value: Any, where: str) -> Iterator[str]:
    limits = shape.metadata
    sized = not isinstance(value, int | float)
    measure = len(value) if sized else value
    of = "length " if sized else "value "
    if "min" in limits and measure < limits["min"]:
        yield _problem(value, where, f"Member must have {of}greater than or equal to {limits['min']}")
    if "max" in limits and measure > limits["max"]:
        yield _problem(value, where, f"Member must have {of}less than or equal to {limits['max']}")
    if "pattern" in limits and not re.fullmatch(limits["pattern"], value):
        yield _problem(value, where, f"Member must satisfy regular expression pattern: {limits['pattern']}")
    if "enum" in limits and value not in limits["enum"]:
        yield _problem(value, where, f"Member must satisfy enum value set: [{', '.join(limits['enum'])}]")


def _problem(value: Any, where: str, constraint: str) -> str:
    shown = "null" if value is None else f"'{value}'"
    return f"Value {shown} at '{where}' failed to satisfy constraint: {constraint}"
