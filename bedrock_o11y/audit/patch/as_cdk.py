"""Patches as constructs for aws-cdk-lib 2, in Python."""

from __future__ import annotations

import json
import keyword
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from .document import VERSION
from .text import Names, Pseudo, comment, headline, joined, pseudos, reason_comment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .role_patch import Reason, Rewrite, RolePatch

_ATTRIBUTES: Final = {
    Pseudo.ACCOUNT: "cdk.Aws.ACCOUNT_ID",
    Pseudo.REGION: "cdk.Aws.REGION",
    Pseudo.PARTITION: "cdk.Aws.PARTITION",
}
_LINE: Final = 90
_RESERVED: Final = frozenset({*keyword.kwlist, *keyword.softkwlist, "cdk", "iam", "self", "scope", "construct_id"})


@dataclass(frozen=True, slots=True)
class _Patched:
    """A patch and the names that are derived from its role.

    Attributes:
        patch: the patch.
        camel: for ids of constructs.
        snake: for variables.
    """

    patch: RolePatch
    camel: str
    snake: str

    @property
    def handed_in(self) -> bool:
        """Whether the role must be handed in, because nothing tells its ARN."""
        return not self.patch.role_name

    @property
    def rewrites(self) -> list[Rewrite]:
        """The policies that can be replaced by their names; those of a template belong to its own constructs."""
        return [] if self.handed_in else [each for each in self.patch.tighten if self.patch.knows(each.name)]


def cdk(patches: Sequence[RolePatch]) -> str:
    """The patches as one Python module.

    It has a construct ``Additions``, a construct ``Tightening`` (a proposal, of its own so that nobody deploys it
    unread), and a constant for each trust policy, which only the stack that owns the role can set.
    """
    camels, snakes = Names(set()), Names(set(_RESERVED))
    roles = [_Patched(patch, camels.camel(patch.label), snakes.snake(patch.label)) for patch in patches]
    ids = Names({role.camel.lower() for role in roles})
    lines: list[str] = []
    for role in roles:
        lines += [*headline(role.patch), *_trust(role), *_elsewhere(role), ""]
    lines += _construct(
        "Additions",
        "Policies that close what is missing.",
        [(role, _addition(role, ids)) for role in roles if role.patch.add],
    )
    lines += _construct(
        "Tightening",
        "A proposal: policies of the same names, narrowed. They take the place of those that the roles have.",
        [(role, _tightening(role, ids)) for role in roles if role.rewrites],
    )
    body = "\n".join(lines).strip("\n") + "\n"
    return "\n".join([*_head(body), body])


def _head(body: str) -> list[str]:
    """The docstring, and the imports that a body needs."""
    head = ['"""Patches of IAM roles: add Additions to a stack, and Tightening when you have read it."""', ""]
    if any(attribute in body for attribute in _ATTRIBUTES.values()):
        head.append("import aws_cdk as cdk")
    if "class " in body:
        head += ["from aws_cdk import aws_iam as iam", "from constructs import Construct"]
    return [*head, ""] if head[-1] else head


def _construct(name: str, title: str, parts: Iterable[tuple[_Patched, list[str]]]) -> list[str]:
    parts = list(parts)
    if not parts:
        return []
    keywords = [f"{role.snake}: iam.IRole" for role, _ in parts if role.handed_in]
    lines = ["", f"class {name}(Construct):", f'    """{title}"""', "", "    def __init__("]
    lines += [f"        {each}," for each in ("self", "scope: Construct", "construct_id: str")]
    lines += [f"        {each}," for each in (["*", *keywords] if keywords else [])]
    lines += ["    ) -> None:", "        super().__init__(scope, construct_id)"]
    for role, policies in parts:
        if not role.handed_in:
            lines += [
                f"        {role.snake} = iam.Role.from_role_arn(",
                f'            self, "{role.camel}", {_text(role.patch.role.arn)}',
                "        )",
            ]
        lines += policies
    return [*lines, ""]


def _addition(role: _Patched, ids: Names) -> list[str]:
    added = role.patch.add
    if added is None:
        return []
    kind = "ManagedPolicy" if added.managed else "Policy"
    return _policy(kind, ids.camel(f"{role.camel}Additions"), added.name, added.document, added.reasons, role.snake)


def _tightening(role: _Patched, ids: Names) -> list[str]:
    return [
        line
        for each in role.rewrites
        for line in _policy(
            "Policy", ids.camel(f"{role.camel} {each.name}"), each.name, each.after, each.reasons, role.snake
        )
    ]


def _policy(
    kind: str, construct_id: str, name: str, document: Mapping[str, Any], reasons: Mapping[str, Reason], role: str
) -> list[str]:
    indent = " " * 12
    head = [f"{indent}self,", f'{indent}"{construct_id}",']
    # The name of a managed policy is unique in the account, and another role may need one too: CDK makes one up.
    head += [f"{indent}policy_name={_text(name)},"] if kind == "Policy" else []
    if document["Version"] != VERSION:  # iam.Policy knows the newer version alone
        body = [f"{indent}roles=[{role}.role_name],", f"{indent}policy_document={_value(document, 12)},"]
        return [f"        iam.Cfn{kind}(", *head, *body, "        )"]
    lines = [f"        iam.{kind}(", *head, f"{indent}roles=[{role}],", f"{indent}statements=["]
    for statement in document["Statement"]:
        lines += reason_comment(reasons.get(statement.get("Sid", "")), indent=" " * 16)
        lines.append(f"{' ' * 16}iam.PolicyStatement.from_json({_value(statement, 16)}),")
    return [*lines, f"{indent}],", "        )"]


def _trust(role: _Patched) -> list[str]:
    trust = role.patch.trust
    if trust is None:
        return []
    why = "Repair: without it the service cannot assume the role." if role.patch.repairs else "Proposal: trust."
    name = f"TRUST_OF_{role.snake.upper()}"
    return [
        *comment(f"{why} An imported role keeps its trust policy; in the stack that owns the role:"),
        *comment(f"role.node.default_child.assume_role_policy_document = {name}"),
        f"{name} = {_value(trust.after, 0)}",
    ]


def _elsewhere(role: _Patched) -> list[str]:
    """Rewritten policies that belong where the policy is made."""
    lines = []
    for number, each in enumerate(role.patch.tighten, start=1):
        if each not in role.rewrites:
            lines += comment(f"Proposal: tighten the policy {each.name}, where your own constructs make it:")
            lines.append(f"POLICY_OF_{role.snake.upper()}_{number} = {_value(each.after, 0)}")
    return lines


def _value(content: Any, indent: int) -> str:
    """A value as Python, with a line for each element where it is too long for one line."""
    if isinstance(content, str):
        return _text(content)
    opening, closing = "{}" if isinstance(content, dict) else "[]"
    elements = (
        [f"{_text(key)}: {_value(value, indent + 4)}" for key, value in content.items()]
        if isinstance(content, dict)
        else [_value(value, indent + 4) for value in content]
    )
    line = f"{opening}{', '.join(elements)}{closing}"
    if "\n" not in line and indent + len(line) <= _LINE:
        return line
    inner = " " * (indent + 4)
    return "\n".join([opening, *(f"{inner}{each}," for each in elements), " " * indent + closing])


def _text(text: str) -> str:
    """A text as a Python string; one that names its own account as an f-string with CDK's pseudo parameters."""
    if not pseudos(text):
        return json.dumps(text)
    return f'f"{joined(text, _inside, lambda pseudo: f"{{{_ATTRIBUTES[pseudo]}}}")}"'


def _inside(text: str) -> str:
    """A literal piece of an f-string."""
    return json.dumps(text)[1:-1].replace("{", "{{").replace("}", "}}")
