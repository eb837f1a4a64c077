"""Resources of a Terraform plan or state, and what the configuration says about where a value comes from.

Formats: Terraform's "JSON Output Format" (``terraform show -json`` of a plan and of a state) and version 4 of the state
file. In a plan a value that is known only after apply is left out of ``planned_values``; ``resource_changes`` marks it
in ``after_unknown``, and ``configuration`` names what it refers to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_INDEX: Final = re.compile(r"\[[^\]]*\]")
_MODULE_STEP: Final = re.compile(r'module\.([^.\[]+)(\[(?:"[^"]*"|[^\]"]*)\])?')
_REFERENCE: Final = re.compile(r'(data\.)?([a-z0-9_]+)\.([^.\[]+)(\[(?:"[^"]*"|[^\]"]*)\])?')
_ONLY_A_KEY: Final = ("each.key", "count.index")
_NO_RESOURCE: Final = ("local.", "each.", "path.", "self.", "terraform.")


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance of a resource or data source.

    Attributes:
        address: ``module.agents.aws_iam_role.agent["a"]``.
        module: address of its module; empty for the root.
        data: it is a data source.
        kind: ``aws_iam_role``.
        name: of the resource in its module.
        index: its key with brackets, ``["a"]``, ``[0]``; empty for none.
        values: its attributes.
        unknown: which of them are known only after apply, in the shape of ``after_unknown``.
        pointer: JSON pointer of its values.
    """

    address: str
    module: str
    data: bool
    kind: str
    name: str
    index: str
    values: dict[str, Any]
    unknown: Any
    pointer: str

    def is_unknown(self, attribute: str) -> bool:
        """Whether an attribute, or a part of it, is known only after apply."""
        return self.unknown is True or (isinstance(self.unknown, dict) and any_true(self.unknown.get(attribute)))


@dataclass(frozen=True, slots=True)
class Origin:
    """What a value refers to.

    Attributes:
        module: address of the module in which it is; may lack the key of a module that has several instances.
        data: it is a data source.
        kind: ``aws_iam_role``.
        name: of the resource.
        index: its key with brackets; empty when the reference has none.
    """

    module: str
    data: bool
    kind: str
    name: str
    index: str


class Estate:
    """All resources of a plan or a state."""

    def __init__(self, value: dict[str, Any]) -> None:
        """Reads the resources.

        Args:
            value: the whole file.
        """
        self.is_plan = "planned_values" in value or "resource_changes" in value
        changes = [one for one in _list(value, "resource_changes") if isinstance(one, dict)]
        self.changes: list[dict[str, Any]] = changes
        unknown = {str(one.get("address")): _dict(one, "change").get("after_unknown") for one in changes}
        self._configuration = _dict(_dict(value, "configuration"), "root_module")
        self.instances: list[Instance] = []
        if self.is_plan:
            self._read_module(
                _dict(_dict(value, "planned_values"), "root_module"), "/planned_values/root_module", unknown
            )
            self._read_prior(_dict(_dict(_dict(value, "prior_state"), "values"), "root_module"))
        elif "values" in value:
            self._read_module(_dict(_dict(value, "values"), "root_module"), "/values/root_module", {})
        else:
            self._read_state_file(_list(value, "resources"))

    def of_kind(self, kind: str, *, data: bool = False) -> Iterator[Instance]:
        """The instances of a type of resource, or of data source."""
        return (one for one in self.instances if one.kind == kind and one.data is data)

    def is_configured(self, instance: Instance, attribute: str) -> bool:
        """Whether the configuration sets an attribute; True when the configuration is not there to tell."""
        found = self._resource(instance)
        return found is None or attribute in _dict(found, "expressions")

    def expression(self, instance: Instance, *path: str | int) -> Any:
        """The expression of an attribute in the configuration; None when there is none."""
        found: Any = _dict(self._resource(instance) or {}, "expressions")
        for part in path:
            if isinstance(part, int):
                found = found[part] if isinstance(found, list) and part < len(found) else None
            else:
                found = found.get(part) if isinstance(found, dict) else None
        return found

    def origins(self, instance: Instance, *path: str | int) -> list[Origin] | None:
        """What the expression of an attribute refers to, through variables and outputs of modules.

        Returns:
            The resources; None when the configuration does not tell them all (a local value, ``each.value``).
        """
        expression = self.expression(instance, *path)
        if isinstance(expression, dict) and "each.value" in _list(expression, "references"):
            expression = _dict(self._resource(instance) or {}, "for_each_expression")
        return self._follow(expression, instance.module, 0) if isinstance(expression, dict) else None

    def found(self, origin: Origin, near: Instance | None = None) -> list[Instance]:
        """The instances that an origin may be.

        Args:
            origin: what a value refers to.
            near: the instance whose value it is: of several, the one with the same key is meant, as with
                ``aws_iam_role.x[each.key]``.
        """
        several = [
            one
            for one in self.instances
            if (one.data, one.kind, one.name) == (origin.data, origin.kind, origin.name)
            and (one.module == origin.module or _INDEX.sub("", one.module) == origin.module)
            and (not origin.index or one.index == origin.index)
        ]
        if near and len(several) > 1:
            same = [one for one in several if one.index == near.index and near.index and one.module == near.module]
            return same or several
        return several

    def _follow(self, expression: Any, module: str, depth: int) -> list[Origin] | None:
        references = expression.get("references") if isinstance(expression, dict) else None
        if not isinstance(references, list) or depth > 20:
            return None
        found: list[Origin] = []
        texts = [str(one) for one in references]
        for number, text in enumerate(texts):
            if any(longer.startswith((f"{text}.", f"{text}[")) for longer in texts[:number]):
                continue  # Terraform names each reference and then its shorter parts
            if text in _ONLY_A_KEY:
                continue
            below = self._origins_of(text, module, depth)
            if below is None:
                return None
            found.extend(below)
        return found

    def _origins_of(self, text: str, module: str, depth: int) -> list[Origin] | None:
        if text.startswith(_NO_RESOURCE):
            return None
        if text.startswith("var."):
            name = re.split(r"[.\[]", text)[1]
            parent, _, step = module.rpartition("module.") if module else ("", "", "")
            if not step:
                return None
            parent = parent.rstrip(".")
            call = _dict(_dict(self._module(parent), "module_calls"), _INDEX.sub("", step))
            return self._follow(_dict(call, "expressions").get(name), parent, depth + 1)
        if text.startswith("module."):
            step_match = _MODULE_STEP.match(text)
            output = text[step_match.end() :].lstrip(".") if step_match else ""
            if not step_match or not output:
                return None
            child = f"{module}.{step_match[0]}" if module else step_match[0]
            written = _dict(_dict(self._module(child), "outputs"), re.split(r"[.\[]", output)[0])
            return self._follow(written.get("expression"), child, depth + 1)
        match = _REFERENCE.match(text)
        if not match:
            return None
        return [Origin(module, bool(match[1]), match[2], match[3], match[4] or "")]

    def _module(self, address: str) -> dict[str, Any]:
        """The configuration of a module."""
        found = self._configuration
        for step in _MODULE_STEP.finditer(address):
            found = _dict(_dict(_dict(found, "module_calls"), step[1]), "module")
        return found

    def _resource(self, instance: Instance) -> dict[str, Any] | None:
        mode = "data" if instance.data else "managed"
        for one in _list(self._module(instance.module), "resources"):
            if isinstance(one, dict) and (one.get("mode"), one.get("type"), one.get("name")) == (
                mode, instance.kind, instance.name,
            ):  # fmt: skip
                return one
        return None

    def _read_module(self, module: dict[str, Any], pointer: str, unknown: dict[Any, Any]) -> None:
        address = str(module.get("address", ""))
        for number, one in enumerate(_list(module, "resources")):
            if isinstance(one, dict):
                marks = unknown.get(str(one.get("address")))
                self.instances.append(_instance(one, address, marks, f"{pointer}/resources/{number}/values"))
        for number, child in enumerate(_list(module, "child_modules")):
            if isinstance(child, dict):
                self._read_module(child, f"{pointer}/child_modules/{number}", unknown)

    def _read_prior(self, module: dict[str, Any]) -> None:
        """Data sources that were read while planning stand in the prior state only."""
        known = {one.address for one in self.instances}
        before = len(self.instances)
        self._read_module(module, "/prior_state/values/root_module", {})
        prior = self.instances[before:]
        del self.instances[before:]
        self.instances.extend(one for one in prior if one.data and one.address not in known)

    def _read_state_file(self, resources: list[Any]) -> None:
        for number, one in enumerate(resources):
            if not isinstance(one, dict):
                continue
            module = str(one.get("module", ""))
            for place, each in enumerate(_list(one, "instances")):
                if not isinstance(each, dict) or "deposed" in each:
                    continue
                shown = {**one, "index": each.get("index_key"), "values": each.get("attributes")}
                kind = "data." if one.get("mode") == "data" else ""
                resource = f"{kind}{one.get('type')}.{one.get('name')}{_key(each.get('index_key'))}"
                shown["address"] = f"{module}.{resource}" if module else resource
                pointer = f"/resources/{number}/instances/{place}/attributes"
                self.instances.append(_instance(shown, module, None, pointer))


def any_true(marks: Any) -> bool:
    """Whether ``after_unknown`` marks something in this part."""
    if isinstance(marks, dict):
        return any(any_true(one) for one in marks.values())
    if isinstance(marks, list):
        return any(any_true(one) for one in marks)
    return marks is True


def listed(value: Any) -> list[Any]:
    """A list or a set of Terraform; nothing for null, and a value that is no list as the one item that it would be."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _instance(one: dict[str, Any], module: str, unknown: Any, pointer: str) -> Instance:
    return Instance(
        address=str(one.get("address", "")),
        module=module,
        data=one.get("mode") == "data",
        kind=str(one.get("type", "")),
        name=str(one.get("name", "")),
        index=_key(one.get("index")),
        values=_dict(one, "values"),
        unknown=unknown,
        pointer=pointer,
    )


def _key(index: Any) -> str:
    if index is None:
        return ""
    return f"[{index}]" if isinstance(index, int) else f'["{index}"]'


def _dict(value: dict[str, Any], key: str) -> dict[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _list(value: dict[str, Any], key: str) -> list[Any]:
    found = value.get(key)
    return found if isinstance(found, list) else []
