"""AWS's managed policies as a published package carries them, and other ways to write the same policy."""

from __future__ import annotations

import ast
import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.iam.oracles.evaluator import listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from tests.iam.oracles.evaluator import Document

ROOT = Path(__file__).resolve().parents[3]


def read() -> dict[str, Document]:
    """Every policy of moto's list, by name; the list is text in a module, which is not imported."""
    found = sorted(ROOT.glob(".venv-peers/lib/python*/site-packages/moto/iam/aws_managed_policies.py"))
    module = ast.parse(found[0].read_text(encoding="utf-8"))
    texts = (node.value for node in ast.walk(module) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return {name: policy["Document"] for name, policy in json.loads(max(texts, key=len)).items()}


def rewritten(random: Random, document: Document) -> Document:
    """The same policy in other words: statements split and shuffled, lists and scalars, actions in another case."""
    statements = [piece for statement in listed(document["Statement"]) for piece in _split(random, statement)]
    random.shuffle(statements)
    one = len(statements) == 1 and random.random() < 0.5
    return {**document, "Statement": statements[0] if one else statements}


def _split(random: Random, statement: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One statement for each action, for each resource, or for neither; what is negated stays together."""
    statement = {key: copy.deepcopy(value) for key, value in statement.items() if key != "Sid"}
    for name in ("Action", "NotAction"):
        if name in statement:
            statement[name] = [_other_case(random, action) for action in listed(statement[name])]
    parts = [statement]
    for name in ("Action", "Resource"):
        if name in statement and random.random() < 0.6:
            parts = [{**part, name: value} for part in parts for value in listed(part[name])]
    for part in parts:
        for name in ("Action", "Resource", "NotAction", "NotResource"):
            if name in part:
                part[name] = _other_form(random, part[name])
        yield part


def _other_case(random: Random, action: str) -> str:
    return random.choice([action, action.lower(), action.upper(), action.swapcase()])


def _other_form(random: Random, values: Any) -> Any:
    values = list(listed(values))
    random.shuffle(values)
    return values[0] if len(values) == 1 and random.random() < 0.5 else values


def without_one_grant(random: Random, document: Document) -> tuple[Document, dict[str, Any]] | None:
    """A policy less one action of one Allow, and what was taken away; None when it has a single grant."""
    statements = listed(document["Statement"])
    places = [place for place, each in enumerate(statements) if each["Effect"] == "Allow"]
    if not places:
        return None
    place = random.choice(places)
    statement = statements[place]
    actions = listed(statement.get("Action", []))
    others = [each for at, each in enumerate(statements) if at != place]
    if len(actions) < 2:
        return ({**document, "Statement": others}, statement) if others else None
    taken = random.randrange(len(actions))
    kept = [action for at, action in enumerate(actions) if at != taken]
    rest = [*statements[:place], {**statement, "Action": kept}, *statements[place + 1 :]]
    return {**document, "Statement": rest}, {**statement, "Action": [actions[taken]]}


def samples(statement: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """A few requests that a statement names, its stars and question marks filled in."""
    for action in listed(statement.get("Action", ["other:Action"])):
        for resource in listed(statement.get("Resource", ["arn:aws:other:us-east-1:123456789012:x"])):
            for run in ("", "Zq", "a/b"):
                name = "other:Zq" if action == "*" else _filled(action, run.replace("/", ""))
                yield name, "arn:aws:s:r:1:x" if resource == "*" else _filled(resource, run)


def _filled(pattern: str, run: str) -> str:
    return pattern.replace("*", run).replace("?", "z")
