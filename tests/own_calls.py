"""Finds every call to AWS in the source, and compares them with what the blueprint grants to whom.

A call is any attribute that is called like an operation of a service that the package has a client of; so it does not
matter how the client got there. What is found is a set of IAM actions for each command.
"""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import botocore.loaders
from botocore import xform_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[1] / "bedrock_o11y"
PACKAGES = ("aws", "check", "plan", "roles", "audit", "rules", "otel", "account_settings")

PREFIXES = {
    "application-signals": "application-signals",
    "bedrock": "bedrock",
    "bedrock-runtime": "bedrock",
    "cloudformation": "cloudformation",
    "cloudwatch": "cloudwatch",
    "iam": "iam",
    "kms": "kms",
    "logs": "logs",
    "s3": "s3",
    "ssm": "ssm",
    "sts": "sts",
    "xray": "xray",
}
"""Every service that the package has a client of, and the prefix of its actions."""

AUTHORISED_AS = {
    "bedrock:Converse": "bedrock:InvokeModel",  # Bedrock API reference, Converse
    "s3:HeadBucket": "s3:ListBucket",  # S3 API reference, HeadBucket
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",  # S3 API reference, GetBucketEncryption
    "sts:GetCallerIdentity": None,  # STS API reference: no permission is needed
}
"""Operations that are authorised as another action, or as none."""

MADE_BY_NAME = {"aws/session.py", "account_settings/handler.py"}
"""Where a client is made of a service whose name is a variable."""


@dataclass(frozen=True)
class Call:
    """One call: where it stands (``check/canary.py:_call``), the action that it needs, and the line."""

    place: str
    action: str
    line: int

    def __str__(self) -> str:
        return f"{self.place} (line {self.line}) calls {self.action}"


def sources() -> dict[str, str]:
    """The text of every module that may call AWS, by its path in the package."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
    }


def calls(texts: Mapping[str, str]) -> list[Call]:
    """Every call that needs a permission."""
    return [call for path, text in texts.items() for call in _calls_of(path, text)]


@functools.cache
def _calls_of(path: str, text: str) -> tuple[Call, ...]:
    return _Finder(path).of(ast.parse(text))


class _Finder(ast.NodeVisitor):
    def __init__(self, path: str) -> None:
        self._path = path
        self._inside: list[str] = []
        self._found: list[Call] = []

    def of(self, tree: ast.AST) -> tuple[Call, ...]:
        self.visit(tree)
        return tuple(self._found)

    def _enter(self, node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._inside.append(node.name)
        self.generic_visit(node)
        self._inside.pop()

    visit_ClassDef = visit_FunctionDef = visit_AsyncFunctionDef = _enter

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._saw(node.attr, node, _service(node.value))
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        first = node.args[0] if node.args else None
        if called in ("client", "connect", "resource") and first:
            named = str(first.value) if isinstance(first, ast.Constant) else None
            assert named in PREFIXES or (named is None and self._path in MADE_BY_NAME), (
                f"{self._path} line {node.lineno}: a client of {named or 'a service that is not named'}"
            )
        if called in ("get_paginator", "get_waiter") and isinstance(first, ast.Constant):
            self._saw(str(first.value), node, None)
        self.generic_visit(node)

    def _saw(self, method: str, node: ast.expr, service: str | None) -> None:
        operations = {(name, operation) for name, operation in _methods().get(method, ()) if service in (None, name)}
        if not operations:
            return
        place = ".".join(self._inside)
        actions = {f"{PREFIXES[name]}:{operation}" for name, operation in operations}
        assert len(actions) == 1, f"{self._path}:{place} line {node.lineno}: {method} of which client? {actions}"
        action = AUTHORISED_AS.get(*actions, *actions)
        if action:
            self._found.append(Call(f"{self._path}:{place}", action, node.lineno))


def _service(value: ast.expr) -> str | None:
    """The service of ``….client("logs")`` and of an attribute that is called like one; None for anything else."""
    if isinstance(value, ast.Attribute) and value.attr in PREFIXES:
        return value.attr
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "client":
        (first,) = value.args
        return str(first.value) if isinstance(first, ast.Constant) else None
    return None


@functools.cache
def _methods() -> dict[str, set[tuple[str, str]]]:
    """The methods of every client of ours, with service and operation."""
    loader = botocore.loaders.create_loader()
    found: dict[str, set[tuple[str, str]]] = {}
    for service in PREFIXES:
        for operation in loader.load_service_model(service, "service-2")["operations"]:
            found.setdefault(xform_name(operation), set()).add((service, operation))
    return found


def belonging(found: list[Call], parts: tuple[str, ...], without: tuple[str, ...] = ()) -> Iterator[Call]:
    """The calls that stand in some parts of the source: folders, modules, classes or functions."""
    for call in found:
        if _within(call.place, parts) and not _within(call.place, without):
            yield call


def _within(place: str, parts: tuple[str, ...]) -> bool:
    return any(place == part or place.startswith((f"{part}:", f"{part}/", f"{part}.")) for part in parts)
