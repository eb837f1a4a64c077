"""Concrete contexts that between them show everything that some conditions can do.

Conditions look at a request through a few questions only. For each key the values fall into classes that all conditions
on the key answer alike: texts by the patterns that match them, numbers and dates by the thresholds between which they
lie, addresses by the networks that hold them. One value of each class is enough, and for keys with several values one
set of each kind of set.

What is taken for granted: a key that is compared as a number, date, address or binary value has such a value, and only
a key under ForAllValues or ForAnyValue has several values ("Single-valued vs. multivalued context keys" in the IAM User
Guide).
"""

from __future__ import annotations

import base64
from collections import deque
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from .conditions import truth
from .languages import Language, Step, arn_steps, glob_steps, regions, text_steps
from .operators import Comparison, Family, Operator, Quantifier, instant, network, number, operator
from .request_context import Context, World
from .unknown_text import UNKNOWN_START
from .variables import Text, holes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from .statement import Condition

Values = tuple[str, ...] | None
Truth = tuple[bool | None, ...]

# What these compare are texts: they can be asked of one key together.
_TEXTS: Final = frozenset({Family.STRING, Family.ARN, Family.BOOL})
_ORDINARY_TEXT: Final = "a"
# Where one of these shows as much as any other text, it is what one meets in a request.
_ORDINARY: Final = {
    Family.BOOL: ("true", "false"),
    Family.ARN: ("arn:aws:service:us-east-1:000000000000:resource",),
}


def contexts(conditions_of_statements: Iterable[Sequence[Condition]], *, cap: int) -> tuple[Context, ...] | None:
    """Contexts such that every way in which the statements' conditions can hold together is shown by one of them.

    Args:
        conditions_of_statements: the conditions of each statement; what is told apart is whether each of these blocks
            holds as a whole. To tell single conditions apart, give blocks of one.
        cap: how many contexts there may be, at the end and on the way.

    Returns:
        Closed contexts; those with fewer keys come first. None when there would be too many, or when they cannot be
        listed exactly: a variable or an unknown piece in a value, an operator that IAM does not document, a value that
        is no number, date or address where one is needed, one key compared as values of different kinds.
    """
    blocks = list(dict.fromkeys(tuple(conditions) for conditions in conditions_of_statements))
    by_key: dict[str, list[Condition]] = {}
    for condition in dict.fromkeys(condition for block in blocks for condition in block):
        by_key.setdefault(condition.key.lower(), []).append(condition)
    partial: dict[Truth, dict[str, Values]] = {tuple(True for _ in blocks): {}}
    for conditions in by_key.values():
        options = _options(conditions, cap)
        if options is None:
            return None
        answers = _answers(blocks, conditions, options)
        following: dict[Truth, dict[str, Values]] = {}
        for so_far, chosen in partial.items():
            for answer, values in answers:
                both = tuple(_and(one, other) for one, other in zip(so_far, answer, strict=True))
                if both not in following:
                    if len(following) == cap:
                        return None
                    following[both] = chosen if values is None else {**chosen, conditions[0].key: values}
        partial = following
    return tuple(Context(chosen, World.CLOSED) for chosen in sorted(partial.values(), key=len))


def _answers(
    blocks: Sequence[Sequence[Condition]], conditions: Sequence[Condition], options: dict[Truth, Values]
) -> list[tuple[Truth, Values]]:
    """What the values of one key make of each block."""
    places = {condition: place for place, condition in enumerate(conditions)}
    relevant = [[places[condition] for condition in block if condition in places] for block in blocks]
    answers: dict[Truth, Values] = {}
    for truths, values in options.items():
        answer = []
        for block in relevant:
            whole: bool | None = True
            for place in block:
                whole = _and(whole, truths[place])
            answer.append(whole)
        answers.setdefault(tuple(answer), values)
    return list(answers.items())


def _and(one: bool | None, other: bool | None) -> bool | None:
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def _options(conditions: Sequence[Condition], cap: int) -> dict[Truth, Values] | None:
    """For each combination of truths that the conditions on one key can have, the values that show it."""
    meanings = [operator(condition.operator) for condition in conditions]
    if not all(map(_enumerable, conditions, meanings)):
        return None
    known = [(condition, meaning) for condition, meaning in zip(conditions, meanings, strict=True) if meaning]
    values = _single_values(known)
    if values is None:
        return None
    matched = [condition for condition, meaning in known if meaning.family is not Family.NULL]
    singles = [_truths(matched, (value,)) for value in values]
    if any(None in truths for truths in singles):
        return None
    sets: Iterable[tuple[str, ...]] | None = ((value,) for value in values)
    if any(meaning.quantifier is not Quantifier.NONE for _, meaning in known):
        sets = _sets(values, singles, cap)
    if sets is None:
        return None
    options: dict[Truth, Values] = {_truths(conditions, None): None}
    for each in sets:
        options.setdefault(_truths(conditions, each), each)
    return options


def _enumerable(condition: Condition, meaning: Operator | None) -> bool:
    if meaning is None or UNKNOWN_START in condition.key:
        return False
    for value in condition.values:
        if UNKNOWN_START in value or (meaning.family is Family.NULL and value.lower() not in ("true", "false")):
            return False
        # Whether the document's version has variables is not known here, so anything that may be one is.
        if meaning.has_variables and holes(value, variables=True) not in ((), (Text(value),)):
            return False
    return True


def _truths(conditions: Sequence[Condition], values: Values) -> Truth:
    context = Context({condition.key: values for condition in conditions}, World.CLOSED)
    return tuple(truth(condition, context, variables=False) for condition in conditions)


def _sets(values: Sequence[str], singles: Sequence[Truth], cap: int) -> list[tuple[str, ...]] | None:
    """Sets of values, one for each kind: what counts is whether one of the set matches, and whether all do.

    Grown value by value from the empty set, so that sets that are alike are met once.
    """
    width = len(singles[0]) if singles else 0
    empty: tuple[Truth, Truth, bool] = ((False,) * width, (True,) * width, False)
    found: dict[tuple[Truth, Truth, bool], tuple[str, ...]] = {empty: ()}
    waiting = deque([empty])
    while waiting:
        kind = waiting.popleft()
        some, every, _ = kind
        for value, matching in zip(values, singles, strict=True):
            reached = (
                tuple(a or b for a, b in zip(some, matching, strict=True)),
                tuple(a and b for a, b in zip(every, matching, strict=True)),
                True,
            )
            if reached not in found:
                if len(found) == cap:
                    return None
                found[reached] = (*found[kind], value)
                waiting.append(reached)
    return list(found.values())


def _single_values(conditions: Sequence[tuple[Condition, Operator]]) -> list[str] | None:
    """One value of each class."""
    families = {meaning.family for _, meaning in conditions} - {Family.NULL}
    if not families:
        return [_ORDINARY_TEXT]
    if families <= _TEXTS:
        return _texts(conditions)
    if len(families) > 1:
        return None
    written = list(
        dict.fromkeys(
            value
            for condition, meaning in conditions
            for value in condition.values
            if meaning.family is not Family.NULL
        )
    )
    match families.pop():
        case Family.NUMERIC:
            return _between(written, number, Fraction(1), _decimal)
        case Family.DATE:
            return _between(written, instant, Fraction(86_400), _date)
        case Family.ADDRESS:
            return _addresses(written)
        case _:
            return _binaries(written)


def _texts(conditions: Sequence[tuple[Condition, Operator]]) -> list[str] | None:
    languages = [
        Language(steps for value in condition.values if (steps := steps_of(meaning, value)) is not None)
        for condition, meaning in conditions
        if meaning.family is not Family.NULL
    ]
    found = regions(languages)
    if found is None:
        return None
    kinds = {meaning.family for _, meaning in conditions} - {Family.NULL}
    return [*(_ORDINARY.get(kinds.pop(), ()) if len(kinds) == 1 else ()), *found.values()]


def steps_of(meaning: Operator, value: str) -> tuple[Step, ...] | None:
    """The texts that match a value of a policy, as steps of a pattern; None when there are none."""
    if meaning.family is Family.ARN:
        return arn_steps(value)
    if meaning.comparison is Comparison.LIKE:
        return tuple(glob_steps(value))
    ignore_case = meaning.family is Family.BOOL or meaning.comparison is Comparison.IGNORE_CASE
    return tuple(text_steps(value, ignore_case=ignore_case))


def _between(
    written: Sequence[str],
    read: Callable[[str], Fraction | None],
    step: Fraction,
    write: Callable[[Fraction], str],
) -> list[str] | None:
    """Each threshold, a value between any two neighbours, and one beyond each end."""
    texts = {value: text for text in written if (value := read(text)) is not None}
    if any(read(text) is None for text in written):
        return None
    thresholds = sorted(texts)
    if not thresholds:
        return [write(step)]
    found = [write(thresholds[0] - step)]
    for lower, upper in zip(thresholds, [*thresholds[1:], None], strict=True):
        found.append(texts[lower])
        if upper is None:
            found.append(write(lower + step))
        else:
            middle = (lower + upper) / 2
            found.append(write(Fraction(int(middle)) if lower < int(middle) < upper else middle))
    return found


def _decimal(value: Fraction) -> str:
    """A decimal number; exact, because its denominator only has the factors of ten."""
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
    figures = f"{abs(value * 10**places).numerator:0{places + 1}d}"
    sign = "-" if value < 0 else ""
    return f"{sign}{figures[:-places]}.{figures[-places:]}" if places else f"{sign}{figures}"


def _date(value: Fraction) -> str:
    """A date as text, or epoch seconds when no calendar date is as fine or as far."""
    microseconds = value * 1_000_000
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(microseconds))
    except OverflowError:
        return _decimal(value)
    if microseconds.denominator != 1:
        return _decimal(value)
    return moment.isoformat().replace("+00:00", "Z")


def _addresses(written: Sequence[str]) -> list[str] | None:
    """The borders of every network, inside and outside, and the first address of either family."""
    found = dict.fromkeys(map(ip_address, ("0.0.0.0", "::")))  # noqa: S104 addresses to compare, not to bind to
    for text in written:
        block = network(text)
        if block is None:
            return None
        found |= dict.fromkeys((block.network_address, block.broadcast_address))
        for neighbour in _neighbours(int(block.network_address), int(block.broadcast_address), block.max_prefixlen):
            found[type(block.network_address)(neighbour)] = None
    return [str(address) for address in found]


def _neighbours(first: int, last: int, bits: int) -> Iterator[int]:
    if first > 0:
        yield first - 1
    if last + 1 < 1 << bits:
        yield last + 1


def _binaries(written: Sequence[str]) -> list[str]:
    """Each value, and one that is none of them: longer than all."""
    longest = max((len(text) for text in written), default=0)
    return [*written, base64.b64encode(bytes(longest + 1)).decode()]
