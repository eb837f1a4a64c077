"""What one look proves. Most questions about real policies are answered here, without a search.

An answer of this module is a proof; where it has none, it says nothing, and the search of :mod:`.regions` and
:mod:`.differences` decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, cast

from .budget import spend
from .containment import contains, covers, readings_of
from .document import VERSION_WITH_VARIABLES, Effect
from .patterns import Bound, Reading, action, resource
from .speaking import index, speaking
from .unknown_text import UNKNOWN_START
from .witness_patterns import plainer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from .document import Condition, PolicyDocument, Statement
    from .pairs import Pair
    from .pattern import Pattern


def grants(
    sources: Iterable[PolicyDocument], wanted: str, text: str, within: Callable[[], Pattern]
) -> Statement | None:
    """A statement that allows an action on all resources of a pattern, whatever the request; None says nothing.

    Args:
        sources: documents of one identity, or of one boundary.
        wanted: a concrete action, in lower case.
        text: the resources.
        within: gives them as a pattern.

    Returns:
        An Allow without conditions, if no Deny speaks of the action and every document is known. It reaches all of
        them in the narrower reading of the colons, and so in both.
    """
    found: Statement | None = None
    for document in sources:
        if document.unknown:
            return None
        speech = _speech(document, wanted)
        if speech.denies:
            return None
        found = found or speech.exact.get(text)
        if found is not None:
            continue
        spend(len(speech.spoken))
        for statement, certain in speech.spoken:
            if not certain or statement.conditions:
                continue
            if _covering(statement, text) or _reaches(document, statement, within(), Reading.FIELDS):
                found = statement
                break
    return found


@dataclass(frozen=True, slots=True)
class _Speech:
    """What a document says of an action.

    Attributes:
        spoken: the statements, and whether they speak of it for certain.
        denies: whether one of them is no Allow.
        exact: the resource patterns that are allowed for certain and without conditions, as written.
    """

    spoken: list[tuple[Statement, bool]]
    denies: bool
    exact: dict[str, Statement]


def _speech(document: PolicyDocument, wanted: str) -> _Speech:
    known = document.prepared.get("speech")
    if known is None or len(known) > _REMEMBERED:
        known = document.prepared["speech"] = {}
    speech = known.get(wanted)
    if speech is None:
        spoken = speaking(document, wanted)
        exact = {
            text: statement
            for statement, certain in reversed(spoken)
            if certain and not statement.conditions and not statement.not_resources and statement.principals is None
            for text in statement.resources
            if "$" not in text and UNKNOWN_START not in text
        }
        denies = any(statement.effect is not Effect.ALLOW for statement, _ in spoken)
        speech = known[wanted] = _Speech(spoken, denies, exact)
    return cast("_Speech", speech)


_REMEMBERED: Final = 200
"""Of so many actions a document remembers what it says."""


def silent(sources: Iterable[PolicyDocument], wanted: str) -> bool:
    """Whether documents say nothing at all about an action; all of them must be known."""
    return not any(document.unknown or speaking(document, wanted) for document in sources)


def speaks(sources: Iterable[PolicyDocument], wanted: str, effect: Effect) -> bool:
    """Whether a statement that has an effect, or may have it, speaks of an action, or a document is not known."""
    for document in sources:
        if document.unknown:
            return True
        if effect is Effect.DENY and not _speech(document, wanted).denies:
            continue
        if any(statement.effect in (effect, Effect.UNKNOWN) for statement, _ in speaking(document, wanted)):
            return True
    return False


def may_reach(sources: Iterable[PolicyDocument], wanted: str, text: str) -> bool:
    """Whether an Allow of documents may speak of an action on a concrete resource, whatever its conditions."""
    for document in sources:
        if document.unknown:
            return True
        variables = document.version == VERSION_WITH_VARIABLES
        spoken = speaking(document, wanted)
        spend(len(spoken))
        for statement, _ in spoken:
            patterns = (resource(one, Reading.WHOLE, Bound.UPPER, variables=variables) for one in statement.resources)
            if statement.not_resources or any(pattern.matches(text) for pattern in patterns):
                return True
    return False


def inside(
    recommendation: Sequence[PolicyDocument],
    wanted: str,
    text: str,
    resources: Callable[[], Mapping[Reading, Pattern]],
    held: frozenset[Condition],
) -> bool:
    """Whether documents allow an action on all these resources under these conditions; False says nothing.

    Args:
        recommendation: the documents.
        wanted: a concrete action, in lower case.
        text: the resources.
        resources: gives them as patterns, in each reading of the colons that differs.
        held: conditions that are known to hold; an Allow all of whose conditions are among them counts.
    """
    met = False
    for document in recommendation:
        if document.unknown:
            return False
        speech = _speech(document, wanted)
        if speech.denies:
            return False
        met = met or text in speech.exact
        if met:
            continue
        spend(len(speech.spoken))
        for statement, certain in speech.spoken:
            if not certain or not held.issuperset(statement.conditions):
                continue
            met = _covering(statement, text)
            if met or all(_reaches(document, statement, one, reading) for reading, one in resources().items()):
                met = True
                break
    return met


def whole_inside(outer: Sequence[PolicyDocument], pair: Pair) -> bool:
    """Whether one Allow of documents contains a pair, action pattern and all; False says nothing.

    A pair of an action pattern is looked for only in documents without any Deny.
    """
    statement, text = pair.statement, pair.resources[0] if pair.resources else ""
    if statement.not_actions or statement.not_resources or statement.principals is not None or not text:
        return False
    name = pair.actions[0]
    if UNKNOWN_START in text or UNKNOWN_START in name or (pair.variables and "${" in text):
        return False
    held = holding(statement)
    if not ("*" in name or "?" in name):
        return inside(outer, name.lower(), text, lambda: readings_of(text), held)
    if any(document.unknown or _denies(document) for document in outer):
        return False
    wanted = action(name, Bound.LOWER)
    return any(
        held.issuperset(one.conditions)
        and all(_reaches(document, one, within, reading) for reading, within in readings_of(text).items())
        for document in outer
        for one in naming(document, wanted)
    )


def holding(statement: Statement) -> frozenset[Condition]:
    """The conditions of a statement that mean the same in every document: those without variables."""
    return frozenset(one for one in statement.conditions if not any("$" in value for value in one.values))


def naming(document: PolicyDocument, wanted: Pattern) -> Iterator[Statement]:
    """The statements of a document one of whose action patterns contains a pattern."""
    patterned = index(document).patterned
    spend(len(patterned))
    for number, least, _ in patterned:
        if contains(least, wanted):
            yield document.statements[number]


def _denies(document: PolicyDocument) -> bool:
    kept = document.prepared.get("denies")
    if kept is None:
        kept = document.prepared["denies"] = any(one.effect is not Effect.ALLOW for one in document.statements)
    return bool(kept)


def example(text: str, service: str) -> str:
    """A resource that a pattern without holes matches, as a person would write it."""
    shown = plainer(text, service)
    pattern = shown[0] if shown else resource(text, Reading.FIELDS, Bound.LOWER, variables=False)
    return "".join(step if isinstance(step, str) else "x" for step in pattern.steps) or "*"


def _covering(statement: Statement, text: str) -> bool:
    if statement.not_resources or statement.principals is not None:
        return False
    return any(covers(one, text) for one in statement.resources)


def _reaches(document: PolicyDocument, statement: Statement, within: Pattern, reading: Reading) -> bool:
    if statement.not_resources or statement.principals is not None:
        return False
    variables = document.version == VERSION_WITH_VARIABLES
    return any(_contained(text, within, variables, reading) for text in statement.resources)


@lru_cache(maxsize=16384)
def _contained(text: str, within: Pattern, variables: bool, reading: Reading) -> bool:
    if UNKNOWN_START in text or (variables and "${" in text):
        return False
    return contains(resource(text, reading, Bound.LOWER, variables=variables), within)
