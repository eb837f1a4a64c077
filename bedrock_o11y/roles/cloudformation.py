"""The roles of a CloudFormation template, with the policies that the same template attaches to them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.errors import UsageError
from bedrock_o11y.iam import PolicyDocument, readable, unknown

from .documents import BOUNDARY, TRUST, UnreadableError, read_document
from .expressions import expression, is_unknown
from .intrinsics import Resolver
from .role import Reading, Role, UnreadRole
from .template_conditions import NO_VALUE
from .template_limits import not_read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_MAKES_ROLES: Final = ("AWS::Serverless::Function", "AWS::Serverless::StateMachine")
_DEFAULTS_TOLD: Final = 5
_ATTACHED_BY: Final = {
    "AWS::IAM::Policy": "Roles",
    "AWS::IAM::ManagedPolicy": "Roles",
    "AWS::IAM::RolePolicy": "RoleName",
}
"""Types that attach themselves to roles, and the property that names those."""


@dataclass(slots=True)
class _Attached:
    """The policies that resources of the template attach to one role."""

    inline: list[PolicyDocument] = field(default_factory=list)
    managed: list[tuple[str, PolicyDocument]] = field(default_factory=list)


class TemplateSource:
    """The roles of one template."""

    def __init__(
        self,
        path: Path,
        template: dict[str, Any],
        *,
        known: Mapping[str, str] | None = None,
        exports: Mapping[str, str] | None = None,
        nested_are_read: bool = False,
    ) -> None:
        """Reads nothing yet.

        Args:
            path: of the template.
            template: its value, short tags in their long form.
            known: values of pseudo parameters that are known from elsewhere.
            exports: what the templates beside it export.
            nested_are_read: the templates of nested stacks have sources of their own.
        """
        self.origin = str(path)
        self.reading = Reading()
        self._path = path
        self._template = template
        self._resolver = Resolver(template, known, exports)
        self._nested_are_read = nested_are_read
        self._broken: list[UnreadRole] = []

    def roles(self) -> Iterator[Role | UnreadRole]:
        """The roles in the order of the template, then those of other places to which it attaches policies.

        Raises:
            UsageError: the values of the template lead into each other without an end.
        """
        try:
            yield from self._roles()
        except RecursionError:
            raise UsageError(f"{self._path}: its values refer to each other in a circle") from None

    def exported(self, stack: str) -> dict[str, str]:
        """What the template exports; see :meth:`Resolver.exported`."""
        return self._resolver.exported(stack)

    def role_names(self, stack: str) -> set[str]:
        """The names under which other templates may attach policies to its roles, as people read them."""
        names = (self._resolver.text({"Ref": name}) for name, _ in self._of_type("AWS::IAM::Role"))
        return {readable(self._resolver.qualified(name, stack)) for name in names}

    def _roles(self) -> Iterator[Role | UnreadRole]:
        limits = not_read(self._template, nested_are_read=self._nested_are_read)
        self.reading.partial.extend(f"{self._path}: {sentence}" for sentence in limits)
        managed = self._managed_policies()
        attached = self._attached(managed)
        for name, resource in self._of_type("AWS::IAM::Role"):
            mine = attached.pop(self._resolver.text({"Ref": name}), _Attached())
            try:
                yield self._role(name, resource, mine, managed)
            except UnreadableError as error:
                yield UnreadRole(name, f"{self._path}: {error}", file=self._path, pointer=error.pointer)
        for name, resource in self._of_type(*_MAKES_ROLES):
            if "Role" not in _properties(resource):
                written = PolicyDocument.not_known("the transform AWS::Serverless writes it", name="policies")
                yield Role(
                    f"{name}Role",
                    trust=replace(written, name=TRUST),
                    policies=(written,),
                    file=self._path,
                    pointer=_pointer(name),
                )
        for text, mine in attached.items():
            rest = PolicyDocument.not_known("the rest of this role is not in the template", name="other policies")
            yield Role(
                readable(text),
                policies=(rest, *mine.inline, *(document for _, document in mine.managed)),
                managed=tuple(arn for arn, _ in mine.managed),
                file=self._path,
            )
        yield from self._broken

    def _role(
        self, name: str, resource: dict[str, Any], attached: _Attached, managed: Mapping[str, PolicyDocument]
    ) -> Role:
        properties, pointer = _properties(resource), f"{_pointer(name)}/Properties"
        resolver = self._resolver
        inline = list(self._inline(properties, pointer))
        listed = list(self._managed_arns(properties, pointer, managed))
        boundary = None
        if "PermissionsBoundary" in properties:
            for raw, _, certain in resolver.conditions.branches(properties["PermissionsBoundary"], ""):
                if raw is not NO_VALUE:
                    found = self._by_arn(resolver.text(raw), managed) if certain else None
                    boundary = replace(found or self._undecided("the permissions boundary"), name=BOUNDARY)
        if "AssumeRolePolicyDocument" not in properties:
            raise UnreadableError("AssumeRolePolicyDocument is missing; expected who may assume the role", pointer)
        attached_arns = {arn for arn, _ in attached.managed}
        every_managed = [*attached.managed, *((arn, one) for arn, one in listed if arn not in attached_arns)]
        return Role(
            name,
            arn=self._arn(name),
            trust=self._document(properties["AssumeRolePolicyDocument"], TRUST, f"{pointer}/AssumeRolePolicyDocument"),
            policies=(*inline, *attached.inline, *(document for _, document in every_managed)),
            managed=tuple(readable(arn) for arn, _ in every_managed),
            boundary=boundary,
            tags=self._tags(properties),
            assumed=self._assumed(),
            file=self._path,
            pointer=_pointer(name),
        )

    def _assumed(self) -> tuple[str, ...]:
        """That parameters are taken at their defaults; those of the policies that others attach are among them."""
        taken = [f"{name} is {value or 'empty'}" for name, value in sorted(self._resolver.defaults.items())]
        if not taken:
            return ()
        more = f" and {len(taken) - _DEFAULTS_TOLD} more" if len(taken) > _DEFAULTS_TOLD else ""
        return (f"Parameters of the template are taken at their defaults: {', '.join(taken[:_DEFAULTS_TOLD])}{more}.",)

    def _arn(self, name: str) -> str:
        """The ARN where the account is known; a name that CloudFormation chooses is written ``<LogicalId>``."""
        arn = self._resolver.text({"Fn::GetAtt": [name, "Arn"]})
        owner = arn.split(":")[:5]
        return "" if len(owner) < 5 or is_unknown("".join(owner)) else readable(arn)

    def _inline(self, properties: dict[str, Any], pointer: str) -> Iterator[PolicyDocument]:
        for raw, at, certain in self._items(properties.get("Policies"), f"{pointer}/Policies"):
            if not certain:
                yield self._undecided(f"the policy at {at}")
            elif not isinstance(raw, dict):
                yield PolicyDocument.not_known(f"{expression(raw)} is not known", name="Policies")
            else:
                name = readable(self._resolver.text(raw.get("PolicyName", "")))
                yield self._document(raw.get("PolicyDocument"), name, f"{at}/PolicyDocument")

    def _managed_arns(
        self, properties: dict[str, Any], pointer: str, managed: Mapping[str, PolicyDocument]
    ) -> Iterator[tuple[str, PolicyDocument]]:
        for raw, _, certain in self._items(properties.get("ManagedPolicyArns"), f"{pointer}/ManagedPolicyArns"):
            arns = self._resolver.resolve(raw)
            for arn in arns if isinstance(arns, list) else [arns]:
                text = arn if isinstance(arn, str) else self._resolver.text(arn)
                document = self._by_arn(text, managed)
                yield text, document if certain else self._undecided(f"attaching {readable(text)}", document.name)

    def _by_arn(self, arn: str, managed: Mapping[str, PolicyDocument]) -> PolicyDocument:
        missing = f"the template does not contain {readable(arn)}"
        return managed.get(arn) or PolicyDocument.not_known(missing, name=readable(arn).rpartition("/")[2])

    def _managed_policies(self) -> dict[str, PolicyDocument]:
        """The documents of the template's own managed policies, by what a Ref to them comes to."""
        return {
            self._resolver.text({"Ref": name}): self._policy_resource(name, resource)
            for name, resource in self._of_type("AWS::IAM::ManagedPolicy")
        }

    def _policy_resource(self, name: str, resource: dict[str, Any]) -> PolicyDocument:
        properties = _properties(resource)
        called = properties.get("PolicyName") or properties.get("ManagedPolicyName")
        title = readable(self._resolver.text(called)) if called else name
        if resource.get("Condition") and self._resolver.conditions.holds(resource["Condition"]) is None:
            return self._undecided(f"the policy {name}", title)
        try:
            return self._document(
                properties.get("PolicyDocument"), title, f"{_pointer(name)}/Properties/PolicyDocument"
            )
        except UnreadableError as error:
            # Every role that has it is judged with a policy that may do anything; the broken text is told once.
            self._broken.append(UnreadRole(name, f"{self._path}: {error}", file=self._path, pointer=error.pointer))
            return PolicyDocument.not_known(f"its text cannot be read: {error}", name=title)

    def _attached(self, managed: Mapping[str, PolicyDocument]) -> dict[str, _Attached]:
        """The policies that resources attach, by what a Ref to the role comes to."""
        found: dict[str, _Attached] = {}
        for kind, key in _ATTACHED_BY.items():
            for name, resource in self._of_type(kind):
                reference = self._resolver.text({"Ref": name})
                is_managed = kind == "AWS::IAM::ManagedPolicy"
                document = managed[reference] if is_managed else None
                for raw, _, certain in self._items(_properties(resource).get(key), ""):
                    document = document or self._policy_resource(name, resource)
                    attached = document if certain else self._undecided(f"attaching {name}", document.name)
                    roles = self._resolver.resolve(raw)
                    for role in roles if isinstance(roles, list) else [roles]:
                        mine = found.setdefault(str(role), _Attached())
                        if is_managed:
                            mine.managed.append((reference, attached))
                        else:
                            mine.inline.append(attached)
        return found

    def _document(self, raw: Any, name: str, pointer: str) -> PolicyDocument:
        """A policy document; a statement whose condition cannot be decided is unknown as a whole.

        Raises:
            UnreadableError: it is no policy document.
        """
        ((settled, at, certain), *others) = self._resolver.conditions.branches(raw, pointer)
        if others or not certain:
            return self._undecided(f"the policy at {pointer}", name)
        if not isinstance(settled, dict) or "Statement" not in settled:
            text = self._resolver.resolve(settled)
            if is_unknown(text) and not text.lstrip().startswith("{"):
                return PolicyDocument.not_known(f"{readable(text)} is not known", name=name)
            return read_document(text, name=name, pointer=at)
        statements: list[Any] = []
        pointers: list[str] = []
        for one, place, sure in self._items(settled["Statement"], f"{at}/Statement"):
            statements.append(self._resolver.resolve(one) if sure else unknown(f"{place} (its condition is not known)"))
            pointers.append(place.removeprefix(at))
        whole = self._resolver.resolve({key: value for key, value in settled.items() if key != "Statement"})
        document = read_document({**whole, "Statement": statements}, name=name, pointer=at)
        return replace(
            document,
            statements=tuple(
                replace(statement, pointer=place)
                for statement, place in zip(document.statements, pointers, strict=True)
            ),
        )

    def _items(self, raw: Any, pointer: str) -> Iterator[tuple[Any, str, bool]]:
        """The items of a list, not resolved, as :meth:`Resolver.branches` gives each; those that are gone left out.

        Of an item that may be one of two, both are given, and neither is certain.
        """
        if raw is None:
            return
        for listed, at, certain in self._resolver.conditions.branches(raw, pointer):
            if listed is NO_VALUE:
                continue
            if not isinstance(listed, list):
                yield listed, at, certain
                continue
            for index, item in enumerate(listed):
                for one, place, sure in self._resolver.conditions.branches(item, f"{at}/{index}"):
                    if one is not NO_VALUE:
                        yield one, place, certain and sure

    def _undecided(self, what: str, name: str = "") -> PolicyDocument:
        return PolicyDocument.not_known(f"{what} depends on a condition that the template does not decide", name=name)

    def _of_type(self, *kinds: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, resource in self._resolver.resources.items():
            if not isinstance(resource, dict) or resource.get("Type") not in kinds:
                continue
            condition = resource.get("Condition")
            if not condition or self._resolver.conditions.holds(condition) is not False:
                yield str(name), resource

    def _tags(self, properties: dict[str, Any]) -> dict[str, str]:
        tags = self._resolver.resolve(properties.get("Tags", []))
        pairs = [tag for tag in tags if isinstance(tag, dict)] if isinstance(tags, list) else []
        return {readable(str(tag.get("Key", ""))): str(tag.get("Value", "")) for tag in pairs}


def _properties(resource: dict[str, Any]) -> dict[str, Any]:
    found = resource.get("Properties")
    return found if isinstance(found, dict) else {}


def _pointer(name: str) -> str:
    return f"/Resources/{name.replace('~', '~0').replace('/', '~1')}"
