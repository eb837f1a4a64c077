"""Patches as constructs for aws-cdk-lib 2, in Python."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from .document import VERSION
from .text import Names, Pseudo, comment, joined, one_line, pseudos, reason_comment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .role_patch import Reason, RolePatch

_ATTRIBUTES: Final = {
    Pseudo.ACCOUNT: "cdk.Aws.ACCOUNT_ID",
    Pseudo.REGION: "cdk.Aws.REGION",
    Pseudo.PARTITION: "cdk.Aws.PARTITION",
}
_WIDTH: Final = 100


def cdk(patches: Sequence[RolePatch]) -> str:
    """The patches as one Python module.

    It has a construct ``Additions``, a construct ``Tightening`` (a proposal, of its own so that nobody deploys it
    unread), and a constant for each trust policy, which only the stack that owns the role can set.
    """
    names = Names({"role", "additions", "tightening"})
    labels = [names.camel(patch.label) for patch in patches]
    snakes = Names({"scope", "construct_id", "self", "role"})
    parameters = ["" if _known(patch) else snakes.snake(label) for patch, label in zip(patches, labels, strict=True)]
    roles = list(zip(patches, labels, parameters, strict=True))
    body = _module(roles)
    uses = "cdk.Aws." in body or "cdk." in body
    head = [
        '"""Patches of IAM roles: add the construct Additions to a stack; read Tightening before you add it too."""',
        "",
        *(["import aws_cdk as cdk"] if uses else []),
        "from aws_cdk import aws_iam as iam",
        "from constructs import Construct",
        "",
    ]
    return "\n".join(head) + "\n" + body


def _module(roles: Sequence[tuple[RolePatch, str, str]]) -> str:
    lines: list[str] = []
    for patch, label, _ in roles:
        lines += [*comment(f"{patch.role.label}: {patch.kind.title}")]
        for note in patch.notes:
            lines += comment(f"- {note}", hanging="  ")
        if patch.refused:
            lines += comment(f"- Withdrawn: {patch.refused}", hanging="  ")
        if not patch.changes:
            lines += comment("Nothing to apply.")
        if patch.trust:
            lines += [*_trust(patch, label)]
        lines.append("")
    added = [each for each in roles if each[0].add]
    tightened = [each for each in roles if each[0].tighten]
    if added:
        lines += ["", *_construct("Additions", "Policies that close what is missing.", added, _addition)]
    if tightened:
        title = "A proposal: policies of the same names, narrowed. They take the place of those that the roles have."
        lines += ["", *_construct("Tightening", title, tightened, _tightening)]
    return "\n".join(lines).strip("\n") + "\n"


def _construct(name: str, title: str, roles: Sequence[tuple[RolePatch, str, str]], policies: Any) -> list[str]:
    unknown = [(parameter, patch) for patch, _, parameter in roles if parameter]
    keywords = ", *, " + ", ".join(f"{parameter}: iam.IRole" for parameter, _ in unknown) if unknown else ""
    lines = [f"class {name}(Construct):", f'    """{title}"""', ""]
    lines += [
        f"    def __init__(self, scope: Construct, construct_id: str{keywords}) -> None:",
        "        super().__init__(scope, construct_id)",
    ]
    for patch, label, parameter in roles:
        variable = f"role_of_{label.lower()}"
        role = parameter or f'iam.Role.from_role_arn(self, "{label}", {_text(patch.role.arn)})'
        lines += [f"        {variable} = {role}", *policies(patch, label, variable)]
    return [*lines, ""]


def _addition(patch: RolePatch, label: str, role: str) -> list[str]:
    if patch.add is None:
        return []
    return _policy(
        "ManagedPolicy" if patch.add.managed else "Policy",
        f"{label}Additions",
        patch.add.name,
        patch.add.document,
        patch.add.reasons,
        role,
    )


def _tightening(patch: RolePatch, label: str, role: str) -> list[str]:
    names = Names(set())
    return [
        line
        for rewrite in patch.tighten
        for line in _policy(
            "Policy", names.camel(f"{label} {rewrite.name}"), rewrite.name, rewrite.after, rewrite.reasons, role
        )
    ]


def _policy(
    kind: str, construct_id: str, name: str, document: Mapping[str, Any], reasons: Mapping[str, Reason], role: str
) -> list[str]:
    indent = " " * 12
    head = [f"{indent}self,", f'{indent}"{construct_id}",']
    # The name of a managed policy is unique in the account, and another role may need one too: CDK makes one up.
    named = [f"{indent}policy_name={_text(name)},"] if kind == "Policy" else []
    if document["Version"] != VERSION:  # iam.Policy knows the newer version alone
        body = [f"{indent}roles=[{role}.role_name],", f"{indent}policy_document={_value(document, 12)},"]
        return [f"        iam.Cfn{kind}(", *head, *named, *body, "        )"]
    lines = [f"        iam.{kind}(", *head, *named, f"{indent}roles=[{role}],", f"{indent}statements=["]
    for statement in document["Statement"]:
        lines += reason_comment(reasons.get(statement.get("Sid", "")), indent=" " * 16)
        lines.append(f"{' ' * 16}iam.PolicyStatement.from_json({_value(statement, 16)}),")
    return [*lines, f"{indent}],", "        )"]


def _trust(patch: RolePatch, label: str) -> list[str]:
    if patch.trust is None:
        return []
    why = "Repair: without it the service cannot assume the role." if patch.repairs else "Proposal: trust."
    name = f"TRUST_OF_{label.upper()}"
    return [
        *comment(f"{why} An imported role keeps its trust policy; in the stack that owns the role:"),
        *comment(f"role.node.default_child.assume_role_policy_document = {name}"),
        f"{name} = {_value(patch.trust.after, 0)}",
    ]


def _value(content: Any, indent: int) -> str:
    """A value as Python, with a line for each element where it is too long for one line."""
    if isinstance(content, str):
        return _text(content)
    inner = " " * (indent + 4)
    opening, closing = ("{", "}") if isinstance(content, dict) else ("[", "]")
    elements = (
        [f"{_text(key)}: {_value(value, indent + 4)}" for key, value in content.items()]
        if isinstance(content, dict)
        else [_value(value, indent + 4) for value in content]
    )
    line = f"{opening}{', '.join(elements)}{closing}"
    if "\n" not in line and indent + len(line) <= _WIDTH - 20:
        return line
    return "\n".join([opening, *(f"{inner}{each}," for each in elements), " " * indent + closing])


def _text(text: str) -> str:
    """A text as a Python string; one that names its own account as an f-string with CDK's pseudo parameters."""
    if not pseudos(text):
        return json.dumps(text)
    inside = joined(text, lambda piece: json.dumps(piece)[1:-1].replace("{", "{{").replace("}", "}}"), _attribute)
    return f'f"{inside}"'


def _attribute(pseudo: Pseudo) -> str:
    return f"{{{_ATTRIBUTES[pseudo]}}}"


def _known(patch: RolePatch) -> bool:
    """Whether the role can be imported by its ARN."""
    return bool(patch.role_name)


__all__ = ["cdk", "one_line"]
