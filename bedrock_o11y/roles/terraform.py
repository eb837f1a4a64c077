"""The roles of a Terraform plan or state, with the policies that it attaches to them.

Source: Terraform registry, hashicorp/aws, resources aws_iam_role, aws_iam_role_policy, aws_iam_policy,
aws_iam_role_policy_attachment and aws_iam_policy_attachment.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bedrock_o11y.errors import UsageError
from bedrock_o11y.iam import PolicyDocument

from .documents import BOUNDARY, TRUST, UnreadableError, read_document
from .dump import created_on
from .role import Reading, Role, UnreadRole
from .terraform_documents import document_of, referenced_document
from .terraform_values import Estate, any_true, listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .terraform_values import Instance


@dataclass(slots=True)
class _Attached:
    """What other resources attach to one role: inline policies by name, managed ones by ARN or address."""

    inline: dict[str, PolicyDocument] = field(default_factory=dict)
    managed: dict[str, PolicyDocument] = field(default_factory=dict)


class TerraformSource:
    """The roles of what ``terraform show -json`` printed, or of a state file of version 4."""

    def __init__(self, path: Path, value: dict[str, Any]) -> None:
        """Reads the resources.

        Args:
            path: of the file.
            value: its value.

        Raises:
            UsageError: a state file of another version.
        """
        self.origin = str(path)
        self.reading = Reading()
        self._path = path
        if "resources" in value and value.get("version") != 4 and "values" not in value:
            raise UsageError(
                f"{path}: a state file of version {value.get('version')}; expected 4: terraform show -json"
            )
        if missing := _missing_values(value):
            raise UsageError(f"{path}: there is no {missing} in it; expected what terraform show -json prints")
        self._estate = Estate(value)
        self._broken: list[UnreadRole] = []
        if value.get("errored") is True or value.get("complete") is False:
            self.reading.partial.append(f"{path}: the plan is not complete, roles may be missing; plan again")

    def roles(self) -> Iterator[Role | UnreadRole]:
        """The roles that will be there after apply, then those of other places to which policies are attached."""
        estate = self._estate
        self._policies = self._managed_policies()
        roles = list(estate.of_kind("aws_iam_role"))
        attached = self._attached(roles)
        for instance in roles:
            try:
                yield self._role(instance, attached.pop(instance.address, _Attached()))
            except UnreadableError as error:
                yield UnreadRole(instance.address, f"{self._path}: {error}", file=self._path, pointer=error.pointer)
        for name, mine in attached.items():
            rest = PolicyDocument.not_known("the rest of this role is not in the file", name="other policies")
            yield Role(
                name,
                policies=(rest, *mine.inline.values(), *mine.managed.values()),
                managed=tuple(mine.managed),
                file=self._path,
            )
        yield from self._broken

    def _role(self, instance: Instance, attached: _Attached) -> Role:
        values = instance.values
        trust = document_of(self._estate, instance, "assume_role_policy", TRUST)
        if trust is None:
            raise UnreadableError("assume_role_policy is missing; expected who may assume the role", instance.pointer)
        inline, managed = dict(attached.inline), dict(attached.managed)
        gone = self._detached(instance)
        for name, document in self._own_inline(instance):
            if name not in gone:
                inline.setdefault(name, document)
        for arn, document in self._own_managed(instance):
            if arn not in gone and arn not in self._arns_of(managed):
                managed.setdefault(arn, document)
        tags = values.get("tags_all") or values.get("tags")
        tags = tags if isinstance(tags, dict) else {}
        return Role(
            instance.address,
            arn=str(values.get("arn") or ""),
            trust=trust,
            policies=(*inline.values(), *managed.values()),
            managed=tuple(managed),
            boundary=self._boundary(instance),
            created=created_on(values.get("create_date")),
            tags=None if instance.is_unknown("tags_all") else {str(k): str(v) for k, v in tags.items()},
            file=self._path,
            pointer=instance.pointer.removesuffix("/values"),
        )

    def _own_inline(self, instance: Instance) -> Iterator[tuple[str, PolicyDocument]]:
        """The blocks ``inline_policy`` of a role; a plan marks them as unknown also where nobody wrote one."""
        marks = instance.unknown.get("inline_policy") if isinstance(instance.unknown, dict) else None
        unknown = any_true(marks)
        if unknown and not self._estate.is_configured(instance, "inline_policy"):
            return
        blocks = instance.values.get("inline_policy")
        if unknown and (marks is True or not isinstance(blocks, list)):
            expression = self._estate.expression(instance, "inline_policy")
            count = len(expression) if isinstance(expression, list) else 1
            blocks, marks = [{}] * count, [{"policy": True}] * count
        for number, block in enumerate(listed(blocks)):
            if not isinstance(block, dict):
                raise UnreadableError("no block of inline_policy", f"{instance.pointer}/inline_policy/{number}")
            name = str(block.get("name") or "")
            if unknown and any_true(marks[number] if isinstance(marks, list) and number < len(marks) else True):
                title = name or f"{instance.address}.inline_policy[{number}]"
                yield title, referenced_document(self._estate, instance, ("inline_policy", number, "policy"), title)
            elif block.get("policy"):
                pointer = f"{instance.pointer}/inline_policy/{number}/policy"
                yield name, read_document(block["policy"], name=name, pointer=pointer)

    def _own_managed(self, instance: Instance) -> Iterator[tuple[str, PolicyDocument]]:
        unknown = instance.is_unknown("managed_policy_arns")
        if unknown and not self._estate.is_configured(instance, "managed_policy_arns"):
            return
        for arn in listed(instance.values.get("managed_policy_arns")):
            if arn is not None:
                yield str(arn), self._by_arn(str(arn))
        if not unknown:
            return
        found = self._referenced_policies(instance, "managed_policy_arns")
        if found:
            yield from found
        else:
            address = f"{instance.address}.managed_policy_arns"
            yield address, PolicyDocument.not_known(f"{address} are known only after apply", name="managed policies")

    def _boundary(self, instance: Instance) -> PolicyDocument | None:
        attribute = "permissions_boundary"
        arn = instance.values.get(attribute)
        if arn and not instance.is_unknown(attribute):
            return replace(self._by_arn(str(arn)), name=BOUNDARY)
        if not instance.is_unknown(attribute) or not self._estate.is_configured(instance, attribute):
            return None
        found = self._referenced_policies(instance, attribute)
        if len(found) == 1:
            return replace(found[0][1], name=BOUNDARY)
        return PolicyDocument.not_known(f"{instance.address}.{attribute} is known only after apply", name=BOUNDARY)

    def _managed_policies(self) -> dict[str, PolicyDocument]:
        """The documents of managed policies by address, and by ARN where that is known; data sources too."""
        found: dict[str, PolicyDocument] = {}
        for data in (False, True):
            for one in self._estate.of_kind("aws_iam_policy", data=data):
                name = str(one.values.get("name") or one.address)
                try:
                    document = document_of(self._estate, one, "policy", name)
                except UnreadableError as error:
                    self._broken.append(
                        UnreadRole(one.address, f"{self._path}: {error}", file=self._path, pointer=error.pointer)
                    )
                    document = PolicyDocument.not_known(f"its text cannot be read: {error}", name=name)
                found[one.address] = document or PolicyDocument.not_known(f"{one.address} has no text", name=name)
                if one.values.get("arn"):
                    found.setdefault(str(one.values["arn"]), found[one.address])
        return found

    def _by_arn(self, arn: str) -> PolicyDocument:
        missing = f"the {'plan' if self._estate.is_plan else 'state'} does not contain {arn}"
        return self._policies.get(arn) or PolicyDocument.not_known(missing, name=arn.rpartition("/")[2])

    def _arns_of(self, managed: dict[str, PolicyDocument]) -> set[str]:
        """The ARNs of policies that are listed by address."""
        by_address = {one.address: str(one.values.get("arn") or "") for one in self._estate.of_kind("aws_iam_policy")}
        return {by_address.get(key, key) for key in managed}

    def _referenced_policies(self, instance: Instance, attribute: str) -> list[tuple[str, PolicyDocument]]:
        """The managed policies to which an attribute refers; empty when the configuration does not tell them all."""
        found: list[tuple[str, PolicyDocument]] = []
        for origin in self._estate.origins(instance, attribute) or ():
            policies = [one for one in self._estate.found(origin, instance) if one.kind == "aws_iam_policy"]
            if len(policies) != 1:
                return []
            found.append((policies[0].address, self._policies[policies[0].address]))
        return found

    def _attached(self, roles: list[Instance]) -> dict[str, _Attached]:
        """What other resources attach, by the address of the role; by its name when the role is not in the file."""
        found: dict[str, _Attached] = {}
        for one in self._estate.of_kind("aws_iam_role_policy"):
            name = str(one.values.get("name") or one.address)
            document = self._inline_document(one, name)
            for role, certain in self._targets(one, "role", roles):
                found.setdefault(role, _Attached()).inline[name] = document if certain else _perhaps(one, name)
        for kind, attribute in (("aws_iam_role_policy_attachment", "role"), ("aws_iam_policy_attachment", "roles")):
            for one in self._estate.of_kind(kind):
                key, document = self._attached_policy(one)
                for role, certain in self._targets(one, attribute, roles):
                    mine = found.setdefault(role, _Attached())
                    mine.managed[key] = document if certain else _perhaps(one, document.name)
        return found

    def _inline_document(self, one: Instance, name: str) -> PolicyDocument:
        try:
            document = document_of(self._estate, one, "policy", name)
        except UnreadableError as error:
            self._broken.append(
                UnreadRole(one.address, f"{self._path}: {error}", file=self._path, pointer=error.pointer)
            )
            return PolicyDocument.not_known(f"its text cannot be read: {error}", name=name)
        return document or PolicyDocument.not_known(f"{one.address} has no text", name=name)

    def _attached_policy(self, one: Instance) -> tuple[str, PolicyDocument]:
        arn = one.values.get("policy_arn")
        if arn and not one.is_unknown("policy_arn"):
            return str(arn), self._by_arn(str(arn))
        found = self._referenced_policies(one, "policy_arn")
        if len(found) == 1:
            return found[0]
        missing = f"{one.address}.policy_arn is known only after apply"
        return one.address, PolicyDocument.not_known(missing, name=one.address)

    def _targets(self, one: Instance, attribute: str, roles: list[Instance]) -> Iterator[tuple[str, bool]]:
        """The roles to which a resource attaches something, and whether that is certain.

        Yields:
            The address of a role, or the name of one that is elsewhere.
        """
        value = one.values.get(attribute)
        names = [name for name in listed(value) if name is not None]
        for name in names:
            mine = [role.address for role in roles if role.values.get("name") == name]
            for address in mine or [str(name)]:
                yield address, len(mine) <= 1
        if not one.is_unknown(attribute):
            return
        origins = self._estate.origins(one, attribute)
        found = [
            role
            for origin in origins or ()
            for role in self._estate.found(origin, one)
            if role.kind == "aws_iam_role" and not role.data
        ]
        single = attribute == "role"
        for role in found:
            yield role.address, not single or len(found) == 1
        # Of a list that is not known the references are seen, but not the names beside them.
        if not found or (not single and value is None):
            self.reading.partial.append(
                f"{self._path}: {one.address}: the {attribute} to which it attaches a policy "
                f"{'is' if single else 'are'} known only after apply; audit the state after it"
            )

    def _detached(self, instance: Instance) -> set[str]:
        """Names and ARNs of the policies that a plan takes from a role, which its own lists still hold."""
        gone: set[str] = set()
        for change in self._estate.changes:
            what = change.get("change")
            if not isinstance(what, dict) or what.get("actions") != ["delete"]:
                continue
            before = what.get("before")
            if not isinstance(before, dict) or instance.values.get("name") != before.get("role"):
                continue
            if change.get("type") == "aws_iam_role_policy":
                gone.add(str(before.get("name")))
            elif change.get("type") == "aws_iam_role_policy_attachment":
                gone.add(str(before.get("policy_arn")))
        return gone


def _missing_values(value: dict[str, Any]) -> str:
    """What a plan or a state has its resources in, and this one has not; empty when it is there."""
    if "planned_values" in value or "resource_changes" in value:
        planned = value.get("planned_values")
        empty = planned == {} and not value.get("resource_changes")
        whole = isinstance(planned, dict) and isinstance(planned.get("root_module"), dict)
        return "" if whole or empty else "planned_values with a root_module"
    # The state of nothing has no values at all.
    return "values" if "values" in value and not isinstance(value["values"], dict) else ""


def _perhaps(one: Instance, name: str) -> PolicyDocument:
    return PolicyDocument.not_known(f"whether {one.address} attaches it here is known only after apply", name=name)
