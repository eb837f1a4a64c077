"""Policy documents in Terraform: a text, or the blocks of ``aws_iam_policy_document`` when the text comes after apply.

Source: Terraform registry, hashicorp/aws, data source aws_iam_policy_document.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.iam import PolicyDocument, unknown

from .documents import read_document
from .terraform_values import any_true, listed

if TYPE_CHECKING:
    from .terraform_values import Estate, Instance

AFTER_APPLY: Final = "(known after apply)"

_MERGED: Final = ("source_policy_documents", "override_policy_documents", "source_json", "override_json")
_ELEMENTS: Final = (
    ("actions", "Action"), ("not_actions", "NotAction"), ("resources", "Resource"), ("not_resources", "NotResource"),
)  # fmt: skip


def document_of(estate: Estate, instance: Instance, attribute: str, name: str) -> PolicyDocument | None:
    """The document in an attribute; None when the attribute is not set.

    Args:
        estate: the plan or state.
        instance: a role or a policy.
        attribute: ``policy``, ``assume_role_policy``.
        name: what the document is called.

    Raises:
        UnreadableError: its text is no policy document.
    """
    text = instance.values.get(attribute)
    if text and not instance.is_unknown(attribute):
        return read_document(text, name=name, pointer=f"{instance.pointer}/{attribute}")
    if not instance.is_unknown(attribute):
        return None
    return referenced_document(estate, instance, (attribute,), name)


def referenced_document(estate: Estate, instance: Instance, path: tuple[str | int, ...], name: str) -> PolicyDocument:
    """The document that an expression takes from one ``aws_iam_policy_document``; else one that is not known.

    Args:
        estate: the plan or state.
        instance: whose expression it is.
        path: of the expression in the configuration.
        name: what the document is called.

    Raises:
        UnreadableError: the blocks are no policy document.
    """
    expression = estate.expression(instance, *path)
    written = expression.get("references") if isinstance(expression, dict) else None
    first = str(written[0]) if isinstance(written, list) and written else ""
    # Other attributes of the data source are not the document; a variable leads to an expression of its own.
    whole = first.endswith((".json", ".minified_json")) or first.startswith("var.")
    origins = estate.origins(instance, *path) if whole else None
    if origins and len(origins) == 1 and (origins[0].data, origins[0].kind) == (True, "aws_iam_policy_document"):
        found = estate.found(origins[0], instance)
        if len(found) == 1:
            return from_blocks(found[0], name)
    shown = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return PolicyDocument.not_known(f"{instance.address}{shown} is known only after apply", name=name)


def from_blocks(data: Instance, name: str) -> PolicyDocument:
    """The document of an ``aws_iam_policy_document``, with unknown pieces for what is known only after apply.

    Args:
        data: the data source.
        name: what the document is called.

    Raises:
        UnreadableError: the blocks are no policy document.
    """
    text = data.values.get("json")
    if text and not data.is_unknown("json"):
        return read_document(text, name=name, pointer=f"{data.pointer}/json")
    marks = data.unknown if isinstance(data.unknown, dict) else {}
    blocks = data.values.get("statement")
    if any(data.values.get(key) or data.is_unknown(key) for key in _MERGED):
        return PolicyDocument.not_known(f"{data.address} merges documents that are known only after apply", name=name)
    if data.unknown is True or marks.get("statement") is True or not isinstance(blocks, list):
        return PolicyDocument.not_known(f"the statements of {data.address} are known only after apply", name=name)
    statements = [
        _statement(block, _item(marks.get("statement"), number), f"{data.address}.statement[{number}]")
        for number, block in enumerate(blocks)
    ]
    version = data.values.get("version") or "2012-10-17"
    document = read_document({"Version": version, "Statement": statements}, name=name, pointer=data.pointer)
    return replace(
        document,
        statements=tuple(
            replace(one, pointer=f"/statement/{number}") for number, one in enumerate(document.statements)
        ),
    )


def _statement(block: Any, marks: Any, at: str) -> Any:
    if not isinstance(block, dict) or marks is True:
        return unknown(f"{at} {AFTER_APPLY}")
    made: dict[str, Any] = {"Effect": _text(block, marks, "effect", at) or "Allow"}
    if sid := _text(block, marks, "sid", at):
        made["Sid"] = sid
    for key, element in _ELEMENTS:
        if texts := _texts(block, marks, key, at):
            made[element] = texts
    for key, element in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        if _mark(marks, key) is True:
            return unknown(f"{at}.{key} {AFTER_APPLY}")
        for number, one in enumerate(listed(block.get(key))):
            below, place = _item(_mark(marks, key), number), f"{at}.{key}[{number}]"
            kind, texts = _text(one, below, "type", place), _texts(one, below, "identifiers", place)
            if kind == "*" and texts == ["*"]:
                made[element] = "*"
            elif made.get(element) != "*":
                made.setdefault(element, {}).setdefault("AWS" if kind == "*" else kind, []).extend(texts)
    if _mark(marks, "condition") is True:
        return unknown(f"{at}.condition {AFTER_APPLY}")
    for number, one in enumerate(listed(block.get("condition"))):
        below, place = _item(_mark(marks, "condition"), number), f"{at}.condition[{number}]"
        operator, key = _text(one, below, "test", place), _text(one, below, "variable", place)
        made.setdefault("Condition", {}).setdefault(operator, {}).setdefault(key, []).extend(
            _texts(one, below, "values", place)
        )
    return made


def _text(block: Any, marks: Any, key: str, at: str) -> str:
    if not isinstance(block, dict):
        return unknown(f"{at}.{key}, which is not as Terraform writes it")
    if any_true(_mark(marks, key)):
        return unknown(f"{at}.{key} {AFTER_APPLY}")
    return _escaped(block.get(key) or "")


def _texts(block: Any, marks: Any, key: str, at: str) -> list[str]:
    """A list of texts; it is a set in Terraform, so the marks tell that some are not known, not which."""
    if not isinstance(block, dict):
        return [unknown(f"{at}.{key}, which is not as Terraform writes it")]
    mark = _mark(marks, key)
    if mark is True:
        return [unknown(f"{at}.{key} {AFTER_APPLY}")]
    written = listed(block.get(key))
    found = [
        unknown(f"{at}.{key}[{number}] {AFTER_APPLY}") if one is None else _escaped(one)
        for number, one in enumerate(written)
    ]
    if any_true(mark) and None not in written:
        found.append(unknown(f"{at}.{key} {AFTER_APPLY}"))
    return found


def _escaped(value: Any) -> str:
    """In these blocks ``&{aws:x}`` is how a policy variable is written."""
    return str(value).replace("&{", "${")


def _mark(marks: Any, key: str) -> Any:
    return marks.get(key) if isinstance(marks, dict) else marks is True


def _item(marks: Any, number: int) -> Any:
    return marks[number] if isinstance(marks, list) and number < len(marks) else marks is True
