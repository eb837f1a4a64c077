"""What ``cover`` and ``excess`` have to answer in the small world, found by looking at every request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.iam.oracles.evaluator import Document, Reading, action_matches, listed
from tests.iam.oracles.small_world import (
    World,
    allowed,
    closed,
    keys_of,
    kleene,
    resources_named,
    resources_of,
    sides,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def cover_verdicts(
    world: World,
    action: str,
    pattern: str,
    identity: Sequence[Document],
    fences: Sequence[Document],
    known: Mapping[str, Any],
    reading: Reading,
) -> set[str]:
    """The right verdicts; two when a Deny takes one part of a need and a fence the rest."""
    need = resources_of(world.resources, pattern, reading)
    own = sides(world, identity, action, known, reading)
    must = own.allowed & ~own.perhaps_denied
    may = own_may = own.perhaps_allowed & ~own.denied
    for fence in fences:
        side = sides(world, [fence], action, known, reading)
        must &= side.allowed & ~side.perhaps_denied
        may &= side.perhaps_allowed & ~side.denied
    met = need & own.perhaps_allowed
    if not need & ~must:
        return {"GRANTED"}
    if not need & ~may:
        return {"CONDITIONAL"}
    if need & may:
        return {"PARTIAL"}
    if not met:
        return {"MISSING"}
    if not need & own_may:
        return {"DENIED"}
    return {"BLOCKED_BY_BOUNDARY", "DENIED"} if met & own.denied else {"BLOCKED_BY_BOUNDARY"}


def always_and_ever(
    world: World,
    action: str,
    pattern: str,
    identity: Sequence[Document],
    fences: Sequence[Document],
    known: Mapping[str, Any],
    reading: Reading,
) -> tuple[bool, bool]:
    """Whether all of a need is allowed in every context that agrees with the facts, and whether any is in any."""
    need = resources_of(world.resources, pattern, reading)
    always, ever = need, 0
    for context in agreeing(world, known):
        here = need & allowed(world, identity, action, context, reading)
        for fence in fences:
            here &= allowed(world, [fence], action, context, reading)
        always &= here
        ever |= here
    return always == need, bool(ever)


def agreeing(world: World, known: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The contexts of the world that agree with the facts."""
    return [context for context in world.contexts if all(context.get(key) == value for key, value in known.items())]


def pairs(identity: Sequence[Document]) -> list[tuple[int, int, str, str, Document]]:
    """Every pair of action and resource of an Allow, as a statement of its own: document, statement, both, the pair."""
    found: list[tuple[int, int, str, str, Document]] = []
    for number, document in enumerate(identity):
        for index, statement in enumerate(listed(document["Statement"])):
            if statement["Effect"] != "Allow":
                continue
            condition = {"Condition": statement["Condition"]} if "Condition" in statement else {}
            for action_key, action in _each(statement, "Action"):
                for resource_key, resource in _each(statement, "Resource"):
                    pair = {"Effect": "Allow", action_key: action, resource_key: resource, **condition}
                    found.append((number, index, _name(action), _name(resource), pair))
    return found


def _each(statement: Mapping[str, Any], element: str) -> list[tuple[str, Any]]:
    negated = f"Not{element}"
    if negated in statement:
        return [(negated, listed(statement[negated]))]
    return [(element, pattern) for pattern in listed(statement[element])]


def _name(element: Any) -> str:
    return f"everything but {', '.join(element)}" if isinstance(element, list) else element


def beyond_through(
    world: World,
    pair: Document,
    identity: Sequence[Document],
    recommendation: Sequence[Document],
    boundary: Sequence[Document],
    known: Mapping[str, Any],
    reading: Reading,
) -> tuple[str, str, Mapping[str, Any]] | None:
    """A request that one pair allows, that no Deny and no boundary takes away, and that is not recommended."""
    condition = pair.get("Condition", {})
    if kleene(condition, known) is False:
        return None
    keys, named = keys_of(identity), resources_named(world, pair, reading)
    contexts = [each for each in agreeing(world, known) if kleene(condition, closed(each, keys))]
    for action in world.actions:
        if not _names(pair, action):
            continue
        for context in contexts:
            here = named & ~sides(world, identity, action, closed(context, keys), reading).denied
            for fence in boundary:
                here &= allowed(world, [fence], action, context, reading)
            if here := here & ~allowed(world, recommendation, action, context, reading):
                return action, world.first(here), context
    return None


def respect(witness: tuple[str, str], recommendation: Sequence[Document], reading: Reading) -> str:
    """In which respect a request is beyond: the recommendation has the action, and it on the resource, or not."""
    action, resource = witness
    allows = [
        statement
        for document in recommendation
        for statement in listed(document["Statement"])
        if statement["Effect"] == "Allow" and _names(statement, action)
    ]
    if not allows:
        return "action"
    one = World((action,), (resource,))
    return "context" if any(resources_named(one, statement, reading) for statement in allows) else "resource"


def _names(statement: Mapping[str, Any], action: str) -> bool:
    negated = "NotAction" in statement
    patterns = listed(statement["NotAction" if negated else "Action"])
    return negated != any(action_matches(pattern, action) for pattern in patterns)
