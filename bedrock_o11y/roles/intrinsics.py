"""What the intrinsic functions of a CloudFormation template come to, as far as the template itself says.

What it does not say stays in the text as a piece whose value is not known (:func:`bedrock_o11y.iam.unknown`), so that
``arn:aws:logs:…:log-group:/a/<Name>`` still shows what is known of it. Sources: AWS CloudFormation template reference,
"Intrinsic functions", "Condition functions", "Pseudo parameters", and the return values of each resource type.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.iam import unknown
from bedrock_o11y.iam.document import UNKNOWN_END, UNKNOWN_START

from .expressions import expression, intrinsic_of, is_unknown, section
from .physical_names import IDENTIFIERS, NAMES, REFERENCE_IS_ARN, arn_of
from .template_conditions import NO_VALUE, Conditions

if TYPE_CHECKING:
    from collections.abc import Mapping

PSEUDO_PARAMETERS: Final = frozenset(
    f"AWS::{name}"
    for name in ("AccountId", "NotificationARNs", "Partition", "Region", "StackId", "StackName", "URLSuffix")
)

_PIECE: Final = re.compile(f"{UNKNOWN_START}([^{UNKNOWN_END}]*){UNKNOWN_END}")
_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")
_ONE_FIELD: Final = frozenset(("AWS::AccountId", "AWS::Partition", "AWS::Region", "AWS::URLSuffix"))
_MAPS_DEEP: Final = 3
_URL_SUFFIXES: Final = {"aws": "amazonaws.com", "aws-us-gov": "amazonaws.com", "aws-cn": "amazonaws.com.cn"}


class Resolver:
    """Resolves the values of one template."""

    def __init__(
        self,
        template: Mapping[str, Any],
        known: Mapping[str, str] | None = None,
        exports: Mapping[str, str] | None = None,
    ) -> None:
        """Resolves nothing yet.

        Args:
            template: the whole template.
            known: values of pseudo parameters and parameters that are known from elsewhere.
            exports: what the templates beside it export; it may grow until a value is asked for.
        """
        self._known = dict(known or {})
        self._imports: Mapping[str, str] = {} if exports is None else exports
        self._outputs = section(template, "Outputs")
        self._parameters = section(template, "Parameters")
        self._mappings = section(template, "Mappings")
        self.conditions = Conditions(
            section(template, "Conditions"), self.text, partition_is_known="AWS::Partition" in self._known
        )
        self.resources = section(template, "Resources")
        self._whole_names: set[str] = set(_ONE_FIELD)
        self._visiting: set[str] = set()
        self.defaults: dict[str, str] = {}
        """The parameters whose default was taken so far; a deploy may give them any other value."""

    def resolve(self, value: Any) -> Any:
        """A value with its intrinsics resolved, or unknown pieces where they cannot be, or ``NO_VALUE``."""
        if isinstance(value, list):
            return [one for one in (self.resolve(item) for item in value) if one is not NO_VALUE]
        if not isinstance(value, dict):
            return value
        name = intrinsic_of(value)
        if name:
            return self._intrinsic(name, value[name], value)
        resolved = {key: self.resolve(item) for key, item in value.items()}
        return {key: item for key, item in resolved.items() if item is not NO_VALUE}

    def text(self, value: Any) -> str:
        """A value as text; unknown when it is no text."""
        resolved = self.resolve(value)
        if isinstance(resolved, bool):
            return "true" if resolved else "false"
        return str(resolved) if isinstance(resolved, (str, int, float)) else unknown(expression(value))

    def exported(self, stack: str) -> dict[str, str]:
        """What the template exports, by name; unknown pieces in it are called after the stack whose they are.

        Args:
            stack: name of the stack, for people.
        """
        found: dict[str, str] = {}
        for output in self._outputs.values():
            export = section(output, "Export") if isinstance(output, dict) else {}
            if "Name" in export and "Value" in output:
                found[self.text(export["Name"])] = self.qualified(self.text(output["Value"]), stack)
        return found

    def qualified(self, text: str, stack: str) -> str:
        """A text for the use of other templates, in which a logical id of this one would mean something else."""
        return _PIECE.sub(
            lambda piece: piece[0] if piece[1] in PSEUDO_PARAMETERS else unknown(f"{stack}.{piece[1]}"), text
        )

    def _intrinsic(self, name: str, argument: Any, value: dict[str, Any]) -> Any:
        result: Any = None
        if name == "Ref" and isinstance(argument, str):
            result = self._reference(argument)
        elif name == "Fn::GetAtt":
            result = self._attribute(argument)
        elif name == "Fn::Sub":
            result = self._substitute(argument)
        elif name == "Fn::Join":
            result = self._join(argument)
        elif name == "Fn::Split":
            result = self._split(argument)
        elif name == "Fn::Select":
            result = self._select(argument)
        elif name == "Fn::FindInMap":
            result = self._find_in_map(argument)
        elif name == "Fn::ImportValue":
            result = self._imports.get(self.text(argument))
        elif name == "Fn::ToJsonString":
            result = json.dumps(self.resolve(argument), ensure_ascii=False)
        elif name == "Fn::If":
            ((one, _, certain), *others) = self.conditions.branches(value, "")
            result = None if others or not certain else one if one is NO_VALUE else self.resolve(one)
        return unknown(expression(value)) if result is None else result

    def _reference(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self._known:
            return self._known[name]
        if name == "AWS::URLSuffix":
            # Whoever is known by a service principal must be recognised before the environment of a template is
            # settled; outside of the partitions below it is the one suffix (CloudFormation, pseudo parameters).
            partition = self._known.get("AWS::Partition", "aws")
            return _URL_SUFFIXES.get(partition) or unknown(name)
        if name in PSEUDO_PARAMETERS:
            return unknown(name)
        if name in self._parameters:
            value = self._parameter(self._parameters[name])
            if value is not None:
                shown = value if isinstance(value, str) else ", ".join(value)
                self.defaults[name] = "secret" if self._parameters[name].get("NoEcho") else shown
            return value
        resource = self.resources.get(name)
        if not isinstance(resource, dict):
            return None
        kind = str(resource.get("Type", ""))
        return self._arn(name, resource) if kind in REFERENCE_IS_ARN else self._name(name, resource)

    def _parameter(self, parameter: Any) -> Any:
        if not isinstance(parameter, dict) or "Default" not in parameter:
            return None
        kind = str(parameter.get("Type", "String"))
        if kind.startswith("AWS::SSM::Parameter::Value"):
            return None  # the default is the name of a parameter of Systems Manager, not its value
        default = parameter["Default"]
        if kind == "CommaDelimitedList" or kind.startswith("List<"):
            return [part.strip() for part in str(default).split(",")]
        return str(default) if isinstance(default, (str, int, float)) and not isinstance(default, bool) else None

    def _name(self, name: str, resource: Mapping[str, Any]) -> str | None:
        """The physical name: what the template gives, else unknown under the logical id."""
        key = NAMES.get(str(resource.get("Type", "")))
        given = section(resource, "Properties").get(key) if key else None
        if given is None or name in self._visiting:
            if key:
                self._whole_names.add(name)
            return None
        self._visiting.add(name)
        try:
            resolved = self.resolve(given)
        finally:
            self._visiting.discard(name)
        return resolved if isinstance(resolved, str) else None

    def _arn(self, name: str, resource: Mapping[str, Any]) -> str | None:
        properties = section(resource, "Properties")
        path = self.text(properties["Path"]) if "Path" in properties else "/"
        called = self._name(name, resource)
        if called is None:
            identifier = IDENTIFIERS.get(str(resource.get("Type", "")))
            piece = f"{name}.{identifier}" if identifier else name
            called = unknown(piece)
            self._whole_names.add(piece)
        return arn_of(
            str(resource.get("Type", "")),
            partition=self.text({"Ref": "AWS::Partition"}),
            region=self.text({"Ref": "AWS::Region"}),
            account=self.text({"Ref": "AWS::AccountId"}),
            path=path,
            name=called,
        )

    def _attribute(self, argument: Any) -> str | None:
        parts = argument.split(".", 1) if isinstance(argument, str) else argument
        if not isinstance(parts, list) or len(parts) != 2 or not all(isinstance(part, str) for part in parts):
            return None
        resource = self.resources.get(parts[0])
        if not isinstance(resource, dict):
            return None
        if parts[1] in ("Arn", "PolicyArn", "TopicArn", "AgentRuntimeArn"):
            return self._arn(parts[0], resource)
        return self._name(parts[0], resource) if parts[1] == NAMES.get(str(resource.get("Type", ""))) else None

    def _substitute(self, argument: Any) -> str | None:
        template, own = (argument, {}) if isinstance(argument, str) else (None, {})
        if isinstance(argument, list) and len(argument) == 2:
            template, own = argument
        if not isinstance(template, str) or not isinstance(own, dict):
            return None

        def filled(match: re.Match[str]) -> str:
            name = match[1].strip()
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            if name in own:
                return self.text(own[name])
            return self.text({"Fn::GetAtt": name.split(".", 1)} if "." in name else {"Ref": name})

        return _VARIABLE.sub(filled, template)

    def _join(self, argument: Any) -> str | None:
        if not isinstance(argument, list) or len(argument) != 2 or not isinstance(argument[0], str):
            return None
        parts = self.resolve(argument[1])
        if not isinstance(parts, list):
            return None
        return argument[0].join(self.text(part) for part in parts)

    def _split(self, argument: Any) -> list[str] | None:
        if not isinstance(argument, list) or len(argument) != 2 or not isinstance(argument[0], str) or not argument[0]:
            return None
        text = self.resolve(argument[1])
        # A piece that is not known may contain the separator, unless it is known to be one field of an ARN.
        if not isinstance(text, str) or not self._whole_names.issuperset(_PIECE.findall(text)):
            return None
        names = _PIECE.findall(text)
        if any(argument[0] in name for name in names) and argument[0] not in (":", "/"):
            return None
        hidden = _PIECE.sub(UNKNOWN_START, text)
        remaining = iter(names)
        return [re.sub(UNKNOWN_START, lambda _: unknown(next(remaining)), part) for part in hidden.split(argument[0])]

    def _select(self, argument: Any) -> Any:
        if not isinstance(argument, list) or len(argument) != 2:
            return None
        index, items = self.text(argument[0]), self.resolve(argument[1])
        if not index.isdecimal() or not isinstance(items, list) or int(index) >= len(items):
            return None
        return items[int(index)]

    def _find_in_map(self, argument: Any) -> Any:
        if not isinstance(argument, list) or len(argument) < _MAPS_DEEP:
            return None
        found: Any = self._mappings
        for key in argument[:_MAPS_DEEP]:
            text = self.text(key)
            if is_unknown(text):
                return None
            found = found.get(text) if isinstance(found, dict) else None
        default = argument[_MAPS_DEEP] if len(argument) > _MAPS_DEEP else None
        if found is None and isinstance(default, dict) and "DefaultValue" in default:
            return self.resolve(default["DefaultValue"])
        return found
