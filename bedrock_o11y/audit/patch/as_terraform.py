"""Patches as Terraform, formatted as ``terraform fmt`` does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from . import hcl
from .document import VERSION
from .text import Names, Pseudo, comment, headline, reason_comment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .role_patch import Reason, RolePatch

_STATEMENT_KEYS: Final = frozenset(
    {
        *("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource"),
        *("Principal", "NotPrincipal", "Condition"),
    }
)
_LISTS: Final = {
    "Action": "actions",
    "NotAction": "not_actions",
    "Resource": "resources",
    "NotResource": "not_resources",
}


def terraform(patches: Sequence[RolePatch]) -> str:
    """The patches as one Terraform file."""
    names = Names(set())
    sections = [_role(patch, names) for patch in patches]
    text = "\n".join(line for section in sections for line in section)
    used = {pseudo for pseudo in Pseudo if f"data.{hcl.DATA_SOURCES[pseudo][0]}.current." in text}
    sources = [line for pseudo in Pseudo if pseudo in used for line in (_source(pseudo), "")]
    return "\n".join([*sources, text]).strip("\n") + "\n"


def _role(patch: RolePatch, names: Names) -> list[str]:
    """One role: addition, proposal to tighten, trust, each under a comment."""
    label = names.snake(patch.label)
    lines = headline(patch)
    module, _ = patch.address
    if module:
        lines += comment(f"It belongs inside {module}, beside the role.")
    lines.append("")
    if patch.add:
        lines += comment("Addition: closes what is missing.")
        name = names.snake(f"{label}_additions")
        lines += _document(name, patch.add.document, patch.add.reasons)
        json_text = _json(name, patch.add.document)
        lines += (
            _managed(patch, name, patch.add.name, json_text)
            if patch.add.managed
            else _inline(patch, name, patch.add.name, json_text)
        )
    if patch.tighten:
        lines += comment("Proposal: tighten. It narrows what the role may do; read it before it is applied.")
        lines.append("")
    for rewrite in patch.tighten:
        name = names.snake(f"{label}_{rewrite.name}")
        document = _json(name, rewrite.after)
        lines += comment(f"The whole policy {rewrite.name}.")
        owned = bool(patch.address[1]) or not patch.knows(rewrite.name)
        if owned:  # a second resource for the same policy would quarrel with the one that is there
            lines += [*comment("In its own resource:"), *comment(f"policy = {document}")]
        lines += _document(name, rewrite.after, rewrite.reasons)
        lines += [] if owned else _inline(patch, name, rewrite.name, document)
    if patch.trust:
        name = names.snake(f"{label}_trust")
        why = "Repair: without it the service cannot assume the role." if patch.repairs else "Proposal: trust."
        lines += comment(f"{why} In the role's own resource:")
        lines += comment(f"assume_role_policy = {_json(name, patch.trust.after)}")
        lines += _document(name, patch.trust.after, patch.trust.reasons)
    return lines


def _document(name: str, document: Mapping[str, Any], reasons: Mapping[str, Reason]) -> list[str]:
    if not _expressible(document):
        body = hcl.attributes({name: f"jsonencode({hcl.value(dict(document), '  ')})"}, "  ")
        return [*hcl.block("locals", body), ""]
    body = (
        [] if document["Version"] == VERSION else [*hcl.attributes({"version": f'"{document["Version"]}"'}, "  "), ""]
    )
    for number, statement in enumerate(document["Statement"]):
        body += [""] if number else []
        body += reason_comment(reasons.get(statement.get("Sid", "")), indent="  ")
        body += hcl.block("statement", _statement(statement, variables=document["Version"] == VERSION), "  ")
    return [*hcl.block(f'data "aws_iam_policy_document" "{name}"', body), ""]


def _statement(statement: Mapping[str, Any], *, variables: bool) -> list[str]:
    write = hcl.variable_string if variables else hcl.string
    indent = " " * 4
    values = {"sid": hcl.string(statement["Sid"])} if statement.get("Sid") else {}
    values["effect"] = hcl.string(statement["Effect"])
    values |= {_LISTS[key]: hcl.value(statement[key], indent, write=write) for key in _LISTS if key in statement}
    lines = hcl.attributes(values, indent)
    for key, name in (("Principal", "principals"), ("NotPrincipal", "not_principals")):
        kinds = {"*": ["*"]} if statement.get(key) == "*" else statement.get(key, {})
        for kind, identifiers in kinds.items():
            inner = {"type": hcl.string(kind), "identifiers": hcl.value(identifiers, indent + "  ", write=write)}
            lines += ["", *hcl.block(name, hcl.attributes(inner, indent + "  "), indent)]
    for operator, keys in statement.get("Condition", {}).items():
        for variable, wanted in keys.items():
            inner = {
                "test": hcl.string(operator),
                "variable": hcl.string(variable),
                "values": hcl.value(wanted, indent + "  ", write=write),
            }
            lines += ["", *hcl.block("condition", hcl.attributes(inner, indent + "  "), indent)]
    return lines


def _expressible(document: Mapping[str, Any]) -> bool:
    """Whether ``aws_iam_policy_document`` can say a document: a text with ``&{`` in it would become a variable."""
    return "&{" not in json.dumps(document) and all(
        _STATEMENT_KEYS.issuperset(statement) for statement in document["Statement"]
    )


def _json(name: str, document: Mapping[str, Any]) -> str:
    return f"data.aws_iam_policy_document.{name}.json" if _expressible(document) else f"local.{name}"


def _inline(patch: RolePatch, name: str, policy: str, document: str) -> list[str]:
    role = _reference(patch)
    if not role:
        return _unattached()
    values = {"name": hcl.string(policy), "role": role, "policy": document}
    return [*hcl.block(f'resource "aws_iam_role_policy" "{name}"', hcl.attributes(values, "  ")), ""]


def _managed(patch: RolePatch, name: str, policy: str, document: str) -> list[str]:
    values = {"name_prefix": hcl.string(f"{policy}-"), "policy": document}
    lines = [*hcl.block(f'resource "aws_iam_policy" "{name}"', hcl.attributes(values, "  ")), ""]
    role = _reference(patch)
    if not role:
        return [*lines, *_unattached()]
    values = {"role": role, "policy_arn": f"aws_iam_policy.{name}.arn"}
    return [*lines, *hcl.block(f'resource "aws_iam_role_policy_attachment" "{name}"', hcl.attributes(values, "  ")), ""]


def _reference(patch: RolePatch) -> str:
    """How Terraform speaks of the role; empty when nothing tells its name."""
    _, address = patch.address
    if address:
        return f"{address}.name"
    return hcl.string(patch.role_name) if patch.role_name else ""


def _unattached() -> list[str]:
    text = "Nothing tells the name of the deployed role: attach the document with an aws_iam_role_policy of your own."
    return [*comment(text), ""]


def _source(pseudo: Pseudo) -> str:
    return f'data "{hcl.DATA_SOURCES[pseudo][0]}" "current" {{}}'
