"""Which statements of a document speak of an action. Worked out once for each document and kept with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .budget import spend
from .patterns import Bound, action
from .unknown_text import UNKNOWN_START

if TYPE_CHECKING:
    from .document import PolicyDocument
    from .pattern import Pattern
    from .statement import Statement


def speaking(document: PolicyDocument, wanted: str, begins: str = "") -> list[tuple[Statement, bool]]:
    """The statements that speak of an action, in order, and whether they do so for certain.

    Args:
        document: where they stand.
        wanted: the action, in lower case.
        begins: how every resource that matters begins; statements whose resources begin otherwise are left out.

    Raises:
        TooManyStatesError: the question has used up what it may.
    """
    known = document.prepared.get("speaking")
    if known is None or len(known) > _SPOKEN:
        known = document.prepared["speaking"] = {}
    spoken = known.get(wanted)
    if spoken is None:
        spoken = known[wanted] = _speaking(document, wanted)
    if not begins:
        return spoken
    spend(len(spoken))
    return [one for one in spoken if one[0].not_resources or _may_begin(document, one[0], begins)]


def _speaking(document: PolicyDocument, wanted: str) -> list[tuple[Statement, bool]]:
    known = index(document)
    spend(len(known.patterned) + len(known.negated))
    found = {i: True for i in known.exact.get(wanted, ())}
    for i, least, most in known.patterned:
        if found.get(i):
            continue
        if least.matches(wanted):
            found[i] = True
        elif most is not least and most.matches(wanted):
            found[i] = False
    for i, excluded in known.negated:
        if not any(most.matches(wanted) for _, most in excluded):
            found[i] = True
        elif not any(least.matches(wanted) for least, _ in excluded):
            found[i] = False
    return [(document.statements[i], found[i]) for i in sorted(found)]


_SPOKEN: Final = 200
"""Of so many actions a document remembers which statements speak of them."""
_SPECIAL: Final = re.compile(rf"[*?${UNKNOWN_START}]")


def _may_begin(document: PolicyDocument, statement: Statement, begins: str) -> bool:
    """Whether a resource of a statement may begin so, by what its patterns have in front of the first wildcard."""
    prefixes = document.prepared.get(statement.index)
    if prefixes is None:
        prefixes = tuple({_SPECIAL.split(text, 1)[0] for text in statement.resources}) or ("",)
        document.prepared[statement.index] = prefixes
    return any(begins.startswith(prefix) or prefix.startswith(begins) for prefix in prefixes)


@dataclass(frozen=True, slots=True)
class Index:
    """The statements of a document by their actions; patterns come as what they match at the least and at the most."""

    exact: dict[str, list[int]]
    patterned: list[tuple[int, Pattern, Pattern]]
    negated: list[tuple[int, tuple[tuple[Pattern, Pattern], ...]]]


def index(document: PolicyDocument) -> Index:
    """The statements of a document by their actions; made once and kept with it."""
    kept = document.prepared.get("index")
    if kept is not None:
        return kept  # type: ignore[no-any-return]
    exact: dict[str, list[int]] = {}
    patterned: list[tuple[int, Pattern, Pattern]] = []
    negated: list[tuple[int, tuple[tuple[Pattern, Pattern], ...]]] = []
    for i, statement in enumerate(document.statements):
        if statement.not_actions:
            negated.append((i, tuple(bounds(text) for text in statement.actions)))
            continue
        for text in statement.actions:
            if "*" in text or "?" in text or UNKNOWN_START in text:
                patterned.append((i, *bounds(text)))
            else:
                exact.setdefault(text.lower(), []).append(i)
    made = Index(exact, patterned, negated)
    document.prepared["index"] = made
    return made


def bounds(text: str) -> tuple[Pattern, Pattern]:
    """An action pattern at the least and at the most; the same one twice when everything about it is known."""
    least = action(text, Bound.LOWER)
    return least, (action(text, Bound.UPPER) if UNKNOWN_START in text else least)
