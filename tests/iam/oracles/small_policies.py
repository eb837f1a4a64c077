"""Generated policies of the small world: few letters, so that everything meets everything else."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from tests.iam.oracles.evaluator import listed
from tests.iam.oracles.small_world import ARN, World, keys_of, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.iam.oracles.evaluator import Document

ACTIONS = ("s:a", "s:b", "s:ab", "s:ba", "s:x", "t:a")
ACTION_PATTERNS = ("s:a", "s:A", "s:b", "s:a*", "S:*b", "s:?", "s:*", "s:ab", "*", "*:a", "t:*")
TAILS = words("abx:", 4)
RESOURCES = (*(ARN + tail for tail in TAILS if tail), *(f"arn:aws:s:q:1:{tail}" for tail in words("ab", 2) if tail))

VALUES: dict[str, tuple[Any, ...]] = {
    "aws:principaltag/k": (None, "a", "b", "ab", "A", "x"),
    "aws:multifactorauthpresent": (None, "true", "false"),
    "aws:tagkeys": (None, ["a"], ["b"], ["x"], ["a", "b"], ["a", "x"]),
    "s3:max-keys": (None, "5", "10", "15"),
}
"""Every key of the small world with all of its values; None is absent."""

_TEXT_OPERATORS = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase")
_NUMBER_OPERATORS = ("NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericGreaterThanEquals")
_TEXTS = st.lists(st.sampled_from(["a", "b", "ab", "a*", "?", "*", "A"]), min_size=1, max_size=2, unique=True)


def _operators(names: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from([*names, *(f"{name}IfExists" for name in names)])


def _block(operator: str, key: str, values: Any) -> dict[str, dict[str, Any]]:
    return {operator: {key: values}}


_ATOMS = st.one_of(
    st.builds(
        _block, _operators(_TEXT_OPERATORS), st.sampled_from(["aws:PrincipalTag/k", "AWS:principaltag/K"]), _TEXTS
    ),
    st.builds(
        _block,
        _operators(("Bool",)),
        st.just("aws:MultiFactorAuthPresent"),
        st.sampled_from(["true", "false", True, False]),
    ),
    st.builds(
        _block,
        st.sampled_from([f"{each}:{name}" for each in ("ForAnyValue", "ForAllValues") for name in _TEXT_OPERATORS[:4]]),
        st.just("aws:TagKeys"),
        _TEXTS,
    ),
    st.builds(_block, _operators(_NUMBER_OPERATORS), st.just("s3:max-keys"), st.sampled_from(["5", "10", 10, "7"])),
    st.builds(_block, st.just("Null"), st.sampled_from(sorted(VALUES)), st.sampled_from(["true", "false"])),
)


def _joined(atoms: list[dict[str, dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    block: dict[str, dict[str, Any]] = {}
    for atom in atoms:
        for operator, keys in atom.items():
            block.setdefault(operator, {}).update(keys)
    return block


def conditions() -> st.SearchStrategy[dict[str, dict[str, Any]]]:
    """None in most statements, one atom or two in the others."""
    return st.one_of(st.just({}), st.just({}), st.lists(_ATOMS, min_size=1, max_size=2).map(_joined))


def tails(longest: int = 4) -> st.SearchStrategy[str]:
    """Patterns of the part behind the fifth colon."""
    return st.text("aabb**?:", min_size=1, max_size=longest)


def resource_patterns(*, fields: bool = False) -> st.SearchStrategy[str]:
    """Patterns of ARNs; with ``fields`` also wildcards in the first five fields and incomplete ARNs."""
    whole = tails().map(lambda tail: ARN + tail)
    plain = st.one_of(whole, whole, whole, st.just("*"))
    if not fields:
        return plain
    early = st.builds(str.__add__, st.sampled_from(["arn:aws:s:*:1:", "arn:aws:s:?:*:", "arn:*:s:q:1:"]), tails(2))
    return st.one_of(plain, early, st.sampled_from(["arn:aws:s", "arn:aws:s:r:1", "arn:aws:t:*", "arn:aws:s:*"]))


def _one_or_many(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values


@st.composite
def statements(draw: st.DrawFn, *, effect: str = "", conditional: bool = True, fields: bool = False) -> dict[str, Any]:
    """One statement, negated elements now and then."""
    actions = draw(st.lists(st.sampled_from(ACTION_PATTERNS), min_size=1, max_size=2, unique=True))
    resources = draw(st.lists(resource_patterns(fields=fields), min_size=1, max_size=3, unique=True))
    statement: dict[str, Any] = {
        "Effect": effect or draw(st.sampled_from(["Allow", "Allow", "Deny"])),
        draw(st.sampled_from(["Action"] * 4 + ["NotAction"])): _one_or_many(actions),
        draw(st.sampled_from(["Resource"] * 4 + ["NotResource"])): _one_or_many(resources),
    }
    block = draw(conditions()) if conditional else {}
    return {**statement, "Condition": block} if block else statement


@st.composite
def documents(draw: st.DrawFn, *, conditional: bool = True, fields: bool = False, most: int = 3) -> dict[str, Any]:
    """A document with an Allow, so that there is something to ask about."""
    first = draw(statements(effect="Allow", conditional=conditional, fields=fields))
    others = draw(st.lists(statements(conditional=conditional, fields=fields), max_size=most - 1))
    return {"Version": "2012-10-17", "Statement": [first, *others]}


def contexts_for(*policies: Document) -> tuple[dict[str, Any], ...]:
    """Every combination of values of the keys that these policies look at."""
    keys = sorted(keys_of(list(policies)))
    combinations = itertools.product(*(VALUES[key] for key in keys))
    return tuple(
        {key: value for key, value in zip(keys, values, strict=True) if value is not None} for values in combinations
    )


def longer_words(pattern: str, policies: Iterable[Document]) -> tuple[str, ...]:
    """Words of a pattern that other patterns may meet, whatever their length: its stars become pieces of the others."""
    pieces = {""}
    for document in policies:
        for statement in document["Statement"]:
            for resource in listed(statement.get("Resource", statement.get("NotResource"))):
                for letter in "ab:":
                    text = resource.removeprefix(ARN).replace("*", "").replace("?", letter)
                    pieces |= {text[i:j] for i, j in itertools.combinations(range(len(text) + 1), 2)}
    ways = [sorted(pieces) if token == "*" else "ab:x" if token == "?" else token for token in pattern]
    return tuple("".join(parts) for parts in itertools.islice(itertools.product(*ways), 20_000))


def world_for(policies: Iterable[Document]) -> World:
    """The small world with the contexts that can make a difference to these policies."""
    return World(ACTIONS, RESOURCES, contexts_for(*policies))
