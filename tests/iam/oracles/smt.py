"""Inclusion of policies as a question to z3: regular expressions over strings, with union, intersection, complement.

Conditions and policy variables are left out; actions and resources are two string variables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import z3

from tests.iam.oracles.evaluator import Document, Reading, listed, statement_names_action

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_TEXTS = z3.StringSort()
_ANY = z3.AllChar(z3.ReSort(_TEXTS))
_ALL = z3.Full(z3.ReSort(_TEXTS))
_NO_COLON = z3.Intersect(_ANY, z3.Complement(z3.Re(":")))
_FIELD = z3.Star(_NO_COLON)


@dataclass(frozen=True)
class Verdict:
    """z3's answer: holds, or does not and why not (action and resource), or None when it gave up."""

    holds: bool | None
    action: str = ""
    resource: str = ""


def expression(pattern: str, one: Any = _ANY, run: Any = _ALL) -> Any:
    """A pattern as a regular expression."""
    parts: list[Any] = []
    text = ""
    for token in pattern:
        if token in "*?":
            if text:
                parts.append(z3.Re(text))
                text = ""
            parts.append(run if token == "*" else one)
        else:
            text += token
    if text or not parts:
        parts.append(z3.Re(text))
    return parts[0] if len(parts) == 1 else z3.Concat(*parts)


def resource_expression(pattern: str, reading: Reading) -> Any:
    """The ARNs of a resource pattern; with FIELDS a wildcard of the first five fields stays in its field."""
    if not pattern.strip("*"):
        return _ALL
    fields = pattern.split(":", 5)
    fields += ["*"] * (6 - len(fields))
    if reading is Reading.WHOLE:
        return expression(":".join(fields))
    parts: list[Any] = []
    for field in fields[:5]:
        parts += [expression(field, _NO_COLON, _FIELD), z3.Re(":")]
    return z3.Concat(*parts, expression(fields[5]))


def _matches(text: Any, expressions: list[Any], *, negated: bool) -> Any:
    union = expressions[0] if len(expressions) == 1 else z3.Union(*expressions)
    return z3.InRe(text, z3.Complement(union) if negated else union)


def _names_action(statement: dict[str, Any], action: Any) -> Any:
    """Of a string variable: a formula. Of a text: True or False."""
    if isinstance(action, str):
        return statement_names_action(statement, action)
    patterns = listed(statement.get("NotAction", statement.get("Action")))
    return _matches(action, [expression(each.lower()) for each in patterns], negated="NotAction" in statement)


def _names_resource(statement: dict[str, Any], resource: Any, reading: Reading) -> Any:
    patterns = listed(statement.get("NotResource", statement.get("Resource")))
    return _matches(
        resource, [resource_expression(each, reading) for each in patterns], negated="NotResource" in statement
    )


def _allows(documents: Sequence[Document], action: Any, resource: Any, reading: Reading) -> Any:
    sides: dict[str, list[Any]] = {"Allow": [], "Deny": []}
    for document in documents:
        for statement in listed(document["Statement"]):
            named = _names_action(statement, action)
            if named is not False:
                sides[statement["Effect"]].append(z3.And(named, _names_resource(statement, resource, reading)))
    return z3.And(z3.Or(*sides["Allow"]), z3.Not(z3.Or(*sides["Deny"])))


def included(
    outer: Sequence[Document],
    inner: Sequence[Document],
    reading: Reading,
    *,
    action: str = "",
    effort: int,
) -> Verdict:
    """Whether ``outer`` allows all that ``inner`` allows.

    Args:
        outer: the documents of the wider side.
        inner: the documents of the narrower side.
        reading: of wildcards in the first five fields.
        action: look at this action only; empty for every action there may be.
        effort: z3's resource limit, the same on every machine.
    """
    solver = z3.Solver()
    solver.set("rlimit", effort)
    resource = z3.String("resource")
    arn = z3.Concat(*(part for _ in range(5) for part in (_FIELD, z3.Re(":"))), _ALL)
    solver.add(z3.InRe(resource, z3.Union(arn, z3.Re("*"))))
    asked: Any = action
    if not action:
        asked = z3.String("action")
        name = z3.Union(z3.Range("a", "z"), z3.Range("0", "9"), z3.Re("-"))
        solver.add(z3.InRe(asked, z3.Concat(z3.Plus(name), z3.Re(":"), z3.Plus(name))))
    solver.add(_allows(inner, asked, resource, reading))
    solver.add(z3.Not(_allows(outer, asked, resource, reading)))
    answer = solver.check()
    if answer == z3.unsat:
        return Verdict(True)
    if answer == z3.unknown:
        return Verdict(None)
    model = solver.model()
    found = model.eval(resource, model_completion=True).as_string()
    return Verdict(False, action or model.eval(asked, model_completion=True).as_string(), found)


def included_for(actions: Iterable[str], outer: Document, inner: Document, *, effort: int) -> Verdict:
    """The same for these actions alone, one after the other, which is many times easier for z3."""
    seen: set[tuple[bool, ...]] = set()
    verdict = Verdict(True)
    for action in actions:
        named = tuple(statement_names_action(each, action) for side in (outer, inner) for each in side["Statement"])
        if named in seen:
            continue
        seen.add(named)
        answer = included([outer], [inner], Reading.FIELDS, action=action, effort=effort)
        if answer.holds is False:
            return answer
        if answer.holds is None:
            verdict = answer
    return verdict
