"""On whose behalf may a service be acting? Every source that a trust policy can tell from another.

A service that assumes a role for a resource says so with ``aws:SourceAccount`` and ``aws:SourceArn``, "included in the
request context only if" it acts for a resource at all (IAM User Guide, "AWS global condition context keys"). When both
are there they speak of the same account, so one walk over the automata of all conditions on both keys, along the texts
that are ARNs of an account, meets everything that the policy can tell apart. An ARN without an account (of a bucket) is
not looked at: the services whose roles are judged here have none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from .contexts import steps_of
from .languages import ANY, ANY_RUN, DIGIT, NO_COLON, NO_COLON_RUN, Language, Step, arn_steps, glob_steps, regions
from .operators import ARN_FIELDS, Comparison, Family, Operator, arn_like, operator
from .unknown_text import UNKNOWN_START
from .variables import Text, holes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .statement import Condition

SOURCE_ACCOUNT: Final = "aws:SourceAccount"
SOURCE_ARN: Final = "aws:SourceArn"
TEXT_FAMILIES: Final = frozenset({Family.STRING, Family.ARN, Family.BOOL, Family.NULL})
"""What the automata can follow."""

Pattern = tuple[Step, ...]

_ACCOUNT_DIGITS: Final = 12
_ACCOUNT_FIELD: Final = 4
_ACCOUNT_ID: Final = re.compile(r"(?<!\d)\d{12}(?!\d)", re.ASCII)
# Documentation account ids, for somebody else's account in a witness.
_ELSEWHERE: Final = ("444455556666", "111122223333", "123456789012", "000000000000")

_COLON: Final = Step(frozenset(":"))
_ARN_START: Final = tuple(Step(frozenset(character)) for character in "arn:")
_AN_ACCOUNT: Final = (DIGIT,) * _ACCOUNT_DIGITS
# No real ARN has a star or a question mark in it, so a pattern compared as text never equals one.
_ONE, _RUN = Step(frozenset("*?:"), excluded=True), Step(frozenset("*?:"), excluded=True, repeated=True)
_REST: Final = (Step(frozenset("*?"), excluded=True), Step(frozenset("*?"), excluded=True, repeated=True))
_FIELD: Final = (_ONE, _RUN, _COLON)
_AN_ARN: Final = (*_ARN_START, *_FIELD, *_FIELD, _RUN, _COLON, *_AN_ACCOUNT, _COLON, *_REST)


@dataclass(frozen=True, slots=True)
class Source:
    """On whose behalf the service acts.

    Attributes:
        account: value of aws:SourceAccount; None when it is absent.
        arn: value of aws:SourceArn; None when it is absent.
        ours: whether it belongs to the account of the role; False when both are absent.
        expected: whether the ARN is one for which the service legitimately acts, or absent.
    """

    account: str | None
    arn: str | None
    ours: bool
    expected: bool

    @property
    def owner(self) -> str | None:
        """The account behind it; None when both are absent."""
        return self.account if self.arn is None else self.arn.split(":")[_ACCOUNT_FIELD]

    @property
    def legitimate(self) -> bool:
        """Whether the role is meant for it."""
        return self.ours and self.expected

    @property
    def foreign(self) -> bool:
        """Whether it belongs to another account."""
        return not self.ours and not self.absent

    @property
    def absent(self) -> bool:
        """Whether the service says nothing."""
        return self.account is None and self.arn is None

    @property
    def complete(self) -> bool:
        """Whether the service says both."""
        return self.account is not None and self.arn is not None

    def context(self) -> dict[str, str]:
        """The keys that are present."""
        keys = {SOURCE_ACCOUNT: self.account, SOURCE_ARN: self.arn}
        return {key: value for key, value in keys.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources that a trust policy can tell apart.

    Attributes:
        all: those that look like real ones first.
        accounts: of aws:SourceAccount alone, one for each class.
        proved: whether these are all; otherwise there were too many, and only a sample is here.
    """

    all: tuple[Source, ...]
    accounts: tuple[str, ...]
    proved: bool


def account_ids(texts: Iterable[str]) -> tuple[str, ...]:
    """Every account id that occurs in some texts."""
    return tuple(dict.fromkeys(found for text in texts for found in _ACCOUNT_ID.findall(text)))


def elsewhere(taken: Iterable[str]) -> str:
    """An account id that is none of these."""
    taken = frozenset(taken)
    numbers = (f"{number:0{_ACCOUNT_DIGITS}d}" for number in range(1, len(taken) + 2))
    return next(candidate for candidate in (*_ELSEWHERE, *numbers) if candidate not in taken)


def sources(groups: Iterable[Sequence[Condition]], account: str, source_arn: str) -> Sources:
    """The sources that conditions can tell apart.

    Args:
        groups: conditions that are looked at together: those of one Allow and of every Deny. Variables are replaced,
            and the conditions on the two keys compare texts.
        account: of the role, twelve digits.
        source_arn: a pattern of the ARNs for which the service legitimately acts.
    """
    groups = list(groups)
    written = account_ids(value for group in groups for condition in group for value in condition.values)
    others = [one for one in written if one != account]
    likely = [account, elsewhere([account, *others]), *others]
    accounts = dict.fromkeys(likely)
    arns = dict.fromkeys(_likely_arn(source_arn, one) for one in likely)
    # Our account's number in the name of somebody else's resource.
    arns |= dict.fromkeys(_likely_arn(source_arn, likely[1], one) for one in (account, *others))
    proved = True
    for group in groups:
        on_account = _on(SOURCE_ACCOUNT, group)
        found_accounts = _accounts(on_account, account)
        found_arns = _arns(on_account, _on(SOURCE_ARN, group), account, source_arn)
        proved = proved and found_accounts is not None and found_arns is not None
        accounts |= dict.fromkeys(found_accounts or ())
        for found in found_arns or ():
            fields = found.split(":", ARN_FIELDS - 1)
            # The same account and resource in an ARN that looks like the expected ones, then the text as it was found.
            arns |= dict.fromkeys((_likely_arn(source_arn, fields[_ACCOUNT_FIELD], fields[-1]), found))

    def source(of: str | None, arn: str | None) -> Source:
        owner = of if arn is None else arn.split(":")[_ACCOUNT_FIELD]
        return Source(of, arn, owner == account, arn is None or arn_like(source_arn, arn))

    return Sources(
        (
            *(source(arn.split(":")[_ACCOUNT_FIELD], arn) for arn in arns),
            *(source(None, arn) for arn in arns),
            *(source(of, None) for of in accounts),
            source(None, None),
        ),
        tuple(accounts),
        proved,
    )


def _on(key: str, conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    return tuple(dict.fromkeys(condition for condition in conditions if condition.key.lower() == key.lower()))


# Roles of one account ask these again and again.
@lru_cache(maxsize=1024)
def _accounts(on_account: tuple[Condition, ...], account: str) -> tuple[str, ...] | None:
    """An account of each class; None when there are too many."""
    return _found([(tuple(glob_steps(account)),), *_patterns(on_account)], _AN_ACCOUNT)


@lru_cache(maxsize=1024)
def _arns(
    on_account: tuple[Condition, ...], on_arn: tuple[Condition, ...], account: str, source_arn: str
) -> tuple[str, ...] | None:
    """An ARN of each class, as the conditions on both keys see it; None when there are too many."""
    expected = arn_steps(source_arn)
    languages: list[tuple[Pattern, ...]] = [(expected,)] if expected else []
    languages += _patterns(on_arn)
    for patterns in ((tuple(glob_steps(account)),), *_patterns(on_account)):
        languages.append(tuple(map(_of_account, patterns)))
    return _found(languages, _AN_ARN)


def _found(languages: Iterable[tuple[Pattern, ...]], universe: Pattern) -> tuple[str, ...] | None:
    distinct = [Language(patterns) for patterns in dict.fromkeys(languages)]
    found = regions(distinct, universe=Language([universe]))
    return None if found is None else tuple(found.values())


def _patterns(conditions: Iterable[Condition]) -> Iterator[tuple[Pattern, ...]]:
    """What each condition matches, and what it may match when a value of it is unknown."""
    for condition in conditions:
        meaning = operator(condition.operator)
        if meaning is None or meaning.family not in TEXT_FAMILIES or meaning.family is Family.NULL:
            continue
        known = [value for value in condition.values if UNKNOWN_START not in value]
        yield tuple(steps for value in known if (steps := steps_of(meaning, value)) is not None)
        yield tuple(_widest(meaning, value) for value in condition.values if UNKNOWN_START in value)


def _widest(meaning: Operator, value: str) -> tuple[Step, ...]:
    steps: list[Step] = []
    for piece in holes(value, variables=False):
        if not isinstance(piece, Text):
            steps.append(ANY_RUN)
        elif meaning.comparison is Comparison.LIKE:
            steps += glob_steps(piece.pattern)
        else:
            steps += steps_of(meaning, piece.pattern) or ()
    return tuple(steps)


def _of_account(account: Iterable[Step]) -> tuple[Step, ...]:
    """The ARNs of the accounts that match a pattern. Its wildcards stay in the field: an account has no colon."""
    narrow = {ANY: NO_COLON, ANY_RUN: NO_COLON_RUN}
    field = (NO_COLON_RUN, _COLON)
    return (*field * _ACCOUNT_FIELD, *(narrow.get(step, step) for step in account), _COLON, ANY_RUN)


def _likely_arn(source_arn: str, account: str, resource: str = "") -> str:
    """An ARN as one meets it: the pattern of the expected ones with its wildcards filled in."""
    fields = source_arn.split(":", ARN_FIELDS - 1)
    if len(fields) < ARN_FIELDS:
        fields = ["arn", "aws", "*", "*", "*", "*"]
    ordinary = ["arn", "aws", "service", "us-east-1", account, resource or "example"]
    plain = [
        text.replace("*", filled if text == "*" else "").replace("?", "x")
        for text, filled in zip(fields, ordinary, strict=True)
    ]
    plain[_ACCOUNT_FIELD] = account
    if resource:
        plain[-1] = resource
    elif fields[-1].endswith("*") and fields[-1] != "*":
        plain[-1] += "example"
    return ":".join(plain)
