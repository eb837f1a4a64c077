"""A world small enough to look at every request in it: all actions, all resources, all contexts, as bit masks.

A set of resources is an int with one bit for each resource of the world, so that union, intersection and complement are
the operators of int, and a question about policies is answered by enumeration.
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.iam.oracles.evaluator import (
    Context,
    Document,
    Reading,
    condition_holds,
    listed,
    resource_matches,
    statement_names_action,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

ARN = "arn:aws:s:r:1:"


def words(alphabet: str, longest: int) -> tuple[str, ...]:
    return tuple(
        "".join(letters) for length in range(longest + 1) for letters in itertools.product(alphabet, repeat=length)
    )


@dataclass(frozen=True)
class World:
    """Every request there is.

    Attributes:
        actions: all of them.
        resources: all of them.
        contexts: all of them, keys in lower case.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    contexts: tuple[Mapping[str, Any], ...] = ({},)

    @property
    def everything(self) -> int:
        return (1 << len(self.resources)) - 1

    def first(self, mask: int) -> str:
        """The resource of the lowest bit."""
        return self.resources[(mask & -mask).bit_length() - 1]


@functools.lru_cache(maxsize=50_000)
def resources_of(resources: tuple[str, ...], pattern: str, reading: Reading) -> int:
    mask = 0
    for place, resource in enumerate(resources):
        if resource_matches(pattern, resource, reading):
            mask |= 1 << place
    return mask


def resources_named(world: World, statement: Mapping[str, Any], reading: Reading) -> int:
    negated = "NotResource" in statement
    mask = 0
    for pattern in listed(statement["NotResource" if negated else "Resource"]):
        mask |= resources_of(world.resources, pattern, reading)
    return world.everything & ~mask if negated else mask


def kleene(block: Mapping[str, Mapping[str, Any]], known: Mapping[str, Any]) -> bool | None:
    """A condition block under facts: None when an open key decides. ``known`` maps keys to value or None (absent)."""
    answer: bool | None = True
    for operator, keys in block.items():
        for key, values in keys.items():
            name = key.lower()
            if name not in known:
                answer = None if answer is not False else False
                continue
            context: Context = {name: known[name]} if known[name] is not None else {}
            if not condition_holds(operator, key, listed(values), "2012-10-17", context):
                answer = False
    return answer


@dataclass(frozen=True)
class Sides:
    """What a set of documents says about one action: resources as masks, for each truth of the conditions.

    Attributes:
        allowed: with a condition that holds.
        perhaps_allowed: with a condition that may hold.
        denied: with a condition that holds.
        perhaps_denied: with a condition that may hold.
    """

    allowed: int
    perhaps_allowed: int
    denied: int
    perhaps_denied: int


def sides(
    world: World, documents: Iterable[Document], action: str, known: Mapping[str, Any], reading: Reading
) -> Sides:
    masks = {("Allow", True): 0, ("Allow", None): 0, ("Deny", True): 0, ("Deny", None): 0}
    for document in documents:
        for statement in listed(document["Statement"]):
            truth = kleene(statement.get("Condition", {}), known)
            if truth is not False and statement_names_action(statement, action):
                masks[statement["Effect"], truth] |= resources_named(world, statement, reading)
    return Sides(
        masks["Allow", True],
        masks["Allow", True] | masks["Allow", None],
        masks["Deny", True],
        masks["Deny", True] | masks["Deny", None],
    )


def closed(context: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """The facts of one concrete context: a key it does not list is absent."""
    return {key: context.get(key) for key in keys}


def keys_of(documents: Iterable[Document]) -> set[str]:
    return {
        key.lower()
        for document in documents
        for statement in listed(document["Statement"])
        for keys in statement.get("Condition", {}).values()
        for key in keys
    }


def allowed(
    world: World, documents: Sequence[Document], action: str, context: Mapping[str, Any], reading: Reading
) -> int:
    """The resources on which one action is allowed in one context."""
    side = sides(world, documents, action, closed(context, keys_of(documents)), reading)
    return side.allowed & ~side.denied


def not_included(
    world: World, outer: Sequence[Document], inner: Sequence[Document], reading: Reading
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Requests that ``inner`` allows and ``outer`` does not."""
    for action in world.actions:
        for context in world.contexts:
            beyond = allowed(world, inner, action, context, reading) & ~allowed(world, outer, action, context, reading)
            if beyond:
                yield action, world.first(beyond), context
